"""Whole messages as data: `material/sixth_wire_*.toml`, each with its headers, parts and attachments as they lie in a mailbox.

A message: id, kind (any of these is right), wire (RFC 5322, with plain line ends), and optionally me (a key of ME),
out (the user wrote it) and what must be found: start (UTC), people, company, role.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from mailwatch.core.model import Reading
from mailwatch.core.reading import read
from tests.core.reading.mails import MATERIAL, ME, Case, context, parsed

SEEN, CLOSED = "sixth_wire_a", "sixth_wire_b"
"""Nobody who mends rules has read CLOSED."""


def wires(*files: str) -> Iterator[Case]:
    """The messages of some files, parsed as the program parses what it fetches."""
    for file in files:
        for table in tomllib.loads((MATERIAL / f"{file}.toml").read_text(encoding="utf-8"))["mail"]:
            me = ME[table.get("me", "home")]
            kinds = table["kind"] if isinstance(table["kind"], list) else [table["kind"]]
            message = parsed(table["wire"].replace("\n", "\r\n").encode(), me, outgoing=table.get("out", False))
            yield Case(table["id"], tuple(kinds), message, context(me), table)


@cache
def told(file: str, load: Callable[[str], Iterable[Case]] = wires) -> tuple[tuple[Case, Reading], ...]:
    """Each message of a file with what is read in it, once for all tests."""
    return tuple((case, read(case.message, case.context)) for case in load(file))
