"""What every decision looks at besides its application: facts by address, the ledger, the clock in the user's zone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from mailwatch.core.casebook.correspondence import UNCLEAR, thanks_for_a_conversation
from mailwatch.core.casebook.names import name_tokens, same_full_name
from mailwatch.core.identity import draft_message_id
from mailwatch.core.model import (
    Address,
    Application,
    Coverage,
    Debrief,
    DraftKey,
    DraftSeen,
    Facts,
    Interview,
    Kind,
    LedgerRow,
    LedgerState,
    Mail,
    Mark,
    MarkKind,
    MessageId,
    Person,
    Policy,
)
from mailwatch.core.threads import threads_from_envelopes
from mailwatch.core.zones import zone_from_name

SAME_OBLIGATION = timedelta(hours=36)
_REVISIONS = (1, 2, 3)
LIVE = frozenset({LedgerState.SAVED, LedgerState.EDITED})


@dataclass(frozen=True, slots=True)
class Thanks:
    """A sent message that thanks for a conversation.

    answers: what it replies to, where its thanks name no object: then they may be for that.
    """

    message: MessageId
    at: datetime
    sure: bool
    answers: MessageId | None
    recipients: int
    words: str


@dataclass(frozen=True, slots=True)
class Ground:
    """Facts, clock and rules, with the indexes that decisions need. Made once for all decisions."""

    facts: Facts
    coverage: Coverage
    now: datetime
    policy: Policy
    zone: tzinfo
    mails: Mapping[MessageId, Mail]
    thanks_by_address: Mapping[str, tuple[Thanks, ...]]
    thanks_by_name: Mapping[frozenset[str], tuple[Thanks, ...]]
    sent_at: Mapping[str, tuple[datetime, ...]]
    rows: Mapping[Address, tuple[LedgerRow, ...]]
    own_drafts: tuple[DraftSeen, ...]
    threads: Mapping[MessageId, str]

    def day(self, moment: datetime) -> date:
        """The user's local date at an instant."""
        return moment.astimezone(self.zone).date()

    def morning(self, day: date) -> datetime:
        """When a local day begins, in UTC."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def words(self, moment: datetime) -> str:
        """An instant for a person: "Tue 24 Nov 14:00"."""
        local = moment.astimezone(self.zone)
        return f"{self.facts.me.days.of(local)} {local:%H:%M}"

    def day_words(self, day: date) -> str:
        """A date for a person: "Tue 24 Nov"."""
        return self.facts.me.days.of(day)

    def thanks_to(self, person: Person, since: datetime) -> Thanks | None:
        """The first message since then that thanks this person for a conversation."""
        found = list(self.thanks_by_address.get(person.address or "", ()))
        if len(name_tokens(person.name)) >= 2:
            found += self.thanks_by_name.get(name_tokens(person.name), ())
        timely = [item for item in found if item.at >= since and not self._is_for_something_else(item, since)]
        return min(timely, key=lambda item: item.at, default=None)

    def _is_for_something_else(self, thanks: Thanks, since: datetime) -> bool:
        """A bare "thanks" in answer to what they wrote after the interview is for that."""
        answered = self.mails.get(thanks.answers) if thanks.answers is not None else None
        at = answered.envelope.at if answered is not None else None
        return at is not None and at >= since

    def last_sent_to(self, address: Address) -> datetime | None:
        """When the user last wrote to somebody."""
        return max(self.sent_at.get(address, ()), default=None)

    def account_of(self, application: Application) -> Address:
        """The mailbox that holds this application's drafts: the one its mail came to, else the configured one."""
        return application.account or Address(self.policy.draft_account) or self.facts.me.primary

    def rows_of(
        self, kinds: frozenset[Kind], recipient: Address, anchor: datetime | None, anchors: frozenset[str]
    ) -> list[LedgerRow]:
        """Ledger rows of the same obligation: kind and recipient, and shared evidence or a session within 36 hours."""
        return [
            row for row in self.rows.get(recipient, ()) if row.kind in kinds and _same_session(row, anchor, anchors)
        ]

    def marked(self, account: Address, key: DraftKey) -> LedgerState | None:
        """What the mailbox itself shows of a draft of ours that the ledger may have lost."""
        ids = {draft_message_id(account, key, revision) for revision in _REVISIONS}
        if any(message in self.mails and self.mails[message].outgoing for message in ids):
            return LedgerState.SENT
        return LedgerState.SAVED if any(draft.message_id in ids for draft in self.facts.drafts) else None

    def begun_by_user(self, recipient: Address, parent: MessageId | None) -> bool:
        """Has the user begun a draft to that person, or in that thread?"""
        thread = self.threads.get(parent) if parent else None
        for draft in self.own_drafts:
            answered = (draft.in_reply_to, *draft.references)
            if recipient in draft.to or (thread and any(self.threads.get(item) == thread for item in answered if item)):
                return True
        return False

    def done(self, interview: Interview, person: Person, kind: Kind) -> Mark | None:
        """The user's word that this letter was served another way, or is not wanted."""
        return next((mark for mark in self._settling(interview.anchors, kind) if _is_meant(mark.person, person)), None)

    def _settling(self, anchors: frozenset[str], kind: Kind) -> Iterator[Mark]:
        for mark in self.facts.marks:
            if mark.kind in {MarkKind.DONE, MarkKind.SKIPPED} and mark.evidence & anchors:
                if mark.kind_of_letter in {None, kind}:
                    yield mark

    def follow_up_marks(self, anchors: frozenset[str]) -> list[Mark]:
        """The user's word about follow-ups of a process."""
        return [mark for mark in self._settling(anchors, Kind.FOLLOW_UP) if mark.kind_of_letter is Kind.FOLLOW_UP]

    def debriefs_of(self, interview: Interview) -> list[Debrief]:
        """What the user wrote down about an interview."""
        return [debrief for debrief in self.facts.debriefs if debrief.evidence & interview.anchors]


def ground_of(
    facts: Facts, applications: Iterable[Application], coverage: Coverage, now: datetime, policy: Policy
) -> Ground:
    """Index the facts for one round of decisions."""
    by_address: dict[str, list[Thanks]] = {}
    by_name: dict[frozenset[str], list[Thanks]] = {}
    sent: dict[str, list[datetime]] = {}
    mails = {mail.envelope.id: mail for mail in facts.mails}
    for mail in facts.mails:
        if mail.reading is None or not mail.outgoing or mail.envelope.at is None:
            continue
        for box in mail.envelope.recipients:
            sent.setdefault(box.address, []).append(mail.envelope.at)
        thanks = _thanks(mail, mail.envelope.at)
        if thanks is not None:
            for box in mail.envelope.recipients:
                by_address.setdefault(box.address, []).append(thanks)
                if len(name_tokens(box.name)) >= 2:
                    by_name.setdefault(name_tokens(box.name), []).append(thanks)
    rows: dict[Address, list[LedgerRow]] = {}
    for row in facts.ledger:
        rows.setdefault(row.recipient, []).append(row)
    return Ground(
        facts=facts,
        coverage=coverage,
        now=now,
        policy=policy,
        zone=zone_from_name(facts.me.zone) or UTC,
        mails=mails,
        thanks_by_address={key: tuple(found) for key, found in by_address.items()},
        thanks_by_name={key: tuple(found) for key, found in by_name.items()},
        sent_at={key: tuple(found) for key, found in sent.items()},
        rows={key: tuple(found) for key, found in rows.items()},
        own_drafts=_own_drafts(facts),
        threads=_threads(applications, mails),
    )


def _thanks(mail: Mail, at: datetime) -> Thanks | None:
    gratitude = mail.reading.gratitude if mail.reading else None
    if gratitude is None or not thanks_for_a_conversation(gratitude):
        return None
    answers = mail.envelope.in_reply_to if gratitude.cause == UNCLEAR else None
    return Thanks(mail.envelope.id, at, gratitude.sure, answers, len(mail.envelope.recipients), gratitude.words)


def _own_drafts(facts: Facts) -> tuple[DraftSeen, ...]:
    ids = {row.message_id for row in facts.ledger}
    refs = {(row.account, row.ref) for row in facts.ledger if row.ref is not None}
    return tuple(
        draft for draft in facts.drafts if draft.message_id not in ids and (draft.account, draft.ref) not in refs
    )


def _threads(applications: Iterable[Application], mails: Mapping[MessageId, Mail]) -> Mapping[MessageId, str]:
    wanted = (message for application in applications for message in application.messages)
    return threads_from_envelopes(mails[message].envelope for message in sorted(wanted) if message in mails)


def _same_session(row: LedgerRow, anchor: datetime | None, anchors: frozenset[str]) -> bool:
    if row.evidence & anchors:
        return True
    return anchor is not None and row.anchor is not None and abs(row.anchor - anchor) <= SAME_OBLIGATION


def _is_meant(word: str, person: Person) -> bool:
    if not word:
        return True
    return word == person.address or word.casefold() == person.name.casefold() or same_full_name(word, person.name)
