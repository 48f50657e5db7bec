"""Google calendars: a list of them, their events as single instances, and what has changed since a sync token."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.servers.google_discovery import Violation

_NOT_WITH_A_TOKEN = (
    "iCalUID",
    "orderBy",
    "privateExtendedProperty",
    "q",
    "sharedExtendedProperty",
    "timeMin",
    "timeMax",
    "updatedMin",
)
_NEVER_COMPARED = ("syncToken", "pageToken", "alt", "fields", "prettyPrint", *_NOT_WITH_A_TOKEN)


class Gone(Exception):
    """The sync token is too old."""


class NoCalendar(LookupError):
    """There is no such calendar."""


@dataclass
class _Entry:
    event: dict[str, Any]
    version: int
    deleted: bool = False


@dataclass
class Calendar:
    """One calendar. page: events on a page whatever is asked for."""

    id: str
    summary: str
    primary: bool = False
    role: str = "owner"
    selected: bool = True
    page: int = 2
    entries: dict[str, _Entry] = field(default_factory=dict)


class Calendars:
    """All calendars of an account, from their owner's side and as the API shows them."""

    def __init__(self, address: str) -> None:
        self.lists: dict[str, Calendar] = {address: Calendar(address, address, primary=True)}
        self._primary = address
        self._version = itertools.count(1)
        self._tokens: dict[str, tuple[str, int, dict[str, Any]]] = {}
        self._pages: dict[str, tuple[str, list[dict[str, Any]], int, str]] = {}
        self._names = itertools.count(1)

    @property
    def primary(self) -> Calendar:
        return self.lists[self._primary]

    def add(self, calendar: Calendar) -> Calendar:
        self.lists[calendar.id] = calendar
        return calendar

    def put(self, event: Mapping[str, Any], calendar: str = "") -> None:
        """Enter an event (an instance of a series each by itself), or its new version."""
        full = {
            "kind": "calendar#event", "etag": f'"{next(self._names)}"', "status": "confirmed", "created": "2026-11-01T09:00:00.000Z",
            "updated": "2026-11-20T09:00:00.000Z", "eventType": "default", "sequence": 0, **event,
        }  # fmt: skip
        self.lists[calendar or self._primary].entries[full["id"]] = _Entry(full, next(self._version))

    def remove(self, event: str, calendar: str = "") -> None:
        """Delete an event."""
        entry = self.lists[calendar or self._primary].entries[event]
        entry.deleted, entry.version = True, next(self._version)

    def expire(self) -> None:
        """No sync token is good any more."""
        self._tokens.clear()

    # --- as the API shows it ---

    def listed(self) -> dict[str, Any]:
        """calendarList.list, on one page."""
        items = [
            {
                "kind": "calendar#calendarListEntry", "etag": '"1"', "id": each.id, "summary": each.summary, "accessRole": each.role,
                "timeZone": "Europe/Berlin", "selected": each.selected, **({"primary": True} if each.primary else {}),
            }
            for each in self.lists.values()
        ]  # fmt: skip
        return {"kind": "calendar#calendarList", "etag": '"1"', "items": items, "nextSyncToken": "list-1"}

    def events(self, calendar: str, query: Mapping[str, list[str]]) -> dict[str, Any]:
        """events.list: a page of the whole window, or of what has changed since a token.

        Raises:
            Gone: the token is no longer good. NoCalendar: there is none.
        """
        place = self._primary if calendar == "primary" else calendar
        if place not in self.lists:
            raise NoCalendar(place)
        if "pageToken" in query:
            return self._page(query["pageToken"][0])
        asked = {name: value for name, value in query.items() if name not in _NEVER_COMPARED}
        found = self._changed(place, query, asked) if "syncToken" in query else self._window(place, query)
        token = f"sync-{next(self._names)}"
        self._tokens[token] = (place, next(self._version), asked)
        return self._page(self._remember(place, found, token))

    def _changed(self, place: str, query: Mapping[str, list[str]], asked: dict[str, Any]) -> list[dict[str, Any]]:
        wrong = [name for name in _NOT_WITH_A_TOKEN if name in query]
        if wrong:
            raise Violation(f"{wrong} may not stand with a sync token")
        known = self._tokens.get(query["syncToken"][0])
        if known is None:
            raise Gone
        owner, version, before = known
        if owner != place or before != asked:
            raise Violation(f"a sync token of another listing: {before} {asked}")
        entries = self.lists[place].entries.values()
        return [_as_cancelled(each.event) if each.deleted else each.event for each in entries if each.version > version]

    def _window(self, place: str, query: Mapping[str, list[str]]) -> list[dict[str, Any]]:
        if query.get("singleEvents") != ["true"]:
            raise Violation("series are not expanded here: singleEvents")
        first = datetime.fromisoformat(query["timeMin"][0]) if "timeMin" in query else datetime.min.replace(tzinfo=UTC)
        last = datetime.fromisoformat(query["timeMax"][0]) if "timeMax" in query else datetime.max.replace(tzinfo=UTC)
        entries = [each for each in self.lists[place].entries.values() if not each.deleted]
        return [
            each.event
            for each in entries
            if _instant(each.event["end"]) > first and _instant(each.event["start"]) < last
        ]

    def _remember(self, place: str, found: list[dict[str, Any]], token: str) -> str:
        name = f"page-{next(self._names)}"
        self._pages[name] = (place, found, 0, token)
        return name

    def _page(self, name: str) -> dict[str, Any]:
        place, found, start, token = self._pages[name]
        calendar = self.lists[place]
        end = start + calendar.page
        answer = {
            "kind": "calendar#events", "etag": '"1"', "summary": calendar.summary, "timeZone": "Europe/Berlin", "accessRole": calendar.role,
            "updated": "2026-11-24T12:00:00.000Z", "defaultReminders": [], "items": found[start:end],
        }  # fmt: skip
        if end < len(found):
            following = f"page-{next(self._names)}"
            self._pages[following] = (place, found, end, token)
            return {**answer, "nextPageToken": following}
        return {**answer, "nextSyncToken": token}


def _as_cancelled(event: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("kind", "etag", "id", "recurringEventId", "originalStartTime")
    return {**{name: event[name] for name in kept if name in event}, "status": "cancelled"}


def _instant(moment: Mapping[str, str]) -> datetime:
    if "date" in moment:
        return datetime.fromisoformat(moment["date"]).replace(tzinfo=UTC)
    return datetime.fromisoformat(moment["dateTime"])
