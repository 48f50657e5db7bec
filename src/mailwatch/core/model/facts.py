"""Facts: all that a plan is computed from. Conclusions are never stored here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NewType

from mailwatch.core.model.calendar import EventVersion
from mailwatch.core.model.dates import ENGLISH, DayNames
from mailwatch.core.model.mail import Address, DraftRef, Envelope, Fingerprint, MessageId, Place, SpecialUse
from mailwatch.core.model.reading import Reading

DraftKey = NewType("DraftKey", str)
"""The obligation (DESIGN §1): hex hash of (mailbox address, kind, recipient, anchor)."""


@dataclass(frozen=True, slots=True)
class Me:
    """The user.

    addresses: every address that is theirs, aliases included, lower case; `primary` is one of them.
    zone:      IANA name. languages: ISO 639-1, the preferred one first.
    signature: the name that letters are signed with ("" means `name`).
    days:      names of days and months, for whatever the user reads; letters have their own.
    """

    name: str
    primary: Address
    addresses: frozenset[Address]
    zone: str = "UTC"
    languages: tuple[str, ...] = ("en",)
    signature: str = ""
    days: DayNames = ENGLISH

    def owns(self, address: str) -> bool:
        """Is this one of the user's own addresses, a plus-address of one included (RFC 5233)?"""
        lowered = address.casefold()
        local, at, domain = lowered.partition("@")
        return lowered in self.addresses or f"{local.partition('+')[0]}{at}{domain}" in self.addresses


@dataclass(frozen=True, slots=True)
class Mail:
    """A known message: its envelope, every place it lies in, and its reading where it was worth reading whole.

    duplicate_id: another message with different content has the same Message-ID.
    unreadable:   why it has no reading although one was wanted, "".
    """

    envelope: Envelope
    places: tuple[Place, ...]
    reading: Reading | None = None
    duplicate_id: bool = False
    unreadable: str = ""

    @property
    def outgoing(self) -> bool:
        """It lies in a Sent place."""
        return any(place.role is SpecialUse.SENT for place in self.places)

    @property
    def junk(self) -> bool:
        """It lies only in junk."""
        return bool(self.places) and all(place.role is SpecialUse.JUNK for place in self.places)


@dataclass(frozen=True, slots=True)
class DraftSeen:
    """A draft found in a Drafts place: one row of the backend's cheap listing.

    stamp: changes when the draft is edited (UID, message id, file name, change key).
    """

    account: Address
    ref: DraftRef
    stamp: str
    to: tuple[Address, ...] = ()
    subject: str = ""
    message_id: MessageId | None = None
    in_reply_to: MessageId | None = None
    references: tuple[MessageId, ...] = ()
    thread: str | None = None
    date: datetime | None = None


class Kind(StrEnum):
    """Kinds of letters."""

    THANK_YOU = "thank_you"
    RELAY = "relay"  # one letter to a contact that asks to pass thanks on
    FOLLOW_UP = "follow_up"
    WITHDRAWAL = "withdrawal"
    DECLINE = "decline"
    THANKS_ANYWAY = "thanks_anyway"
    DEADLINE = "deadline"


class LedgerState(StrEnum):
    """The life of a draft (RELIABILITY §4)."""

    INTENDED = "intended"
    SAVED = "saved"
    EDITED = "edited"
    GONE = "gone"
    SENT = "sent"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One draft of ours. `raw` is the full bytes; a retry sends exactly these.

    anchor:    start of the session (thank-you), of the last held session (follow-up), else None.
    ordinal:   1 or 2 for follow-ups, else 0.
    evidence:  message ids and UIDs the obligation rested on.
    sentences: bank ids used, so that no sentence is used twice at one employer; employer: its key.
    at:        when the row reached its present state; attempted_at: when the last save began.
    sent_at:   the Date of the mail it became, for SENT.
    """

    key: DraftKey
    revision: int
    kind: Kind
    account: Address
    recipient: Address
    state: LedgerState
    message_id: MessageId
    raw: bytes
    fingerprint: Fingerprint
    at: datetime
    attempted_at: datetime | None = None
    anchor: datetime | None = None
    ordinal: int = 0
    evidence: frozenset[str] = frozenset()
    sentences: tuple[str, ...] = ()
    employer: str = ""
    ref: DraftRef | None = None
    link: str = ""
    stamp: str = ""
    sent_at: datetime | None = None
    thread_of: MessageId | None = None


class MarkKind(StrEnum):
    """What the user told us."""

    DID_NOT_HAPPEN = "did-not-happen"
    REJECTED = "rejected"
    OFFER = "offer"
    ACCEPTED = "accepted"
    WITHDREW = "withdrew"
    CLOSED = "closed"
    DONE = "done"  # `person` (or FOLLOW_UP in value) was served another way: value is the channel
    SKIPPED = "skipped"  # the first run's proposal was declined: settled
    CONFIRMED = "confirmed"
    IGNORED = "ignored"
    MERGED = "merged"  # all evidence is of one process; with value "meeting", of one meeting
    LINKED = "linked"  # the mail named in value belongs to the process of the other evidence
    ADDED = "added"  # an appointment that nothing in the mail tells of, or another time for a known one
    PERSON = "person"  # somebody was there: name in value, address in person
    NO_PERSON = "no-person"  # somebody was not, or is nobody
    COMPANY = "company"  # the employer's name is value
    ROLE = "role"  # the job's title is value


@dataclass(frozen=True, slots=True)
class Appointment:
    """An interview that was agreed where no mail shows it.

    start, end: aware UTC, half-open. zone: the IANA name in which the user said it. words: how it was told.
    people:   name and address ("" where unknown) of each interviewer. medium: "phone", "video", "onsite" or "".
    previous: the start of the interview that it is a new time for, or None.
    """

    start: datetime
    end: datetime
    company: str = ""
    role: str = ""
    zone: str = "UTC"
    people: tuple[tuple[str, str], ...] = ()
    medium: str = ""
    previous: datetime | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """The user's word about what some evidence shows. It attaches to evidence ids, never to conclusions.

    kind_of_letter: for DONE and SKIPPED, which obligation. person: its recipient: an address or a name, "" for all.
    value: the channel for DONE ("phone"), free for others. appointment: for ADDED.
    """

    id: str
    kind: MarkKind
    evidence: frozenset[str]
    at: datetime
    kind_of_letter: Kind | None = None
    person: str = ""
    value: str = ""
    appointment: Appointment | None = None


@dataclass(frozen=True, slots=True)
class SharedNote:
    """What the user wrote for a letter to one person. Only this type, never PrivateNotes, reaches a composer.

    person: address or name as the interview names them.
    topic:  "what stayed with you": a noun phrase or a sentence. thought: what the user would add now.
    better_answer: an answer the user would give now.
    """

    person: str
    topic: str = ""
    thought: str = ""
    better_answer: str = ""


class PrivateNotes:
    """Red flags, stumped questions, ratings: for the user only. It has no readable str, repr or format on purpose."""

    __slots__ = ("_sentences",)

    def __init__(self, sentences: Mapping[str, str]) -> None:
        self._sentences = dict(sentences)

    def reveal(self) -> dict[str, str]:
        """The notes by field name, for the user's own eyes and for the scan of outgoing bytes."""
        return dict(self._sentences)

    def __repr__(self) -> str:
        return "PrivateNotes(…)"

    def __format__(self, spec: str) -> str:
        raise TypeError("private notes have no text form")

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PrivateNotes) and self._sentences == other._sentences

    def __hash__(self) -> int:
        return hash(tuple(sorted(self._sentences.items())))


@dataclass(frozen=True, slots=True)
class Debrief:
    """What the user remembers of one interview (RULES 3).

    absent: addresses or names of people who were not there. added: people who were, and whom nothing named.
    decide_by: the date they named; decide_words: as typed. fit: one sentence for the whole process.
    covered: what was talked about, for the user's next preparation; in no letter.
    """

    evidence: frozenset[str]
    at: datetime
    absent: tuple[str, ...] = ()
    added: tuple[tuple[str, str], ...] = ()
    notes: tuple[SharedNote, ...] = ()
    fit: str = ""
    decide_by: date | None = None
    decide_words: str = ""
    private: PrivateNotes = PrivateNotes({})
    covered: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one role of one account has been read completely: everything in [since, until]."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class AccountCoverage:
    """What we have read of one account.

    required: drafts that rest on an absence need this account. problem: why it could not be read, "".
    """

    account: Address
    incoming: Reach | None = None
    sent: Reach | None = None
    required: bool = True
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What we have looked at. An absence counts only where we looked (DESIGN).

    `slack` is how old `until` may be and still count as "now": one tick's length.
    """

    accounts: tuple[AccountCoverage, ...] = ()
    slack: timedelta = timedelta(minutes=10)

    def gap(self, since: datetime, until: datetime) -> str:
        """Why [since, until] is not covered in both directions, in words; "" where it is."""
        for account in self.accounts:
            if not account.required:
                continue
            for reach in (account.incoming, account.sent):
                if reach is None or reach.since > since:
                    return f"mail of {account.account} not read back to {since:%Y-%m-%d}"
                if reach.until < until - self.slack:
                    return f"mail of {account.account} not read since {reach.until:%Y-%m-%d %H:%M} UTC"
        return ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything known. `drafts` are all drafts now seen in the accounts, ours and the user's own."""

    me: Me
    mails: tuple[Mail, ...] = ()
    events: tuple[EventVersion, ...] = ()
    marks: tuple[Mark, ...] = ()
    debriefs: tuple[Debrief, ...] = ()
    ledger: tuple[LedgerRow, ...] = ()
    drafts: tuple[DraftSeen, ...] = ()
    greetings: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """The user's usual (greeting word, sign-off) by language, learnt from Sent."""
    kept: dict[str, Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What was computed from these facts, by name, so that it is computed once; other facts begin with nothing."""
