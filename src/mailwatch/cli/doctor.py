"""`doctor`: is everything in order, and what mends what is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from mailwatch.cli.session import Session
from mailwatch.errors import UsageError
from mailwatch.render.jsonform import document
from mailwatch.render.screen import Line, Span, line, pad, shown

if TYPE_CHECKING:
    from mailwatch.doctor import Check

_STYLES = {"ok": "good", "warn": "warn", "fail": "warn"}
_NAME_CELLS = 24


@click.command()
@click.argument("name", metavar="[NAME]", default="")
@click.option("--offline", is_flag=True, help="Leave out everything that needs a network.")
@click.pass_obj
def doctor(session: Session, name: str, offline: bool) -> int:
    """Check configuration, secrets, accounts, calendars, service and memory. Exit code 1 where something fails.

    With a name: only what concerns that account or calendar.
    """
    found = [check for check in _checks(session, offline=offline) if not name or check.name.startswith(f"{name}:")]
    if name and not found:
        raise UsageError(f"nothing is called {shown(name, 60)} in the configuration", next_step="mailwatch config show")
    if session.json:
        checks = [{"level": one.level.value, "name": one.name, "text": one.text, "fix": one.fix} for one in found]
        session.write(document("doctor", session.now, checks=checks))
    else:
        session.show(row for one in found for row in _lines(one))
    return 1 if any(one.level.value == "fail" for one in found) else 0


def _checks(session: Session, *, offline: bool) -> Iterator[Check]:
    from mailwatch.accounts import desk_for, open_accounts
    from mailwatch.doctor import account_checks, calendar_checks, guard_checks, machine_checks
    from mailwatch.sandbox import WorkerParser
    from mailwatch.service import place_for

    settings = session.settings
    desk, place = desk_for(settings, session.environment), place_for(session.environment, session.state)
    yield from machine_checks(settings, desk, session.state, place, now=session.now)
    yield from guard_checks(settings)
    if offline:
        yield from account_checks(settings, desk, None, now=session.now)
        return
    with WorkerParser() as parser:
        opened = open_accounts(settings, parser, desk=desk)
        try:
            yield from account_checks(settings, desk, opened, now=session.now)
            yield from calendar_checks(opened, now=session.now)
        finally:
            opened.close()


def _lines(check: Check) -> list[Line]:
    level = check.level.value
    name, text = pad(shown(check.name, 60), _NAME_CELLS), shown(check.text, 400)
    lines = [line(Span(f"{level:<5}", _STYLES[level]), f" {name} ", text, hang=_NAME_CELLS + 7, folds=2)]
    return [*lines, line(f"      → {shown(check.fix, 300)}", hang=8)] if check.fix else lines
