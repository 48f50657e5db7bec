"""Google's client, built from the description that it carries: no network, no discovery, nothing loaded before it is needed."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from mailwatch.errors import ConfigError

if TYPE_CHECKING:
    from mailwatch.backends.google.wire import GoogleWire

INSTALL = "pip install 'mailwatch[gmail]'"


def gmail_service(wire: GoogleWire, base_url: str) -> Any:
    """The resource of one mailbox: `users()` of Gmail v1.

    Raises:
        ConfigError: Google's client is not installed.
    """
    return _service("gmail", "v1", wire, base_url).users()


def calendar_service(wire: GoogleWire, base_url: str) -> Any:
    """Calendar v3.

    Raises:
        ConfigError: Google's client is not installed.
    """
    return _service("calendar", "v3", wire, base_url)


def _service(name: str, version: str, wire: GoogleWire, base_url: str) -> Any:
    try:
        from googleapiclient.discovery import build_from_document
        from googleapiclient.discovery_cache import get_static_doc
    except ImportError:
        raise ConfigError(
            "Google's client is not installed, so no Google account can be read.", next_step=INSTALL
        ) from None
    logging.getLogger("googleapiclient").setLevel(logging.ERROR)  # it writes whole addresses into its log
    document = json.loads(get_static_doc(name, version))
    document["rootUrl"] = base_url.rstrip("/") + "/"
    document["baseUrl"] = document["rootUrl"] + document["servicePath"]
    return build_from_document(document, http=wire)
