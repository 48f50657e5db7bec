"""Write docs/tour.md and its pictures: the demo is played, its screens are drawn, and more is asked about its story.

    python -m tools.tour docs                 all of it; the report is looked at in Chromium
    python -m tools.tour --no-browser FOLDER  without the pictures of the report

Everything but those pictures is compared with a fresh run by a test.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from email import message_from_bytes, policy
from pathlib import Path

from mailwatch.cli.entry import run
from mailwatch.demo.play import Scene, Stage, play, set_up
from mailwatch.demo.script import load_script
from tools.terminal_picture import picture

COLUMNS = 120
LATER = "2026-11-24T09:00:00+01:00"
SHOTS = {
    "report": ("1000,1180", ()),
    "report-dark": ("1000,1180", ("--blink-settings=preferredColorScheme=0",)),
    "report-phone": ("500,1000", ()),
}
"""Pictures of the report: the size of the window, and what else the browser is told."""
Ask = Callable[..., str]
"""Runs a command on the demo's mailbox after its last moment; what it prints."""

_HEAD = """\
# A tour

Written by `make tour` from a real run of `mailwatch demo`: an invented mailbox, invented people, and the same program as for
everybody. Nothing here was typed by hand, and a test compares it with a fresh run.
"""
_ASKED: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("The morning glance", ("next",), "What today and tomorrow bring, in a few lines."),
    ("Why?", ("why", "Orrin"), "Each conclusion, the mail it comes from, and the very words."),
    ("One process", ("show", "Brightwater"), "People, times, what was said, and where each letter stands."),
    (
        "Before the next interview",
        ("prep", "Nordlicht"),
        "Who was met, what was talked about, and what you wanted to do better.",
    ),
    ("What is unsure", ("status", "--review"), "What it can't know it asks, once, with the command that settles it."),
    ("Side by side", ("compare",), "Employers that are still in play."),
)


def tour(scenes: Sequence[Scene], ask: Ask) -> Mapping[str, str]:
    """The page and its drawn pictures, by their place below docs/."""
    files: dict[str, str] = {}
    page = [_HEAD]
    for number, scene in enumerate(scenes, 1):
        name = f"pictures/status-{number}.svg"
        files[name] = picture("mailwatch status", scene.status, COLUMNS)
        page.append(f"## {scene.moment.title}\n\n![{_told(scene)}]({name})\n")
        if scene.letters:
            many = len(scene.letters) > 1
            saved = f"Saved in Drafts: {len(scene.letters)} letters, this one among them" if many else "Saved in Drafts"
            page.append(f"{saved}:\n\n```\n{_letter(scene.letters[0])}\n```\n")
    page.append("## Asking more\n")
    for title, words, sentence in _ASKED:
        page.append(f"### {title}\n\n{sentence}\n\n```\n$ mailwatch {' '.join(words)}\n{ask(*words).rstrip()}\n```\n")
    page.append(
        "## On one page\n\n`mailwatch report --html search.html` draws everything as one page that needs no network.\n\n"
        "![The report: what waits for you, where the processes stand, and the time line of each](pictures/report.png)\n\n"
        "Dark, where the system is, and on a phone:\n\n"
        "![The report in dark colours](pictures/report-dark.png) ![The report on a phone](pictures/report-phone.png)\n"
    )
    files["tour.md"] = "\n".join(page)
    return files


def _told(scene: Scene) -> str:
    """The picture in words."""
    first = scene.status[0].text if scene.status else ""
    return f"The status: {' '.join(first.split())} …".replace("[", "(").replace("]", ")")


def _letter(raw: bytes) -> str:
    message = message_from_bytes(raw, policy=policy.default)
    return f"To: {message['To']}\nSubject: {message['Subject']}\n\n{message.get_content().strip()}"


def _asking(stage: Stage) -> Ask:
    def ask(*words: str) -> str:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            run(["-c", str(stage.config), "--now", LATER, *words])
        return printed.getvalue().replace(str(stage.folder), "~/demo")

    return ask


def photographed(page: Path, folder: Path) -> None:
    """Pictures of the report, as a browser shows it."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        raise SystemExit("chromium is needed for the pictures of the report (or --no-browser)")
    for name, (size, more) in SHOTS.items():
        with tempfile.TemporaryDirectory() as profile:
            subprocess.run(
                [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={profile}",
                 f"--window-size={size}", *more, f"--screenshot={folder / name}.png", page.as_uri()],
                check=True, capture_output=True, timeout=120,
            )  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    """Write everything below a folder."""
    docs = Path(arguments[-1])
    with tempfile.TemporaryDirectory(prefix="mailwatch-tour-") as folder:
        stage = set_up(Path(folder), load_script())
        os.environ["MAILWATCH_STATE"] = str(stage.state)
        ask = _asking(stage)
        (docs / "pictures").mkdir(exist_ok=True)
        for name, text in tour(tuple(play(stage)), ask).items():
            (docs / name).write_text(text, encoding="utf-8")
        if "--no-browser" not in arguments:
            ask("report", "--html", str(stage.folder / "report.html"))
            photographed(stage.folder / "report.html", (docs / "pictures").absolute())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
