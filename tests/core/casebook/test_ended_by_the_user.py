"""What the user's own words end: a meeting called off before it, an offer declined or accepted."""

from __future__ import annotations

import pytest

from mailwatch.core.casebook import assemble
from mailwatch.core.model import (
    Application,
    ApplicationState,
    Evidence,
    InterviewState,
    MeetingState,
    MessageId,
    MessageKind,
    ReplyKind,
)
from mailwatch.core.reading.sent import YES
from tests.core import builders as b

SLOT = "2026-09-08 10:00"


def only(*items) -> Application:
    found = assemble(b.facts(*items), b.LEXICON).applications
    assert len(found) == 1
    return found[0]


def invited(slot: str = SLOT, uid: str = "u1", **more):
    return b.mail(b.RITA, "2026-09-01 09:00", b.meeting(slot, uid=uid, organizer=b.RITA), **more)


def says_no(answers, when: str = "2026-09-07 21:00", *meetings):
    return b.sent(b.RITA, when, *meetings, kind=MessageKind.DECLINE_SENT, answers=answers)


@pytest.mark.scenario("D20")
def test_a_no_before_the_interview_calls_it_off_though_the_calendar_goes_on_showing_it() -> None:
    invite = invited()
    again = b.mail(b.RITA, "2026-09-07 22:00", kind=MessageKind.OTHER, answers=invite)
    found = only(invite, says_no(invite), again, b.event(SLOT, uid="u1", seen="2026-09-07 23:00"))
    assert [item.state for item in found.interviews] == [InterviewState.DECLINED]


@pytest.mark.scenario("D20")
def test_a_no_that_names_another_time_or_comes_afterwards_calls_nothing_off() -> None:
    invite = invited()
    other = b.meeting("2026-09-10 10:00", state=MeetingState.PROPOSED)
    for no in (says_no(invite, "2026-09-07 21:00", other), says_no(invite, "2026-09-08 12:00")):
        assert InterviewState.DECLINED not in {item.state for item in only(invite, no).interviews}


@pytest.mark.scenario("D20")
def test_a_no_that_could_mean_either_of_two_days_calls_nothing_off() -> None:
    invite = invited()
    second = b.mail(
        b.RITA, "2026-09-02 09:00", b.meeting("2026-09-10 10:00", uid="u2", organizer=b.RITA), answers=invite
    )
    found = only(invite, second, says_no(second, "2026-09-03 09:00"))
    assert {item.state for item in found.interviews} == {InterviewState.SCHEDULED}


@pytest.mark.scenario("R7", "F9")
def test_a_no_after_an_offer_leaves_the_process_and_a_friendly_word_does_not_bring_it_back() -> None:
    invite = invited()
    offer = b.reply(b.RITA, "2026-09-14 10:00", ReplyKind.OFFER, answers=invite)
    friendly = b.reply(b.RITA, "2026-09-16 10:00", ReplyKind.TIMELINE_UPDATE, answers=offer)
    assert only(invite, offer, says_no(offer, "2026-09-15 10:00"), friendly).state is ApplicationState.WITHDRAWN
    assert only(invite, says_no(invite, "2026-09-15 10:00")).state is ApplicationState.OPEN


@pytest.mark.scenario("R7", "F8")
def test_a_plain_yes_accepts_only_behind_an_offer() -> None:
    invite = invited()
    offer = b.reply(b.RITA, "2026-09-14 10:00", ReplyKind.OFFER, answers=invite)
    refusal = b.reply(b.RITA, "2026-09-14 12:00", ReplyKind.REJECTION, answers=invite)

    def state(*before) -> ApplicationState:
        yes = b.sent(b.RITA, "2026-09-15 10:00", answers=before[-1])
        said = Evidence(MessageId(yes.envelope.id), YES, "I'm in!")
        return only(*before, b.with_evidence(yes, said)).state

    assert state(invite, offer) is ApplicationState.ACCEPTED
    assert state(invite) is ApplicationState.OPEN
    assert state(invite, offer, refusal) is ApplicationState.REJECTED
