"""One look at a Gmail account: what its history tells since the bookmark, and what searching finds of the time before.

The history is complete and cheap, so everything new is listed. Of the time before the first look only what is of interest is read:
all of Sent, and what the questions find, the newest first. That may take several looks. Where there is little mail, all of it is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from mailwatch.backends.base import Changes
from mailwatch.backends.gmail.calls import Calls
from mailwatch.backends.gmail.cursor import EVERYTHING, Bookmark, cursor_from_bookmark, term_digest
from mailwatch.backends.gmail.messages import ROLE_LABELS, Shown, envelope_of, role_of
from mailwatch.backends.gmail.queries import (
    question_for_all_personal,
    question_for_everything,
    questions,
    terms_of,
)
from mailwatch.backends.google import Absent, QuotaSpent
from mailwatch.core.model import Envelope, Interest, SpecialUse
from mailwatch.errors import CursorExpired
from mailwatch.sandbox import Parser, Unreadable

PAGE = 50
_NEWEST = 20
_MARGIN = timedelta(days=2)


class Look:
    """One pass.

    Args:
        keep: takes a message that came with its text, for the `fetch` that follows.
        drafts_changed: called where drafts have come, gone or changed since the bookmark; it lists them anew into the bookmark.
    """

    def __init__(
        self,
        calls: Calls,
        bookmark: Bookmark,
        parser: Parser,
        *,
        keep: Callable[[Shown], None],
        drafts_changed: Callable[[Bookmark], None],
    ) -> None:
        self._calls = calls
        self._bookmark = bookmark
        self._parser = parser
        self._keep = keep
        self._drafts_changed = drafts_changed
        self._problems: Counter[str] = Counter()
        self._drafts_stale = bookmark.drafts is None

    def pages(self, interest: Interest) -> Iterator[Changes[Envelope]]:
        """The pages; the last one alone covers anything, or says that there is more."""
        bookmark = self._bookmark
        try:
            if bookmark.history:
                yield from self._since_bookmark()
            else:
                bookmark.history = self._calls.history_now()
            yield from self._before(terms_of(interest) or [EVERYTHING])
            if self._drafts_stale:
                self._drafts_changed(bookmark)
        except QuotaSpent:
            yield Changes((), cursor_from_bookmark(bookmark), more=True, problems=self._named_problems())
            return
        bookmark.forget_before(bookmark.since - _MARGIN)
        yield Changes((), cursor_from_bookmark(bookmark), covers_from=bookmark.since, problems=self._named_problems())

    # --- since the bookmark ---

    def _since_bookmark(self) -> Iterator[Changes[Envelope]]:
        try:
            records, now = self._calls.history_since(self._bookmark.history)
        except Absent:
            raise self._expired() from None
        touched = self._touched(records)
        for start in range(0, len(touched), PAGE):
            part = touched[start : start + PAGE]
            page, count, spent = self._read((message for message, _ in part), whole=False)
            self._bookmark.history = part[count - 1][1] if count else self._bookmark.history
            yield Changes(page, cursor_from_bookmark(self._bookmark))
            if spent is not None:
                raise spent
        self._bookmark.history = now

    def _touched(self, records: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
        """Messages that are new or lie elsewhere now, each with the last record that says so, in that order."""
        last: dict[str, str] = {}
        for record in records:
            identity = str(record.get("id", ""))
            for message in self._moved(record):
                last.pop(message, None)
                last[message] = identity
            for message, labels, _ in _entries(record, "messagesDeleted"):
                last.pop(message, None)
                self._drafts_stale = self._drafts_stale or labels is None or "DRAFT" in labels
        return list(last.items())

    def _moved(self, record: Mapping[str, Any]) -> Iterator[str]:
        for message, labels, _ in _entries(record, "messagesAdded"):
            if labels is not None and "DRAFT" in labels:
                self._drafts_stale = True
            else:
                yield message
        for kind in ("labelsAdded", "labelsRemoved"):
            for message, _, changed in _entries(record, kind):
                self._drafts_stale = self._drafts_stale or "DRAFT" in changed
                if changed & ROLE_LABELS:
                    yield message

    def _expired(self) -> CursorExpired:
        """Everything listed stays known; the time since is searched like the time before a first look."""
        kept = self._bookmark
        resume = Bookmark(kept.since, seen=kept.seen, drafts=None)
        message = f"Google no longer remembers what is new in {self._calls.account}: it is searched for."
        return CursorExpired(self._calls.account, message, resume=cursor_from_bookmark(resume))

    # --- the time before ---

    def _before(self, terms: Sequence[str]) -> Iterator[Changes[Envelope]]:
        bookmark = self._bookmark
        fresh = terms if not bookmark.complete else bookmark.unasked(terms)
        if fresh:
            found = self._found(fresh, sent=not bookmark.complete)
            waiting = [message for message in found if not bookmark.has(message)]
            for start in range(0, len(waiting), PAGE):
                page, _, spent = self._read(waiting[start : start + PAGE], whole=True)
                yield Changes(page, cursor_from_bookmark(bookmark))
                if spent is not None:
                    raise spent
        bookmark.complete = True
        bookmark.asked |= {term_digest(term) for term in fresh}

    def _found(self, terms: Sequence[str], *, sent: bool) -> list[str]:
        """Ids of all that is wanted, newest first: Gmail's ids grow with time."""
        since, found = self._bookmark.since, dict[str, None]()
        if sent:
            found.update(dict.fromkeys(self._calls.found(f"after:{int(since.timestamp())}", label="SENT")))
            for label in ("SENT", "TRASH"):
                found.update(dict.fromkeys(self._lately(label, found)))
            found.update(dict.fromkeys(self._calls.few(question_for_all_personal(since))))
        asked = question_for_everything(since) if EVERYTHING in terms else questions(terms, since)
        for question in asked:
            found.update(dict.fromkeys(self._calls.found(question)))
        return sorted(found, key=_age, reverse=True)

    def _lately(self, label: str, found: Mapping[str, None]) -> Iterator[str]:
        """What was sent or thrown away a moment ago and the search may not know yet.

        All of Sent is searched for: there the first that was found ends it.
        """
        for message in self._calls.found(label=label, most=_NEWEST):
            if message in found and label == "SENT":
                return
            yield message

    def _read(self, messages: Iterable[str], *, whole: bool) -> tuple[tuple[Envelope, ...], int, QuotaSpent | None]:
        """Envelopes of messages, how many were looked at, and what ended it early: what was read before that counts."""
        page: list[Envelope] = []
        count = 0
        for message in messages:
            try:
                envelope = self._listed(message, whole=whole)
            except QuotaSpent as spent:
                return tuple(page), count, spent
            count += 1
            if envelope is not None and (not whole or _is_inside(envelope, self._bookmark.since)):
                page.append(envelope)
        return tuple(page), count, None

    def _listed(self, message: str, *, whole: bool) -> Envelope | None:
        """The envelope of a message, which is listed from now on; None for a draft and for what is gone or can't be understood."""
        shown = self._calls.message(message, whole=whole)
        if shown is None:
            return None
        if role_of(shown.labels) is SpecialUse.DRAFTS:
            self._drafts_stale = True
            return None
        try:
            envelope = envelope_of(shown, self._parser)
        except Unreadable:
            self._problems["can't be understood"] += 1
            return None
        finally:
            self._bookmark.note(message, shown.received)
        if whole and envelope.role is not SpecialUse.JUNK:
            self._keep(shown)
        return envelope

    def _named_problems(self) -> tuple[str, ...]:
        return tuple(
            f"{count} {'message' if count == 1 else 'messages'} {problem}"
            for problem, count in sorted(self._problems.items())
        )


def _entries(record: Mapping[str, Any], kind: str) -> Iterator[tuple[str, frozenset[str] | None, frozenset[str]]]:
    """Message id, its labels where they are told, and the labels that changed."""
    for entry in record.get(kind, ()):
        message = entry.get("message", {})
        labels = frozenset(message["labelIds"]) if "labelIds" in message else None
        yield str(message.get("id", "")), labels, frozenset(entry.get("labelIds", ()))


def _age(message: str) -> int:
    try:
        return int(message, 16)
    except ValueError:
        return 0


def _is_inside(envelope: Envelope, since: datetime) -> bool:
    moment = envelope.received or envelope.at
    return moment is None or moment.astimezone(UTC) >= since
