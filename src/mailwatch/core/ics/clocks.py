"""From a TZID to a zone: known names first, then the VTIMEZONE that came along, then the user's own zone, as unsure."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from datetime import UTC, timedelta, tzinfo

from dateutil import tz

from mailwatch.core.ics.lines import Block, properties, unfolded
from mailwatch.core.ics.values import Clocks
from mailwatch.core.model import ZoneState
from mailwatch.core.text import one_line
from mailwatch.core.zones import known_zone, zone_from_name

_BLOCKS = 60
_BLOCK_LIMIT = 64_000
_OBSERVANCES = 24
_OFFSET = re.compile(rb"^TZOFFSET(?:FROM|TO)[^:\n]{0,80}:[ \t]*([+-]?)(\d{2})(\d{2})(\d{2})?[ \t\r]*$", re.MULTILINE)
_OFFSET_LINE = re.compile(rb"^TZOFFSET", re.MULTILINE)
_RULE = re.compile(rb"^RRULE:(.*)$", re.MULTILINE)
_YEARLY = re.compile(
    rb"FREQ=YEARLY(?:;(?:INTERVAL=1|BYMONTH=\d{1,2}|BYDAY=[+-]?\dM?(?:MO|TU|WE|TH|FR|SA|SU)|BYMONTHDAY=[\d,-]{1,24}"
    rb"|BYHOUR=\d{1,2}|BYMINUTE=\d{1,2}|UNTIL=[\dTZ]{8,16}|WKST=[A-Z]{2}))*[ \t\r]*"
)
# What dateutil reads; it refuses a block with anything else in it.
_KEPT = re.compile(rb"^(?:TZID|DTSTART|RRULE|RDATE|TZOFFSETFROM|TZOFFSETTO|TZNAME|BEGIN|END)[;:][^\r\n]*", re.MULTILINE)
_LARGEST = timedelta(hours=14)


def clocks_for(blocks: Iterable[Block], *, home: str, calendar_zone: str = "") -> Clocks:
    """How to read the times of one calendar.

    Args:
        blocks: its VTIMEZONE components; they are read only if a TZID is not known by name.
        home: the user's IANA zone, for floating times and for zones that nobody understands.
        calendar_zone: X-WR-TIMEZONE, for floating times; "" where absent.
    """
    own_zone, stated_zone = known_zone(home) or UTC, zone_from_name(calendar_zone)
    floating = (stated_zone, ZoneState.KNOWN) if stated_zone else (own_zone, ZoneState.FLOATING)
    known: dict[str, tuple[tzinfo, ZoneState]] = {"": floating}
    stated: dict[str, tzinfo] = {}
    rest = iter(blocks)

    def clock(tzid: str) -> tuple[tzinfo, ZoneState]:
        if tzid not in known:
            zone = zone_from_name(tzid) or _stated(one_line(tzid), stated, rest)
            known[tzid] = (zone, ZoneState.KNOWN) if zone else (own_zone, ZoneState.UNKNOWN)
        return known[tzid]

    return clock


def _stated(tzid: str, read: dict[str, tzinfo], rest: Iterable[Block]) -> tzinfo | None:
    for count, block in enumerate(rest):
        name, zone = zone_from_block(block)
        if zone:
            read[name] = zone
        if name == tzid or count > _BLOCKS:
            break
    return read.get(tzid)


def zone_from_block(block: Block) -> tuple[str, tzinfo | None]:
    """The TZID of a VTIMEZONE and the zone it describes, None where it makes no sense (RFC 5545 §3.6.5).

    X-LIC-LOCATION names the real zone where present. Else its observances count if they are few, change once a year at
    most, and stay within 14 hours of UTC.
    """
    data = unfolded(block.data[:_BLOCK_LIMIT])
    own = {prop.name: prop.value for prop in properties(data)}
    name = one_line(own.get("TZID", ""))
    located = zone_from_name(own.get("X-LIC-LOCATION", "")) if "X-LIC-LOCATION" in own else None
    return name, located or (_observed(data) if name and not block.cut else None)


def _observed(data: bytes) -> tzinfo | None:
    offsets = [timedelta(hours=int(h), minutes=int(m), seconds=int(s or 0)) for _, h, m, s in _OFFSET.findall(data)]
    sane = offsets and len(offsets) == len(_OFFSET_LINE.findall(data)) and max(offsets) <= _LARGEST
    if not sane or len(offsets) > 2 * _OBSERVANCES or not all(_YEARLY.fullmatch(rule) for rule in _RULE.findall(data)):
        return None
    kept = (
        b":".join((line.partition(b":")[0].partition(b";")[0], line.partition(b":")[2])) for line in _KEPT.findall(data)
    )
    text = b"\n".join((b"BEGIN:VTIMEZONE", *kept, b"END:VTIMEZONE")).decode("ascii", "replace")
    try:
        return tz.tzical(io.StringIO(text)).get()
    except (ValueError, TypeError, KeyError, IndexError, OverflowError):
        return None
