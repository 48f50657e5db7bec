"""What a user's own command does to drafts: make one, replace an untouched one, discard one.

The journal is the tick's own. A replacement is one entry of the ledger: the old letter counts as removed and the new one
as intended, both at once. After a crash in between the next tick finds the intent, takes the old letter away if it is
still there and untouched, and saves the new one with the bytes of the intent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mailwatch.core.by_hand import letter_anew
from mailwatch.core.model import Draft, Kind, LedgerRow, LedgerState, Standing
from mailwatch.errors import BackendError
from mailwatch.tick.letters import draft_from_row, row_from_draft
from mailwatch.tick.planning import policy_in_force
from mailwatch.tick.run import Run
from mailwatch.tick.save import may_save, save_letter

_LYING = frozenset({LedgerState.SAVED, LedgerState.EDITED})
_TAKEN_UP = frozenset({LedgerState.EDITED, LedgerState.SENT, LedgerState.GONE})
_STILL_WANTED = frozenset({Standing.DISMISSED, Standing.DRAFT_READY})
_ON_REQUEST = frozenset({Kind.DECLINE, Kind.THANKS_ANYWAY, Kind.DEADLINE, Kind.WITHDRAWAL})


def make_letter(run: Run, letter: Draft) -> bool:
    """Save a letter that the user asked for. False: not saved, and `run.waiting` or a problem says why."""
    row = newest_row(run, letter)
    if row is not None and row.state in _LYING:
        run.wait(f"A draft to {letter.to.address} lies in Drafts already.")
    elif may_save(run):
        save_letter(run, letter)
    return any((saved.key, saved.revision) == (letter.key, letter.revision) for saved in run.saved)


def replace_letter(run: Run, letter: Draft) -> bool:
    """Put a letter in the place of our own untouched one. False: the one that lies there was left alone."""
    row = newest_row(run, letter)
    if row is None or row.state is not LedgerState.SAVED:
        run.wait(f"The draft to {letter.to.address} is not untouched any more, so it was left alone.")
        return False
    if not may_save(run):
        return False
    new = row_from_draft(letter, run.now)
    run.store.ledger.put(replace(row, state=LedgerState.REMOVED, at=run.now), new)
    taken = _taken_away(run, row)
    if taken is False:
        run.store.ledger.put(row, replace(new, state=LedgerState.REMOVED))
        run.wait(f"The draft to {letter.to.address} could not be taken away, so it was left alone.")
    if not taken:
        return False
    save_letter(run, letter)
    return any((saved.key, saved.revision) == (letter.key, letter.revision) for saved in run.saved)


def discard_letter(run: Run, row: LedgerRow) -> bool:
    """Delete a draft of ours, if the user has not touched it. False: it was left alone."""
    known = next((one for one in run.store.ledger.rows() if (one.key, one.revision) == (row.key, row.revision)), row)
    if known.state is not LedgerState.SAVED:
        run.wait(f"The draft to {row.recipient} is not untouched any more, so it was left alone.")
        return False
    if not _taken_away(run, known):
        run.wait(f"The draft to {row.recipient} could not be deleted safely: delete it in your mail program.")
        return False
    run.put(replace(known, state=LedgerState.REMOVED, at=run.now))
    return True


def newest_row(run: Run, letter: Draft) -> LedgerRow | None:
    """The newest letter for the same obligation in the ledger, intents aside."""
    rows = [row for row in run.store.ledger.rows() if row.key == letter.key and row.state is not LedgerState.INTENDED]
    return max(rows, key=lambda row: row.revision, default=None)


def resume(run: Run) -> None:
    """Finish replacements and requests that a crash or a lost answer has interrupted."""
    waiting = list(_interrupted(run))
    if not waiting or not may_save(run):
        return
    standings = {decision.key: decision.standing for decision in run.plan().decisions}
    for row, before in waiting:
        wanted = standings.get(row.key) in _STILL_WANTED or (row.key not in standings and row.kind in _ON_REQUEST)
        if not wanted or any(old.state in _TAKEN_UP for old in before):
            run.put(replace(row, state=LedgerState.REMOVED, at=run.now))
            continue
        lying = next((old for old in before if old.state is LedgerState.SAVED), None)
        if lying is not None:
            taken = _taken_away(run, lying)
            if taken is None:
                continue
            run.put(replace(lying if taken else row, state=LedgerState.REMOVED, at=run.now))
            if not taken:
                continue
        save_letter(run, _letter_of(run, row))


def _interrupted(run: Run) -> Iterator[tuple[LedgerRow, list[LedgerRow]]]:
    """Intents of a second or later letter for an obligation: only the user's word makes them. With the earlier rows."""
    rows = run.store.ledger.rows()
    for row in rows:
        if row.state is LedgerState.INTENDED and row.revision > 1 and row.attempted_at is None:
            before = [old for old in rows if old.key == row.key and old.revision < row.revision]
            if before:
                yield row, before


def _letter_of(run: Run, row: LedgerRow) -> Draft:
    """The letter of an intent: its own bytes, in the place that the plan gives it."""
    facts, settings = run.store.facts(run.settings.me), run.settings
    policy = policy_in_force(run.store, settings.policy)
    letter = letter_anew(row.key, run.plan(), facts, run.coverage(), policy, settings.letters)
    if isinstance(letter, Draft) and letter.revision == row.revision:
        return replace(letter, raw=row.raw, fingerprint=row.fingerprint, message_id=row.message_id)
    return draft_from_row(row, run.doors.parser)


def _taken_away(run: Run, row: LedgerRow) -> bool | None:
    """Was the draft deleted? None: nobody knows, the account failed."""
    place = run.account_at(row.account)
    if place is None or row.ref is None:
        return False
    account, backend = place
    try:
        return backend.discard_draft(row.ref, unchanged_from=row.fingerprint)
    except BackendError as error:
        run.fail(account.name, error)
        return None
