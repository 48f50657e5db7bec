"""Observe: what has become of our drafts, and which drafts the user has begun.

A draft that has left Drafts is first only gone: some programs take it away while the person types. It is removed when
a day has passed and everything sent since is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from mailwatch.accounts import OpenAccount
from mailwatch.backends.base import MailBackend
from mailwatch.core.model import DraftSeen, LedgerRow, LedgerState, MessageId
from mailwatch.errors import BackendError
from mailwatch.tick.letters import best_found, draft_from_row, gone, row_as_seen, row_from_found
from mailwatch.tick.report import DRAFTS
from mailwatch.tick.run import Run

FEW = 3
COPIES = ("Drafts holds a letter of mailwatch twice.", "delete one of the two")
_IN_DRAFTS = frozenset({LedgerState.SAVED, LedgerState.EDITED})


def observe(run: Run) -> None:
    """List the drafts of every working account, and bring the ledger up to what is there."""
    sent = _sent(run)
    for account, backend in run.working():
        try:
            _observe_account(run, account, backend, sent)
        except BackendError as error:
            run.fail(account.name, error)


def _sent(run: Run) -> Mapping[MessageId, datetime | None]:
    """When each known message in Sent was written."""
    mails = run.store.facts(run.settings.me).mails
    return {mail.envelope.id: mail.envelope.at for mail in mails if mail.outgoing}


def _observe_account(
    run: Run, account: OpenAccount, backend: MailBackend, sent: Mapping[MessageId, datetime | None]
) -> None:
    listing = backend.drafts()
    ours = [row for row in run.store.ledger.rows() if row.account == account.address]
    open_rows: list[LedgerRow] = []
    for row in ours:
        if row.state is LedgerState.SENT:
            continue
        if row.message_id in sent:
            run.put(replace(row, state=LedgerState.SENT, at=run.now, sent_at=sent[row.message_id] or run.now))
        else:
            open_rows.append(row)
    believed = _believed(run, account, listing, open_rows)
    if believed:
        run.store.ledger.see_drafts(account.address, listing)
        _name_copies(run, account, listing, ours)
    for row in open_rows:
        _follow(run, backend, row, listing, believed=believed)


def _believed(run: Run, account: OpenAccount, listing: tuple[DraftSeen, ...], rows: list[LedgerRow]) -> bool:
    """Is the listing a fact? Several drafts and suddenly none is an outage, unless it stays so for a day."""
    lying = sum(row.state in _IN_DRAFTS for row in rows)
    if listing or lying <= FEW:
        return True
    first = next(
        (item.since for item in run.store.state.problems() if (item.name, item.kind) == (account.name, DRAFTS)), None
    )
    if first is not None and run.now - first >= run.settings.policy.gone_is_removed_after:
        return True
    run.remark(account.name, DRAFTS, f"Drafts of {account.name} suddenly shows nothing, so it was not believed.")
    return False


def _name_copies(run: Run, account: OpenAccount, listing: tuple[DraftSeen, ...], rows: list[LedgerRow]) -> None:
    """Two copies of one draft of ours (two machines at once, one of them killed): the user is told, nothing is removed."""
    marks = {row.message_id for row in rows}
    copies = Counter(draft.message_id for draft in listing if draft.message_id in marks)
    if any(count > 1 for count in copies.values()):
        run.remark(account.name, DRAFTS, *COPIES)


def _follow(run: Run, backend: MailBackend, row: LedgerRow, listing: tuple[DraftSeen, ...], *, believed: bool) -> None:
    """Bring one row up to what is there."""
    seen = next((draft for draft in listing if row.ref is not None and draft.ref == row.ref), None)
    seen = seen or next((draft for draft in listing if draft.message_id == row.message_id), None)
    if seen is not None:
        _look_at(run, backend, row, seen)
    elif row.state in _IN_DRAFTS or row.state is LedgerState.GONE:
        _search(run, backend, row, believed=believed)
    elif row.state is LedgerState.INTENDED and row.attempted_at is not None:
        _settle(run, backend, row)


def _look_at(run: Run, backend: MailBackend, row: LedgerRow, seen: DraftSeen) -> None:
    """A draft of ours lies in Drafts: read it only if it has changed, or if we thought it was elsewhere."""
    if row.state in _IN_DRAFTS and (seen.ref, seen.stamp) == (row.ref, row.stamp):
        return
    raw = backend.read_draft(seen.ref)
    changed = row_as_seen(row, seen.ref, seen.stamp, raw, run.now) if raw is not None else gone(row, run.now)
    if changed != row:
        run.put(changed)


def _search(run: Run, backend: MailBackend, row: LedgerRow, *, believed: bool) -> None:
    """A draft of ours has left Drafts: sent, in the trash, written on elsewhere, or nowhere."""
    found = best_found(backend.find_draft(draft_from_row(row, run.doors.parser)))
    if found is not None:
        changed = row_from_found(row, found, backend, run.now)
    elif believed:
        changed = gone(row, run.now)
    else:
        return
    if changed.state is LedgerState.GONE and _is_removed(run, changed):
        changed = replace(changed, state=LedgerState.REMOVED, at=run.now)
    if changed != row:
        run.put(changed)


def _is_removed(run: Run, row: LedgerRow) -> bool:
    since = min(row.attempted_at or row.at, row.at)
    return run.now - row.at >= run.settings.policy.gone_is_removed_after and not run.coverage().gap(since, run.now)


def _settle(run: Run, backend: MailBackend, row: LedgerRow) -> None:
    """A save whose outcome is unknown: after a while it is either there, or it never will be."""
    attempted = row.attempted_at or run.now
    if attempted > run.now:  # the clock was set back: wait the whole time from now on
        run.put(replace(row, attempted_at=run.now))
    elif run.now - attempted >= run.settings.policy.settle:
        found = best_found(backend.find_draft(draft_from_row(row, run.doors.parser)))
        run.put(row_from_found(row, found, backend, run.now) if found else replace(row, attempted_at=None))
