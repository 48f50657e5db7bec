"""`drafts make|discard|tidy`: the commands that write. Each is a run under the lock, with the tick's own journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mailwatch.cli.hands import at_work, say_saved
from mailwatch.cli.one_of import OneOf
from mailwatch.cli.planning import plan_of
from mailwatch.cli.session import Session
from mailwatch.core.compose.wire import recipient_name
from mailwatch.core.model import Application, Draft, Kind, LedgerRow, LedgerState, Person, Plan, Refusal
from mailwatch.errors import UsageError
from mailwatch.render.detail import draft_lines
from mailwatch.render.ids import SHORTEST, application_named
from mailwatch.render.jsonform import document
from mailwatch.render.screen import line, shown
from mailwatch.render.words import LETTERS

if TYPE_CHECKING:
    from mailwatch.store import Store
    from mailwatch.tick.run import Run

KINDS = {
    "thank-you": Kind.THANK_YOU,
    "decline": Kind.DECLINE,
    "thanks-anyway": Kind.THANKS_ANYWAY,
    "deadline": Kind.DEADLINE,
    "withdrawal": Kind.WITHDRAWAL,
}


@click.command()
@click.argument("kind", type=OneOf(list(KINDS)))
@click.argument("which", metavar="ID")
@click.argument("person", metavar="[PERSON]", default="")
@click.option(
    "--language",
    metavar="CODE",
    default="",
    help="Write it in this language, like en or de; de-du and de-sie also say how.",
)
@click.option("--replace", is_flag=True, help="Put it in the place of an untouched draft, without asking.")
@click.pass_obj
def make(session: Session, kind: str, which: str, person: str, language: str, replace: bool) -> int:
    """Save a letter that you ask for: a thank-you that is late or was skipped, a decline, a gracious answer …

    deadline tells this firm that another one's offer has to be answered; withdrawal takes an application back. A
    thank-you that lies in Drafts untouched gives way to a new one, after a yes.
    """
    with at_work(session) as run:
        plan = run.plan()
        application = application_named(plan, which)
        letter = _letter(run, plan, application, KINDS[kind], person, language)
        if isinstance(letter, Refusal):
            raise refused(letter, next_step=f"mailwatch show {application.id[:6]}")
        saved = _saved(session, run, letter, replace=replace)
    if session.json:
        form = {"key": letter.key, "kind": letter.kind.value, "to": letter.to.address, "subject": letter.subject}
        session.write(document("drafts make", session.now, saved=saved, draft={**form, "text": letter.text}))
    else:
        session.show(draft_lines(letter))
        say_saved(session, run)
    return 0 if saved else 1


def refused(letter: Refusal, *, next_step: str) -> UsageError:
    """Why a letter was not written, for the user's own eyes: with the sentence that is to blame."""
    blame = f": “{shown(letter.sentence, 300)}”" if letter.sentence else ""
    return UsageError(f"{letter.reason.rstrip('.')}{blame}", next_step=next_step)


def _saved(session: Session, run: Run, letter: Draft, *, replace: bool) -> bool:
    """Save the letter: beside nothing, or in the place of an untouched one if the user says so."""
    from mailwatch.tick.by_hand import make_letter, newest_row, replace_letter

    row = newest_row(run, letter)
    if row is None or row.state is not LedgerState.SAVED:
        return make_letter(run, letter)
    if row.fingerprint == letter.fingerprint:
        raise UsageError("the draft that lies there says the same", next_step=f"mailwatch drafts show {row.key[:8]}")
    name = shown(letter.to.name or letter.to.address, 60)
    if not replace and not session.interactive:
        raise UsageError(
            f"{name}'s draft lies there, untouched", next_step="add --replace to put this one in its place"
        )
    if not replace and not click.confirm(f"{name}'s draft is untouched. Replace it?", default=True, err=True):
        return False
    return replace_letter(run, letter)


def _letter(run: Run, plan: Plan, application: Application, kind: Kind, person: str, language: str) -> Draft | Refusal:
    from mailwatch.core.by_hand import letter_asked_for
    from mailwatch.tick.planning import policy_in_force

    meant = _person(application, person) if person else None
    facts, settings = run.store.facts(run.settings.me), run.settings
    policy = policy_in_force(run.store, settings.policy)
    return letter_asked_for(
        kind, application, meant, plan, facts, run.coverage(), policy, settings.letters, language=language
    )


def _person(application: Application, word: str) -> Person:
    wanted = word.casefold()
    met = [person for interview in application.interviews for person in interview.people]
    known = {person.key: person for person in (*application.contacts, *met)}
    matches = [one for one in known.values() if wanted == one.address or f" {wanted}" in f" {one.name.casefold()}"]
    if len(matches) == 1:
        return matches[0]
    names = ", ".join(shown(one.name or one.address or "", 40) for one in known.values())
    raise UsageError(f"“{shown(word, 60)}” is not one person there", next_step=f"one of: {names or 'nobody is known'}")


@click.command()
@click.argument("which", metavar="ID|PERSON")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def discard(session: Session, which: str, yes: bool) -> int:
    """Delete one draft of mailwatch from Drafts, if you have not touched it. It is not written again."""
    with session.store() as store:
        row = row_named(store, which)
    if row.state is not LedgerState.SAVED:
        raise UsageError("that draft is not an untouched one in Drafts", next_step="mailwatch drafts list --all")
    return _delete(session, [row], f"Delete the {LETTERS[row.kind]} to {shown(row.recipient, 80)}?", yes=yes)


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def tidy(session: Session, yes: bool) -> int:
    """List untouched drafts that something has overtaken, and delete them after one yes. Edited ones are left alone."""
    with session.store() as store:
        stale = {(item.key, item.revision): item for item in plan_of(session, store).stale}
        untouched = [
            row for row in store.ledger.rows() if (row.key, row.revision) in stale and row.state is LedgerState.SAVED
        ]
    if not session.json:
        session.show(
            line(
                f"{LETTERS[row.kind]} to {shown(row.recipient, 80)}: {shown(stale[row.key, row.revision].reason, 200)}"
            )
            for row in untouched
        )
    if not untouched:
        session.say("Nothing to tidy up.")
        if session.json:
            session.write(document("drafts tidy", session.now, deleted=[]))
        return 0
    return _delete(session, untouched, f"Delete {'it' if len(untouched) == 1 else 'all of them'}?", yes=yes)


def _delete(session: Session, rows: list[LedgerRow], question: str, *, yes: bool) -> int:
    from mailwatch.tick.by_hand import discard_letter

    if not yes and not session.interactive:
        raise UsageError("this asks before it deletes, and nobody can be asked here", next_step="add --yes")
    if not yes and not click.confirm(question, err=True):
        session.say("Nothing was deleted.")
        return 0
    with at_work(session) as run:
        gone = [row for row in rows if discard_letter(run, row)]
    if session.json:
        session.write(document("drafts tidy", session.now, deleted=[row.key for row in gone]))
    session.say(f"{len(gone)} of {len(rows)} deleted.")
    return 0 if len(gone) == len(rows) else 1


def _name(row: LedgerRow) -> str:
    return recipient_name(row.raw).casefold()


def row_named(store: Store, word: str) -> LedgerRow:
    """The draft that a prefix of its ID, or a part of its recipient's address or name, points to: the newest of them.

    Raises:
        UsageError: there is none.
    """
    rows = store.ledger.rows()
    matches = [row for row in rows if len(word) >= SHORTEST and row.key.startswith(word)]
    matches = matches or [row for row in rows if word.casefold() in f"{row.recipient} {_name(row)}"]
    if not matches:
        raise UsageError(f"no draft belongs to “{shown(word, 60)}”", next_step="mailwatch drafts list --all")
    return matches[-1]
