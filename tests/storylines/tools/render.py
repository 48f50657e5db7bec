#!/usr/bin/env python3
"""Render a set of storylines into mailboxes, calendars and gold answers.

Origin: the renderer of the development set that mailwatch was specified with; changed here to take the set's folder.

    python3 render.py OUT_DIR [--set DIR] [--format eml|maildir|mbox] [--only STORY_ID ...]

Every (storyline, check) pair becomes OUT_DIR/<story>/<n>/ with

    inbox/ sent/      the mail the owner can see at the check's as-of moment
    calendar.ics      the owner's own calendar at that moment
    context.json      owner's names, addresses and time zone, and the as-of instant

OUT_DIR/gold.json holds the expected answers, OUT_DIR/messages/ every message once with its class.
Needs PyYAML.
"""
import argparse
import json
import mailbox
import re
import shutil
import sys
from email.utils import format_datetime, parseaddr
from pathlib import Path

import yaml

import wire
from wire import UTC, digest, local_time

OWN_SET = Path(__file__).resolve().parent.parent
CLASSES = {"interview_request", "interview_confirmed", "interview_rescheduled", "interview_cancelled", "next_round", "rejection", "offer",
           "timeline_update", "needs_info", "auto_reply", "application_ack", "assessment", "cold_outreach", "job_alert", "interviewer_side",
           "interview_other", "other", "thank_you_sent", "follow_up_sent", "scheduling_sent", "decline_sent", "other_sent"}


def as_list(value):
    return value if isinstance(value, list) else [value]


class Story:
    """One storyline: its owner, people, events and messages."""

    def __init__(self, source, personas):
        self.source, self.id = source, source["id"]
        self.owner = personas[source["owner"]]
        self.zone = self.owner["tz"]
        self.events = {}
        for event in source.get("events", []):
            system = event.setdefault("system", "google")
            domain = "google.com" if system == "google" else "cal.example"
            event.setdefault("uid", "%s-evt@%s" % (digest(self.id + event.get("same_as", event["id"]), 20), domain))
            self.events[event["id"]] = event
        self.mail = {}
        for item in source.get("mail", []):
            self.mail[item["id"]] = Message(self, item)

    def person(self, key):
        """'Name <address>' for a key of the storyline; ME and ALIAS are the owner."""
        if key == "ME":
            return "%s <%s>" % (self.owner["name"], self.owner["email"])
        if key == "ALIAS":
            return "%s <%s>" % (self.owner["name"], self.owner["aliases"][0])
        people = self.source.get("people", {})
        if key not in people and "@" not in key:
            raise SystemExit("%s: unknown person %r" % (self.id, key))
        return people.get(key, key)

    def address(self, key):
        return parseaddr(self.person(key))[1].lower()

    def start_of(self, event_id):
        event = self.events[event_id]
        return local_time(event["start"], event.get("zone") or self.zone).astimezone(UTC)


class Message:
    """One mail of a storyline, rendered to bytes."""

    def __init__(self, story, item):
        self.story, self.item, self.id = story, item, item["id"]
        self.outgoing = "sent_to" in item
        self.date = local_time(item["date"], item.get("zone") or story.zone)
        self.charset = item.get("charset", "utf-8")
        self.author = story.person(item.get("sent_as", "ME") if self.outgoing else item["from"])
        self.to = [story.person(key) for key in item.get("sent_to") or item.get("to", ["ME"])]
        self.cc = [story.person(key) for key in item.get("cc", [])]
        self.parent = story.mail[item["answers"]] if item.get("answers") else None
        self.classes = as_list(item["is"])
        if not set(self.classes) <= CLASSES:
            raise SystemExit("%s/%s: unknown class %s" % (story.id, self.id, self.classes))
        self._read_invitation(item.get("invite"))
        self.subject = item.get("subject", self._default_subject())
        self.text = item.get("text", self.invite_text) or ""
        self.references = []
        if self.parent and not item.get("unthreaded"):
            self.references = self.parent.references + [self.parent.message_id]
        self.message_id = self._message_id()
        self.raw = self._headers() + self._body()

    def _read_invitation(self, invite):
        self.event = self.system = self.method = self.invite_subject = self.invite_text = None
        self.attached = False
        if not invite:
            return
        invite = invite if isinstance(invite, dict) else {"event": invite}
        self.event = self.story.events[invite["event"]]
        self.system = invite.get("system") or self.event["system"]
        self.attached = invite.get("attach", False)
        method = invite.get("method", "REQUEST")
        self.invite_subject, self.invite_text = wire.invitation_wording(self.story, self.event, self.system, method)
        self.method = "REQUEST" if method == "UNKNOWN" else method

    def _default_subject(self):
        if self.parent and not self.invite_subject:
            base = self.parent.subject
            already = re.match(r"(?i)(re|aw|sv|res|回覆|回复)\s*[:：]", base)
            return base if already else wire.REPLY_PREFIX.get(self.item.get("language"), "Re: ") + base
        return self.invite_subject or ""

    def _message_id(self):
        seed = self.story.id + self.id
        if self.item.get("message_id"):
            return self.item["message_id"]
        if self.system == "google" and not self.outgoing:
            return "<calendar-%s@google.com>" % digest(seed, 32)
        return "<%s.%s@%s>" % (self.id, digest(seed, 12), parseaddr(self.author)[1].split("@")[-1])

    def _headers(self):
        item, story, charset = self.item, self.story, self.charset
        broken = item.get("broken", [])
        address = parseaddr(self.author)[1]
        domain = address.split("@")[-1]
        lines = []
        if not self.outgoing:
            lines += ["Return-Path: <%s>" % address, "Delivered-To: " + story.owner["email"],
                      "Received: from mx.%s by mx.recv.example with ESMTPS id %s; %s" % (domain, digest(self.message_id, 10), format_datetime(self.date))]
        lines += ["Date: " + format_datetime(self.date), "From: " + wire.header_address(self.author, charset)]
        if self.system == "google" and not self.outgoing:
            lines.append("Sender: Google Calendar <calendar-notification@google.com>")
        lines.append("To: " + ", ".join(wire.header_address(a, charset) for a in self.to))
        if self.cc:
            lines.append("Cc: " + ", ".join(wire.header_address(a, charset) for a in self.cc))
        if item.get("reply_to"):
            lines.append("Reply-To: " + wire.header_address(story.person(item["reply_to"]), charset))
        lines.append("Subject: " + (self.subject if "raw_subject" in broken else wire.header_text(self.subject, charset)))
        if "no_message_id" not in broken:
            lines.append("Message-ID: " + self.message_id)
        if self.references:
            lines += ["In-Reply-To: " + self.references[-1], "References: " + " ".join(self.references)]
        lines += ["%s: %s" % (name, wire.header_text(str(value), "utf-8")) for name, value in (item.get("headers") or {}).items()]
        return ("\r\n".join(lines + ["MIME-Version: 1.0"]) + "\r\n").encode()

    def _text_with_quote(self):
        text, style = self.text.rstrip("\n"), self.item.get("quote")
        if style and self.parent:
            if style == "outlook":
                return text + wire.quoted_outlook(self.parent.text, self.parent.author, self.parent.to, self.parent.subject, self.parent.date)
            return text + wire.quoted(self.parent.text, self.parent.author, self.parent.date, self.item.get("language", "en"))
        return text

    def _body(self):
        item, charset, encoding = self.item, self.charset, self.item.get("encoding")
        text, seed = self._text_with_quote(), self.story.id + self.id
        layout = item.get("format", "both" if self.event else "plain")
        style = item.get("style") or ("outlook" if self.system in wire.EXCHANGE else "ats" if self.system in wire.APPLICANT_SYSTEMS else "webmail")
        markup = item.get("html") or (wire.html_from_text(text, style) if layout != "plain" else "")
        calendar = wire.calendar_text(self.story, [self.event], self.system, self.method) if self.event else None
        if layout == "both":
            parts = [wire.text_part("text/plain", text, charset, encoding), wire.text_part("text/html", markup, charset, encoding or "quoted-printable")]
            if calendar and not self.attached:
                parts.append(wire.text_part("text/calendar", calendar, "utf-8", "base64" if self.system in wire.EXCHANGE else None, "; method=" + self.method))
            core = wire.multipart("alternative", parts, seed)
        elif layout == "html":
            core = wire.text_part("text/html", markup, charset, encoding or "quoted-printable")
        else:
            core = wire.text_part("text/plain", text, charset, encoding)
        files = []
        if calendar and (self.attached or self.system == "google" or layout != "both"):
            kind = "application/ics" if self.system == "google" else "text/calendar; charset=utf-8; method=" + self.method
            files.append(wire.file_part("invite.ics", kind, calendar.encode()))
        files += [wire.file_part(f["name"], f["type"], f.get("content", "").encode()) for f in item.get("files", [])]
        if files:
            core = wire.multipart("mixed", [core] + files, seed + "files")
        if "no_charset" in item.get("broken", []):
            core = core.replace(("; charset=" + charset).encode(), b"", 1)
        if "bad_charset" in item.get("broken", []):
            core = core.replace(("charset=" + charset).encode(), b"charset=unknown-8bit", 1)
        return core


# ------------------------------------------------------------------ loading
def load_sources(folder=OWN_SET):
    """The storylines of a set as written, in file order."""
    seen = set()
    for path in sorted((folder / "stories").glob("*.yaml")):
        for source in yaml.safe_load(path.read_text(encoding="utf-8")) or []:
            if source["id"] in seen:
                raise SystemExit("duplicate storyline id " + source["id"])
            seen.add(source["id"])
            yield source


def load_stories(only=None, folder=OWN_SET):
    personas = yaml.safe_load((folder / "personas.yaml").read_text(encoding="utf-8"))
    return [Story(source, personas) for source in load_sources(folder) if not only or source["id"] in only]


# --------------------------------------------------------------------- gold
def gold_draft(story, draft):
    return {"kind": draft["kind"], "to_any": [story.address(key) for key in as_list(draft["to"])], "interview": draft.get("interview"),
            "reply_in": [story.mail[key].message_id for key in draft["in_thread"]] if draft.get("in_thread") else None, "why": draft.get("why")}


def gold_interview(story, check, wanted):
    event = story.events[wanted["event"]]
    people = []
    for key, state in (wanted.get("thank_you") or {}).items():
        address = story.address(key)
        people.append({"name": parseaddr(story.person(key))[0] or key, "email": None if address.endswith("@unknown.invalid") else address, "thank_you": state})
    neutral = [story.address(key) for key in wanted.get("neutral", [])]
    neutral += [story.address(event["organizer"])] if event.get("organizer") else []
    for draft in check.get("tolerated", []):
        if draft["kind"] == "thank_you":
            neutral += [story.address(key) for key in as_list(draft["to"])]
    decision, window = wanted.get("decision_by"), wanted.get("follow_up")
    return {"event": wanted["event"], "company": as_list(wanted["company"]), "role": wanted.get("role"), "start": story.start_of(wanted["event"]).strftime("%Y-%m-%dT%H:%MZ"),
            "status": wanted.get("status", "completed"), "round": wanted.get("round"), "people": people, "also_ok": sorted(set(neutral)),
            "reply": as_list(wanted.get("reply", "none")), "decision_by": [str(day) for day in as_list(decision)] if decision else None,
            "follow_up_due": [str(day) for day in window] if window else None}


def gold_check(story, number, check):
    return {"story": story.id, "check": number, "tags": story.source.get("tags", []),
            "as_of": local_time(check["at"], story.zone).astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ"),
            "kind": "negative" if story.source.get("negative") else "positive",
            "interviews": [gold_interview(story, check, wanted) for wanted in check.get("interviews", [])],
            "drafts": [gold_draft(story, d) for d in check.get("drafts", [])],
            "optional_drafts": [gold_draft(story, d) for d in check.get("tolerated", [])],
            "forbidden_drafts": [gold_draft(story, d) for d in check.get("forbidden", [])]}


# ------------------------------------------------------------------ writing
def write_box(folder, messages, layout):
    if layout == "mbox":
        folder.parent.mkdir(parents=True, exist_ok=True)
        box = mailbox.mbox(str(folder) + ".mbox")
        for message in messages:
            box.add(message.raw)
        box.flush()
        return
    target = folder / "cur" if layout == "maildir" else folder
    for sub in ("cur", "new", "tmp") if layout == "maildir" else (".",):
        (folder / sub).mkdir(parents=True, exist_ok=True)
    for number, message in enumerate(messages):
        if layout == "maildir":
            (target / ("%d.%s.eval:2,S" % (1700000000 + number, message.id))).write_bytes(message.raw.replace(b"\r\n", b"\n"))
        else:
            (target / (message.id + ".eml")).write_bytes(message.raw)


def calendar_at(story, moment):
    """The owner's calendar as it stood at ``moment``: per UID the newest revision seen by then."""
    newest = {}
    for event in story.events.values():
        if not event.get("listed", True) or local_time(event.get("seen", event["start"]), event.get("zone") or story.zone) > moment:
            continue
        known = newest.get(event["uid"])
        if not known or event.get("sequence", 0) >= known.get("sequence", 0):
            newest[event["uid"]] = event
    return [event for event in newest.values() if event.get("state") != "removed"]


def write_check(story, number, check, out, layout):
    moment = local_time(check["at"], story.zone)
    folder = out / story.id / str(number)
    visible = [message for message in story.mail.values() if message.date <= moment]
    write_box(folder / "inbox", [m for m in visible if not m.outgoing], layout)
    write_box(folder / "sent", [m for m in visible if m.outgoing], layout)
    text = wire.calendar_text(story, calendar_at(story, moment), story.source.get("calendar", "google"))
    (folder / "calendar.ics").write_bytes(text.encode())
    owner = {"name": story.owner["name"], "email": story.owner["email"], "tz": story.zone, "aliases": story.owner.get("aliases", [])}
    context = {"story": story.id, "check": number, "as_of": moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "owner": owner}
    (folder / "context.json").write_text(json.dumps(context, ensure_ascii=False, indent=1), encoding="utf-8")
    return len(visible)


def write_messages(stories, out):
    """messages/: every message once, with its acceptable classes, for the message-level score."""
    folder = out / "messages"
    folder.mkdir(parents=True)
    count = 0
    with open(folder / "labels.jsonl", "w", encoding="utf-8") as labels:
        for story in stories:
            for message in story.mail.values():
                name = "%s-%s.eml" % (story.id.split("-")[0], message.id)
                (folder / name).write_bytes(message.raw)
                label = {"id": name[:-4], "src": "storylines", "file": name, "owner": story.owner["email"], "owner_aliases": story.owner.get("aliases", []),
                         "tz": story.zone, "direction": "out" if message.outgoing else "in", "cls": message.classes[0], "accept": message.classes, "date": message.date.isoformat()}
                if message.event and message.classes[0] in ("interview_confirmed", "interview_rescheduled"):
                    label["start"] = story.start_of(message.event["id"]).strftime("%Y-%m-%dT%H:%MZ")
                labels.write(json.dumps(label, ensure_ascii=False) + "\n")
                count += 1
    return count


def main():
    parser = argparse.ArgumentParser(description="Render the storylines into mailboxes, calendars and gold answers.")
    parser.add_argument("out", type=Path, help="folder to write (replaced if it holds an earlier rendering)")
    parser.add_argument("--set", type=Path, default=OWN_SET, dest="folder", help="folder with stories/ and personas.yaml")
    parser.add_argument("--format", default="eml", choices=["eml", "maildir", "mbox"], help="how inbox and sent are stored")
    parser.add_argument("--only", nargs="*", metavar="STORY_ID", help="render just these storylines")
    args = parser.parse_args()
    if args.out.is_dir():
        if any(args.out.iterdir()) and not (args.out / "gold.json").exists():
            sys.exit("%s is not empty and holds no rendering" % args.out)
        shutil.rmtree(args.out)
    stories, gold, rendered = load_stories(args.only, args.folder), [], 0
    for story in stories:
        for number, check in enumerate(story.source["checks"]):
            rendered += write_check(story, number, check, args.out, args.format)
            gold.append(gold_check(story, number, check))
    distinct = write_messages(stories, args.out)
    (args.out / "gold.json").write_text(json.dumps(gold, ensure_ascii=False, indent=1), encoding="utf-8")
    total = lambda key: sum(len(answer[key]) for answer in gold)
    print("%d storylines (%d negative), %d checks, %d messages (%d rendered), %d gold interviews, drafts: %d required, %d tolerated, %d forbidden" % (
        len(stories), sum(bool(s.source.get("negative")) for s in stories), len(gold), distinct, rendered, total("interviews"), total("drafts"), total("optional_drafts"), total("forbidden_drafts")))


if __name__ == "__main__":
    main()
