"""After a debrief: the letters that it changes, and the question whether an untouched draft gives way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mailwatch.cli.hands import anew, at_work, say_saved
from mailwatch.cli.planning import plan_of
from mailwatch.core.model import Draft, DraftKey, Interview, LedgerRow, LedgerState
from mailwatch.render.detail import draft_lines
from mailwatch.render.screen import line, shown

if TYPE_CHECKING:
    from mailwatch.cli.session import Session

_LYING = frozenset({LedgerState.SAVED, LedgerState.EDITED})


def offer_letters(session: Session, interview: Interview) -> None:
    """Show what the letters say now; ask about each untouched draft; edited and sent ones are left alone."""
    with session.store() as store:
        plan = plan_of(session, store)
        new = [draft for draft in plan.drafts if draft.interview == interview.id]
        newest: dict[DraftKey, LedgerRow] = {}
        for row in store.ledger.rows():
            if row.evidence & interview.anchors and row.state is not LedgerState.INTENDED:
                newest[row.key] = row
        letters = [(row, anew(session, store, plan, row.key)) for row in newest.values() if row.state in _LYING]
    for draft in new:
        session.show([line(""), *draft_lines(draft), *(line(shown(why, 300)) for why in draft.left_out)])
    wanted = [row.key for row, letter in letters if isinstance(letter, Draft) and _is_wanted(session, row, letter)]
    if wanted:
        _replace(session, wanted)
    session.say(f"Kept. {len(new)} letters would be saved: mailwatch run" if new else "Kept.")


def _is_wanted(session: Session, row: LedgerRow, letter: Draft) -> bool:
    if not any(
        sentence.source.partition(".")[0] == "debrief" or "debrief." in sentence.source for sentence in letter.sentences
    ):
        return False
    if letter.fingerprint == row.fingerprint:
        return False
    name = shown(letter.to.name or letter.to.address, 60)
    if row.state is LedgerState.EDITED:
        session.say(f"{name}'s draft is yours by now. The new text: mailwatch drafts show {row.key[:8]} --new")
        return False
    session.show([line(""), *draft_lines(letter), *(line(shown(why, 300)) for why in letter.left_out)])
    if not session.interactive:
        session.say(f"{name}'s draft is untouched. To replace it: mailwatch debrief, in a terminal")
        return False
    return click.confirm(f"{name}'s draft is untouched. Replace it with the personal one?", default=True, err=True)


def _replace(session: Session, keys: list[DraftKey]) -> None:
    """One run for all of them. Each letter is written again there: mail may have come in the meantime."""
    from mailwatch.tick.by_hand import replace_letter

    with at_work(session) as run:
        for key in keys:
            letter = anew(session, run.store, run.plan(), key)
            if isinstance(letter, Draft):
                replace_letter(run, letter)
    say_saved(session, run)
