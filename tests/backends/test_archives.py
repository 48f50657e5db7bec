"""mbox files and folders of .eml files: the contract, and what such files get wrong."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime

import pytest

from mailwatch.backends.archives import ArchiveBackend, Choices, Eml, Mbox
from mailwatch.backends.archives import look as look_module
from mailwatch.backends.archives import mbox as mbox_module
from mailwatch.core.model import Cursor, DraftRef, MessageRef
from mailwatch.errors import BackendError, CursorExpired
from mailwatch.sandbox import InlineParser, Unreadable
from tests.backends.archives import INBOX, JUNK, OTHER, SENT, EmlWorld, MboxWorld
from tests.backends.clients import ClientsContract
from tests.backends.contract import MailContract, ids, look
from tests.backends.maildirs import as_ordinary_user, make_folder, open_folder
from tests.backends.mails import ME, NOW, SINCE, ago, invitation, letter, mail, mid

WORLDS = {"mbox": MboxWorld, "eml": EmlWorld}


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch):
    monkeypatch.setattr(look_module, "PAGE", MboxWorld.page)


class TestArchives(MailContract, ClientsContract):
    @pytest.fixture(params=WORLDS)
    def world(self, request, tmp_path):
        return WORLDS[request.param](tmp_path)


@pytest.fixture
def mbox(tmp_path):
    return MboxWorld(tmp_path)


def age(path):
    then = (path.stat().st_mtime_ns - 60 * 10**9,) * 2
    os.utime(path, ns=then)


def count_listings(monkeypatch, store):
    """Where listings began, one number each."""
    begun = []
    real = mbox_module._named_spans

    def spans(file, begin):
        begun.append(begin)
        return real(file, begin)

    monkeypatch.setattr(mbox_module, "_named_spans", spans)
    return begun


# --- mbox: where messages begin ---


def test_an_unchanged_file_is_not_listed(mbox, monkeypatch):
    mbox.put(mail(1), INBOX, ago(days=2))
    for path in mbox.folders.values():
        age(path)
    _, first = look(mbox.open())
    begun = count_listings(monkeypatch, Mbox)
    assert look(mbox.open(), first.cursor)[0] == []
    assert begun == []


def test_of_a_file_that_has_grown_only_the_new_part_is_read(mbox, monkeypatch):
    mbox.put(mail(1), INBOX, ago(days=2))
    _, first = look(mbox.open())
    size = mbox.folders[INBOX].stat().st_size
    mbox.put(mail(2), INBOX, ago(hours=1))
    begun = count_listings(monkeypatch, Mbox)
    envelopes, second = look(mbox.open(), first.cursor)
    assert ids(envelopes) == {mid(2)}
    assert max(begun) == size
    assert look(mbox.open(), second.cursor)[0] == []


def test_of_a_file_that_was_rewritten_everything_is_listed_and_nothing_is_new(mbox, monkeypatch):
    for number in range(3):
        mbox.put(mail(number), INBOX, ago(days=2))
    _, first = look(mbox.open())
    mbox.purge(mid(0))
    mbox.put(mail(9), INBOX, ago(hours=1))
    mbox.read(mid(1))
    begun = count_listings(monkeypatch, Mbox)
    assert ids(look(mbox.open(), first.cursor)[0]) == {mid(9)}
    assert 0 in begun


def test_lines_that_begin_with_from_are_text(mbox):
    text = "From here on we go together.\n\nFrom Monday at 12:30 you are welcome.\n>From the team\n"
    mbox.put(mail(1, text=text), INBOX, ago(days=2))
    mbox.put(mail(2), INBOX, ago(days=2))
    backend = mbox.open()
    envelopes, _ = look(backend)
    assert ids(envelopes) == {mid(1), mid(2)}
    (first,) = [envelope for envelope in envelopes if envelope.id == mid(1)]
    (fetched,) = backend.fetch([first.ref])
    assert fetched.raw.endswith(text.encode())


def test_a_program_that_escapes_nothing_is_read_too(tmp_path):
    text = b"From Monday at 12:30 on you are welcome.\n\nFrom us all, at 9:15\nno header here\n"
    separator = b"From rita@acme.example Tue Nov 24 10:00:00 2026\n"
    body = separator + mail(1).replace(b"\r\n", b"\n") + text + separator + mail(2).replace(b"\r\n", b"\n")
    (tmp_path / "inbox").write_bytes(body)
    (tmp_path / "sent").write_bytes(b"")
    backend = ArchiveBackend(ME, Mbox(), Choices("home", tmp_path / "inbox", tmp_path / "sent"), InlineParser())
    envelopes, _ = look(backend)
    assert ids(envelopes) == {mid(1), mid(2)}
    texts = [fetched.raw for fetched in backend.fetch([envelope.ref for envelope in envelopes])]
    assert any(text in raw for raw in texts)


def test_line_ends_of_windows_are_line_ends(tmp_path):
    (tmp_path / "inbox").write_bytes(
        b"From rita Tue Nov 24 10:00:00 2026\r\n" + mail(1) + b"\r\nFrom rita Tue Nov 24 10:00:00 2026\r\n" + mail(2)
    )
    (tmp_path / "sent").write_bytes(b"")
    backend = ArchiveBackend(ME, Mbox(), Choices("home", tmp_path / "inbox", tmp_path / "sent"), InlineParser())
    assert ids(look(backend)[0]) == {mid(1), mid(2)}


@pytest.mark.parametrize("block", [2, 7, 64, 300, 1 << 20])
def test_messages_are_found_wherever_a_block_ends(mbox, monkeypatch, block):
    for number in range(9):
        mbox.put(mail(number, text="x" * number * 50), INBOX, ago(days=2))
    monkeypatch.setattr(mbox_module, "_BLOCK", block)
    assert ids(look(mbox.open())[0]) == {mid(number) for number in range(9)}


def test_notes_of_servers_are_no_mail(mbox):
    mbox.put(mail(1, subject="DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA"), INBOX, ago(days=2))
    mbox.put(mail(2), INBOX, ago(days=2))
    assert ids(look(mbox.open())[0]) == {mid(2)}


def test_the_same_message_twice_is_two_messages_that_can_both_be_fetched(mbox):
    for _ in range(2):
        mbox.put(mail(1), INBOX, ago(days=2))
    backend = mbox.open()
    envelopes, _ = look(backend)
    assert len({envelope.ref for envelope in envelopes}) == 2
    assert len(list(backend.fetch([envelope.ref for envelope in envelopes]))) == 2


def test_a_message_without_a_date_was_received_when_its_separator_says(mbox):
    raw = mail(1).replace(b"Date:", b"X-Date:")
    mbox.put(raw, INBOX, datetime(2026, 11, 20, 8, 5, tzinfo=UTC))
    (envelope,), _ = look(mbox.open())
    assert envelope.received == datetime(2026, 11, 20, 8, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "line", [b"From rita at 12:00\n", b"From rita Tue Foo 24 10:00:00 2026\n", b"From rita Tue Feb 31 10:00:00 2026\n"]
)
def test_a_separator_without_a_date_that_can_be_read_is_as_old_as_the_file(mbox, line):
    mbox.folders[INBOX].write_bytes(line + mail(1).replace(b"Date:", b"X-Date:").replace(b"\r\n", b"\n"))
    os.utime(mbox.folders[INBOX], (NOW.timestamp(), NOW.timestamp()))
    (envelope,), _ = look(mbox.open())
    assert envelope.received == NOW


def test_a_long_header_and_a_late_invitation_are_seen(mbox):
    mbox.put(mail(1, **{"X-Long": "y " * 20_000}), INBOX, ago(days=2))
    mbox.put(invitation(filler="z" * 50_000), INBOX, ago(days=2))
    envelopes = {envelope.id: envelope for envelope in look(mbox.open())[0]}
    assert envelopes[mid(1)].subject == "Your interview"
    assert envelopes[mid("invite")].calendar
    assert not envelopes[mid(1)].calendar


def test_a_message_that_has_moved_within_the_file_is_still_found(mbox):
    for number in range(3):
        mbox.put(mail(number), INBOX, ago(days=2))
    backend = mbox.open()
    refs = {envelope.id: envelope.ref for envelope in look(backend)[0]}
    mbox.purge(mid(0))
    assert {fetched.ref for fetched in backend.fetch(list(refs.values()))} == {refs[mid(1)], refs[mid(2)]}


# --- folders ---


def test_one_file_for_incoming_and_one_for_sent_mail(tmp_path):
    make_folder(tmp_path / "drafts")
    for name, number in (("mbox", 1), ("sent-mail", 2)):
        (tmp_path / name).write_bytes(b"From rita Tue Nov 24 10:00:00 2026\n" + mail(number).replace(b"\r\n", b"\n"))
    choices = Choices("home", tmp_path / "mbox", tmp_path / "sent-mail")
    backend = ArchiveBackend(ME, Mbox(), choices, InlineParser(), drafts=tmp_path / "drafts")
    assert {envelope.id: envelope.role for envelope in look(backend)[0]} == {mid(1): INBOX, mid(2): SENT}


def test_a_folder_of_thunderbird_is_understood(tmp_path):
    root = tmp_path / "Mail" / "Local Folders"
    files = {
        "Inbox": 1, "Sent": 2, "Sent.sbd/2025": 3, "Jobs.sbd/Acme": 4, "Drafts": 5, "Inbox.msf": 0, "filterlog.html": 0, ".hidden": 6,
        "notes.txt": 0,
    }  # fmt: skip
    for name, number in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = b"From - Tue Nov 24 10:00:00 2026\nX-Mozilla-Status: 0001\n" + mail(number).replace(b"\r\n", b"\n")
        path.write_bytes(text if number else b"// <!-- <mdb:mork:z v='1.4'/> -->")
    backend = ArchiveBackend(ME, Mbox(), Choices("home", root), InlineParser())
    found = {envelope.id: envelope.role for envelope in look(backend)[0]}
    assert found == {mid(1): INBOX, mid(2): SENT, mid(3): SENT, mid(4): OTHER}


def test_sent_mail_may_lie_elsewhere_and_is_then_sent_mail_whatever_its_name(tmp_path):
    world = EmlWorld(tmp_path)
    world.put(mail(1), SENT, NOW)
    elsewhere = tmp_path / "other" / "Trash"
    elsewhere.mkdir(parents=True)
    (elsewhere / "a.eml").write_bytes(mail(2))
    backend = ArchiveBackend(ME, Eml(), Choices("home", world.root, elsewhere), InlineParser())
    assert {envelope.id: envelope.role for envelope in look(backend)[0]} == {mid(2): SENT}


@pytest.mark.parametrize("kind", WORLDS)
def test_of_the_users_own_folders_the_named_ones_are_read(tmp_path, kind):
    world = WORLDS[kind](tmp_path)
    for use in (OTHER, JUNK, INBOX):
        world.put(mail(use.value), use, ago(days=2))
    for watched, seen in ((("jobs",), True), (("else",), False)):
        backend = ArchiveBackend(ME, world.store(), Choices("home", world.root, watched=watched), InlineParser())
        assert (mid(OTHER.value) in ids(look(backend)[0])) is seen
        assert {mid(JUNK.value), mid(INBOX.value)} <= ids(look(backend)[0])


@pytest.mark.parametrize("kind", WORLDS)
def test_without_sent_mail_nothing_is_read(tmp_path, kind):
    world = WORLDS[kind](tmp_path)
    world.folders[SENT].rename(world.root / "elsewhere")
    with pytest.raises(BackendError, match="recognised as sent mail") as caught:
        look(world.open())
    assert "sent = its" in caught.value.next_step


@pytest.mark.parametrize("store", [Mbox, Eml])
def test_a_path_that_is_not_there_is_named(tmp_path, store):
    with pytest.raises(BackendError, match="No such file") as caught:
        look(ArchiveBackend(ME, store(), Choices("home", tmp_path / "no"), InlineParser()))
    assert "path under [account.home]" in caught.value.next_step


def test_a_file_is_no_folder_of_eml_files(tmp_path):
    (tmp_path / "mbox").touch()
    with pytest.raises(BackendError, match="no folder"):
        look(ArchiveBackend(ME, Eml(), Choices("home", tmp_path / "mbox"), InlineParser()))


def test_more_folders_than_anybody_has_are_no_account(tmp_path, monkeypatch):
    monkeypatch.setattr("mailwatch.backends.archives.store.MOST_FOLDERS", 3)
    with pytest.raises(BackendError, match="more than 3"):
        look(EmlWorld(tmp_path).open())


@pytest.mark.parametrize("kind", WORLDS)
def test_a_folder_that_can_not_be_read_is_an_error(kind):
    with open_folder() as folder:
        world = WORLDS[kind](folder)
        world.put(mail(1), INBOX, ago(days=2))
        _, first = look(world.open())
        world.folders[INBOX].chmod(0)
        with as_ordinary_user(), pytest.raises(BackendError, match=r"can.t be read") as caught:
            look(world.open(), first.cursor)
        world.folders[INBOX].chmod(0o755)
    assert caught.value.next_step


def test_an_unreadable_message_is_counted_and_the_others_are_read():
    with open_folder() as folder:
        world = EmlWorld(folder)
        for number in range(2):
            world.put(mail(number), INBOX, ago(days=2))
        bad = next(path for path in world.root.rglob("*.eml") if mid(0).encode() in path.read_bytes())
        bad.chmod(0)
        for path in world.folders.values():
            path.chmod(0o755)
        with as_ordinary_user():
            backend = world.open()
            envelopes, last = look(backend)
            assert ids(envelopes) == {mid(1)}
            assert last.problems == ("1 message in Inbox can't be opened (Permission denied)",)
            assert list(backend.fetch([MessageRef(f"Inbox#{bad.name}%2F1-1")])) == []
        bad.chmod(0o644)
        assert ids(look(world.open(), last.cursor)[0]) == {mid(0)}


def test_a_message_that_the_parser_can_not_read_is_counted(mbox, monkeypatch):
    mbox.put(mail(1), INBOX, ago(days=2))
    monkeypatch.setattr(InlineParser, "envelopes", lambda self, items: tuple(Unreadable("breaks") for _ in items))
    _, last = look(mbox.open())
    assert last.problems == ("1 message in Inbox can't be understood",)


def test_mail_from_before_the_window_is_passed_over(mbox):
    mbox.put(mail(1, at=ago(days=200)), INBOX, ago(days=200))
    mbox.put(mail(2, at=ago(days=91)), INBOX, ago(days=91))
    mbox.put(mail(3), INBOX, ago(days=2))
    assert ids(look(mbox.open(), since=SINCE)[0]) == {mid(3)}


@pytest.mark.parametrize("packed", ["!", "é", 1])
def test_a_bookmark_with_a_broken_list_is_refused(mbox, packed):
    cursor = json.dumps({"since": SINCE.isoformat(), "archive-1": {"Inbox": ["inbox", "", "", packed]}})
    with pytest.raises(CursorExpired):
        look(mbox.open(), Cursor(cursor))


# --- .eml ---


def test_a_file_that_was_exported_anew_is_another_message(tmp_path):
    world = EmlWorld(tmp_path)
    world.put(mail(1), INBOX, ago(days=2))
    _, first = look(world.open())
    next(world.folders[INBOX].iterdir()).write_bytes(mail(2, text="longer than before"))
    assert ids(look(world.open(), first.cursor)[0]) == {mid(2)}


def test_what_is_no_message_file_is_left_alone(tmp_path):
    world = EmlWorld(tmp_path)
    world.put(mail(1, **{"X-Unsent": "1"}), INBOX, ago(days=2))
    (world.folders[INBOX] / "note.txt").write_bytes(mail(2))
    (world.folders[INBOX] / ".hidden.eml").write_bytes(mail(3))
    (world.folders[INBOX] / "link.eml").symlink_to(world.folders[INBOX] / "note.txt")
    (world.folders[INBOX] / "UPPER.EML").write_bytes(mail(4))
    assert ids(look(world.open())[0]) == {mid(4)}


@pytest.mark.parametrize("name", ["Inbox#..%2F..%2Fsecret%2F1-1", "Inbox#x", "Inbox#.%2F1", "nowhere#a%2F1-1", ""])
def test_a_ref_that_leads_elsewhere_leads_nowhere(tmp_path, name):
    world = EmlWorld(tmp_path)
    (tmp_path / "secret").write_bytes(mail(1))
    assert list(world.open().fetch([MessageRef(name)])) == []
    assert world.open().read_draft(DraftRef(name)) is None


@pytest.mark.parametrize("kind", WORLDS)
def test_what_vanishes_between_listing_and_reading_is_looked_for_again(tmp_path, kind):
    world = WORLDS[kind](tmp_path)
    world.put(mail(1), INBOX, ago(days=2))
    backend = world.open()
    real = backend._store.listing

    def listing(folder, end):
        found = real(folder, end)
        if folder.use is INBOX and found.items:
            world.purge(mid(1))
        return found

    backend._store.listing = listing
    envelopes, last = look(backend)
    assert envelopes == []
    assert last.problems == ()


# --- drafts ---


@pytest.mark.parametrize("kind", WORLDS)
def test_without_a_maildir_for_drafts_nothing_is_saved_and_sent_mail_is_still_searched(tmp_path, kind):
    world = WORLDS[kind](tmp_path)
    backend = world.open(drafts=None)
    assert not backend.capabilities.drafts
    assert backend.drafts() == ()
    with pytest.raises(BackendError, match="only read") as caught:
        backend.save_draft(letter())
    assert "drafts = a Maildir" in caught.value.next_step
    assert backend.read_draft(DraftRef("drafts#x")) is None
    assert backend.discard_draft(DraftRef("drafts#x"), unchanged_from=letter().fingerprint) is False
    world.put(letter().raw, SENT, NOW)
    assert [found.by for found in backend.find_draft(letter())] == ["message-id"]


def test_a_folder_for_drafts_that_is_no_maildir_is_not_made_one(tmp_path):
    world = EmlWorld(tmp_path)
    (world.maildir / "tmp").rmdir()
    for attempt in (lambda: world.open().save_draft(letter()), world.open().drafts):
        with pytest.raises(BackendError, match="no Maildir") as caught:
            attempt()
        assert "mkdir -p" in caught.value.next_step
    assert sorted(path.name for path in world.maildir.iterdir()) == ["cur", "new"]


def test_a_folder_called_like_an_outbox_gets_no_drafts(tmp_path):
    world = EmlWorld(tmp_path)
    with pytest.raises(BackendError, match="outbox"):
        world.open(drafts=make_folder(tmp_path / "Outbox")).save_draft(letter())


def test_sent_mail_that_the_parser_can_not_read_is_not_the_draft(mbox, monkeypatch):
    mbox.put(letter().raw, SENT, NOW)

    def fail(self, raw, **settings):
        raise Unreadable("breaks")

    monkeypatch.setattr(InlineParser, "envelope", fail)
    assert mbox.open().find_draft(letter()) == ()
