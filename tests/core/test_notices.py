"""When mailwatch speaks up by itself: seldom, discreetly, once, and never at a bad moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailwatch.core.model import (
    CalendarEvent,
    Debrief,
    EventRef,
    EventVersion,
    InterviewState,
    Kind,
    MessageId,
    PrivateNotes,
    Reply,
    ReplyKind,
    Stale,
    Standing,
)
from mailwatch.core.notices import Habits, Notice, notices
from tests.render.plans import BO, RITA, acme, interview, letter, plan

BERLIN = ZoneInfo("Europe/Berlin")
HABITS = Habits(BERLIN, (time(21), time(8)), 3)
PRIVATE_WORDS = ("rita", "bo lind", "acme", "engineer", "interview")


def at(clock: str, day: int = 24) -> datetime:
    return datetime.combine(date(2026, 11, day), time.fromisoformat(clock), BERLIN).astimezone(UTC)


def said(
    found: object, now: datetime, *, told: dict[str, datetime] | None = None, habits: Habits = HABITS, **more: object
) -> list[Notice]:
    events, debriefs = more.pop("events", ()), more.pop("debriefs", ())
    return list(notices(replace(found, at=now), events, debriefs, told or {}, habits, **more))


def held(end: datetime, **changes: object) -> object:
    return acme(interviews=(interview(start=end - timedelta(hours=1), end=end, **changes),))


def busy(start: datetime, end: datetime, **changes: object) -> EventVersion:
    return EventVersion("home", EventRef("e"), CalendarEvent("u1", start, end, **changes), start)


READY = plan(acme(interviews=()), decisions=(letter(RITA, Standing.DRAFT_READY), letter(BO, Standing.DRAFT_READY)))
TWO_READY = ["2 drafts wait for you in Drafts: mailwatch status"]


def texts(found: list[Notice]) -> list[str]:
    return [notice.text for notice in found]


def test_drafts_that_are_ready_are_told_together_and_once() -> None:
    found = said(READY, at("14:00"))
    assert texts(found) == TWO_READY
    assert found[0].detail == "2 drafts wait in Drafts: thank-you to Rita Ek, thank-you to Bo Lind"
    assert said(READY, at("14:15"), told=dict.fromkeys(found[0].keys, at("14:00"))) == []


def test_a_new_draft_beside_one_that_was_told_is_told() -> None:
    key = said(READY, at("14:00"))[0].keys[0]
    assert texts(said(READY, at("14:15"), told={key: at("14:00")})) == TWO_READY


@pytest.mark.parametrize(
    ("clock", "silent"), [("20:59", False), ("21:00", True), ("03:00", True), ("07:59", True), ("08:00", False)]
)
def test_the_night_is_quiet(clock: str, silent: bool) -> None:
    assert (said(READY, at(clock)) == []) is silent


def test_quiet_hours_may_lie_within_a_day() -> None:
    lunch = Habits(BERLIN, (time(12), time(13)), 3)
    assert said(READY, at("12:30"), habits=lunch) == []
    assert texts(said(READY, at("23:30"), habits=lunch)) == TWO_READY


def test_nothing_is_said_during_an_event_of_the_calendar() -> None:
    event = busy(at("13:30"), at("14:30"))
    assert said(READY, at("14:00"), events=(event,)) == []
    assert texts(said(READY, at("14:30"), events=(event,))) == TWO_READY


@pytest.mark.parametrize("changes", [{"all_day": True}, {"status": "CANCELLED"}])
def test_whole_days_and_cancelled_events_are_no_meetings(changes: dict[str, object]) -> None:
    assert texts(said(READY, at("14:00"), events=(busy(at("13:30"), at("14:30"), **changes),))) == TWO_READY


def test_an_event_that_has_moved_away_leaves_its_old_time_free() -> None:
    old, new = busy(at("13:30"), at("14:30")), busy(at("16:00"), at("17:00"))
    assert texts(said(READY, at("14:00"), events=(old, new))) == TWO_READY


@pytest.mark.parametrize(("clock", "silent"), [("09:29", False), ("09:30", True), ("10:30", True), ("11:00", False)])
def test_half_an_hour_before_an_interview_and_during_it_nothing_is_said(clock: str, silent: bool) -> None:
    found = plan(held(at("11:00")), decisions=READY.decisions)
    assert (TWO_READY[0] not in texts(said(found, at(clock)))) is silent


@pytest.mark.parametrize(("minutes", "asked"), [(14, False), (15, True), (700, True), (721, False)])
def test_a_quarter_of_an_hour_after_an_interview_it_asks_for_a_debrief(minutes: int, asked: bool) -> None:
    end = at("08:10")
    found = texts(said(plan(held(end)), end + timedelta(minutes=minutes), told={"digest:x": end}))
    assert (found == ["Two minutes now make a better letter: mailwatch debrief"]) is asked


def test_nobody_is_asked_about_what_was_told_did_not_happen_or_is_unsure() -> None:
    end, now = at("10:00"), at("12:30")
    debrief = Debrief(frozenset({"<invite@acme.example>"}), end)
    assert said(plan(held(end)), now, debriefs=(debrief,)) == []
    assert said(plan(held(end, state=InterviewState.CANCELLED)), now) == []
    assert said(plan(held(end, draftable=False)), now) == []


def test_the_evening_before_it_tells_who_when_where_and_what_to_prepare() -> None:
    start = at("10:00", day=25)
    found = plan(
        acme(
            interviews=(
                interview(start=start, end=start + timedelta(hours=1), people=(RITA,), anchors=frozenset({"u1"})),
            )
        )
    )
    event = busy(start, start + timedelta(hours=1), location="Hall 3")
    debrief = Debrief(frozenset({"u1"}), at("10:00", day=10), private=PrivateNotes({"stumped": "Why us?"}))
    assert said(found, at("19:59"), events=(event,), debriefs=(debrief,)) == []
    (notice,) = said(found, at("20:00"), events=(event,), debriefs=(debrief,))
    assert notice.text == "Something is on tomorrow: mailwatch next"
    assert notice.detail == "Tomorrow 10:00: Acme Corp · Senior engineer, with Rita Ek\nHall 3\nTo prepare: Why us?"
    assert said(found, at("20:15"), told=dict.fromkeys(notice.keys, at("20:00"))) == []


def test_a_stale_draft_comes_first() -> None:
    stale = Stale(letter(RITA, Standing.DUE).key, 0, None, "Acme answered", "Re: x", RITA.address)
    found = said(replace(READY, stale=(stale,)), at("14:00"))
    assert texts(found) == ["A saved draft is no longer right, so don't send it: mailwatch status", *TWO_READY]
    assert found[0].detail == "Do not send: Acme answered"


def test_a_sign_in_is_asked_for_once_a_day() -> None:
    nothing = plan(acme(interviews=()))
    (notice,) = said(nothing, at("14:00"), sign_in=("work",))
    assert notice.text.endswith("mailwatch auth login work")
    told = dict.fromkeys(notice.keys, at("14:00"))
    assert said(nothing, at("13:45", day=25), sign_in=("work",), told=told) == []
    assert len(said(nothing, at("14:00", day=25), sign_in=("work",), told=told)) == 1


def answered(kind: str) -> object:
    return acme(
        interviews=(), your_turn="they wait", replies=(Reply(MessageId(kind), at("05:00"), ReplyKind.NEXT_ROUND, RITA),)
    )


def test_one_digest_in_the_morning_if_something_has_changed() -> None:
    found = plan(answered("<a@acme.example>"))
    assert said(found, at("08:29")) == []
    (notice,) = said(found, at("08:30"))
    assert notice.text == "There is news: mailwatch next"
    assert "Acme Corp: they wait" in notice.detail
    told = dict.fromkeys(notice.keys, at("08:30"))
    assert said(found, at("08:45", day=25), told=told) == []
    newer = plan(answered("<b@acme.example>"))
    assert said(newer, at("09:00"), told=told) == []  # there was one today
    assert len(said(newer, at("08:30", day=25), told=told)) == 1


def test_at_most_three_a_day_in_the_users_zone() -> None:
    told = {"a": at("09:00"), "b": at("10:00")}
    everything = replace(READY, stale=tuple(Stale(str(n), 0, None, "r", "s", RITA.address) for n in range(3)))  # type: ignore[arg-type]
    assert len(said(everything, at("14:00"), told=told)) == 1
    assert said(everything, at("14:00"), told={**told, "c": at("11:00")}) == []
    assert len(said(everything, at("14:00"), told={"a": at("23:30", day=23), **told})) == 1


def test_short_texts_name_no_person_no_firm_and_not_what_it_is_about() -> None:
    stale = Stale(letter(RITA, Standing.DUE).key, 0, None, "Acme answered", "Re: x", RITA.address)
    generous = replace(HABITS, per_day=20)
    found = [
        *said(replace(READY, stale=(stale,)), at("14:00"), habits=generous, sign_in=("work",)),
        *said(plan(held(at("10:00"))), at("10:30"), habits=generous),
        *said(plan(held(at("11:00", day=25))), at("20:00"), habits=generous),
    ]
    assert len(found) == 6
    for notice in found:
        assert not [word for word in PRIVATE_WORDS if word in notice.text.casefold()]


def test_every_kind_of_letter_can_be_told() -> None:
    for kind in Kind:
        found = said(plan(acme(interviews=()), decisions=(letter(None, Standing.DRAFT_READY, kind=kind),)), at("14:00"))
        assert texts(found) == ["A draft waits for you in Drafts: mailwatch status"]
