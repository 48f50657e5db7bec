"""Reads tests/corpus/hostile: one file for each case, and in KIND.toml what must be made of it.

Of a mail (and of HTML as its body): sender, subject, start (a meeting's start, "" for none), text (each stands in it),
lacks (none stands in it), events (how many), problem, suspicion (a rule), kind, draft (whom a letter goes to a day after
the meeting, "" for nobody), never (whom none goes to). Of a calendar: starts (all among its occurrences), count, problem.
Of a feed and a configuration: refused. Of a debrief: taken, topic.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "corpus" / "hostile"
KINDS = ("mail", "html", "calendar", "feed", "config", "debrief")
_HTML_HEADER = (
    b"From: Rita Ek <rita@acme.example>\r\nTo: Jordan Doe <jordan@home.example>\r\nSubject: Interview\r\n"
    b"Date: Fri, 20 Nov 2026 09:00:00 +0100\r\nMessage-ID: <1@acme.example>\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
)


@dataclass(frozen=True)
class Case:
    """A file and what must be made of it."""

    kind: str
    name: str
    path: Path
    expected: dict[str, Any]

    def data(self) -> bytes:
        """The file; HTML as the body of a mail."""
        raw = self.path.read_bytes()
        return _HTML_HEADER + raw if self.kind == "html" else raw


@cache
def cases(kind: str) -> tuple[Case, ...]:
    """All cases of a kind, by name."""
    expected = tomllib.loads((FOLDER / f"{kind}.toml").read_text("utf-8"))
    paths = {path.stem: path for path in (FOLDER / kind).iterdir()}
    assert paths.keys() == expected.keys(), f"{kind}: files without expectation, or the other way round"
    return tuple(Case(kind, name, paths[name], expected[name]) for name in sorted(expected))
