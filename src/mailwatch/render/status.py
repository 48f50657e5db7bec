"""The status: what needs the user, what is waiting, what is ahead. At most twelve lines unless all are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mailwatch.core.model import (
    LIES_THERE,
    Action,
    Application,
    ApplicationState,
    DayNames,
    Decision,
    InterviewState,
    Kind,
    Plan,
    Stale,
    Standing,
)
from mailwatch.render import words
from mailwatch.render.ids import review_ids, with_short_ids
from mailwatch.render.page import told
from mailwatch.render.screen import Line, Span, line, pad, shown
from mailwatch.render.words import counted

LINES = 12
REVIEW_LINES = 3
NOTES = 3
NAME_CELLS = 18
LETTER_CELLS = 11
STANDING_CELLS = 14
TITLE_CELLS = 38
_SOON = timedelta(hours=48)
"""An interview this near is told with how far it is, and with what prepares for it."""
_TOLD_FOR = timedelta(days=5)
"""So long after the interview it is told that thanks were sent."""

_AHEAD = timedelta(hours=1)
"""A look that ended this much later than the moment of a status belongs to its future: somebody looks back with --now."""

_NEEDS_USER = {
    Standing.DUE,
    Standing.LATE,
    Standing.DRAFT_READY,
    Standing.DRAFT_EDITED,
    Standing.BEING_WRITTEN,
    Standing.NO_ADDRESS,
}
_OVER = {ApplicationState.REJECTED, ApplicationState.WITHDRAWN, ApplicationState.CLOSED, ApplicationState.ACCEPTED}
_STYLE = {
    Standing.DRAFT_READY: "strong",
    Standing.LATE: "warn",
    Standing.DUE: "strong",
    Standing.SENT: "good",
    Standing.DONE: "good",
    Standing.NO_ADDRESS: "warn",
    Standing.BLOCKED: "warn",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What the status says beside the plan.

    checked_at: the end of the last run, or None. accounts: how many are set up; problems: one sentence per failing one.
    place: where the drafts lie, in words ("~/Mail › Drafts"). zone: the user's.
    quiet: what the user has told mailwatch to leave alone, one sentence each.
    links: what opens a draft, by its key.
    """

    zone: ZoneInfo
    checked_at: datetime | None = None
    accounts: int = 0
    problems: tuple[str, ...] = ()
    place: str = ""
    failing: int = 0
    proposed: int = 0
    quiet: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Page:
    """What every line is written from: the plan, the user's zone, and the short names of things."""

    plan: Plan
    zone: ZoneInfo
    ids: Mapping[str, str]
    links: Mapping[str, str]

    def sentence(self, text: str, limit: int) -> str:
        """A sentence of the plan, safe to show, in which ids stand as they are shown everywhere else."""
        return shown(with_short_ids(text, self.ids), limit)


def status_lines(plan: Plan, setting: Setting, *, everything: bool = False, review: bool = False) -> list[Line]:
    """The whole status as lines, the most pressing first."""
    return told(page_lines(plan, setting, everything=everything, review=review), plan.at)


def page_lines(plan: Plan, setting: Setting, *, everything: bool = False, review: bool = False) -> list[Line]:
    """The status as lines that hold until `page_until`: distances in time are not told yet."""
    page = _Page(plan, setting.zone, review_ids(plan), setting.links)
    head = [_stale(item) for item in plan.stale]
    body = [item for application in _ordered(plan) for item in _block(page, application, everything=everything)]
    tail = _review(page, len(plan.questions) if review else REVIEW_LINES)
    tail += _closing(page, setting, len(plan.notes) if everything else NOTES)
    if everything or review:
        return (head + ([] if review else body)) + tail
    room = max(LINES - len(head) - len(tail), 3)
    if len(body) > room:
        body = [
            *body[: room - 1],
            line(Span(f"… and {len(body) - room + 1} more lines: mailwatch status --all", "dim")),
        ]
    return head + body + tail


def _stale(item: Stale) -> Line:
    """Why a draft is not to be sent, which one, and what takes it away."""
    which = f"to {shown(item.recipient, 60)}" + (f", “{shown(item.subject, 60)}”" if item.subject else "")
    return line(
        Span("Do not send: ", "warn"),
        shown(item.reason, 300),
        Span(f" ({which}; mailwatch drafts tidy)", "dim"),
        hang=2,
    )


def page_until(plan: Plan, zone: ZoneInfo) -> datetime:
    """Until when the page of a plan reads the same, distances aside: exclusive, and never before the plan's moment."""
    now = plan.at
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    moments = [midnight, *filter(None, [plan.next_change])]
    for application in plan.applications:
        for interview in application.interviews:
            if interview.start is not None:
                moments += [interview.start - _SOON, interview.start, interview.end or interview.start]
    for decision in plan.decisions:
        moments += filter(None, [decision.due, decision.last])
        if decision.anchor is not None:
            moments.append(decision.anchor + _TOLD_FOR + timedelta(days=1))
    return min(moment for moment in moments if moment >= now)


def is_due(plan: Plan) -> bool:
    """Does anything wait for the user? (exit code 10 of `status --exit-code`)"""
    return (
        bool(plan.stale)
        or any(needs_user(decision) for decision in plan.decisions)
        or any(application.your_turn for application in plan.applications if application.state not in _OVER)
    )


def needs_user(decision: Decision) -> bool:
    """Is it the user who has to do something about this obligation now?"""
    return decision.standing in _NEEDS_USER


def _ordered(plan: Plan) -> list[Application]:
    """The most pressing process first: a letter to send, an answer owed, something missing, then what is ahead."""
    mine: dict[str, list[Decision]] = {}
    for decision in plan.decisions:
        mine.setdefault(decision.application, []).append(decision)
    return sorted(plan.applications, key=lambda item: (_rank(item, mine.get(item.id, []), plan.at), item.company))


def _rank(application: Application, decisions: list[Decision], now: datetime) -> int:
    pressing = {decision.standing for decision in decisions if needs_user(decision)}
    if pressing - {Standing.NO_ADDRESS}:
        return 0
    if application.state in _OVER:
        return 6
    if application.your_turn:
        return 1
    if any(interview.start and interview.start > now for interview in application.interviews):
        return 2
    if not application.interviews:
        return 5
    return 3 if pressing else 4


def _block(page: _Page, application: Application, *, everything: bool) -> list[Line]:
    plan = page.plan
    if application.state in _OVER and not everything and not _open_letters(plan, application):
        return []
    if not application.interviews and not application.your_turn and not everything:
        return []
    title = words.heading(application.company, application.role)
    named = Span(pad(title, TITLE_CELLS), "strong"), " ", Span(pad(f"[{page.ids[application.id]}]", 5), "dim"), " "
    lines = [line(*named, *_situation(page, application), hang=4, folds=len(named))]
    if application.your_turn:
        lines.append(line("  ", Span("your turn", "strong"), f": {shown(application.your_turn, 200)}", hang=4))
    letters = [
        decision
        for decision in plan.decisions
        if decision.application == application.id and (everything or _worth_a_line(decision, plan))
    ]
    lines += [_letter(decision, page) for decision in sorted(letters, key=_quietest_last)]
    doubts = [doubt for interview in application.interviews if everything for doubt in interview.doubts]
    return lines + [line("  ", Span("unsure", "warn"), f": {shown(doubt, 200)}", hang=4) for doubt in doubts]


def _quietest_last(decision: Decision) -> int:
    return (not needs_user(decision)) + (decision.standing is Standing.NO_ADDRESS)


def _open_letters(plan: Plan, application: Application) -> bool:
    return any(needs_user(decision) for decision in plan.decisions if decision.application == application.id)


def _situation(page: _Page, application: Application) -> Iterator[str | Span]:
    """Where a process stands, and what helps before an interview that is near."""
    now, zone = page.plan.at, page.zone
    if application.state is not ApplicationState.OPEN:
        yield words.STATES[application.state] + _offer_by(application, page.plan.days)
        return
    active = [item for item in application.interviews if item.state is not InterviewState.CANCELLED] or list(
        application.interviews
    )
    upcoming = [item for item in active if item.start is not None and (item.end or item.start) > now]
    shown_one = upcoming[0] if upcoming else (active[-1] if active else None)
    yield words.interview_line(shown_one, zone, now, page.plan.days) if shown_one else "waiting"
    if shown_one and shown_one.start and shown_one.state is InterviewState.SCHEDULED and upcoming:
        if now < shown_one.start <= now + _SOON:
            yield from (" · ", Span("", moment=shown_one.start), f" · mailwatch prep {page.ids[shown_one.id]}")
    if application.decision and application.decision.by and not upcoming:
        by = application.decision.by
        verb = "expect" if by >= now.astimezone(zone).date() else "expected"
        yield f" · they {verb} news by {page.plan.days.of(by)}"


def _offer_by(application: Application, names: DayNames) -> str:
    by = application.offer_deadline
    return f", answer by {names.of(by)}" if by and application.state is ApplicationState.OFFERED else ""


def _worth_a_line(decision: Decision, plan: Plan) -> bool:
    if needs_user(decision) or decision.action in {Action.DRAFT, Action.ASK}:
        return True
    if decision.standing in {Standing.SENT, Standing.DONE, Standing.RELAYED, Standing.BLOCKED}:
        return (
            decision.kind is not Kind.THANK_YOU
            or decision.anchor is None
            or (plan.at - decision.anchor).days <= _TOLD_FOR.days
        )
    return decision.kind is Kind.FOLLOW_UP and decision.action is Action.WAIT and decision.until is not None


def _letter(decision: Decision, page: _Page) -> Line:
    person = decision.recipient
    name = shown(person.name or person.address or "", 60) if person else ""
    if decision.kind is Kind.FOLLOW_UP:
        name, letter = "follow-up", ""
    else:
        letter = words.LETTERS[decision.kind]
    detail = words.deadline_of(decision, page.zone, page.plan.at, page.plan.days)
    reason = "" if _says_no_more(decision) and detail else page.sentence(decision.reason, 240)
    standing = words.STANDINGS[decision.standing]
    return line(
        "  ",
        pad(name, NAME_CELLS),
        " ",
        pad(letter, LETTER_CELLS),
        Span(standing, _STYLE.get(decision.standing, ""), link=page.links.get(decision.key, "")),
        " " * max(STANDING_CELLS - len(standing), 0),
        " ",
        *detail,
        " · " if detail and reason else "",
        reason,
        hang=4,
        folds=5,
    )


def _says_no_more(decision: Decision) -> bool:
    """Does the reason only say what the standing and the time say already?"""
    thanks = decision.kind in {Kind.THANK_YOU, Kind.RELAY} and decision.standing in {Standing.DUE, Standing.LATE}
    return decision.reason == LIES_THERE or (thanks and decision.action is Action.DRAFT)


def _review(page: _Page, most: int) -> list[Line]:
    questions = page.plan.questions
    lines = [
        line(Span("Unsure: ", "warn"), f"{page.sentence(item.text, 200)} → {page.sentence(item.command, 120)}", hang=4)
        for item in questions[:most]
    ]
    rest = len(questions) - most
    return [*lines, line(Span(f"and {rest} more: mailwatch status --review", "dim"))] if rest > 0 else lines


def _closing(page: _Page, setting: Setting, most_notes: int) -> list[Line]:
    plan = page.plan
    lines = [line(Span("Problem: ", "warn"), shown(problem, 300), hang=4) for problem in setting.problems]
    lines += [line(shown(note, 300), hang=4) for note in setting.quiet]
    lines += [line(page.sentence(note, 200), hang=4) for note in plan.notes[:most_notes]]
    waiting = sum(decision.standing in {Standing.DRAFT_READY, Standing.DRAFT_EDITED} for decision in plan.decisions)
    pieces = []
    if waiting:
        where = f" in {shown(setting.place, 80)}" if setting.place else ""
        pieces.append(f"{waiting} draft{'s wait' if waiting > 1 else ' waits'}{where}.")
    if setting.proposed:
        wait = "waits" if setting.proposed == 1 else "wait"
        pieces.append(
            f"{counted(setting.proposed, 'letter')} of the first look {wait} for your word: mailwatch run in a terminal."
        )
    if setting.checked_at is not None and not (plan.applications or plan.questions or setting.failing):
        pieces.append("No interview found so far.")
    pieces.append("mailwatch never sends.")
    if setting.checked_at is None:
        begun = bool(plan.applications)
        pieces.append("The first look was not finished: mailwatch run." if begun else "Not checked yet: mailwatch run.")
        return [*lines, line(Span(" ".join(pieces), "dim"))]
    if setting.checked_at - plan.at > _AHEAD:
        moments = [
            words.day_time(one, page.zone, setting.checked_at, plan.days) for one in (plan.at, setting.checked_at)
        ]
        return [*lines, line(Span(" ".join([*pieces, f"As of {moments[0]}; last checked {moments[1]}."]), "dim"))]
    ok = setting.accounts - setting.failing
    checked = (
        Span(" ".join([*pieces, "Checked "]), "dim"),
        Span("", "dim", setting.checked_at),
        Span(f", {ok} of {counted(setting.accounts, 'account')} ok.", "dim"),
    )
    return [*lines, line(*checked)]
