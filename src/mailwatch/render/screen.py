"""The only way to a terminal: cleaned, cut to the width, coloured where that is wanted.

Nothing from a mail reaches a screen without passing `shown`: control characters, bidirectional overrides and
zero-width characters come out as visible escapes, so that no subject can move the cursor or hide a word.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TextIO

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def shown(text: str, limit: int = 2000) -> str:
    """Text made safe to print: one line, hidden and control characters written out, at most `limit` characters."""
    one_line = text.replace("\r\n", " ").replace("\n", " ").replace("\t", " ")
    out = "".join(f"\\u{ord(char):04x}" if unicodedata.category(char) in _HIDDEN else char for char in one_line[:limit])
    return out + ("…" if len(one_line) > limit else "")


def width_of(text: str) -> int:
    """How many terminal cells a text takes: wide and full-width characters take two, combining marks none."""
    return sum(_cells(char) for char in text)


def _cells(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut(text: str, width: int) -> str:
    """Text that takes at most `width` cells, with an ellipsis where something was cut off."""
    if width_of(text) <= width:
        return text
    used, kept = 1, []
    for char in text:
        used += _cells(char)
        if used > width:
            break
        kept.append(char)
    return "".join(kept).rstrip() + "…"


def pad(text: str, width: int) -> str:
    """Text filled with spaces to `width` cells, or cut to it."""
    fitted = cut(text, width)
    return fitted + " " * (width - width_of(fitted))


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line and its style: "", "strong", "good", "warn" or "dim". Colour never carries meaning alone.

    moment: instead of text, an instant whose distance is told at the end (see render.page).
    link:   what a terminal opens at a click on the text, "" for nothing; shown by no other output.
    """

    text: str
    style: str = ""
    moment: datetime | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of output.

    hang:  where its further rows begin when it has to be wrapped.
    folds: how many of its spans stand on a row of their own when the whole does not fit; 0: it is wrapped as it comes.
           Where they reach just to `hang`, and that leaves room, the rest stands in a column beside them instead.
    """

    spans: tuple[Span, ...]
    hang: int = 0
    folds: int = 0

    @property
    def text(self) -> str:
        """The line without styles."""
        return "".join(span.text for span in self.spans)


def line(*pieces: str | Span, hang: int = 0, folds: int = 0) -> Line:
    """A line from plain and styled pieces."""
    return Line(tuple(piece if isinstance(piece, Span) else Span(piece) for piece in pieces), hang, folds)


def rows_of(item: Line, width: int | None) -> list[tuple[Span, ...]]:
    """The rows of a line in `width` cells (None: as it is), broken at spaces; words wider than a row stay whole."""
    if width is None or width_of(item.text) <= width:
        return [_stripped(item.spans)]
    indent = min(item.hang, width // 3)
    if item.folds:
        head, rest = item.spans[: item.folds], item.spans[item.folds :]
        if sum(width_of(span.text) for span in head) == item.hang == indent:
            return _broken(item.spans, width, 0, indent)
        return [*_broken(head, width, 0, indent), *_broken(rest, width, indent, indent)]
    return _broken(item.spans, width, 0, indent)


def _broken(spans: Sequence[Span], width: int, first: int, further: int) -> list[tuple[Span, ...]]:
    """Rows of spans; the first is moved in by `first` cells, the others by `further`."""
    text = "".join(span.text for span in spans)
    rows: list[tuple[Span, ...]] = []
    begin = len(text) - len(text.lstrip(" ")) if first else 0
    end = -1
    for word in re.finditer(r"[^ ]+", text):
        room = width - (further if rows else first)
        if end >= 0 and width_of(text[begin : word.end()]) > room:
            rows.append(_row(spans, begin, end, further if rows else first))
            begin = word.start()
        end = word.end()
    return [*rows, _row(spans, begin, end, further if rows else first)] if end >= 0 else rows


def _row(spans: Sequence[Span], begin: int, end: int, indent: int) -> tuple[Span, ...]:
    """The part of spans between two places of their text, moved in."""
    row = [Span(" " * indent)] if indent else []
    place = 0
    for span in spans:
        part = span.text[max(begin - place, 0) : max(end - place, 0)]
        if part:
            row.append(replace(span, text=part))
        place += len(span.text)
    return tuple(row)


def _stripped(spans: Sequence[Span]) -> tuple[Span, ...]:
    text = "".join(span.text for span in spans)
    return _row(spans, 0, len(text.rstrip()), 0)


_CODES = {"strong": "1", "good": "32", "warn": "33", "dim": "2"}


def print_lines(lines: Iterable[Line], stream: TextIO, *, colour: bool, width: int | None) -> None:
    """Print lines, wrapped at words to `width` cells (None: as they are)."""
    for item in lines:
        stream.writelines(
            "".join(_coloured(span) if colour else span.text for span in row) + "\n" for row in rows_of(item, width)
        )


def _coloured(span: Span) -> str:
    """Text with the codes of ECMA-48 for its style, and of OSC 8 for its link."""
    code = _CODES.get(span.style)
    text = f"\x1b[{code}m{span.text}\x1b[0m" if code else span.text
    return f"\x1b]8;;{span.link}\x1b\\{text}\x1b]8;;\x1b\\" if _is_safe(span.link) else text


def _is_safe(link: str) -> bool:
    """Nothing in it can end the sequence that it stands in."""
    return link.startswith(("https://", "file:///")) and all("!" <= char <= "~" for char in link)


def wrapped(text: str, width: int | None, hang: int = 0) -> list[str]:
    """The rows of a text."""
    return ["".join(span.text for span in row) for row in rows_of(Line((Span(text),), hang), width)]


def wants_colour(stream: TextIO, environment: dict[str, str] | None = None) -> bool:
    """Colour only on a terminal, and not where NO_COLOR is set or TERM is dumb (no-color.org)."""
    variables = os.environ if environment is None else environment
    return stream.isatty() and not variables.get("NO_COLOR") and variables.get("TERM") != "dumb"
