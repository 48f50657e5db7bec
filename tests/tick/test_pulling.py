from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from mailwatch.backends.memory import MemoryMailbox
from mailwatch.core.model import Action, CalendarEvent, Fetched, MessageRef, Policy, SpecialUse
from mailwatch.errors import AuthError, CursorExpired, ProtocolError, RateLimited, TransientError
from mailwatch.sandbox import Unreadable
from mailwatch.store.mail import MailShelf
from mailwatch.tick import Watched
from tests.tick.doubles import MINE, OTHER, PlainParser, mail, person
from tests.tick.world import SmallWorld


def actions(report: Any) -> list[Action]:
    return [decision.action for decision in report.plan.decisions]


def due(world: SmallWorld, count: int = 1) -> None:
    for number in range(1, count + 1):
        world.invite(number)
    world.pass_time(hours=2)


def test_a_half_read_account_yields_wait_and_no_draft(world: SmallWorld) -> None:
    world.accounts.clear()
    world.add_account("home", world.mailbox)._page = 1
    due(world)
    world.mailbox.mail_arrives(mail("shop@shop.example", MINE, "Sale", "All must go", world.now), world.now)
    world.mailbox.faults.stop_after = 1
    report = world.tick()
    assert actions(report) == [Action.WAIT]
    assert report.plan.decisions[0].reason.startswith("mail of jordan@home.example not read")
    assert not report.accounts[0].complete
    world.mailbox.faults.stop_after = 0
    assert len(world.tick().saved) == 1


def test_texts_that_could_not_be_fetched_keep_the_account_half_read(world: SmallWorld) -> None:
    due(world)
    world.tick()
    world.invite(2)
    world.pass_time(hours=2)
    world.mailbox.faults.fail_next("fetch")
    report = world.tick()
    assert report.exit_code == 1
    assert report.saved == ()
    reach = world.machine.open(world.now).state.reaches()[MINE]
    assert reach.until == world.now - timedelta(hours=2)
    assert len(world.tick().saved) == 1


@pytest.mark.scenario("S5")
def test_one_account_that_fails_does_not_stop_another(world: SmallWorld) -> None:
    world.settings = replace(world.settings, first_run="save")
    work = MemoryMailbox(OTHER)
    world.add_account("work", work, required=False)
    due(world)
    work.faults.fail_next("changes", AuthError("work", "The sign-in of work is no longer valid.", next_step="sign in"))
    report = world.tick()
    assert len(report.saved) == 1
    assert report.exit_code == 5
    assert [(problem.name, problem.kind, problem.next_step) for problem in report.problems] == [
        ("work", "sign-in", "sign in")
    ]
    assert world.machine.open(world.now).state.problems()[0].since == world.now


def test_a_needed_account_that_fails_makes_every_draft_wait(world: SmallWorld) -> None:
    world.add_broken_account("work", TransientError("work", "work can't be reached."))
    due(world)
    report = world.tick()
    assert actions(report) == [Action.WAIT]
    assert report.exit_code == 5
    assert [account.name for account in report.accounts] == ["home", "work"]


def test_an_account_that_fails_between_the_looks_stops_the_save(world: SmallWorld) -> None:
    due(world)
    world.tick()
    world.invite(2)
    world.pass_time(hours=2)
    plan = world.plan

    def and_then_the_line_breaks(*facts: Any) -> Any:
        found = plan(*facts)
        if found.drafts:
            world.mailbox.faults.fail_next("changes")
        return found

    world.plan = and_then_the_line_breaks
    report = world.tick()
    assert report.saved == ()
    assert report.waiting == ("home could not be read once more, so nothing was saved.",)


def test_drafts_that_can_not_be_listed_stop_the_save(world: SmallWorld) -> None:
    due(world)
    world.mailbox.faults.fail_next("drafts")
    report = world.tick()
    assert report.saved == ()
    assert report.waiting == ("home could not be read, so nothing was saved.",)


def test_without_any_sign_in_the_exit_code_says_so(world: SmallWorld) -> None:
    world.accounts.clear()
    world.add_broken_account("home", AuthError("home", "The sign-in is missing."))
    assert world.tick().exit_code == 4
    world.add_broken_account("work", TransientError("work", "work can't be reached."))
    assert world.tick().exit_code == 1


def test_an_account_that_asked_for_patience_is_left_alone_until_then(world: SmallWorld) -> None:
    patience = RateLimited("home", "home asked for patience.", retry_after=timedelta(hours=1))
    world.mailbox.faults.fail_next("changes", patience)
    world.tick()
    world.invite(1)
    world.pass_time(minutes=30)
    report = world.tick()
    assert report.accounts[0].new == 0
    assert [problem.message for problem in report.problems] == ["home asked for patience."]
    world.pass_time(minutes=31)
    report = world.tick()
    assert report.accounts[0].new == 1
    assert report.problems == ()


@pytest.mark.scenario("S7")
def test_a_folder_numbered_anew_is_listed_again_without_a_second_draft(world: SmallWorld) -> None:
    due(world)
    world.tick()
    for folder in ("INBOX", "Drafts", "Sent"):
        world.mailbox.renumber(folder)
    world.pass_time(minutes=15)
    report = world.tick()
    assert report.accounts[0].complete
    assert report.saved == ()
    assert len(world.machine.open(world.now).facts(world.settings.me).mails) == 1


def test_a_bookmark_that_expires_twice_is_a_problem_of_the_account(world: SmallWorld) -> None:
    for _ in range(2):
        world.mailbox.faults.fail_next("changes", CursorExpired("home", "The bookmark expired.", resume=None))
    report = world.tick()
    assert [problem.message for problem in report.problems] == ["The bookmark expired."]


def test_after_a_long_absence_the_hole_in_between_is_not_forgotten(world: SmallWorld) -> None:
    world.tick()
    store = world.machine.open(world.now)
    first = store.state.reaches()[MINE]
    world.pass_time(days=200)
    store.state.set_cursor(f"mail:{MINE}", None)
    world.tick()
    reach = store.state.reaches()[MINE]
    assert reach.since == world.now - timedelta(days=90)
    assert reach.since > first.until


def test_a_text_may_name_people_whose_mail_is_then_looked_for(world: SmallWorld) -> None:
    world.accounts.clear()
    backend = world.add_account("home", world.mailbox)
    backend.capabilities = replace(backend.capabilities, server_filter=True)
    world.mailbox.mail_arrives(mail(person(2), MINE, "Hello", "Lunch?", world.now, identity="<a@x>"), world.now)
    world.mailbox.mail_arrives(
        mail(person(1), MINE, "Your interview", f"with {person(2)}", world.now, identity="<b@x>"), world.now
    )

    def knowing(facts: Any, *_: object) -> Any:
        words = " ".join(known.reading.evidence[0].words for known in facts.mails if known.reading)
        return type(facts_known)(frozenset({person(2)} if person(2) in words else ()))

    facts_known = small_knowledge()
    with patch.dict(world.triage, knowledge_from=knowing):
        report = world.tick()
    assert report.accounts[0].new == 2
    assert report.accounts[0].fetched == 2


def small_knowledge() -> Any:
    from tests.tick.world import Acquaintance

    return Acquaintance()


class Picky(PlainParser):
    """A parser that can't read what says so."""

    def message(self, fetched: Fetched, envelope: Any, *, outgoing: bool, zone: str) -> Any:
        if b"poison" in (fetched.raw or b""):
            raise Unreadable("it is too large")
        return super().message(fetched, envelope, outgoing=outgoing, zone=zone)


@pytest.mark.scenario("R22")
def test_a_mail_that_can_not_be_parsed_is_named_and_never_tried_again(world: SmallWorld) -> None:
    world.parser = Picky()
    world.mailbox.mail_arrives(mail(person(9), MINE, "x", "poison", world.now, identity="<p@x>"), world.now)
    due(world)
    report = world.tick()
    assert report.unreadable == 1
    assert report.exit_code == 0
    assert len(report.saved) == 1
    store = world.machine.open(world.now)
    assert store.mail.tombstones() == (("<p@x>", "it is too large"),)
    world.pass_time(minutes=15)
    assert world.tick().accounts[0].fetched == 0


def test_a_mail_that_breaks_the_reader_is_passed_over_until_the_reader_changes(world: SmallWorld) -> None:
    read = world.triage["read"]

    def fragile(message: Any, context: Any) -> Any:
        if message.new_text == "odd":
            raise IndexError
        return read(message, context)

    world.mailbox.mail_arrives(mail(person(9), MINE, "x", "odd", world.now, identity="<o@x>"), world.now)
    due(world)
    with patch.dict(world.triage, read=fragile):
        report = world.tick()
    assert len(report.saved) == 1
    assert world.machine.open(world.now).mail.tombstones() == (("<o@x>", "the reader failed on it (IndexError)"),)
    world.tick()
    assert report.unreadable == 1
    world.settings = replace(world.settings, me=replace(world.settings.me, name="J. Doe"))
    assert world.tick().unreadable == 0


def test_a_mail_that_moved_before_it_was_fetched_is_found_again(world: SmallWorld) -> None:
    ref = world.mailbox.mail_arrives(mail(person(1), MINE, "Hello", "x", world.now, identity="<a@x>"), world.now)
    backend = type(world.accounts[0].backend)
    fetch = backend.fetch

    def after_it_moved(door: Any, refs: Sequence[MessageRef]) -> Iterator[Fetched]:
        if world.mailbox.find(ref):
            world.mailbox.user_moves(ref, "Archive")
        yield Fetched(MessageRef("something else"))
        yield from fetch(door, refs)

    with patch.object(backend, "fetch", after_it_moved):
        assert world.tick().unreadable == 1
    world.pass_time(minutes=15)
    report = world.tick()
    assert report.unreadable == 0
    assert report.accounts[0].fetched == 1


def test_the_users_mail_in_sent_is_read_as_theirs(world: SmallWorld) -> None:
    seen: list[bool] = []
    read = world.triage["read"]

    def watching(message: Any, context: Any) -> Any:
        seen.append(message.outgoing)
        return read(message, context)

    world.write_by_hand(1)
    with patch.dict(world.triage, read=watching):
        world.tick()
    assert seen == [True]


def test_texts_are_kept_only_as_long_as_configured(world: SmallWorld) -> None:
    world.invite(1)
    world.tick()
    store = world.machine.open(world.now)
    identity = store.facts(world.settings.me).mails[0].envelope.id
    assert store.mail.input_of(identity) is not None
    world.pass_time(days=181)
    world.tick()
    assert store.mail.input_of(identity) is None
    assert store.facts(world.settings.me).mails[0].reading is not None


def event(world: SmallWorld, uid: str, **changes: Any) -> CalendarEvent:
    values = {"uid": uid, "start": world.now + timedelta(days=1), "end": world.now + timedelta(days=1, hours=1)}
    return CalendarEvent(**(values | changes))


def test_calendars_are_recorded_and_a_move_keeps_what_was_planned(world: SmallWorld) -> None:
    events = world.add_calendar("work")
    events.put(event(world, "a", summary="Interview"))
    report = world.tick()
    assert [(found.name, found.changed, found.complete) for found in report.calendars] == [("work", 1, True)]
    moved = event(
        world, "a", summary="Interview", start=world.now + timedelta(days=2), end=world.now + timedelta(days=3)
    )
    events.put(moved)
    world.tick()
    assert world.tick().calendars[0].changed == 0
    versions = world.machine.open(world.now).facts(world.settings.me).events
    assert [version.event.start for version in versions] == [
        world.now + timedelta(days=1),
        world.now + timedelta(days=2),
    ]


def test_a_removal_counts_only_before_the_end_of_the_event(world: SmallWorld) -> None:
    events = world.add_calendar("work")
    soon, past = events.put(event(world, "a")), events.put(event(world, "b"))
    events.put(event(world, "c"))
    world.tick()
    events.remove(soon)
    world.tick()
    world.pass_time(days=2)
    events.remove(past)
    world.tick()
    versions = world.machine.open(world.now).facts(world.settings.me).events
    assert [version.ref for version in versions if version.removed] == [soon]
    events.put(event(world, "a"))
    world.tick()
    latest = world.machine.open(world.now).calendar.latest("work")
    assert not latest[soon].removed


def test_a_calendar_that_is_suddenly_empty_is_not_believed(world: SmallWorld) -> None:
    events = world.add_calendar("work")
    for uid in "abcd":
        events.put(event(world, uid))
    world.tick()
    for ref in list(events.events):
        events.remove(ref)
    before = world.machine.open(world.now).calendar.versions()
    report = world.tick()
    assert [problem.name for problem in report.problems] == ["work"]
    assert report.exit_code == 5
    assert world.machine.open(world.now).calendar.versions() == before


def test_a_calendar_whose_listing_is_suddenly_empty_is_not_believed_either(world: SmallWorld) -> None:
    """Where the calendar itself tells of removals, the tick counts them."""
    events = world.add_calendar("work")
    refs = [events.put(event(world, uid)) for uid in "abcd"]
    world.tick()
    backend = world.calendars[0].backend

    def all_gone(cursor: Any, *, window: Any) -> Iterator[Any]:
        from mailwatch.backends.base import Changes

        yield Changes((), cursor, covers_from=window.start, removed=frozenset(refs))

    with patch.object(type(backend), "changes", lambda _, cursor, *, window: all_gone(cursor, window=window)):
        report = world.tick()
    assert report.problems[0].message == "work suddenly shows none of its 4 events, so it was not believed."


def test_an_expired_calendar_bookmark_lists_anew(world: SmallWorld) -> None:
    events = world.add_calendar("work")
    events.put(event(world, "a"))
    world.tick()
    world.machine.open(world.now).state.set_cursor("calendar:work", "nonsense")  # type: ignore[arg-type]
    report = world.tick()
    assert report.calendars[0].complete
    assert report.calendars[0].changed == 0


def test_a_calendar_that_fails_stops_nothing_else(world: SmallWorld) -> None:
    events = world.add_calendar("work")
    events.faults.fail_next("changes", ProtocolError("work", "The feed is a login page."))
    due(world)
    report = world.tick()
    assert len(report.saved) == 1
    assert report.exit_code == 5
    assert [found.complete for found in report.calendars] == [False]


def test_what_a_door_says_it_could_not_read_is_a_line_of_the_status(world: SmallWorld) -> None:
    class Deaf(PlainParser):
        def envelope(self, raw: bytes, **rest: Any) -> Any:
            if b"poison" in raw:
                raise Unreadable("no header")
            return super().envelope(raw, **rest)

    world.accounts.clear()
    world.add_account("home", world.mailbox)._parser = Deaf()
    world.mailbox.mail_arrives(b"poison", world.now)
    report = world.tick()
    assert [problem.kind for problem in report.problems] == ["incomplete"]
    assert report.exit_code == 5


def test_drafts_never_become_mail(world: SmallWorld) -> None:
    world.mailbox.user_begins_draft(mail(MINE, person(1), "Interview", world.now.isoformat(), world.now))
    world.tick()
    assert world.machine.open(world.now).mail.counts() == (0, 0, 0)
    assert len(world.mailbox.messages(SpecialUse.DRAFTS)) == 1


def test_the_rules_of_the_policy_reach_the_engine(world: SmallWorld) -> None:
    world.settings = replace(world.settings, policy=Policy(max_per_run=1))
    due(world, 3)
    assert len(world.tick().saved) == 1


def test_after_three_rounds_the_rest_waits_for_the_next_tick(world: SmallWorld) -> None:
    world.accounts.clear()
    backend = world.add_account("home", world.mailbox)
    backend.capabilities = replace(backend.capabilities, server_filter=True)
    asked: list[int] = []

    def ever_more(*_: object) -> Any:
        asked.append(1)
        return type(small_knowledge())(frozenset({f"person{len(asked)}@firm.example"}))

    with patch.dict(world.triage, knowledge_from=ever_more):
        report = world.tick()
    assert len(asked) == 4
    assert report.accounts[0].complete


def test_a_mail_that_is_in_none_of_its_many_places_is_given_up(world: SmallWorld) -> None:
    raw = mail(person(1), MINE, "Hello", "x", world.now, identity="<a@x>")
    refs = [
        world.mailbox.mail_arrives(raw, world.now, folder) for folder in ("INBOX", "Archive", "Jobs", "Trash", "Junk")
    ]
    asked: list[str] = []
    backend = type(world.accounts[0].backend)

    def nothing_there(_: Any, wanted: Sequence[MessageRef]) -> Iterator[Fetched]:
        asked.extend(wanted)
        return iter(())

    with patch.object(backend, "fetch", nothing_there):
        report = world.tick()
    assert report.unreadable == 1
    assert asked == [refs[0], refs[1], refs[2], refs[3]]


def test_readings_are_kept_in_parts(world: SmallWorld) -> None:
    due(world, 3)
    with patch("mailwatch.tick.pull.READ_AT_ONCE", 1):
        assert len(world.tick().saved) == 3


def breaks_on(world: SmallWorld, poison: str, asked: list[int] | None = None) -> Any:
    """A server that breaks off whenever it is asked for a message with this in it. asked: how many it was asked for."""
    backend = type(world.accounts[0].backend)
    fetch = backend.fetch

    def breaking(door: Any, refs: Sequence[MessageRef]) -> Iterator[Fetched]:
        if asked is not None:
            asked.append(len(refs))
        for ref in refs:
            if poison.encode() in world.mailbox.get(ref).raw:
                raise ProtocolError("home", "home broke off in the middle of a message.")
            yield from fetch(door, (ref,))

    return patch.object(backend, "fetch", breaking)


def test_one_message_that_the_server_breaks_on_does_not_keep_the_others_from_being_read(world: SmallWorld) -> None:
    world.mailbox.mail_arrives(mail(person(9), MINE, "x", "poison", world.now, identity="<p@x>"), world.now)
    due(world, 2)
    with breaks_on(world, "poison"):
        report = world.tick()
    assert len(report.saved) == 2
    assert world.machine.open(world.now).mail.tombstones() == (("<p@x>", "the account can't hand it over"),)
    assert report.accounts[0].complete


def test_an_outage_is_not_taken_for_broken_messages(world: SmallWorld) -> None:
    due(world)
    with breaks_on(world, "Interview"):
        report = world.tick()
        assert report.exit_code == 1
        assert report.unreadable == 0
        world.pass_time(hours=25)
        report = world.tick()
    assert report.unreadable == 1, "but nothing is waited for for ever"
    assert report.accounts[0].complete


def test_an_account_that_breaks_on_everything_is_soon_left_alone(world: SmallWorld) -> None:
    for number in range(40):
        world.mailbox.mail_arrives(mail(person(1), MINE, "x", "poison", world.now, identity=f"<{number}@x>"), world.now)
    asked: list[int] = []
    with breaks_on(world, "poison", asked):
        report = world.tick()
        assert (report.exit_code, report.unreadable) == (1, 0)
        assert len(asked) < 40
        world.pass_time(hours=25)
        assert world.tick().unreadable == 10, "a few at a time, for the account may be well again"
    report = world.tick()
    assert (report.accounts[0].fetched, report.accounts[0].complete) == (30, True)


def test_what_is_fetched_is_kept_part_by_part(world: SmallWorld) -> None:
    for number in range(7):
        text = "long " * 100 if number == 4 else "short"
        world.mailbox.mail_arrives(mail(person(1), MINE, "x", text, world.now, identity=f"<{number}@x>"), world.now)
    sizes: list[int] = []
    keep = MailShelf.keep_inputs

    def watching(shelf: MailShelf, messages: Any, now: Any) -> None:
        sizes.append(len(messages))
        keep(shelf, messages, now)

    with (
        patch.object(MailShelf, "keep_inputs", watching),
        patch.multiple("mailwatch.tick.pull", KEPT_AT_ONCE=3, KEPT_BYTES=600, ASKED_AT_ONCE=6),
    ):
        assert world.tick().accounts[0].fetched == 7
    assert [size for size in sizes if size] == [3, 2, 1, 1]


def test_an_account_left_out_of_a_run_still_has_to_be_read(world: SmallWorld) -> None:
    everything = (Watched("home", MINE), Watched("work", OTHER))
    world.settings = replace(world.settings, watched=everything)
    due(world)
    report = world.tick()
    assert actions(report) == [Action.WAIT]
    assert report.exit_code == 0
    work = MemoryMailbox(OTHER)
    world.add_account("work", work)
    work.faults.fail_next("changes")
    world.tick()
    left_out = world.accounts.pop()
    assert world.tick().problems == ()
    assert [problem.name for problem in world.machine.open(world.now).state.problems()] == ["work"], "it is still there"
    world.accounts.append(left_out)
    assert len(world.tick().saved) == 1
    assert world.machine.open(world.now).state.problems() == ()
