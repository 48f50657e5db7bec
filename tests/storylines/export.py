"""A plan → one result of the `mailwatch-eval/1` export: what the program holds to be true and right at one moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any
from zoneinfo import ZoneInfo

from mailwatch.core.model import (
    Application,
    Decision,
    Interview,
    InterviewState,
    Kind,
    LedgerRow,
    Person,
    Plan,
    ReplyKind,
    Session,
    Standing,
)

SCHEMA = "mailwatch-eval/1"
_NEVER_HELD = {InterviewState.CANCELLED, InterviewState.DECLINED, InterviewState.DID_NOT_HAPPEN}
_THANKED = {Standing.SENT, Standing.DONE}
_PENDING = {
    Standing.DUE, Standing.LATE, Standing.DRAFT_READY, Standing.DRAFT_EDITED, Standing.BEING_WRITTEN,
    Standing.NO_ADDRESS, Standing.RELAYED, Standing.EXPIRED, Standing.BLOCKED, Standing.DISMISSED,
}  # fmt: skip
_KINDS = {Kind.RELAY: "thank_you", Kind.THANKS_ANYWAY: "rejection_reply"}


def result_of(plan: Plan, saved: Iterable[LedgerRow], zone: ZoneInfo) -> dict[str, Any]:
    """The interviews of a plan, and the drafts that were saved, in the export's words."""
    interviews = [
        form
        for application in plan.applications
        if not application.suspicions
        for interview in application.interviews
        if not interview.informational and interview.state is not InterviewState.POSSIBLE
        for form in _interview_forms(plan, application, interview, zone)
    ]
    return {"interviews": interviews, "drafts": [_draft_form(row) for row in saved]}


def _interview_forms(
    plan: Plan, application: Application, interview: Interview, zone: ZoneInfo
) -> list[dict[str, Any]]:
    if len({session.uid for session in interview.sessions if session.uid}) < 2:  # one entry, whatever its agenda lists
        return [_form(plan, application, interview, interview.start, interview.people, zone, last=True)]
    return [
        _form(plan, application, interview, session.start, session.people, zone, last=session is interview.sessions[-1])
        for session in sorted(interview.sessions, key=_start_of)
    ]


def _start_of(session: Session) -> datetime:
    return session.start


def _form(
    plan: Plan,
    application: Application,
    interview: Interview,
    start: datetime | None,
    people: tuple[Person, ...],
    zone: ZoneInfo,
    *,
    last: bool,
) -> dict[str, Any]:
    follow_up = _follow_up(plan, application, interview) if last else None
    newest = _is_newest(application, interview)
    decision = application.decision
    due = (follow_up.due or follow_up.until) if follow_up else None
    return {
        "company": application.company,
        "role": application.role or None,
        "start": start.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ") if start else None,
        "status": _status(plan, interview),
        "people": [
            {"name": person.name, "email": person.address, "thank_you": _thanks(plan, interview, person)}
            for person in people
        ],
        "reply": {"class": _reply(plan, application, interview)},
        "decision_by": decision.by.isoformat() if decision and decision.by and newest and last else None,
        "follow_up_due": due.astimezone(zone).date().isoformat() if due else None,
    }


def _status(plan: Plan, interview: Interview) -> str:
    if interview.state in _NEVER_HELD:
        return "cancelled"
    if interview.state is InterviewState.REQUESTED or interview.start is None:
        return "requested"
    return "completed" if (interview.end or interview.start) <= plan.at else "scheduled"


def _thanks(plan: Plan, interview: Interview, person: Person) -> str:
    standings = {
        decision.standing
        for decision in plan.decisions
        if decision.interview == interview.id
        and decision.kind is Kind.THANK_YOU
        and decision.recipient is not None
        and decision.recipient.key == person.key
    }
    if standings & _THANKED:
        return "sent"
    if interview.start is not None and (interview.end or interview.start) > plan.at:
        return "not_due"
    if Standing.NOT_NEEDED in standings:
        return "not_needed"
    return "missing" if standings & _PENDING or not standings else "not_due"


def _held(application: Application) -> list[Interview]:
    return [
        item
        for item in application.interviews
        if item.start and item.state not in _NEVER_HELD and not item.informational
    ]


def _is_newest(application: Application, interview: Interview) -> bool:
    held = _held(application)
    return bool(held) and max(held, key=lambda item: item.start or datetime.min.replace(tzinfo=UTC)).id == interview.id


def _reply(plan: Plan, application: Application, interview: Interview) -> str:
    if interview.state in _NEVER_HELD or interview.start is None:
        return "none"
    later = [
        item
        for item in _held(application)
        if item.start and item.start > interview.start and item.id != interview.id
        and not _was_planned_before(application, item, interview.start)
    ]  # fmt: skip
    if later:
        return ReplyKind.NEXT_ROUND.value
    after = [
        reply
        for reply in application.replies
        if reply.at > interview.start and reply.kind not in {ReplyKind.NONE, ReplyKind.NEUTRAL}
    ]
    return after[-1].kind.value if after else "none"


def _was_planned_before(application: Application, item: Interview, start: datetime) -> bool:
    """Two interviews arranged at once: the later one is no answer to the first."""
    told = [reply.at for reply in application.replies if reply.message in item.anchors]
    return bool(told) and min(told) < start


def _follow_up(plan: Plan, application: Application, interview: Interview) -> Decision | None:
    candidates = [
        decision
        for decision in plan.decisions
        if decision.application == application.id and decision.kind is Kind.FOLLOW_UP
    ]
    return candidates[0] if candidates and _is_newest(application, interview) else None


def _draft_form(row: LedgerRow) -> dict[str, Any]:
    """A draft as its bytes say it, so that the export holds what the mailbox holds."""
    message = message_from_bytes(row.raw, policy=default)
    people = {
        name: [box.addr_spec for box in message[name].addresses] if message[name] else [] for name in ("To", "Cc")
    }
    return {
        "kind": _KINDS.get(row.kind, row.kind.value),
        "to": people["To"],
        "cc": people["Cc"],
        "in_reply_to": message["In-Reply-To"],
        "subject": message["Subject"],
        "body": message.get_content(),
    }
