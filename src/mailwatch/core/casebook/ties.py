"""The user's word about what belongs together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from mailwatch.core.ids import told_id
from mailwatch.core.model import Mark, MarkKind

SAME_MEETING = "meeting"
"""The value of a merge that is about two meetings of one process; without it, it is about two processes."""


@dataclass(frozen=True, slots=True)
class Ties:
    """What belongs together, whatever the mail itself says.

    together: evidence of one process. placed: mails by id, with the evidence of the process that each belongs to.
    """

    together: tuple[frozenset[str], ...] = ()
    placed: Mapping[str, frozenset[str]] = field(default_factory=dict)


def ties_from_marks(marks: Iterable[Mark]) -> Ties:
    """The ties that the user's marks make. Of two words about one mail the later one counts."""
    together: list[frozenset[str]] = []
    placed: dict[str, frozenset[str]] = {}
    for mark in sorted(marks, key=lambda item: item.at):
        if mark.kind is MarkKind.MERGED and mark.value != SAME_MEETING:
            together.append(mark.evidence)
        elif mark.kind is MarkKind.ADDED:
            together.append(mark.evidence | {told_id(mark.id)})
        elif mark.kind is MarkKind.LINKED:
            placed[mark.value] = mark.evidence - {mark.value}
    return Ties(tuple(together), placed)


def home_as_told(evidence: Iterable[str], home_of: Callable[[str], Hashable | None]) -> Hashable | None:
    """Where most of the evidence is, or None where none of it is anywhere."""
    homes = Counter(home for source in sorted(evidence) if (home := home_of(source)) is not None)
    return homes.most_common(1)[0][0] if homes else None
