"""Greeting and sign-off: the user's own, as formal as the person who is written to.

Somebody who has signed a mail with a first name is greeted by it; somebody unseen by the full name. A title or "Frau"
stands in a greeting only if a mail said so; none is ever guessed.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from mailwatch.core.compose.case import Case, signature_of
from mailwatch.core.compose.lint import thanks_in
from mailwatch.core.compose.names import (
    family_name,
    first_name,
    is_cjk,
    may_be_called,
    parted,
    person_name,
    without_foreign_forms,
)
from mailwatch.core.compose.seen import greeted_as, post_of, signed_as, titled_as
from mailwatch.core.model import Kind, Person, PersonKind
from mailwatch.core.text import one_line

_VOICE = re.compile(r"[^\W\d_][^\d_@<>{}\[\]|\\/:;!?]{0,38}")
_CASUAL_KINDS = frozenset({Kind.THANK_YOU, Kind.RELAY, Kind.FOLLOW_UP})


def greeting_for(case: Case, recipient: Person) -> str:
    """The greeting line."""
    facts: Mapping[str, Any] = case.language.words["greeting"]
    name, called = names_for(case, recipient)
    title, bare = _titled(case, recipient, name)
    if called:
        line = _with_own_word(case, facts, called, casual=True) or facts[f"first_{case.policy.tone}"].replace(
            "{name}", called
        )
    elif title in case.language.words["titled"]:
        line = _titled_line(case, title, bare)
    elif name:
        line = _with_own_word(case, facts, name, casual=False) or facts["full"].replace("{name}", name)
    else:
        line = facts["nobody"]
    return line.rstrip(",") if case.swiss else line


def names_for(case: Case, recipient: Person) -> tuple[str, str]:
    """(the full name, the first name where they go by it, else ""), both "" where unknown.

    They go by a first name if the user has greeted them by it, or if they have signed with it.
    """
    honorifics = case.language.words["names"]["honorifics"]
    name = without_foreign_forms(person_name(recipient.name), honorifics)
    signed = without_foreign_forms(signed_as(case.facts, recipient.address), honorifics)
    if case.language.fixed or is_cjk(signed) or is_cjk(name):  # those letters are formal; those names are whole
        return name or signed, ""
    facts = case.language.words["greeting"]
    always = facts.get("first_name_always", False)  # who is addressed familiarly goes by the first name
    greeted = greeted_as(case.facts, recipient.address)
    for form in (greeted, signed):
        if form and " " not in form and form != family_name(name) and may_be_called(form):
            return name or signed, form
        if form == greeted and form and not always:  # the user greets them by more than a first name
            return name or signed, ""
    whole = name or signed
    first = first_name(parted(whole, honorifics)[1] if always else whole)
    by_first_name = facts["first_name_is_enough"] and case.policy.tone == "warm" and first_name(signed) == first
    if may_be_called(first) and (always or (by_first_name and not parted(signed, honorifics)[0])):
        return whole, first
    return whole, ""


def _titled(case: Case, recipient: Person, name: str) -> tuple[str, str]:
    """(the form of address that a mail of this process gave the person, the name without it)."""
    honorifics = case.language.words["names"]["honorifics"]
    return titled_as(case.facts, case.application, recipient.address, name, honorifics)


def _titled_line(case: Case, title: str, bare: str) -> str:
    return str(case.language.words["titled"][title]).replace("{family}", family_name(bare)).replace("{name}", bare)


def _with_own_word(case: Case, facts: Mapping[str, Any], name: str, *, casual: bool) -> str:
    """The user's usual greeting word with this name, "" where there is none or it does not fit."""
    word = _own(case, 0)
    folded = word.casefold()
    if not word or folded.split()[0] in facts["own_is_gendered"] or (not casual and folded in facts["own_is_casual"]):
        return ""
    return str(facts["own"]).replace("{word}", word).replace("{name}", name)


def _own(case: Case, which: int) -> str:
    """The user's usual greeting word (0) or sign-off (1) in the letter's language, "" where none is known."""
    usual = case.facts.greetings.get(case.language.code) or _learnt(case)
    word = one_line(usual[which], 60).strip(" ,.!")
    return word if _VOICE.fullmatch(word) else ""


def _learnt(case: Case) -> tuple[str, str]:
    """The greeting word and the sign-off that stand most often in the user's own mails in this language."""
    own = [mail.reading for mail in post_of(case.facts).own if mail.reading]
    voices = [reading.voice for reading in own if reading.language == case.language.code]
    return _most_frequent(voice.greeting for voice in voices), _most_frequent(voice.sign_off for voice in voices)


def _most_frequent(words: Iterable[str]) -> str:
    return next((word for word, _ in Counter(word for word in words if word).most_common(1)), "")


def sign_offs_for(case: Case, *, called: bool) -> tuple[str, ...]:
    """Sign-offs to choose from, best first: the user's own if one is known."""
    facts: Mapping[str, Any] = case.language.words["sign_off"]
    own = _own(case, 1)
    if own and not thanks_in(own, case.language.words["lint"]):
        return (str(facts["own"]).replace("{word}", own),)
    if case.decision.kind is Kind.FOLLOW_UP and case.policy.tone != "formal":
        return tuple(facts["chase"])
    if "titled" in facts and not called and _is_titled(case):
        return tuple(facts["titled"])
    return tuple(facts[case.policy.tone if called or case.policy.tone != "warm" else "plain"])


def _is_titled(case: Case) -> bool:
    """The greeting names a title or "Frau": what stands under the letter is as formal."""
    recipient = case.decision.recipient
    assert recipient is not None  # noqa: S101  the composer has refused a letter to nobody
    return _titled(case, recipient, names_for(case, recipient)[0])[0] in case.language.words["titled"]


def sign_off_for(case: Case, position: int, *, called: bool) -> str:
    """The sign-off: in the order drawn for this user and round, the one at the letter's place in the panel."""
    start = case.interview.start if case.interview else None
    seed = f"{case.facts.me.primary}\x1f{start.isoformat() if start else case.application.id}"
    lines = [case.language.spelled(line, swiss=case.swiss) for line in sign_offs_for(case, called=called)]
    ordered = sorted(lines, key=lambda line: hashlib.sha256(f"{seed}\x1f{line}".encode()).hexdigest())
    return ordered[position % len(ordered)]


def signed_name(case: Case, recipient: Person, *, called: bool) -> str:
    """The user's name under the letter: the first name alone to a peer or recruiter who goes by theirs."""
    name = signature_of(case.facts)
    if case.facts.me.signature or not called or case.decision.kind not in _CASUAL_KINDS:
        return name
    return first_name(name) if recipient.kind in {PersonKind.PEER, PersonKind.RECRUITER} else name
