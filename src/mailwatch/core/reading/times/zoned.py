"""Time zones beside a time of day, or stated once for a whole text ("all times are Helsinki time")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import tzinfo

from mailwatch.core.reading.times.words import LETTER, TimeWords, compiled
from mailwatch.core.zones import zone_from_name

_REACH = 64
_BRACKET = re.compile(r"[ \t]{0,3}[(（\[]([^()（）\[\]\n]{2,48})[)）\]]")
_OFFSET = re.compile(r"[ \t,]{0,3}((?:UTC|GMT)\s?(?:[+−-]\s?\d{1,2}(?::?\d{2})?)?)(?![\w+-])")
_ZULU = re.compile(r"[ \t]?(Z|[Zz]ulu)(?![\w'’])")
_ABBREVIATION = re.compile(r"[ \t,]{0,3}([A-Z]{2,5})(?![\w'’])")
_NAME_ALONE = r"((?:[^\W\d_][\w.'’-]{0,20}[ /]){0,3}[^\W\d_][\w.'’-]{0,20})"
_NAME = rf"[ \t,]{{0,3}}{_NAME_ALONE}"
_WORDS = re.compile(r"[ \t,]{0,3}(Eastern|Central|Mountain|Pacific|Atlantic)(?![\w])")
_TO_THE_END = re.compile(r"[ \t,]{0,3}([^\W\d_][\w.'’ -]{2,30})(?:\([^()]{2,20}\))?[ \t.]*$")
_EAST_ASIAN = re.compile(r"\s?[（(]?\s?(日本時間|北京時間|北京时间|台北時間|台灣時間|香港時間|新加坡时间|韓国時間)")
_NOT_ZONES = frozenset(
    ("AM", "PM", "CEO", "CTO", "HR", "TBD", "TBC", "OK", "UHR", "AND", "OR", "AT", "ON", "IN", "TO", "WITH", "A", "I")
)


@dataclass(frozen=True, slots=True)
class Zoned:
    """A zone beside a time: as written, and what it means; `zone` None: stated and not understood."""

    words: str
    zone: tzinfo | None
    end: int


@dataclass(frozen=True, slots=True)
class Clocks:
    """Whose clocks there are: the writer's zone ("my time"), or None; the user's zone ("your time") and its IANA name."""

    mine: tzinfo | None
    yours: tzinfo
    home: str


def zone_behind(text: str, position: int, words: TimeWords, whose: Clocks) -> Zoned | None:
    """The zone stated right after `position`, or None where none is."""
    tail = text[position : position + _REACH].split("\n", 1)[0]
    lead = compiled(rf"[ \t,;(–—-]{{0,3}}{words.words('zone_lead')}(?=[ \t])").match(tail)
    if lead:  # "1 pm or Wednesday at 11, both Pacific"
        position, tail = position + lead.end(), tail[lead.end() :]
    personal = compiled(
        rf"[ \t,(]{{0,3}}(?:(?P<mine>{words.words('my_time')})|(?P<yours>{words.words('your_time')}))(?!{LETTER})"
    ).match(tail)
    if personal:
        return Zoned(
            personal.group().strip(" ,("), whose.mine if personal["mine"] else whose.yours, position + personal.end()
        )
    for found, known in _stated(tail, words):
        name = found.group(1).strip(" .")
        zone = _understood(name, whose.home)
        if zone is not None or (known and name[0].isupper()):
            return Zoned(name, zone, position + found.end())
    return None


def _understood(name: str, home: str) -> tzinfo | None:
    """The zone of a name, or of what stands before a dash in it ("Pacific Time - US & Canada")."""
    return zone_from_name(name, home=home) or zone_from_name(name.split(" - ", maxsplit=1)[0], home=home)


def _stated(tail: str, words: TimeWords) -> list[tuple[re.Match[str], bool]]:
    """What may name a zone at the head of `tail`; True: it can't be anything else."""
    after, before = words.words("zone_after"), words.words("zone_of")
    found: list[tuple[re.Match[str] | None, bool]] = [
        (_OFFSET.match(tail), True),
        (_ZULU.match(tail), True),
        (_EAST_ASIAN.match(tail), True),
        (_BRACKET.match(tail), False),
        (compiled(rf"{_NAME} {after}(?!{LETTER})").match(tail), True),
        (compiled(rf"[ \t,(]{{0,3}}{before} {_NAME_ALONE}").match(tail), False),
        (compiled(rf"[ \t,]{{0,3}}{words.words('zone_in')} {_NAME_ALONE}").match(tail), False),
        (_WORDS.match(tail), False),
        (_TO_THE_END.match(tail), False),
    ]
    abbreviation = _ABBREVIATION.match(tail)
    if abbreviation is not None and abbreviation.group(1) not in _NOT_ZONES:
        found.append((abbreviation, False))
    return [(match, sure) for match, sure in found if match is not None]


def general_zone(text: str, words: TimeWords, whose: Clocks) -> Zoned | None:
    """The zone that the text states once for all its times, or None."""
    for match in compiled(rf"(?<!{LETTER}){words.words('zone_before')}(?!{LETTER})[ \t]*[:：]?").finditer(text):
        tail = text[match.end() : match.end() + _REACH].split("\n", 1)[0].strip(" \t.):(")
        for length in range(min(5, len(tail.split())), 0, -1):
            name = " ".join(tail.split()[:length]).strip(".,;)(")
            zone = zone_from_name(name, home=whose.home)
            if zone is not None:
                return Zoned(name, zone, match.end())
    return None
