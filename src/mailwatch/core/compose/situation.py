"""Everything that the choice of sentences depends on, worked out once for one letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC

from mailwatch.core.compose.case import THANKING, Case, holds, round_over, signature_of
from mailwatch.core.compose.days import date_in_words, day_of, day_values, employers_day, full_date_in_words
from mailwatch.core.compose.debriefs import relayed_lines, words_for
from mailwatch.core.compose.letters import LetterLanguage
from mailwatch.core.compose.names import full_name, joined, plain_name
from mailwatch.core.compose.words import OwnWords
from mailwatch.core.model import Interview, InterviewState, Kind, Person, PersonKind, ReplyKind

MANY_NAMES = 3
_COUNTS = ("none", "one", "two")


@dataclass(frozen=True, slots=True)
class Situation:
    """One letter's circumstances.

    asking: for a follow-up: for the how-manieth time in a row it asks without an answer.
    traits: what tags of sentences ask for. values: what sentences may print, "" where unknown.
    counts: the trait `count` by slot. own: the user's words by field ("topic", "thought", "better", "fit").
    lines:  for a relay: (name, words) of each person whose highlight is passed on.
    seed:   what the order of sentences is drawn from. swiss: Swiss spelling of German.
    left_out: what the user wrote for this letter that can't stand in it, and why.
    """

    kind: Kind
    language: LetterLanguage
    recipient: Person
    asking: int
    traits: Mapping[str, str]
    values: Mapping[str, str]
    seed: str
    user: str
    opening: str = ""
    counts: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, OwnWords] = field(default_factory=dict)
    lines: tuple[tuple[str, OwnWords], ...] = ()
    swiss: bool = False
    informational: bool = False
    left_out: tuple[str, ...] = ()

    @property
    def personal(self) -> bool:
        """The user has written something for this letter."""
        return bool(self.own)


def situation_of(case: Case) -> Situation:
    """The circumstances of the letter that a case asks for."""
    recipient = case.decision.recipient
    assert recipient is not None  # noqa: S101  the composer has refused a letter to nobody
    own, left_out = words_for(case, recipient)
    lines, lines_out = relayed_lines(case)
    traits = _traits(case, recipient, personal=bool(own))
    return Situation(
        kind=case.decision.kind,
        language=case.language,
        recipient=recipient,
        asking=case.decision.unanswered + 1,
        traits=traits,
        values=_values(case),
        seed=_seed(case, recipient),
        user=case.facts.me.primary,
        opening=_opening(case, recipient, traits),
        counts=_counts_of(case),
        own=own,
        lines=lines,
        swiss=case.swiss,
        informational=bool(case.interview and case.interview.informational),
        left_out=(*left_out, *lines_out),
    )


def _seed(case: Case, recipient: Person) -> str:
    """What tells this obligation from every other, known beforehand for each member of a panel."""
    start = case.interview.start if case.interview else None
    moment = start.astimezone(UTC).isoformat() if start else case.application.id
    return "\x1f".join(
        (case.facts.me.primary, case.decision.kind.value, recipient.key, moment, str(case.decision.ordinal))
    )


def _traits(case: Case, recipient: Person, *, personal: bool) -> dict[str, str]:
    held = holds(case.interview, recipient)
    medium = case.interview.medium if case.interview else ""
    return {
        "to": (PersonKind.RECRUITER if not held and recipient.kind is PersonKind.UNKNOWN else recipient.kind).value,
        "tone": case.policy.tone,
        "medium": medium if medium in {"phone", "video", "onsite"} else "any",
        "stage": "next" if _goes_on(case) else "open",
        "held": "yes" if held else "no",
        "personal": "yes" if personal else "no",
        "dated": "no" if case.decision.promised is None else "yes",
    }


def _goes_on(case: Case) -> bool:
    """A next round is being arranged, or stands in the calendar."""
    if case.interview is None or case.interview.start is None:
        return False
    start = case.interview.start
    arranged = any(
        reply.at > start and reply.kind in {ReplyKind.NEXT_ROUND, ReplyKind.SCHEDULING}
        for reply in case.application.replies
    )
    ahead = any(
        other.start is not None and other.start > case.now and other.state is InterviewState.SCHEDULED
        for other in case.application.interviews
    )
    return arranged or ahead


def _opening(case: Case, recipient: Person, traits: Mapping[str, str]) -> str:
    """The slot that a thank-you or a follow-up opens with, "" for other letters."""
    if case.decision.kind is Kind.FOLLOW_UP:
        return _chase(case, recipient, traits)
    interview = case.interview
    if interview is None or case.decision.kind not in THANKING:
        return ""
    if interview.informational:
        return "opening.chat"
    if traits["held"] == "no":
        return "opening.setup"
    if interview.end is not None and case.now - interview.end > case.policy.thank_you_latest:
        return "opening.late"
    if traits["to"] == PersonKind.RECRUITER.value:
        return "opening.recruiter"
    if _met_before(case, recipient, interview):
        return "opening.again"
    return "opening.short" if traits["personal"] == "yes" else "opening.bare"


def _chase(case: Case, recipient: Person, traits: Mapping[str, str]) -> str:
    if case.decision.unanswered:
        return "second.opening"
    if case.decision.promised is None:
        return "chase.spoke" if traits["held"] == "yes" else "chase.met"
    known = [case.application.decision, *case.application.promises]
    speaker = next((date.by_whom for date in known if date is not None and date.by == case.decision.promised), None)
    return "chase.you" if speaker is not None and speaker == recipient.address else "chase.date"


def _met_before(case: Case, recipient: Person, interview: Interview) -> bool:
    return any(
        holds(other, recipient) and round_over(case, other) and other.id != interview.id and _before(other, interview)
        for other in case.application.interviews
    )


def _before(one: Interview, other: Interview) -> bool:
    return one.start is not None and other.start is not None and one.start < other.start


def _values(case: Case) -> dict[str, str]:
    words, me, application = case.language.words, case.facts.me, case.application
    informational = bool(case.interview and case.interview.informational)
    role = "" if informational or _names_a_day(case) else plain_name(application.role)
    company = plain_name(application.company)
    day = day_of(case.interview, me) if case.interview else None
    talks = words["talks"]["the_talks"]
    several = case.interview is not None and max(len(case.interview.people), len(case.interview.sessions)) > 1
    return {
        **day_values(day, case.now, me, words),
        "on_role": "",
        **{name: "" if informational else _role_form(case, forms, role) for name, forms in words["role"].items()},
        "role": role,
        "company": company,
        "at_company": words["company"]["at_company"].replace("{company}", company) if company else "",
        "the_talks": talks[1] if several else talks[0],
        "names": joined(_names_of(case), words),
        "date": date_in_words(case.decision.promised, me, words) if case.decision.promised else "",
        "days": _freed_days(case),
        "me": signature_of(case.facts),
        **dict.fromkeys(("name", "topic", "thought", "answer", "fit"), ""),
    }


def _names_a_day(case: Case) -> bool:
    """The job's title holds a weekday or a month of some language: it was cut out of an invitation too generously."""
    words = {word.casefold().strip(",.:") for word in case.application.role.split()}
    dates = (language.words["dates"] for language in case.letters.languages.values())
    return any(words & {name.casefold() for name in (*facts["weekdays"], *facts["months"])} for facts in dates)


def _role_form(case: Case, forms: list[str], role: str) -> str:
    """A phrase around the job's title; French "de" before a vowel becomes "d’" where the form asks with {de_role}."""
    if not role:
        return forms[1]
    elided = f"d’{role}" if role[0].casefold() in "aeiouàâäéèêëîïôöûü" else f"de {role}"
    form = case.language.spelled(forms[0], swiss=case.swiss)
    return form.replace("{de_role}", elided).replace("{role}", role)


def _freed_days(case: Case) -> str:
    days = [employers_day(interview, case.facts.me) for interview in _freed(case)]
    return joined(
        [full_date_in_words(day, case.facts.me, case.language.words) for day in days if day], case.language.words
    )


def _freed(case: Case) -> list[Interview]:
    return [interview for interview in case.application.interviews if interview.id in case.decision.freed]


def _names_of(case: Case) -> list[str]:
    """Whom the letter names: those who get their thanks through it, or those who gave their time."""
    if case.decision.kind in THANKING:
        return [name for person in case.decision.relayed if (name := full_name(person.name))]
    met = [
        person
        for interview in case.application.interviews
        if round_over(case, interview)
        for person in interview.people
    ]
    recipient = case.decision.recipient
    others = {person.key: full_name(person.name) for person in met if recipient is None or person.key != recipient.key}
    names = [name for name in dict.fromkeys(others.values()) if name]
    return names if len(names) <= MANY_NAMES else []


def _counts_of(case: Case) -> dict[str, str]:
    names = _count(len(_names_of(case)))
    freed = _count(len(_freed(case)))
    return {"relay.ask": names, "by_name": names, "withdraw.freed": "many" if freed == "two" else freed}


def _count(number: int) -> str:
    return _COUNTS[number] if number < len(_COUNTS) else "many"
