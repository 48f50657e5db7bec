"""How far a look is: a bar on a terminal, a line for each part of the work elsewhere. Talk, so on standard error."""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

from mailwatch.render.screen import cut, shown
from mailwatch.render.words import counted
from mailwatch.tick.progress import Doing, Step

_WORDS = {
    Doing.LISTING: "listing mail",
    Doing.FETCHING: "fetching texts",
    Doing.READING: "reading texts",
}
_BAR = 20
_AT_MOST_EVERY = 0.1  # seconds between two drawings of the bar
_SURE_AFTER = 2.0  # seconds into a part before its end is foretold


@dataclass(slots=True)
class Progress:
    """Shows the steps of a look; to be closed after the last one.

    Args:
        stream: where to. drawn: a bar that is drawn over again, for a terminal; else one line for each part.
        clock: seconds that only grow.
    """

    stream: TextIO
    drawn: bool
    clock: Callable[[], float] = time.monotonic
    _part: tuple[Doing, str] | None = field(default=None, init=False)
    _told: set[tuple[Doing, str]] = field(default_factory=set, init=False)
    _began: float = field(default=0.0, init=False)
    _drawn_at: float = field(default=-math.inf, init=False)
    _last: Step | None = field(default=None, init=False)

    def __call__(self, step: Step) -> None:
        """One step forward (satisfies tick.progress.Watcher)."""
        now = self.clock()
        if (step.doing, step.account) != self._part:
            self._end_part()
            self._part, self._began, self._drawn_at = (step.doing, step.account), now, -math.inf
            if not self.drawn and self._part not in self._told:
                self._told.add(self._part)
                self._line(self._head(step) + (f": {counted(step.total, 'message')}" if step.total else ""))
        self._last = step
        if self.drawn and (now - self._drawn_at >= _AT_MOST_EVERY or step.done == step.total):
            self._drawn_at = now
            self.stream.write("\r\x1b[K" + cut(self._picture(step, now), shutil.get_terminal_size().columns - 1))
            self.stream.flush()

    def close(self) -> None:
        """Take the bar away, so that what follows begins on a clean line."""
        self._end_part()
        self._part = None

    def _end_part(self) -> None:
        if self._last is not None and self.drawn:
            self.stream.write("\r\x1b[K")
            self.stream.flush()
        self._last = None

    def _line(self, text: str) -> None:
        self.stream.write(text + "\n")
        self.stream.flush()

    def _head(self, step: Step) -> str:
        owner = f"{shown(step.account, 30)}: " if step.account else ""
        return owner + _WORDS[step.doing]

    def _picture(self, step: Step, now: float) -> str:
        if not step.total:
            return f"{self._head(step)}  {step.done}"
        full = _BAR * min(step.done, step.total) // step.total
        bar = "#" * full + "-" * (_BAR - full)
        return f"{self._head(step)}  [{bar}] {step.done} of {step.total}{self._left(step, now)}"

    def _left(self, step: Step, now: float) -> str:
        """How long the rest of this part may take, judged by its pace so far."""
        spent = now - self._began
        if spent < _SURE_AFTER or not step.done or not step.total or step.done >= step.total:
            return ""
        seconds = spent / step.done * (step.total - step.done)
        return (
            f", about {round(seconds / 60)} min left" if seconds >= 90 else f", about {max(round(seconds), 1)} s left"
        )
