"""A backend's door with faults to order, which remembers what was saved and discarded, and burns the fuse of a life."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from mailwatch.backends.base import Changes, Found, Saved
from mailwatch.core.model import (
    Draft,
    DraftRef,
    DraftSeen,
    Envelope,
    Fetched,
    Fingerprint,
    MessageId,
    MessageRef,
    SpecialUse,
)
from tests.tick.lives import Fuse


class Witnessing:
    """To be put before a backend's class. `own_ref`: the mailbox's ref of a draft that the backend calls so."""

    _mailbox: Any
    fuse: Fuse

    def bear_witness(self, mailbox: Any, fuse: Fuse) -> None:
        self._mailbox = mailbox
        self.fuse = fuse
        self.saved: list[tuple[MessageId, str]] = []
        self.discarded: list[str] = []
        self.before_save: Callable[[Draft], None] = lambda _: None

    def own_ref(self, ref: DraftRef) -> str:
        return ref

    def changes(self, *words: Any, **named: Any) -> Iterator[Changes[Envelope]]:
        with self._mailbox.faults.around("changes"):
            pages = super().changes(*words, **named)  # type: ignore[misc]
        for number, page in enumerate(pages, start=1):
            if number == self._mailbox.faults.stop_after:
                yield replace(page, covers_from=None, more=True)
                return
            yield page

    def fetch(self, refs: Sequence[MessageRef]) -> Iterator[Fetched]:
        with self._mailbox.faults.around("fetch"):
            yield from super().fetch(refs)  # type: ignore[misc]

    def drafts(self) -> tuple[DraftSeen, ...]:
        with self._mailbox.faults.around("drafts"):
            return super().drafts()  # type: ignore[misc]

    def find_draft(self, draft: Draft) -> tuple[Found, ...]:
        with self._mailbox.faults.around("find_draft"):
            return super().find_draft(draft)  # type: ignore[misc]

    def read_draft(self, ref: DraftRef) -> bytes | None:
        with self._mailbox.faults.around("read_draft"):
            return super().read_draft(ref)  # type: ignore[misc]

    def save_draft(self, draft: Draft) -> Saved:
        self.fuse.burn()
        self.before_save(draft)
        refs = {stored.ref for stored in self._mailbox.messages(SpecialUse.DRAFTS)}
        try:
            with self._mailbox.faults.around("save_draft"):
                saved = super().save_draft(draft)  # type: ignore[misc]
        finally:
            new = {stored.ref for stored in self._mailbox.messages(SpecialUse.DRAFTS)} - refs
            self.saved += [(draft.message_id, ref) for ref in new]
        self.fuse.burn()
        return saved

    def discard_draft(self, ref: DraftRef, *, unchanged_from: Fingerprint) -> bool:
        done = super().discard_draft(ref, unchanged_from=unchanged_from)  # type: ignore[misc]
        if done:
            self.discarded.append(self.own_ref(ref))
        return done
