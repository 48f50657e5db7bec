"""Drafts of ours that still lie in Drafts and are no longer right: "Do not send: …" (RULES §7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from mailwatch.core.casebook.debriefs import absent
from mailwatch.core.casebook.traces import SAME_START
from mailwatch.core.decide.ground import LIVE, SAME_OBLIGATION, Ground
from mailwatch.core.decide.obligation import SUBSTANTIVE
from mailwatch.core.ids import told_id
from mailwatch.core.model import (
    Application,
    ApplicationState,
    Interview,
    InterviewState,
    Kind,
    LedgerRow,
    MarkKind,
    ReplyKind,
    Stale,
)

_THANKING = frozenset({Kind.THANK_YOU, Kind.RELAY})
_NEVER_HELD = frozenset({InterviewState.CANCELLED, InterviewState.DECLINED, InterviewState.DID_NOT_HAPPEN})


def stale_drafts(applications: Sequence[Application], ground: Ground) -> tuple[Stale, ...]:
    """Every unsent draft of ours that something has overtaken, with the reason in one sentence."""
    found = []
    for row in ground.facts.ledger:
        if row.state not in LIVE:
            continue
        application = _home(row, applications)
        reason = _reason(row, application, ground)
        if reason:
            home = application.id if application else None
            found.append(Stale(row.key, row.revision, home, reason, _subject(row, ground), row.recipient))
    return tuple(found)


def _home(row: LedgerRow, applications: Iterable[Application]) -> Application | None:
    best, most = None, 0
    for application in applications:
        evidence = frozenset(application.messages).union(*(item.anchors for item in application.interviews))
        shared = len(evidence & row.evidence)
        if shared > most:
            best, most = application, shared
    return best


def _reason(row: LedgerRow, application: Application | None, ground: Ground) -> str:
    firm = (application.company if application else "") or row.employer or "the firm"
    unsaid = _unsaid(row, application, ground)
    if unsaid or application is None:
        return unsaid
    if any(reply.at > row.at and reply.kind is ReplyKind.REJECTION for reply in application.unplaced):
        return f"a mail since may be {firm}'s refusal: read it first."
    if row.kind in _THANKING:
        return _stale_thanks(row, application, firm, ground)
    if row.kind is Kind.FOLLOW_UP:
        return _stale_follow_up(row, application, firm, ground)
    if row.kind is Kind.WITHDRAWAL and application.state is ApplicationState.REJECTED:
        return f"{firm} has said no: there is nothing to withdraw."
    if row.kind is Kind.WITHDRAWAL and application.state is ApplicationState.WITHDRAWN:
        return f"You have withdrawn from {firm} yourself."
    return ""


def _unsaid(row: LedgerRow, application: Application | None, ground: Ground) -> str:
    """Why a letter is about nothing any more: the user has taken back, or waved away, what it rests on."""
    told = {source for source in row.evidence if source.startswith(told_id(""))}
    if told and not told & {told_id(mark.id) for mark in ground.facts.marks}:
        return "you took back the interview that it is about."
    ignored = (mark.evidence for mark in ground.facts.marks if mark.kind is MarkKind.IGNORED)
    if application is None and any(row.evidence & evidence for evidence in ignored):
        return "you said that this was no interview of yours."
    return ""


def _stale_thanks(row: LedgerRow, application: Application, firm: str, ground: Ground) -> str:
    if application.state is ApplicationState.REJECTED:
        return f"{firm} has said no since this thank-you was written."
    interview = _interview(row, application)
    if interview is None:
        return ""
    if interview.state in _NEVER_HELD:
        return f"the interview at {firm} did not take place."
    if interview.start is not None and row.anchor is not None and _moved(row.anchor, interview):
        return f"the interview at {firm} moved to {ground.words(interview.start)}."
    if any(
        absent(person, interview, ground.debriefs_of(interview))
        for person in interview.people
        if person.address == row.recipient
    ):
        return f"{row.recipient} was not there, you wrote."
    thanks = _thanked(row, interview, ground)
    if thanks is not None:
        return f"you thanked {row.recipient} yourself {ground.words(thanks)}."
    if interview.end is not None and ground.now >= interview.end + ground.policy.thank_you_last:
        return f"the interview at {firm} was on {ground.words(interview.end)}: too late for a thank-you."
    again = [
        other for other in application.interviews if other.start and interview.start and other.start > interview.start
    ]
    for other in again:
        there = any(person.address == row.recipient for person in other.people)
        if there and other.state is InterviewState.SCHEDULED and other.end is not None and other.end <= ground.now:
            return f"you met {row.recipient} again since this was written."
    return ""


def _interview(row: LedgerRow, application: Application) -> Interview | None:
    """The round that a thank-you was written for: by its session, else by evidence."""
    if row.anchor is not None:
        for interview in application.interviews:
            if any(abs(session.start - row.anchor) <= SAME_START for session in interview.sessions):
                return interview
    shared = [interview for interview in application.interviews if interview.anchors & row.evidence]
    return shared[0] if shared else None


def _moved(anchor: datetime, interview: Interview) -> bool:
    return not any(abs(session.start - anchor) <= SAME_START for session in interview.sessions)


def _thanked(row: LedgerRow, interview: Interview, ground: Ground) -> datetime | None:
    person = next((item for item in interview.people if item.address == row.recipient), None)
    if interview.start is None or person is None:
        return None
    thanks = ground.thanks_to(person, interview.start)
    return thanks.at if thanks is not None and thanks.message != row.message_id else None


def _stale_follow_up(row: LedgerRow, application: Application, firm: str, ground: Ground) -> str:
    answers = [reply for reply in application.replies if reply.kind in SUBSTANTIVE and reply.at > row.at]
    if answers:
        return f"{firm} answered after this draft was written."
    if application.state not in {ApplicationState.OPEN, ApplicationState.ON_HOLD}:
        return f"the application at {firm} is no longer open."
    by_hand = [
        message.at
        for message in application.sent
        if message.follow_up and message.at > row.at and message.message != row.message_id
    ]
    if by_hand:
        return f"you asked {firm} yourself {ground.words(by_hand[0])}."
    ahead = [
        item
        for item in application.interviews
        if item.state is InterviewState.SCHEDULED and item.start and item.start > row.at
    ]
    if (
        ahead
        and row.anchor is not None
        and ahead[0].start is not None
        and ahead[0].start - row.anchor > SAME_OBLIGATION
    ):
        return f"{firm} has invited you again since this was written."
    return ""


def _subject(row: LedgerRow, ground: Ground) -> str:
    return next(
        (draft.subject for draft in ground.facts.drafts if draft.message_id == row.message_id or draft.ref == row.ref),
        "",
    )
