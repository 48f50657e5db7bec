"""The bookmark of a whole account: its folders, and for each the link with which the service goes on."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime

from mailwatch.backends.graph.door import GraphDoor
from mailwatch.backends.graph.folders import Survey
from mailwatch.core.model import Cursor, SpecialUse
from mailwatch.errors import CursorExpired

_KIND = "graph-1"


@dataclass(slots=True)
class Mark:
    """How far a folder has been read.

    use:    what it was taken for: with another use its messages are new again.
    link:   the service's own link to the next page, or to the next round; "" before the first answer.
    first:  the first round is under way. seen, oldest: how many messages it has brought, and when the oldest came.
    rest:   what the first round could not bring is being listed: the link to the next page, or "…" before the first one.
    """

    use: SpecialUse
    link: str = ""
    first: bool = True
    seen: int = 0
    oldest: str = ""
    rest: str = ""


@dataclass(slots=True)
class Bookmark:
    """Everything since `since` below the marks has been seen. asked: the `since` of the look that last surveyed the folders."""

    since: datetime
    asked: datetime | None = None
    survey: Survey = field(default_factory=Survey)
    folders: dict[str, Mark] = field(default_factory=dict)


def cursor_from_bookmark(bookmark: Bookmark) -> Cursor:
    """The bookmark as text."""
    table = {
        "since": bookmark.since.isoformat(),
        "asked": bookmark.asked.isoformat() if bookmark.asked else None,
        "survey": asdict(bookmark.survey),
        "folders": {key: asdict(mark) for key, mark in bookmark.folders.items()},
    }
    return Cursor(json.dumps({_KIND: table}, separators=(",", ":"), ensure_ascii=False))


def bookmark_from_cursor(cursor: Cursor, door: GraphDoor) -> Bookmark:
    """The bookmark back from its text.

    Raises:
        CursorExpired: it is none of this version, or of another service.
    """
    try:
        table = json.loads(cursor)[_KIND]
        known, tree, link = (table["survey"][name] for name in ("known", "tree", "link"))
        survey = Survey(dict(known), {key: (str(name), str(parent)) for key, (name, parent) in tree.items()}, str(link))
        folders = {
            key: Mark(**{**fields, "use": SpecialUse(fields["use"])}) for key, fields in table["folders"].items()
        }
        asked = datetime.fromisoformat(table["asked"]) if table["asked"] else None
        bookmark = Bookmark(datetime.fromisoformat(table["since"]), asked, survey, folders)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _expired(door.account) from None
    links = [survey.link, *(link for mark in folders.values() for link in (mark.link, mark.rest))]
    if not all(link in ("", "…") or door.owns(link) for link in links):
        raise _expired(door.account)
    return bookmark


def _expired(account: str) -> CursorExpired:
    return CursorExpired(account, f"The bookmark of {account} can't be read: its mail is listed anew.", resume=None)
