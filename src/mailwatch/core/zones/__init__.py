"""Time zone names of every spelling to time zones: IANA, Windows, abbreviations, cities, offsets, spoken ones.

A name is only ever looked up in tables of known names. It is never used as a path, whatever it looks like, so that a
calendar can't make us open a file (RFC 5545 §3.2.19 lets TZID be any text).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from mailwatch.core.text import one_line
from mailwatch.core.zones.places import ABBREVIATIONS, CITIES, REGIONS, SMALL_LETTERS
from mailwatch.core.zones.windows import WINDOWS

_NAME_LIMIT = 160
_LARGEST_OFFSET = timedelta(hours=14)
_OFFSET = re.compile(r"(?:UTC|GMT|Z)?\s*([+\-−–]|plus |minus )\s*(\d{1,2})(?:[:.h]?([0-5]\d))?", re.IGNORECASE)
_DISPLAY = re.compile(r"\((?:UTC|GMT)(?:\s*([+\-−–]\d{1,2}[:.]\d{2}))?\)\s*(.*)", re.IGNORECASE)
_BRACKETS = re.compile(r"\(([^()]{0,80})\)")
_FILLERS = re.compile(
    r"\b(?:local|standard|daylight|summer|saving|savings|time|timezone|time ?zone|zone|heure|locale|hora|horário|"
    r"horario|ora|uhr|zeit|ortszeit|tijd|de|du|del|d['’]|di|da|do|des|in|of|the)\b['’]?"
    r"|(?:标准|標準)?(?:时间|時間|时区|時區|時刻)|시간",
    re.IGNORECASE,
)
_WINTER, _SUMMER = datetime(2026, 1, 15), datetime(2026, 7, 15)  # noqa: DTZ001 - wall clocks, read in many zones


def zone_from_name(name: str, *, home: str = "") -> tzinfo | None:
    """The time zone that `name` means, or None where nobody can say.

    Understands IANA names (also with a vendor's prefix), Windows names and their display forms "(UTC+01:00) Berlin, …",
    `tzone://Microsoft/Utc`, abbreviations, offsets ("UTC+2", "GMT+01:00"), cities ("Houston", "heure de Paris") and
    spoken names ("Eastern time (US & Canada)").

    Args:
        name: as written in a TZID or in a text.
        home: the user's IANA zone; it settles abbreviations that several zones share ("IST" at home in Dublin).
    """
    return _zone(one_line(name, _NAME_LIMIT).strip("\"' ,;."), home)


def known_zone(name: str) -> tzinfo | None:
    """The zone of an IANA name as the tz database writes it, or None (`Europe/Berlin`, `UTC`)."""
    return UTC if name in ("UTC", "Etc/UTC") else ZoneInfo(name) if name in _iana().values() else None


@lru_cache(maxsize=2048)
def _zone(name: str, home: str) -> tzinfo | None:
    for spelling in _spellings(name):
        if found := _abbreviation(spelling, home) or _named(spelling) or _offset(spelling):
            return found
    return _displayed(name)


def _spellings(name: str) -> Iterator[str]:
    """The name, then its parts that could be a name, the likeliest first."""
    yield name
    path = name.split("/")
    if len(path) > 2:  # a vendor's prefix: /mozilla.org/20071231_1/Europe/Berlin, tzone://Microsoft/Utc
        yield "/".join(path[-3:])
        yield "/".join(path[-2:])
        yield path[-1]
    if _DISPLAY.match(name):
        return
    outside = _BRACKETS.sub(" ", name).strip()
    if outside and outside != name:
        yield outside
    yield re.sub(r"\s\d$", "", outside)  # Outlook numbers a zone that it has met twice
    yield from (part.strip() for part in re.split(r"[,/|]", outside)[:3])
    yield from (inside.strip() for inside in _BRACKETS.findall(name)[:2])


def _abbreviation(word: str, home: str) -> tzinfo | None:
    upper = word.upper()
    if word != upper and word not in SMALL_LETTERS.split():
        return None
    zone, at_home = _abbreviations().get(upper), known_zone(home)
    if zone != "UTC" and at_home and upper in (_clock(at_home, _WINTER).tzname(), _clock(at_home, _SUMMER).tzname()):
        return at_home
    return known_zone(zone) if zone else None


def _clock(zone: tzinfo, moment: datetime) -> datetime:
    return moment.replace(tzinfo=zone)


def _named(name: str) -> tzinfo | None:
    folded = name.casefold()
    if "/" in folded or name in _iana().values():
        return known_zone(_iana().get(folded.replace(" ", "_"), ""))
    windows = re.sub(r"\b(?:daylight|summer) time", "standard time", folded)
    key = _windows().get(windows) or _places().get(folded)
    if key is None:
        bare = " ".join(_FILLERS.sub(" ", folded).split()).strip("-– ")
        key = _places().get(bare) or _places().get(bare.removesuffix("er"))
    return known_zone(key) if key else None


def _offset(text: str) -> tzinfo | None:
    found = _OFFSET.fullmatch(text)
    if not found:
        return None
    sign, hours, minutes = found.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if offset > _LARGEST_OFFSET:
        return None
    return timezone(offset if sign.strip().casefold() in ("+", "plus") else -offset)


def _displayed(name: str) -> tzinfo | None:
    """Windows' display form: the first place in it whose winter or summer clock fits the offset it states."""
    found = _DISPLAY.match(name)
    if not found:
        return None
    stated = _offset(found.group(1)) if found.group(1) else UTC
    if stated is None or not found.group(2):
        return stated
    wanted = stated.utcoffset(None)
    for part in re.split(r"[,&]", _BRACKETS.sub(" ", found.group(2)))[:12]:
        zone = _named(part.strip())
        if zone and wanted in (_clock(zone, _WINTER).utcoffset(), _clock(zone, _SUMMER).utcoffset()):
            return zone
    return None


@cache
def _iana() -> dict[str, str]:
    names = (files("tzdata") / "zones").read_text(encoding="ascii").split()
    return {name.casefold(): name for name in names if name != "Factory"}


@cache
def _abbreviations() -> dict[str, str]:
    return {short: zone for zone, shorts in ABBREVIATIONS.items() for short in shorts.split()}


@cache
def _windows() -> dict[str, str]:
    return {name.casefold(): zone for name, zone in WINDOWS.items()}


@cache
def _places() -> dict[str, str]:
    """Cities and regions by their name in small letters; our own table goes before IANA's city names."""
    continents = {"africa", "america", "asia", "atlantic", "australia", "europe", "indian", "pacific"}
    places = {
        folded.rpartition("/")[2].replace("_", " "): name
        for folded, name in _iana().items()
        if folded.partition("/")[0] in continents
    }
    for table in (CITIES, REGIONS):
        places |= {word: zone for zone, words in table.items() for word in words.split("|")}
    return places
