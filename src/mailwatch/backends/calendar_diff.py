"""What changed between two listings of a calendar that reports no deletions itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

from mailwatch.backends.base import CalendarItem
from mailwatch.core.model import CalendarEvent, EventRef, Window
from mailwatch.errors import ProtocolError

FEW = 3
"""More events than this, and then none: an error, not a fact (an outage looks like that, a life seldom does)."""
_LONGEST_UID = 160


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of a listed event: a hash of what it says, and its span in epoch seconds."""

    digest: str
    start: int
    end: int

    def touches(self, window: Window) -> bool:
        """Does it take place inside the window, in part at least?"""
        return self.start < window.end.timestamp() and self.end >= window.start.timestamp()


def ref_of(event: CalendarEvent) -> EventRef:
    """UID, and RECURRENCE-ID for one occurrence of a series: what makes an event the same in two listings (RFC 5545 §3.8.4)."""
    uid = (
        event.uid
        if len(event.uid) <= _LONGEST_UID
        else hashlib.sha256(event.uid.encode("utf-8", "replace")).hexdigest()
    )
    occurrence = f"#{event.recurrence_id:%Y%m%dT%H%M%SZ}" if event.recurrence_id else ""
    return EventRef(f"{quote(uid, safe='@', errors='replace')}{occurrence}")


def known_of(event: CalendarEvent) -> Known:
    """What to remember. DTSTAMP is left out: some feeds renew it with every answer."""
    said = repr(replace(event, dtstamp=None)).encode("utf-8", "replace")
    return Known(hashlib.blake2b(said, digest_size=12).hexdigest(), _seconds(event.start), _seconds(event.end))


def newest_by_ref(events: Iterable[CalendarEvent]) -> Mapping[EventRef, CalendarEvent]:
    """Of several versions of one event, the one with the highest SEQUENCE, then the latest DTSTAMP."""
    newest: dict[EventRef, CalendarEvent] = {}
    for event in events:
        ref = ref_of(event)
        if ref not in newest or _version(event) >= _version(newest[ref]):
            newest[ref] = event
    return newest


def changed_items(
    before: Mapping[EventRef, Known], listed: Mapping[EventRef, CalendarEvent]
) -> tuple[tuple[CalendarItem, ...], Mapping[EventRef, Known]]:
    """The events that are new or say something else than before, and what to remember of all."""
    known = {ref: known_of(event) for ref, event in listed.items()}
    changed = [ref for ref, now in known.items() if ref not in before or before[ref].digest != now.digest]
    return tuple(CalendarItem(ref, listed[ref]) for ref in changed), known


def removed_refs(
    name: str, before: Mapping[EventRef, Known], now: Mapping[EventRef, Known], window: Window
) -> frozenset[EventRef]:
    """What was known in the window and is listed no more.

    Raises:
        ProtocolError: more than FEW were known in the window, and now there is none.
    """
    expected = {ref for ref, known in before.items() if known.touches(window)}
    if len(expected) > FEW and not now:
        raise ProtocolError(
            name,
            f"Calendar {name} held {len(expected)} events and is suddenly empty, so it was not believed.",
            next_step=f"look into it with your calendar program; if it is really empty, take [calendar.{name}] out of the configuration",
        )
    return frozenset(expected - now.keys())


def _version(event: CalendarEvent) -> tuple[int, float]:
    return event.sequence, event.dtstamp.timestamp() if event.dtstamp else 0.0


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
