"""Refs: the service's immutable id of a message, and what of its nature the reader has to know before asking for it.

An immutable id survives every move within the mailbox (learn.microsoft.com/graph/outlook-immutable-id). A draft's id may
or may not survive being sent: both have been seen, so nothing is built upon it.
"""

from __future__ import annotations

import re

MEETING, LARGE = "m", "l"
PATTERN = "[A-Za-z0-9_=-]{4,400}"
_ID = re.compile(PATTERN)
_REF = re.compile(rf"({PATTERN})(?:~([ml]{{1,2}}))?")


def is_id(text: object) -> bool:
    """Could this be an id? They are base64 in its URL-safe alphabet, so that they stand in an address as they are."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def ref_of(key: str, *, meeting: bool = False, large: bool = False) -> str:
    """Where a message lies, and whether it carries a meeting or is too large to be had in one piece."""
    marks = (MEETING if meeting else "") + (LARGE if large else "")
    return f"{key}~{marks}" if marks else key


def parts_of_ref(ref: str) -> tuple[str, str]:
    """The id and the marks of a ref; two empty texts for anything else."""
    found = _REF.fullmatch(ref)
    return (found[1], found[2] or "") if found else ("", "")
