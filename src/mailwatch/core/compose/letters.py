"""Letters as data: sentence banks and language facts, read from tables and checked.

A language is a few TOML tables. `[words.…]` holds its facts (months, greetings, how names are joined). `[[SLOT]]`, for
instance `[[opening.bare]]`, holds a group of sentences for one slot of a letter: `say` lists them, every other key is a
tag that says when they fit (`to = ["peer"]`, `tone = ["formal"]`, `medium = ["phone"]` …). `[letter.KIND]` holds a
whole fixed letter, for languages that have one short formal letter per kind instead of banks.

Where a language addresses people in two ways (Sie and du), an entry of `say` may be a pair: the polite sentence and the
familiar one, which share one id. `[familiar.…]` holds the facts that differ in a familiar letter.

A sentence needs every value that it prints. Its id is made from its words, so adding or moving sentences never makes
the ledger confuse one with another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mailwatch.core.compose.template import values_named

SLOTS = frozenset(
    {
        "opening.short", "opening.bare", "opening.again", "opening.late", "opening.recruiter", "opening.setup", "opening.chat",
        "topic", "thought", "better.lead", "better.frame", "fit.frame", "fit.link",
        "interest.strong", "interest.peer", "interest.recruiter", "interest.next", "interest.chat", "offer", "thanks",
        "relay.ask", "relay.line", "subject.bare", "subject.chat",
        "chase.you", "chase.date", "chase.spoke", "chase.met", "chase.interest", "chase.question",
        "second.opening", "second.interest", "second.exit", "subject.chase",
        "withdraw.decision", "withdraw.freed", "by_name", "wish", "subject.withdraw",
        "decline.decision", "subject.decline",
        "anyway.opening", "anyway.regret", "anyway.future", "subject.anyway",
        "deadline.news", "deadline.interest", "deadline.question", "subject.deadline",
    }
)  # fmt: skip
"""Every slot of a letter."""

TAGS: Mapping[str, frozenset[str]] = {
    "to": frozenset({"recruiter", "hiring_manager", "peer", "executive", "unknown"}),
    "tone": frozenset({"warm", "plain", "formal"}),
    "medium": frozenset({"phone", "video", "onsite", "any"}),
    "form": frozenset({"noun", "nominative", "accusative", "how", "that", "sentence"}),
    "count": frozenset({"none", "one", "two", "many"}),
    "stage": frozenset({"open", "next"}),
    "held": frozenset({"yes", "no"}),
    "personal": frozenset({"yes", "no"}),
    "dated": frozenset({"yes", "no"}),
}
"""Every tag of a group of sentences, with the values it may list."""

VALUES = frozenset(
    {
        "on_day", "of_day", "weekday", "the_role", "of_role", "to_role", "on_role", "role", "company", "at_company", "names", "name",
        "topic", "thought", "answer", "fit", "date", "days", "the_talks", "me",
    }
)  # fmt: skip
"""Every value that a sentence may print."""

MAY_BE_EMPTY = frozenset({"at_company"})
"""Values that read well as nothing: they bring their own space."""

KINDS_OF_FIXED_LETTERS = (
    "thank_you", "chat", "relay", "follow_up_1", "follow_up_2", "withdrawal", "decline", "thanks_anyway", "deadline",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One hand-written variant of a slot: its template, when it fits, and the values it needs.

    familiar: the same said to somebody who is addressed familiarly, "" where it is the same words.
    """

    id: str
    slot: str
    source: str
    tags: Mapping[str, frozenset[str]]
    needs: frozenset[str]
    familiar: str = ""

    def fits(self, traits: Mapping[str, str], values: Mapping[str, str]) -> bool:
        """Every tag lists the letter's trait, and every value it prints is known."""
        return all(traits.get(tag, "") in allowed for tag, allowed in self.tags.items()) and all(
            values.get(name) for name in self.needs
        )


@dataclass(frozen=True, slots=True)
class FixedLetter:
    """One whole short letter: its subject and its paragraphs, each in one or several ways, best first."""

    id: str
    subject: tuple[str, ...]
    paragraphs: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class LetterLanguage:
    """One language's facts, banks by slot, and fixed letters by kind.

    familiar_words: the facts that differ in a familiar letter. familiar: the language as it is written in one, None
    where there is no difference.
    """

    code: str
    words: Mapping[str, Any]
    banks: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    fixed: Mapping[str, FixedLetter] = field(default_factory=dict)
    familiar_words: Mapping[str, Any] = field(default_factory=dict)
    familiar: LetterLanguage | None = None

    def spelled(self, source: str, *, swiss: bool) -> str:
        """A template in the language's typography: French spaces before punctuation, Swiss ss. Values stay as they are."""
        changes = {**self.words.get("spelling", {}), **(self.words.get("swiss", {}) if swiss else {})}
        for before, after in changes.items():
            source = source.replace(before, after)
        return source


@dataclass(frozen=True, slots=True)
class Letters:
    """All languages, and what was wrong with the user's own files: one sentence each, and the built-in text is used."""

    languages: Mapping[str, LetterLanguage]
    problems: tuple[str, ...] = ()

    def language(self, code: str) -> LetterLanguage | None:
        """The language of a code or tag: "pt" for "pt-BR", the familiar German for "de-du"; None where there is none."""
        tag = code.casefold().replace("_", "-")
        found = self.languages.get(tag) or self.languages.get(tag.partition("-")[0])
        return found.familiar if found and found.familiar and names_a_form(code, found) == "familiar" else found


def names_a_form(code: str, language: LetterLanguage) -> str:
    """The way of addressing that a tag asks for: "familiar" for "de-du", "polite" for "de-sie", "" for "de" or "de-AT"."""
    asked = code.casefold().replace("_", "-").partition("-")[2]
    forms: Mapping[str, str] = language.words.get("forms", {})
    return next((name for name, form in forms.items() if asked and form == asked), "")


Table = Mapping[str, Any]


def letters_from_tables(tables: Mapping[str, Sequence[Table]]) -> Letters:
    """The built-in letters from parsed files: the tables of each language, by its code.

    Raises:
        ValueError: a table is broken; the message names the place.
    """
    return Letters({code: language_from_tables(code, parts) for code, parts in tables.items()})


def language_from_tables(code: str, tables: Iterable[Table]) -> LetterLanguage:
    """One language from its tables; a slot that stands in several of them gets the sentences of all."""
    words: dict[str, Any] = {}
    familiar: dict[str, Any] = {}
    banks: dict[str, tuple[Entry, ...]] = {}
    fixed: dict[str, FixedLetter] = {}
    for table in tables:
        words.update(table.get("words", {}))
        familiar.update(table.get("familiar", {}))
        for slot, groups in slots_in(table):
            banks[slot] = banks.get(slot, ()) + tuple(_entries(code, slot, groups))
        for kind, letter in table.get("letter", {}).items():
            paragraphs = tuple(ways_of(paragraph) for paragraph in letter["paragraphs"])
            fixed[kind] = FixedLetter(f"{code}.letter.{kind}", ways_of(letter["subject"]), paragraphs)
    ids = [entry.id for entries in banks.values() for entry in entries]
    if len(ids) != len(set(ids)):
        raise ValueError(f"letters in {code}: a sentence stands twice: {next(i for i in ids if ids.count(i) > 1)}")
    return with_familiar(LetterLanguage(code, words, banks, fixed, familiar))


def with_familiar(language: LetterLanguage) -> LetterLanguage:
    """The language together with how it is written to somebody who is addressed familiarly."""
    if not language.familiar_words:
        return replace(language, familiar=None)
    banks = {slot: tuple(map(_familiarly, bank)) for slot, bank in language.banks.items()}
    words = merged_facts(language.words, language.familiar_words)
    return replace(language, familiar=replace(language, words=words, banks=banks, familiar_words={}, familiar=None))


def merged_facts(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """A language's facts with others over them, table by table."""
    return {**base, **{name: {**base.get(name, {}), **facts} for name, facts in more.items()}}


def _familiarly(entry: Entry) -> Entry:
    return replace(entry, source=entry.familiar, needs=_needs_of(entry.familiar)) if entry.familiar else entry


def slots_in(table: Table) -> Iterator[tuple[str, Any]]:
    """(slot, its groups as written) for every slot of a table, the names joined by a dot."""
    for name, value in table.items():
        if name in {"words", "familiar", "letter"}:
            continue
        if isinstance(value, Mapping):
            for below, groups in value.items():
                yield f"{name}.{below}", groups
        else:
            yield name, value


def _entries(code: str, slot: str, groups: Sequence[Table]) -> Iterator[Entry]:
    for group in groups:
        tags = {tag: frozenset(allowed) for tag, allowed in group.items() if tag != "say"}
        for written in group["say"]:
            source, familiar = (written, "") if isinstance(written, str) else written
            digest = hashlib.sha256(source.encode()).hexdigest()[:6]
            yield Entry(f"{code}.{slot}.{digest}", slot, source, tags, _needs_of(source), familiar)


def _needs_of(source: str) -> frozenset[str]:
    return values_named(source) - MAY_BE_EMPTY


def ways_of(written: str | Sequence[str]) -> tuple[str, ...]:
    """The ways in which a subject or a paragraph is written: one or several."""
    return (written,) if isinstance(written, str) else tuple(written)
