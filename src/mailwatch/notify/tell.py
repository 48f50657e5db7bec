"""Notices on their way to the user, each at most once."""

from __future__ import annotations

import asyncio
import logging
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from mailwatch.core.model import Plan
from mailwatch.core.notices import Habits, Notice, notices
from mailwatch.process_guard import starting
from mailwatch.render.screen import shown
from mailwatch.settings import NotifySettings, Settings
from mailwatch.store import Store

log = logging.getLogger("mailwatch.notify")

Teller = Callable[[str], None]
"""Brings one text to the user. Raises OSError, RuntimeError or subprocess.SubprocessError where it can't."""

_PATIENCE = 30.0
_KEPT = timedelta(days=120)
_SIGN_IN = "sign-in"


def tell(store: Store, settings: Settings, plan: Plan, teller: Teller) -> int:
    """Say what is to be said now, and remember it; how many notices went out. One that fails is tried at the next run."""
    told = store.state.told()
    habits = Habits(ZoneInfo(settings.me.zone), settings.notify.quiet, settings.notify.per_day)
    facts = store.facts(settings.me)
    sign_in = tuple(problem.name for problem in store.state.problems() if problem.kind == _SIGN_IN)
    out = [
        notice
        for notice in notices(plan, facts.events, facts.debriefs, told, habits, sign_in=sign_in)
        if _went_out(notice, settings.notify, teller)
    ]
    if out:
        fresh = {key: plan.at for notice in out for key in notice.keys}
        store.state.set_told({**_recent(told, plan.at), **fresh})
    return len(out)


def _recent(told: dict[str, datetime], now: datetime) -> dict[str, datetime]:
    return {key: at for key, at in told.items() if now - at < _KEPT}


def _went_out(notice: Notice, settings: NotifySettings, teller: Teller) -> bool:
    text = notice.detail if settings.detail else notice.text
    try:
        teller("\n".join(shown(row, 500) for row in text.splitlines()))
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        log.warning("notice failed error=%s", type(error).__name__)
        return False
    log.info("notice told kind=%s", notice.keys[0].partition(":")[0])
    return True


def teller_for(settings: NotifySettings) -> Teller:
    """The way to the user that the configuration names: a program, else the desktop."""
    return partial(_run, settings.command) if settings.command else _desktop


def _run(command: tuple[str, ...], text: str) -> None:
    with starting():
        subprocess.run(  # noqa: S603 - the user's own words, no shell; the text goes in as input, never as an argument
            list(command),
            input=text + "\n",
            text=True,
            encoding="utf-8",
            timeout=_PATIENCE,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def _desktop(text: str) -> None:
    try:
        from desktop_notifier import DesktopNotifier
    except ImportError as error:
        raise RuntimeError("desktop notifications need the extra mailwatch[desktop]") from error
    title, _, rest = text.partition("\n")
    asyncio.run(DesktopNotifier(app_name="mailwatch").send(title=title, message=rest))
