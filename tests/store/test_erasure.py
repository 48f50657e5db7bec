"""What is forgotten is gone from every byte of the state folder; what is not meant stays."""

from __future__ import annotations

import base64
import zlib
from dataclasses import replace
from pathlib import Path

from mailwatch.core.model import (
    Address,
    Attendee,
    Debrief,
    DraftSeen,
    Evidence,
    LedgerState,
    Mailbox,
    PrivateNotes,
    Reach,
    SharedNote,
    SpecialUse,
)
from mailwatch.store import Problem, Store, open_store
from mailwatch.store.erasure import erase_account, erase_all, erase_person
from tests.store.builders import MINE, NOW, envelope, ledger_row, message, reading, version

RITA, BO = Address("rita@acme.example"), Address("bo@other.example")
WORK = Address("jordan@work.example")


def lived(folder: Path) -> Store:
    """A store that knows Rita by address and name, everywhere something can be known, and Bo beside her."""
    store = open_store(folder, now=NOW)
    bo = Mailbox("Bo Lind", BO)
    store.mail.record(MINE, [envelope(1), envelope(2, sender=bo), envelope(3, sender=bo)])
    store.mail.judge(lambda _envelope: True, "k", NOW)
    about_rita = replace(message(3, "Rita Ek will call you."), envelope=envelope(3, sender=bo))
    store.mail.keep_inputs(
        [message(1, "Hello from Rita Ek"), replace(message(2, "Hi"), envelope=envelope(2, sender=bo)), about_rita], NOW
    )
    store.mail.keep_readings("v", [reading(1, evidence=(Evidence("<m1@acme.example>", "r", "Rita Ek"),)), reading(2)])
    store.calendar.add((version("e1", organizer=Attendee("Rita Ek", RITA)), version("e2")))
    store.ledger.put(
        ledger_row(1, LedgerState.SAVED, recipient=RITA),
        ledger_row(2, LedgerState.SAVED, recipient=BO, raw=b"To: bo@other.example\r\n\r\nHi"),
    )
    store.ledger.see_drafts(MINE, (DraftSeen(MINE, "d1", "s", (RITA,)),))  # type: ignore[arg-type]
    store.words.keep_debrief(Debrief(frozenset({"x"}), NOW, notes=(SharedNote(RITA, "maps"),)))
    store.words.keep_debrief(Debrief(frozenset({"y"}), NOW, private=PrivateNotes({"red flag": "Rita Ek was late"})))
    store.words.keep_debrief(Debrief(frozenset({"z"}), NOW, covered="Bo's team"))
    store.words.mute(RITA)
    store.state.keep_run(NOW, b'{"saved": [{"recipient": "rita@acme.example"}]}')
    store.state.set_problems((Problem("work", "drafts", "the letter to rita@acme.example"),), NOW)
    store.back_up_daily(NOW)
    return store


def bytes_in(folder: Path) -> bytes:
    """Every byte of every file."""
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_a_person_is_in_no_byte_afterwards_and_others_are_still_known(tmp_path: Path) -> None:
    store = lived(tmp_path)
    assert RITA.encode() in bytes_in(tmp_path)
    assert erase_person(store, RITA) == 2
    mails = store.mail.mails()
    assert [mail.envelope.sender.address for mail in mails] == [BO]
    assert [row.recipient for row in store.ledger.rows()] == [BO]
    assert [debrief.covered for _, debrief in store.words.debriefs()] == ["Bo's team"]
    assert len(store.calendar.versions()) == 1
    store.close()
    everything = bytes_in(tmp_path)
    for word in (b"rita@acme", b"Rita Ek", b"rita ek", base64.b64encode(b"rita@acme.example")[:18]):
        assert word not in everything
    with open_store(tmp_path, now=NOW) as again:  # the log does not bring anything back
        assert [row.recipient for row in again.ledger.rows()] == [BO]


def test_compressed_texts_are_looked_into(tmp_path: Path) -> None:
    store = lived(tmp_path)
    erase_person(store, RITA)
    kept = [zlib.decompress(data) for (data,) in store.database.rows("SELECT record FROM inputs")]
    assert len(kept) == 1
    assert b"Rita" not in kept[0]


def test_an_account_takes_what_lies_nowhere_else_and_leaves_the_rest(tmp_path: Path) -> None:
    with open_store(tmp_path, now=NOW) as store:
        store.mail.record(MINE, [envelope(1), envelope(2)])
        store.mail.record(WORK, [envelope(2), envelope(3)])
        store.ledger.put(ledger_row(1, LedgerState.SAVED), ledger_row(2, LedgerState.SAVED, account=WORK))
        store.state.set_reach(WORK, Reach(NOW, NOW))
        store.state.set_cursor(f"mail:{WORK}", "c")  # type: ignore[arg-type]
        assert erase_account(store, WORK, "work") == 1
        left = {identity for (identity,) in store.database.rows("SELECT id FROM messages")}
        assert left == {"<m1@acme.example>", "<m2@acme.example>"}
        assert [row.account for row in store.ledger.rows()] == [MINE]
        assert store.state.cursor(f"mail:{WORK}") is None
        assert WORK not in store.state.reaches()
    assert WORK.encode() not in bytes_in(tmp_path)


def test_everything_means_an_empty_folder(tmp_path: Path) -> None:
    lived(tmp_path).close()
    (tmp_path / "edit").mkdir()
    (tmp_path / "edit" / "debrief.txt").write_text("private")
    erase_all(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_message_in_the_trash_of_one_account_is_not_kept_by_its_role(tmp_path: Path) -> None:
    with open_store(tmp_path, now=NOW) as store:
        store.mail.record(WORK, [envelope(1, role=SpecialUse.TRASH)])
        assert erase_account(store, WORK, "work") == 1
