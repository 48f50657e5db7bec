"""Times with units: "90m", "14d", and business days, "3bd"."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_WRITTEN = re.compile(r"(\d{1,6})([smhd])", re.ASCII)
_WRITTEN_BUSINESS_DAYS = re.compile(r"(\d{1,3})bd", re.ASCII)


def duration_from_text(text: str) -> timedelta:
    """A span of time from a number and a unit: s, m, h or d.

    Raises:
        ValueError: it is written otherwise; the message says how to write it.
    """
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise ValueError('must be a number with its unit, such as "90m", "24h" or "14d"')
    return int(found[1]) * _UNITS[found[2]]


def business_days_from_text(text: str) -> int:
    """A number of business days from text such as "3bd".

    Raises:
        ValueError: it is written otherwise; the message says how to write it.
    """
    found = _WRITTEN_BUSINESS_DAYS.fullmatch(text.strip())
    if found is None:
        raise ValueError('must be a number of business days, such as "3bd"')
    return int(found[1])


def text_from_duration(span: timedelta) -> str:
    """The way a span is written in a configuration: days from three days on, else the largest unit that fits evenly."""
    seconds = int(span.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds % size == 0 and (unit != "d" or seconds >= 3 * size) and seconds:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
