"""Addresses that answers name: whoever sends an answer chooses them, and they may be none."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit


def is_link(text: str) -> bool:
    """Can it be taken apart as an address? "https://[::1" and hosts in look-alike characters can't."""
    try:
        parts = urlsplit(text)
        return parts.port is None or parts.port >= 0
    except ValueError:
        return False


def resolved(url: str, link: str) -> str:
    """The address that a link in an answer from `url` means (RFC 3986 §5), "" where it means none."""
    if not is_link(link):
        return ""
    target = urljoin(url, link)
    return target if is_link(target) else ""
