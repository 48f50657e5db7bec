"""All hostile mails and calendars in one mailbox: the run goes on past each, and nothing of them gets out where it should not."""

from __future__ import annotations

import io
import json
import os
import re
import sqlite3
from email import message_from_bytes
from pathlib import Path

import pytest
from hypothesis import settings

from mailwatch.cli.entry import run
from mailwatch.sandbox import WorkerParser
from mailwatch.tick import pull, save
from tests.hostile.files import Case, cases
from tests.hostile.reading import read_mail

CONFIG = """
[me]
name = "Jordan Doe"
addresses = ["jordan@home.example"]
timezone = "Europe/Berlin"

[account.home]
backend = "maildir"
email = "jordan@home.example"
path = "{folder}/Mail"

[calendar.work]
backend = "ics"
path = "{folder}/calendars"

[privacy]
redact_logs = false
"""
HONEST = "rita@acme.example"
NOW = "2026-11-25T10:00:00+01:00"
SOAK = settings.default is not None and settings.default.max_examples >= 10_000
# Those that aim at what comes out; `make soak` takes all.
CHOSEN = re.compile(
    "" if SOAK else r"hidden-name|hidden-filename|inject-(?:name|id|subject-(?:crlf|lf|nul|ls)-b)|forge-|field-|shape-c"
)
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def chosen(kind: str) -> list[Case]:
    return [case for case in cases(kind) if CHOSEN.match(case.name)]


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's folders, full of what others sent; each mail under an id of its own."""
    folder = tmp_path_factory.mktemp("hostile")
    for part in ("cur", "new", "tmp"):
        for sub in (".", ".Sent", ".Drafts", ".Trash"):
            (folder / "Mail" / sub / part).mkdir(parents=True)
    for number, case in enumerate(chosen("mail")):
        data = case.data().replace(b"<1@acme.example>", b"<%d@acme.example>" % number)
        path = folder / "Mail" / "cur" / f"{number}.a.b:2,S"
        path.write_bytes(data)
        os.utime(path, (1_795_600_000, 1_795_600_000))
    (folder / "calendars").mkdir()
    for case in chosen("calendar"):
        (folder / "calendars" / case.path.name).write_bytes(case.data())
    (folder / "config.toml").write_text(CONFIG.format(folder=folder), "utf-8")
    (folder / "config.toml").chmod(0o600)
    return folder


@pytest.fixture(scope="module")
def told(mailbox: Path) -> dict[str, str]:
    """A run in the real worker, and what every command that shows anything says after it."""
    said: dict[str, str] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(save, "LOOK_AGAIN", 0.0)
        patch.setattr(pull, "read", lambda message, _: read_mail(message))
        patch.setenv("MAILWATCH_STATE", str(mailbox / "state"))
        patch.setenv("COLUMNS", "200")
        for words in SAID:
            said[words] = _said(mailbox, words.split())
    return said


SAID = (
    "-v run", "status", "status --review", "--json status", "plan", "--json plan", "next", "log", "drafts list", "export json", "export csv",
    "export ics", "report",
)  # fmt: skip


def _said(mailbox: Path, words: list[str]) -> str:
    """What a command writes to both of its streams."""
    with pytest.MonkeyPatch.context() as patch:
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in "oe")
        patch.setattr("sys.stdout", out)
        patch.setattr("sys.stderr", err)
        code = run(["-c", str(mailbox / "config.toml"), "--now", NOW, *words])
    said = [_written(stream) for stream in (out, err)]
    assert code in {0, 1, 5}, f"{words}: {said[1]}"
    assert "Something inside mailwatch went wrong" not in said[1]
    return "".join(said)


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    raw = stream.buffer
    assert isinstance(raw, io.BytesIO)
    return raw.getvalue().decode()


def test_the_run_comes_to_its_end_and_says_what_it_could_not_read(told: dict[str, str]) -> None:
    assert "mailwatch never sends." in told["-v run"]
    status = json.loads(told["--json status"])
    assert status["command"] == "status"


def test_every_mail_has_one_record(mailbox: Path, told: dict[str, str]) -> None:
    files = len(list((mailbox / "Mail" / "cur").iterdir()))
    with sqlite3.connect(mailbox / "state" / "mailwatch.db") as database:
        places = database.execute("SELECT count(*) FROM places JOIN messages ON places.message = messages.n").fetchone()
        open_ones = database.execute("SELECT count(*) FROM messages WHERE verdict = 0").fetchone()
    database.close()
    assert (places[0], open_ones[0]) == (files, 0)


@pytest.mark.parametrize("words", SAID)
def test_nothing_unseen_gets_out(words: str, told: dict[str, str]) -> None:
    text = told[words].replace("\r\n", "\n") if words in {"export ics", "export csv"} else told[words]
    assert UNSEEN.findall(text) == []


def test_no_cell_of_a_table_is_a_formula(told: dict[str, str]) -> None:
    assert not re.search(r'(?:^|,)"?[=+@](?=[A-Za-z"(])', told["export csv"], re.MULTILINE)


def test_the_page_has_no_markup_of_others(told: dict[str, str]) -> None:
    assert "<script>alert" not in told["report"]
    assert "onerror=alert(1)>" not in told["report"].replace("&gt;", "").replace("&lt;", "")


def test_letters_go_to_nobody_whom_the_files_forbid(mailbox: Path, told: dict[str, str]) -> None:
    forbidden = {address for case in chosen("mail") for address in case.expected.get("never", ())} - {HONEST}
    drafts = [path.read_bytes() for part in ("cur", "new") for path in (mailbox / "Mail" / ".Drafts" / part).iterdir()]
    for raw in drafts:
        letter = message_from_bytes(raw)
        assert not forbidden & set(re.findall(r"[\w.+-]+@[\w.-]+", str(letter["To"])))
        assert "Bcc" not in letter
        assert "Cc" not in letter


def test_nothing_was_written_outside_the_users_folders(mailbox: Path, told: dict[str, str]) -> None:
    assert {path.name for path in mailbox.iterdir()} == {"Mail", "calendars", "config.toml", "state"}
    assert len(list((mailbox / "Mail" / "cur").iterdir())) == len(chosen("mail"))


def test_the_worker_is_the_one_that_users_have() -> None:
    from mailwatch.tick import configured

    assert configured.WorkerParser is WorkerParser
