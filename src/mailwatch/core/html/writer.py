"""Collects text into lines while the HTML is walked."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from mailwatch.core.text import clean_text, one_line

_SPACE = re.compile(r"[ \t\r\n\f]+")
_SPACES = re.compile("[ \\t\\r\\n\\f\xa0]+")
_LINK_LIMIT = 300
_LINKS = 80
_LINES = 8_000
_DEPTH = 30


class Line(NamedTuple):
    """One line of a message.

    depth: how many quotations it lies in. mark: "below" — from here on everything is the mail that is answered or
    forwarded; "signature" — here the signature block begins; both on lines without text.
    """

    text: str
    depth: int = 0
    mark: str = ""


class Writer:
    """Lines in the making. Spaces collapse as a browser does it; an empty line stands for a gap between paragraphs."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._current: list[str] = []
        self._links: list[str] = []
        self._depth = 0
        self._keep = 0
        self._written = 0
        self._anchors: list[int] = []
        self._linked = 0
        self._spacer = False
        self.last_text = ""
        """The last line with text in it, for a reader that must know what stands before a quotation."""

    def text(self, text: str, *, keep_spaces: bool = False) -> None:
        """Add inline text. A block with nothing but a no-break space is an empty line."""
        if keep_spaces or self._keep:
            first, *others = clean_text(text).split("\n")
            self._add(first)
            for other in others:
                self.newline()
                self._add(other)
            return
        self._add(_SPACE.sub(" ", text))

    def _add(self, text: str) -> None:
        if text and (not text.isspace() or self._current):
            self._current.append(text)
            self._written += not text.isspace()
        elif "\xa0" in text:
            self._spacer = True

    def newline(self) -> None:
        """End the line, even an empty one."""
        if not self._flush():
            self._gap()

    def block(self) -> None:
        """A block begins or ends: what follows stands on a new line."""
        self._flush()

    def paragraph(self) -> None:
        """A paragraph begins or ends: an empty line in between."""
        self._flush()
        self._gap()

    def row(self, cells: list[str]) -> None:
        """A row of a table."""
        self._flush()
        self._current = [" | ".join(cell for cell in cells if cell)]
        self._flush()

    def mark(self, mark: str) -> None:
        """From here on: "below" or "signature"."""
        self._flush()
        self._lines.append(Line("", self._depth, mark))

    def deeper(self) -> None:
        """A quotation begins."""
        self._flush()
        self._depth = min(self._depth + 1, _DEPTH)

    def shallower(self) -> None:
        """A quotation ends."""
        self._flush()
        self._depth -= 1

    def link(self, target: str) -> Callable[[], None]:
        """A link begins; call the result where it ends. Its target goes to the end of the line, an address stays put."""
        begun, words = self._written, len(self._current)

        def end() -> None:
            self._anchors.pop()
            shown = "".join(self._current[words:]).strip()
            self._refer(target.strip(), shown, bool(self._written > begun))

        self._anchors.append(begun)
        return end

    def _refer(self, target: str, shown: str, visible: bool) -> None:
        lowered = target[:8].lower()
        if not visible or self._linked >= _LINKS:
            return
        if lowered.startswith("mailto:"):
            address = target[7:].partition("?")[0]
            if address and address.casefold() not in shown.casefold():
                self._add(f" <{address[:_LINK_LIMIT]}>")
        elif lowered.startswith(("http://", "https://")) and target.rstrip("/") not in shown:
            self._linked += 1
            self._links.append(one_line(target, _LINK_LIMIT))  # an attribute may hold what no text may

    def alternative(self, text: str) -> None:
        """An image's words: they count where the image is all there is to click on."""
        if self._anchors and self._anchors[-1] == self._written and len(text) <= 100:
            self._add(_SPACE.sub(" ", text))

    def keeping_spaces(self) -> Callable[[], None]:
        """Preformatted text begins; call the result where it ends."""
        self._keep += 1

        def end() -> None:
            self._keep -= 1

        return end

    def finished(self) -> list[Line]:
        """All lines, without gaps at the ends."""
        self._flush()
        while self._lines and self._lines[-1] == Line("", self._lines[-1].depth):
            self._lines.pop()
        return self._lines[:_LINES]

    def _flush(self) -> bool:
        raw = "".join(self._current)
        text = clean_text(raw).replace("\n", " ") if self._keep else _collapsed(raw)
        links, self._current, self._links = self._links, [], []
        spacer, self._spacer = self._spacer, False
        if not text.strip():
            if spacer:
                self._gap()
            return False
        self._lines.append(
            Line(" ".join((text.rstrip(), *(f"<{link}>" for link in dict.fromkeys(links)))), self._depth)
        )
        self.last_text = text
        return True

    def _gap(self) -> None:
        if self._lines and (self._lines[-1].text or self._lines[-1].depth != self._depth):
            self._lines.append(Line("", self._depth))


def _collapsed(raw: str) -> str:
    """A line as a browser shows it."""
    if "\xa0" not in raw:
        return _SPACE.sub(" ", clean_text(raw)).strip()
    return _SPACE.sub(_shown, clean_text(_SPACES.sub(_column, raw))).strip()


def _column(match: re.Match[str]) -> str:
    """A tab for several spaces that a browser does not collapse: what stands on either side are columns."""
    return "\t" if len(match.group()) > 1 and "\xa0" in match.group() else " "


def _shown(match: re.Match[str]) -> str:
    """One space, or two between columns."""
    return "  " if "\t" in match.group() else " "
