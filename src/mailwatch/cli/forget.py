"""`forget`: erase what mailwatch remembers, and say what of it still lies elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mailwatch.cli.session import Session
from mailwatch.errors import MailwatchError, UsageError
from mailwatch.render.jsonform import document
from mailwatch.render.screen import line, shown
from mailwatch.render.words import counted

if TYPE_CHECKING:
    from mailwatch.core.model import LedgerRow
    from mailwatch.settings import AccountSettings

_LYING = ("saved", "edited")  # states of a draft that is still in its mailbox


@click.command()
@click.option(
    "--account", "name", metavar="NAME", default="", help="Only what was read from this account, and its sign-in."
)
@click.option("--person", metavar="ADDRESS", default="", help="Only what names this person.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.pass_obj
def forget(session: Session, name: str, person: str, yes: bool) -> None:
    """Erase everything that mailwatch remembers, sign-ins included; or one account, or one person.

    Mail and drafts in your mailbox stay, and so does the configuration: the command lists the drafts of mailwatch that
    still lie there. What is erased can't be brought back, only read anew.
    """
    if name and person:
        raise UsageError("--account and --person exclude each other", next_step="forget one of them, then the other")
    what = f"all of account {name}" if name else f"all about {person}" if person else "everything"
    _confirmed(session, what, yes=yes)
    left, notes, count = _forget(session, name, person.strip().casefold())
    if session.json:
        fields = {"drafts_left": [{"account": row.account, "to": row.recipient} for row in left], "notes": list(notes)}
        session.write(document("forget", session.now, forgotten=what, messages=count, **fields))
        return
    session.show([line(f"Forgotten: {shown(what, 200)}, {counted(count, 'message')} among it.")])
    session.show(line(f"  still in Drafts of {row.account}: a letter to {shown(row.recipient, 100)}") for row in left)
    session.show(line(f"  {shown(note, 300)}") for note in notes)


def _confirmed(session: Session, what: str, *, yes: bool) -> None:
    if yes:
        return
    if not session.interactive:
        raise UsageError("nobody can be asked whether this is meant", next_step="add --yes")
    click.confirm(f"Erase {what}? This can't be undone", abort=True, err=True)


def _forget(session: Session, name: str, person: str) -> tuple[list[LedgerRow], list[str], int]:
    """The drafts that are left in mailboxes, what is to be done by hand, and how many messages went."""
    from mailwatch.core.model import Address
    from mailwatch.store import open_store, run_lock
    from mailwatch.store.erasure import erase_account, erase_all, erase_person

    accounts = [account for account in session.settings.accounts if name in {"", account.name}]
    if not accounts:
        raise UsageError(
            f"the configuration has no account called {shown(name, 60)}", next_step="mailwatch config show"
        )
    notes: list[str] = []
    with run_lock(session.state, wait=30.0):
        with open_store(session.state, now=session.now, mend=True) as store:
            left = [
                row for row in store.ledger.rows() if row.state.value in _LYING and _concerns(row, accounts, person)
            ]
            count = store.mail.counts()[0]
            if person:
                count = erase_person(store, Address(person))
            elif name:
                count = erase_account(store, accounts[0].email, name)
        if not person:
            notes = [note for account in accounts for note in _sign_out(session, account)]
        if not (person or name):
            erase_all(session.state)
    return left, notes, count


def _concerns(row: LedgerRow, accounts: list[AccountSettings], person: str) -> bool:
    return row.recipient == person if person else row.account in {account.email for account in accounts}


def _sign_out(session: Session, account: AccountSettings) -> tuple[str, ...]:
    """Sign out, and go on where that fails: what is kept here goes anyway."""
    from mailwatch.accounts import desk_for
    from mailwatch.auth import kind_of, sign_in_for

    if not kind_of(account):
        return ()
    try:
        return sign_in_for(account, desk_for(session.settings, session.environment)).logout()
    except MailwatchError as error:
        return (f"{account.name} could not be signed out: {error.message}",)
