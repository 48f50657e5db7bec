"""Traces by what ties them to others, so that nobody has to look through all of them."""

from __future__ import annotations

from collections.abc import Iterator

from mailwatch.core.casebook.traces import Trace


class Shelf:
    """Traces by conversation, by the people on the other side and, if wanted, by their firms."""

    def __init__(self, *, firms: bool) -> None:
        self._firms = firms
        self._traces: list[Trace] = []
        self._by_tie: dict[tuple[str, str], list[int]] = {}

    def add(self, trace: Trace) -> None:
        """Put one more on it."""
        for tie in self._ties(trace):
            self._by_tie.setdefault(tie, []).append(len(self._traces))
        self._traces.append(trace)

    def tied_to(self, trace: Trace) -> Iterator[Trace]:
        """Those that share a conversation, a person or a firm with this one, in the order in which they were added."""
        numbers = {number for tie in self._ties(trace) for number in self._by_tie.get(tie, ())}
        return (self._traces[number] for number in sorted(numbers))

    def _ties(self, trace: Trace) -> Iterator[tuple[str, str]]:
        if trace.thread:
            yield "thread", trace.thread
        yield from (("person", address) for address in trace.theirs)
        if self._firms:
            yield from (("firm", firm) for firm in trace.firms)
