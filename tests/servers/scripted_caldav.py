"""A CalDAV server that follows the RFCs in what it is told to follow, and spoils what it is told to spoil."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from tests.servers.recording import Asked, Recording, Told

_SPACES = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:S="http://calendarserver.org/ns/"'
_TYPE = "<resourcetype><collection/><C:calendar/></resourcetype>"


@dataclass
class Shelf:
    """One calendar: texts by file name. log: what changed, for sync tokens, a name each; kinds: other resource types."""

    title: str
    texts: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    kinds: str = ""
    component: str = "VEVENT"

    def put(self, name: str, text: str) -> None:
        self.texts[name] = text
        self.versions[name] = self.versions.get(name, 0) + 1
        self.log.append(name)

    def remove(self, name: str) -> None:
        del self.texts[name]
        self.log.append(name)


@dataclass
class ScriptedCaldav:
    """Shelves by their path below /cal/.

    spoil: asked about each request first; what it returns is the answer, None leaves it to the server.
    tokens: sync tokens are known. tags: getctag is. etags: entity tags are. page: changes in one sync answer, 0 for all.
    """

    recording: Recording
    shelves: dict[str, Shelf] = field(default_factory=dict)
    spoil: Callable[[Asked], Told | None] = lambda asked: None
    tokens: bool = True
    tags: bool = False
    etags: bool = True
    page: int = 0

    def __post_init__(self) -> None:
        self.recording.answer = self.answer

    @property
    def methods(self) -> list[str]:
        """What was asked, as "REPORT sync-collection"."""
        return [f"{asked.method} {_kind(asked)}".strip() for asked in self.recording.asked]

    def forget(self) -> None:
        self.recording.asked.clear()

    def answer(self, asked: Asked) -> Told:
        spoilt = self.spoil(asked)
        if spoilt is not None:
            return spoilt
        if asked.path == "/.well-known/caldav":
            return Told(301, {"Location": "/"})
        shelf = self.shelves.get(asked.path.removeprefix("/cal/").partition("/")[0])
        if asked.method == "GET" and shelf:
            name = asked.path.rpartition("/")[2]
            return (
                Told(200, {"ETag": f'"{shelf.versions[name]}"'}, shelf.texts[name].encode())
                if name in shelf.texts
                else Told(404)
            )
        if asked.path in {"/", "/me/"}:
            return _multistatus(_response(asked.path, _principal()))
        if asked.path == "/cal/" and asked.method == "PROPFIND":
            listed = (_response(f"/cal/{path}/", self._described(one)) for path, one in self.shelves.items())
            return _multistatus(_response("/cal/", "<resourcetype><collection/></resourcetype>"), *listed)
        return Told(404) if shelf is None else self._of_shelf(asked, shelf)

    def _of_shelf(self, asked: Asked, shelf: Shelf) -> Told:
        kind, path = _kind(asked), asked.path
        if asked.method == "PROPFIND" and asked.headers["depth"] == "0":
            return _multistatus(_response(path, self._described(shelf)))
        if asked.method == "PROPFIND" or kind == "calendar-query":
            own = _response(path, _TYPE) if asked.method == "PROPFIND" else ""
            return _multistatus(own, *(_response(path + name, self._etag(shelf, name)) for name in shelf.texts))
        if kind == "calendar-multiget":
            names = [href.rpartition("/")[2] for href in re.findall("<D:href>([^<]*)</D:href>", asked.body.decode())]
            return _multistatus(*(self._given(shelf, path, name) for name in names))
        return self._changes(asked, shelf)

    def _changes(self, asked: Asked, shelf: Shelf) -> Told:
        found = re.search(r"<D:sync-token>t(\d+)</D:sync-token>", asked.body.decode())
        if not self.tokens or found is None or int(found[1]) > len(shelf.log):
            return Told(403)
        begin = int(found[1])
        end = min(len(shelf.log), begin + self.page) if self.page else len(shelf.log)
        changed = dict.fromkeys(shelf.log[begin:end])
        responses = [
            _response(asked.path + name, self._etag(shelf, name)) if name in shelf.texts else _gone(asked.path + name)
            for name in changed
        ]
        if end < len(shelf.log):
            responses.append(_gone(asked.path, "507 Insufficient Storage"))
        return _multistatus(*responses, f"<sync-token>t{end}</sync-token>")

    def _described(self, shelf: Shelf) -> str:
        token = f"<sync-token>t{len(shelf.log)}</sync-token>" if self.tokens else ""
        tag = f"<S:getctag>{len(shelf.log)}</S:getctag>" if self.tags else ""
        components = f'<C:supported-calendar-component-set><C:comp name="{shelf.component}"/></C:supported-calendar-component-set>'
        kinds = _TYPE.replace("</resourcetype>", f"{shelf.kinds}</resourcetype>")
        return f"{kinds}<displayname>{escape(shelf.title)}</displayname>{components}{token}{tag}"

    def _etag(self, shelf: Shelf, name: str) -> str:
        return (
            f'<getetag>"{shelf.versions[name]}"</getetag>'
            if self.etags
            else "<getcontenttype>text/calendar</getcontenttype>"
        )

    def _given(self, shelf: Shelf, path: str, name: str) -> str:
        if name not in shelf.texts:
            return _gone(path + name)
        return _response(
            path + name, f"{self._etag(shelf, name)}<C:calendar-data>{escape(shelf.texts[name])}</C:calendar-data>"
        )


def _principal() -> str:
    return (
        "<current-user-principal><href>/me/</href></current-user-principal>"
        "<C:calendar-home-set><href>/cal/</href></C:calendar-home-set>"
    )


def _kind(asked: Asked) -> str:
    found = re.search(rb"<[DC]:(calendar-query|calendar-multiget|sync-collection) ", asked.body)
    return found[1].decode() if found else ""


def _response(href: str, props: str) -> str:
    return f"<response><href>{escape(href)}</href><propstat><prop>{props}</prop><status>HTTP/1.1 200 OK</status></propstat></response>"


def _gone(href: str, status: str = "404 Not Found") -> str:
    return f"<response><href>{escape(href)}</href><status>HTTP/1.1 {status}</status></response>"


def _multistatus(*parts: str) -> Told:
    body = f'<?xml version="1.0"?>\n<multistatus {_SPACES}>{"".join(parts)}</multistatus>'
    return Told(207, {"Content-Type": "application/xml"}, body.encode())
