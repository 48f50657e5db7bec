"""Job titles in mails: "for the Claims Analyst position", "Interview | Staff Engineer | Acme", "Stelle als Einkäuferin"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mailwatch.core.model import Named
from mailwatch.core.reading.times.words import LETTER, NEVER, any_of, compiled
from mailwatch.core.reading.view import View

TITLE_LIMIT = 60
LEAST = 0.5
"""What is less sure is no candidate at all."""
_WORD = r"[^\W_][\w&+#'’./-]{0,30}"
_SEGMENT = re.compile(r"\s*(?:\s[-–—/]+\s|[|–—:;•·,()@\[\]\n]|\s(?:w/|x|<>|via|//)\s)\s*")
_NUMBERING = re.compile(
    r"\(?(?:req(?:uisition)?\.?|job|jr|ref(?:erence)?\.?|id|no\.?|nr\.?|#)[\s:#_-]{0,3}(?:id[\s:#-]{0,3})?[a-z]{0,4}[-_]?\d[\w-]{1,14}\)?"
    r"|\b[a-z]{1,4}[-_]?\d{3,10}\b|#\s?\d{2,10}|\b\d{4,}\b",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[(\[{<][^()\[\]{}<>]{0,60}[)\]}>]?")
_GENDERS = re.compile(
    r"[\s,/|(-]{0,3}\b(?:[mwfdx]\s?[/|*]\s?[mwfdx](?:\s?[/|*]\s?[mwfdx])?|all genders?|h\s?/\s?f|f\s?/\s?h)\b\)?",
    re.IGNORECASE,
)
_LEVEL = re.compile(
    r"[\s,-]+(?:(?:L|IC|E|P|T|M|G|SDE|SWE)[- ]?\d{1,2}|level \d{1,2}|grade \d{1,2}|remote|hybrid)$", re.IGNORECASE
)
_CLOCK = re.compile(r"\b\d{1,4}\s?(?:am|pm|uhr|h|hrs)\b|^\W*\d", re.IGNORECASE)
_SMALL_LEAD = re.compile(r"^(?:[a-zà-ÿ]{1,3}\s)+(?=[A-ZÀ-Þ])")
_UNFIT = re.compile(r"https?:|www\.|[@€$£¥%<>{}]|\d{4}")
_ADDRESS = re.compile(r"\(?[\w.+'-]{1,64}@[\w.-]{1,253}\)?")
_EDGE = " \t\"'“”„»«‘’.,;:–—-|/*_!?"


def roles_of(view: View) -> tuple[Named, ...]:
    """Candidates for the job's title, best first, each fit to stand in a letter (one line, at most 60 characters)."""
    found: dict[str, Named] = {}
    for text, source, confidence in _candidates(view):
        title = role_from_text(text)
        if title and confidence >= LEAST and not _is_name_of(title, view):
            key = title.casefold()
            if key not in found or found[key].confidence < confidence:
                found[key] = Named(title, source, confidence)
    return tuple(sorted(found.values(), key=lambda named: -named.confidence)[:6])


def role_from_text(text: str) -> str:
    """A job title cleaned of numbers, levels and brackets, or "" where it can't stand in a letter."""
    bare = _GENDERS.sub(" ", " ".join(text.split()))
    bare = _NUMBERING.sub(" ", _BRACKETS.sub(" ", bare))
    bare = _LEVEL.sub("", " ".join(bare.split()).strip(_EDGE)).strip(_EDGE)
    if not 2 <= len(bare) <= TITLE_LIMIT or _UNFIT.search(bare) or _CLOCK.search(bare):
        return ""
    return bare if any(char.isalpha() for char in bare) else ""


def without_addresses(text: str) -> str:
    """A title without mail addresses: whose name is "ann.pm" is no product manager."""
    return _ADDRESS.sub(" ", text) if "@" in text else text


def holds_role_word(text: str, tables: Mapping[str, Any]) -> bool:
    """Does a text hold a word that makes a job title ("analyst", "-ingenieurin")? "2 pm" makes none."""
    heads, tails = tables.get("heads", ()), tuple(tables.get("tails", ()))
    return compiled(rf"(?<!{LETTER})(?<!\d)(?<!\d ){any_of(heads)}(?!{LETTER})").search(text) is not None or (
        bool(tails)
        and any(word.casefold().endswith(tails) for word in re.findall(r"[^\W\d_]{5,}|[\u4e00-\u9fff]{2,}", text))
    )


def _candidates(view: View) -> Iterator[tuple[str, str, float]]:
    tables = _tables(view)
    titles = [without_addresses(title) for title in (view.title, *(event.summary for event in view.events))]
    for title in dict.fromkeys(titles):
        for segment in _segments(title, view, tables):
            if any(holds_role_word(segment, table) for table in tables):
                yield segment, "subject", 0.7
    for table in tables:
        for title in dict.fromkeys(titles):
            yield from ((text, "subject", weight) for text, weight in _framed(title, table))
        yield from ((text, "body", weight) for text, weight in _framed(view.body.text, table))
        for event in view.events:
            yield from ((text, "event", weight) for text, weight in _framed(event.description, table))


def _tables(view: View) -> list[Mapping[str, Any]]:
    languages = view.context.lexicon.languages
    tables = [languages[code].tables.get("roles", {}) for code in view.languages if code in languages]
    asked = view.outgoing or view.whole.has("seeks")
    return [with_trades(table) for table in tables] if asked else tables


def with_trades(table: Mapping[str, Any]) -> Mapping[str, Any]:
    """The words for jobs, with those that mean one only where somebody asks for work ("hand", "sister", "dev")."""
    return {**table, "heads": [*table.get("heads", ()), *table.get("trades", ())]}


def _framed(text: str, table: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Titles between the words that announce one: "the … position", "application for …"."""
    stop, articles = any_of(table.get("stop", ())), any_of(table.get("articles", ()))
    behind = rf"(?<!{LETTER}){articles}\s+(?P<t>{_WORD}(?:[ \t\n]{_WORD}){{0,6}}?)\s(?:{any_of(table.get('after', ()))})(?!{LETTER})"
    ahead = rf"(?<!{LETTER}){any_of(table.get('before', ()))}[ \t\n]+(?:{articles}\s+){{0,2}}(?P<t>{_WORD}(?:[ \t\n,]{{1,2}}(?!{stop}(?!{LETTER})){_WORD}){{0,7}})"
    for expression, weight in ((ahead, 0.6), (behind, 0.65)):
        for match in compiled(expression).finditer(text):
            labelled = text[match.start() : match.start("t")].rstrip().endswith(":")
            framed = match["t"].split("\n")[0] if labelled else match["t"]
            title = _to_the_head(_cut(framed, stop, articles if expression is behind else NEVER), table)
            if title:
                yield title, weight + (0.25 if holds_role_word(title, table) else -0.3 if not title[0].isupper() else 0)


def _cut(title: str, stop: str, articles: str) -> str:
    """What follows the last article of a framed title, up to a full stop or stop word, from its first capital on ("of Executive …")."""
    head = re.split(r"[.!?;:](?:\s|$)|\n\n", title)[0]
    head = compiled(rf"(?:^|\s){articles}(?=\s)").split(f" {head}")[-1].strip()
    pieces = compiled(rf"(?:^|\s)(?:{stop})(?=\s|$)").split(head)
    if articles != NEVER and len(pieces) > 1 and pieces[0].strip():
        return ""  # "the nurse will … interview": what frames it stands not right behind
    text = pieces[-1] if len(pieces) > 1 and not pieces[0].strip() else pieces[0]
    return _SMALL_LEAD.sub("", text.strip(_EDGE))


def _to_the_head(title: str, table: Mapping[str, Any]) -> str:
    """A title with capitals ends with its job's word or another capital: "Data Analyst further" is "Data Analyst"."""
    words = title.split()
    if not any(word[0].isupper() for word in words) or not holds_role_word(title, table):
        return title
    while len(words) > 1 and words[-1].islower() and not holds_role_word(words[-1], table):
        words.pop()
    return " ".join(words)


def _segments(title: str, view: View, tables: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The parts of a title between dashes, bars and brackets, without words like "interview" and the user's name."""
    noise = [
        hit.words
        for category in ("interview", "confirm", "remind")
        for hit in view.whole.all(category)
        if hit.start < view.head
    ]
    name_words = {word.casefold() for word in view.context.me.name.split()}
    for segment in _SEGMENT.split(title):
        text = segment
        for words in sorted(set(noise), key=len, reverse=True):
            text = text.replace(words, " ")
        kept = [word for word in text.split() if word.casefold().strip(_EDGE) not in name_words]
        text = _without_frame(" ".join(kept), tables)
        if 1 <= len(text.split()) <= 8:
            yield text


def _without_frame(text: str, tables: Sequence[Mapping[str, Any]]) -> str:
    """The part of a segment before "at", "with" and the like, without an article or "for" in front."""
    for table in tables:
        cut = compiled(rf"\s(?:{any_of(table.get('cut', ()))})\s").split(f" {text} ")
        text = next((part for part in cut if holds_role_word(part, table)), cut[0]).strip()
        text = compiled(rf"^(?:(?:{any_of(table.get('articles', ()))}|{any_of(table.get('before', ()))})\s+)+").sub(
            "", text
        )
        text = compiled(rf"\s+(?:{any_of(table.get('after', ()))})$").sub("", text)
    return text.strip(_EDGE)


def _is_name_of(title: str, view: View) -> bool:
    """Is it the user's own name?"""
    words = {word.casefold() for word in title.split()}
    return words <= {word.casefold() for word in view.context.me.name.split()}
