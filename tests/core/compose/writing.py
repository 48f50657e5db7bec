"""Builders for tests of letters: a decision and what it needs, in one call, and the letter that comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from mailwatch.core.compose import Letters, compose
from mailwatch.core.identity import draft_key
from mailwatch.core.model import (
    Action,
    Application,
    Debrief,
    Decision,
    Draft,
    Facts,
    Interview,
    Kind,
    LedgerRow,
    LedgerState,
    Mail,
    Me,
    Person,
    PersonKind,
    Policy,
    PrivateNotes,
    Refusal,
    SharedNote,
    Standing,
    Voice,
)
from mailwatch.letters import load_letters
from tests.core.builders import ME, PANEL, application, at, facts, interview, mail, person

LETTERS: Letters = load_letters()
NOW = "2026-09-08 13:00"  # a Tuesday, two hours after the interview
LATER = "2026-09-23 09:00"


def me(**more: Any) -> Me:
    """The user of most tests, with other fields."""
    return replace(ME, **more)


def note(to: str, topic: str = "", thought: str = "", better: str = "") -> SharedNote:
    """What the user wrote for one person."""
    return SharedNote(person(to).key, topic, thought, better)


def debrief(*notes: SharedNote, fit: str = "", private: Mapping[str, str] | None = None, **more: Any) -> Debrief:
    """A debrief of the interview that `interview()` builds."""
    more.setdefault("evidence", frozenset({"uid-1@acme.example"}))
    more.setdefault("at", at(NOW))
    return Debrief(notes=notes, fit=fit, private=PrivateNotes(private or {}), **more)


def signed(sender: str, name: str, when: str = "2026-09-03 09:00", **more: Any) -> Mail:
    """A mail in which somebody signs as `name`."""
    return mail(sender, when, voice=Voice(signed=name), **more)


def people(*kinds: PersonKind) -> tuple[Person, ...]:
    """A panel of people of these kinds."""
    return tuple(replace(person(one), kind=kind) for one, kind in zip(PANEL, kinds, strict=False))


def decision(kind: Kind, to: Person | str, round_: Interview | None = None, **more: Any) -> Decision:
    """A due letter."""
    recipient = person(to) if isinstance(to, str) else to
    anchor = round_.start if round_ is not None and round_.start is not None else recipient.key
    values: dict[str, Any] = {
        "key": draft_key(ME.primary, kind, recipient.key, anchor, more.get("ordinal", 0)),
        "kind": kind,
        "action": Action.DRAFT,
        "standing": Standing.DUE,
        "application": "a1",
        "reason": "due",
        "interview": round_.id if round_ is not None else None,
        "recipient": recipient,
        "account": ME.primary,
        "anchor": round_.start if round_ is not None else None,
    }
    return Decision(**{**values, **more})


def asked(
    kind: Kind = Kind.THANK_YOU,
    to: Person | str = PANEL[0],
    *,
    round_: Interview | None = None,
    process: Application | None = None,
    known: Facts | None = None,
    rules: Policy | None = None,
    now: str | datetime = NOW,
    language: str = "",
    letters: Letters = LETTERS,
    **more: Any,
) -> Draft | Refusal:
    """What the composer answers. Without `round_` the interview is one with the recipient."""
    recipient = person(to) if isinstance(to, str) else to
    held = round_ if round_ is not None else interview(people=[recipient])
    return compose(
        decision(kind, recipient, held, **more),
        process if process is not None else application(held),
        known if known is not None else facts(),
        rules or Policy(),
        letters,
        now=at(now),
        language=language,
    )


def letter(*arguments: Any, **more: Any) -> Draft:
    """The letter; a refusal fails the test."""
    answer = asked(*arguments, **more)
    assert isinstance(answer, Draft), answer
    return answer


def refusal(*arguments: Any, **more: Any) -> str:
    """Why there is no letter; a letter fails the test."""
    answer = asked(*arguments, **more)
    assert isinstance(answer, Refusal), answer
    return answer.reason


def paragraphs(draft: Draft) -> list[str]:
    """The paragraphs of a letter, greeting and sign-off included."""
    return draft.text.rstrip("\n").split("\n\n")


def body(draft: Draft) -> str:
    """The text between greeting and sign-off."""
    return " ".join(paragraphs(draft)[1:-1])


def saved(draft: Draft, state: LedgerState = LedgerState.SAVED, when: str = NOW) -> LedgerRow:
    """The ledger's row of a letter."""
    return LedgerRow(
        key=draft.key,
        revision=draft.revision,
        kind=draft.kind,
        account=draft.account,
        recipient=draft.to.address,
        state=state,
        message_id=draft.message_id,
        raw=draft.raw,
        fingerprint=draft.fingerprint,
        at=at(when),
        anchor=draft.anchor,
        ordinal=draft.ordinal,
        sentences=tuple(sentence.source for sentence in draft.sentences),
        employer=draft.employer,
    )


def panel_letters(round_: Interview, known: Facts, *, now: str = NOW, **more: Any) -> list[Draft]:
    """The letters to everybody of a panel, each composed as if none of the others were written yet."""
    return [
        letter(Kind.THANK_YOU, one, round_=round_, known=known, now=now, process=application(round_), **more)
        for one in round_.people
    ]


def day(text: str) -> date:
    """A date."""
    return date.fromisoformat(text)


def moment(text: str) -> datetime:
    """An instant in UTC."""
    return at(text).astimezone(UTC)


__all__ = [
    "LATER",
    "LETTERS",
    "NOW",
    "Sequence",
    "asked",
    "body",
    "day",
    "debrief",
    "decision",
    "letter",
    "me",
    "moment",
    "note",
    "panel_letters",
    "paragraphs",
    "people",
    "refusal",
    "saved",
    "signed",
]
