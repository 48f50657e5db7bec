"""Which lines the author wrote now, and which are the conversation below: quotations, forwarded mails, header blocks.

Works on lines of plain text and of HTML alike. Three things make a line quoted: quote marks (or a quoting element in
HTML); a line that says who wrote what follows, in front of such lines; or a divider, after which everything is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailwatch.core.html import Line
from mailwatch.core.mime.heads import BLOCK, is_divider, is_header_block, label_of, notes_head
from mailwatch.core.mime.phrases import WROTE
from mailwatch.core.mime.signing import is_mobile_footer

_RULE = re.compile(r"\s*[_\-=—–─*]{3,}\s*")
_WROTE = re.compile(
    r"(?<!\w)(?:" + "|".join(re.escape(word) for word in sorted(WROTE, key=len, reverse=True)) + r")(?!\w)",
    re.IGNORECASE,
)
_WROTE_CJK = re.compile("写道|寫道|写到|作성|작성|書きました|のメール|からのメール")
_OPENS = re.compile(
    r"[-\s]{0,8}(?:(?:on|at|in a message dated|in article|am|le|el|il|in data|em|op|den|dne|dnia|w dniu|pe|på|a|στις|vào|vam|el dia"
    r"|el día|il giorno|no dia|em data|в|在|于|於)(?!\w)|\d{4}[年-]|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?!\w))",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"[:：]$|(?<!\w)(?:wrote|writes|schrieb|escribió|escreveu|a écrit|ha scritto|schreef)[-\s]{0,8}$", re.IGNORECASE
)
_NAMES_WRITER_LAST = re.compile(r"<[^\s<>@]{1,64}@[^\s<>@]{2,128}>\s?[:：]$")
_TIME = re.compile(r"\d{1,2}\s?[:.h時点點]\s?\d{2}|\d\s?[ap]\.?m\b|\d{1,2}時", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)|\d{1,2}[./]\d{1,2}[./]\d{2}(?!\d)")
_ADDRESS = re.compile(r"[^\s<>@]{1,64}@[^\s<>@]{2,128}")
_COLON = (":", "：")
_QUOTING = ("quoting ", "selon ", "zitat von ")
_LONGEST = 400
_END = 60  # more than the longest of the endings
_JOINED = 4
_PLAIN_LEAD = 80


@dataclass(frozen=True, slots=True)
class Division:
    """The lines of a message by what they are; empty lines keep paragraphs apart. signed: where a signature element began."""

    new: list[str]
    quoted: list[str]
    signed: int | None = None


def divided(lines: Sequence[Line]) -> Division:
    """Split a message's lines. Answers between and below quotations are new."""
    end = _everything_below(lines)
    leads = _leads(lines, end)
    new: list[str] = []
    quoted: list[str] = []
    signed: int | None = None
    for place, line in enumerate(lines):
        if line.mark:
            if line.mark == "signature" and place < end and signed is None and line.depth == 0:
                signed = len(new)
        elif place < end and line.depth == 0 and place not in leads:
            new.append(line.text)
        else:
            quoted.append(line.text)
    if not any(text.strip() for text in new) and end == len(lines) and not leads:
        return Division(quoted, [])  # wholly inside quote marks, and nothing says that it answers anything
    return Division(new, quoted, signed)


def _everything_below(lines: Sequence[Line]) -> int:
    """The first line from which on, to the end, all is quoted; the number of lines where there is none."""
    for place, line in enumerate(lines):
        if line.mark == "below":
            return _above_rules(lines, place) if _says_something(lines[place:]) else len(lines)
        if line.depth or not line.text:
            continue
        if is_divider(line.text) or is_header_block(lines, place):
            if not _quotes_follow(lines, place):
                return _above_rules(lines, place)
        elif (head := notes_head(lines, place)) is not None:
            return _above_rules(lines, head)
        elif is_mobile_footer(line.text) and place:
            return place + 1
        elif _ENDS.search(line.text.rstrip()[-_END:]) and not _quotes_follow(lines, place, 3):
            begins = _attribution(lines, place, sure=True)
            if begins is not None and _says_something(lines[place + 1 :]):
                return begins
    return len(lines)


def _says_something(lines: Sequence[Line]) -> bool:
    return any(line.text.strip() for line in lines)


def _above_rules(lines: Sequence[Line], place: int) -> int:
    """Rows of dashes and gaps above belong to what follows."""
    while (
        place
        and not lines[place - 1].depth
        and (not lines[place - 1].text.strip() or _RULE.fullmatch(lines[place - 1].text))
    ):
        place -= 1
    return place


def _quotes_follow(lines: Sequence[Line], place: int, within: int = BLOCK) -> bool:
    """After a lead, perhaps with header lines and gaps, do quote marks come before any other text does?"""
    labelled = within > 3
    for line in lines[place + 1 : place + 1 + within]:
        if line.depth:
            return True
        if line.text.strip() and not (labelled and label_of(line.text)[0]):
            return False
    return False


def _leads(lines: Sequence[Line], end: int) -> set[int]:
    """The places of the lines that introduce a quotation: attributions, dividers and header lines just above it."""
    leads: set[int] = set()
    for place in range(1, end):
        if not lines[place].depth or lines[place - 1].depth:
            continue
        last = place - 1
        while last > max(0, place - 3) and not lines[last].text.strip():
            last -= 1
        begins = _attribution(lines, last, sure=False)
        if begins is None:
            begins = _head(lines, last)
        if begins is not None:
            leads.update(range(begins, last + 1))
    return leads


def _head(lines: Sequence[Line], last: int) -> int | None:
    """Where a divider, or a divider with header lines under it, begins that ends at `last`."""
    place = last
    while place > 0 and last - place < BLOCK and label_of(lines[place].text)[0]:
        place -= 1
    if is_divider(lines[place].text):
        return place
    return place + 1 if place < last and is_header_block(lines, place + 1) else None


def _attribution(lines: Sequence[Line], last: int, *, sure: bool) -> int | None:
    """Where the attribution that ends at `last` begins: one line, or up to four that were wrapped; None where there is none.

    Args:
        sure: it must be unmistakable by itself, because no quote marks follow.
    """
    if not _ENDS.search(lines[last].text.rstrip()[-_END:]):
        return None
    text, begins = "", None
    for place in range(last, max(-1, last - _JOINED), -1):
        line = lines[place]
        above = line.text.strip()
        if line.depth or line.mark or not above or (text and above.endswith((".", "!", "?", *_COLON))):
            break
        text = f"{above} {text}".strip()
        if len(text) > _LONGEST:
            break
        if _attributes(text, sure=sure) and (begins is None or _OPENS.match(text)):
            begins = place
    return begins


def _attributes(text: str, *, sure: bool) -> bool:
    wrote = bool(_WROTE.search(text) or _WROTE_CJK.search(text))
    when = bool(_TIME.search(text)) + bool(_YEAR.search(text))
    who = bool(_ADDRESS.search(text))
    opens = bool(_OPENS.match(text))
    if when == 2 and _NAMES_WRITER_LAST.search(text):
        return True
    if sure and opens:
        return (wrote and when + who >= 1) or (who and when == 2)
    if sure:
        return wrote and when + who >= 2 and text[0].isupper()
    if wrote:
        return opens or who or when > 0 or len(text) < _PLAIN_LEAD
    return (who and (when > 0 or text.casefold().startswith(_QUOTING))) or (opens and when == 2)
