"""`templates list|copy|check|preview`: letters as files."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import click

from mailwatch.cli.planning import plan_of
from mailwatch.cli.session import Session
from mailwatch.core.compose import Letters, table_problems
from mailwatch.core.model import Draft, Refusal
from mailwatch.errors import ConfigError, UsageError
from mailwatch.letters import builtin_files, load_letters
from mailwatch.render.detail import draft_lines
from mailwatch.render.jsonform import document
from mailwatch.render.screen import line, shown

_SHOWN = 5


@click.group()
def templates() -> None:
    """List, copy, check and preview the letters' files. Yours stand over the built-in ones, slot by slot."""


@templates.command("list")
@click.pass_obj
def list_templates(session: Session) -> None:
    """List the built-in files, and which of them you have a file of your own for."""
    folder = _folder(session)
    names = sorted(builtin_files())
    own = {name for name in names if folder is not None and (folder / name).is_file()}
    if session.json:
        rows = [{"name": name, "own": name in own} for name in names]
        session.write(document("templates list", session.now, folder=str(folder) if folder else None, files=rows))
        return
    session.show(line(f"{name}{'  (yours)' if name in own else ''}") for name in names)
    session.say(
        f"Your folder: {folder}" if folder else "No folder of your own yet: [templates] folder in the configuration."
    )


@templates.command()
@click.argument("name", metavar="LANGUAGE/NAME.toml")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.pass_obj
def copy(session: Session, name: str, force: bool) -> None:
    """Copy a built-in file into your folder, to be changed there."""
    files = builtin_files()
    if name not in files:
        raise UsageError(f"there is no built-in file “{shown(name, 60)}”", next_step="mailwatch templates list")
    folder = _folder(session)
    if folder is None:
        raise ConfigError(
            "The configuration names no folder for letters of your own.",
            next_step=f"add [templates] folder = … to {session.config_path}",
        )
    target = folder / name
    if target.exists() and not force:
        raise UsageError(f"{target} is there already", next_step="add --force to write over it")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(files[name], encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{target} can't be written ({os.strerror(error.errno or 0)})") from error
    session.say(f"Copied to {target}. After changing it: mailwatch templates check")


@templates.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.pass_obj
def check(session: Session, file: Path | None) -> int:
    """Check all files of your folder, or one FILE wherever it lies; every mistake with its place. Exit code 3 for any."""
    if file is not None:
        problems = [f"{file.name}: {problem}" for problem in _problems_in(file)]
    else:
        folder = _folder(session)
        problems = list(load_letters(folder).problems) if folder is not None else []
    if session.json:
        session.write(document("templates check", session.now, ok=not problems, problems=problems))
    else:
        session.show(line(shown(problem, 300)) for problem in problems)
        if not problems:
            session.say("All in order.")
    return 3 if problems else 0


def _problems_in(file: Path) -> list[str]:
    try:
        return table_problems(tomllib.loads(file.read_text("utf-8")))
    except OSError as error:
        return [f"it can't be read ({error.strerror})"]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        return [f"it is no valid TOML ({error})"]


@templates.command()
@click.option("--language", metavar="CODE", default="", help="Only letters in this language, like en or de.")
@click.option("--builtin", is_flag=True, help="As the letters would be without your own files.")
@click.pass_obj
def preview(session: Session, language: str, builtin: bool) -> None:
    """Print what the next letters would say with the files as they are; nothing is written.

    Where no letter is due, the last ones are written again.
    """
    letters = load_letters() if builtin else load_letters(_folder(session))
    written = _letters_now(session, letters)
    drafts = [one for one in written if isinstance(one, Draft) and (not language or one.language == language)]
    refused = dict.fromkeys(one.reason for one in written if isinstance(one, Refusal))
    if session.json:
        rows = [
            {"kind": one.kind.value, "to": one.to.address, "subject": one.subject, "text": one.text} for one in drafts
        ]
        session.write(document("templates preview", session.now, letters=rows, problems=[*letters.problems, *refused]))
        return
    for problem in (*letters.problems, *refused):
        session.say(problem)
    for one in drafts:
        session.show([line(""), *draft_lines(one, sources=True)])
    if not drafts and any(isinstance(one, Draft) for one in written):
        session.say(f"No letter is in “{shown(language, 20)}”.")
    elif not drafts:
        session.say("There is no letter to show yet: mailwatch demo prints some.")


def _letters_now(session: Session, letters: Letters) -> list[Draft | Refusal]:
    from mailwatch.core.by_hand import letter_anew
    from mailwatch.tick import Watched, coverage_of

    settings = session.settings
    watched = tuple(Watched(account.name, account.email, account.required) for account in settings.accounts)
    with session.store() as store:
        plan, facts = plan_of(session, store), store.facts(settings.me)
        coverage = coverage_of(store, watched)
        keys = dict.fromkeys([*(draft.key for draft in plan.drafts), *(row.key for row in reversed(facts.ledger))])
    return [letter_anew(key, plan, facts, coverage, settings.policy, letters) for key in [*keys][:_SHOWN]]


def _folder(session: Session) -> Path | None:
    if not session.config_path.exists():
        return None
    return Path(session.settings.templates) if session.settings.templates else None
