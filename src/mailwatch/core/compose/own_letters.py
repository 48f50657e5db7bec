"""The user's own letters: checked like foreign data, and put over the built-in ones only where they are whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mailwatch.core.compose.letters import (
    KINDS_OF_FIXED_LETTERS,
    SLOTS,
    TAGS,
    VALUES,
    LetterLanguage,
    Letters,
    Table,
    language_from_tables,
    merged_facts,
    slots_in,
    ways_of,
    with_familiar,
)
from mailwatch.core.compose.template import template_problem


def with_own_tables(letters: Letters, own: Mapping[tuple[str, str], Table | str]) -> Letters:
    """The letters with the user's own files over them: a slot or letter of theirs replaces the built-in one.

    Args:
        letters: the built-in ones.
        own: by (language code, file name): the parsed table, or why the file can't be read. A file with any mistake
            is left aside whole, and `problems` says so.
    """
    languages = dict(letters.languages)
    problems = list(letters.problems)
    for (code, name), table in own.items():
        base = languages.get(code)
        problem = _problem(table, base)
        if problem or base is None or isinstance(table, str):
            problems.append(f"{code}/{name}: {problem}; the built-in letters are used instead.")
        else:
            languages[code] = _merged(base, table)
    return Letters(languages, tuple(problems))


def _problem(table: Table | str, base: LetterLanguage | None) -> str:
    """What is wrong with one file, "" where nothing is."""
    if isinstance(table, str):
        return table
    if base is None:
        return "there is no such language"
    facts = {"words": base.words, "familiar": base.familiar_words}
    wrong = table_problems(table) or [
        one for name, known in facts.items() for one in _fact_problems(name, table, known)
    ]
    return next(iter(wrong), "")


def _merged(base: LetterLanguage, table: Table) -> LetterLanguage:
    own = language_from_tables(base.code, [table])
    return with_familiar(
        LetterLanguage(
            base.code,
            merged_facts(base.words, own.words),
            {**base.banks, **own.banks},
            {**base.fixed, **own.fixed},
            merged_facts(base.familiar_words, own.familiar_words),
        )
    )


def table_problems(table: Table) -> list[str]:
    """What is wrong with one letters file: unknown slots, tags or values, templates outside the sandbox's language."""
    found: list[str] = []
    for section in ("words", "familiar"):
        for name, facts in _mapping(table.get(section, {})).items():
            if not isinstance(facts, Mapping):
                found.append(f"[{section}.{name}] must be a table")
    for kind, letter in _mapping(table.get("letter", {})).items():
        found += _fixed_problems(kind, letter)
    for slot, groups in slots_in(table):
        if slot not in SLOTS:
            found.append(f"there is no slot “{slot}”")
        elif not isinstance(groups, list) or not all(isinstance(group, Mapping) for group in groups):
            found.append(f"[[{slot}]] must be written with two brackets")
        else:
            found += [problem for group in groups for problem in _group_problems(slot, group)]
            said = [_polite(written) for group in groups for written in group.get("say", ())]
            found += [f"{slot}: “{source[:40]}” stands there twice" for source in said if said.count(source) > 1]
    return found


def _polite(written: object) -> str:
    """A sentence of a bank; of a pair the first one."""
    return str(written[0] if isinstance(written, list) and written else written)


def _fact_problems(section: str, table: Table, builtin: Mapping[str, Any]) -> list[str]:
    """Facts that the built-in language does not have, or has in another form (a text, a list of the same length …)."""
    return [
        f"[{section}.{name}] {fact} is not what is expected there"
        for name, facts in table.get(section, {}).items()
        for fact, value in facts.items()
        if not _alike(value, builtin.get(name, {}).get(fact))
    ]


def _alike(value: object, builtin: object) -> bool:
    if isinstance(builtin, list):
        same_length = not isinstance(value, list) or len(builtin) not in {2, 7, 12} or len(value) == len(builtin)
        return _strings(value) and bool(value) and same_length
    if isinstance(builtin, dict):
        return isinstance(value, dict) and all(isinstance(item, str | list) for item in value.values())
    return type(value) is type(builtin)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {"": value}


def _group_problems(slot: str, group: Table) -> Iterator[str]:
    for tag, allowed in group.items():
        if tag == "say":
            continue
        if tag not in TAGS:
            yield f"{slot}: there is no tag “{tag}”"
        elif not _strings(allowed) or not set(allowed) <= TAGS[tag]:
            yield f"{slot}: {tag} is a list out of {', '.join(sorted(TAGS[tag]))}"
    sentences = group.get("say")
    if not isinstance(sentences, list) or not sentences or not all(map(_is_sentence, sentences)):
        yield f"{slot}: `say` must be a list of sentences, or of pairs of a polite and a familiar one"
        return
    for source in (one for written in sentences for one in ways_of(written)):
        if problem := template_problem(source, VALUES):
            yield f"{slot}: “{source[:40]}”: {problem}"


def _fixed_problems(kind: str, letter: object) -> list[str]:
    if kind not in KINDS_OF_FIXED_LETTERS:
        return [f"there is no letter “{kind}”; there are {', '.join(KINDS_OF_FIXED_LETTERS)}"]
    subject, paragraphs = _mapping(letter).get("subject"), _mapping(letter).get("paragraphs")
    written = [subject, *paragraphs] if isinstance(paragraphs, list) and paragraphs else []
    if not written or not all(map(_is_ways, written)):
        return [f"[letter.{kind}] needs a subject and a list of paragraphs"]
    sources = [source for ways in written for source in ways_of(ways)]
    return [f"letter.{kind}: {problem}" for source in sources if (problem := template_problem(source, VALUES))]


def _is_sentence(written: object) -> bool:
    return isinstance(written, str) or (_strings(written) and len(written) == 2)  # type: ignore[arg-type]


def _is_ways(written: object) -> bool:
    return isinstance(written, str) or _strings(written)


def _strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
