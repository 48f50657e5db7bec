"""Times of day that only their neighbours make one: "thurs 630", "22nd 12 is good", "16 statt 14 Uhr", "at the same time".

Days are blotted out of the text that is looked at, so that a number right beside a blot is beside a day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailwatch.core.reading.times.clocks import Clock
from mailwatch.core.reading.times.words import LETTER, NEVER, TimeWords, compiled

BLOT = "¦"
_COMPACT = r"(?P<h>0?[1-9]|1\d|2[0-3])(?P<m>[0-5][05])"
_YEAR = r"(?!(?:19[3-9]|20)\d)"
_ALONE = r"(?![\d:]|[.,/-]\d|\s?%|(?-i:[ \t]+[A-Z][a-z]))"
_FREE = r"(?<![\w.:/$€£#+-])"
_LAST_HOUR = 24


def loose_clocks_in(text: str, words: TimeWords, clocks: Sequence[Clock]) -> list[Clock]:
    """The times of day in a text without its days that the other grammar does not see, given those that it does."""
    if not words.spaced:
        return []
    found = [*_beside_days(text, words), *_instead(text, words, clocks)]
    return sorted([*found, *_repeated(text, words, [*clocks, *found])], key=lambda clock: clock.start)


def _beside_days(text: str, words: TimeWords) -> Iterator[Clock]:
    """As in "thurs 630", "430 thurs", "22nd 12 is good": digits right beside a day."""
    at = rf"(?:(?:{words.words('at')})[ \t]*)?"
    for expression in (
        rf"{BLOT}[ \t]{at}{_YEAR}{_COMPACT}{_ALONE}",
        rf"{_FREE}{_YEAR}{_COMPACT}[ \t](?=(?:{words.words('on')}[ \t])?{BLOT})",
        rf"{BLOT}[ \t](?P<h>\d{{1,2}})(?P<m>)(?=[ \t]*(?:[,;.!?)](?!\d)|\n|$)|[ \t]+{words.words('bare_before')}(?!{LETTER}))",
    ):
        for match in compiled(expression).finditer(text):
            hour = int(match["h"])
            guessed = hour + 12 if 1 <= hour <= 6 and not match["h"].startswith("0") and not match["m"] else hour
            if match["m"] and 1 <= hour <= 5:
                guessed = hour + 12
            if guessed < _LAST_HOUR:
                yield Clock(guessed, int(match["m"] or 0), match.start("h"), match.end("m"), firm=False)


def _instead(text: str, words: TimeWords, clocks: Sequence[Clock]) -> Iterator[Clock]:
    """As in "16 statt 14 Uhr", "3 instead of 2:30": a number that an hour, or a number, gives way to."""
    if words.words("instead") == NEVER:
        return
    marked = {clock.start: clock for clock in clocks}
    number = r"(?P<h>\d{1,2})(?:[:.h](?P<m>[0-5]\d))?"
    expression = (
        rf"{_FREE}{number}\s+(?:{words.words('instead')})\s+(?:{words.words('at')}\s+)?(?=(?P<other>\d{{1,2}}))"
    )
    for match in compiled(expression).finditer(text):
        old = marked.get(match.start("other")) or next(
            (c for c in clocks if c.start <= match.start("other") < c.end), None
        )
        hour, beside = int(match["h"]), text[max(0, match.start() - 6) : match.start()].rstrip(" at").endswith(BLOT)
        if hour > _LAST_HOUR or (old is None and not (beside and 1 <= int(match["other"]) <= hour + 11)):
            continue
        if old is None:
            hour = hour + 12 if 1 <= hour <= 6 else hour
        elif hour < 12 <= old.hour and hour + 12 < _LAST_HOUR and abs(hour + 12 - old.hour) < abs(hour - old.hour):
            hour += 12  # "3 instead of 2 pm"
        yield Clock(hour, int(match["m"] or 0), match.start("h"), match.end("m") if match["m"] else match.end("h"))


def _repeated(text: str, words: TimeWords, clocks: Sequence[Clock]) -> Iterator[Clock]:
    """As in "or Thursday at the same time": the hour named before."""
    for match in compiled(rf"(?<!{LETTER}){words.words('same_hour')}(?!{LETTER})").finditer(text):
        before = max(
            (clock for clock in clocks if clock.end <= match.start()), key=lambda clock: clock.start, default=None
        )
        if before is not None:
            yield Clock(before.hour, before.minute, match.start(), match.end())


def clocks_alone_in(text: str, words: TimeWords) -> list[Clock]:
    """As in "3 works", "quello delle 11": a number that is agreed to, or spoken of as an hour. Only what was said before tells."""
    if not words.spaced:
        return []
    agreed = rf"(?:^|[.,;!?\n][ \t]*)(?P<h>\d{{1,2}})(?=(?:['’]s)?[ \t]+{words.words('bare_before')}(?!{LETTER}))"
    spoken = rf"(?<!{LETTER}){words.words('of_hour')}[ \t]+(?P<h>\d{{1,2}})(?![\d:%]|[.,]\d)"
    return [
        Clock(hour + 12 if 1 <= hour <= 6 else hour, 0, match.start("h"), match.end("h"))
        for expression in (agreed, spoken)
        for match in compiled(expression).finditer(text)
        if (hour := int(match["h"])) < _LAST_HOUR
    ]
