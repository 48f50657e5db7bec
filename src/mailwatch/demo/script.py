"""The demo's script: mailbox.toml → messages and calendars as they stood at a moment."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses, parseaddr
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText


@dataclass(frozen=True, slots=True)
class Moment:
    """One stop of the demo: its instant (aware UTC) and its heading."""

    at: datetime
    title: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail of the script: when it appears (aware UTC), the folder it lies in, its bytes."""

    at: datetime
    folder: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Script:
    """The whole story. owner: name, email, zone, languages; the rest as in the file."""

    owner: Mapping[str, Any]
    moments: tuple[Moment, ...]
    letters: tuple[Letter, ...]
    events: tuple[Mapping[str, Any], ...]
    zone: ZoneInfo

    def letters_between(self, after: datetime | None, until: datetime) -> tuple[Letter, ...]:
        """The mail that arrives in (after, until]."""
        return tuple(letter for letter in self.letters if (after is None or letter.at > after) and letter.at <= until)

    def calendar_at(self, moment: datetime) -> bytes:
        """The owner's calendar as it stood: the newest version of every event seen by then (RFC 5545)."""
        newest: dict[str, Mapping[str, Any]] = {}
        for event in self.events:
            if _instant(event["seen"], self.zone) <= moment:
                newest[event.get("same_as", event["id"])] = event
        calendar = _calendar(None)
        for event in newest.values():
            if event.get("state") != "cancelled":
                calendar.add_component(
                    _vevent(event, self.owner, self.zone, partstat=event.get("answer", "NEEDS-ACTION"))
                )
        return bytes(calendar.to_ical())


def load_script() -> Script:
    """The script that comes with the package."""
    table = tomllib.loads(files("mailwatch.demo").joinpath("mailbox.toml").read_text(encoding="utf-8"))
    zone = ZoneInfo(table["owner"]["zone"])
    events = tuple(table["event"])
    by_id = {event["id"]: event for event in events}
    moments = tuple(Moment(_instant(item["at"], zone), item["title"]) for item in table["moment"])
    letters: list[Letter] = []
    sent_before: dict[str, EmailMessage] = {}
    for item in sorted(table["mail"], key=lambda mail: str(mail["date"])):
        message = _message(item, table["owner"], zone, sent_before, by_id)
        sent_before[item["id"]] = message
        letters.append(Letter(_instant(item["date"], zone), item.get("folder", "inbox"), message.as_bytes(policy=SMTP)))
    return Script(table["owner"], moments, tuple(letters), events, zone)


def _instant(text: str, zone: ZoneInfo) -> datetime:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _message(
    item: Mapping[str, Any],
    owner: Mapping[str, Any],
    zone: ZoneInfo,
    before: Mapping[str, EmailMessage],
    events: Mapping[str, Mapping[str, Any]],
) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    me = f"{owner['name']} <{owner['email']}>"
    outgoing = item.get("folder") == "sent"
    author = me if outgoing else item["from"]
    at = _instant(item["date"], zone).astimezone(zone)
    if not outgoing:
        message["Received"] = f"from mx.example by mx.mailbox.example with ESMTPS; {format_datetime(at)}"
    message["Date"] = format_datetime(at)
    message["From"] = author
    message["To"] = item["to"] if outgoing else me
    parent = before.get(item.get("answers", ""))
    message["Subject"] = item.get("subject") or _reply_subject(str(parent["Subject"]) if parent else "")
    digest = hashlib.sha256(item["id"].encode()).hexdigest()[:20]
    message["Message-ID"] = f"<{digest}@{parseaddr(author)[1].rpartition('@')[2]}>"
    if parent is not None:
        message["In-Reply-To"] = str(parent["Message-ID"])
        message["References"] = f"{parent.get('References', '')} {parent['Message-ID']}".strip()
    for name, value in item.get("headers", {}).items():
        message[name] = value
    message.set_content(item["text"].strip("\n") + "\n")
    if "invite" in item:
        event = events[item["invite"]]
        method = "CANCEL" if event.get("state") == "cancelled" else "REQUEST"
        calendar = _calendar(method)
        calendar.add_component(_vevent(event, owner, zone, partstat="NEEDS-ACTION"))
        message.add_alternative(calendar.to_ical().decode(), subtype="calendar", params={"method": method})
    return message


def _reply_subject(subject: str) -> str:
    return subject if subject.lower().startswith("re:") else f"Re: {subject}"


def _calendar(method: str | None) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Example//Calendar 1.0//EN")
    calendar.add("version", "2.0")
    if method:
        calendar.add("method", method)
    return calendar


def _vevent(event: Mapping[str, Any], owner: Mapping[str, Any], zone: ZoneInfo, *, partstat: str) -> Event:
    start = datetime.fromisoformat(event["start"]).replace(tzinfo=zone)
    vevent = Event()
    vevent.add("uid", f"{event.get('same_as', event['id'])}@calendar.example")
    vevent.add("sequence", event.get("sequence", 0))
    vevent.add("dtstamp", _instant(event["seen"], zone))
    vevent.add("dtstart", start)
    vevent.add("dtend", start + timedelta(minutes=event["minutes"]))
    vevent.add("summary", event["title"])
    vevent.add("status", "CANCELLED" if event.get("state") == "cancelled" else "CONFIRMED")
    if event.get("text"):
        vevent.add("description", event["text"])
    if event.get("place"):
        vevent.add("location", event["place"])
    vevent.add("organizer", _cal_address(event["organizer"], {}))
    vevent.add("attendee", _cal_address(f"{owner['name']} <{owner['email']}>", {"partstat": partstat}))
    for guest in event.get("guests", []):
        vevent.add("attendee", _cal_address(guest, {"partstat": "ACCEPTED"}))
    return vevent


def _cal_address(mailbox: str, parameters: Mapping[str, str]) -> vCalAddress:
    ((name, address),) = getaddresses([mailbox])
    result = vCalAddress(f"mailto:{address}")
    result.params["cn"] = vText(name)
    for key, value in parameters.items():
        result.params[key] = vText(value)
    return result
