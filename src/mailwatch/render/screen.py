"""The only way to a terminal: cleaned, cut to the width, coloured where that is wanted.

Nothing from a mail reaches a screen without passing `shown`: control characters, bidirectional overrides and
zero-width characters come out as visible escapes, so that no subject can move the cursor or hide a word.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
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
    """

    text: str
    style: str = ""
    moment: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of output. `hang` is where its continuation lines begin when it has to be wrapped."""

    spans: tuple[Span, ...]
    hang: int = 0

    @property
    def text(self) -> str:
        """The line without styles."""
        return "".join(span.text for span in self.spans)


def line(*pieces: str | Span, hang: int = 0) -> Line:
    """A line from plain and styled pieces."""
    return Line(tuple(piece if isinstance(piece, Span) else Span(piece) for piece in pieces), hang)


_RICH_STYLES = {"strong": "bold", "good": "green", "warn": "yellow", "dim": "dim", "": ""}


def print_lines(lines: Iterable[Line], stream: TextIO, *, colour: bool, width: int | None) -> None:
    """Print lines, wrapped at words to `width` cells (None: as they are)."""
    if not colour:
        for item in lines:
            stream.writelines(f"{row}\n" for row in wrapped(item.text, width, item.hang))
        return
    from rich.console import Console  # only a terminal pays for rich
    from rich.padding import Padding
    from rich.text import Text

    console = Console(file=stream, width=width, highlight=False, soft_wrap=False)
    for item in lines:
        text = Text()
        for span in item.spans:
            text.append(span.text, style=_RICH_STYLES[span.style])
        if width and width_of(item.text) > width and item.hang:
            rows = text.wrap(console, width - item.hang)
            console.print(rows[0])
            for row in rows[1:]:
                console.print(Padding(row, (0, 0, 0, item.hang)))
        else:
            console.print(text)


def wrapped(text: str, width: int | None, hang: int = 0) -> list[str]:
    """The rows of a text broken at spaces; words wider than a row stay whole."""
    if width is None or width_of(text) <= width:
        return [text.rstrip()]
    rows: list[str] = []
    indent = len(text) - len(text.lstrip(" "))
    current, room = " " * indent, width
    for word in text[indent:].split(" "):
        candidate = current + word
        if width_of(candidate) > room and current.strip():
            rows.append(current.rstrip())
            current = " " * min(hang, width // 3) + word + " "
        else:
            current = candidate + " "
    rows.append(current.rstrip())
    return rows


def wants_colour(stream: TextIO, environment: dict[str, str] | None = None) -> bool:
    """Colour only on a terminal, and not where NO_COLOR is set or TERM is dumb (no-color.org)."""
    variables = os.environ if environment is None else environment
    return stream.isatty() and not variables.get("NO_COLOR") and variables.get("TERM") != "dumb"
