"""Plan → JSON: one versioned schema for every command, the same words as the text.

Every document has `schema`, `command` and `at`. Instants are ISO 8601 in UTC, dates ISO 8601, absent values null.
Control characters stay inside JSON's own escapes: the output is ASCII.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from mailwatch.core.model import (
    Application,
    Debrief,
    Decision,
    Draft,
    Evidence,
    Interview,
    Person,
    Plan,
    Question,
    Stale,
)
from mailwatch.render.ids import plan_ids, review_ids, with_short_ids
from mailwatch.render.status import needs_user

if TYPE_CHECKING:
    from mailwatch.auth import SignInStatus

SCHEMA = "mailwatch/1"


def document(command: str, at: datetime | None, **content: Any) -> str:
    """One JSON document of one line."""
    return json.dumps({"schema": SCHEMA, "command": command, "at": instant(at), **content}, ensure_ascii=True)


def instant(moment: datetime | None) -> str | None:
    """`2026-11-24T09:00:00Z`."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if moment else None


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def person_form(person: Person) -> dict[str, Any]:
    """A person: name, address, title, kind."""
    return {"name": person.name, "address": person.address, "title": person.title, "kind": person.kind.value}


def evidence_form(evidence: Evidence) -> dict[str, str]:
    """One piece of evidence: source id, rule, quoted words."""
    return {"source": evidence.source, "rule": evidence.rule, "words": evidence.words}


def interview_form(interview: Interview, ids: Mapping[str, str]) -> dict[str, Any]:
    """One round."""
    return {
        "id": ids[interview.id],
        "state": interview.state.value,
        "start": instant(interview.start),
        "end": instant(interview.end),
        "zone": interview.zone,
        "zone_state": interview.zone_state.value,
        "title": interview.title,
        "medium": interview.medium,
        "informational": interview.informational,
        "people": [person_form(person) for person in interview.people],
        "sessions": [
            {
                "start": instant(session.start),
                "end": instant(session.end),
                "people": [person_form(p) for p in session.people],
            }
            for session in interview.sessions
        ],
        "doubts": list(interview.doubts),
        "evidence": [evidence_form(item) for item in interview.evidence],
    }


def application_form(application: Application, plan: Plan, ids: Mapping[str, str] | None = None) -> dict[str, Any]:
    """One process, with its letters."""
    ids = ids or plan_ids(plan)
    decision = application.decision
    return {
        "id": ids[application.id],
        "company": application.company,
        "role": application.role,
        "state": application.state.value,
        "agency": application.agency,
        "contact": person_form(application.contact) if application.contact else None,
        "your_turn": application.your_turn or None,
        "decision_by": _day(decision.by) if decision else None,
        "offer_deadline": _day(application.offer_deadline),
        "reply": application.replies[-1].kind.value if application.replies else "none",
        "interviews": [interview_form(interview, ids) for interview in application.interviews],
        "letters": [decision_form(item, ids) for item in plan.decisions if item.application == application.id],
        "suspicions": [evidence_form(item) for item in application.suspicions],
    }


def decision_form(decision: Decision, ids: Mapping[str, str]) -> dict[str, Any]:
    """One obligation."""
    return {
        "key": decision.key,
        "kind": decision.kind.value,
        "action": decision.action.value,
        "standing": decision.standing.value,
        "needs_you": needs_user(decision),
        "interview": ids[decision.interview] if decision.interview else None,
        "to": person_form(decision.recipient) if decision.recipient else None,
        "due": instant(decision.due),
        "until": instant(decision.until),
        "last": instant(decision.last),
        "promised": _day(decision.promised),
        "reason": with_short_ids(decision.reason, ids),
        "evidence": [evidence_form(item) for item in decision.evidence],
    }


def draft_form(draft: Draft, *, text: bool) -> dict[str, Any]:
    """One letter; its text only where it was asked for."""
    form: dict[str, Any] = {
        "key": draft.key,
        "revision": draft.revision,
        "kind": draft.kind.value,
        "account": draft.account,
        "to": draft.to.address,
        "subject": draft.subject,
        "in_reply_to": draft.in_reply_to,
        "language": draft.language,
    }
    if text:
        form["text"] = draft.text
        form["sources"] = [{"sentence": sentence.text, "source": sentence.source} for sentence in draft.sentences]
    return form


def stale_form(stale: Stale) -> dict[str, Any]:
    """A draft that should not be sent any more."""
    return {"key": stale.key, "to": stale.recipient, "subject": stale.subject, "reason": stale.reason}


def question_form(question: Question, ids: Mapping[str, str]) -> dict[str, Any]:
    """One entry of the review list."""
    return {
        "id": question.id,
        "text": with_short_ids(question.text, ids),
        "command": with_short_ids(question.command, ids),
        "evidence": [evidence_form(item) for item in question.evidence],
    }


def debrief_form(debrief: Debrief) -> dict[str, Any]:
    """What the user wrote down after an interview, private answers included: only where these were asked for."""
    return {
        "at": instant(debrief.at),
        "evidence": sorted(debrief.evidence),
        "absent": list(debrief.absent),
        "added": [{"name": name, "address": address} for name, address in debrief.added],
        "notes": [
            {"person": note.person, "topic": note.topic, "thought": note.thought, "better_answer": note.better_answer}
            for note in debrief.notes
        ],
        "fit": debrief.fit,
        "decide_by": _day(debrief.decide_by),
        "covered": debrief.covered,
        "private": debrief.private.reveal(),
    }


def plan_form(plan: Plan, *, text: bool = False) -> dict[str, Any]:
    """The whole plan."""
    ids = plan_ids(plan)
    return {
        "applications": [application_form(application, plan, ids) for application in plan.applications],
        "to_save": [draft_form(draft, text=text) for draft in plan.drafts],
        "stale": [stale_form(item) for item in plan.stale],
        "review": [question_form(question, review_ids(plan)) for question in plan.questions],
        "gaps": list(plan.gaps),
        "notes": list(plan.notes),
        "next_change": instant(plan.next_change),
    }


def sign_in_form(found: SignInStatus) -> dict[str, Any]:
    """How one account is signed in."""
    return {
        "account": found.account,
        "kind": found.kind,
        "address": found.address,
        "signed_in": found.signed_in,
        "where": found.where,
        "scopes": list(found.scopes),
        "since": instant(found.since),
        "notes": list(found.notes),
    }
