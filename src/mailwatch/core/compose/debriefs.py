"""What the user wrote for a letter: found in the debriefs, checked, ready for its slots."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from mailwatch.core.compose.case import THANKING, Case
from mailwatch.core.compose.names import full_name, person_name
from mailwatch.core.compose.words import OwnWords, Unusable, own_words, words_of
from mailwatch.core.model import Debrief, Facts, Interview, Person, PersonKind, SharedNote

LABELS = {
    "topic": "What stayed with you",
    "thought": "What you would add",
    "better": "Your better answer",
    "fit": "What you have done that fits this job",
}
_FIT_GOES_TO = (PersonKind.HIRING_MANAGER, PersonKind.EXECUTIVE, PersonKind.UNKNOWN)


def debriefs_of(facts: Facts, interviews: Iterable[Interview]) -> tuple[Debrief, ...]:
    """The debriefs of these rounds, oldest first."""
    anchors = {anchor for interview in interviews for anchor in interview.anchors}
    return tuple(
        sorted((debrief for debrief in facts.debriefs if debrief.evidence & anchors), key=lambda debrief: debrief.at)
    )


def note_for(person: Person, debriefs: Iterable[Debrief]) -> SharedNote:
    """What the user wrote for one person; a later debrief's words win, field by field."""
    found = SharedNote(person.key)
    for debrief in debriefs:
        for note in debrief.notes:
            if _is_for(note, person):
                found = SharedNote(
                    person.key,
                    note.topic or found.topic,
                    note.thought or found.thought,
                    note.better_answer or found.better_answer,
                )
    return found


def _is_for(note: SharedNote, person: Person) -> bool:
    named = note.person.casefold().strip()
    return bool(named) and named in {
        (person.address or "").casefold(),
        person.name.casefold(),
        person_name(person.name).casefold(),
    }


def words_for(case: Case, recipient: Person) -> tuple[dict[str, OwnWords], list[str]]:
    """(the user's words for this person by field, why others are left out)."""
    if case.interview is None or case.decision.kind not in THANKING:
        return {}, []
    note = note_for(recipient, debriefs_of(case.facts, [case.interview]))
    written = {
        "topic": note.topic,
        "thought": note.thought,
        "better": note.better_answer,
        "fit": _fit_for(case, recipient),
    }
    return _usable(case, {name: (text, "" if name == "fit" else _about(recipient)) for name, text in written.items()})


def _about(recipient: Person) -> str:
    return recipient.name or "?"


def _usable(case: Case, written: Mapping[str, tuple[str, str]]) -> tuple[dict[str, OwnWords], list[str]]:
    own: dict[str, OwnWords] = {}
    left_out: list[str] = []
    for name, (text, about) in written.items():
        if "own" not in case.language.words:
            if text.strip():
                left_out.append(
                    "Your own words are not in the letter: in this language there is only a short formal one."
                )
                break
            continue
        words = own_words(text, about=about, letters=case.letters, language=case.language)
        if isinstance(words, Unusable):
            left_out.append(f"{LABELS[name]} is not in the letter: it {words.why}.")
        elif words is not None:
            own[name] = words
    return own, left_out


def _fit_for(case: Case, recipient: Person) -> str:
    """The fit sentence, for the one person of a round who should read it: the same sentence twice looks like a form."""
    assert case.interview is not None  # noqa: S101  only letters about a round come here
    people = [person for person in case.interview.people if person.address]
    holders = (person for kind in _FIT_GOES_TO for person in people if person.kind is kind)
    holder = next(holders, None)
    if holder is None or holder.key != recipient.key:
        return ""
    fits = [debrief.fit for debrief in debriefs_of(case.facts, case.application.interviews) if debrief.fit.strip()]
    return fits[-1] if fits and fit_source(fits[-1]) not in case.used else ""


def fit_source(fit: str) -> str:
    """The source of the fit sentence in a letter, by which the ledger knows it again."""
    return f"debrief.fit.{hashlib.sha256(' '.join(words_of(fit)).encode()).hexdigest()[:12]}"


def relayed_lines(case: Case) -> tuple[tuple[tuple[str, OwnWords], ...], list[str]]:
    """The highlights of those whose thanks go through this letter."""
    lines: list[tuple[str, OwnWords]] = []
    left_out: list[str] = []
    if case.interview is None or "own" not in case.language.words:
        return (), []
    debriefs = debriefs_of(case.facts, [case.interview])
    for person in case.decision.relayed:
        name, note = full_name(person.name), note_for(person, debriefs)
        own, problems = _usable(case, {"topic": (note.topic, _about(person))})
        left_out += [f"For {person.name}: {problem}" for problem in problems]
        if name and "topic" in own:
            lines.append((name, own["topic"]))
    return tuple(lines), left_out
