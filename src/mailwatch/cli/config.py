"""`config path|show|check|edit|schema`: where the configuration is, what it amounts to, what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from mailwatch.cli.session import Session
from mailwatch.errors import ConfigError, UsageError
from mailwatch.render.jsonform import document
from mailwatch.render.screen import line, shown
from mailwatch.render.words import counted
from mailwatch.settings import AccountSettings, Settings


@click.group()
def config() -> None:
    """Find, show, check and edit the configuration."""


@config.command()
@click.pass_obj
def path(session: Session) -> None:
    """Print the path of the configuration file, whether it is there or not."""
    if session.json:
        session.write(document("config path", session.now, path=str(session.config_path), state=str(session.state)))
    else:
        session.write(str(session.config_path))


@config.command("show")
@click.pass_obj
def show_config(session: Session) -> None:
    """Print the accounts, calendars and rules in force. Secrets are never shown."""
    settings = session.settings
    accounts = [
        {"name": item.name, "backend": item.backend, "email": item.email, "required": item.required}
        for item in settings.accounts
    ]
    calendars = [{"name": item.name, "backend": item.backend} for item in settings.calendars]
    if session.json:
        session.write(
            document(
                "config show",
                session.now,
                path=settings.path,
                accounts=accounts,
                calendars=calendars,
                zone=settings.me.zone,
            )
        )
        return
    lines = [
        line(f"{settings.path}"),
        line(f"you       {shown(settings.me.name)} <{shown(settings.me.primary)}>, {settings.me.zone}"),
    ]
    lines += [line(f"account   {item['name']}: {item['backend']}, {shown(str(item['email']))}") for item in accounts]
    lines += [line(f"calendar  {item['name']}: {item['backend']}") for item in calendars]
    rules = settings.policy
    lines.append(
        line(
            f"drafts    {'saved' if rules.create_drafts else 'not saved'}, at most {rules.max_per_run} in one run; first run: {settings.first_run}"
        )
    )
    session.show(lines)


@config.command()
@click.pass_obj
def check(session: Session) -> int:
    """Check the file, and that the folders and files it names are there. Exit code 3 where something is wrong."""
    settings = session.settings
    missing = _missing(settings)
    if session.json:
        warnings = list(settings.warnings)
        found = document(
            "config check", session.now, path=settings.path, ok=not missing, warnings=warnings, missing=missing
        )
        session.write(found)
        return 3 if missing else 0
    for warning in settings.warnings:
        session.say(f"warning: {warning}")
    if missing:
        session.say(f"{settings.path} can be read, but what it names is not there:")
        session.show(line(f"  {shown(each, 300)}") for each in missing)
        return 3
    session.show(
        [
            line(
                f"{settings.path} is in order: {counted(len(settings.accounts), 'account')}, {counted(len(settings.calendars), 'calendar')}."
            )
        ]
    )
    return 0


def _missing(settings: Settings) -> list[str]:
    """Folders and files of this computer that the configuration names and that are not there, with their places."""
    named = [(f"[account.{item.name}] path", item.path) for item in settings.accounts]
    named += [(f"[calendar.{item.name}] path", item.path) for item in settings.calendars]
    named += [("[templates] folder", settings.templates)]
    for account in settings.accounts:
        if account.backend in {"mbox", "eml"}:
            named += [(f"[account.{account.name}] {key}", path) for key, path in _own_files(account)]
        if account.sign_in is not None and account.sign_in.client_file:
            named.append((f"[account.{account.name}.auth] client_file", account.sign_in.client_file))
    return [f"{place}: there is no {path}" for place, path in named if path and not Path(path).exists()]


def _own_files(account: AccountSettings) -> tuple[tuple[str, str], ...]:
    return ("drafts", account.drafts), ("sent", account.sent)


@config.command()
@click.pass_obj
def schema(session: Session) -> None:
    """Print the JSON Schema of the file, for editors that complete and check TOML."""
    from mailwatch.config import config_schema

    session.write(json.dumps(config_schema(), indent=None if session.json else 2))


@config.command()
@click.pass_obj
def edit(session: Session) -> None:
    """Open the file in your editor ($VISUAL or $EDITOR); it takes effect only when it is in order."""
    from mailwatch.cli.editor import edited
    from mailwatch.cli.setup_file import write_config

    if not session.interactive:
        raise UsageError("an editor needs a terminal", next_step=f"edit {session.config_path} with a program of yours")
    path = session.config_path
    before = text = _text_of(path)
    while True:
        text = edited(text, session.state, session.environment, "config.toml")
        if text == before:
            session.say("Nothing was changed.")
            return
        try:
            write_config(session, text)
        except ConfigError as error:
            session.say(error.message)
            if not click.confirm("Edit it again? (No keeps the old file)", default=True, err=True):
                session.say("The old file was kept.")
                return
            continue
        session.say(f"{path} was changed. It counts from the next run on.")
        return


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise ConfigError(
            f"{path} can't be read ({error.strerror}), so it can't be edited.", next_step="mailwatch setup writes one"
        ) from error
