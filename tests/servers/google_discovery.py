"""Google's own description of its interfaces, as shipped with its client, held against every request and every answer.

A fake that agrees with the code under test proves nothing. So each request must be one that the discovery document knows, with its
parameters and body, and each answer of the fake must be what the document promises; an unknown word on either side is a violation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import unquote

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "boolean": (bool,), "number": (int, float), "any": (object,),
}  # fmt: skip
_FORMATS = {
    "int64": re.compile(r"-?[0-9]{1,19}"),
    "uint64": re.compile(r"[0-9]{1,20}"),
    "byte": re.compile(r"[A-Za-z0-9_-]*={0,2}"),
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "date-time": re.compile(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
    ),
}


class Violation(AssertionError):
    """A request, or an answer of the fake, that Google's description does not know."""


@dataclass(frozen=True)
class Method:
    """One method of an interface: `gmail.users.drafts.create`."""

    id: str
    verb: str
    path: re.Pattern[str]
    parameters: Mapping[str, Mapping[str, Any]]
    request: str
    response: str
    scopes: frozenset[str]


class Api:
    """One interface, from its discovery document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._schemas = document["schemas"]
        self._common = document["parameters"]
        self._methods = list(_methods(document, document["servicePath"]))

    def method_of(self, verb: str, path: str) -> tuple[Method, dict[str, str]] | None:
        """The method that this request line means, with what its path names."""
        for method in self._methods:
            found = method.path.fullmatch(path) if method.verb == verb else None
            if found:
                return method, {name: unquote(value) for name, value in found.groupdict().items()}
        return None

    def checked_query(self, method: Method, pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
        """The query's values by name."""
        values: dict[str, list[str]] = {}
        for name, value in pairs:
            known = method.parameters.get(name) or self._common.get(name)
            if known is None or known["location"] != "query":
                raise Violation(f"{method.id} has no parameter {name}")
            if name in values and not known.get("repeated"):
                raise Violation(f"{method.id}: {name} is given twice")
            _check_word(f"{method.id}: {name}", known, value)
            values.setdefault(name, []).append(value)
        for name, known in method.parameters.items():
            if known.get("required") and known["location"] == "query" and name not in values:
                raise Violation(f"{method.id} needs {name}")
        return values

    def check(self, schema: str, value: object) -> None:
        """Hold a body against the schema of this name."""
        self._check(schema, {"$ref": schema}, value)

    def _check(self, where: str, schema: Mapping[str, Any], value: object) -> None:
        if "$ref" in schema:
            return self._check(where, self._schemas[schema["$ref"]], value)
        kind = schema.get("type")
        if kind == "object":
            return self._check_object(where, schema, value)
        if kind == "array":
            if not isinstance(value, list):
                raise Violation(f"{where} is no list")
            for number, item in enumerate(value):
                self._check(f"{where}[{number}]", schema["items"], item)
            return None
        expected = _TYPES[str(kind)]
        if not isinstance(value, expected) or (kind == "integer" and isinstance(value, bool)):
            raise Violation(f"{where} is no {kind}: {value!r}")
        form = _FORMATS.get(schema.get("format", "")) if kind == "string" else None
        if form is not None and not form.fullmatch(str(value)):
            raise Violation(f"{where} is no {schema['format']}: {value!r}")
        return None

    def _check_object(self, where: str, schema: Mapping[str, Any], value: object) -> None:
        if not isinstance(value, dict):
            raise Violation(f"{where} is no object")
        known, more = schema.get("properties", {}), schema.get("additionalProperties")
        for name, item in value.items():
            if name in known:
                self._check(f"{where}.{name}", known[name], item)
            elif more is not None:
                self._check(f"{where}.{name}", more, item)
            else:
                raise Violation(f"{where} has no property {name}")


@cache
def api_named(name: str) -> Api:
    """The interface "gmail.v1" or "calendar.v3"."""
    return Api(document_named(name))


def document_named(name: str) -> Any:
    """The discovery document as the client library carries it."""
    folder = resources.files("googleapiclient.discovery_cache") / "documents"
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def masked(value: Any, fields: str) -> Any:
    """The part of an answer that `fields` asks for (Google's partial responses)."""
    tree, rest = _mask(fields)
    if rest:
        raise Violation(f"a field mask that can't be read: {fields}")
    return _cut(value, tree)


def _cut(value: Any, tree: Mapping[str, Any] | None) -> Any:
    if not tree or "*" in tree:
        return value
    if isinstance(value, list):
        return [_cut(item, tree) for item in value]
    return (
        {name: _cut(item, tree[name]) for name, item in value.items() if name in tree}
        if isinstance(value, dict)
        else value
    )


def _mask(text: str) -> tuple[dict[str, Any], str]:
    """A field mask up to its closing bracket, as a tree, and what follows it."""
    tree: dict[str, Any] = {}
    while text and text[0] != ")":
        found = re.match(r"([A-Za-z*][A-Za-z0-9]*)", text)
        if found is None:
            raise Violation(f"a field mask that can't be read: {text}")
        below = tree.setdefault(found[1], {})
        text = text[found.end() :]
        while text[:1] == "/":
            found = re.match(r"/([A-Za-z*][A-Za-z0-9]*)", text)
            if found is None:
                raise Violation(f"a field mask that can't be read: {text}")
            below = below.setdefault(found[1], {})
            text = text[found.end() :]
        if text[:1] == "(":
            inner, text = _mask(text[1:])
            below.update(inner)
            if text[:1] != ")":
                raise Violation("a field mask that is not closed")
            text = text[1:]
        text = text.removeprefix(",")
    return tree, text


def _check_word(where: str, known: Mapping[str, Any], value: str) -> None:
    if "enum" in known and value not in known["enum"]:
        raise Violation(f"{where} may not be {value}")
    if known["type"] == "integer" and not re.fullmatch("-?[0-9]{1,10}", value):
        raise Violation(f"{where} is no number: {value}")
    if known["type"] == "boolean" and value not in {"true", "false"}:
        raise Violation(f"{where} is neither true nor false: {value}")
    form = _FORMATS.get(known.get("format", "")) if known["type"] == "string" else None
    if form is not None and not form.fullmatch(value):
        raise Violation(f"{where} is no {known['format']}: {value}")


def _methods(resource: Mapping[str, Any], base: str) -> Iterator[Method]:
    for described in resource.get("methods", {}).values():
        path = re.escape("/" + base + described["path"])
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", path)
        yield Method(
            described["id"],
            described["httpMethod"],
            re.compile(pattern),
            described.get("parameters", {}),
            described.get("request", {}).get("$ref", ""),
            described.get("response", {}).get("$ref", ""),
            frozenset(described.get("scopes", ())),
        )
    for below in resource.get("resources", {}).values():
        yield from _methods(below, base)
