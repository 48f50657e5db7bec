"""Google's client, built from the description that it carries: no network, no discovery, nothing loaded before it is needed.

The description is first cut down to the calls that mailwatch makes: what is not in the table of `allowed` is no method of
the client, and building one costs a tenth of the memory and time.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mailwatch.backends.google.allowed import CALENDAR, GMAIL
from mailwatch.errors import ConfigError

if TYPE_CHECKING:
    from mailwatch.backends.google.wire import GoogleWire

_UPLOADS = frozenset({"mediaUpload", "supportsMediaUpload"})
_NEXT = "nextPageToken"
INSTALL = "pip install 'mailwatch[gmail]'"


def gmail_service(wire: GoogleWire, base_url: str) -> Any:
    """The resource of one mailbox: `users()` of Gmail v1.

    Raises:
        ConfigError: Google's client is not installed.
    """
    return _service("gmail", "v1", tuple(f"users.{name}" for name in GMAIL), wire, base_url).users()


def calendar_service(wire: GoogleWire, base_url: str) -> Any:
    """Calendar v3.

    Raises:
        ConfigError: Google's client is not installed.
    """
    return _service("calendar", "v3", tuple(CALENDAR), wire, base_url)


def _service(name: str, version: str, methods: tuple[str, ...], wire: GoogleWire, base_url: str) -> Any:
    try:
        from googleapiclient.discovery import build_from_document
    except ImportError:
        raise ConfigError(
            "Google's client is not installed, so no Google account can be read.", next_step=INSTALL
        ) from None
    logging.getLogger("googleapiclient").setLevel(logging.ERROR)  # it writes whole addresses into its log
    document = json.loads(_description(name, version, methods))
    document["rootUrl"] = base_url.rstrip("/") + "/"
    document["baseUrl"] = document["rootUrl"] + document["servicePath"]
    return build_from_document(document, http=wire)


@lru_cache(maxsize=4)
def _description(name: str, version: str, methods: tuple[str, ...]) -> str:
    """Google's description of an interface with these methods alone, and of its records no more than how pages go on."""
    from googleapiclient.discovery_cache import get_static_doc

    document = json.loads(get_static_doc(name, version))
    document["resources"] = _cut(document["resources"], frozenset(methods), "")
    document["schemas"] = {known: _page_token(schema) for known, schema in document["schemas"].items()}
    return json.dumps(document)


def _cut(resources: Mapping[str, Any], wanted: frozenset[str], above: str) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, resource in resources.items():
        path = f"{above}{name}."
        methods = {
            method: {key: value for key, value in described.items() if key not in _UPLOADS}
            for method, described in resource.get("methods", {}).items()
            if path + method in wanted
        }
        below = _cut(resource.get("resources", {}), wanted, path)
        if methods or below:
            kept[name] = {"methods": methods, "resources": below}
    return kept


def _page_token(schema: Mapping[str, Any]) -> dict[str, Any]:
    known = schema.get("properties", {})
    return {"id": schema["id"], "type": "object", "properties": {name: known[name] for name in known if name == _NEXT}}
