from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from mailwatch.core.model import (
    Address,
    Cursor,
    Debrief,
    DraftKey,
    Kind,
    Mark,
    MarkKind,
    Plan,
    PrivateNotes,
    Reach,
    SharedNote,
)
from mailwatch.store import Problem, Proposal, Store, bytes_from_record, digest_of
from mailwatch.store.records import Codec
from tests.store.builders import ME, MINE, NOW, version

SECRET = "They asked why I left and I froze"


def debrief(**changes: object) -> Debrief:
    values: dict[str, object] = {
        "evidence": frozenset({"uid-1"}),
        "at": NOW,
        "absent": ("bo@acme.example",),
        "added": (("Ana", "ana@acme.example"),),
        "notes": (SharedNote("rita@acme.example", topic="your story of the migration"),),
        "fit": "I ran such a migration last year.",
        "decide_by": date(2026, 11, 27),
        "private": PrivateNotes({"stumped": SECRET}),
    }
    return Debrief(**(values | changes))  # type: ignore[arg-type]


def test_marks_come_back_oldest_first_and_can_be_taken_back(store: Store) -> None:
    late = Mark("b1", MarkKind.REJECTED, frozenset({"uid-1"}), NOW)
    early = Mark("c2", MarkKind.DONE, frozenset({"uid-1"}), NOW - timedelta(1), Kind.THANK_YOU, "Rita Ek", "phone")
    store.words.mark(late)
    store.words.mark(early)
    assert store.words.marks() == (early, late)
    assert store.words.unmark("b1")
    assert not store.words.unmark("b1")
    assert store.facts(ME).marks == (early,)


def test_a_debrief_comes_back_with_its_private_notes(store: Store) -> None:
    number = store.words.keep_debrief(debrief())
    assert store.words.debriefs() == ((number, debrief()),)
    assert store.facts(ME).debriefs == (debrief(),)


def test_private_notes_stand_only_in_their_own_table(store: Store) -> None:
    store.words.keep_debrief(debrief())
    ((shared,),) = store.database.rows("SELECT debrief FROM debriefs")
    assert SECRET.encode() not in shared
    assert SECRET.encode() not in bytes_from_record(debrief())


def test_a_debrief_can_be_replaced(store: Store) -> None:
    first = store.words.keep_debrief(debrief())
    second = store.words.keep_debrief(debrief(evidence=frozenset({"uid-2"}), private=PrivateNotes({})))
    assert second != first
    changed = debrief(fit="", private=PrivateNotes({"red_flag": "No tests"}))
    assert store.words.keep_debrief(changed, number=first) == first
    assert dict(store.words.debriefs())[first] == changed
    assert len(store.words.debriefs()) == 2


def test_mutes_and_pauses_are_kept_until_taken_back(store: Store) -> None:
    store.words.mute("Acme Corp")
    store.words.mute("acme corp")
    assert store.words.muted() == {"acme corp"}
    assert store.words.unmute("ACME Corp")
    assert not store.words.unmute("acme corp")
    assert store.words.paused_until() is None
    store.words.pause(NOW)
    assert store.words.paused_until() == NOW
    store.words.pause(datetime.max.replace(tzinfo=UTC))
    assert store.words.paused_until() == datetime.max.replace(tzinfo=UTC)
    store.words.pause(None)
    assert store.words.paused_until() is None


def test_every_version_of_an_event_stays(store: Store) -> None:
    first, moved, gone = version(), version(start=NOW + timedelta(days=1)), version(removed=True)
    store.calendar.add((first, version("e2")))
    store.calendar.add((moved,))
    store.calendar.add((gone,))
    assert store.calendar.versions() == (first, version("e2"), moved, gone)
    assert store.calendar.latest("work") == {"e1": gone, "e2": version("e2")}
    assert store.calendar.latest("home") == {}


def test_an_event_of_another_age_is_passed_over(store: Store) -> None:
    with store.database.writing():
        store.database.write("INSERT INTO event_versions VALUES (1, 'work', 'e1', ?)", (b"{}",))
    assert store.calendar.versions() == ()


def test_cursors_are_kept_and_forgotten(store: Store) -> None:
    assert store.state.cursor("mail:a") is None
    store.state.set_cursor("mail:a", Cursor("17"))
    assert store.state.cursor("mail:a") == "17"
    store.state.set_cursor("mail:a", None)
    assert store.state.cursor("mail:a") is None


def test_coverage_is_kept_by_account(store: Store) -> None:
    reach = Reach(NOW - timedelta(days=90), NOW)
    store.state.set_reach(MINE, reach)
    store.state.set_reach(Address("b@x.example"), reach)
    store.state.set_reach(MINE, replace(reach, until=NOW + timedelta(hours=1)))
    assert store.state.reaches() == {
        MINE: replace(reach, until=NOW + timedelta(hours=1)),
        Address("b@x.example"): reach,
    }


def test_a_problem_remembers_since_when_it_is_there(store: Store) -> None:
    problem = Problem("home", "transient", "home can't be reached.")
    store.state.set_problems((problem,), NOW)
    store.state.set_problems((problem, Problem("work", "sign-in", "work refused.")), NOW + timedelta(hours=1))
    assert [(found.name, found.since) for found in store.state.problems()] == [
        ("home", NOW),
        ("work", NOW + timedelta(hours=1)),
    ]
    store.state.set_problems((), NOW)
    assert store.state.problems() == ()


def test_runs_are_told_newest_first(store: Store) -> None:
    store.state.keep_run(NOW, b"{}")
    store.state.keep_run(NOW + timedelta(hours=1), b'{"drafts":1}')
    assert store.state.runs() == ((NOW + timedelta(hours=1), b'{"drafts":1}'), (NOW, b"{}"))
    assert len(store.state.runs(1)) == 1


def test_letters_wait_until_the_user_has_spoken(store: Store) -> None:
    held = Proposal(DraftKey("k1"), Kind.FOLLOW_UP, Address("rita@acme.example"), NOW, frozenset({"uid-1"}))
    store.state.hold((held, replace(held, key=DraftKey("k2"))))
    store.state.release(frozenset({DraftKey("k2")}))
    assert store.state.held() == (held,)


def test_accounts_are_known_after_their_first_look(store: Store) -> None:
    assert store.state.known_accounts() == frozenset()
    store.state.set_known_accounts(frozenset({"a@x.example", "b@x.example"}))
    assert store.state.known_accounts() == {"a@x.example", "b@x.example"}


def keep(store: Store, plan: Plan, for_: timedelta = timedelta(days=500)) -> None:
    store.plans.keep(plan, "inputs", generation=store.database.generation, until=NOW + for_)


def test_the_kept_plan_fits_only_its_facts_its_inputs_and_its_time(store: Store) -> None:
    plan = Plan(NOW, notes=("Keep applying.",), next_change=NOW + timedelta(hours=2))
    assert store.plans.last() is None
    assert store.plans.fitting("inputs", NOW) is None
    keep(store, plan, timedelta(hours=2))
    assert store.plans.fitting("inputs", NOW) == plan
    assert store.plans.fitting("others", NOW) is None
    assert store.plans.fitting("inputs", NOW - timedelta(seconds=1)) is None
    assert store.plans.fitting("inputs", NOW + timedelta(hours=2)) is None
    store.words.mute("acme")
    assert store.plans.fitting("inputs", NOW) is None
    assert store.plans.last() == plan


def test_a_plan_of_facts_that_have_changed_since_never_fits(store: Store) -> None:
    generation = store.database.generation
    store.words.mute("acme")
    store.plans.keep(Plan(NOW), "inputs", generation=generation, until=NOW + timedelta(days=400))
    assert store.plans.fitting("inputs", NOW) is None


def test_a_plan_of_another_age_is_none(store: Store) -> None:
    keep(store, Plan(NOW))
    with store.database.writing(facts=False):
        store.database.write("UPDATE plan SET plan = ?", (b"old",))
    assert store.plans.fitting("inputs", NOW) is None


def test_only_known_records_become_bytes() -> None:
    with pytest.raises(NotImplementedError):
        bytes_from_record(object())
    with pytest.raises(NotImplementedError):
        Codec(complex).decode(b"1")


def test_a_digest_tells_records_apart() -> None:
    assert digest_of(ME, frozenset({"a", "b"})) == digest_of(ME, frozenset({"b", "a"}))
    assert digest_of(ME) != digest_of(replace(ME, zone="Europe/Berlin"))
