"""A storyline's check through Google: the same mail and calendar in a fake account, read and drafted through its interface."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mailwatch.backends.gmail import GmailBackend
from mailwatch.backends.google_calendar import GoogleCalendar
from mailwatch.config import load_settings
from mailwatch.core.ics import calendar_from_ics
from mailwatch.core.model import Attendee, CalendarEvent, LedgerState, Window
from mailwatch.sandbox import Parser
from mailwatch.store import open_store, run_lock
from mailwatch.tick import OpenAccount, OpenCalendar, World, tick
from mailwatch.tick.calendars import AHEAD, BEFORE
from mailwatch.tick.configured import tick_settings
from mailwatch.tick.doors import Doors
from tests.servers.google_account import FreeBudget, Tokens
from tests.servers.google_mailbox import milliseconds
from tests.servers.google_server import FakeGoogle, Host, running_host
from tests.storylines.export import result_of
from tests.storylines.run import _lexicon, _parser, _set_up, run_check

_ANSWERS = {"NEEDS-ACTION": "needsAction", "DECLINED": "declined", "TENTATIVE": "tentative", "ACCEPTED": "accepted"}


def run_check_on_gmail(check: Path, host: Host) -> dict[str, Any]:
    """One check: a fresh account and state, one tick at its moment; the result in the export's words."""
    context = json.loads((check / "context.json").read_text(encoding="utf-8"))
    now, owner = datetime.fromisoformat(context["as_of"]), context["owner"]
    google = host.fresh(owner["email"])
    google.box.now = milliseconds(now)
    _deliver(google, check, now, owner["tz"])
    with tempfile.TemporaryDirectory(prefix="storyline-") as name:
        folder = Path(name)
        _set_up(folder, check, owner)
        settings = load_settings(folder / "config.toml", None)
        with run_lock(folder / "state"), open_store(folder / "state", now=now, mend=True) as store:
            doors = _doors(google, settings.accounts[0].email, settings.accounts[0].since, owner["tz"], _parser())
            told = tick_settings(settings, lexicon=_lexicon())
            report = tick(store, doors, told, World(lambda: now, lambda _seconds: None))
            saved = [row for row in store.ledger.rows() if row.state is LedgerState.SAVED]
    google.check()
    assert report.plan is not None
    assert not report.problems, report.problems
    assert len(google.box.drafts) == len(saved)
    result = result_of(report.plan, saved, ZoneInfo(owner["tz"]))
    return {"story": context["story"], "check": context["check"], **result}


def _doors(google: FakeGoogle, address: Any, look_back: Any, zone: str, parser: Parser) -> Doors:
    mail = GmailBackend(address, "story", Tokens(google), parser, budget=FreeBudget("story"), api_url=google.url)
    calendar = GoogleCalendar("story", Tokens(google), parser, zone=zone, api_url=google.url)
    return Doors(
        (OpenAccount("story", address, mail, look_back=look_back),), parser, (OpenCalendar("story", calendar),)
    )


def _deliver(google: FakeGoogle, check: Path, now: datetime, zone: str) -> None:
    for folder, labels in (("inbox", {"INBOX"}), ("sent", {"SENT"})):
        for path in sorted((check / folder).glob("*.eml")):
            raw = path.read_bytes()
            stated = message_from_bytes(raw)["Date"]
            google.box.arrives(
                raw, labels, milliseconds(parsedate_to_datetime(stated)) if stated else milliseconds(now)
            )
    google.box.index()
    window = Window(now - BEFORE, now + AHEAD)
    events = calendar_from_ics((check / "calendar.ics").read_bytes(), window=window, zone=zone).events
    for number, event in enumerate(events):
        if event.status != "CANCELLED":
            google.calendars.put(dict(_resource(event, number)))
    google.calendars.primary.page = 250


def _resource(event: CalendarEvent, number: int) -> Iterator[tuple[str, Any]]:
    yield "id", f"event{number}"
    yield "iCalUID", event.uid
    for name in ("summary", "description", "location"):
        if getattr(event, name):
            yield name, getattr(event, name)
    for name in ("start", "end"):
        yield name, _moment(getattr(event, name), event)
    if event.recurrence_id:
        yield "recurringEventId", f"series{event.uid}"
        yield "originalStartTime", _moment(event.recurrence_id, event)
    if event.url:
        yield "hangoutLink", event.url
    yield "status", event.status.lower() or "confirmed"
    yield "sequence", event.sequence
    if event.dtstamp:
        yield "updated", f"{event.dtstamp:%Y-%m-%dT%H:%M:%S}.000Z"
    if event.organizer:
        yield "organizer", _person(event.organizer)
    if event.attendees:
        yield (
            "attendees",
            [
                {**_person(each), "responseStatus": _ANSWERS.get(each.partstat, "needsAction")}
                for each in event.attendees
                if each.address
            ],
        )


def _moment(moment: datetime, event: CalendarEvent) -> dict[str, str]:
    zone = ZoneInfo(event.tzid) if "/" in event.tzid else ZoneInfo("UTC")
    if event.all_day:
        return {"date": f"{moment.astimezone(zone):%Y-%m-%d}"}
    return {"dateTime": moment.astimezone(zone).isoformat(), "timeZone": zone.key}


def _person(person: Attendee) -> dict[str, str]:
    return {"email": person.address, **({"displayName": person.name} if person.name else {})}


def main() -> None:
    """Compare every check below a rendered folder with its run through a Maildir."""
    rendered = Path(sys.argv[1])
    checks = sorted(path.parent for path in rendered.glob("*/*/context.json"))
    different: list[str] = []
    drafts = 0
    with running_host() as host:
        for check in checks:
            one = run_check(check)
            drafts += len(one["drafts"])
            if run_check_on_gmail(check, host) != one:
                different.append(f"{check.parent.name}/{check.name}")
    print(
        f"{len(checks) - len(different)} of {len(checks)} checks the same, {drafts} drafts among them",
        *different,
        sep="\n",
    )


if __name__ == "__main__":
    main()
