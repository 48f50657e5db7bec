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
def check(session: Session) -> None:
    """Check the file; every mistake with its place. Exit code 3 where there is one."""
    settings = session.settings
    if session.json:
        session.write(
            document("config check", session.now, path=settings.path, ok=True, warnings=list(settings.warnings))
        )
        return
    for warning in settings.warnings:
        session.say(f"warning: {warning}")
    session.show(
        [
            line(
                f"{settings.path} is in order: {counted(len(settings.accounts), 'account')}, {counted(len(settings.calendars), 'calendar')}."
            )
        ]
    )


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
