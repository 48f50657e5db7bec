"""Names of people as mails write them, in Latin, Japanese and Chinese letters, told from firms, places and phrases."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from mailwatch.core.lexicon import Lexicon

NAME_LIMIT = 60
_UPPER = "A-ZÀ-ÖØ-ÞĀ-Ž"
_PIECE = rf"[{_UPPER}]\.|(?:[{_UPPER}]['’])?[{_UPPER}][^\W\d_]*(?:[-'’][^\W\d_]+){{0,3}}"
_PARTICLE = r"(?:van|von|vom|de|da|di|del|della|der|den|la|le|du|dos|das|do|al|el|bin|ibn|ter|ten|zu|zur|af|av|y|e|st)"
LATIN_NAME = rf"(?:{_PIECE})(?:[ \t](?:{_PARTICLE}[ \t]){{0,3}}(?:{_PIECE})){{0,4}}"
"""Its words stand one space apart: two spaces are a gap between columns."""
HAN_NAME = r"[\u4e00-\u9fff々]{1,4}[ 　]?[\u4e00-\u9fff々\u3040-\u30ff]{1,6}"
_RELAY = re.compile(r"\s+(?:via|through|from|at|@|on behalf of|durch|über|par|por)\s+.*$", re.IGNORECASE)
_NOTES = re.compile(
    r"[(\[{<].*|\s[-–—|/•].*$|,\s*(?:ph\.?d|mba|md|jr|sr|cpa|esq|pmp|m\.?sc|b\.?sc|he|she|they).*$", re.IGNORECASE
)
_CONTRACTED = re.compile(r"\b\w{1,4}['’](?:ll|re|ve|d|m|s|t)\b", re.IGNORECASE)
_EDGE = " \t\"'“”„»«‘’.,;:–—-|/*_!?·•"
_HAN_TITLES = re.compile(r"(?:様|さん|氏|先生|女士|小姐|經理|经理|老师|老師)$")


@dataclass(frozen=True, slots=True)
class NameWords:
    """Words that tell names apart. honorifics stand before a name, firms inside a company's, never in no name at all."""

    honorifics: frozenset[str]
    firms: frozenset[str]
    never: frozenset[str]


def name_words(lexicon: Lexicon, languages: Sequence[str]) -> NameWords:
    """The `[names]` tables of some languages, months, weekdays and job words among the words that are no names."""
    return _name_words(lexicon, tuple(languages))


@lru_cache(maxsize=64)
def _name_words(lexicon: Lexicon, languages: tuple[str, ...]) -> NameWords:
    honorifics: set[str] = set()
    firms: set[str] = set()
    never: set[str] = set()
    for code in languages:
        tables: Mapping[str, Any] = lexicon.languages[code].tables
        names: Mapping[str, Iterable[str]] = tables.get("names", {})
        honorifics |= set(names.get("honorifics", ()))
        firms |= set(names.get("firms", ()))
        never |= set(names.get("never", ()))
        times: Mapping[str, Iterable[str]] = tables.get("times", {})
        never |= set(times.get("weekdays", ())) | set(times.get("months", ()))
        never |= set(tables.get("roles", {}).get("heads", ()))
    return NameWords(
        frozenset(honorifics),
        frozenset(firms),
        frozenset(never - {"may", "april", "june", "jan", "cook", "driver", "carter"}),
    )


def person_name(text: str, words: NameWords, *, shown: bool = False) -> str:
    """A person's name, cleaned: no honorific, no relay ("via LinkedIn"), "Last, First" turned; "" where it is none.

    shown: it is the display name of an address, which may hold words that are no names in running text ("An De Smet").
    """
    bare = " ".join(unicodedata.normalize("NFC", text).split()).strip(_EDGE + "「」『』")
    bare = _RELAY.sub("", bare)
    bare = _turned(_NOTES.sub("", bare).strip(_EDGE))
    pieces = bare.split()
    while pieces and pieces[0].casefold().rstrip(".") in words.honorifics:
        pieces = pieces[1:]
    bare = " ".join(pieces)
    return bare if is_name(bare, NameWords(words.honorifics, words.firms, frozenset()) if shown else words) else ""


def signs_for_box(name: str, address: str, lexicon: Lexicon) -> bool:
    """Does somebody write in their own name from a box that several may read ("Rita Ek <office@…>")?

    A firm's or a desk's name is told by its words, or by the domain that spells it.
    """
    words, desks = _all_words(lexicon)
    bare = person_name(name, words)
    pieces = [folded_name(piece) for piece in bare.split()]
    if not 2 <= len(pieces) <= 4 or any(piece in desks for piece in pieces):
        return False
    domain = "".join(char for char in folded_name(address.rpartition("@")[2]) if char.isalnum())
    return not any(len(piece) > 3 and piece in domain for piece in pieces)


@lru_cache(maxsize=2)
def _all_words(lexicon: Lexicon) -> tuple[NameWords, frozenset[str]]:
    """The words of all languages that are no names, and those of hiring desks."""
    spaced = [code for code, language in lexicon.languages.items() if language.spaced]
    tables = [lexicon.languages[code].tables.get("company", {}) for code in spaced]
    return name_words(lexicon, spaced), frozenset(word for table in tables for word in table.get("desk", ()))


def is_name(text: str, words: NameWords) -> bool:
    """Can this be a person's name?"""
    if not 2 <= len(text) <= NAME_LIMIT or any(char.isdigit() or char in "@/:<>{}[]()&|" for char in text):
        return False
    if _has_han(text):
        return _compiled(HAN_NAME).fullmatch(_HAN_TITLES.sub("", text)) is not None or 2 <= len(text) <= 4
    pieces = [piece.casefold().replace("’", "'").strip(".") for piece in text.split()]
    if (
        _CONTRACTED.search(text)
        or len(pieces) > 5
        or any(piece in words.firms or (piece in words.never and not _is_particle(text, piece)) for piece in pieces)
    ):
        return False
    if text.isupper() and len(text) <= 3:
        return False
    return _compiled(LATIN_NAME).fullmatch(text) is not None or (not text.isascii() and _is_capitalised(text))


def _is_particle(name: str, piece: str) -> bool:
    """Does the name hold this word in small letters, behind its first ("Daan de Vries")?"""
    return piece in name.split()[1:-1]


def folded_name(text: str) -> str:
    """A name for comparing: case, diacritics and dots aside."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(char for char in decomposed if not unicodedata.combining(char)).replace(".", " ").split())


def same_person(short: str, full: str) -> bool:
    """Does `short` ("Rita", "Rita E.", "Ek") fit `full` ("Rita Ek")? Every word of it must begin or be one of the other's."""
    few, many = folded_name(short).split(), folded_name(full).split()
    if not few or not many:
        return False
    if _has_han(short) and _has_han(full):
        return "".join(many).startswith("".join(few)) or "".join(few).startswith("".join(many))
    whole = [word for word in few if len(word) > 1]
    initials = [word for word in few if len(word) == 1]
    return (
        bool(whole)
        and all(word in many for word in whole)
        and all(any(m.startswith(i) for m in many) for i in initials)
    )


def _turned(text: str) -> str:
    """As in "Arsenault, Chris" is Chris Arsenault."""
    last, comma, first = text.partition(",")
    if not comma or "," in first or not first.strip() or len(first.split()) > 2 or len(last.split()) > 3:
        return last.strip() if comma else text
    return f"{first.strip()} {last.strip()}"


def _has_han(text: str) -> bool:
    return any("\u3040" <= char <= "\u30ff" or "\u4e00" <= char <= "\u9fff" for char in text)


def _is_capitalised(text: str) -> bool:
    """Letters only, each word with a capital where its script has any ("Ольга Петрова")."""
    return all(piece.replace("-", "").isalpha() and not piece[0].islower() for piece in text.split())


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression)
