"""The XML of WebDAV and CalDAV: what is asked, and the multi-status answers (RFC 4918 §13, RFC 4791, RFC 6578)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from lxml import etree

from mailwatch.core.model import Window
from mailwatch.errors import ProtocolError
from mailwatch.transport import is_link

DAV = "{DAV:}"
CALDAV = "{urn:ietf:params:xml:ns:caldav}"
SERVER = "{http://calendarserver.org/ns/}"
_PREFIXES = {DAV: "D", CALDAV: "C", SERVER: "S"}
_SPACES = " ".join(f'xmlns:{prefix}="{space[1:-1]}"' for space, prefix in _PREFIXES.items())


@dataclass(frozen=True, slots=True)
class Resource:
    """One response of a multi-status.

    href:   as the server writes it.
    status: of the whole resource, 200 where each property has its own.
    props:  the properties that the server has, by Clark name.
    """

    href: str
    status: int = 200
    props: Mapping[str, etree._Element] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A property's text, "" where it has none."""
        found = self.props.get(name)
        return (found.text or "").strip() if found is not None else ""

    def hrefs(self, name: str) -> tuple[str, ...]:
        """The addresses inside a property."""
        found = self.props.get(name)
        hrefs = () if found is None else ((each.text or "").strip() for each in found.iter(f"{DAV}href"))
        return tuple(href for href in hrefs if is_link(href))

    def children(self, name: str) -> frozenset[str]:
        """The Clark names of the elements inside a property."""
        found = self.props.get(name)
        return frozenset() if found is None else frozenset(str(each.tag) for each in found)


@dataclass(frozen=True, slots=True)
class Multistatus:
    """A whole answer. token: the new sync token of a sync-collection report, "" elsewhere."""

    resources: tuple[Resource, ...]
    token: str = ""


def multistatus_from_bytes(name: str, body: bytes) -> Multistatus:
    """A server's answer.

    Raises:
        ProtocolError: it is no multi-status. name: the calendar's, for this error.
    """
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None or root.tag != f"{DAV}multistatus":
        raise ProtocolError(
            name,
            f"The server of calendar {name} answers with something that is not CalDAV.",
            next_step=f"check url in [calendar.{name}]",
        )
    resources = (_resource(each) for each in root.iterchildren(f"{DAV}response"))
    return Multistatus(
        tuple(each for each in resources if is_link(each.href)), (root.findtext(f"{DAV}sync-token") or "").strip()
    )


def propfind(*names: str) -> bytes:
    """The body that asks for properties (RFC 4918 §9.1)."""
    return _document(f"<D:propfind {_SPACES}><D:prop>{_empty(names)}</D:prop></D:propfind>")


def calendar_query(window: Window) -> bytes:
    """The body that asks which events touch a window, by their entity tags (RFC 4791 §7.8)."""
    span = f'start="{window.start:%Y%m%dT%H%M%SZ}" end="{window.end:%Y%m%dT%H%M%SZ}"'
    return _document(
        f"<C:calendar-query {_SPACES}><D:prop><D:getetag/></D:prop><C:filter>"
        f'<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range {span}/></C:comp-filter>'
        "</C:comp-filter></C:filter></C:calendar-query>"
    )


def multiget(hrefs: Iterable[str]) -> bytes:
    """The body that asks for the text of some resources (RFC 4791 §7.9)."""
    named = "".join(f"<D:href>{escape(href)}</D:href>" for href in hrefs)
    return _document(
        f"<C:calendar-multiget {_SPACES}><D:prop><D:getetag/><C:calendar-data/></D:prop>{named}</C:calendar-multiget>"
    )


def sync_collection(token: str) -> bytes:
    """The body that asks what has changed since a token (RFC 6578 §3.2)."""
    return _document(
        f"<D:sync-collection {_SPACES}><D:sync-token>{escape(token)}</D:sync-token><D:sync-level>1</D:sync-level>"
        "<D:prop><D:getetag/></D:prop></D:sync-collection>"
    )


def _document(text: str) -> bytes:
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}'.encode()


def _empty(names: Iterable[str]) -> str:
    return "".join(f"<{_PREFIXES[name.partition('}')[0] + '}']}:{name.partition('}')[2]}/>" for name in names)


def _resource(response: etree._Element) -> Resource:
    props: dict[str, etree._Element] = {}
    for propstat in response.iterchildren(f"{DAV}propstat"):
        if 200 <= _status(propstat) < 300:
            props |= {str(prop.tag): prop for held in propstat.iterchildren(f"{DAV}prop") for prop in held}
    return Resource((response.findtext(f"{DAV}href") or "").strip(), _status(response), props)


def _status(element: etree._Element) -> int:
    """The code in "HTTP/1.1 404 Not Found"; 200 where none is stated."""
    words = (element.findtext(f"{DAV}status") or "").split()
    return int(words[1]) if len(words) > 1 and re.fullmatch("[0-9]{3}", words[1]) else 200
