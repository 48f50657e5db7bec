"""The quick debrief in a real terminal (tmux), typed key by key."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailwatch.core.model import Debrief
from mailwatch.store import open_store
from tests.cli.conftest import Life
from tests.needed import needed

NOW = "2026-11-04T12:00:00+01:00"
PATIENCE = 60.0
KEYS_A_SECOND = 3.3  # 40 words a minute, as on a bus
THINKING = 2.5  # seconds before each answer
TWO_MINUTES = 120.0

TOPIC = "your remark that nobody reads a dashboard twice"
ANSWERS = (
    ("Who was there?", "-2 +Ana Ruiz <ana@brightwater.example>"),
    ("what stayed with you?", TOPIC),
    ("would you add now?", "I would cut the daily one first."),
    ("what stayed with you?", ""),
    ("what stayed with you?", ""),
    ("what stayed with you?", ""),
    ("fits this job?", "In Lisbon I ran the parcel desk."),
    ("When will they decide?", "Friday"),
    ("stumped you?", "how many lifts Berlin has"),
    ("red flag?", ""),
    ("how keen are you", "4"),
)


class Terminal:
    """A terminal of 100 by 40, on a server of its own."""

    def __init__(self, folder: Path, command: list[str], environment: dict[str, str]) -> None:
        self._socket = str(folder / "tmux")
        quoted = " ".join(f"'{word}'" for word in command)
        variables = [word for name, value in environment.items() for word in ("-e", f"{name}={value}")]
        script = f"{quoted}; echo ended with $?; sleep 60"
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "40", *variables, script)

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(["tmux", "-S", self._socket, *words], capture_output=True, text=True, check=True)
        return done.stdout

    @property
    def screen(self) -> str:
        """What is to be seen, and what has scrolled away; lines that the terminal broke are whole."""
        return self._tmux("capture-pane", "-p", "-J", "-S", "-500")

    def shows(self, text: str, times: int = 1) -> str:
        """Wait until the screen shows a text so often."""
        end = time.monotonic() + PATIENCE
        while self.screen.count(text) < times:
            assert time.monotonic() < end, f"{text!r} never came:\n{self.screen}"
            time.sleep(0.02)
        return self.screen

    def types(self, text: str) -> None:
        """Type a line and Enter."""
        if text:
            self._tmux("send-keys", "-l", "--", text)
        self._tmux("send-keys", "Enter")

    def presses(self, key: str) -> None:
        self._tmux("send-keys", key)

    def close(self) -> None:
        subprocess.run(["tmux", "-S", self._socket, "kill-server"], check=False, capture_output=True)


@pytest.fixture
def terminal(evening: Life, tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Runs one command on the evening's mailbox in a terminal."""
    needed("tmux")
    opened: list[Terminal] = []

    def run(*arguments: str) -> Terminal:
        command = [sys.executable, "-m", "mailwatch", "-c", str(evening.config), "--now", NOW, *arguments]
        state = {"MAILWATCH_STATE": str(evening.folder / "state"), "LC_ALL": "C.UTF-8", "TERM": "screen"}
        opened.append(Terminal(tmp_path, command, state))
        return opened[-1]

    yield run
    for each in opened:
        each.close()


def kept(life: Life) -> Debrief:
    with open_store(life.folder / "state", now=life.session(NOW).now) as store:
        ((_, debrief),) = store.words.debriefs()
    return debrief


@pytest.mark.scenario("T9")
def test_a_debrief_is_typed_in_under_two_minutes_and_its_letter_takes_the_place_of_the_untouched_one(
    evening: Life, terminal: Callable[..., Terminal]
) -> None:
    before = len(evening.drafts())
    screen = terminal("debrief", "brightwater")
    asked: dict[str, int] = {}
    waited = 0.0
    for question, answer in ANSWERS:
        asked[question] = asked.get(question, 0) + 1
        began = time.monotonic()
        screen.shows(question, asked[question])
        waited += time.monotonic() - began if len(asked) > 1 else 0.0
        screen.types(answer)
    screen.shows("Replace it with the personal one?")
    screen.types("")
    screen.shows("ended with 0")
    typed = sum(len(answer) + 1 for _, answer in ANSWERS) + 1
    assert typed / KEYS_A_SECOND + THINKING * (len(ANSWERS) + 1) < TWO_MINUTES
    assert waited < 10, "the questions themselves come at once"
    debrief = kept(evening)
    assert [note.topic for note in debrief.notes] == [TOPIC]
    assert len(debrief.absent) == 1
    assert debrief.added == (("Ana Ruiz", "ana@brightwater.example"),)
    assert debrief.private.reveal() == {"stumped": "how many lifts Berlin has", "keen": "4"}
    assert str(debrief.decide_by) == "2026-11-06"
    assert len(evening.drafts()) == before
    assert TOPIC in screen.screen


def test_what_was_typed_before_ctrl_c_is_kept(evening: Life, terminal: Callable[..., Terminal]) -> None:
    screen = terminal("debrief", "brightwater")
    screen.shows("Who was there?")
    screen.types("")
    screen.shows("what stayed with you?")
    screen.types(TOPIC)
    screen.shows("would you add now?")
    screen.presses("C-c")
    screen.shows("what you typed is kept")
    screen.shows("Replace it with the personal one?")
    screen.types("n")
    screen.shows("ended with 0")
    assert [note.topic for note in kept(evening).notes] == [TOPIC]
