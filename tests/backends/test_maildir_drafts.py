"""Drafts in a Maildir: how they are written, and that nothing else is."""

from __future__ import annotations

import errno
import os
import stat
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwatch.backends.base import FoundPlace
from mailwatch.backends.maildir import drafts as drafts_module
from mailwatch.backends.maildir import writing as writing_module
from mailwatch.backends.maildir.names import name_for
from mailwatch.core.model import DraftKey
from mailwatch.errors import BackendError, DraftRefused
from tests.backends.maildirs import (
    ARCHIVE,
    DRAFTS,
    INBOX,
    SENT,
    TRASH,
    MaildirWorld,
    as_ordinary_user,
    make_folder,
    open_folder,
)
from tests.backends.mails import RITA, changed, letter, mail, mid


@pytest.fixture
def world(tmp_path):
    return MaildirWorld(tmp_path / "mail")


@pytest.mark.scenario("S4")
def test_a_draft_is_a_private_file_in_cur_flagged_as_draft_and_seen(world):
    draft = letter()
    saved = world.open().save_draft(draft)
    (path,) = world.folders[DRAFTS].glob("*/*")
    assert (path.parent.name, path.name) == ("cur", f"{draft.key}.R1.mail:2,DS")
    assert path.read_bytes() == draft.raw.replace(b"\r\n", b"\n") == saved.raw
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert saved.link == str(path)


def test_a_draft_is_on_the_disk_before_it_is_visible_and_its_folder_after(world, monkeypatch):
    steps = []
    real_fsync, real_rename = os.fsync, os.rename

    def fsync(descriptor):
        steps.append("fsync folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "fsync file")
        return real_fsync(descriptor)

    def rename(*arguments, **settings):
        steps.append("rename")
        return real_rename(*arguments, **settings)

    monkeypatch.setattr(writing_module.os, "fsync", fsync)
    monkeypatch.setattr(writing_module.os, "rename", rename)
    world.open().save_draft(letter())
    assert steps == ["fsync file", "rename", "fsync folder"]


@pytest.mark.scenario("T22")
def test_saving_the_same_revision_again_makes_no_second_draft_and_keeps_an_edit(world):
    draft = letter()
    backend = world.open()
    first = backend.save_draft(draft)
    assert backend.save_draft(draft) == first
    path = next(world.folders[DRAFTS].glob("cur/*"))
    path.write_bytes(b"To: rita@acme.example\n\nMy own words.\n")
    again = backend.save_draft(draft)
    assert again.raw == b"To: rita@acme.example\n\nMy own words.\n"
    assert len(world.drafts()) == 1
    backend.save_draft(replace(draft, revision=2))
    assert len(world.drafts()) == 2


def test_what_a_crash_left_in_tmp_is_replaced(world):
    draft = letter()
    left = world.folders[DRAFTS] / "tmp" / name_for(draft)
    left.write_bytes(b"half a dra")
    world.open().save_draft(draft)
    assert not left.exists()
    assert world.drafts() == [draft.raw.replace(b"\r\n", b"\n")]


@pytest.mark.parametrize("step", ["fsync", "rename", "open"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO])
@pytest.mark.scenario("S11")
def test_a_disk_that_fails_leaves_nothing_behind(world, monkeypatch, step, number):
    real = getattr(os, step)

    def failing(*arguments, **settings):
        if step != "open" or "dir_fd" in settings:
            raise OSError(number, os.strerror(number))
        return real(*arguments, **settings)

    monkeypatch.setattr(writing_module.os, step, failing)
    with pytest.raises(DraftRefused) as caught:
        world.open().save_draft(letter())
    assert caught.value.next_step
    monkeypatch.undo()
    assert list(world.folders[DRAFTS].glob("*/*")) == []


def test_a_disk_that_fails_after_the_draft_was_stored_says_so(world, monkeypatch):
    real, calls = os.fsync, []

    def failing(descriptor):
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(descriptor)

    monkeypatch.setattr(writing_module.os, "fsync", failing)
    with pytest.raises(BackendError) as caught:
        world.open().save_draft(letter())
    assert not isinstance(caught.value, DraftRefused)
    assert len(world.drafts()) == 1


def test_a_drafts_folder_that_is_read_only_is_said_with_the_next_step():
    with open_folder() as top:
        world = MaildirWorld(top / "mail")
        (world.folders[DRAFTS] / "tmp").chmod(0o555)
        with as_ordinary_user(), pytest.raises(DraftRefused, match="can't be written to") as caught:
            world.open().save_draft(letter())
        (world.folders[DRAFTS] / "tmp").chmod(0o755)
        assert caught.value.next_step == f"make {world.folders[DRAFTS]} writable for yourself"


def test_a_drafts_folder_without_tmp_is_not_mended_unasked(world):
    (world.folders[DRAFTS] / "tmp").rmdir()
    with pytest.raises(BackendError) as caught:
        world.open().save_draft(letter())
    assert caught.value.next_step == f"mkdir {world.folders[DRAFTS] / 'tmp'}"
    assert world.drafts() == []


@pytest.mark.scenario("S1")
@pytest.mark.parametrize("name", ["Outbox", "INBOX.Postausgang"])
def test_an_outbox_is_never_written_to_whatever_the_configuration_says(world, name):
    outbox = make_folder(world.root / f".{name}")
    with pytest.raises(BackendError, match="outbox") as caught:
        world.open(folders={DRAFTS: name}).save_draft(letter())
    assert "drafts under [account.home]" in caught.value.next_step
    assert list(outbox.glob("*/*")) == []


def test_a_drafts_folder_that_leads_out_of_the_account_is_not_written_to(world, tmp_path):
    elsewhere = make_folder(tmp_path / "elsewhere")
    world.folders[DRAFTS].rename(tmp_path / "away")
    world.folders[DRAFTS].symlink_to(elsewhere)
    with pytest.raises(BackendError, match="leads out of"):
        world.open().save_draft(letter())
    assert list(elsewhere.glob("*/*")) == []


@pytest.mark.parametrize("inside", ["cur", "tmp"])
def test_a_linked_cur_or_tmp_is_not_written_to(world, tmp_path, inside):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (world.folders[DRAFTS] / inside).rmdir()
    (world.folders[DRAFTS] / inside).symlink_to(elsewhere)
    with pytest.raises(BackendError):
        world.open().save_draft(letter())
    assert list(elsewhere.iterdir()) == []
    assert list(world.folders[DRAFTS].glob("*/*")) == []


def test_a_link_planted_under_the_drafts_name_is_replaced_not_followed(world, tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("mine")
    draft = letter()
    (world.folders[DRAFTS] / "tmp" / name_for(draft)).symlink_to(victim)
    world.open().save_draft(draft)
    assert victim.read_text() == "mine"
    assert len(world.drafts()) == 1


HOSTILE = ["../../../evil", "/etc/passwd", "a/b", "a\0b", "..", "", "a\nb", "x" * 5_000, "ſ／é", ":2,S"]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_of_a_letter_becomes_a_path(world, tmp_path, text):
    draft = replace(letter(), subject=text, text=text, key=DraftKey(f"{letter().key}{text}"), employer=text)
    opened = []

    def hook(event, arguments):
        if event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and isinstance(arguments[0], str):
            opened.append(arguments[0])

    sys.addaudithook(lambda event, arguments: hook(event, arguments) if watching else None)
    watching = True
    world.open().save_draft(draft)
    watching = False
    assert [path.parent for path in tmp_path.rglob("*") if path.is_file()] == [world.folders[DRAFTS] / "cur"]
    assert opened == [name_for(draft)]


@given(st.text(max_size=80), st.integers(1, 99))
def test_property_a_drafts_file_name_is_a_plain_name(key, revision):
    name = name_for(replace(letter(), key=DraftKey(key), revision=revision))
    assert set(name) & set("/\0\n:,") == set()
    assert name.isascii()
    assert not name.startswith(".")
    assert len(name) < 50


def test_a_draft_flagged_as_deleted_lies_in_the_trash_already(world):
    draft = letter()
    backend = world.open()
    saved = backend.save_draft(draft)
    path = next(world.folders[DRAFTS].glob("cur/*"))
    path.rename(path.with_name(path.name.replace(":2,DS", ":2,DST")))
    assert backend.drafts() == ()
    assert [found.place for found in backend.find_draft(draft)] == [FoundPlace.TRASH]
    assert backend.read_draft(saved.ref) is None
    assert backend.discard_draft(saved.ref, unchanged_from=draft.fingerprint) is False


def test_a_flag_or_a_synchroniser_s_note_is_no_edit(world):
    draft = letter()
    backend = world.open()
    saved = backend.save_draft(draft)
    path = next(world.folders[DRAFTS].glob("cur/*"))
    path.rename(path.with_name(path.name.replace(":2,DS", ",U=12:2,DFS")))
    (seen,) = backend.drafts()
    assert (seen.ref, seen.stamp) == (saved.ref, saved.stamp)
    assert [found.ref for found in backend.find_draft(draft)] == [saved.ref]
    assert backend.discard_draft(saved.ref, unchanged_from=draft.fingerprint) is True


def test_an_edit_during_the_comparison_saves_the_draft(world, monkeypatch):
    draft = letter()
    backend = world.open()
    saved = backend.save_draft(draft)
    path = next(world.folders[DRAFTS].glob("cur/*"))
    real = drafts_module.whole_of

    def then_the_user_saves(target, limit):
        data = real(target, limit)
        path.write_bytes(data + b"\nOne more sentence.\n")
        return data

    monkeypatch.setattr(drafts_module, "whole_of", then_the_user_saves)
    assert backend.discard_draft(saved.ref, unchanged_from=draft.fingerprint) is False
    assert path.exists()


@pytest.mark.parametrize("call", ["read", "discard"])
def test_a_draft_that_vanishes_meanwhile_is_simply_gone(world, monkeypatch, call):
    draft = letter()
    backend = world.open()
    saved = backend.save_draft(draft)

    def gone(path, *limit):
        raise FileNotFoundError(path)

    monkeypatch.setattr(drafts_module, "whole_of", gone)
    if call == "read":
        assert backend.read_draft(saved.ref) is None
    else:
        assert backend.discard_draft(saved.ref, unchanged_from=draft.fingerprint) is False


def test_a_draft_that_cant_be_deleted_is_said(world, monkeypatch):
    draft = letter()
    backend = world.open()
    saved = backend.save_draft(draft)

    def refuse(path):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(drafts_module.Path, "unlink", refuse)
    with pytest.raises(BackendError, match="can't be deleted"):
        backend.discard_draft(saved.ref, unchanged_from=draft.fingerprint)


@pytest.mark.scenario("T23")
def test_a_draft_that_cant_be_opened_leaves_the_drafts_unknown():
    with open_folder() as top:
        world = MaildirWorld(top / "mail")
        world.put(mail("own", to=RITA), DRAFTS, flags="DS").chmod(0)
        world.put(mail(1, to=RITA), TRASH, flags="S").chmod(0)
        with as_ordinary_user():
            for attempt in (world.open().drafts, lambda: world.open().find_draft(letter())):
                with pytest.raises(BackendError, match="not known"):
                    attempt()


def test_one_unreadable_mail_in_sent_or_trash_hides_nothing_else():
    with open_folder() as top:
        world = MaildirWorld(top / "mail")
        draft = letter()
        world.put(mail(1, to=RITA), TRASH, flags="S").chmod(0)
        world.put(draft.raw, SENT)
        with as_ordinary_user():
            assert [found.place for found in world.open().find_draft(draft)] == [FoundPlace.SENT]


def test_a_draft_that_vanishes_from_the_listing_is_passed_over(world, monkeypatch):
    world.begin_draft(mail("own"))

    def gone(path):
        raise FileNotFoundError(path)

    monkeypatch.setattr(drafts_module, "head_of", gone)
    assert world.open().drafts() == ()


@pytest.mark.parametrize("call", ["drafts", "find_draft", "read_draft"])
def test_a_drafts_folder_that_cant_be_listed_is_an_error(world, monkeypatch, call):
    saved = world.open().save_draft(letter())
    monkeypatch.setattr(drafts_module, "entries_in", lambda folder: list((folder / "nowhere").iterdir()))
    arguments = {"drafts": (), "find_draft": (letter(),), "read_draft": (saved.ref,)}[call]
    with pytest.raises(BackendError, match="not known"):
        getattr(world.open(), call)(*arguments)


def test_only_the_drafts_folder_is_ever_written_to(world):
    for number, use in enumerate((INBOX, SENT, ARCHIVE)):
        world.put(mail(number), use)
    before = world.state()
    draft = letter(in_reply_to=mid(0), subject="Re: Your interview")
    backend = world.open()
    saved = backend.save_draft(draft)
    backend.save_draft(replace(draft, revision=2, raw=changed(draft.raw, Message_ID="<2@home.example>")))
    backend.discard_draft(saved.ref, unchanged_from=draft.fingerprint)
    assert world.state() == before
