"""Whatever mailwatch does, nobody can tell from the mailbox that it was there, but for the drafts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mailwatch.cli.entry import run
from mailwatch.tick import configured, save
from tests.cli.conftest import ParserHere
from tests.servers.dovecot import Setup, need_dovecot, running_dovecot
from tests.servers.recording import make_certificate
from tests.tick.doubles import MINE, START, mail, person
from tests.tick.killing import Search

SAID = ("MESSAGES", "RECENT", "UIDNEXT", "UIDVALIDITY", "UNSEEN", "HIGHESTMODSEQ")
MOODS = {rb"\Marked", rb"\UnMarked"}
"""What a server guesses about new mail, for each session anew (RFC 9051 §7.3.1)."""


@pytest.fixture
def search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Search]:
    need_dovecot()
    certificate, both = make_certificate(tmp_path)
    monkeypatch.setattr(configured, "WorkerParser", ParserHere)
    monkeypatch.setattr(save, "LOOK_AGAIN", 0.0)
    with running_dovecot(Setup(tls=both)) as server:
        search = Search(tmp_path / "search", server, certificate)
        monkeypatch.setenv("MAILWATCH_STATE", str(search.state))
        yield search
        search.close()


def everything_but_drafts(search: Search) -> dict[str, Any]:
    """Folders, subscriptions, counts; and of each message its number, flags, age, last change and bytes."""
    hands, found = search.hands, {}
    for attributes, _, name in hands.list_folders():
        if name == "Drafts":
            continue
        status = hands.folder_status(name, list(SAID))
        hands.select_folder(name, readonly=True)
        uids = hands.search("ALL")
        rows = hands.fetch(uids, ["FLAGS", "MODSEQ", "INTERNALDATE", "BODY.PEEK[]"]) if uids else {}
        found[name] = (
            sorted(set(attributes) - MOODS),
            tuple(sorted(status.items())),
            [
                (uid, row[b"FLAGS"], row[b"MODSEQ"], row[b"INTERNALDATE"], hashlib.sha256(row[b"BODY[]"]).digest())
                for uid, row in sorted(rows.items())
            ],
        )
        hands.unselect_folder()
    return {**found, "subscribed": sorted(name for *_, name in hands.list_sub_folders())}


@pytest.mark.scenario("S2", "S3")
def test_flags_numbers_and_changes_are_the_same_before_and_after_any_number_of_runs(search: Search) -> None:
    hands = search.hands
    search.invite(1, START - timedelta(hours=3))
    search.invite(2, START - timedelta(hours=30))
    hands.append("Sent", mail(MINE, person(2), "Thank you", "Thanks!", START - timedelta(hours=28)), [rb"\Seen"])
    hands.create_folder("Jobs")
    hands.subscribe_folder("Jobs")
    for number, flags in enumerate([(), (rb"\Seen",), (rb"\Flagged", "later"), (rb"\Answered", rb"\Seen")]):
        written = START - timedelta(days=1)
        hands.append("Jobs", mail(person(9), MINE, "Hello", "Text", written, identity=f"<{number}@x.example>"), flags)
    hands.select_folder("Jobs")
    hands.add_flags([2], [rb"\Deleted"])  # by another program, and not yet expunged
    hands.unselect_folder()
    before = everything_but_drafts(search)
    assert rb"\Deleted" in before["Jobs"][2][1][1]
    now = START
    for minutes in (0, 3, 20, 600):
        now += timedelta(minutes=minutes)
        assert run(search.arguments(now)) == 0
    assert search.drafts() == {person(1): 1}
    for words in (["drafts", "list"], ["drafts", "discard", person(1), "--yes"], ["status"], ["doctor"]):
        run([*search.arguments(now)[:-1], *words])
    assert search.drafts() == {}
    assert run(search.arguments(now + timedelta(minutes=3))) == 0
    assert everything_but_drafts(search) == before
