"""Reading a Maildir: names, bookmarks, races with the user's programs, and files that are no proper mail."""

from __future__ import annotations

import json
import os
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwatch.backends.maildir import changes as changes_module
from mailwatch.backends.maildir import files as files_module
from mailwatch.backends.maildir.names import parts_of_file, parts_of_ref, ref_of
from mailwatch.core.model import Cursor, MessageRef, SpecialUse
from mailwatch.errors import BackendError, CursorExpired
from mailwatch.sandbox import InlineParser, Unreadable
from tests.backends.contract import ids, look
from tests.backends.maildirs import DRAFTS, INBOX, OTHER, SENT, TRASH, MaildirWorld, as_ordinary_user, open_folder
from tests.backends.mails import NOW, SINCE, ago, changed, invitation, mail, mid


@pytest.fixture
def world(tmp_path):
    return MaildirWorld(tmp_path / "mail")


# --- names ---


@pytest.mark.parametrize(
    ("name", "unique", "flags"),
    [
        ("1700000000.M1P2.host", "1700000000.M1P2.host", ""),
        ("1700000000.M1P2.host:2,", "1700000000.M1P2.host", ""),
        ("1700000000.M1P2.host:2,FRS", "1700000000.M1P2.host", "FRS"),
        ("1700000000.M1P2.host,S=4096,W=4201:2,Sa", "1700000000.M1P2.host", "Sa"),
        ("1700000000.5_1.host,U=17:2,S", "1700000000.5_1.host", "S"),
        ("1700000000_0.5.host,U=1,FMD5=7e33429f656f1e6e9d79b29c3f82c57e:2,", "1700000000_0.5.host", ""),
        ("1700000000.M1P2.host;2,S", "1700000000.M1P2.host", "S"),
        ("1700000000.M1P2.host!2,S", "1700000000.M1P2.host", "S"),
        ("1700000000.M1P2.host:1,x", "1700000000.M1P2.host", "x"),
        ("mail,1:2,S", "mail,1", "S"),
        ("a:2,S:2,D", "a:2,S", "D"),
        (",U=1:2,S", ",U=1", "S"),
        (":2,S", "", "S"),
        ("note.eml", "note.eml", ""),
    ],
)
def test_a_file_name_is_taken_apart(name, unique, flags):
    file = parts_of_file(name)
    assert (file.unique, "".join(sorted(file.flags))) == (unique, "".join(sorted(flags)))


def test_the_time_of_delivery_is_read_from_the_name():
    assert parts_of_file("1700000000.M1P2.host:2,S").delivered == 1_700_000_000
    assert parts_of_file("12.eml").delivered == 0
    assert parts_of_file("msg-1700000000").delivered == 0


@given(st.binary(min_size=1, max_size=30), st.binary(min_size=1, max_size=30))
def test_property_a_ref_gives_back_its_folder_and_name(folder, unique):
    names = os.fsdecode(folder), os.fsdecode(unique)
    ref = ref_of(*names)
    assert ref.isascii()
    assert ref.isprintable()
    assert parts_of_ref(ref) == names


def test_a_message_keeps_its_ref_from_new_to_cur_and_under_all_flags_and_notes(world):
    path = world.put(mail(1), INBOX, name="1700000000.5_1.host")
    (envelope,), first = look(world.open())
    for name in ("cur/1700000000.5_1.host:2,", "cur/1700000000.5_1.host:2,FRS", "cur/1700000000.5_1.host,U=7:2,S"):
        path = path.rename(world.root / name)
        assert look(world.open(), first.cursor)[0] == []
        assert [fetched.ref for fetched in world.open().fetch([envelope.ref])] == [envelope.ref]


# --- bookmarks ---


def test_a_tick_with_nothing_new_lists_nothing(world, monkeypatch):
    world.put(mail(1), INBOX)
    world.age()
    _, first = look(world.open())
    monkeypatch.setattr(changes_module, "entries_in", lambda folder: pytest.fail(f"{folder} was listed"))
    envelopes, second = look(world.open(), first.cursor)
    assert envelopes == []
    assert second.cursor == first.cursor
    assert second.covers_from == SINCE


def test_a_message_that_arrives_in_the_instant_of_the_listing_is_seen(world):
    world.put(mail(1), INBOX)
    _, first = look(world.open())
    times = (world.root / "new").stat()
    world.put(mail(2), INBOX)
    os.utime(
        world.root / "new", ns=(times.st_atime_ns, times.st_mtime_ns)
    )  # the clock of the file system has not ticked
    assert ids(look(world.open(), first.cursor)[0]) == {mid(2)}


def test_the_bookmark_stays_small_and_forgets_what_is_gone(world):
    for number in range(50):
        world.put(mail(number), INBOX)
    _, first = look(world.open())
    assert len(first.cursor) < 50 * 11 + 700
    for number in range(50):
        world.purge(mid(number))
    _, second = look(world.open(), first.cursor)
    assert len(second.cursor) < 700


@pytest.mark.parametrize(
    "spoil",
    [
        lambda table: table.update({"since": "yesterday"}),
        lambda table: table.update({"maildir-1": []}),
        lambda table: table["maildir-1"].update({".": ["inbox", 1]}),
        lambda table: table["maildir-1"].update({".": ["outbox", 1, 1, ""]}),
        lambda table: table["maildir-1"].update({".": ["inbox", 1, 1, "###"]}),
        lambda table: table["maildir-1"].update({".": ["inbox", 1, 1, "AAA"]}),
        lambda table: table["maildir-1"].update({".": ["inbox", 1, 1, 7]}),
        lambda table: table["maildir-1"].update({".": ["inbox", "a", 1, ""]}),
    ],
)
@pytest.mark.scenario("S7")
def test_a_spoilt_bookmark_is_refused(world, spoil):
    table = json.loads(look(world.open())[1].cursor)
    spoil(table)
    with pytest.raises(CursorExpired):
        look(world.open(), Cursor(json.dumps(table)))


def test_the_newest_mail_comes_first(world, monkeypatch):
    monkeypatch.setattr(changes_module, "PAGE", 2)
    for days in (40, 1, 20, 3, 60):
        world.put(mail(days, at=ago(days=days)), INBOX, ago(days=days))
    assert [envelope.id for envelope in look(world.open())[0]] == [mid(days) for days in (1, 3, 20, 40, 60)]


@pytest.mark.scenario("F13")
def test_mail_older_than_the_look_back_is_passed_over_by_its_own_date(world):
    world.put(mail(1, at=ago(days=400)), INBOX, NOW)
    world.put(
        mail(2, at=ago(days=400), Received=f"by mx.home.example; {ago(days=3):%a, %d %b %Y %H:%M:%S} +0000"), INBOX, NOW
    )
    undated = world.put(changed(mail(3), Date=None), INBOX, NOW)
    os.utime(undated, (ago(days=3).timestamp(),) * 2)
    old = world.put(changed(mail(4), Date=None), INBOX, NOW)
    os.utime(old, (ago(days=400).timestamp(),) * 2)
    envelopes = {envelope.id: envelope for envelope in look(world.open())[0]}
    assert set(envelopes) == {mid(2), mid(3)}
    assert envelopes[mid(3)].at == ago(days=3)


# --- what a message's beginning shows ---


def test_a_header_longer_than_one_read_is_read_whole(world):
    raw = mail(1, References=" ".join(f"<{number}@acme.example>" for number in range(2_000))).replace(
        b"Subject:", b"X-Subject:"
    )
    path = world.put(b"X-First: 1\r\n" + raw, INBOX)
    path.write_bytes(path.read_bytes().replace(b"\n\n", b"\nSubject: at the end\n\n", 1))
    (envelope,), _ = look(world.open())
    assert envelope.subject == "at the end"
    assert envelope.size == path.stat().st_size


def test_a_header_without_end_is_read_up_to_a_limit(world):
    path = world.put(mail(1).partition(b"\r\n\r\n")[0] + b"\r\nX-Long: " + b"x" * 2_000_000, INBOX)
    head = files_module.head_of(path)
    assert len(head.data) == files_module.LONGEST_HEADER
    assert head.size > 2_000_000
    empty = world.put(b"", INBOX)
    assert files_module.head_of(empty).data == b""


@pytest.mark.scenario("D3")
@pytest.mark.parametrize("filler", [0, 30_000, 65_500, 65_530, 200_000])
def test_an_invitation_far_down_in_a_mail_is_noticed(world, filler):
    world.put(invitation(1, filler="\n".join(["x" * 70] * (filler // 71))), INBOX)
    world.put(mail(2, text="word " * 20_000), INBOX)
    assert {envelope.id: envelope.calendar for envelope in look(world.open())[0]} == {mid(1): True, mid(2): False}


def test_a_name_across_two_pieces_is_found():
    class Rest:
        def __init__(self, *pieces):
            self.pieces = list(pieces)

        def read(self, size):
            return self.pieces.pop(0) if self.pieces else b""

    assert files_module._names_calendar(Rest(b"x" * 50 + b"Content-Type: TEXT/cal", b"endar; method=REQUEST"))
    assert not files_module._names_calendar(Rest(b"x" * 50, b"y" * 50))


# --- races and odd files ---


def test_a_message_renamed_between_listing_and_reading_is_still_seen(world, monkeypatch):
    world.put(mail(1), INBOX)
    world.put(mail(2), INBOX)
    real, moved = files_module.head_of, []

    def after_the_user_has_read_it(path, **settings):
        if not moved:
            moved.append(world.read(mid(1)))
            world.purge(mid(2))
        return real(path, **settings)

    monkeypatch.setattr(changes_module, "head_of", after_the_user_has_read_it)
    envelopes, last = look(world.open())
    assert ids(envelopes) == {mid(1)}
    assert not last.problems


def test_a_message_that_vanishes_twice_is_left_for_the_next_look(world, monkeypatch):
    world.put(mail(1), INBOX)
    monkeypatch.setattr(changes_module, "head_of", lambda path, **settings: path.with_name("gone").read_bytes())
    envelopes, first = look(world.open())
    assert (envelopes, first.problems) == ([], ())
    monkeypatch.undo()
    assert ids(look(world.open(), first.cursor)[0]) == {mid(1)}


@pytest.mark.scenario("S2")
def test_a_message_that_cant_be_opened_is_a_problem_until_it_can():
    with open_folder() as top:
        world = MaildirWorld(top / "mail")
        world.put(mail(1), INBOX)
        closed = [world.put(mail(number), INBOX) for number in (2, 3)]
        world.age()
        for path in closed:
            path.chmod(0)
        with as_ordinary_user():
            envelopes, first = look(world.open())
            _, again = look(world.open(), first.cursor)
            assert list(world.open().fetch([MessageRef(ref_of(".", closed[0].name))])) == []
        assert ids(envelopes) == {mid(1)}
        assert first.problems == again.problems == ("2 messages in INBOX can't be opened (Permission denied)",)
        for path in closed:
            path.chmod(0o644)
        with as_ordinary_user():
            envelopes, last = look(world.open(), again.cursor)
        assert ids(envelopes) == {mid(2), mid(3)}
        assert last.problems == ()


@pytest.mark.scenario("R22")
def test_a_message_that_breaks_the_parser_is_named_once_and_the_others_go_on(world):
    class Fragile(InlineParser):
        def envelope(self, raw, **settings):
            if b"BREAK" in raw:
                raise Unreadable("it took too long")
            return super().envelope(raw, **settings)

        def envelopes(self, items):
            return tuple(
                Unreadable("it took too long") if b"BREAK" in item[0] else super(Fragile, self).envelopes([item])[0]
                for item in items
            )

    world.put(mail(1, subject="BREAK"), INBOX)
    world.put(mail(2), INBOX)
    backend = world.open()
    backend._parser = Fragile()
    envelopes, first = look(backend)
    assert ids(envelopes) == {mid(2)}
    assert first.problems == ("1 message in INBOX can't be understood",)
    assert first.covers_from is not None
    assert look(backend, first.cursor)[1].problems == ()
    world.begin_draft(mail("own", subject="BREAK"))
    assert [(draft.to, draft.message_id) for draft in backend.drafts()] == [((), None)]


def test_links_pipes_sockets_and_folders_among_the_messages_do_no_harm(world, tmp_path):
    outside = tmp_path / "secret"
    outside.write_bytes(mail("secret"))
    new = world.root / "new"
    (new / "1700000001.link").symlink_to(outside)
    os.mkfifo(new / "1700000002.pipe")
    (new / "1700000003.folder").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(new / "1700000004.socket"))
        (new / ".nfs0001").write_bytes(mail("hidden"))
        world.put(mail(1), INBOX)
        backend = world.open()
        envelopes, last = look(backend)
        refs = [MessageRef(ref_of(".", name)) for name in sorted(path.name for path in new.iterdir())]
        assert [fetched.raw is not None for fetched in backend.fetch(refs)] == [True]
    assert ids(envelopes) == {mid(1)}
    assert sum(int(problem.split()[0]) for problem in last.problems) == 4


@pytest.mark.parametrize(
    "name", [b"a\nb", b"\xff\xfe", b"1700000000.\x1b[31m:2,S", b"#%2F", b"a" * 250, b",U=1,U=2:2,S"]
)
def test_hostile_file_names_are_only_names(world, name):
    (world.root / "cur" / os.fsdecode(name)).write_bytes(mail(1))
    backend = world.open()
    (envelope,), last = look(backend)
    assert [fetched.raw for fetched in backend.fetch([envelope.ref])] == [mail(1)]
    assert look(backend, last.cursor)[0] == []


@pytest.mark.parametrize(
    "ref", ["", "#", "..#x", "../../etc#passwd", ".#../../../etc/passwd", "%00#%00", ".#cur", "a/b/c#d#e", "x" * 10_000]
)
def test_a_ref_from_nowhere_leads_nowhere(world, ref):
    world.put(mail(1), INBOX)
    assert list(world.open().fetch([MessageRef(ref)])) == []
    assert world.open().read_draft(ref) is None


def test_a_mail_over_the_limit_is_fetched_in_part(world, monkeypatch):
    monkeypatch.setattr("mailwatch.backends.maildir.LARGEST", 1_000)
    world.put(mail(1, text="word " * 1_000), INBOX)
    world.put(mail(2), INBOX)
    backend = world.open()
    fetched = {each.ref: each for each in backend.fetch([envelope.ref for envelope in look(backend)[0]])}
    assert sorted((each.complete, len(each.raw) <= 1_000) for each in fetched.values()) == [(False, True), (True, True)]


def test_a_message_that_vanishes_while_it_is_fetched_is_skipped(world, monkeypatch):
    world.put(mail(1), INBOX)
    world.put(mail(2), INBOX)
    backend = world.open()
    refs = [envelope.ref for envelope in look(backend)[0]]
    fetching = backend.fetch(refs)
    assert next(fetching).ref == refs[0]
    world.read(next(envelope.id for envelope in look(backend)[0] if envelope.ref == refs[1]))
    assert [fetched.ref for fetched in fetching] == refs[1:]

    def gone(path, limit):
        raise FileNotFoundError(path)

    monkeypatch.setattr("mailwatch.backends.maildir.whole_of", gone)
    assert list(backend.fetch(refs)) == []


def test_a_folder_lost_between_listing_and_fetching_is_an_error(world, monkeypatch):
    world.put(mail(1), INBOX)
    (envelope,), _ = look(world.open())
    monkeypatch.setattr("mailwatch.backends.maildir.entries_in", lambda folder: list((folder / "nowhere").iterdir()))
    with pytest.raises(BackendError, match="can't be read"):
        list(world.open().fetch([envelope.ref]))


# --- drafts outside Drafts ---


def test_a_draft_kept_in_another_folder_is_no_mail_until_it_loses_its_flag(world):
    path = world.put(mail(1), OTHER, flags="DS")
    world.put(mail(2), TRASH, flags="DST")
    _, first = look(world.open())
    assert look(world.open())[0] == []
    path.rename(path.with_name(path.name.replace("DS", "S")))
    assert ids(look(world.open(), first.cursor)[0]) == {mid(1)}


def test_what_lies_in_sent_was_sent_even_with_a_draft_flag_left_on(world):
    world.put(mail(1), SENT, flags="DS")
    assert ids(look(world.open())[0]) == {mid(1)}


def test_every_folder_but_drafts_is_read(world):
    for number, use in enumerate(world.folders):
        world.put(mail(number), use, flags="S")
    roles = {envelope.role for envelope in look(world.open())[0]}
    assert roles == set(world.folders) - {DRAFTS}
    assert SpecialUse.DRAFTS not in roles
