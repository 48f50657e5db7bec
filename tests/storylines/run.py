"""Run mailwatch over a rendered set of storylines, and write what it holds to be true and right.

    python tests/storylines/run.py RENDERED EXPORT.json [--jobs N]

RENDERED is a folder in the development set's format: STORY/CHECK/{inbox,sent,calendar.ics,context.json}. Every check
gets a mailbox, a state and a clock of its own, and one real tick through the public code: configuration, Maildir,
.ics file, store, plan, drafts. The gold answers are never read here.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mailwatch import __version__
from mailwatch.config import load_settings
from mailwatch.core.lexicon import Lexicon
from mailwatch.core.model import LedgerRow, LedgerState, Plan
from mailwatch.phrases import load_lexicon
from mailwatch.sandbox import WorkerParser
from mailwatch.store import Store, open_store, run_lock
from mailwatch.tick import TickSettings, World, tick
from mailwatch.tick.configured import open_doors, tick_settings
from tests.storylines.export import SCHEMA, result_of

_CONFIG = """
[me]
name = {name}
addresses = {addresses}
timezone = {zone}

[account.story]
backend = "maildir"
email = {email}
path = {mail}

[calendar.story]
backend = "ics"
path = {calendar}

[drafts]
first_run = "save"
max_per_run = 50
"""


def main(arguments: list[str] | None = None) -> None:
    """Run every check of a set and write the export."""
    parser = argparse.ArgumentParser(description="Run mailwatch over rendered storylines.")
    parser.add_argument("rendered", type=Path)
    parser.add_argument("export", type=Path)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args(arguments)
    export_set(chosen.rendered, chosen.export, jobs=chosen.jobs)


def export_set(rendered: Path, export: Path, *, jobs: int = 1) -> None:
    """Run all checks below `rendered`, several at a time, and write one export."""
    checks = sorted(path.parent for path in rendered.glob("*/*/context.json"))
    with ProcessPoolExecutor(jobs) as pool:
        results = list(pool.map(run_check, checks, chunksize=4))
    document = {"schema": SCHEMA, "program": f"mailwatch {__version__}", "results": results}
    export.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")


@dataclass(frozen=True)
class Ticked:
    """What a check has led to: the state after its one tick, what the tick was told, and its plan."""

    store: Store
    told: TickSettings
    plan: Plan
    saved: tuple[LedgerRow, ...]


def run_check(
    check: Path,
    set_up: Callable[[Path, Path, dict[str, Any]], None] | None = None,
    look: Callable[[Ticked], None] = lambda _: None,
) -> dict[str, Any]:
    """One check: a fresh mailbox and state, one tick at its moment.

    Args:
        check: its folder.
        set_up: another mailbox than a Maildir.
        look: looks at what came of it, while the state is open.
    """
    context = json.loads((check / "context.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="storyline-") as name:
        folder = Path(name)
        (set_up or _set_up)(folder, check, context["owner"])
        now = datetime.fromisoformat(context["as_of"])
        settings = load_settings(folder / "config.toml", None)
        with (
            run_lock(folder / "state"),
            open_store(folder / "state", now=now, mend=True) as store,
            open_doors(settings, parser=_parser()) as doors,
        ):
            told = tick_settings(settings, lexicon=_lexicon())
            report = tick(store, doors, told, World(lambda: now, lambda _seconds: None))
            saved = tuple(row for row in store.ledger.rows() if row.state is LedgerState.SAVED)
            if report.plan is None:
                raise RuntimeError(f"{check}: no plan: {[problem.message for problem in report.problems]}")
            look(Ticked(store, told, report.plan, saved))
    result = result_of(report.plan, saved, ZoneInfo(context["owner"]["tz"]))
    return {"story": context["story"], "check": context["check"], **result}


@lru_cache(maxsize=1)
def _lexicon() -> Lexicon:
    return load_lexicon()


@lru_cache(maxsize=1)
def _parser() -> WorkerParser:
    return WorkerParser()


def _set_up(folder: Path, check: Path, owner: dict[str, Any]) -> None:
    for sub in (".", ".Sent", ".Drafts", ".Trash"):
        for part in ("cur", "new", "tmp"):
            (folder / "Mail" / sub / part).mkdir(parents=True, exist_ok=True)
    _deliver(check / "inbox", folder / "Mail" / "cur")
    _deliver(check / "sent", folder / "Mail" / ".Sent" / "cur")
    shutil.copy(check / "calendar.ics", folder / "calendar.ics")
    quoted = partial(json.dumps, ensure_ascii=False)
    text = _CONFIG.format(
        name=quoted(owner["name"]),
        addresses=quoted([owner["email"], *owner["aliases"]]),
        zone=quoted(owner["tz"]),
        email=quoted(owner["email"]),
        mail=quoted(str(folder / "Mail")),
        calendar=quoted(str(folder / "calendar.ics")),
    )
    (folder / "config.toml").write_text(text, encoding="utf-8")
    (folder / "config.toml").chmod(0o600)


def _deliver(source: Path, target: Path) -> None:
    for number, path in enumerate(sorted(source.glob("*.eml"))):
        (target / f"{1_700_000_000 + number}.{path.stem}.story:2,S").write_bytes(path.read_bytes())


if __name__ == "__main__":
    main()
