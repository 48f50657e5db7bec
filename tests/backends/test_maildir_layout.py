"""Where a Maildir's folders are, what they are for, and what is said where that can't be told."""

from __future__ import annotations

import os
import subprocess

import pytest

from mailwatch.backends.maildir import MaildirBackend
from mailwatch.core.model import SpecialUse
from mailwatch.errors import BackendError
from mailwatch.sandbox import InlineParser
from tests.backends.contract import ids, look
from tests.backends.maildirs import (
    DRAFTS,
    INBOX,
    JUNK,
    OTHER,
    SENT,
    TRASH,
    MaildirWorld,
    as_ordinary_user,
    make_folder,
    open_folder,
)
from tests.backends.mails import ME, ago, letter, mail, mid


@pytest.fixture
def world(tmp_path):
    return MaildirWorld(tmp_path / "mail")


def roles(backend):
    return {envelope.id: envelope.role for envelope in look(backend)[0]}


def test_a_configured_name_decides(world):
    own = make_folder(world.root / ".Raus")
    (own / "cur" / "1700000000.x:2,S").write_bytes(mail(1))
    assert roles(world.open()) == {mid(1): OTHER}
    assert roles(world.open(folders={SENT: "Raus"})) == {mid(1): SENT}


def test_gmails_all_mail_is_read_without_its_drafts(tmp_path):
    world = MaildirWorld(tmp_path / "mail", "mbsync of Gmail")
    everything = make_folder(world.root / "[Gmail]" / "All Mail")
    (everything / "cur" / "1700000000.a:2,S").write_bytes(mail(1))
    (everything / "cur" / "1700000000.b:2,DS").write_bytes(mail(2))
    assert roles(world.open()) == {mid(1): SpecialUse.ALL}


@pytest.mark.parametrize("name", [".Work.Mail out", "Work.Mail out", "Work/Mail out", "work/mail OUT"])
def test_a_configured_name_may_be_spelled_in_several_ways(world, name):
    own = make_folder(world.root / ".Work.Mail out")
    (own / "new" / "1700000000.x").write_bytes(mail(1))
    assert roles(world.open(folders={SENT: name})) == {mid(1): SENT}


def test_folders_with_a_known_name_keep_their_use_beside_a_configured_one(world):
    make_folder(world.root / ".Concepts")
    world.put(mail("own"), DRAFTS, flags="S")
    backend = world.open(folders={DRAFTS: "Concepts"})
    assert look(backend)[0] == []
    assert [draft.message_id for draft in backend.drafts()] == [mid("own")]
    assert "/.Concepts/" in backend.save_draft(letter()).link


def test_of_two_folders_for_drafts_the_better_known_one_is_written_to(world):
    make_folder(world.root / ".Entwürfe")
    assert "/.Drafts/" in world.open().save_draft(letter()).link


@pytest.mark.parametrize(("use", "key"), [(DRAFTS, "drafts"), (SENT, "sent")])
@pytest.mark.scenario("S11")
def test_a_configured_folder_that_is_missing_is_named_with_what_there_is(world, use, key):
    with pytest.raises(BackendError) as caught:
        look(world.open(folders={use: "Concepts"}))
    assert "'Concepts'" in caught.value.message
    assert f"correct {key} under [account.home]" in caught.value.next_step
    assert "Drafts, INBOX" in caught.value.next_step


@pytest.mark.scenario("S11")
def test_without_a_folder_for_drafts_mail_is_read_and_nothing_created(world):
    world.put(mail(1), INBOX, ago(days=1))
    world.folders[DRAFTS].rename(world.root / ".Zettel")
    before = world.state()
    backend = world.open()
    assert ids(look(backend)[0]) == {mid(1)}
    for attempt in (backend.drafts, lambda: backend.save_draft(letter()), lambda: backend.find_draft(letter())):
        with pytest.raises(BackendError) as caught:
            attempt()
        assert 'drafts = "its name" under [account.home]' in caught.value.next_step
        assert "Zettel" in caught.value.next_step
    assert world.state() == before


@pytest.mark.parametrize("layout", ["maildir++", "mbsync"])
def test_the_command_that_is_named_makes_the_folder(tmp_path, layout):
    world = MaildirWorld(tmp_path / "my mail", layout)
    world.folders[DRAFTS].rename(tmp_path / "away")
    with pytest.raises(BackendError) as caught:
        world.open().save_draft(letter())
    subprocess.run(["sh", "-c", caught.value.next_step.rpartition("make one: ")[2]], check=True)
    world.open().save_draft(letter())
    assert len(world.drafts()) == 1


def test_without_a_folder_for_sent_mail_nothing_is_concluded(world):
    world.folders[SENT].rename(world.root / ".Ausgang alt")
    with pytest.raises(BackendError) as caught:
        look(world.open())
    assert 'sent = "its name" under [account.home]' in caught.value.next_step


def test_without_trash_and_junk_all_is_well(world):
    for use in (TRASH, JUNK):
        for inside in ("cur", "new", "tmp"):
            (world.folders[use] / inside).rmdir()
    backend = world.open()
    assert look(backend)[1].covers_from is not None
    assert backend.find_draft(letter()) == ()


@pytest.mark.scenario("S11")
def test_a_missing_mail_folder_is_said_in_one_sentence(tmp_path):
    with pytest.raises(BackendError, match=r"mail folder .*nowhere does not exist") as caught:
        look(MaildirBackend(ME, tmp_path / "nowhere", InlineParser(), name="home"))
    assert caught.value.account == "home"
    assert caught.value.next_step == "correct path under [account.home]"


def test_a_folder_without_maildirs_is_no_account(tmp_path):
    (tmp_path / "INBOX").write_text("From somebody\n")  # an mbox
    with pytest.raises(BackendError, match="holds no INBOX"):
        look(MaildirBackend(ME, tmp_path, InlineParser()))


def test_only_watched_folders_of_the_users_own_are_read(world):
    make_folder(world.root / ".Lists")
    world.put(mail(1), OTHER, ago(days=1))
    world.put(mail(2), SENT, ago(days=1))
    (world.root / ".Lists" / "new" / "1700000000.x").write_bytes(mail(3))
    assert ids(look(world.open(watched=("jobs/acme",)))[0]) == {mid(1), mid(2)}
    assert ids(look(world.open())[0]) == {mid(1), mid(2), mid(3)}


def test_a_folder_that_changes_its_use_is_read_again(world):
    own = make_folder(world.root / ".Raus")
    (own / "cur" / "1700000000.x:2,S").write_bytes(mail(1))
    world.age()
    _, first = look(world.open())
    envelopes, _ = look(world.open(folders={SENT: "Raus"}), first.cursor)
    assert [(envelope.id, envelope.role) for envelope in envelopes] == [(mid(1), SENT)]


def test_a_new_folder_is_found_and_a_deleted_one_forgotten(world):
    _, first = look(world.open())
    added = make_folder(world.root / ".Added")
    (added / "new" / "1700000000.x").write_bytes(mail(1))
    envelopes, second = look(world.open(), first.cursor)
    assert ids(envelopes) == {mid(1)}
    added.rename(world.root.parent / "away")
    assert look(world.open(), second.cursor)[0] == []


def test_a_linked_folder_is_read_and_a_loop_ends(world):
    elsewhere = make_folder(world.root.parent / "big disk" / "Archive")
    (elsewhere / "new" / "1700000000.x").write_bytes(mail(1))
    (world.root / "Attic").symlink_to(elsewhere)
    (world.root / "loop").symlink_to(world.root)
    (world.root / "nowhere").symlink_to(world.root / "not there")
    (world.root / "itself").symlink_to(world.root / "itself")
    assert ids(look(world.open())[0]) == {mid(1)}


def test_hostile_folder_names_are_only_names(world):
    for name in (".\n\x1b[31mred", "..hidden", ".&AAA-", "a" * 255, ".%2e%2e%2fetc"):
        own = make_folder(world.root / name)
        (own / "new" / "1700000000.x").write_bytes(mail(len(name)))
    strange = make_folder(world.root / os.fsdecode(b".\xff\xfe"))
    (strange / "new" / "1700000000.x").write_bytes(mail("strange"))
    backend = world.open()
    envelopes, last = look(backend)
    assert len(envelopes) == 6
    assert len(list(backend.fetch([envelope.ref for envelope in envelopes]))) == 6
    assert all(envelope.ref.isascii() and envelope.ref.isprintable() for envelope in envelopes)
    assert last.cursor.isascii()
    assert look(backend, last.cursor)[0] == []


def test_what_belongs_to_other_programs_is_passed_by(world):
    make_folder(world.root / ".git" / "objects")
    (world.root / ".git" / "objects" / "new" / "1700000000.x").write_bytes(mail(1))
    (world.root / "dovecot-uidlist").write_text("3 V1 N1\n")
    assert look(world.open())[0] == []


def test_a_tree_too_large_to_be_mail_is_refused(world, monkeypatch):
    monkeypatch.setattr("mailwatch.backends.maildir.layout._MOST", 10)
    for number in range(20):
        (world.root / f"dir{number}").mkdir()
    with pytest.raises(BackendError, match="more than 10 folders"):
        look(world.open())


@pytest.mark.parametrize("closed", [".", ".Jobs.Acme", ".Jobs.Acme/cur"])
def test_a_folder_that_cant_be_listed_is_an_error_not_an_absence(closed):
    with open_folder() as top:
        world = MaildirWorld(top / "mail")
        (world.root / closed).chmod(0)
        with as_ordinary_user(), pytest.raises(BackendError, match="Permission denied"):
            look(world.open())
        (world.root / closed).chmod(0o755)


def test_each_use_has_a_place_in_the_table_of_layouts():
    assert set(SpecialUse) - {SpecialUse.ALL} == {INBOX, SENT, DRAFTS, TRASH, JUNK, OTHER, SpecialUse.ARCHIVE}
