"""Where a timeframe counts from: the day on which a mail was written, on its sender's own calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from mailwatch.core.model import Message
from mailwatch.core.zones import zone_from_name

_AMERICAS = range(-600, -239)
"""Offsets in minutes at which English writes the month first (Hawaii to Atlantic)."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The moment of writing, in the sender's zone.

    month_first: how an English "03/04" is read there; None where the place is unknown, then both readings are open.
    """

    written: datetime
    month_first: bool | None = None

    @property
    def day(self) -> date:
        """The sender's own date."""
        return self.written.date()


def anchor_of(message: Message, zone: str) -> Anchor | None:
    """The anchor of a mail: its Date in the offset its sender wrote; `zone` (IANA) is the user's, for mail without one."""
    written = message.envelope.at
    if written is None:
        return None
    offset = message.envelope.zone_offset_minutes
    if offset is None or message.envelope.date is None:
        return Anchor(written.astimezone(_zone(zone)))
    return Anchor(written.astimezone(timezone(timedelta(minutes=offset))), _month_first(offset))


def anchor_at(written: datetime, zone: str) -> Anchor:
    """The anchor of words spoken or noted at `written` (aware) by somebody in `zone` (IANA)."""
    local = written.astimezone(_zone(zone))
    offset = local.utcoffset()
    return Anchor(local, _month_first(int(offset.total_seconds() // 60)) if offset is not None else None)


def _zone(name: str) -> tzinfo:
    return zone_from_name(name) or UTC


def _month_first(offset: int) -> bool | None:
    """An offset of zero is as often a server's as London's: it tells nothing."""
    return None if offset == 0 else offset in _AMERICAS
