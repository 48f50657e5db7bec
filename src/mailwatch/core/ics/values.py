"""Values of iCalendar properties: text, durations and moments, with the zone they were written in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from mailwatch.core.ics.lines import Property
from mailwatch.core.model import ZoneState

_ESCAPE = re.compile(r"\\([nN,;\\:\"])")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?(Z)?)?")
_DURATION = re.compile(
    r"([+-])?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})S)?)?", re.IGNORECASE
)
_EARLIEST, _LATEST = 1900, 2199

Clocks = Callable[[str], tuple[tzinfo, ZoneState]]
"""From a TZID ("" where none is written) to the zone to read a time in, and how sure that is."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A DATE or DATE-TIME: the clock on the wall, the zone it hangs in, and how that was written."""

    wall: datetime
    zone: tzinfo
    tzid: str = ""
    state: ZoneState = ZoneState.KNOWN
    all_day: bool = False

    @property
    def utc(self) -> datetime:
        """The instant. A wall time that a clock change skips or repeats is read before the change (RFC 5545 §3.3.5)."""
        return self.wall.replace(tzinfo=self.zone).astimezone(UTC)

    def moved_to(self, wall: datetime) -> Moment:
        """The same zone with another time on the wall."""
        return Moment(wall, self.zone, self.tzid, self.state, self.all_day)


def text_from_value(value: str) -> str:
    r"""A TEXT value without its escapes (RFC 5545 §3.3.11)."""
    return _ESCAPE.sub(lambda mark: "\n" if mark.group(1) in "nN" else mark.group(1), value)


def duration_from_value(value: str) -> timedelta | None:
    """A DURATION (RFC 5545 §3.3.6), or None."""
    found = _DURATION.fullmatch(value.strip())
    if not found:
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if found.group(1) == "-" else length


def moment_from_property(prop: Property, clocks: Clocks) -> Moment | None:
    """The moment a property names, or None where it names none between 1900 and 2199."""
    return moment_from_value(prop.value, prop.parameters.get("TZID", ""), clocks)


def moments_from_property(prop: Property, clocks: Clocks, limit: int) -> list[Moment]:
    """The moments of a list (EXDATE, RDATE; of a period its start), at most `limit`."""
    values = prop.value.split(",", limit)[:limit]
    found = (moment_from_value(value.partition("/")[0], prop.parameters.get("TZID", ""), clocks) for value in values)
    return [moment for moment in found if moment]


def moment_from_value(value: str, tzid: str, clocks: Clocks) -> Moment | None:
    """`20260908`, `20260908T140000`, `20260908T120000Z`; also ISO 8601 with dashes, which some programs write."""
    found = _COMPACT.fullmatch(value.strip().upper())
    if not found:
        return _from_iso(value.strip(), tzid, clocks)
    year, month, day = (int(part) for part in found.groups()[:3])
    hour, minute, second = (int(part or 0) for part in found.groups()[3:6])
    wall = _wall(year, month, day, hour, minute, min(second, 59))
    if wall is None:
        return None
    if found.group(7):
        return Moment(wall, UTC, "UTC")
    zone, state = clocks(tzid)
    if found.group(4) is None:
        return Moment(wall, clocks("")[0], "", ZoneState.FLOATING, all_day=True)
    return Moment(wall, zone, tzid, state)


def _from_iso(value: str, tzid: str, clocks: Clocks) -> Moment | None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if not _EARLIEST <= moment.year <= _LATEST:
        return None
    if moment.tzinfo:
        return Moment(moment.astimezone(UTC).replace(tzinfo=None), UTC, moment.isoformat()[-6:])
    zone, state = clocks(tzid)
    return Moment(moment, zone, tzid, state, all_day=len(value) == len("2026-09-08"))


def _wall(*parts: int) -> datetime | None:
    if not _EARLIEST <= parts[0] <= _LATEST:
        return None
    try:
        return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - a wall clock has no zone yet
    except ValueError:
        return None
