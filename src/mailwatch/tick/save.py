"""Save the drafts that the plan asks for, each exactly once, whatever breaks in between.

The journal (one row of the ledger for each letter): the intent with the bytes is on the disk → a look into Drafts,
Sent and Trash → only if the letter is nowhere, it is saved → another look → the row says saved. An answer that got
lost leaves the intent; after a while the mailbox is asked what became of it, and only then is it tried again, with the
bytes of the row. Of two machines that save at once, the later one removes its own copy.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mailwatch.accounts import OpenAccount
from mailwatch.backends.base import Found, FoundPlace, MailBackend, Saved
from mailwatch.core.identity import fingerprint_of
from mailwatch.core.model import Draft, Kind, LedgerRow, LedgerState, Plan
from mailwatch.errors import BackendError, DraftRefused
from mailwatch.tick.first_look import consent_to, end_first_look
from mailwatch.tick.letters import BY_MARK, best_found, row_from_draft, row_from_found
from mailwatch.tick.observe import COPIES, observe
from mailwatch.tick.planning import policy_in_force
from mailwatch.tick.pull import pull
from mailwatch.tick.recover import recover
from mailwatch.tick.report import DRAFTS, SavedDraft
from mailwatch.tick.run import Run

_THANKING = frozenset({Kind.THANK_YOU, Kind.RELAY})
LOOK_AGAIN = 0.2
"""Seconds after which another machine's copy of the same draft would be seen."""


def save_due(run: Run, plan: Plan) -> None:
    """Save what is due, after every account was pulled once more: an answer or a letter by hand wins."""
    if not plan.drafts:
        end_first_look(run)
        return
    if not may_save(run):
        return
    consent = consent_to(run, plan)
    if any(consent.allows(draft) for draft in plan.drafts):
        pull(run)
        observe(run)
        plan = recover(run, run.plan())
        failed = run.required_failure()
        if failed:
            run.wait(f"{failed} could not be read once more, so nothing was saved.")
            return
        for draft in plan.drafts:
            if consent.allows(draft):
                save_letter(run, draft)
    end_first_look(run)


def may_save(run: Run) -> bool:
    """Has the user allowed saving drafts, and is every account that matters readable now?"""
    policy = policy_in_force(run.store, run.settings.policy)
    failed = run.required_failure()
    if not policy.create_drafts:
        run.wait("Saving drafts is switched off ([drafts] create = false).")
    elif policy.paused_until is not None and run.now < policy.paused_until:
        run.wait("mailwatch is paused.")
    elif failed:
        run.wait(f"{failed} could not be read, so nothing was saved.")
    else:
        return True
    return False


def save_letter(run: Run, draft: Draft) -> None:
    """Save one letter through the journal, or say in the run why not."""
    place = run.account_at(draft.account)
    if place is None:
        run.wait(f"A draft is due in {draft.account}, which can't be reached now.")
        return
    if not place[1].capabilities.drafts:
        run.wait(f"A draft is due in {draft.account}, which can only be read.")
        return
    row = _intent(run, draft)
    if row is None:
        return
    account, backend = place
    letter = replace(draft, raw=row.raw, fingerprint=row.fingerprint, message_id=row.message_id)
    try:
        found = _lying(run, backend, letter)
    except BackendError as error:
        run.put(replace(row, attempted_at=None))
        run.fail(account.name, error)
        return
    if found is not None:
        _take_found(run, account, backend, row, found)
        return
    try:
        saved = backend.save_draft(letter)
    except DraftRefused as error:
        run.put(replace(row, attempted_at=None))
        run.remark(account.name, DRAFTS, error.message, error.next_step)
        run.wait(f"A draft is due in {draft.account}, which refused it: the next run tries again.")
        return
    except BackendError as error:
        run.remark(account.name, DRAFTS, error.message, error.next_step)
        run.wait("A draft may have been saved, but the answer was lost: the next run looks for it.")
        return
    _confirm(run, account, backend, replace(row, fingerprint=fingerprint_of(saved.raw)), letter, saved)


def _lying(run: Run, backend: MailBackend, letter: Draft) -> Found | None:
    """Where the letter lies already.

    A ledger that is younger than the interview may have lost a draft of ours, and a mail program may have given that one
    another id before it was deleted: then a letter of the user's to that person in Trash counts from the interview on.
    """
    born = run.store.state.born(run.now)
    if letter.kind not in _THANKING or letter.revision > 1 or letter.anchor is None or letter.anchor >= born:
        return best_found(backend.find_draft(letter))
    found = backend.find_draft(replace(letter, since=letter.anchor))
    return best_found(tuple(each for each in found if each.by == BY_MARK or each.place is not FoundPlace.SENT))


def _take_found(run: Run, account: OpenAccount, backend: MailBackend, row: LedgerRow, found: Found) -> None:
    """The letter is there already: another machine's, or one that the ledger has lost; or the user is quicker."""
    if found.place is FoundPlace.DRAFTS and found.by != BY_MARK:
        run.put(replace(row, attempted_at=None))
        run.wait("A draft to that person is there already, so none of mailwatch's was saved.")
        return
    try:
        run.put(row_from_found(row, found, backend, run.now))
    except BackendError as error:
        run.fail(account.name, error)


def _confirm(run: Run, account: OpenAccount, backend: MailBackend, row: LedgerRow, letter: Draft, saved: Saved) -> None:
    """Look again: of several copies the first one stays, and a later one is taken back by the machine that made it."""
    run.world.sleep(LOOK_AGAIN)
    first = _first_copy(backend, letter)
    if first is None or first.ref == saved.ref:
        row = replace(row, state=LedgerState.SAVED, at=run.now, ref=saved.ref, link=saved.link, stamp=saved.stamp)
        run.put(row)
        run.saved.append(
            SavedDraft(row.key, row.revision, row.kind, row.account, row.recipient, letter.subject, saved.link)
        )
        return
    try:
        if not backend.discard_draft(saved.ref, unchanged_from=row.fingerprint):
            run.remark(account.name, DRAFTS, *COPIES)
        run.put(row_from_found(row, first, backend, run.now))
    except BackendError as error:
        run.fail(account.name, error)


def _first_copy(backend: MailBackend, letter: Draft) -> Found | None:
    """The copy in Drafts that was saved first; None where we can't look: then ours is the one we know."""
    try:
        found = backend.find_draft(letter)
    except BackendError:
        return None
    return next((item for item in found if item.by == BY_MARK and item.place is FoundPlace.DRAFTS), None)


def _intent(run: Run, draft: Draft) -> LedgerRow | None:
    """The intent to save, on the disk; None where the ledger or an attempt without an outcome forbids it."""
    rows = {row.revision: row for row in run.store.ledger.rows() if row.key == draft.key}
    if is_settled(rows.values(), draft):
        return None
    row = rows.get(draft.revision)
    if row is not None and row.attempted_at is not None:
        run.wait("The last attempt to save a draft has no known outcome yet: it is looked for in two minutes.")
        return None
    now = run.world.clock()
    return run.put(replace(row or row_from_draft(draft, now), at=now, attempted_at=now))


def is_settled(rows: Iterable[LedgerRow], draft: Draft) -> bool:
    """Does the ledger know this letter, or a newer one for the same obligation, as more than an intent?

    The core does not ask for such a letter. This is the second lock on the same door.
    """
    return any(row.revision >= draft.revision and row.state is not LedgerState.INTENDED for row in rows)
