"""What is new in each folder since a bookmark: the service's own deltas, one request a folder where nothing is.

A first round is asked for what came since the user's look-back, newest first. With such a filter the service brings at
most 5,000 messages of a folder (learn.microsoft.com/graph/delta-query-messages): older ones are then listed plainly.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mailwatch.backends.base import Changes
from mailwatch.backends.graph.cursor import Bookmark, Mark, cursor_from_bookmark
from mailwatch.backends.graph.door import GraphDoor, Overloaded, Stale
from mailwatch.backends.graph.envelopes import EXPAND, SELECT, Listed, envelopes_of, listed_in
from mailwatch.backends.graph.folders import surveyed
from mailwatch.core.model import Envelope
from mailwatch.errors import CursorExpired
from mailwatch.sandbox import Parser, Unreadable

PAGE = 1_000
FILTER_LIMIT = 5_000
_SMALLEST = 50
_PENDING = "…"
_SURVEYS = timedelta(hours=1)
# Robots' mail with a small attachment: it may be a calendar object, which makes it worth reading.
_ROBOT = re.compile(
    r"(?:no|do[-_.]?not)[-_.]?reply|notif|calendar|mailer|automat|system|bounce|info|support", re.IGNORECASE
)
_SMALL = 200_000


class Look:
    """One pass over all watched folders.

    Args:
        since: how far back this look goes, which moves on with the time: it tells when the last survey is an hour old.
    """

    def __init__(self, door: GraphDoor, bookmark: Bookmark, parser: Parser, *, since: datetime, chosen: tuple[str, ...], sent: str) -> None:  # fmt: skip
        self._door = door
        self._bookmark = bookmark
        self._parser = parser
        self._since = since
        self._chosen = chosen
        self._sent = sent
        self._problems: Counter[str] = Counter()

    def pages(self) -> Iterator[Changes[Envelope]]:
        """The pages, and a last one that alone covers anything."""
        self._survey()
        for key in list(self._bookmark.folders):
            for items in self._folder(key):
                yield Changes(items, self._cursor())
        problems = tuple(f"{count} {'message' if count == 1 else 'messages'} {what}" for what, count in sorted(self._problems.items()))  # fmt: skip
        yield Changes((), self._cursor(), covers_from=self._bookmark.since, problems=problems)

    def _cursor(self) -> Any:
        return cursor_from_bookmark(self._bookmark)

    def _survey(self) -> None:
        """Look for new folders where the last survey is an hour old. One that has got another use is read anew."""
        bookmark = self._bookmark
        if bookmark.asked is not None and timedelta(0) <= self._since - bookmark.asked < _SURVEYS:
            return
        bookmark.survey = surveyed(self._door, bookmark.survey)
        bookmark.asked = self._since
        watched = bookmark.survey.watched(self._chosen, sent=self._sent)
        kept = {key: mark for key, mark in bookmark.folders.items() if watched.get(key) is mark.use}
        bookmark.folders = {key: kept.get(key) or Mark(use) for key, use in watched.items()}

    def _folder(self, key: str) -> Iterator[tuple[Envelope, ...]]:
        mark = self._bookmark.folders[key]
        try:
            yield from self._rounds(key, mark)
            if mark.rest:
                yield from self._older(key, mark)
        except Stale:
            del self._bookmark.folders[key]
            self._bookmark.asked = None
            message = f"The server of {self._door.account} has lost its place in 1 folder: its mail is listed anew."
            raise CursorExpired(self._door.account, message, resume=self._cursor()) from None

    def _rounds(self, key: str, mark: Mark) -> Iterator[tuple[Envelope, ...]]:
        path, params = mark.link, None
        if not path:
            path, params = f"/mailFolders/{key}/messages/delta", self._first_question()
        while True:
            page = self._page(key, path, params)
            if page is None:
                return
            listed = list(listed_in(page["value"], mark.use))
            if mark.first:
                mark.seen += len(listed)
                came = [str(each.fields.get("receivedDateTime")) for each in listed]
                mark.oldest = min([*came, *([mark.oldest] if mark.oldest else [])], default="")
            mark.link = str(page.get("@odata.nextLink") or page.get("@odata.deltaLink") or "")
            is_last = "@odata.nextLink" not in page
            if is_last:
                mark.rest = _PENDING if mark.first and mark.seen >= FILTER_LIMIT else mark.rest
                mark.first = False
            if listed or not is_last:
                yield self._envelopes(listed)
            if is_last:
                return
            path, params = mark.link, None

    def _older(self, key: str, mark: Mark) -> Iterator[tuple[Envelope, ...]]:
        """What a filtered first round has left out."""
        path, params = mark.rest, None
        if path == _PENDING:
            span = f"receivedDateTime ge {_stamp(self._bookmark.since)} and receivedDateTime le {mark.oldest}"
            path = f"/mailFolders/{key}/messages"
            params = {"$select": SELECT, "$expand": EXPAND, "$filter": span, "$orderby": "receivedDateTime desc", "$top": str(PAGE)}  # fmt: skip
        while True:
            page = self._page(key, path, params)
            if page is None:
                return
            mark.rest = str(page.get("@odata.nextLink") or "")
            yield self._envelopes(list(listed_in(page["value"], mark.use)))
            if not mark.rest:
                return
            path, params = mark.rest, None

    def _first_question(self) -> Mapping[str, str]:
        return {
            "$select": SELECT,
            "$expand": EXPAND,
            "$filter": f"receivedDateTime ge {_stamp(self._bookmark.since)}",
            "$orderby": "receivedDateTime desc",
            "changeType": "created",
        }

    def _page(self, key: str, path: str, params: Mapping[str, str] | None) -> Mapping[str, Any] | None:
        """A page; a smaller one where the service does not manage. None: the folder is gone, and so is its mark."""
        size = PAGE
        while True:
            try:
                page = self._door.page(path, params, prefer=(f"odata.maxpagesize={size}",), missing=True)
            except Overloaded:
                if size <= _SMALLEST:
                    raise
                size = max(size // 4, _SMALLEST)
                params = {**params, "$top": str(size)} if params and "$top" in params else params
            else:
                if page is None:
                    del self._bookmark.folders[key]
                    self._bookmark.asked = None
                return page

    def _envelopes(self, messages: list[Listed]) -> tuple[Envelope, ...]:
        found = []
        for message, envelope in envelopes_of([each for each in messages if not each.is_draft], self._parser):
            if isinstance(envelope, Unreadable):
                self._problems["can't be understood"] += 1
                continue
            moments = [moment for moment in (envelope.date, envelope.received) if moment is not None]
            if not moments or max(moments) >= self._bookmark.since:
                found.append(replace(envelope, calendar=envelope.calendar or self._carries_calendar(message, envelope)))
        return tuple(found)

    def _carries_calendar(self, message: Listed, envelope: Envelope) -> bool:
        """Is there a calendar file among the attachments of a robot's mail? A person's mail is read anyway."""
        small = message.size is not None and message.size < _SMALL
        sender = envelope.sender.address.partition("@")[0] if envelope.sender else ""
        if message.fields.get("hasAttachments") is not True or not small or not _ROBOT.search(sender):
            return False
        path = f"/messages/{message.id}/attachments"
        page = self._door.page(path, {"$select": "name,contentType"}, missing=True) or {"value": []}
        return any(_is_calendar(each) for each in page["value"] if isinstance(each, dict))


def _is_calendar(attachment: Mapping[str, Any]) -> bool:
    name, kind = str(attachment.get("name", "")).casefold(), str(attachment.get("contentType", "")).casefold()
    return kind.startswith("text/calendar") or name.endswith((".ics", ".vcs"))


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
