"""`why`: each conclusion with the mail it rests on, the words in it, and what they were taken to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from mailwatch.core.ids import told_id
from mailwatch.core.model import (
    Application,
    CalendarEvent,
    Decision,
    Evidence,
    Facts,
    Interview,
    Mail,
    Mark,
    Plan,
    Reading,
    ReplyKind,
    Sent,
)
from mailwatch.render import words
from mailwatch.render.ids import message_ids, plan_ids, with_short_ids
from mailwatch.render.rules import in_words
from mailwatch.render.screen import Line, Span, line, shown

_NO_NEWS = frozenset({ReplyKind.NONE, ReplyKind.NEUTRAL})


@dataclass(slots=True)
class Sources:
    """What stands behind the ids of evidence. Each quotation is told once; after that its source is only named."""

    plan: Plan
    zone: ZoneInfo
    mails: Mapping[str, Mail]
    events: Mapping[str, CalendarEvent]
    marks: Mapping[str, Mark]
    ids: Mapping[str, str]
    told: set[tuple[str, str]] = field(default_factory=set)

    def name(self, source: str) -> str:
        """`mail from Rita Ek [3f]`, `your mail to Rita Ek [3f]`, `your calendar`, `you`."""
        mail = self.mails.get(source)
        if mail is not None:
            who = self._who(mail)
            short = f" [{self.ids[source]}]" if source in self.ids else ""
            return f"your mail to {who}{short}" if mail.outgoing else f"mail from {who}{short}"
        return "you" if source in self.marks else "your calendar"

    def heading(self, source: str) -> str:
        """The name with its time and its subject or title."""
        mail, event, mark = self.mails.get(source), self.events.get(source), self.marks.get(source)
        if mail is not None:
            at = (
                f"{words.day_time(mail.envelope.at, self.zone, self.plan.at, self.plan.days)} · "
                if mail.envelope.at
                else ""
            )
            return f"{at}{self.name(source)}: {shown(mail.envelope.subject, 90)}"
        if event is not None:
            return f"your calendar, {words.day_time(event.start, self.zone, self.plan.at, self.plan.days)}: {shown(event.summary, 90)}"
        if mark is not None:
            return f"{words.day_time(mark.at, self.zone, self.plan.at, self.plan.days)} · you (mailwatch unmark {mark.id[:6]})"
        return f"{shown(source, 120)}, which is not kept any more"

    def _who(self, mail: Mail) -> str:
        boxes = mail.envelope.recipients if mail.outgoing else (mail.envelope.sender,)
        names = [shown(box.name or box.address, 60) for box in boxes if box is not None]
        return ", ".join(names[:3]) or "nobody named"


def sources_from_facts(facts: Facts, plan: Plan, zone: ZoneInfo) -> Sources:
    """What the facts know of the sources of evidence."""
    events = {version.event.uid or str(version.ref): version.event for version in facts.events}
    mails = {str(mail.envelope.id): mail for mail in facts.mails}
    marks = {told_id(mark.id): mark for mark in facts.marks}
    return Sources(plan, zone, mails, events, marks, message_ids(plan))


def why_lines(application: Application, sources: Sources) -> list[Line]:
    """Everything that is believed about one process, and why."""
    plan, zone = sources.plan, sources.zone
    ids = plan_ids(plan)
    lines = [
        line(
            Span(words.heading(application.company, application.role), "strong"),
            Span(f"  [{ids[application.id]}]", "dim"),
        ),
        line(words.STATES[application.state]),
    ]
    for interview in application.interviews:
        lines += _about_interview(interview, sources, ids)
    for reply in application.replies:
        if reply.kind not in _NO_NEWS:
            said = f"{words.day_time(reply.at, zone, plan.at, plan.days)}  {words.REPLIES[reply.kind]}"
            lines += [_conclusion(said), *evidence_lines(reply.evidence, sources)]
    for sent in application.sent:
        if sent.thanks or sent.follow_up or sent.withdraws or sent.accepts_offer:
            lines += [_conclusion(_what_was_sent(sent, sources)), *evidence_lines(sent.evidence, sources)]
    for decision in plan.decisions:
        if decision.application == application.id:
            lines += _about_letter(decision, sources, ids)
    rest = [item for item in application.evidence if _key(item) not in sources.told]
    return [*lines, _conclusion("it is one process, and yours"), *evidence_lines(rest, sources)] if rest else lines


def _conclusion(text: str) -> Line:
    return line(Span(text, "strong"), hang=2)


def _about_interview(interview: Interview, sources: Sources, ids: Mapping[str, str]) -> list[Line]:
    told = words.interview_line(interview, sources.zone, sources.plan.at, sources.plan.days)
    lines = [line(Span(told, "strong"), Span(f"  [{ids[interview.id]}]", "dim"), hang=2)]
    lines += [line("  ", Span("unsure", "warn"), f": {shown(doubt, 200)}", hang=4) for doubt in interview.doubts]
    return [*lines, *evidence_lines(interview.evidence, sources)]


def _what_was_sent(sent: Sent, sources: Sources) -> str:
    done = "you thanked" if sent.thanks else "you asked for news" if sent.follow_up else ""
    done = done or ("you accepted the offer" if sent.accepts_offer else "you withdrew")
    return f"{words.day_time(sent.at, sources.zone, sources.plan.at, sources.plan.days)}  {done}"


def _about_letter(decision: Decision, sources: Sources, ids: Mapping[str, str]) -> list[Line]:
    name = shown(decision.recipient.name or decision.recipient.address or "", 60) if decision.recipient else ""
    what = " ".join(filter(None, (words.LETTERS[decision.kind], f"to {name}" if name else "")))
    reason = shown(with_short_ids(decision.reason, ids), 300)
    head = line(Span(f"{what}: {words.STANDINGS[decision.standing]}", "strong"), f" · {reason}", hang=2)
    return [head, *evidence_lines(decision.evidence, sources)]


def evidence_lines(evidence: Iterable[Evidence], sources: Sources) -> list[Line]:
    """Evidence by its source: the mail, then each quotation with what it says. What was quoted before is not repeated."""
    grouped: dict[str, list[Evidence]] = {}
    for item in dict.fromkeys(evidence):
        grouped.setdefault(item.source, []).append(item)
    lines, before = [], []
    for source, items in grouped.items():
        fresh = [item for item in items if _key(item) not in sources.told]
        if not fresh:
            before.append(sources.name(source))
            continue
        sources.told.update(map(_key, fresh))
        lines.append(line(f"  {sources.heading(source)}", hang=4))
        lines += _quotations(fresh)
    return [*lines, line(Span(f"  from {', '.join(before)}, as above", "dim"), hang=4)] if before else lines


def _key(item: Evidence) -> tuple[str, str]:
    return item.source, item.words


def _quotations(items: Sequence[Evidence]) -> list[Line]:
    """One line for each rule with the words that it found; of words inside longer ones, the longer ones."""
    found: dict[str, list[str]] = {}
    for item in items:
        found.setdefault(item.rule, []).append(item.words)
    lines = []
    for rule, quoted in found.items():
        longest = [one for one in quoted if one and not any(one != other and one in other for other in quoted)]
        quotes = ", ".join(f"“{shown(one, 160)}”" for one in longest)
        said = f"    {in_words(rule)}: {quotes}" if quotes else f"    {in_words(rule)}"
        lines.append(line(said, Span(f"  {shown(rule, 60)}", "dim"), hang=6))
    return lines


def message_lines(reading: Reading, evidence: Sequence[Evidence], sources: Sources) -> list[Line]:
    """What one message says by itself, and which process it was counted to."""
    homes = [one for one in sources.plan.applications if reading.message in one.messages]
    ids = plan_ids(sources.plan)
    named = [f"{words.heading(one.company, one.role)} [{ids[one.id]}]" for one in homes]
    home = f"counted to {', '.join(named)}" if named else "counted to no process"
    return [
        line(Span(reading.kind.value.replace("_", " "), "strong"), f" · {reading.direction.value} · {home}"),
        line(Span(shown(reading.message, 200), "dim")),
        *evidence_lines(evidence, sources),
    ]
