"""What happened: applications, their interviews, and the people in them. Assembled anew from facts at every tick."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from mailwatch.core.model.calendar import ZoneState
from mailwatch.core.model.mail import Address, MessageId, ThreadId
from mailwatch.core.model.reading import Evidence, PersonKind, Promise, ReplyKind

ApplicationId = NewType("ApplicationId", str)
InterviewId = NewType("InterviewId", str)


class Doubt(StrEnum):
    """What is doubtful about an address."""

    NONE = ""
    LOOK_ALIKE = "look_alike"  # it passes for a known one
    STRANGER = "stranger"  # only a guest list says that its owner belongs there


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the employer's side.

    name:     best form seen, "" where only an address is known. address: from a seen source, or None.
    title:    role words; kind: what that makes them to a candidate.
    machine:  a robot, a room, a list, a shared box or a no-reply address: never written to.
    doubt:    why nothing is written to the address unasked.
    """

    name: str
    address: Address | None = None
    title: str = ""
    kind: PersonKind = PersonKind.UNKNOWN
    source: str = ""
    doubt: Doubt = Doubt.NONE

    @property
    def trusted(self) -> bool:
        """The address was seen to belong to the other side."""
        return self.doubt is Doubt.NONE

    @property
    def key(self) -> str:
        """The address, else the folded name: how people are told apart."""
        return self.address or self.name.casefold()


class InterviewState(StrEnum):
    """Where a round stands, time apart: whether it is over is a question of `now`."""

    REQUESTED = "requested"  # proposed or asked for; `start` may be None
    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"
    DECLINED = "declined"  # by the user
    DID_NOT_HAPPEN = "did_not_happen"  # the user's mark, or a no-show in words
    POSSIBLE = "possible"  # unsure: review list, never a draft


@dataclass(frozen=True, slots=True)
class Session:
    """One sitting of a round (a loop has several)."""

    start: datetime
    end: datetime
    people: tuple[Person, ...] = ()
    title: str = ""
    uid: str = ""


@dataclass(frozen=True, slots=True)
class Interview:
    """One round: all sessions of one day at one employer.

    start/end:  of the whole round, aware UTC; None only for REQUESTED.
    people:     who interviews, over all sessions: only `Part.INTERVIEWER`, without the user.
    unanswered: the user never accepted; it counts as held, with "did it happen?".
    doubts:     why the status asks about it ("two times are named", "time zone unknown").
    draftable:  every proof needed for a letter is there (not POSSIBLE, not suspicious, not informational …).
    zone:       the zone as written, for display; local_zone: IANA name where known.
    anchors:    evidence ids: message ids and UIDs.
    unconfirmed: for REQUESTED: the time that only the user has named so far.
    conflict_end: where the calendar still shows another time than the mail: that one's end; letters wait for the later of both.
    """

    id: InterviewId
    state: InterviewState
    start: datetime | None
    end: datetime | None
    people: tuple[Person, ...] = ()
    sessions: tuple[Session, ...] = ()
    title: str = ""
    medium: str = ""
    zone: str = ""
    zone_state: ZoneState = ZoneState.KNOWN
    informational: bool = False
    unanswered: bool = False
    draftable: bool = True
    doubts: tuple[str, ...] = ()
    language: str = "en"
    anchors: frozenset[str] = frozenset()
    evidence: tuple[Evidence, ...] = ()
    moved_from: tuple[datetime, ...] = ()
    conflict_end: datetime | None = None
    unconfirmed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A message from the employer's side, in order. `sender` is the human who wrote it, or None for a robot."""

    message: MessageId
    at: datetime
    kind: ReplyKind
    sender: Person | None
    evidence: tuple[Evidence, ...] = ()
    promise: Promise | None = None
    asked_for: str = ""
    offer_deadline: date | None = None
    thread: ThreadId | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A message the user sent in this process.

    thanks: it thanks for a conversation. unsure: only perhaps. follow_up: it asks for news.
    """

    message: MessageId
    at: datetime
    to: frozenset[Address]
    thanks: bool = False
    unsure: bool = False
    follow_up: bool = False
    withdraws: bool = False
    accepts_offer: bool = False
    schedules: bool = False
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionDate:
    """When the employer said it would decide.

    by: in the speaker's calendar; None: "needs more time" without a date. said_at: when. by_whom: who said it.
    """

    by: date | None
    said_at: datetime
    words: str
    source: str
    by_whom: Address | None = None
    on_hold: bool = False


class ApplicationState(StrEnum):
    """Where a process stands by what was said; silence is a question of `now`."""

    OPEN = "open"
    REJECTED = "rejected"
    OFFERED = "offered"
    ACCEPTED = "accepted"  # the user accepted this offer
    WITHDRAWN = "withdrawn"  # by the user
    ON_HOLD = "on_hold"
    CLOSED = "closed"  # by the user's mark


@dataclass(frozen=True, slots=True)
class Application:
    """One process with one employer for one role.

    company: display name, "" where unknown. role: as it may enter a letter (LETTERS §1), "" where unsure.
    interviews: in order of start. contact: the main human contact, or None. agency: it runs through an agency recruiter.
    replies, sent: in order of time. unplaced: replies that may belong here, or to another job at the same employer. decision: the promise in force. away: (person key, back on) from away notices.
    unreachable: addresses that bounced or whose owner has left.
    your_turn: what the user owes the employer, in words, "" for nothing.
    account: the user's address that received the process's mail.
    last_messages: newest message by person address, for threading (the message to reply to).
    suspicions: why it may be a scam; then nothing is ever drafted.
    """

    id: ApplicationId
    company: str
    role: str
    state: ApplicationState
    interviews: tuple[Interview, ...] = ()
    contact: Person | None = None
    contacts: tuple[Person, ...] = ()
    agency: bool = False
    replies: tuple[Reply, ...] = ()
    unplaced: tuple[Reply, ...] = ()
    sent: tuple[Sent, ...] = ()
    decision: DecisionDate | None = None
    promises: tuple[DecisionDate, ...] = ()
    away: tuple[tuple[str, date | None], ...] = ()
    unreachable: frozenset[Address] = frozenset()
    your_turn: str = ""
    offer_deadline: date | None = None
    account: Address | None = None
    language: str = "en"
    last_messages: tuple[tuple[Address, MessageId], ...] = ()
    messages: frozenset[MessageId] = frozenset()
    junk: int = 0
    suspicions: tuple[Evidence, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    domains: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Question:
    """Something unsure, for the review list: what it is, why, and the command that settles it."""

    id: str
    text: str
    command: str
    evidence: tuple[Evidence, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Casebook:
    """All applications, and what could not be placed."""

    applications: tuple[Application, ...] = ()
    questions: tuple[Question, ...] = ()
