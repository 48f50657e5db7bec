"""Ids of what has none of its own: made from the first evidence, so that they stay the same while more comes in."""

from __future__ import annotations

import hashlib


def identity(kind: str, source: str) -> str:
    """A stable id from the first evidence: 16 hex digits, of which commands need the shortest unambiguous prefix."""
    return hashlib.sha256(f"{kind}\x1f{source}".encode("utf-8", "replace")).hexdigest()[:16]


def mail_id(message: str) -> str:
    """The id by which commands name a message, or a calendar entry by its UID."""
    return identity("mail", message)


def told_id(mark: str) -> str:
    """The evidence id of what a mark of the user tells of by itself: it stands where a message id or UID would."""
    return f"told-{mark}"
