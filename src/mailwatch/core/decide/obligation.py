"""One obligation, before it is decided, and the questions that every kind of letter has to pass."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime

from mailwatch.core.casebook.traces import SAME_START
from mailwatch.core.decide.ground import LIVE, SAME_OBLIGATION, Ground
from mailwatch.core.identity import draft_key
from mailwatch.core.model import (
    LIES_THERE,
    Action,
    Application,
    Decision,
    Doubt,
    DraftKey,
    Evidence,
    Interview,
    InterviewId,
    Kind,
    LedgerRow,
    LedgerState,
    MessageId,
    Person,
    Reply,
    ReplyKind,
    SharedNote,
    Standing,
)

SUBSTANTIVE = frozenset(ReplyKind) - {ReplyKind.NONE, ReplyKind.NEUTRAL}

_FAMILIES = {
    Kind.THANK_YOU: frozenset({Kind.THANK_YOU, Kind.RELAY}),
    Kind.RELAY: frozenset({Kind.THANK_YOU, Kind.RELAY}),
}


@dataclass(frozen=True, slots=True)
class Obligation:
    """A letter that may be owed: to whom, about what, and when.

    anchor: the session's start, or the contact's address (DESIGN §1).
    elsewhere: sessions of the same process that a letter of the same kind may be about instead.
    """

    kind: Kind
    application: Application
    recipient: Person
    anchor: datetime | str
    interview: Interview | None = None
    ordinal: int = 0
    parent: MessageId | None = None
    due: datetime | None = None
    last: datetime | None = None
    relayed: tuple[Person, ...] = ()
    promised: date | None = None
    unanswered: int = 0
    freed: tuple[InterviewId, ...] = ()
    anchors: frozenset[str] = frozenset()
    elsewhere: tuple[datetime, ...] = ()

    @property
    def moment(self) -> datetime | None:
        """The session that it is about."""
        return self.anchor if isinstance(self.anchor, datetime) else None

    def key(self, ground: Ground) -> DraftKey:
        """Its key, the same on every machine that sees the same meeting."""
        recipient = self.recipient.address or self.recipient.name
        return draft_key(ground.account_of(self.application), self.kind, recipient, self.anchor, self.ordinal)

    def decided(
        self,
        ground: Ground,
        action: Action,
        standing: Standing,
        reason: str,
        *,
        until: datetime | None = None,
        evidence: tuple[Evidence, ...] = (),
    ) -> Decision:
        """The decision about it."""
        interview = self.interview
        return Decision(
            key=self.key(ground),
            kind=self.kind,
            action=action,
            standing=standing,
            application=self.application.id,
            reason=reason,
            interview=interview.id if interview else None,
            recipient=self.recipient,
            account=ground.account_of(self.application),
            ordinal=self.ordinal,
            anchor=self.moment,
            due=self.due,
            until=until,
            last=self.last,
            relayed=self.relayed,
            parent=self.parent,
            promised=self.promised,
            unanswered=self.unanswered,
            freed=self.freed,
            evidence=evidence or (interview.evidence if interview else self.application.evidence),
            anchors=self.anchors,
        )


def from_ledger(obligation: Obligation, ground: Ground) -> Decision | None:
    """What a draft of ours, present or past, says about it; None: there is none, or only an intention."""
    address = obligation.recipient.address
    if address is None:
        return None
    kinds = _FAMILIES.get(obligation.kind, frozenset({obligation.kind}))
    rows = [
        row
        for row in ground.rows_of(kinds, address, obligation.moment, obligation.anchors)
        if row.ordinal == obligation.ordinal and not _is_about_another(row, obligation)
    ]
    current = [row for row in rows if not _is_for_the_old_time(row, obligation)]
    states = {row.state for row in current}
    marked = ground.marked(ground.account_of(obligation.application), obligation.key(ground))
    if marked is not None and not states & {LedgerState.EDITED, LedgerState.REMOVED}:
        states.add(marked)
    decided = _by_state(obligation, ground, states, current)
    if decided is None and any(row.state in LIVE for row in rows if row not in current):
        reason = "A draft for the old time still lies in Drafts: remove it (mailwatch drafts tidy), then a new one is written."
        return obligation.decided(ground, Action.ASK, Standing.BLOCKED, reason)
    return decided


def _is_for_the_old_time(row: LedgerRow, obligation: Obligation) -> bool:
    """The meeting has moved far from the time that this draft was written for."""
    here, there = obligation.moment, row.anchor
    if here is None or there is None or obligation.interview is None or abs(here - there) <= SAME_OBLIGATION:
        return False
    return any(abs(there - old) <= SAME_START for old in obligation.interview.moved_from)


def _is_about_another(row: LedgerRow, obligation: Obligation) -> bool:
    """One mail can speak of two rounds: what it ties together are still two letters."""
    here, there = obligation.moment, row.anchor
    if here is None or there is None or abs(here - there) <= SAME_OBLIGATION:
        return False
    return any(abs(there - other) <= SAME_START for other in obligation.elsewhere)


def _by_state(
    obligation: Obligation, ground: Ground, states: set[LedgerState], rows: list[LedgerRow]
) -> Decision | None:
    nothing = Action.NOTHING
    if LedgerState.SENT in states:
        sent = max((row.sent_at for row in rows if row.sent_at is not None), default=None)
        reason = f"You sent it {ground.words(sent)}." if sent else "You sent it."
        return obligation.decided(ground, nothing, Standing.SENT, reason)
    if LedgerState.EDITED in states:
        return obligation.decided(
            ground, nothing, Standing.DRAFT_EDITED, "You edited the draft: it is yours, and waits to be sent."
        )
    if LedgerState.SAVED in states:
        reason = _personal_line(obligation, ground, rows) or LIES_THERE
        return obligation.decided(ground, nothing, Standing.DRAFT_READY, reason, until=obligation.last)
    if LedgerState.GONE in states:
        gone = max(row.at for row in rows if row.state is LedgerState.GONE)
        reason = (
            "The draft left Drafts: you may be writing it right now. If you deleted it, that is all there is to do."
        )
        until = gone + ground.policy.gone_is_removed_after
        return obligation.decided(ground, Action.WAIT, Standing.BEING_WRITTEN, reason, until=until)
    if LedgerState.REMOVED in states:
        return obligation.decided(
            ground, nothing, Standing.DISMISSED, "You deleted the draft: it is not written again."
        )
    return None


def _personal_line(obligation: Obligation, ground: Ground, rows: list[LedgerRow]) -> str:
    """What to do for a thank-you that lies there without a word of the user's own; asked for two days."""
    interview, person = obligation.interview, obligation.recipient
    lying = [row for row in rows if row.state is LedgerState.SAVED and row.sentences]
    said = [source for row in lying for source in row.sentences]
    if obligation.kind is not Kind.THANK_YOU or interview is None or not said or any(map(_has_no_place, said)):
        return ""
    debriefs = ground.debriefs_of(interview)
    if any(_is_about(note, person) for debrief in debriefs for note in debrief.notes):
        return f"Your debrief came later: mailwatch drafts make thank-you {obligation.application.id} {person.address}."
    asked = interview.end is not None and ground.now < interview.end + ground.policy.thank_you_latest
    return f"No personal line yet: mailwatch debrief {interview.id}." if asked and not debriefs else ""


def _has_no_place(source: str) -> bool:
    """The letter has the user's own words already, or is one of the short formal ones, which have no place for them."""
    return "debrief." in source or ".letter." in source


def _is_about(note: SharedNote, person: Person) -> bool:
    return bool(note.topic or note.thought or note.better_answer) and note.person in {person.key, person.name}


def begun(obligation: Obligation, ground: Ground) -> Decision | None:
    """The user's own unsent draft to that person or in that thread: nothing of ours is saved beside it."""
    address = obligation.recipient.address
    if address is None or not ground.begun_by_user(address, obligation.parent):
        return None
    reason = "You have begun a draft there yourself: mailwatch saves none beside it."
    return obligation.decided(ground, Action.NOTHING, Standing.BEING_WRITTEN, reason)


def withheld(obligation: Obligation, ground: Ground, since: datetime) -> Decision | None:
    """Why nothing may be written now although it is due: suspicion, mute, pause, unread mail."""
    application, person, policy = obligation.application, obligation.recipient, ground.policy
    if application.suspicions:
        return obligation.decided(
            ground,
            Action.ASK,
            Standing.BLOCKED,
            "This may be a scam: nothing is written.",
            evidence=application.suspicions,
        )
    doubtful = _perhaps_answered(obligation, since)
    if doubtful is not None:
        reason = (
            f"A mail of {ground.words(doubtful.at)} may be about this job or about another one there: read it first."
        )
        return obligation.decided(ground, Action.ASK, Standing.BLOCKED, reason, evidence=doubtful.evidence)
    if not person.trusted:
        return obligation.decided(ground, Action.ASK, Standing.BLOCKED, _why_not_to(person, obligation))
    if is_muted(application, person, policy.muted):
        return obligation.decided(
            ground, Action.NOTHING, Standing.BLOCKED, "You muted this: mailwatch mute --off brings it back."
        )
    gap = ground.coverage.gap(since, ground.now)
    if gap:
        return obligation.decided(
            ground, Action.WAIT, Standing.BLOCKED, f"Not sure that nothing was sent or answered: {gap}."
        )
    if not policy.create_drafts:
        return obligation.decided(
            ground, Action.NOTHING, Standing.BLOCKED, "Saving drafts is switched off ([drafts] create = false)."
        )
    if policy.paused_until is not None and ground.now < policy.paused_until:
        if policy.paused_until.year == MAXYEAR:
            return obligation.decided(ground, Action.WAIT, Standing.BLOCKED, "Paused: mailwatch pause --off.")
        reason = f"Paused until {ground.words(policy.paused_until)}."
        return obligation.decided(ground, Action.WAIT, Standing.BLOCKED, reason, until=policy.paused_until)
    return None


def _why_not_to(person: Person, obligation: Obligation) -> str:
    if person.doubt is Doubt.LOOK_ALIKE or obligation.interview is None:
        return "The address only resembles a known one: nothing is written to it."
    confirms = f'mailwatch edit {obligation.interview.id} --person "{person.name}" --email {person.address}'
    return f"Only the guest list says that this address is one of theirs. If you met them: {confirms}"


def _perhaps_answered(obligation: Obligation, since: datetime) -> Reply | None:
    """A mail since then that may refuse this application, or, for a question, may answer it."""
    application = obligation.application
    decides = SUBSTANTIVE if obligation.kind is Kind.FOLLOW_UP else frozenset({ReplyKind.REJECTION})
    heard = max((reply.at for reply in application.replies if reply.kind in SUBSTANTIVE), default=since)
    newer = (reply for reply in application.unplaced if reply.at >= max(since, heard) and reply.kind in decides)
    return next(newer, None)


def is_muted(application: Application, person: Person, muted: frozenset[str]) -> bool:
    """Did the user mute this firm (name or domain) or this person (address or name)?"""
    words = {word.casefold() for word in muted}
    names = {application.company.casefold(), person.name.casefold(), person.address or ""} | set(application.domains)
    return bool((names - {""}) & words)
