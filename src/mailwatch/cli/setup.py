"""`setup`: from an address to a mailbox that is looked after, in a few questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mailwatch.cli.session import Session
from mailwatch.errors import UsageError
from mailwatch.render.jsonform import document

if TYPE_CHECKING:
    from mailwatch.cli.setup_given import Given


@click.command()
@click.option("--email", metavar="ADDRESS", help="The address of the mailbox.")
@click.option("--name", metavar="NAME", help="Your name, as it stands under letters.")
@click.option("--provider", metavar="NAME", help="A provider from providers/; else the address tells.")
@click.option("--backend", type=click.Choice(["imap", "gmail", "graph"]), help="How to reach it; else the easiest way.")
@click.option(
    "--path", metavar="PATH", help="Mail on this computer: a Maildir, an mbox file or a folder of .eml files."
)
@click.option("--host", metavar="HOST", help="The IMAP server, where no provider is known.")
@click.option("--port", type=click.IntRange(1, 65535), metavar="NUMBER", help="Its port.")
@click.option("--tls", type=click.Choice(["implicit", "starttls"]), help="How the connection is secured.")
@click.option("--user", metavar="NAME", help="The sign-in name, where it is not the address.")
@click.option("--ca-file", metavar="FILE", help="Certificates to trust besides the system's.")
@click.option(
    "--password",
    metavar="SOURCE",
    help="Where the password is: stdin (it is then kept), env:NAME, file:PATH, credential:NAME or command:WORDS.",
)
@click.option(
    "--key",
    metavar="SOURCE",
    help="Without a keyring: where the key to kept secrets is (env:NAME, file:PATH, credential:NAME, command:WORDS).",
)
@click.option("--client", metavar="ID|FILE", help="Your registration with Google (a file) or Microsoft (an id).")
@click.option("--drafts", metavar="FOLDER", help="The folder for drafts, where several might be it.")
@click.option("--sent", metavar="FOLDER", help="The folder with sent mail, where several might be it.")
@click.option("--save/--tell", "save", default=None, help="Save drafts, or only tell what would be due.")
@click.option(
    "--notify/--no-notify", default=None, help="Notifications on this desktop (they need mailwatch[desktop])."
)
@click.option(
    "--calendar",
    "calendars",
    multiple=True,
    metavar="[ADDRESS]",
    is_flag=False,
    flag_value="",
    help="Add a calendar: an .ics file, a feed's address, or a CalDAV server's; without one, choose. May be given again.",
)
@click.option(
    "--calendar-user", metavar="NAME", help="The sign-in name at the CalDAV server, where it is not an account's."
)
@click.option(
    "--calendar-password", metavar="SOURCE", help="Where its password is, as with --password; else it is asked for."
)
@click.option("--first-look/--no-first-look", default=True, show_default=True, help="Look at the mailbox right away.")
@click.option("--service/--no-service", default=None, help="Let the system start mailwatch from now on.")
@click.pass_obj
def setup(session: Session, /, **options: object) -> int:
    """Set mailwatch up: sign in, find the folders, write the configuration, and take a first look.

    It can be run again: what is there is brought up to date, and your comments stay. With --no-input everything comes
    from options.
    """
    from mailwatch.cli.setup_given import Given

    given = Given(**options)  # type: ignore[arg-type]
    if not session.interactive and not (given.email or given.calendars):
        raise UsageError(
            "set-up asks questions, and nobody can be asked here",
            next_step="run it in a terminal, or give the answers: mailwatch --no-input setup --email ADDRESS --name NAME …",
        )
    return begin(session, given)


def begin(session: Session, given: Given) -> int:
    """The whole set-up: questions, file, first look, service; the exit code."""
    from mailwatch.cli.setup_talk import Talk

    path = Talk(session, given).write()
    if session.json:
        session.write(
            document("setup", session.now, file=str(path), accounts=[one.name for one in session.settings.accounts])
        )
    else:
        session.say(f"Written to {path}, for you alone.")
        _say_zone(session)
    return _look_and_serve(session, given)


def _say_zone(session: Session) -> None:
    """A computer that runs in UTC mostly stands elsewhere: what a mail calls "two o'clock" would be taken wrongly."""
    if session.zone.key in {"UTC", "Etc/UTC"}:
        session.say(
            "This computer's clock is in UTC, so a time in a mail that names no zone is read as UTC. If you live elsewhere, "
            'say so: mailwatch config edit, timezone = "Europe/Berlin" below [me].'
        )


def _look_and_serve(session: Session, given: Given) -> int:
    """The first look, and the service."""
    code = 0
    if given.first_look and not session.json:
        from mailwatch.cli.run import look_once, show_report

        session.say(
            "A first look at the last 90 days: seconds for most mailboxes, some minutes for a very large one. "
            "Ctrl-C stops it safely."
        )
        report = look_once(session, watched=True)
        show_report(session, report)
        code = report.exit_code
    _offer_service(session, given.service)
    return code


def _offer_service(session: Session, wanted: bool | None) -> None:
    from mailwatch.cli.service import install
    from mailwatch.service import place_for

    if wanted is None and session.interactive and place_for(session.environment, session.state) is not None:
        wanted = click.confirm("Let the system start mailwatch every 15 minutes from now on?", default=True, err=True)
    if wanted:
        click.get_current_context().invoke(install, kind="timer", only_show=False)
    elif not session.json:
        session.say("Look again whenever you like: mailwatch run. By itself: mailwatch service install")
    if not session.settings.calendars and not session.json:
        session.say("Interviews stand in calendars too: mailwatch setup --calendar")
