"""What one collection holds now: by its sync token where that is accepted, else by its entity tags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urljoin, urlsplit

from mailwatch.backends.caldav.discovery import Collection
from mailwatch.backends.caldav.door import Door
from mailwatch.backends.caldav.multistatus import (
    CALDAV,
    DAV,
    Resource,
    calendar_query,
    multiget,
    multistatus_from_bytes,
    propfind,
    sync_collection,
)
from mailwatch.backends.pieces import Piece, PieceMark
from mailwatch.core.model import Window
from mailwatch.errors import ProtocolError

AT_ONCE = 50
_ETAG = f"{DAV}getetag"
_DATA = f"{CALDAV}calendar-data"
_LISTING = propfind(_ETAG, f"{DAV}resourcetype")
# A token that is unknown, too old or of another server: servers answer with any of these (RFC 6578 §3.2 wants 403).
_STALE = frozenset({400, 403, 404, 409, 410, 412})
_MOST_PAGES = 200
"""Pages of one sync report: a server that never comes to an end is listed instead."""


@dataclass(frozen=True, slots=True)
class CollectionMark:
    """What is remembered of a collection: its bookmarks, and its resources by their decoded path."""

    token: str = ""
    tag: str = ""
    pieces: Mapping[str, PieceMark] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Held:
    """What a collection holds: its resources by their decoded path, and its bookmarks."""

    pieces: Mapping[str, Piece]
    token: str
    tag: str


def held_by(door: Door, collection: Collection, mark: CollectionMark, window: Window, *, anew: bool) -> Held:
    """What a collection holds in the window; of what has not changed, only that.

    Args:
        mark: what was held before.
        anew: that was in another window, so everything has to be listed.

    Raises: see Door.ask.
    """
    if anew:
        return _listed(door, collection, _series_unread(mark), window)
    unread = [key for key, piece in mark.pieces.items() if not piece.stamp]
    same = collection.token == mark.token if collection.token else bool(collection.tag) and collection.tag == mark.tag
    if same and not unread:
        return Held(_unchanged(mark.pieces), collection.token, collection.tag)
    if mark.token and collection.token:
        found = _synced(door, collection, mark, unread)
        if found is not None:
            return found
    return _listed(door, collection, mark, window)


def as_before(mark: CollectionMark) -> Held:
    """A collection that can't be looked into now, as it was held before."""
    return Held(_unchanged(mark.pieces), mark.token, mark.tag)


def _series_unread(mark: CollectionMark) -> CollectionMark:
    """The same collection for another window: single events say the same in any, series have other occurrences."""
    kept = {
        key: piece
        if piece.known and not any("#" in ref for ref in piece.known)
        else PieceMark("", piece.known, piece.problems)
        for key, piece in mark.pieces.items()
    }
    return CollectionMark(mark.token, mark.tag, kept)


def _listed(door: Door, collection: Collection, mark: CollectionMark, window: Window) -> Held:
    """Everything in the window, by entity tags; the bookmarks are those from before the listing."""
    listing = {_key(each.href): each for each in _tags(door, collection, window)}
    changed = {
        key: each.href
        for key, each in listing.items()
        if not each.text(_ETAG) or mark.pieces.get(key, PieceMark("")).stamp != each.text(_ETAG)
    }
    fresh = _fetched(door, collection, changed)
    same = _unchanged({key: mark.pieces[key] for key in listing.keys() - changed.keys()})
    return Held({**same, **fresh}, collection.token, collection.tag)


def _tags(door: Door, collection: Collection, window: Window) -> Iterator[Resource]:
    """The resources with events in the window, or, where a server can't tell, all of them."""
    try:
        _, answer = door.found("REPORT", collection.url, calendar_query(window), depth="1")
    except ProtocolError:
        _, answer = door.found("PROPFIND", collection.url, _LISTING, depth="1")
    own = _key(collection.url)
    for each in answer.resources:
        if each.status == 200 and _key(each.href) != own and not each.children(f"{DAV}resourcetype"):
            yield each


def _synced(door: Door, collection: Collection, mark: CollectionMark, unread: Iterable[str]) -> Held | None:
    """What has changed since the token, on top of what was held; None where the token is no longer accepted."""
    token, changed, gone = mark.token, {key: quote(key) for key in unread}, set[str]()
    own = _key(collection.url)
    for _ in range(_MOST_PAGES):
        _, answer = door.ask("REPORT", collection.url, sync_collection(token), depth="0", expect=_STALE)
        if answer.status in _STALE:
            return None
        page = multistatus_from_bytes(door.name, answer.body)
        if not page.token:
            return None
        for each in page.resources:
            key = _key(each.href)
            if each.status in {404, 410}:
                gone.add(key)
                changed.pop(key, None)
            elif key != own and mark.pieces.get(key, PieceMark("")).stamp != (each.text(_ETAG) or None):
                changed[key] = each.href
                gone.discard(key)
        is_whole = not any(_key(each.href) == own and each.status == 507 for each in page.resources)
        if is_whole or page.token == token:
            return _with_changes(door, collection, mark, changed, gone, page.token)
        token = page.token
    return None


def _with_changes(
    door: Door, collection: Collection, mark: CollectionMark, changed: Mapping[str, str], gone: set[str], token: str
) -> Held:
    fresh = _fetched(door, collection, changed)
    kept = {key: piece for key, piece in mark.pieces.items() if key not in gone and key not in changed}
    return Held({**_unchanged(kept), **fresh}, token, collection.tag)


def _fetched(door: Door, collection: Collection, hrefs: Mapping[str, str]) -> dict[str, Piece]:
    """The text of some resources; what has vanished meanwhile is left out."""
    pieces: dict[str, Piece] = {}
    waiting = list(hrefs.items())
    for start in range(0, len(waiting), AT_ONCE):
        some = dict(waiting[start : start + AT_ONCE])
        given, vanished = _given_at_once(door, collection, some)
        pieces |= {key: piece for key, piece in given.items() if key in some}
        for key in some.keys() - given.keys() - vanished:
            if piece := _got(door, collection, some[key]):
                pieces[key] = piece
    return pieces


def _given_at_once(door: Door, collection: Collection, hrefs: Mapping[str, str]) -> tuple[dict[str, Piece], set[str]]:
    """What one report gives of some resources, and which are gone; nothing where it is too much at once, or not known."""
    try:
        _, answer = door.found("REPORT", collection.url, multiget(hrefs.values()), depth="1")
    except ProtocolError:
        return {}, set()
    given = {
        _key(each.href): Piece(each.text(_ETAG), (each.props[_DATA].text or "").encode())
        for each in answer.resources
        if _DATA in each.props
    }
    return given, {_key(each.href) for each in answer.resources if each.status in {404, 410}}


def _got(door: Door, collection: Collection, href: str) -> Piece | None:
    """One resource by itself, None where it has vanished."""
    try:
        _, answer = door.ask("GET", urljoin(collection.url, href), expect={404, 410})
    except ProtocolError:
        return Piece("", problem="the server does not give it")
    return Piece(answer.headers.get("etag", ""), answer.body) if answer.status < 300 else None


def _unchanged(marks: Mapping[str, PieceMark]) -> dict[str, Piece]:
    return {key: Piece(mark.stamp) for key, mark in marks.items()}


def _key(href: str) -> str:
    """A resource however its address is spelled: servers are not of one mind on what to encode."""
    return unquote(urlsplit(href).path)
