"""Follow-ups: one calm question once the promised date, or a fair time, has passed (RULES §6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mailwatch.core.casebook.correspondence import KIND_WORDS
from mailwatch.core.decide.ground import LIVE, Ground
from mailwatch.core.decide.obligation import Obligation, begun, from_ledger, is_muted, withheld
from mailwatch.core.model import (
    Action,
    Address,
    Application,
    ApplicationState,
    Decision,
    Interview,
    InterviewState,
    Kind,
    LedgerRow,
    LedgerState,
    MarkKind,
    MessageId,
    Person,
    ReplyKind,
    Standing,
)
from mailwatch.core.reading.weighing import MAYBE_OVER, UNREAD
from mailwatch.core.workdays import add_workdays, due_day

_ARRANGING = frozenset({ReplyKind.NEXT_ROUND, ReplyKind.SCHEDULING})
_RESETS = frozenset({ReplyKind.TIMELINE_UPDATE, ReplyKind.NEEDS_INFO})
_MAY_DECIDE = frozenset({MAYBE_OVER, UNREAD})
"""The rules behind a mail that may say how it went, though nothing of that was understood."""
_ONE_LETTER = timedelta(hours=24)
"""The ledger and Sent tell of the same letter when their times lie this close."""


@dataclass(frozen=True, slots=True)
class Clock:
    """When to ask, for the how-manieth time since the interview, by which promise, and what went unanswered so far."""

    day: date
    ordinal: int
    promised: date | None
    unheard: tuple[datetime, ...]


def follow_up(application: Application, ground: Ground) -> Decision | None:
    """The decision about asking for news; None where no interview has been held, or nothing is awaited."""
    last = _last_held(application, ground)
    if last is None or last.start is None or application.state not in {ApplicationState.OPEN, ApplicationState.ON_HOLD}:
        return None
    clock = _clock(application, last, ground)
    recipient = reachable_contact(application, ground)
    due = ground.morning(clock.day)
    obligation = Obligation(
        kind=Kind.FOLLOW_UP,
        application=application,
        recipient=recipient or Person(""),
        anchor=last.start,
        interview=last,
        ordinal=clock.ordinal,
        parent=parent_of(application, recipient) if recipient else None,
        due=due,
        last=due + ground.policy.first_run_followup,
        promised=clock.promised,
        unanswered=len(clock.unheard),
        anchors=last.anchors,
    )
    nothing_yet = _not_awaited(obligation, ground)
    if nothing_yet is not None:
        return nothing_yet
    spent = _spent(obligation, clock, ground)
    return spent or _timed(obligation, last, recipient, ground)


def _last_held(application: Application, ground: Ground) -> Interview | None:
    held = [
        interview
        for interview in application.interviews
        if interview.state is InterviewState.SCHEDULED
        and interview.draftable
        and not interview.informational
        and interview.end is not None
        and interview.end <= ground.now
    ]
    return held[-1] if held else None


def _clock(application: Application, last: Interview, ground: Ground) -> Clock:
    policy, holidays = ground.policy, ground.policy.holidays
    end = last.end or ground.now
    asked = _asked(application, end, ground)
    days = [_first_day(application, end, ground)]
    answered = _answered_request(application, end)
    if answered is not None:
        days.append(due_day(ground.day(answered) + policy.followup_without_promise, holidays))
    if asked:
        days.append(due_day(ground.day(asked[-1]) + policy.min_gap, holidays))
    heard = max([end, *(reply.at for reply in application.replies if reply.kind in _RESETS)])
    unheard = tuple(moment for moment in asked if moment > heard)
    decision = application.decision
    promised = decision.by if decision is not None and not decision.on_hold else None
    return Clock(max(days), len(asked) + 1, promised, unheard)


def _first_day(application: Application, end: datetime, ground: Ground) -> date:
    """Three business days after the promised date; without one, fourteen days after the interview."""
    policy, holidays, decision = ground.policy, ground.policy.holidays, application.decision
    fair = due_day(ground.day(end) + policy.followup_without_promise, holidays)
    if decision is None or decision.on_hold:
        return fair
    if decision.by is not None:
        return due_day(add_workdays(decision.by, policy.followup_after_promise_bd, holidays), holidays)
    delayed = ground.day(decision.said_at) + policy.undated_delay
    return max(fair, due_day(add_workdays(delayed, policy.followup_after_promise_bd, holidays), holidays))


def _asked(application: Application, end: datetime, ground: Ground) -> list[datetime]:
    """When the user asked for news since the last interview: by hand, by a draft of ours, by phone."""
    moments = [message.at for message in application.sent if message.follow_up and message.at > end]
    moments += [
        row.sent_at or row.at for row in _rows(application, ground) if row.state is LedgerState.SENT and row.at > end
    ]
    moments += [
        mark.at
        for mark in ground.follow_up_marks(_anchors(application))
        if mark.kind is MarkKind.DONE and mark.at > end
    ]
    asked: list[datetime] = []
    for moment in sorted(moments):
        if not asked or moment - asked[-1] > _ONE_LETTER:
            asked.append(moment)
    return asked


def _rows(application: Application, ground: Ground) -> list[LedgerRow]:
    anchors = _anchors(application)
    return [row for row in ground.facts.ledger if row.kind is Kind.FOLLOW_UP and row.evidence & anchors]


def _anchors(application: Application) -> frozenset[str]:
    return frozenset(application.messages).union(*(interview.anchors for interview in application.interviews))


def _answered_request(application: Application, end: datetime) -> datetime | None:
    """When the user gave what they had asked for after the interview."""
    asked = [reply.at for reply in application.replies if reply.kind is ReplyKind.NEEDS_INFO and reply.at > end]
    if not asked:
        return None
    return min((message.at for message in application.sent if message.at > asked[-1]), default=None)


def reachable_contact(application: Application, ground: Ground) -> Person | None:
    """Whoever made the promise, else the main contact, else the next person who can be reached."""
    people = [person for person in application.contacts if person.address is not None and person.trusted]
    reachable = [person for person in people if person.address not in application.unreachable]
    decision = application.decision
    speaker = decision.by_whom if decision is not None else None
    first = [person for person in reachable if person.address == speaker]
    main = [
        person
        for person in reachable
        if application.contact is not None and person.address == application.contact.address
    ]
    choice = first + main + reachable
    unmuted = [person for person in choice if not is_muted(application, person, ground.policy.muted)]
    return (unmuted or choice)[0] if choice else None


def parent_of(application: Application, person: Person) -> MessageId | None:
    """The newest message of the conversation with that person: theirs, else the user's own to them."""
    theirs = next((message for address, message in application.last_messages if address == person.address), None)
    own = next((sent.message for sent in reversed(application.sent) if person.address in sent.to), None)
    return theirs or own


def _not_awaited(obligation: Obligation, ground: Ground) -> Decision | None:
    """Why no news is awaited from them now."""
    application, none = obligation.application, Standing.NOT_NEEDED
    nothing = Action.NOTHING
    if application.your_turn:
        return obligation.decided(ground, nothing, none, f"It is your turn: {application.your_turn}.")
    if application.state is ApplicationState.ON_HOLD:
        return obligation.decided(ground, nothing, none, "The process is on hold: there is nothing to ask for now.")
    ahead = [
        item
        for item in application.interviews
        if item.state is InterviewState.SCHEDULED and item.end and item.end > ground.now
    ]
    if ahead and ahead[0].end is not None:
        reason = f"The next interview is ahead, until {ground.words(ahead[0].end)}."
        return obligation.decided(ground, Action.WAIT, none, reason, until=ahead[0].end)
    last = obligation.interview
    newest = next((reply for reply in reversed(application.replies) if reply.kind is not ReplyKind.NEUTRAL), None)
    if (
        newest is not None
        and newest.kind in _ARRANGING
        and last is not None
        and last.end is not None
        and newest.at > last.end
    ):
        return obligation.decided(ground, nothing, none, "The next round is being arranged.")
    if application.junk:
        mails = "1 mail" if application.junk == 1 else f"{application.junk} mails"
        firm = application.company or "this firm"
        return obligation.decided(
            ground, Action.ASK, Standing.BLOCKED, f"{mails} from {firm} lies in Spam: look there first."
        )
    return None


def _spent(obligation: Obligation, clock: Clock, ground: Ground) -> Decision | None:
    """All has been asked that patience allows, or the user wants no more."""
    application, policy = obligation.application, ground.policy
    marks = ground.follow_up_marks(_anchors(application))
    if any(mark.kind is MarkKind.SKIPPED for mark in marks):
        return obligation.decided(ground, Action.NOTHING, Standing.DISMISSED, "You skipped this letter.")
    mine = [row for row in _rows(application, ground) if row.anchor is None or row.anchor == obligation.moment]
    if any(row.state is LedgerState.REMOVED and row.ordinal >= clock.ordinal for row in mine):
        return obligation.decided(
            ground, Action.NOTHING, Standing.DISMISSED, "You deleted the draft: it is not written again."
        )
    if len(clock.unheard) < policy.max_followups:
        return None
    closes = clock.unheard[-1] + policy.close_after
    if ground.now >= closes:
        reason = "Closed: no answer. Keep searching; any mail of theirs opens it again."
        return obligation.decided(ground, Action.NOTHING, Standing.EXPIRED, reason)
    reason = f"You asked {len(clock.unheard)} times; wait until {ground.words(closes)}, then let it go."
    return obligation.decided(ground, Action.WAIT, Standing.SENT, reason, until=closes)


def _timed(obligation: Obligation, last: Interview, recipient: Person | None, ground: Ground) -> Decision:
    due = obligation.due or ground.now
    ours = from_ledger(obligation, ground) or _other_row(obligation, ground)
    if ours is not None:
        return ours
    if ground.now < due:
        return obligation.decided(ground, Action.WAIT, Standing.NOT_DUE, _waiting_words(obligation, ground), until=due)
    if obligation.last is not None and ground.now >= obligation.last:
        reason = f"It fell due {ground.day_words(ground.day(due))}: too long ago to ask now."
        return obligation.decided(ground, Action.NOTHING, Standing.EXPIRED, reason)
    if recipient is None or recipient.address is None:
        reason = "Nobody with an address is known who could be asked."
        return obligation.decided(ground, Action.ASK, Standing.NO_ADDRESS, reason)
    patience = _patience(obligation, recipient.address, ground)
    if patience is not None:
        return patience
    blocked = begun(obligation, ground) or withheld(obligation, ground, last.start or due)
    if blocked is not None:
        return blocked
    reason = f"Due since {ground.day_words(ground.day(due))}; no reply seen."
    return obligation.decided(ground, Action.DRAFT, Standing.DUE, reason, until=obligation.last)


def _other_row(obligation: Obligation, ground: Ground) -> Decision | None:
    """A draft of this follow-up that was written to somebody else before a better contact was known."""
    for row in _rows(obligation.application, ground):
        if row.state in LIVE and row.ordinal == obligation.ordinal and row.anchor == obligation.moment:
            reason = f"The draft to {row.recipient} waits in Drafts."
            return obligation.decided(ground, Action.NOTHING, Standing.DRAFT_READY, reason, until=obligation.last)
    return None


def _waiting_words(obligation: Obligation, ground: Ground) -> str:
    due = ground.day_words(ground.day(obligation.due or ground.now))
    if obligation.unanswered:
        return f"Asked already. Wait until {due}; writing earlier hurts."
    if obligation.promised is not None:
        return f"They spoke of {ground.day_words(obligation.promised)}; ask from {due}."
    return f"No timeframe given; ask from {due}."


def _patience(obligation: Obligation, address: Address, ground: Ground) -> Decision | None:
    """Why to wait although the day has come: a recent mail, an unsent thank-you, an absence."""
    policy = ground.policy
    written = ground.last_sent_to(address)
    if written is not None and ground.now < written + policy.quiet_gap:
        until = written + policy.quiet_gap
        reason = f"You wrote to them {ground.words(written)}; wait until {ground.words(until)}."
        return obligation.decided(ground, Action.WAIT, Standing.NOT_DUE, reason, until=until)
    if _unsent_thanks(obligation, address, ground):
        reason = "Your thank-you to them still lies in Drafts: send or discard it first."
        return obligation.decided(ground, Action.WAIT, Standing.BLOCKED, reason)
    deciding, unclear = _may_decide(obligation), _not_understood(obligation)
    if deciding is not None:
        reason = f"They wrote {ground.words(deciding)}, and it may be their decision: read it, and say how it went with `mailwatch mark`."
        return obligation.decided(ground, Action.ASK, Standing.BLOCKED, reason)
    if unclear is not None and ground.now < unclear + policy.quiet_gap:
        until = unclear + policy.quiet_gap
        reason = f"They wrote {ground.words(unclear)}, and what it means is unclear: read it. The letter waits until {ground.words(until)}."
        return obligation.decided(ground, Action.ASK, Standing.BLOCKED, reason, until=until)
    back = _back(obligation, address, ground)
    if back is not None and ground.now < back:
        reason = f"They are away; the letter appears {ground.words(back)}."
        return obligation.decided(ground, Action.WAIT, Standing.NOT_DUE, reason, until=back)
    return None


def _not_understood(obligation: Obligation) -> datetime | None:
    """When they last wrote, since the interview, something in which nothing was recognised."""
    last = obligation.interview
    since = last.end if last is not None and last.end is not None else None
    return max(
        (
            reply.at
            for reply in obligation.application.replies
            if reply.kind is ReplyKind.NEUTRAL
            and since is not None
            and reply.at > since
            and all(evidence.rule != KIND_WORDS for evidence in reply.evidence)
        ),
        default=None,
    )


def _may_decide(obligation: Obligation) -> datetime | None:
    """When they wrote, since the interview and since their last clear answer, what may be their decision: nothing is asked then."""
    last = obligation.interview
    for reply in reversed(obligation.application.replies):
        if reply.kind is not ReplyKind.NEUTRAL or last is None or last.end is None or reply.at <= last.end:
            return None
        if any(item.rule in _MAY_DECIDE for item in reply.evidence):
            return reply.at
    return None


def _unsent_thanks(obligation: Obligation, address: Address, ground: Ground) -> bool:
    thread = ground.threads.get(obligation.parent) if obligation.parent else None
    for row in ground.facts.ledger:
        if row.kind in {Kind.THANK_YOU, Kind.RELAY} and row.state in LIVE:
            same_thread = (
                thread is not None and row.thread_of is not None and ground.threads.get(row.thread_of) == thread
            )
            if row.recipient == address or same_thread:
                return True
    return False


def _back(obligation: Obligation, address: Address, ground: Ground) -> datetime | None:
    """Two business days after their return, within the limits of patience."""
    policy = ground.policy
    back = dict(obligation.application.away).get(address)
    last = obligation.interview
    if back is None or last is None or last.end is None:
        return None
    day = add_workdays(back, policy.away_return_bd, policy.holidays)
    if obligation.promised is not None:
        cap = obligation.promised + policy.away_cap_after_promise
    else:
        cap = ground.day(last.end) + policy.away_cap_after_interview
    return ground.morning(min(day, cap))
