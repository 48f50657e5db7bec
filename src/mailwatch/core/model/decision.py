"""What should happen now: decisions, letters, the plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from mailwatch.core.model.casebook import Application, ApplicationId, InterviewId, Person, Question
from mailwatch.core.model.dates import ENGLISH, DayNames
from mailwatch.core.model.facts import DraftKey, Kind
from mailwatch.core.model.mail import Address, Fingerprint, Mailbox, MessageId, MessageRef, ThreadId
from mailwatch.core.model.reading import Evidence


class Action(StrEnum):
    """What a tick does about an obligation."""

    DRAFT = "draft"
    WAIT = "wait"
    ASK = "ask"
    NOTHING = "nothing"


class Standing(StrEnum):
    """Where an obligation stands: the word that the status shows."""

    NOT_DUE = "not due"
    DUE = "due"
    LATE = "late"
    DRAFT_READY = "draft ready"
    DRAFT_EDITED = "draft edited by you"
    BEING_WRITTEN = "being written by you"
    SENT = "sent"
    DONE = "done"  # by phone, card, … (the user's word)
    NO_ADDRESS = "no address"
    RELAYED = "relayed"  # the letter to a contact carries the thanks
    NOT_NEEDED = "not needed"
    EXPIRED = "too late"
    DISMISSED = "dismissed by you"
    BLOCKED = "blocked"  # coverage gap, unsure time zone, suspicion, pause …


LIES_THERE = "The draft waits in Drafts."
"""The reason of a decision about a letter that is ready, and about which there is nothing more to say."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One obligation and what should happen about it.

    key:      the obligation; recipient: whom the letter would go to.
    due:      when it should be with them; until: when this decision next changes by itself; last: when it is too late.
    reason:   one sentence for a person.
    relayed:  for a RELAY (and a THANK_YOU to a contact that carries one): people without an address whom it names.
    parent:   the message the letter answers, or None for a new thread.
    promised: for a follow-up: the decision date it refers to.
    unanswered: for a follow-up: how many went unanswered before it; `ordinal` counts all since the interview.
    freed:    for a withdrawal: interviews it frees.
    """

    key: DraftKey
    kind: Kind
    action: Action
    standing: Standing
    application: ApplicationId
    reason: str
    interview: InterviewId | None = None
    recipient: Person | None = None
    account: Address | None = None
    ordinal: int = 0
    anchor: datetime | None = None
    due: datetime | None = None
    until: datetime | None = None
    last: datetime | None = None
    relayed: tuple[Person, ...] = ()
    parent: MessageId | None = None
    promised: date | None = None
    unanswered: int = 0
    freed: tuple[InterviewId, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    anchors: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a letter and where it comes from: a bank id, a debrief field, an invitation, a mail."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A complete letter.

    raw: RFC 5322 bytes, CRLF lines. parent/parent_ref/thread: the message it answers, where it lies, its native thread.
    left_out: what the user wrote for this letter that is not in it, and why: one sentence each.
    since: from when on mail in Sent and Trash may be this draft under another id; None: since its own date.
    """

    key: DraftKey
    revision: int
    kind: Kind
    account: Address
    sender: Mailbox
    to: Mailbox
    subject: str
    text: str
    message_id: MessageId
    raw: bytes
    fingerprint: Fingerprint
    language: str
    in_reply_to: MessageId | None = None
    references: tuple[MessageId, ...] = ()
    parent_ref: MessageRef | None = None
    thread: ThreadId | None = None
    sentences: tuple[Sentence, ...] = ()
    application: ApplicationId | None = None
    interview: InterviewId | None = None
    anchor: datetime | None = None
    ordinal: int = 0
    evidence: frozenset[str] = frozenset()
    employer: str = ""
    left_out: tuple[str, ...] = ()
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a letter was not written, one sentence for a person.

    sentence: the sentence of the letter that is to blame, where one is; for the user's own eyes only, never for a
    status or a log, because it may hold private words.
    """

    reason: str
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Stale:
    """A draft of ours that still lies in Drafts and is no longer right: "Do not send: …"."""

    key: DraftKey
    revision: int
    application: ApplicationId | None
    reason: str
    subject: str
    recipient: Address


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that follows from the facts at one moment.

    drafts:  letters that a run would save now, in order. waiting: letters worth saving that this run's limits put off.
    gaps:    accounts that were not read, in words. notes: encouragement and advice.
    next_change: the instant at which the plan changes by itself, or None.
    days:    the names of days and months in its sentences, and in whatever is said about it.
    """

    at: datetime
    applications: tuple[Application, ...] = ()
    decisions: tuple[Decision, ...] = ()
    drafts: tuple[Draft, ...] = ()
    stale: tuple[Stale, ...] = ()
    questions: tuple[Question, ...] = ()
    gaps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    next_change: datetime | None = None
    days: DayNames = ENGLISH
