"""Calendars in .ics files, folders of them, and feeds: the contract, and what each place may get wrong."""

from __future__ import annotations

import json
import logging
import os
from datetime import timedelta
from pathlib import Path

import pytest

from mailwatch.backends.icsfile import FeedSource, FileSource, IcsCalendar, source_from_path
from mailwatch.backends.icsfile import sources as sources_module
from mailwatch.core.model import Cursor
from mailwatch.errors import AuthError, BackendError, CursorExpired, MailwatchError, ProtocolError, TransientError
from mailwatch.sandbox import InlineParser, Unreadable
from tests.backends.calendar_contract import HOUR, WINDOW, CalendarContract, Window, listed
from tests.backends.events import END, HEAD, CountingParser, vevent
from tests.backends.maildirs import as_ordinary_user, open_folder
from tests.backends.mails import NOW
from tests.servers.recording import Asked, Told, recording_server


class _World:
    """Events by UID; `write` puts them where the calendar is read from."""

    def __init__(self):
        self.events: dict[str, str] = {}
        self.parser = CountingParser()

    def enter(self, uid, start, **fields):
        self.events[uid] = vevent(uid, start, **fields)
        self.write()

    def delete(self, uid):
        del self.events[uid]
        self.write()

    def empty(self):
        self.events.clear()
        self.write()

    def open(self):
        return IcsCalendar("jobs", self.source(), self.parser, zone="Europe/Berlin")


class FileWorld(_World):
    def __init__(self, folder: Path):
        super().__init__()
        self.path = folder / "calendar.ics"
        self.write()

    def source(self):
        return source_from_path("jobs", self.path)

    def write(self):
        self.path.write_text(HEAD + "".join(self.events.values()) + END, "utf-8", newline="")

    def break_down(self):
        self.path.unlink()

    def age(self):
        then = self.path.stat().st_mtime_ns - 60 * 10**9
        os.utime(self.path, ns=(then, then))


class FolderWorld(_World):
    def __init__(self, folder: Path):
        super().__init__()
        self.folder = folder / "calendars"
        (self.folder / "jobs").mkdir(parents=True)

    def source(self):
        return source_from_path("jobs", self.folder)

    def write(self):
        for path in self.folder.glob("*/*"):
            if path.stem not in self.events:
                path.unlink()
        for uid, event in self.events.items():
            (self.folder / "jobs" / f"{uid}.ics").write_text(HEAD + event + END, "utf-8", newline="")

    def break_down(self):
        self.folder.rename(self.folder.with_name("away"))
        self.folder.write_text("no folder")


class FeedWorld(_World):
    """A server that knows entity tags."""

    def __init__(self, server):
        super().__init__()
        self.server = server
        self.write()

    def source(self):
        return FeedSource("jobs", f"{self.server.url}/private-secret/basic.ics")

    def write(self):
        body = (HEAD + "".join(self.events.values()) + END).encode()
        self.say(body)

    def say(self, body: bytes, *, tags: bool = True):
        tag = f'"{hash(body)}"'

        def answer(asked: Asked) -> Told:
            if tags and asked.headers.get("if-none-match") == tag:
                return Told(304)
            return Told(200, {"ETag": tag} if tags else {}, body)

        self.server.answer = answer

    def break_down(self):
        self.server.answer = lambda asked: Told(500)


@pytest.fixture
def server():
    with recording_server() as recording:
        yield recording


@pytest.fixture(params=["file", "folder", "feed"])
def any_world(request, tmp_path, server):
    return (
        {"file": FileWorld, "folder": FolderWorld}[request.param](tmp_path)
        if request.param != "feed"
        else FeedWorld(server)
    )


class TestIcsFile(CalendarContract):
    @pytest.fixture
    def world(self, tmp_path):
        return FileWorld(tmp_path)


class TestIcsFolder(CalendarContract):
    @pytest.fixture
    def world(self, tmp_path):
        return FolderWorld(tmp_path)


class TestIcsFeed(CalendarContract):
    @pytest.fixture
    def world(self, server):
        return FeedWorld(server)


# --- nothing new costs nothing ---


def test_an_unchanged_file_is_not_parsed(tmp_path):
    world = FileWorld(tmp_path)
    world.enter("a", NOW + HOUR)
    world.age()
    _, _, cursor = listed(world.open())
    for _ in range(3):
        _, _, again = listed(world.open(), cursor)
        assert again == cursor
    assert world.parser.calls == 1


def test_a_file_changed_in_the_instant_of_the_reading_is_read_again(tmp_path):
    world = FileWorld(tmp_path)
    world.enter("a", NOW + HOUR)
    _, _, cursor = listed(world.open())
    status = world.path.stat()
    world.path.write_bytes(world.path.read_bytes().replace(b"SUMMARY:Interview", b"SUMMARY:Cancelled"))
    os.utime(world.path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert [event.summary for event in listed(world.open(), cursor)[0].values()] == ["Cancelled"]


def test_of_a_folder_only_changed_files_are_parsed(tmp_path):
    world = FolderWorld(tmp_path)
    for number in range(5):
        world.enter(f"e{number}", NOW + number * HOUR)
    then = (world.folder.stat().st_mtime_ns - 60 * 10**9,) * 2
    for path in world.folder.glob("*/*"):
        os.utime(path, ns=then)
    _, _, cursor = listed(world.open())
    assert world.parser.calls == 5
    (world.folder / "jobs" / "e2.ics").write_text(HEAD + vevent("e2", NOW + 9 * HOUR, sequence=1) + END)
    items, removed, _ = listed(world.open(), cursor)
    assert [event.uid for event in items.values()] == ["e2"]
    assert removed == frozenset()
    assert world.parser.calls == 6


@pytest.mark.parametrize("tags", [True, False])
def test_an_unchanged_feed_is_not_parsed(server, tags):
    world = FeedWorld(server)
    world.say((HEAD + vevent("a", NOW + HOUR) + END).encode(), tags=tags)
    _, _, cursor = listed(world.open())
    for _ in range(3):
        _, _, cursor = listed(world.open(), cursor)
    assert world.parser.calls == 1
    assert len(server.asked) == 4
    assert ("if-none-match" in server.asked[-1].headers) is tags


def test_a_window_that_moves_by_less_than_a_day_keeps_the_old_one(any_world):
    any_world.enter("a", NOW + HOUR)
    any_world.enter("far", WINDOW.end + timedelta(minutes=90))
    _, _, cursor = listed(any_world.open())
    soon = Window(WINDOW.start + 3 * HOUR, WINDOW.end + 3 * HOUR)
    assert listed(any_world.open(), cursor, soon)[:2] == ({}, frozenset())
    tomorrow = Window(WINDOW.start + 30 * HOUR, WINDOW.end + 30 * HOUR)
    assert [event.uid for event in listed(any_world.open(), cursor, tomorrow)[0].values()] == ["far"]


def test_a_stamp_that_is_renewed_with_every_answer_changes_nothing(any_world):
    any_world.enter("a", NOW + HOUR)
    _, _, cursor = listed(any_world.open())
    any_world.enter("a", NOW + HOUR, stamp="20261124T120000Z")
    assert listed(any_world.open(), cursor)[:2] == ({}, frozenset())


# --- what is no calendar ---

NO_CALENDARS = {
    "empty": (b"", "is empty"),
    "blank": (b" \r\n\0", "is empty"),
    "page": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
    "text": (b"hello", "no calendar"),
    "json": (b'{"error": "not found"}', "no calendar"),
    "cut": ((HEAD + vevent("a", NOW)).encode(), "cut short"),
    "half": ((HEAD + vevent("a", NOW))[:-30].encode(), "cut short"),
}


@pytest.mark.parametrize("kind", NO_CALENDARS)
def test_a_feed_that_is_no_calendar_changes_nothing(server, kind):
    body, words = NO_CALENDARS[kind]
    world = FeedWorld(server)
    world.enter("a", NOW + HOUR)
    _, _, cursor = listed(world.open())
    world.say(body)
    with pytest.raises(ProtocolError, match=words) as caught:
        listed(world.open(), cursor)
    assert "127.0.0.1" in caught.value.message
    assert "secret" not in caught.value.message + caught.value.next_step
    world.write()
    assert listed(world.open(), cursor)[:2] == ({}, frozenset())


@pytest.mark.parametrize("kind", NO_CALENDARS)
def test_a_file_that_is_no_calendar_changes_nothing(tmp_path, kind):
    body, words = NO_CALENDARS[kind]
    world = FileWorld(tmp_path)
    world.enter("a", NOW + HOUR)
    _, _, cursor = listed(world.open())
    world.path.write_bytes(body)
    with pytest.raises(ProtocolError, match=words):
        listed(world.open(), cursor)
    world.write()
    assert listed(world.open(), cursor)[:2] == ({}, frozenset())


@pytest.mark.parametrize("kind", NO_CALENDARS)
def test_a_broken_file_in_a_folder_keeps_its_events_and_the_others_go_on(tmp_path, kind):
    body, words = NO_CALENDARS[kind]
    world = FolderWorld(tmp_path)
    for number in range(3):
        world.enter(f"e{number}", NOW + number * HOUR)
    _, _, cursor = listed(world.open())
    (world.folder / "jobs" / "e1.ics").write_bytes(body)
    (world.folder / "jobs" / "e2.ics").write_text(HEAD + vevent("e2", NOW + 9 * HOUR) + END)
    (page,) = world.open().changes(cursor, window=WINDOW)
    assert [item.event.uid for item in page.items] == ["e2"]
    assert page.removed == frozenset()
    assert page.covers_from is None
    assert [words in problem for problem in page.problems] == [True]
    (again,) = world.open().changes(page.cursor, window=WINDOW)
    assert again.problems == page.problems


def test_a_calendar_that_breaks_the_parser_is_a_problem_and_keeps_its_events(any_world):
    any_world.enter("a", NOW + HOUR)
    _, _, cursor = listed(any_world.open())

    class Broken(InlineParser):
        def calendar(self, data, **settings):
            raise Unreadable("takes longer than 10 seconds")

    any_world.parser = Broken()
    any_world.enter("a", NOW + 2 * HOUR)
    (page,) = any_world.open().changes(cursor, window=WINDOW)
    assert (page.items, page.removed, page.covers_from) == ((), frozenset(), None)
    assert page.problems == ("1 file of calendar jobs can't be read: it takes longer than 10 seconds",)
    any_world.parser = CountingParser()
    assert len(listed(any_world.open(), page.cursor)[0]) == 1


def test_a_byte_order_mark_and_blanks_around_a_calendar_do_not_matter(tmp_path):
    world = FileWorld(tmp_path)
    text = (HEAD + vevent("a", NOW) + END).replace("VCALENDAR", "vcalendar")
    world.path.write_bytes(b"\xef\xbb\xbf\r\n" + text.encode() + b"\n\n\0")
    assert len(listed(world.open())[0]) == 1


def test_an_event_that_cant_be_read_is_a_problem_as_long_as_it_is_there(tmp_path):
    world = FileWorld(tmp_path)
    broken = vevent("b", NOW).replace("DTSTART:2", "DTSTART:x")
    world.path.write_text(HEAD + vevent("a", NOW) + broken + END)
    world.age()
    (first,) = world.open().changes(None, window=WINDOW)
    (again,) = world.open().changes(first.cursor, window=WINDOW)
    assert [item.event.uid for item in first.items] == ["a"]
    assert first.covers_from == again.covers_from == WINDOW.start
    assert first.problems == again.problems == ("calendar jobs: an event without a start that can be read",)


def test_of_a_calendar_that_was_cut_off_nothing_is_removed(tmp_path, monkeypatch):
    world = FileWorld(tmp_path)
    world.enter("a", NOW + HOUR)
    world.enter("b", NOW + HOUR)
    _, _, cursor = listed(world.open())
    monkeypatch.setattr("mailwatch.backends.pieces.CALENDAR_EVENTS", 1)
    world.delete("a")
    assert listed(world.open(), cursor)[:2] == ({}, frozenset())


@pytest.mark.parametrize("world_type", [FileWorld, FolderWorld])
def test_a_file_over_the_limit_is_not_read(tmp_path, monkeypatch, world_type):
    monkeypatch.setattr(sources_module, "LARGEST", 100)
    world = world_type(tmp_path)
    world.events["a"] = vevent("a", NOW)
    world.write()
    if world_type is FileWorld:
        with pytest.raises(ProtocolError, match="larger than"):
            listed(world.open())
    else:
        (page,) = world.open().changes(None, window=WINDOW)
        assert "larger than" in page.problems[0]


# --- places ---


def test_a_missing_file_names_the_key_to_correct(tmp_path):
    with pytest.raises(BackendError, match="No such file") as caught:
        listed(IcsCalendar("jobs", FileSource("jobs", tmp_path / "none.ics"), InlineParser(), zone="UTC"))
    assert caught.value.next_step == "correct path under [calendar.jobs]"


def test_a_folder_that_is_gone_is_an_error_and_removes_nothing(tmp_path):
    world = FolderWorld(tmp_path)
    world.enter("a", NOW + HOUR)
    backend = world.open()
    _, _, cursor = listed(backend)
    world.folder.rename(tmp_path / "away")
    with pytest.raises(BackendError, match="No such file"):
        listed(backend, cursor)


def test_a_closed_file_in_a_folder_is_a_problem():
    with open_folder() as top:
        world = FolderWorld(top)
        world.enter("a", NOW + HOUR)
        world.enter("b", NOW + HOUR)
        (world.folder / "jobs" / "a.ics").chmod(0)
        with as_ordinary_user():
            (page,) = world.open().changes(None, window=WINDOW)
        assert [item.event.uid for item in page.items] == ["b"]
        assert page.problems == ("1 file of calendar jobs can't be read: Permission denied",)


def test_only_calendar_files_of_a_folder_are_read_and_links_out_of_it_are_not_walked(tmp_path):
    world = FolderWorld(tmp_path)
    world.enter("a", NOW + HOUR)
    for name in (".hidden.ics", "notes.txt", "color"):
        (world.folder / name).write_text("not a calendar")
    (world.folder / ".git").mkdir()
    (world.folder / ".git" / "x.ics").write_text("not a calendar")
    (world.folder / "loop").symlink_to(world.folder)
    (world.folder / "SHOUTED.ICS").write_text(HEAD + vevent("b", NOW + HOUR) + END)
    assert {event.uid for event in listed(world.open())[0].values()} == {"a", "b"}


def test_hostile_file_names_are_only_names(tmp_path):
    world = FolderWorld(tmp_path)
    for number, name in enumerate([b"a\nb.ics", b"\xff\xfe.ics", b"..ics", b"%2e%2e.ics"]):
        (world.folder / os.fsdecode(name)).write_text(HEAD + vevent(f"e{number}", NOW + HOUR) + END)
    items, _, cursor = listed(world.open())
    assert {event.uid for event in items.values()} == {"e0", "e1", "e3"}
    assert cursor.isascii()
    assert listed(world.open(), cursor)[:2] == ({}, frozenset())


def test_a_folder_of_too_many_files_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sources_module, "_MOST_FILES", 3)
    world = FolderWorld(tmp_path)
    for number in range(4):
        world.enter(f"e{number}", NOW)
    with pytest.raises(ProtocolError, match="more than 3 files"):
        listed(world.open())


def test_a_file_that_vanishes_while_the_folder_is_read_is_gone(tmp_path, monkeypatch):
    world = FolderWorld(tmp_path)
    world.enter("a", NOW)
    monkeypatch.setattr(
        sources_module, "_ics_files_below", lambda folder: iter([folder / "jobs" / "a.ics", folder / "jobs" / "b.ics"])
    )
    assert len(listed(world.open())[0]) == 1


def test_two_versions_of_an_event_in_one_file_are_one_event_the_later_one(tmp_path):
    world = FileWorld(tmp_path)
    world.path.write_text(
        HEAD + vevent("a", NOW + 2 * HOUR, sequence=2) + vevent("a", NOW + HOUR, sequence=1) + vevent("b", NOW, stamp="20261102T000000Z", title="new")
        + vevent("b", NOW, title="old") + END
    )  # fmt: skip
    items = listed(world.open())[0].values()
    assert {event.uid: (event.start, event.summary) for event in items} == {
        "a": (NOW + 2 * HOUR, "Interview"),
        "b": (NOW, "new"),
    }


def test_a_uid_of_any_length_makes_a_short_plain_ref(tmp_path):
    world = FileWorld(tmp_path)
    world.enter("u" * 3_000, NOW)
    world.enter("ü/../#é", NOW)
    for ref in listed(world.open())[0]:
        assert len(ref) < 200
        assert ref.isascii()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda table: table.update({"window": ["x", "y"]}),
        lambda table: table.update({"window": 1}),
        lambda table: table.update({"ics-1": []}),
        lambda table: table.update({"ics-1": {"": ["x"]}}),
        lambda table: table.update({"ics-1": {"": ["x", {"a": [1]}, []]}}),
        lambda table: table.update({"ics-1": {"": ["x", [], []]}}),
        lambda table: table.update({"ics-1": {"": ["x", {}, 1]}}),
    ],
)
@pytest.mark.scenario("S7")
def test_a_spoilt_bookmark_is_refused(tmp_path, spoil):
    world = FileWorld(tmp_path)
    table = json.loads(listed(world.open())[2])
    spoil(table)
    with pytest.raises(CursorExpired):
        listed(world.open(), Cursor(json.dumps(table)))


# --- the secret address ---


@pytest.mark.parametrize(("status", "error"), [(401, AuthError), (404, ProtocolError), (503, TransientError)])
def test_the_address_of_a_feed_is_never_shown(server, status, error, caplog):
    caplog.set_level(logging.DEBUG)
    world = FeedWorld(server)
    world.enter("a", NOW)
    source = world.source()
    listed(IcsCalendar("jobs", source, InlineParser(), zone="UTC"))
    server.answer = lambda asked: Told(status)
    with pytest.raises(error) as caught:
        listed(IcsCalendar("jobs", source, InlineParser(), zone="UTC"))
    assert isinstance(caught.value, MailwatchError)
    assert "secret" not in repr(source) + str(caught.value) + caught.value.next_step + caplog.text
    assert "127.0.0.1" in repr(source)
