"""Where logs go: standard error, as text or as JSON lines; quiet unless -v asks for them.

Records are events with keys and values. They never hold a subject, an address, a body or a token at INFO and above.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import TextIO

_LEVELS = (logging.ERROR, logging.INFO, logging.DEBUG)


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields = {"time": at, "level": record.levelname, "logger": record.name, "message": record.getMessage()}
        return json.dumps(fields, ensure_ascii=True)


def log_to(stream: TextIO, verbose: int, form: str) -> None:
    """Send mailwatch's own records to a stream; other libraries' never below WARNING.

    Args:
        verbose: how often -v was given. form: "text" or "json".
    """
    handler = logging.StreamHandler(stream)
    text = logging.Formatter("%(levelname)s %(name)s %(message)s")
    handler.setFormatter(JsonLines() if form == "json" else text)
    log = logging.getLogger("mailwatch")
    log.handlers[:] = [handler]
    log.setLevel(_LEVELS[min(verbose, len(_LEVELS) - 1)])
