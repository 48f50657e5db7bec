"""Recover: drafts of ours that the mailbox shows and the ledger has lost, known again by their Message-IDs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from mailwatch.core.identity import draft_message_id, fingerprint_of
from mailwatch.core.model import (
    Address,
    Decision,
    Draft,
    DraftKey,
    DraftRef,
    DraftSeen,
    Fingerprint,
    LedgerRow,
    LedgerState,
    MessageId,
    Plan,
    SpecialUse,
)
from mailwatch.errors import BackendError
from mailwatch.tick.letters import row_as_seen, sources_of
from mailwatch.tick.run import Run

REVISIONS = 5


def recover(run: Run, plan: Plan) -> Plan:
    """Take lost drafts of ours back into the ledger; the plan as it is then."""
    lost = list(_lost(run, plan))
    if not lost:
        return plan
    letters = _letters_without(run, {seen.ref for _, seen in lost if seen})
    for row, seen in lost:
        try:
            run.put(_with_content(run, row, seen, letters.get((row.key, row.revision))))
        except BackendError as error:
            run.fail(next(item.name for item in run.doors.accounts if item.address == row.account), error)
    return run.plan()


def _lost(run: Run, plan: Plan) -> Iterator[tuple[LedgerRow, DraftSeen | None]]:
    """What the mailbox shows of obligations of which the ledger knows no draft: the row to be, and the draft."""
    known = {row.key for row in run.store.ledger.rows()}
    drafts = {draft.message_id: draft for draft in run.store.ledger.drafts_seen() if draft.message_id}
    for decision in plan.decisions:
        account, recipient = decision.account, decision.recipient
        if decision.key in known or account is None or recipient is None or recipient.address is None:
            continue
        for revision in range(REVISIONS, 0, -1):
            mark = draft_message_id(account, decision.key, revision)
            state = _shown(run, mark, drafts)
            if state is not None:
                yield _row(run, decision, account, recipient.address, revision, state), drafts.get(mark)
                break


def _shown(run: Run, mark: MessageId, drafts: Mapping[MessageId, DraftSeen]) -> LedgerState | None:
    roles = {place.role for place in run.store.mail.places_of(mark)}
    if SpecialUse.SENT in roles:
        return LedgerState.SENT
    if mark in drafts:
        return LedgerState.SAVED
    return LedgerState.GONE if SpecialUse.TRASH in roles else None


def _row(
    run: Run, decision: Decision, account: Address, recipient: Address, revision: int, state: LedgerState
) -> LedgerRow:
    mark = draft_message_id(account, decision.key, revision)
    return LedgerRow(
        key=decision.key,
        revision=revision,
        kind=decision.kind,
        account=account,
        recipient=recipient,
        state=state,
        message_id=mark,
        raw=b"",
        fingerprint=Fingerprint(""),
        at=run.now,
        anchor=decision.anchor,
        ordinal=decision.ordinal,
        evidence=decision.anchors,
        sent_at=_sent_at(run, mark) if state is LedgerState.SENT else None,
        thread_of=decision.parent,
    )


def _sent_at(run: Run, mark: MessageId) -> datetime:
    mails = run.store.facts(run.settings.me).mails
    return next((mail.envelope.at for mail in mails if mail.envelope.id == mark and mail.envelope.at), run.now)


def _letters_without(run: Run, refs: set[DraftRef]) -> Mapping[tuple[DraftKey, int], Draft]:
    """The letters that would be written if these drafts were not there: what they were when we saved them."""
    facts = run.store.facts(run.settings.me)
    before = replace(facts, drafts=tuple(draft for draft in facts.drafts if draft.ref not in refs))
    plan = run.plan_with(before)
    return {(draft.key, draft.revision): draft for draft in plan.drafts}


def _with_content(run: Run, row: LedgerRow, seen: DraftSeen | None, letter: Draft | None) -> LedgerRow:
    """The row of a draft in Drafts with its bytes. Where we can't tell what it was, it counts as edited: hands off."""
    if row.state is not LedgerState.SAVED or seen is None:
        return row
    found = run.account_at(row.account)
    raw = found[1].read_draft(seen.ref) if found else None
    if raw is None:
        return replace(row, state=LedgerState.EDITED, ref=seen.ref, stamp=seen.stamp)
    if letter is None:
        return replace(
            row, state=LedgerState.EDITED, raw=raw, fingerprint=fingerprint_of(raw), ref=seen.ref, stamp=seen.stamp
        )
    known = replace(
        row, raw=letter.raw, fingerprint=letter.fingerprint, sentences=sources_of(letter), employer=letter.employer
    )
    return row_as_seen(known, seen.ref, seen.stamp, raw, run.now)
