"""A small world for tests of the tick: a quick parser, a small core, and a job search of few words.

The small core knows one rule: a mail from somebody with the subject "Interview" and an instant in its body is an
interview; 90 minutes after it, and for five days, that person is owed a thank-you ("Silence": a follow-up). It honours
coverage, the ledger, drafts and sent mail the way the real one does, so that the engine can be driven through thousands
of lives quickly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.utils import getaddresses, parsedate_to_datetime
from functools import lru_cache
from typing import Any

from mailwatch.core.identity import draft_key, draft_message_id, fingerprint_of
from mailwatch.core.lexicon import Lexicon
from mailwatch.core.model import (
    Action,
    Address,
    ApplicationId,
    Coverage,
    Decision,
    Direction,
    Draft,
    Envelope,
    Evidence,
    Facts,
    Fetched,
    Kind,
    LedgerState,
    Mail,
    Mailbox,
    Me,
    Message,
    MessageId,
    MessageKind,
    MessageRef,
    Person,
    Plan,
    Policy,
    Reading,
    SpecialUse,
    Standing,
)
from mailwatch.sandbox import Unreadable

MINE = Address("jordan@home.example")
OTHER = Address("jordan@work.example")
ME = Me("Jordan Doe", MINE, frozenset({MINE, OTHER}))
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
KINDS = {"Interview": Kind.THANK_YOU, "Silence": Kind.FOLLOW_UP}
DUE, LAST = timedelta(minutes=90), timedelta(days=5)
WORDS = Lexicon({})


def mail(
    sender: str, to: str, subject: str, body: str, at: datetime, *, identity: str = "", in_reply_to: str = ""
) -> bytes:
    """A plain message."""
    lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Date: {at:%a, %d %b %Y %H:%M:%S} +0000"]
    lines += [f"Message-ID: {identity}"] if identity else []
    lines += [f"In-Reply-To: {in_reply_to}"] if in_reply_to else []
    return "\r\n".join([*lines, "", body, ""]).encode()


def person(number: int) -> Address:
    return Address(f"person{number}@firm{number}.example")


def invitation(number: int, start: datetime, at: datetime, subject: str = "Interview") -> bytes:
    """The mail that makes an interview with a person known, or a silence after one."""
    identity = f"<invite{number}@firm{number}.example>"
    return mail(person(number), MINE, subject, start.isoformat(), at, identity=identity)


@lru_cache(maxsize=4096)
def _header(raw: bytes) -> tuple[MessageId, str, tuple[Mailbox, ...], tuple[Mailbox, ...], datetime | None, str | None]:
    message = message_from_bytes(raw)
    boxes = [
        tuple(Mailbox(name, Address(address)) for name, address in getaddresses(message.get_all(field, [])))
        for field in ("From", "To")
    ]
    date = parsedate_to_datetime(message["Date"]) if message["Date"] else None
    identity = MessageId(message["Message-ID"] or f"<{abs(hash(raw))}@mailwatch.invalid>")
    return identity, message["Subject"] or "", boxes[0], boxes[1], date, message["In-Reply-To"]


class PlainParser:
    """A parser for the plain messages above (satisfies sandbox.Parser)."""

    def envelope(self, raw: bytes, *, ref: MessageRef, role: SpecialUse, received: datetime | None = None) -> Envelope:
        identity, subject, sender, to, date, answered = _header(raw)
        answers = MessageId(answered) if answered else None
        return Envelope(
            identity, ref, role, subject, sender[0] if sender else None, to, date=date, received=received,
            in_reply_to=answers,
        )  # fmt: skip

    def envelopes(self, items: Sequence[tuple[bytes, MessageRef, SpecialUse]]) -> tuple[Envelope, ...]:
        return tuple(self.envelope(raw, ref=ref, role=role) for raw, ref, role in items)

    def message(self, fetched: Fetched, envelope: Envelope, *, outgoing: bool, zone: str) -> Message:
        _, _, body = (fetched.raw or b"").partition(b"\r\n\r\n")
        return Message(envelope, body.decode("utf-8", "replace").strip(), outgoing=outgoing)

    def messages(
        self, items: Sequence[tuple[Fetched, Envelope, bool]], *, zone: str
    ) -> tuple[Message | Unreadable, ...]:
        return tuple(self._message_or_reason(*item, zone) for item in items)

    def _message_or_reason(self, fetched: Fetched, envelope: Envelope, outgoing: bool, zone: str) -> Any:
        try:
            return self.message(fetched, envelope, outgoing=outgoing, zone=zone)
        except Unreadable as unreadable:
            return unreadable


def read_plainly(message: Message, context: object) -> Reading:
    """What the small core reads: the words of the body as evidence."""
    evidence = (Evidence(message.envelope.id, "body", message.new_text[:100]),)
    return Reading(message.envelope.id, MessageKind.OTHER, Direction.UNKNOWN, evidence=evidence)


@dataclass(frozen=True, slots=True)
class SmallCore:
    """The one rule as a plan function. Its parts can be taken out, to show that each of them is needed.

    blind_to_ledger: what the ledger says is not looked at.
    """

    blind_to_ledger: bool = False

    def __call__(
        self, facts: Facts, coverage: Coverage, now: datetime, policy: Policy, lexicon: object, letters: object
    ) -> Plan:
        decisions, drafts = [], []
        for known in facts.mails:
            start = _start_of(known)
            if start is None or known.envelope.sender is None:
                continue
            decision = self._decide(known, start, facts, coverage, now)
            decisions.append(decision)
            if decision.action is Action.DRAFT and policy.create_drafts and not _paused(policy, now):
                drafts.append(letter_for(decision, now))
        later = [decision.until for decision in decisions if decision.until and decision.until > now]
        return Plan(
            now,
            decisions=tuple(decisions),
            drafts=tuple(drafts[: policy.max_per_run]),
            next_change=min(later, default=None),
        )

    def _decide(self, known: Mail, start: datetime, facts: Facts, coverage: Coverage, now: datetime) -> Decision:
        address = known.envelope.sender.address if known.envelope.sender else Address("nobody@example.com")
        kind = KINDS[known.envelope.subject]
        key = draft_key(MINE, kind, address, start)
        marks = {draft_message_id(MINE, key, revision) for revision in range(1, 6)}
        action, standing, until = Action.NOTHING, Standing.DUE, None
        rows = [] if self.blind_to_ledger else [row for row in facts.ledger if row.key == key]
        states = {row.state for row in rows} - {LedgerState.INTENDED}
        gap = coverage.gap(start, now)
        if now < start + DUE:
            standing, until = Standing.NOT_DUE, start + DUE
        elif states:
            standing = Standing.DRAFT_READY
        elif _thanked(facts, address, start):
            standing = Standing.SENT
        elif any(address in draft.to and draft.message_id not in marks for draft in facts.drafts):
            standing = Standing.BEING_WRITTEN
        elif any(draft.message_id in marks for draft in facts.drafts):
            standing = Standing.DRAFT_READY
        elif now > start + LAST:
            standing = Standing.EXPIRED
        elif gap:
            action, standing = Action.WAIT, Standing.BLOCKED
        else:
            action = Action.DRAFT
        return Decision(
            key, kind, action, standing, ApplicationId(address), gap or standing.value,
            recipient=Person("", address), account=MINE, anchor=start, until=until,
            anchors=frozenset({known.envelope.id}), parent=known.envelope.id,
        )  # fmt: skip


def _paused(policy: Policy, now: datetime) -> bool:
    return policy.paused_until is not None and now < policy.paused_until


def _start_of(known: Mail) -> datetime | None:
    if known.reading is None or known.outgoing or known.envelope.subject not in KINDS:
        return None
    return datetime.fromisoformat(known.reading.evidence[0].words)


def _thanked(facts: Facts, address: Address, start: datetime) -> bool:
    return any(
        known.outgoing
        and known.envelope.at is not None
        and known.envelope.at >= start
        and address in {box.address for box in known.envelope.recipients}
        for known in facts.mails
    )


def letter_for(decision: Decision, now: datetime, revision: int = 1) -> Draft:
    """The letter that the small core writes."""
    assert decision.recipient is not None
    to = decision.recipient.address or Address("nobody@example.com")
    mark = draft_message_id(MINE, decision.key, revision)
    subject = f"Thank you ({to})"
    raw = mail(MINE, to, subject, "Thank you for your time.", now, identity=mark, in_reply_to=decision.parent or "")
    return Draft(
        decision.key, revision, decision.kind, MINE, Mailbox("Jordan Doe", MINE), Mailbox("", to), subject,
        "Thank you for your time.", mark, raw, fingerprint_of(raw), "en", in_reply_to=decision.parent,
        anchor=decision.anchor, evidence=decision.anchors,
    )  # fmt: skip


def key_for(number: int, start: datetime) -> str:
    return draft_key(MINE, Kind.THANK_YOU, person(number), start)
