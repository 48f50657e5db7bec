#!/usr/bin/env python3
"""Score a mailwatch export against the gold answers. Standard library only.

Origin: the scorer of the development set that mailwatch was specified with; its README defines every number.

    python3 score.py storylines GOLD.json EXPORT.json [--details FILE] [--tag TAG]
    python3 score.py messages LABELS.jsonl EXPORT.jsonl [--details FILE]

The weights and tolerances stand at the top.
"""
import argparse
import json
import re
import unicodedata
from collections import Counter, defaultdict
from datetime import datetime

WEIGHTS = {"detect_f1": .18, "start_exact": .10, "company": .04, "role": .03, "people_f1": .08, "thank_you": .10,
           "reply_macro_f1": .07, "decision_by": .05, "follow_up_due": .05, "draft_utility": .30}
WRONG_DRAFT_COST = 5
SAME_START_MINUTES = 15
RELATED_START_MINUTES = 36 * 60
LEGAL_FORMS = r"\b(inc|ltd|llc|gmbh|corp|co|plc|ag|sa|sas|group|the|株式会社)\b\.?"
PLACEHOLDER = r"\{[^}]*\}|\[(your|name|company|role|interviewer)[^\]]*\]|TODO|None,"
INTERVIEW_CLASSES = {"interview_confirmed", "interview_rescheduled", "interview_request"}


# ------------------------------------------------------------------ comparing
def normalised(text):
    text = unicodedata.normalize("NFKD", (text or "").lower())
    text = "".join(char for char in text if not unicodedata.combining(char))
    return re.sub(r"[^\w]+", "", re.sub(LEGAL_FORMS, " ", text))


def words(text):
    return set(re.findall(r"\w+", unicodedata.normalize("NFKC", (text or "").lower())))


def same_company(accepted, found):
    found = normalised(found)
    return bool(found) and any(normalised(a) and (normalised(a) in found or found in normalised(a) and len(found) >= 4) for a in accepted)


def same_role(wanted, found):
    wanted, found = ({w for w in words(text) if len(w) > 1} for text in (wanted, found))
    return bool(wanted and found) and len(wanted & found) / len(wanted) >= .5


def same_name(one, other):
    one, other = words(one), words(other)
    return bool(one and other) and (one == other or len(one & other) >= 2 or (min(len(one), len(other)) == 1 and bool(one & other)))


def instant(text):
    """A naive UTC datetime, or None."""
    if not text:
        return None
    moment = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    return moment if moment.tzinfo is None else (moment - moment.utcoffset()).replace(tzinfo=None)


def precision_recall_f1(hits, false, missed):
    precision = hits / (hits + false) if hits + false else (0.0 if missed else 1.0)
    recall = hits / (hits + missed) if hits + missed else 1.0
    return precision, recall, (2 * precision * recall / (precision + recall) if precision + recall else 0.0)


def as_list(value):
    return value if isinstance(value, list) else [value]


def address_of(person):
    return (person.get("email") or "").lower()


def macro_f1(confusion, classes):
    scores = {}
    for cls in classes:
        hits = confusion[cls][cls]
        false = sum(confusion[other][cls] for other in confusion if other != cls)
        scores[cls] = precision_recall_f1(hits, false, sum(confusion[cls].values()) - hits)
    return scores, (sum(s[2] for s in scores.values()) / len(scores) if scores else 1.0)


# ----------------------------------------------------------------- storylines
def pair_interviews(gold, found):
    """{gold index: found index}, one to one, nearest start first.

    A start within 15 minutes pairs by itself; up to 36 hours (or with no start at all) the company or
    a person must agree too.
    """
    candidates = []
    for g, wanted in enumerate(gold):
        wanted_people = {p["email"] for p in wanted["people"] if p.get("email")}
        for f, item in enumerate(found):
            starts = instant(wanted["start"]), instant(item.get("start"))
            apart = abs((starts[0] - starts[1]).total_seconds()) / 60 if all(starts) else None
            related = same_company(wanted["company"], item.get("company")) or bool(wanted_people & {address_of(p) for p in item.get("people") or []})
            if apart is not None and apart <= SAME_START_MINUTES:
                candidates.append((apart - (30 if related else 0), g, f))
            elif related and (apart is None or apart <= RELATED_START_MINUTES):
                candidates.append((100 + (apart or 5000), g, f))
    pairs, taken = {}, set()
    for _, g, f in sorted(candidates):
        if g not in pairs and f not in taken:
            pairs[g] = f
            taken.add(f)
    return pairs


def draft_matches(draft, wanted):
    return draft.get("kind") == wanted["kind"] and bool({a.lower() for a in draft.get("to") or []} & set(wanted["to_any"]))


def draft_fault(draft, wanted, interviews):
    """What spoils an otherwise expected draft: (counter, words) or None."""
    to, cc = draft.get("to") or [], draft.get("cc") or []
    body = draft.get("body") or ""
    if draft["kind"] == "thank_you" and (len(to) != 1 or {a.lower() for a in to + cc} - set(wanted["to_any"])):
        return "shared_drafts", "addresses several people at once"
    if re.search(PLACEHOLDER, (draft.get("subject") or "") + "\n" + body, re.I):
        return "placeholders", "has an unfilled placeholder"
    greeting = normalised(body.strip().split("\n")[0])
    people = [person for interview in interviews for person in interview["people"]]
    parts = lambda name: [normalised(t) for t in re.findall(r"\w+", name) if len(t) > 1 or ord(t[0]) > 255]
    addressed = [p["name"] for p in people if p["email"] in wanted["to_any"]]
    others = [p["name"] for p in people if p["email"] not in wanted["to_any"]]
    named = lambda names: any(part in greeting for name in names for part in parts(name))
    if greeting and addressed and not named(addressed) and named(others):
        return "wrong_names", "greets the wrong person"
    return None


class StorylineScore:
    """Running totals over all checks."""

    def __init__(self):
        self.count, self.detect = Counter(), Counter()
        self.replies, self.by_tag, self.log = defaultdict(Counter), defaultdict(Counter), []

    def check(self, gold, result):
        where = "%s/%s: " % (gold["story"], gold["check"])
        self.say = lambda *parts: self.log.append(where + " ".join(str(p) for p in parts))
        self.tags, self.negative = gold["tags"], gold["kind"] == "negative"
        self.count["checks"] += 1
        if result is None:
            self.count["absent"] += 1
            result = {}
        found = [item for item in result.get("interviews", []) if item.get("status") != "requested" or item.get("start")]
        pairs = pair_interviews(gold["interviews"], found)
        for f, item in enumerate(found):
            if f not in pairs.values() and item.get("status") != "cancelled":
                self.outcome("false")
                self.count["negative_false"] += self.negative
                self.say("FALSE INTERVIEW", item.get("company"), item.get("start"))
        for g, wanted in enumerate(gold["interviews"]):
            self.interview(wanted, found[pairs[g]] if g in pairs else None)
        self.drafts(gold, result.get("drafts", []))

    def outcome(self, kind):
        self.detect[kind] += 1
        for tag in self.tags:
            self.by_tag[tag][kind] += 1

    def interview(self, wanted, item):
        count, say = self.count, self.say
        if "cancelled" in as_list(wanted["status"]):
            count["cancel_n"] += 1
            if item is not None and item.get("status") != "cancelled":
                self.detect["false"] += 1
                say("GHOST (cancelled, shown active)", item.get("company"), item.get("start"))
            else:
                count["cancel_ok"] += 1
            return
        if item is None or item.get("status") == "cancelled":
            self.outcome("missed")
            say("MISSED", wanted["company"][0], wanted["start"])
        else:
            self.outcome("hit")
            count["start_n"] += 1
            if instant(item.get("start")) == instant(wanted["start"]):
                count["start_ok"] += 1
            else:
                say("START", wanted["start"], "got", item.get("start"))
        found = item or {}                      # the fields below count missed interviews too
        count["company_n"] += 1
        count["company_ok"] += same_company(wanted["company"], found.get("company"))
        if wanted.get("role"):
            count["role_n"] += 1
            count["role_ok"] += same_role(wanted["role"], found.get("role"))
        if item:
            count["status_n"] += 1
            count["status_ok"] += item.get("status") in as_list(wanted["status"])
        self.people(wanted, list(found.get("people") or []))
        self.reply(wanted, item)
        self.dates(wanted, found, bool(item))

    def people(self, wanted, found):
        used = set()
        for person in wanted["people"]:
            self.count["thank_n"] += 1
            hit = next((i for i, other in enumerate(found) if i not in used and self.same_person(person, other, wanted["also_ok"])), None)
            if hit is None:
                self.count["people_missed"] += 1
                self.say("PERSON MISSED", person["name"])
                continue
            used.add(hit)
            self.count["people_hit"] += 1
            state = "missing" if found[hit].get("thank_you") == "overdue" else found[hit].get("thank_you")
            if state in as_list(person["thank_you"]):
                self.count["thank_ok"] += 1
            else:
                self.say("THANK-YOU", person["name"], "gold", person["thank_you"], "got", state)
        for i, other in enumerate(found):
            if i not in used and address_of(other) not in wanted["also_ok"]:
                self.count["people_false"] += 1
                self.say("EXTRA PERSON", other.get("name"), other.get("email"))

    @staticmethod
    def same_person(person, other, neutral):
        if person["email"] and address_of(other) == person["email"]:
            return True
        by_name = not person["email"] or not other.get("email") or address_of(other) in neutral
        return by_name and same_name(person["name"], other.get("name"))

    def reply(self, wanted, item):
        got = ((item.get("reply") or {}).get("class") or "none") if item else "(missed)"
        first = wanted["reply"][0]
        self.replies[first][first if got in wanted["reply"] else got] += 1
        if got not in wanted["reply"]:
            self.say("REPLY gold", wanted["reply"], "got", got)

    def dates(self, wanted, found, present):
        got = found.get("decision_by")
        if wanted.get("decision_by"):
            self.count["decision_n"] += 1
            self.count["decision_ok"] += got in wanted["decision_by"]
            if got not in wanted["decision_by"]:
                self.say("DECISION DATE gold", wanted["decision_by"], "got", got)
        elif present and got:
            self.count["decision_spurious"] += 1
            self.say("SPURIOUS DECISION DATE", got)
        if wanted.get("follow_up_due"):
            first, last = wanted["follow_up_due"]
            due = found.get("follow_up_due")
            self.count["due_n"] += 1
            self.count["due_ok"] += bool(due) and first <= due <= last
            if not (due and first <= due <= last):
                self.say("FOLLOW-UP DUE gold", first, last, "got", due)

    def drafts(self, gold, found):
        required, tolerated = list(gold["drafts"]), list(gold["optional_drafts"])
        for draft in found:
            match = next((w for w in required if draft_matches(draft, w)), None)
            if match:
                fault = draft_fault(draft, match, gold["interviews"])
                if fault:                       # a faulty draft is a wrong draft, and the right one is still missing
                    self.count[fault[0]] += 1
                    self.count["draft_false"] += 1
                    self.say("FAULTY DRAFT", draft.get("kind"), draft.get("to"), fault[1])
                    continue
                required.remove(match)
                self.count["draft_hit"] += 1
                if match.get("reply_in"):
                    self.count["thread_n"] += 1
                    self.count["thread_ok"] += draft.get("in_reply_to") in match["reply_in"]
                    if draft.get("in_reply_to") not in match["reply_in"]:
                        self.say("DRAFT not in the thread", draft.get("in_reply_to"))
                continue
            match = next((w for w in tolerated if draft_matches(draft, w)), None)
            if match:
                tolerated.remove(match)
                continue
            forbidden = [w for w in gold["forbidden_drafts"] if draft_matches(draft, w)]
            self.count["draft_false"] += 1
            self.count["draft_negative"] += self.negative
            self.count["draft_forbidden"] += bool(forbidden)
            self.say("WRONG DRAFT", draft.get("kind"), draft.get("to"), "-", (forbidden and forbidden[0].get("why")) or "not expected")
            for tag in self.tags:
                self.by_tag[tag]["wrong draft"] += 1
        for wanted in required:
            self.count["draft_missed"] += 1
            self.say("DRAFT MISSED", wanted["kind"], wanted["to_any"])

    def metrics(self):
        count, detect = self.count, self.detect
        ratio = lambda ok, total: count[ok] / count[total] if count[total] else 1.0
        out = dict(zip(("detect_precision", "detect_recall", "detect_f1"), precision_recall_f1(detect["hit"], detect["false"], detect["missed"])))
        out["start_exact"] = count["start_ok"] / max(1, count["start_n"] + detect["missed"])
        out.update(company=ratio("company_ok", "company_n"), role=ratio("role_ok", "role_n"), status=ratio("status_ok", "status_n"))
        out.update(zip(("people_precision", "people_recall", "people_f1"), precision_recall_f1(count["people_hit"], count["people_false"], count["people_missed"])))
        out["thank_you"] = ratio("thank_ok", "thank_n")
        out["reply_macro_f1"] = macro_f1(self.replies, list(self.replies))[1]
        out["decision_by"] = count["decision_ok"] / max(1, count["decision_n"] + count["decision_spurious"])
        out["follow_up_due"] = ratio("due_ok", "due_n")
        out["cancel"] = ratio("cancel_ok", "cancel_n")
        hits, false, missed = count["draft_hit"], count["draft_false"], count["draft_missed"]
        out.update(zip(("draft_precision", "draft_recall", "draft_f1"), precision_recall_f1(hits, false, missed)))
        out["draft_thread"] = ratio("thread_ok", "thread_n")
        out["draft_utility"] = max(-1.0, (hits - WRONG_DRAFT_COST * false) / max(1, hits + missed))
        out.update(wrong_drafts=false, wrong_drafts_on_negatives=count["draft_negative"], forbidden_drafts=count["draft_forbidden"],
                   false_interviews_on_negatives=count["negative_false"], placeholders=count["placeholders"],
                   shared_drafts=count["shared_drafts"], wrong_names=count["wrong_names"])
        out["overall"] = 100 * sum(weight * out[name] for name, weight in WEIGHTS.items())
        return out


def score_storylines(gold, export, tag=None):
    results = {(r["story"], int(r["check"])): r for r in export["results"]}
    score = StorylineScore()
    for answer in gold:
        if not tag or tag in answer["tags"]:
            score.check(answer, results.get((answer["story"], answer["check"])))
    return score


def report_storylines(score):
    metrics = score.metrics()
    print("checks %d (absent from the export: %d)" % (score.count["checks"], score.count["absent"]))
    for name, value in metrics.items():
        print("%-30s %s" % (name, "%.3f" % value if isinstance(value, float) else value))
    print("reply confusion (gold -> got):")
    for cls in sorted(score.replies):
        print("  %-16s %s" % (cls, dict(score.replies[cls])))
    weak = sorted(((v["missed"] + v["false"] + v["wrong draft"], tag) for tag, v in score.by_tag.items()), reverse=True)[:10]
    print("weakest tags:", ", ".join("%s(%d)" % (tag, n) for n, tag in weak if n))
    return metrics


# ------------------------------------------------------------------- messages
def read_lines(path):
    with open(path, encoding="utf-8") as lines:
        return {item["id"]: item for item in map(json.loads, lines)}


def score_messages(gold, export):
    confusion, count, log = defaultdict(Counter), Counter(), []
    for key, label in gold.items():
        found = export.get(key)
        count["absent"] += found is None
        got = (found or {}).get("cls", "other")
        accepted = label.get("accept") or [label["cls"]]
        effective = label["cls"] if got in accepted else got
        confusion[label["cls"]][effective] += 1
        wanted_interview, got_interview = label["cls"] in INTERVIEW_CLASSES, got in INTERVIEW_CLASSES
        if wanted_interview or not set(accepted) & INTERVIEW_CLASSES:   # the ambiguous ones do not count here
            count["iv_hit"] += wanted_interview and got_interview
            count["iv_missed"] += wanted_interview and not got_interview
            count["iv_false"] += got_interview and not wanted_interview
        if label["cls"] == "thank_you_sent":
            count["ty_hit" if got in accepted else "ty_missed"] += 1
        elif got == "thank_you_sent" and got not in accepted:
            count["ty_false"] += 1
        if effective != label["cls"]:
            log.append("%s gold %s got %s" % (key, label["cls"], got))
        if label.get("start"):
            count["start_n"] += 1
            count["start_ok"] += instant((found or {}).get("start")) == instant(label["start"])
    return confusion, count, log


def report_messages(confusion, count, total):
    print("messages %d (absent from the export: %d)" % (total, count["absent"]))
    for key, title in (("iv", "interview mail against the rest"), ("ty", "sent thank-you")):
        figures = precision_recall_f1(count[key + "_hit"], count[key + "_false"], count[key + "_missed"])
        print("%s: precision %.3f recall %.3f F1 %.3f" % ((title,) + figures))
    sizes = {cls: sum(confusion[cls].values()) for cls in confusion}
    scores, _ = macro_f1(confusion, list(confusion))
    large = [scores[cls][2] for cls in sizes if sizes[cls] >= 8]
    print("macro F1 over classes with 8 or more labels: %.3f" % (sum(large) / max(1, len(large))))
    for cls in sorted(sizes, key=lambda c: -sizes[c]):
        print("  %-22s n=%-4d P %.2f R %.2f F1 %.2f" % ((cls, sizes[cls]) + scores[cls]))
    if count["start_n"]:
        print("start exact: %d/%d" % (count["start_ok"], count["start_n"]))


def main():
    parser = argparse.ArgumentParser(description="Score a mailwatch export against the gold answers.")
    modes = parser.add_subparsers(dest="mode", required=True)
    for name, gold, export in (("storylines", "gold.json of a rendering", "the program's export (mailwatch-eval/1)"),
                               ("messages", "messages/labels.jsonl of a rendering", "one JSON object a line: id, cls")):
        mode = modes.add_parser(name)
        mode.add_argument("gold", help=gold)
        mode.add_argument("export", help=export)
        mode.add_argument("--details", metavar="FILE", help="write one line per error")
    modes.choices["storylines"].add_argument("--tag", help="only the checks with this tag, e.g. D2, panel, de")
    args = parser.parse_args()
    if args.mode == "storylines":
        with open(args.gold, encoding="utf-8") as gold, open(args.export, encoding="utf-8") as export:
            score = score_storylines(json.load(gold), json.load(export), args.tag)
        report_storylines(score)
        log = score.log
    else:
        gold = read_lines(args.gold)
        confusion, count, log = score_messages(gold, read_lines(args.export))
        report_messages(confusion, count, len(gold))
    if args.details:
        with open(args.details, "w", encoding="utf-8") as details:
            details.write("\n".join(log) + "\n")


if __name__ == "__main__":
    main()
