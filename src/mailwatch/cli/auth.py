"""`auth login|status|logout`: signing in, and what is known about it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from mailwatch.cli.session import Session
from mailwatch.errors import UsageError
from mailwatch.render.jsonform import document, sign_in_form
from mailwatch.render.screen import Line, line, shown

if TYPE_CHECKING:
    from mailwatch.auth import Desk, SignInStatus
    from mailwatch.settings import AccountSettings, CalendarSettings

UNLOCKING = 120.0
"""Seconds for somebody at the terminal to unlock the keyring."""


@click.group()
def auth() -> None:
    """Sign in to accounts, see how that stands, and sign out."""


@auth.command()
@click.argument("name", metavar="NAME")
@click.option("--device", is_flag=True, help="Sign in with a code that you type on another device.")
@click.option("--paste", is_flag=True, help="Sign in by pasting the address at which your browser ended.")
@click.option("--client", metavar="FILE", default="", help="The client file that Google gave you.")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_obj
def login(session: Session, name: str, device: bool, paste: bool, client: str, from_stdin: bool) -> None:
    """Sign in to an account, check that it works, and keep what the next runs need."""
    from mailwatch.auth import sign_in_for
    from mailwatch.cli.auth_asker import Terminal

    owner = _owner(session, name)
    asker = Terminal(session, from_stdin=from_stdin)
    found = sign_in_for(owner, _desk(session)).login(asker, now=session.now, device=device, paste=paste, client=client)
    if session.json:
        session.write(document("auth login", session.now, accounts=[sign_in_form(found)]))
        return
    session.show([line(f"Signed in to {name} as {shown(found.address)}."), *_details(found)])


@auth.command()
@click.argument("name", metavar="[NAME]", default="")
@click.pass_obj
def status(session: Session, name: str) -> int:
    """Say which accounts are signed in, how, and since when. Nobody is asked. Exit code 4 where one is not."""
    from mailwatch.auth import needs_sign_in, sign_in_for

    everything: list[AccountSettings | CalendarSettings] = [*session.settings.accounts, *session.settings.calendars]
    owners = [_owner(session, name)] if name else [one for one in everything if needs_sign_in(one)]
    desk = _desk(session)
    found = [sign_in_for(one, desk).status(now=session.now) for one in owners]
    if session.json:
        forms = [sign_in_form(one) for one in found]
        session.write(document("auth status", session.now, accounts=forms, secrets=desk.vault.where))
    else:
        session.show([row for one in found for row in (line(_headline(one)), *_details(one))])
        if not found:
            session.say("No account needs a sign-in.")
    return 4 if any(one.signed_in is False for one in found) else 0


@auth.command()
@click.argument("name", metavar="NAME")
@click.pass_obj
def logout(session: Session, name: str) -> None:
    """Forget an account's sign-in, and revoke it where the provider allows that."""
    from mailwatch.auth import sign_in_for

    notes = sign_in_for(_owner(session, name), _desk(session)).logout()
    if session.json:
        session.write(document("auth logout", session.now, account=name, notes=list(notes)))
        return
    session.show([line(f"Signed out of {name}."), *(line(f"  {shown(note, 300)}") for note in notes)])


def _desk(session: Session) -> Desk:
    from mailwatch.accounts import desk_for

    patience = {"patience": UNLOCKING} if session.interactive else {}
    return desk_for(session.settings, session.environment, **patience)


def _owner(session: Session, name: str) -> AccountSettings | CalendarSettings:
    """The account, or else the calendar, of a name; "calendar.NAME" is always the calendar."""
    accounts = {account.name: account for account in session.settings.accounts}
    calendars = {calendar.name: calendar for calendar in session.settings.calendars}
    found = accounts.get(name) or calendars.get(name.removeprefix("calendar."))
    if found is not None:
        return found
    known = [*accounts, *calendars]
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(known)}"
    raise UsageError(f"The configuration has no account or calendar called {shown(name, 60)}.", next_step=hint)


def _headline(found: SignInStatus) -> str:
    state = {True: "signed in", False: "not signed in", None: "not tried"}[found.signed_in]
    since = f" since {found.since:%Y-%m-%d}" if found.since else ""
    return f"{found.account}  {found.kind}, {shown(found.address)}: {state}{since}"


def _details(found: SignInStatus) -> list[Line]:
    rows = [f"  kept: {found.where}"]
    rows += [f"  may: {', '.join(found.scopes)}"] if found.scopes else []
    return [line(shown(row, 300)) for row in (*rows, *(f"  {note}" for note in found.notes))]
