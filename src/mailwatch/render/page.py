"""Lines that hold for a while: how far away a moment is, is told when they are printed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from mailwatch.render.screen import Line, Span


def distance(moment: datetime, now: datetime) -> str:
    """`in 6 h`, `3 days ago`, `now`."""
    gap = moment - now
    size = _size(abs(gap))
    if not size:
        return "now"
    return f"in {size}" if gap > timedelta(0) else f"{size} ago"


def _size(gap: timedelta) -> str:
    minutes = int(gap.total_seconds() // 60)
    if minutes < 1:
        return ""
    if minutes < 90:
        return f"{minutes} min"
    hours = minutes // 60
    if hours < 48:
        return f"{hours} h"
    return f"{hours // 24} days"


def told(lines: Iterable[Line], now: datetime) -> list[Line]:
    """The lines as they read now: each moment as its distance."""
    return [replace(line, spans=tuple(_told(span, now) for span in line.spans)) for line in lines]


def _told(span: Span, now: datetime) -> Span:
    return span if span.moment is None else Span(distance(span.moment, now), span.style, link=span.link)


def text_from_lines(lines: Iterable[Line]) -> str:
    """Lines as JSON."""
    rows = [[line.hang, line.folds, [[*_words(span), span.style, span.link] for span in line.spans]] for line in lines]
    return json.dumps(rows, ensure_ascii=True, separators=(",", ":"))


def _words(span: Span) -> tuple[str, str]:
    return span.text, span.moment.isoformat() if span.moment else ""


def lines_from_text(text: str) -> list[Line]:
    """The lines back from their JSON."""
    return [Line(tuple(_span(*words) for words in spans), hang, folds) for hang, folds, spans in json.loads(text)]


def _span(words: str, moment: str, style: str, link: str) -> Span:
    return Span(words, style, datetime.fromisoformat(moment) if moment else None, link)
