"""A storyline's mailbox and calendar at Microsoft: the same mail, the same events, another service."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from mailwatch.auth.microsoft import MicrosoftSignIn
from mailwatch.core.ics import calendar_from_ics
from mailwatch.core.model import Attendee, CalendarEvent, Window
from tests.servers.graph import Graph, running_graph
from tests.servers.graph_authority import CLIENT
from tests.servers.graph_events import Events
from tests.servers.graph_mailbox import GERMAN, Mailbox, stamp
from tests.storylines.run import run_check

_CONFIG = """
[me]
name = {name}
addresses = {addresses}
timezone = {zone}

[account.story]
backend = "graph"
email = {email}
api_url = {url}

[account.story.auth]
client_id = "{client}"

[calendar.story]
backend = "graph"
account = "story"

[drafts]
first_run = "save"
max_per_run = 50
"""
_ANSWERS = {
    "ACCEPTED": "accepted",
    "DECLINED": "declined",
    "TENTATIVE": "tentativelyAccepted",
    "NEEDS-ACTION": "notResponded",
}


def run_check_on_graph(check: Path) -> dict[str, Any]:
    """The check as `run_check` runs it, with mail and calendar behind Microsoft Graph; nothing may have been sent."""
    with _graph_of(check) as graph:

        def set_up(folder: Path, _check: Path, owner: dict[str, Any]) -> None:
            values = {"name": owner["name"], "addresses": [owner["email"], *owner["aliases"]], "zone": owner["tz"], "email": owner["email"], "url": graph.url}  # fmt: skip
            text = _CONFIG.format(
                client=CLIENT, **{key: json.dumps(value, ensure_ascii=False) for key, value in values.items()}
            )
            (folder / "config.toml").write_text(text, encoding="utf-8")
            (folder / "config.toml").chmod(0o600)

        with patch.object(MicrosoftSignIn, "token", lambda self, **_: "good"):
            result = run_check(check, set_up)
    if graph.sending or graph.violations:
        raise AssertionError((graph.sending, graph.violations))
    return result


@contextlib.contextmanager
def _graph_of(check: Path) -> Iterator[Graph]:
    context = json.loads((check / "context.json").read_text(encoding="utf-8"))
    now, owner = datetime.fromisoformat(context["as_of"]), context["owner"]
    graph = Graph(Mailbox(names=GERMAN, now=lambda: now, address=owner["email"]), Events(lambda: now))
    graph.answers.largest_page = 50
    for name, known in (("inbox", "inbox"), ("sent", "sentitems")):
        folder = graph.mailbox.known(known).id
        for path in sorted((check / name).glob("*.eml")):
            raw = path.read_bytes()
            graph.mailbox.put(raw, folder, _date_of(raw) or now, read=True)
    window = Window(now - timedelta(days=400), now + timedelta(days=400))
    parsed = calendar_from_ics((check / "calendar.ics").read_bytes(), window=window, zone=owner["tz"])
    for number, event in enumerate(parsed.events):
        _enter(graph.events, event, owner["email"], number)
    with running_graph(graph):
        yield graph


def _date_of(raw: bytes) -> datetime | None:
    try:
        moment = parsedate_to_datetime(message_from_bytes(raw)["Date"])
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _enter(events: Events, event: CalendarEvent, me: str, number: int) -> None:
    mine = next((each.partstat for each in event.attendees if each.address == me), "")
    entry = events.enter(
        f"{event.uid}#{number}", event.start, subject=event.summary, iCalUId=event.uid,
        body={"contentType": "text", "content": event.description}, location={"displayName": event.location},
        onlineMeeting={"joinUrl": event.url} if event.url else None, isAllDay=event.all_day, isCancelled=event.status == "CANCELLED",
        organizer={"emailAddress": _box(event.organizer)} if event.organizer else None,
        attendees=[{"emailAddress": _box(each), "status": {"response": _ANSWERS.get(each.partstat, "none")}, "type": "required"} for each in event.attendees],
        responseStatus={"response": _ANSWERS.get(mine, "none")}, originalStartTimeZone=event.tzid or "UTC",
        sequence=event.sequence, lastModifiedDateTime=stamp(event.dtstamp or event.start),
    )  # fmt: skip
    entry.end = event.end


def _box(person: Attendee) -> dict[str, str]:
    return {"name": person.name or person.address, "address": person.address}
