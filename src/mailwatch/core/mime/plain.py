"""text/plain to lines: format=flowed (RFC 3676), quote marks, and the soft line ends of older programs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from mailwatch.core.html import Line
from mailwatch.core.text import clean_text, columns

_LINES = 20_000
_QUOTED = re.compile(r"[ \t]{0,3}>(?:[ \t]?>){0,29}[ \t]?")
_FLOWED_MARKS = re.compile(r">{1,30}")
_NARROWEST, _WIDEST = 60, 100
_STARTS_ANEW = re.compile(
    r"[-*•·▪◦‣–—+o]\s|\(?\d{1,2}[.)]\s|\d{1,2}[:.h]\d{2}|[A-Z][\w &/'’-]{0,24}:(?:\s|$)|[|_=~]|https?://"
)
_URL = re.compile(r"https?://\S+")
_SIGNATURE_MARK = "-- "


def lines_from_plain(text: str, *, flowed: bool = False, delete_space: bool = False) -> list[Line]:
    """The lines with the depth of their quotation.

    Args:
        flowed: Content-Type says format=flowed. delete_space: … and delsp=yes.
    """
    raw = clean_text(text).split("\n", _LINES)[:_LINES]
    lines = _flowed(raw, delete_space=delete_space) if flowed else [_line(line) for line in raw]
    return _mended(lines)


def _line(text: str) -> Line:
    found = _QUOTED.match(text)
    if not found:
        return Line(text.rstrip() if text != _SIGNATURE_MARK else text)
    return Line(text[found.end() :].rstrip(), found.group().count(">"))


def _flowed(raw: Iterable[str], *, delete_space: bool) -> list[Line]:
    lines: list[Line] = []
    pieces: list[str] = []
    depth = 0
    for text in raw:
        marks = _FLOWED_MARKS.match(text)
        level = len(marks.group()) if marks else 0
        content = text[level:].removeprefix(" ")
        if pieces and (level != depth or content == _SIGNATURE_MARK):
            lines.append(Line("".join(pieces).rstrip(), depth))
            pieces = []
        depth = level
        if content.endswith(" ") and content != _SIGNATURE_MARK:
            pieces.append(content[:-1] if delete_space else content)
            continue
        whole = "".join((*pieces, content))
        lines.append(Line(whole if whole == _SIGNATURE_MARK else whole.rstrip(), level))
        pieces = []
    if pieces:
        lines.append(Line("".join(pieces).rstrip(), depth))
    return lines


def _mended(lines: list[Line]) -> list[Line]:
    """Two accidents undone: a lone ">From " that a mailbox file had to escape, and a lead cut before its last ">:"."""
    for place, line in enumerate(lines):
        if line.depth != 1:
            continue
        before, after = lines[place - 1 : place], lines[place + 1 : place + 2]
        if line.text.startswith("From ") and all(other.depth == 0 for other in (*before, *after)):
            lines[place] = Line(line.text)
        elif (
            line.text == ":"
            and before
            and before[0].depth == 0
            and before[0].text.rfind("<") > before[0].text.rfind(">")
        ):
            lines[place - 1], lines[place] = Line(f"{before[0].text}>:"), Line("")
    return lines


def joined_lines(lines: Sequence[str]) -> list[str]:
    """Lines with the breaks undone that were only there because the line was full.

    A break was one if the next word had not fitted any more into the width that the writer's program kept to, and the
    text goes on in small letters, as running text mostly does and lists never do. Where it does so again and again, full
    lines before a capital count too. Lists, agendas and labelled lines stay as they are.
    """
    width = _kept_width(lines)
    full = [bool(width) and _is_full(before, line, width) for before, line in pairwise(lines)]
    running = [broken and _runs_on(before, line) for broken, (before, line) in zip(full, pairwise(lines), strict=True)]
    prose = 2 <= sum(running) >= sum(full) - sum(running)
    joined = list(lines[:1])
    for broken, runs, (before, line) in zip(full, running, pairwise(lines), strict=True):
        if runs or (broken and prose):
            joined[-1] += line.strip() if _both_wide(before, line) else f" {line.strip()}"
        else:
            joined.append(line)
    return joined


def _kept_width(lines: Sequence[str]) -> int:
    texts = (line.rstrip() for line in lines if not _URL.search(line) and any(char.isalnum() for char in line))
    widest = max((columns(text) for text in texts), default=0)
    return widest if _NARROWEST <= widest <= _WIDEST else 0


def _is_full(before: str, line: str, width: int) -> bool:
    """Would the first word of `line` not have fitted behind `before`, and is `line` no new beginning of its own?"""
    end, start = before.rstrip(), line.strip()
    if not start or not any(char.isalnum() for char in end) or end.endswith((":", "：")) or _STARTS_ANEW.match(start):
        return False
    word = start.split(maxsplit=1)[0]
    if word == end.split(maxsplit=1)[0]:
        return False
    needed = columns(word[:2] if columns(word) > len(word) else word)
    return columns(end) + 1 + needed > width


def _runs_on(before: str, line: str) -> bool:
    return line.lstrip()[:1].islower() or _both_wide(before, line)


def _both_wide(before: str, line: str) -> bool:
    return columns(before.rstrip()[-1:]) == 2 and columns(line.strip()[:1]) == 2
