"""Query options as Graph reads them (concepts/query-parameters), and no more: what is not documented is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.servers.graph_schema import Type


class Refused(Exception):
    """The service says no. code: what the error object calls it."""

    def __init__(self, status: int, code: str, message: str = "", **headers: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message, self.headers = status, code, message, headers


Match = Callable[[Mapping[str, Any]], bool]

_CLAUSE = re.compile(
    r"(?P<name>receivedDateTime|sentDateTime|lastModifiedDateTime|createdDateTime) (?P<op>ge|gt|le|lt|eq) "
    r"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"
    r"|(?P<text>internetMessageId|conversationId|subject) eq '(?P<value>(?:[^']|'')*)'"
    r"|(?P<flag>isDraft|isRead|hasAttachments) eq (?P<truth>true|false)"
)
_PROPERTY_ID = re.compile(
    r"(?:String|Integer|Boolean|SystemTime|Long|Binary) (?:0x[0-9A-Fa-f]{4}|\{[0-9A-Fa-f-]{36}\} (?:Name [\w-]+|Id 0x[0-9A-Fa-f]{1,8}))"
)
_EXPAND_PROPERTIES = re.compile(r"singleValueExtendedProperties\(\$filter=(.+)\)")
_COMPARE: Mapping[str, Callable[[str, str], bool]] = {
    "ge": lambda a, b: a >= b, "gt": lambda a, b: a > b, "le": lambda a, b: a <= b, "lt": lambda a, b: a < b, "eq": lambda a, b: a == b,
}  # fmt: skip


@dataclass(frozen=True)
class Query:
    """The options of one request."""

    select: tuple[str, ...] | None = None
    properties: tuple[str, ...] = ()
    event: bool = False
    attachments: bool = False
    match: Match | None = None
    filtered: tuple[str, ...] = ()
    newest_first: bool = False
    top: int | None = None


def bad(message: str, code: str = "BadRequest") -> Refused:
    return Refused(400, code, message)


def query_from(options: Mapping[str, str], kind: Type) -> Query:
    """Read the options, or refuse them.

    Raises:
        Refused: an option, property or operator that is not documented for this type.
    """
    match, filtered = _filter(options["$filter"]) if "$filter" in options else (None, ())
    expand = options.get("$expand", "")
    attachments = expand == "attachments($select=id,name,contentType,size)" and "attachments" in kind.navigation
    properties, event = _expand(expand, kind) if expand and not attachments else ((), False)
    order = options.get("$orderby", "")
    if order not in ("", "receivedDateTime desc"):
        raise bad(f"$orderby={order}", "ErrorInvalidUrlQuery")
    if order and match and filtered[:1] != ("receivedDateTime",):
        raise bad("The restriction or sort order is too complex for this operation.", "InefficientFilter")
    top = options.get("$top")
    if top is not None and not (top.isdecimal() and 1 <= int(top) <= 1000):
        raise bad(f"$top={top}", "ErrorInvalidUrlQuery")
    select = _select(options["$select"], kind) if "$select" in options else None
    for name in ("$search", "$count", "$skip"):
        if name in options:
            raise bad(f"{name} is not used by mailwatch", "ErrorInvalidUrlQuery")
    return Query(select, properties, event, attachments, match, filtered, bool(order), int(top) if top else None)


def _select(text: str, kind: Type) -> tuple[str, ...]:
    names = tuple(text.split(","))
    for name in names:
        if name not in kind.plain:
            raise bad(f"Could not find a property named '{name}' on type", "RequestBroker--ParseUri")
    return names


def _expand(text: str, kind: Type) -> tuple[tuple[str, ...], bool]:
    if text in ("microsoft.graph.eventMessage/event", "microsoft.graph.eventmessage/event"):
        if "microsoft.graph.eventMessage/event" not in kind.navigation:
            raise bad(f"$expand={text}")
        return (), True
    found = _EXPAND_PROPERTIES.fullmatch(text)
    if found is None or "singleValueExtendedProperties" not in kind.navigation:
        raise bad(f"$expand={text}", "RequestBroker--ParseUri")
    wanted = []
    for clause in found[1].split(" or "):
        one = re.fullmatch(r"id eq '([^']+)'", clause)
        if one is None or not _PROPERTY_ID.fullmatch(one[1]):
            raise bad(f"the property {clause}", "ErrorInvalidProperty")
        wanted.append(one[1])
    return tuple(wanted), False


def _filter(text: str) -> tuple[Match, tuple[str, ...]]:
    clauses, names = [], []
    for part in text.split(" and "):
        found = _CLAUSE.fullmatch(part)
        if found is None:
            raise bad(f"Invalid filter clause: {part}", "ErrorInvalidUrlQueryFilter")
        clauses.append(_clause(found))
        names.append(found["name"] or found["text"] or found["flag"])
    return lambda item: all(clause(item) for clause in clauses), tuple(names)


def _clause(found: re.Match[str]) -> Match:
    if found["name"]:
        compare, name, value = _COMPARE[found["op"]], found["name"], found["time"]
        return lambda item: compare(item[name], value)
    if found["text"]:
        name, wanted = found["text"], found["value"].replace("''", "'")
        return lambda item: item[name] == wanted
    name, truth = found["flag"], found["truth"] == "true"
    return lambda item: item[name] is truth


def delta_query(options: Mapping[str, str], kind: Type) -> tuple[Query, str]:
    """Options of a message delta (api/message-delta): the filter knows only "received since", the order only "newest first".

    Raises:
        Refused: anything else.
    """
    if "$filter" in options and not re.fullmatch(r"receivedDateTime g[et] [\dT:Z-]+", options["$filter"]):
        raise bad("only a value of 'receivedDateTime ge value' is supported", "ErrorInvalidUrlQuery")
    change = options.get("changeType", "")
    if change not in ("", "created", "updated", "deleted"):
        raise bad(f"changeType={change}")
    return query_from({name: value for name, value in options.items() if name != "changeType"}, kind), change
