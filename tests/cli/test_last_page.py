"""A status shows the page of the last run where that is what it would say, and loads next to nothing for it."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta

import pytest

from mailwatch.cli import page
from tests.cli.conftest import Life

LOOKED = "2026-11-24T10:00:00+01:00"
SOON = "2026-11-24T10:07:00+01:00"
SUMMARY = """
import sys
from mailwatch.cli.entry import run
code = run(sys.argv[1:])
print(code, *sorted(sys.modules), file=sys.stderr)
"""
HEAVY = frozenset(
    "bs4 google googleapiclient icalendar jinja2 keyring lxml mailwatch.core mailwatch.settings msal msgspec pydantic requests"
    " rich".split()
)


@pytest.fixture
def looked(life: Life) -> Life:
    """The demo's mailbox just after a look."""
    assert life.call("run", now=LOOKED)[0] == 0
    return life


def test_a_status_after_a_run_loads_no_records_and_no_big_library(looked: Life) -> None:
    words = ["-c", str(looked.config), "--now", SOON, "status"]
    done = subprocess.run([sys.executable, "-c", SUMMARY, *words], capture_output=True, text=True, check=True)
    code, *modules = done.stderr.split()
    assert code == "0"
    assert "Checked 7 min ago" in done.stdout
    assert set(modules) & HEAVY == set()
    assert len([name for name in modules if name.startswith("mailwatch")]) <= 20


def long_way(life: Life, monkeypatch: pytest.MonkeyPatch, now: str) -> str:
    with monkeypatch.context() as patch:
        patch.setattr("mailwatch.cli.status.show_last_page", lambda _session: False)
        return life.call("status", now=now)[1]


def quick_ways(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """How each status from now on came about: True from the last page."""
    ways: list[bool] = []

    def noting(session) -> bool:
        ways.append(page.show_last_page(session))
        return ways[-1]

    monkeypatch.setattr("mailwatch.cli.status.show_last_page", noting)
    return ways


@pytest.mark.parametrize("looked_at", [LOOKED, "2026-11-02T08:00:00+01:00", "2026-11-04T09:00:00+01:00"])
def test_the_last_page_says_at_any_time_what_a_status_would(
    life: Life, monkeypatch: pytest.MonkeyPatch, looked_at: str
) -> None:
    life.call("run", now=looked_at)
    ways = quick_ways(monkeypatch)
    begin = datetime.fromisoformat(looked_at)
    for minutes in (0, 1, 14, 59, 61, 200, 500, 899, 900, 901, 1000, 2000):
        now = (begin + timedelta(minutes=minutes)).isoformat()
        assert life.call("status", now=now)[1] == long_way(life, monkeypatch, now)
    assert ways[0]
    assert not ways[-1]


def test_another_day_is_another_page(looked: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    ways = quick_ways(monkeypatch)
    looked.call("status", now="2026-11-24T23:59:00+01:00")
    looked.call("status", now="2026-11-25T00:00:00+01:00")
    assert ways == [True, False]


def test_a_word_of_the_user_counts_at_once(looked: Life) -> None:
    looked.call("pause", now=SOON)
    assert "Paused" in looked.call("status", now=SOON)[1]
    looked.call("pause", "--off", now=SOON)
    assert "Paused" not in looked.call("status", now=SOON)[1]


def test_a_changed_configuration_counts_at_once(looked: Life) -> None:
    text = looked.config.read_text("utf-8")
    looked.config.write_text(text.replace("Europe/Berlin", "Asia/Tokyo"), "utf-8")
    assert "(Tokyo)" in looked.call("status", "--all", now=SOON)[1]
    looked.config.write_text(text + "\n[drafts]\n", "utf-8")
    assert looked.call("status", now=SOON)[0] == 3


def test_letters_of_ones_own_are_looked_at_each_time(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = life.folder / "letters"
    (folder / "en").mkdir(parents=True)
    life.config.write_text(life.config.read_text("utf-8") + f'\n[templates]\nfolder = "{folder}"\n', "utf-8")
    life.call("run", now=LOOKED)
    ways = quick_ways(monkeypatch)
    (folder / "en" / "mine.toml").write_text("[[nonsense]\n")
    assert "built-in letters are used instead" in life.call("status", now=SOON)[1]
    assert ways == [False]
