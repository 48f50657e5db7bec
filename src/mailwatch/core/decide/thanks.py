"""Thank-yous: one to each interviewer with a known address, and one letter to a contact for those without (RULES §4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from mailwatch.core.casebook.debriefs import absent
from mailwatch.core.decide.ground import Ground, Thanks
from mailwatch.core.decide.obligation import Obligation, begun, from_ledger, withheld
from mailwatch.core.model import (
    Action,
    Application,
    ApplicationState,
    Decision,
    Evidence,
    Interview,
    InterviewState,
    Kind,
    LedgerRow,
    LedgerState,
    Mark,
    MarkKind,
    MessageId,
    Person,
    Standing,
    ZoneState,
)

_THANKING = frozenset({Kind.THANK_YOU, Kind.RELAY})
_OVER = {
    ApplicationState.REJECTED: "They have chosen someone else. A gracious answer: mailwatch drafts make thanks-anyway",
    ApplicationState.WITHDRAWN: "You have withdrawn.",
    ApplicationState.ACCEPTED: "You have accepted their offer.",
    ApplicationState.CLOSED: "You closed this application.",
}


@dataclass(frozen=True, slots=True)
class Timing:
    """When a round's thank-yous appear, are due, are late and are too late."""

    over: datetime
    ready: datetime
    due: datetime
    late: datetime
    last: datetime


def thank_yous(application: Application, ground: Ground) -> Iterator[Decision]:
    """One decision for each person of each round that was, or will be, held."""
    for interview in application.interviews:
        if interview.state is InterviewState.SCHEDULED and interview.start is not None and interview.draftable:
            if not interview.informational or ground.policy.informational_thanks:
                yield from _round(application, interview, interview.start, ground)


def _round(application: Application, interview: Interview, start: datetime, ground: Ground) -> Iterator[Decision]:
    timing = _timing(interview, interview.end or start, ground)
    nameless = _without_address(interview, ground)
    carrier = application.contact if nameless else None
    if carrier is not None and carrier.address is None:
        carrier = None
    letters = [
        _obligation(application, interview, person, _session_start(interview, person, start), timing)
        for person in interview.people
    ]
    if carrier is not None and not any(person.address == carrier.address for person in interview.people):
        letters.append(replace(_obligation(application, interview, carrier, start, timing), kind=Kind.RELAY))
    if carrier is not None:
        carried = tuple(nameless)
        letters = [
            replace(letter, relayed=carried) if letter.recipient.address == carrier.address else letter
            for letter in letters
        ]
    passed_on = carrier if carrier is not None and _has_passed_on(carrier, interview, start, ground) else None
    if carrier is not None and ground.thanks_to(carrier, start) is not None:
        carrier = None  # thanked already: without a word to the others, unless our letter was sent
    yield from (_thank_you(letter, interview, timing, ground, carrier, passed_on) for letter in letters)


def _has_passed_on(carrier: Person, interview: Interview, start: datetime, ground: Ground) -> bool:
    """Was a letter of ours sent to the contact that asks to pass thanks on?"""
    rows = ground.rows_of(_THANKING, carrier.address, start, interview.anchors) if carrier.address else []
    return any(row.state is LedgerState.SENT and _asks_to_pass_on(row) for row in rows)


def _asks_to_pass_on(row: LedgerRow) -> bool:
    return row.kind is Kind.RELAY or any(".relay." in source for source in row.sentences)


def _passed_on(obligation: Obligation, carrier: Person | None, ground: Ground) -> Decision | None:
    """Nobody can write to this person, and the letter to the contact has passed the thanks on."""
    if carrier is None or obligation.recipient.address is not None or obligation.kind is not Kind.THANK_YOU:
        return None
    reason = f"Your letter to {carrier.name or carrier.address} passed the thanks on."
    return obligation.decided(ground, Action.NOTHING, Standing.DONE, reason)


def _obligation(
    application: Application, interview: Interview, person: Person, anchor: datetime, timing: Timing
) -> Obligation:
    others = (other for other in application.interviews if other.id != interview.id)
    return Obligation(
        kind=Kind.THANK_YOU,
        application=application,
        recipient=person,
        anchor=anchor,
        interview=interview,
        parent=_own_thread(application, person),
        due=timing.due,
        last=timing.last,
        anchors=interview.anchors,
        elsewhere=tuple(session.start for other in others for session in other.sessions),
    )


def _timing(interview: Interview, end: datetime, ground: Ground) -> Timing:
    policy = ground.policy
    ready = end + policy.thank_you_after
    debriefs = ground.debriefs_of(interview)
    if debriefs:
        written = min(debrief.at for debrief in debriefs)
        ready = min(ready, max(written, end + policy.thank_you_after_debrief))
    if interview.zone_state is ZoneState.UNKNOWN:
        ready = max(ready, end + policy.unsure_zone_wait)
    if interview.conflict_end is not None:
        ready = max(ready, interview.conflict_end + policy.thank_you_after)
    return Timing(end, ready, end + policy.thank_you_within, end + policy.thank_you_latest, end + policy.thank_you_last)


def _without_address(interview: Interview, ground: Ground) -> list[Person]:
    """Interviewers whom nobody can write to and who were not thanked another way."""
    debriefs = ground.debriefs_of(interview)
    return [
        person
        for person in interview.people
        if person.address is None
        and not absent(person, interview, debriefs)
        and ground.done(interview, person, Kind.THANK_YOU) is None
        and (interview.start is None or ground.thanks_to(person, interview.start) is None)
    ]


def _session_start(interview: Interview, person: Person, start: datetime) -> datetime:
    own = (session.start for session in interview.sessions if any(other.key == person.key for other in session.people))
    return min(own, default=start)


def _own_thread(application: Application, person: Person) -> MessageId | None:
    """The newest message that this very person wrote to the user."""
    return next((message for address, message in application.last_messages if address == person.address), None)


def _thank_you(
    obligation: Obligation,
    interview: Interview,
    timing: Timing,
    ground: Ground,
    relay: Person | None,
    passed_on: Person | None,
) -> Decision:
    settled = _settled(obligation, interview, ground) or _passed_on(obligation, passed_on, ground)
    if settled is not None:
        return settled
    if ground.now < timing.over:
        reason = f"The interview ends {ground.words(timing.over)}."
        return obligation.decided(ground, Action.WAIT, Standing.NOT_DUE, reason, until=timing.ready)
    ours = from_ledger(obligation, ground)
    if ours is not None and not (ours.standing is Standing.DRAFT_READY and ground.now >= timing.last):
        return ours
    if ground.now >= timing.last:
        reason = "Five days and more have passed: a thank-you would come too late."
        return obligation.decided(ground, Action.NOTHING, Standing.EXPIRED, reason)
    if obligation.recipient.address is None:
        return _nameless(obligation, ground, relay)
    if obligation.recipient.address in obligation.application.unreachable:
        reason = "Mail to this address came back: find another one, or let it be."
        return obligation.decided(ground, Action.ASK, Standing.NO_ADDRESS, reason, until=timing.last)
    being_written = begun(obligation, ground)
    if being_written is not None:
        return being_written
    if ground.now < timing.ready:
        return _not_ready(obligation, interview, timing, ground)
    if _met_again(obligation, interview, ground):
        return obligation.decided(ground, Action.NOTHING, Standing.NOT_NEEDED, "You have met again since.")
    held_back = withheld(obligation, ground, interview.start or timing.over)
    if held_back is not None:
        return held_back
    standing = Standing.DUE if ground.now < timing.late else Standing.LATE
    late = f"Late, still worth sending until {ground.words(timing.last)}."
    reason = f"Not thanked yet; best before {ground.words(timing.due)}." if ground.now < timing.due else late
    return obligation.decided(ground, Action.DRAFT, standing, reason, until=timing.last)


def _met_again(obligation: Obligation, interview: Interview, ground: Ground) -> bool:
    """The same person held a later round: the thanks go with that one."""
    return any(
        other.state is InterviewState.SCHEDULED
        and other.start is not None
        and other.end is not None
        and interview.start is not None
        and interview.start < other.start
        and other.end <= ground.now
        and any(person.key == obligation.recipient.key for person in other.people)
        for other in obligation.application.interviews
    )


def _settled(obligation: Obligation, interview: Interview, ground: Ground) -> Decision | None:
    """What makes the letter needless, whenever it is: sent, done, absent, or the process is over."""
    person, nothing = obligation.recipient, Action.NOTHING
    thanks = ground.thanks_to(person, interview.start or ground.now)
    if thanks is not None:
        return obligation.decided(
            ground, nothing, Standing.SENT, _sent_words(thanks, ground), evidence=(_evidence(thanks),)
        )
    mark = ground.done(interview, person, obligation.kind)
    if mark is not None:
        return _by_mark(obligation, mark, ground)
    if absent(person, interview, ground.debriefs_of(interview)):
        return obligation.decided(ground, nothing, Standing.NOT_NEEDED, "Was not there, you wrote.")
    ended = _OVER.get(obligation.application.state)
    if ended is None:
        return None
    ours = from_ledger(obligation, ground)
    if ours is not None and ours.standing in {Standing.SENT, Standing.DISMISSED}:
        return ours
    return obligation.decided(ground, nothing, Standing.NOT_NEEDED, ended)


def _sent_words(thanks: Thanks, ground: Ground) -> str:
    notes = ["to several people at once"] if thanks.recipients > 1 else []
    notes += [] if thanks.sure else ["in passing, not quite sure"]
    return f"You thanked {ground.words(thanks.at)}{''.join(f', {note}' for note in notes)}."


def _evidence(thanks: Thanks) -> Evidence:
    return Evidence(thanks.message, "decide.thanked", thanks.words)


def _by_mark(obligation: Obligation, mark: Mark, ground: Ground) -> Decision:
    if mark.kind is MarkKind.SKIPPED:
        return obligation.decided(ground, Action.NOTHING, Standing.DISMISSED, "You skipped this letter.")
    channel = f" by {mark.value}" if mark.value else ""
    return obligation.decided(ground, Action.NOTHING, Standing.DONE, f"Done{channel}, you said.")


def _nameless(obligation: Obligation, ground: Ground, relay: Person | None) -> Decision:
    if relay is not None:
        reason = f"No address known: your letter to {relay.name or relay.address} asks to pass the thanks on."
        return obligation.decided(ground, Action.NOTHING, Standing.RELAYED, reason, until=obligation.last)
    reason = (
        "No address known. Give one: "
        f'mailwatch edit {obligation.interview.id if obligation.interview else ""} --person "{obligation.recipient.name}" --email …'
    )
    return obligation.decided(ground, Action.ASK, Standing.NO_ADDRESS, reason, until=obligation.last)


def _not_ready(obligation: Obligation, interview: Interview, timing: Timing, ground: Ground) -> Decision:
    if interview.conflict_end is not None and timing.ready > interview.conflict_end:
        reason = f"Two times are named; the letter waits for the later one, until {ground.words(timing.ready)}."
    elif interview.zone_state is ZoneState.UNKNOWN:
        reason = f"The time zone is unclear; the letter waits until {ground.words(timing.ready)} to be safe."
    else:
        reason = f"Appears {ground.words(timing.ready)}, or as soon as you save a debrief."
    return obligation.decided(ground, Action.WAIT, Standing.NOT_DUE, reason, until=timing.ready)
