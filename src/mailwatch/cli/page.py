"""The status page of the last run: kept at its end, shown by `status` as long as nothing has changed.

A status that finds it reads one row, and loads neither the records nor what makes a plan of them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mailwatch import __version__

if TYPE_CHECKING:
    from datetime import datetime

    from mailwatch.cli.session import Session
    from mailwatch.store import Store

_LOCALTIME = "/etc/localtime"


def show_last_page(session: Session) -> bool:
    """Print the last run's page. False: it is not there, or no longer what a status would say."""
    inputs = _inputs(session)
    if not inputs:
        return False
    from mailwatch.store.page import kept_page

    text = kept_page(session.state, inputs, session.now)
    if text is None:
        return False
    from mailwatch.render.page import lines_from_text, told

    session.show(told(lines_from_text(text), session.now))
    return True


def keep_last_page(session: Session, store: Store) -> None:
    """Keep the status as it reads now, for `show_last_page`."""
    from mailwatch.cli.planning import setting_of
    from mailwatch.render.page import text_from_lines
    from mailwatch.render.status import page_lines, page_until
    from mailwatch.tick import Watched, kept_plan

    settings, inputs = session.settings, _inputs(session)
    watched = tuple(Watched(account.name, account.email, account.required) for account in settings.accounts)
    generation = store.database.generation
    plan = kept_plan(store, settings.me, settings.policy, watched, session.now)
    if plan is None or not inputs or settings.templates:  # a broken letter of one's own stands in the status at once
        return
    lines = text_from_lines(page_lines(plan, setting_of(session, store)))
    until = min([page_until(plan, session.zone), *_ends(store, plan.at)])
    store.pages.keep(lines, inputs=inputs, generation=generation, at=plan.at, until=until)


def _ends(store: Store, now: datetime) -> list[datetime]:
    """When a pause, or the patience that an account has asked for, is over."""
    ends = [store.words.paused_until(), *(problem.not_before for problem in store.state.problems())]
    return [end for end in ends if end is not None and end >= now]


def _inputs(session: Session) -> str:
    """Everything besides the facts that a page rests on, as a text; "" where there is no configuration.

    The file counts by its place, rights and times: to read it again is the work that is to be saved.
    """
    path = os.fspath(session.config_path)
    try:
        found = os.stat(path)  # noqa: PTH116 - one system call, and no more
    except OSError:
        return ""
    file = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_mode)
    zone = (session.environment.get("TZ", ""), os.path.realpath(_LOCALTIME))
    return repr((__version__, path, file, zone))
