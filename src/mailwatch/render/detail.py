"""One interview or one message in full: `show` and `why`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from mailwatch.core.model import Application, Decision, Draft, Evidence, Person, Plan
from mailwatch.render import words
from mailwatch.render.ids import plan_ids, with_short_ids
from mailwatch.render.screen import Line, Span, line, shown


def application_lines(plan: Plan, application: Application, zone: ZoneInfo) -> list[Line]:
    """One process: interviews with people, what was said, every letter."""
    ids = plan_ids(plan)
    lines = [
        line(
            Span(words.heading(application.company, application.role), "strong"),
            Span(f"  [{ids[application.id]}]", "dim"),
        )
    ]
    lines.append(
        line(
            f"  {words.STATES[application.state]}"
            + (f" · your turn: {shown(application.your_turn)}" if application.your_turn else "")
        )
    )
    if application.contact:
        lines.append(line(f"  contact: {_person(application.contact)}"))
    for interview in application.interviews:
        lines.append(
            line(
                "  ", words.interview_line(interview, zone, plan.at, plan.days), Span(f"  [{ids[interview.id]}]", "dim")
            )
        )
        lines += [line(f"    {_person(person)}") for person in interview.people]
        lines += [line("    ", Span("unsure", "warn"), f": {shown(doubt)}") for doubt in interview.doubts]
    for promise in application.promises:
        when = f"{plan.days.of(promise.by)} {promise.by.year}" if promise.by else "no date"
        lines.append(
            line(
                f"  they said “{shown(promise.words, 120)}” on {words.day(promise.said_at, zone, plan.at, plan.days)} → {when}"
            )
        )
    for reply in application.replies:
        sender = f" ({shown(reply.sender.name or reply.sender.address or '', 60)})" if reply.sender else ""
        lines.append(
            line(f"  {words.day_time(reply.at, zone, plan.at, plan.days)}  {words.REPLIES[reply.kind]}{sender}")
        )
    lines += [_letter(decision, ids) for decision in plan.decisions if decision.application == application.id]
    return lines


def _person(person: Person) -> str:
    address = f" <{shown(person.address, 90)}>" if person.address else " (no address seen)"
    return shown(person.name, 60) + address + (f", {shown(person.title, 60)}" if person.title else "")


def _letter(decision: Decision, ids: Mapping[str, str]) -> Line:
    name = shown(decision.recipient.name or decision.recipient.address or "", 60) if decision.recipient else ""
    return line(
        f"  {words.LETTERS[decision.kind]} {name}: {words.STANDINGS[decision.standing]} · {shown(with_short_ids(decision.reason, ids), 300)}",
        hang=4,
    )


def evidence_lines(evidence: Iterable[Evidence]) -> list[Line]:
    """Each reason with its quoted words, its rule and where it stands."""
    return [_evidence(item) for item in evidence]


def _evidence(item: Evidence) -> Line:
    quote = f"“{shown(item.words, 160)}”  " if item.words else ""
    return line(f"  {quote}", Span(f"{item.rule} · {shown(item.source, 120)}", "dim"), hang=4)


def draft_lines(draft: Draft, *, sources: bool = False) -> list[Line]:
    """A letter as it would lie in Drafts, headers first; with `sources`, where each sentence comes from."""
    lines = [
        line(f"To: {shown(draft.to.name, 80)} <{shown(draft.to.address, 120)}>"),
        line(f"Subject: {shown(draft.subject, 200)}"),
        line(""),
    ]
    lines += [line(shown(paragraph, 5000)) for paragraph in draft.text.split("\n")]
    if sources:
        lines += [
            line(Span(f"  {shown(sentence.source, 80)}: {shown(sentence.text, 200)}", "dim"))
            for sentence in draft.sentences
        ]
    return lines
