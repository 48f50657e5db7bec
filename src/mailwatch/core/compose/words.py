"""The user's own words: what form they have, and whether they can stand in a letter to this person.

A full sentence stands alone, verbatim. A phrase goes into a frame and is not re-inflected. Words about the reader in
the third person, words in another language than the letter's, and anything that looks like a note to oneself are not
used: the letter leaves that slot out, and the user is told why.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mailwatch.core.compose.letters import LetterLanguage, Letters
from mailwatch.core.compose.names import person_name
from mailwatch.core.compose.template import first_lower, first_upper
from mailwatch.core.text import one_line

LIMIT = 600
LEAST = 2

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_TOKEN = re.compile(r"(,?)\s*([^\W_]+)")
_OWNER = re.compile(r"(.{1,60}?)['’]s?$")
_END = re.compile(r"[.!?…][\"”»“’)]?$")
_INNER_END = re.compile(r"[^\W\d_]{3}[.!?…][\"”»’)]?\s+[\"“„«¿¡(]?[A-Z\u00c0-\u00de]")
_ENDS = tuple(".!?…:")
_NOTE_TO_SELF = re.compile(r"[\[\]{}<>]|_{2,}|\b(?:TODO|TBD|XXX|FIXME|lorem ipsum)\b")
_OTHER_SCRIPT = re.compile(
    "[\u0370-\u05ff\u0600-\u06ff\u0900-\u0dff\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")


@dataclass(frozen=True, slots=True)
class OwnWords:
    """Words ready for a letter. form: "sentence", or a kind of phrase that frames are tagged with ("noun", "how" …)."""

    text: str
    form: str


@dataclass(frozen=True, slots=True)
class Unusable:
    """Why words can't stand in a letter: one clause that completes "… is not in the letter: it …"."""

    why: str


def own_words(text: str, *, about: str, letters: Letters, language: LetterLanguage) -> OwnWords | Unusable | None:
    """What the user wrote, ready for a letter; None where nothing was written.

    Args:
        text: as typed.
        about: the name of the person the letter goes to, whom the words must address as "you"; "" for words that
            are about the user.
        letters: for the word lists of the other languages.
        language: the letter's language, in the way that this person is addressed.
    """
    line = one_line(text, LIMIT + 1)
    if not _WORD.search(line):
        return None
    if len(line) > LIMIT:
        return Unusable(f"is longer than {LIMIT} characters")
    if _NOTE_TO_SELF.search(line):
        return Unusable("looks like a note to yourself (brackets, blanks, TODO)")
    if _in_another_language(line, letters, language.code):
        return Unusable("is not in the letter's language")
    if len(words_of(line)) < LEAST:
        return Unusable("is too short to say something")
    if about:
        line = _addressed(line, about, language)
        if wrong := _wrongly_addressed(line, language):
            return Unusable(f"says “{wrong}” to somebody whom this letter calls “{language.words['address']['form']}”")
        if _speaks_about(line, about, language):
            return Unusable("speaks about the person; write it to them, as “your …”")
    return _formed(line, language)


def words_of(text: str) -> list[str]:
    """The words of a text, in lower case."""
    return [word.casefold() for word in _WORD.findall(text)]


def _in_another_language(line: str, letters: Letters, code: str) -> bool:
    if len(_OTHER_SCRIPT.findall(line)) > len(_LATIN.findall(line)):
        return True
    words = {word.casefold() for _, word in _TOKEN.findall(line)}
    hits = {
        other: len(words & set(language.words["own"]["function_words"]))
        for other, language in letters.languages.items()
        if "own" in language.words
    }
    best = max((count for other, count in hits.items() if other != code), default=0)
    return best >= 2 and best > hits[code]


def _addressed(line: str, about: str, language: LetterLanguage) -> str:
    """A leading "her", "their" or "Rita's" turned to "your"; nothing else is changed."""
    yours: Mapping[str, str] = language.words["own"]["yours"]
    first, _, rest = line.partition(" ")
    if rest and first.casefold() in yours:
        return f"{yours[first.casefold()]} {rest}"
    if rest and "name" in yours:
        owner = _OWNER.match(first) or _OWNER.match(" ".join(line.split()[:2]))
        if owner and set(words_of(owner[1])) <= set(words_of(person_name(about))):
            return f"{yours['name']} {line[owner.end() :].strip()}"
    return line


def _is_polite(word: str, language: LetterLanguage) -> bool:
    return word in language.words["own"]["keep_upper"]


def _wrongly_addressed(line: str, language: LetterLanguage) -> str:
    """The word that addresses the reader in the other way than the letter, "" where none does.

    A capital that the language uses for courtesy means nothing at the beginning of a sentence.
    """
    address = language.words.get("address", {})
    wrong = frozenset(address.get("wrong", ()))
    for found in _WORD.finditer(line):
        word = found.group()
        starts = not found.start() or line[: found.start()].rstrip()[-1:] in _ENDS
        if (word in wrong and not (starts and word[:1].isupper())) or word.casefold() in wrong:
            return word
    return ""


def _speaks_about(line: str, about: str, language: LetterLanguage) -> bool:
    name_parts = [part for part in _WORD.findall(person_name(about)) if len(part) > 2]
    written = set(_WORD.findall(line))
    if any(
        part in written or f"{part}s" in written or f"{part}'s" in written or f"{part}’s" in written
        for part in name_parts
    ):
        return True
    lowered = f" {' '.join(word if _is_polite(word, language) else word.casefold() for word in _WORD.findall(line))} "
    return any(f" {phrase} " in lowered for phrase in language.words["own"]["third_person"])


def _formed(line: str, language: LetterLanguage) -> OwnWords | Unusable:
    if _lacks_a_subject(line, language):
        return Unusable("has no subject; write a whole sentence, or a phrase that starts with “your …”")
    if _is_sentence(line, language):
        text = first_upper(line)
        return OwnWords(text if _END.search(text) else f"{text}.", "sentence")
    phrase = line.rstrip(" .…,;:!?")
    first = re.split("['’]", _first_word(phrase))[0]
    own = language.words["own"]
    if first.casefold() in own["unusable_starts"]:
        return Unusable("is neither a sentence nor a phrase that starts with “your …”")
    if first not in own["keep_upper"] and first.casefold() in own["function_words"]:
        phrase = first_lower(phrase)
    for form, starts in own["forms"].items():
        if first in starts or first.casefold() in starts:
            return OwnWords(phrase, form)
    return OwnWords(phrase, "noun")


def _lacks_a_subject(line: str, language: LetterLanguage) -> bool:
    """It begins with a verb ("was nervous") and is no question, in a language that does not leave its subjects out."""
    own = language.words["own"]
    return _first_word(line).casefold() in own["finite"] and not own["drops_subjects"] and not line.endswith("?")


def _first_word(line: str) -> str:
    found = _WORD.search(line)
    return found.group() if found else ""


def _is_sentence(line: str, language: LetterLanguage) -> bool:
    own: Mapping[str, Any] = language.words["own"]
    if _INNER_END.search(line):
        return True
    first = _first_word(line)
    if re.split("['’]", first.casefold())[0] in own["subjects"]:
        return True
    verbs, clauses = _verbs_and_clauses(line, own)
    if first.casefold() in own["phrase_starts"] or first in own["keep_upper"]:
        return verbs > clauses
    return verbs > clauses or (first[:1].isupper() and bool(_END.search(line)) and len(words_of(line)) > 3)


def _verbs_and_clauses(line: str, own: Mapping[str, Any]) -> tuple[int, int]:
    """How many finite verbs of the language's list stand in the line, and how many subordinate clauses open in it.

    One verb more than clauses means that the line has a main clause.
    """
    verbs = clauses = 0
    opened = False  # the word before opened a clause: a pronoun after it opens no second one
    verbal = False  # the word before was a verb: "would have", "avez fait" are one
    for position, (comma, word) in enumerate(_TOKEN.findall(line)):
        lowered = word.casefold()
        if lowered in own["finite"]:
            verbs += not verbal or bool(comma) or lowered in own["restarts"]
            verbal, opened = True, False
            continue
        verbal = False
        if lowered in own["clause_openers"] or (comma and lowered in own["relatives"]):
            clauses += not opened
            opened = True
        elif lowered in own["subjects"] and position:
            clauses += not opened
            opened = False
        else:
            opened = False
    return verbs, clauses
