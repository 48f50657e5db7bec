"""Which mail belongs to which application, and where that stands."""

from __future__ import annotations

from datetime import date

import pytest

from mailwatch.core.casebook import assemble
from mailwatch.core.casebook.names import most_weight
from mailwatch.core.ids import mail_id
from mailwatch.core.model import (
    Application,
    ApplicationState,
    Automation,
    Debrief,
    Direction,
    InterviewState,
    MarkKind,
    MeetingState,
    MessageKind,
    Named,
    ReplyKind,
    SpecialUse,
    ZoneState,
)
from tests.core import builders as b

SLOT = "2026-09-08 10:00"
ROBOT = "Acme <noreply@greenhouse-mail.test>"


def book(*items, me=b.ME):
    return assemble(b.facts(*items, me=me), b.LEXICON)


def applications(*items) -> tuple[Application, ...]:
    return book(*items).applications


def only(*items) -> Application:
    found = applications(*items)
    assert len(found) == 1, [(one.company, one.role) for one in found]
    return found[0]


def invitation(sender=b.RITA, when="2026-09-01 09:00", start=SLOT, uid="u1", **more):
    return b.mail(sender, when, b.meeting(start, uid=uid, organizer=sender), **more)


def test_an_empty_mailbox_has_no_applications() -> None:
    assert applications() == ()


@pytest.mark.scenario("R9")
def test_a_reply_is_matched_by_thread_person_domain_or_relay() -> None:
    invite = invitation(company="Acme", role="Data Analyst")
    for sender, more in (
        ("Rita Ek <rita.private@gmail.com>", {"answers": invite}),
        (b.RITA, {}),
        ("People <people@acme.example>", {}),
        (ROBOT, {"company": "Acme"}),
    ):
        no = b.reply(sender, "2026-09-15 09:00", ReplyKind.REJECTION, **more)
        assert only(invite, no).state is ApplicationState.REJECTED


@pytest.mark.scenario("R9")
def test_a_firm_with_a_similar_name_is_another_firm() -> None:
    meta = invitation("Rita Ek <rita@meta.example>", company="Meta")
    other = b.reply(ROBOT, "2026-09-15 09:00", ReplyKind.REJECTION, company="Metaverse Inc")
    assert {one.company: one.state for one in applications(meta, other)} == {
        "Meta": ApplicationState.OPEN, "Metaverse Inc": ApplicationState.REJECTED,
    }  # fmt: skip


def test_two_firms_that_use_one_tool_are_two_applications() -> None:
    one = b.mail(ROBOT, "2026-09-01 09:00", b.meeting(SLOT, uid="u1"), company="Acme")
    two = b.mail(
        "Globex <noreply@greenhouse-mail.test>",
        "2026-09-01 09:00",
        b.meeting("2026-09-09 10:00", uid="u2"),
        company="Globex",
    )
    assert [each.company for each in applications(one, two)] == ["Acme", "Globex"]


def test_recruiters_with_free_mail_are_told_apart_by_address() -> None:
    one = invitation("Rita Ek <rita@gmail.com>")
    two = invitation("Bo Lind <bo@gmail.com>", start="2026-09-09 10:00", uid="u2")
    assert len(applications(one, two)) == 2


def test_mail_without_any_tie_is_left_out() -> None:
    friend = b.mail(
        "Max <max@friends.example>", "2026-09-02 09:00", direction=Direction.UNKNOWN, kind=MessageKind.OTHER
    )
    assert friend.envelope.id not in only(invitation(), friend).messages


def test_list_mail_is_no_part_of_a_process() -> None:
    listed = b.mail(
        b.RITA,
        "2026-09-02 09:00",
        direction=Direction.UNKNOWN,
        kind=MessageKind.OTHER,
        automation=Automation(list_id="acme-news.acme.example"),
    )
    assert listed.envelope.id not in only(invitation(), listed).messages


@pytest.mark.scenario("D15")
def test_two_roles_at_one_firm_are_two_applications_and_a_refusal_ends_one() -> None:
    one = invitation(b.RITA, role="Exhibits Manager")
    two = invitation(b.BO, start="2026-09-10 10:00", uid="u2", role="Membership Programs Lead")
    no = b.reply("People <people@acme.example>", "2026-09-20 09:00", ReplyKind.REJECTION, role="Exhibits Manager")
    states = {each.role: each.state for each in applications(one, two, no)}
    assert states == {"Exhibits Manager": ApplicationState.REJECTED, "Membership Programs Lead": ApplicationState.OPEN}


@pytest.mark.scenario("D15")
def test_what_could_belong_to_either_role_goes_to_the_user() -> None:
    one = invitation(b.RITA, role="Exhibits Manager")
    two = invitation(b.BO, start="2026-09-10 10:00", uid="u2", role="Membership Programs Lead")
    no = b.reply("People <people@acme.example>", "2026-09-20 09:00", ReplyKind.REJECTION)
    casebook = book(one, two, no)
    assert {each.state for each in casebook.applications} == {ApplicationState.OPEN}
    assert [[reply.message for reply in each.unplaced] for each in casebook.applications] == [[no.envelope.id]] * 2
    (question,) = casebook.questions
    first, second = casebook.applications
    assert f"acme – Exhibits Manager ({first.id}) or acme – Membership Programs Lead ({second.id})" in question.text
    assert "which reads as a refusal" in question.text
    assert question.command == f"mailwatch link {mail_id(no.envelope.id)} {first.id}"
    said = b.mark(MarkKind.REJECTED, one.envelope.id, when="2026-09-21 09:00")
    settled = book(one, two, no, said)
    assert [each.state for each in settled.applications] == [ApplicationState.REJECTED, ApplicationState.OPEN]
    assert [each.unplaced for each in settled.applications] == [(), ()]
    assert settled.questions == ()
    earlier = b.mark(MarkKind.REJECTED, one.envelope.id, when="2026-09-19 09:00")
    assert len(book(one, two, no, earlier).questions) == 1
    chatter = b.mail(
        "People <people@acme.example>", "2026-09-20 09:00", kind=MessageKind.OTHER, direction=Direction.UNKNOWN
    )
    assert book(one, two, chatter).questions == ()


@pytest.mark.scenario("D15")
def test_a_reference_made_of_a_roles_initials_names_it() -> None:
    one = invitation(b.RITA, role="Clinical Data Manager")
    two = invitation(b.BO, start="2026-09-10 10:00", uid="u2", role="Research Governance Officer")
    no = b.reply("People <people@acme.example>", "2026-09-20 09:00", ReplyKind.REJECTION, subject="214-CDM")
    states = {each.role: each.state for each in applications(one, two, no)}
    assert states == {
        "Clinical Data Manager": ApplicationState.REJECTED,
        "Research Governance Officer": ApplicationState.OPEN,
    }


@pytest.mark.scenario("D15")
def test_a_calendar_entry_that_may_belong_to_either_role_is_put_to_the_user() -> None:
    one = invitation(b.RITA, role="Exhibits Manager")
    two = invitation(b.BO, start="2026-09-10 10:00", uid="u2", role="Membership Programs Lead")
    entry = b.event("2026-09-24 10:00", uid="u3", organizer="People <people@acme.example>", title="Interview at Acme")
    casebook = book(one, two, entry)
    (question,) = casebook.questions
    assert question.text.startswith("A calendar entry could be about")
    assert question.command == f"mailwatch link {mail_id('u3')} {casebook.applications[0].id}"


@pytest.mark.scenario("D15")
def test_mail_without_a_role_goes_with_its_people_or_its_hour() -> None:
    one = invitation(b.RITA, role="Exhibits Manager")
    two = invitation(b.BO, start="2026-09-10 10:00", uid="u2", role="Membership Programs Lead")
    word = b.reply(b.BO, "2026-09-12 09:00", ReplyKind.TIMELINE_UPDATE)
    by_hour = b.event("2026-09-08 10:00", title="Interview", organizer="Ana Ruiz <ana@acme.example>", uid="u9")
    found = {each.role: each for each in applications(one, two, word, by_hour)}
    assert [reply.kind for reply in found["Membership Programs Lead"].replies] == [ReplyKind.TIMELINE_UPDATE]
    assert "u9" in found["Exhibits Manager"].interviews[0].anchors


def test_spellings_of_one_role_are_one_application() -> None:
    first = invitation(b.RITA, role="Senior Data Analyst")
    second = invitation(b.BO, start="2026-09-15 10:00", uid="u2", role="Data Analyst (m/f/d)")
    assert len(only(first, second).interviews) == 2


def test_an_unsure_role_splits_nothing() -> None:
    first = invitation(b.RITA, role="Data Analyst")
    second = invitation(b.BO, start="2026-09-15 10:00", uid="u2", role="Technical Conversation", role_confidence=0.4)
    assert len(only(first, second).interviews) == 2


@pytest.mark.scenario("D16")
def test_an_agency_recruiter_keeps_the_process() -> None:
    agent = "Bea Colin <bea@talent.example>"
    hello = b.mail(agent, "2026-08-20 09:00", kind=MessageKind.INTERVIEW_REQUEST, agency=True, role="Planner")
    meeting = b.meeting(SLOT, uid="u1", organizer=agent, people=["Joris Maes <joris@schelde.example>"])
    booked = b.mail(agent, "2026-09-01 09:00", meeting, agency=True, company="Schelde", answers=hello)
    word = b.reply(agent, "2026-09-10 09:00", ReplyKind.TIMELINE_UPDATE, agency=True, promise=b.promise("2026-09-18"))
    found = only(hello, booked, word)
    assert (found.agency, found.company, found.contact.address) == (True, "Schelde", "bea@talent.example")
    assert [person.name for person in found.interviews[0].people] == ["Joris Maes"]
    assert found.decision.by_whom == "bea@talent.example"


@pytest.mark.scenario("D16")
def test_one_agency_with_two_clients_has_two_processes() -> None:
    agent = "Bea Colin <bea@talent.example>"
    one = b.mail(agent, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=agent), agency=True, company="Schelde")
    two = b.mail(
        agent,
        "2026-09-02 09:00",
        b.meeting("2026-09-10 10:00", uid="u2", organizer=agent),
        agency=True,
        company="Maas Port",
    )
    assert sorted(each.company for each in applications(one, two)) == ["Maas Port", "Schelde"]


@pytest.mark.scenario("D16")
def test_two_recruiters_of_one_agency_are_two_processes() -> None:
    one = b.mail("Bea Colin <bea@talent.example>", "2026-09-01 09:00", b.meeting(SLOT, uid="u1"), agency=True)
    two = b.mail(
        "Tom Lens <tom@talent.example>", "2026-09-02 09:00", b.meeting("2026-09-10 10:00", uid="u2"), agency=True
    )
    assert len(applications(one, two)) == 2


def test_the_firm_is_named_by_weight_and_never_left_to_the_last_word() -> None:
    invite = invitation(company="Acme")
    odd = b.reply(b.RITA, "2026-09-10 09:00", ReplyKind.NEUTRAL, companies=(Named("Friday Team", "body", 0.3),))
    assert only(invite, odd).company == "Acme"


def test_without_any_name_the_domain_speaks() -> None:
    assert only(invitation()).company == "acme"
    assert only(invitation("Rita Ek <rita@gmail.com>")).company == ""


@pytest.mark.scenario("R3", "R5", "R7", "R11", "R18")
@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ([ReplyKind.REJECTION], ApplicationState.REJECTED),
        ([ReplyKind.TIMELINE_UPDATE, ReplyKind.REJECTION], ApplicationState.REJECTED),
        ([ReplyKind.REJECTION, ReplyKind.NEXT_ROUND], ApplicationState.OPEN),
        ([ReplyKind.REJECTION, ReplyKind.NEUTRAL], ApplicationState.REJECTED),
        ([ReplyKind.OFFER], ApplicationState.OFFERED),
        ([ReplyKind.NEUTRAL], ApplicationState.OPEN),
        ([ReplyKind.NEEDS_INFO], ApplicationState.OPEN),
    ],
)
def test_the_newest_substantive_message_decides(kinds: list[ReplyKind], state: ApplicationState) -> None:
    answers = [b.reply(b.RITA, f"2026-09-{15 + day} 09:00", kind) for day, kind in enumerate(kinds)]
    assert only(invitation(), *answers).state is state


@pytest.mark.scenario("R11")
def test_a_frozen_process_is_on_hold() -> None:
    frozen = b.reply(b.RITA, "2026-09-15 09:00", ReplyKind.TIMELINE_UPDATE, promise=b.promise(None, on_hold=True))
    assert only(invitation(), frozen).state is ApplicationState.ON_HOLD


@pytest.mark.scenario("R2", "R12")
def test_robots_that_answer_are_no_reply() -> None:
    away = b.reply(
        b.RITA,
        "2026-09-15 09:00",
        ReplyKind.TIMELINE_UPDATE,
        automation=Automation(auto_reply=True),
        away_until=date(2026, 9, 21),
    )
    bare = b.reply(b.RITA, "2026-09-15 10:00", ReplyKind.TIMELINE_UPDATE, kind=MessageKind.AUTO_REPLY)
    bounce = b.reply(b.RITA, "2026-09-15 11:00", ReplyKind.REJECTION, automation=Automation(bounce=True))
    found = only(invitation(), away, bare, bounce)
    assert (found.replies, found.state) == ((), ApplicationState.OPEN)
    assert found.away == (("rita@acme.example", date(2026, 9, 21)),)


@pytest.mark.scenario("F7")
def test_who_has_left_is_unreachable_and_the_stand_in_is_known() -> None:
    gone = b.mail(
        b.RITA,
        "2026-09-15 09:00",
        kind=MessageKind.AUTO_REPLY,
        automation=Automation(auto_reply=True),
        gone=True,
        people=(b.mention("Brianna Cho <bri@acme.example>", "body", b.PersonPart.CONTACT),),
    )
    found = only(invitation(), gone)
    assert found.unreachable == frozenset({"rita@acme.example"})
    assert found.contact.address == "bri@acme.example"


@pytest.mark.scenario("R19")
def test_an_address_that_bounced_is_unreachable() -> None:
    invite = invitation()
    mine = b.thanks(b.RITA, "2026-09-08 20:00", answers=invite)
    bounce = b.mail(
        "Mail Delivery <mailerdaemon@mail.example>",
        "2026-09-08 20:01",
        kind=MessageKind.OTHER,
        direction=Direction.UNKNOWN,
        automation=Automation(bounce=True),
        answers=mine,
        people=(b.mention(b.RITA, "bounce"),),
    )
    assert only(invite, mine, bounce).unreachable == frozenset({"rita@acme.example"})


@pytest.mark.scenario("R6", "R10", "R7")
@pytest.mark.parametrize(
    ("kind", "more", "words"),
    [
        (ReplyKind.NEEDS_INFO, {"asked_for": "references"}, "references"),
        (ReplyKind.NEEDS_INFO, {}, "ask you for something"),
        (ReplyKind.NEXT_ROUND, {}, "meet you again"),
        (ReplyKind.OFFER, {}, "offer"),
    ],
)
def test_a_question_of_theirs_is_the_users_turn_until_answered(kind, more, words) -> None:
    asked = b.reply(b.RITA, "2026-09-15 09:00", kind, **more)
    assert words in only(invitation(), asked).your_turn
    answer = b.sent(b.RITA, "2026-09-16 09:00", answers=asked)
    assert only(invitation(), asked, answer).your_turn == ""


@pytest.mark.parametrize("kind", [MessageKind.INTERVIEW_CONFIRMED, MessageKind.INTERVIEW_CANCELLED])
def test_a_mail_that_settles_or_cancels_a_meeting_asks_for_nothing(kind) -> None:
    warm = b.reply(b.RITA, "2026-09-15 09:00", ReplyKind.NEXT_ROUND, kind=kind)
    assert only(invitation(), warm).your_turn == ""


def test_a_firm_is_called_as_it_writes_itself_not_as_its_domain_does() -> None:
    votes = [("orrinvale", "Orrin & Vale", 0.6), *[("orrinvale", "Orrinvale", 0.3)] * 5, ("zoom", "Zoom", 0.9)]
    assert most_weight(votes) == "Orrin & Vale"
    assert most_weight([]) == ""


def test_a_proposed_time_is_the_users_turn_until_it_is_settled() -> None:
    ask = b.mail(
        b.RITA, "2026-09-01 09:00", b.meeting(SLOT, state=MeetingState.PROPOSED), kind=MessageKind.INTERVIEW_REQUEST
    )
    assert "propose a time" in only(ask).your_turn
    booked = invitation(when="2026-09-02 09:00")
    assert only(ask, booked).your_turn == ""


@pytest.mark.scenario("R6")
def test_an_invitation_to_the_next_round_settles_the_users_turn() -> None:
    asked = b.reply(b.RITA, "2026-09-15 09:00", ReplyKind.NEXT_ROUND)
    booked = invitation(when="2026-09-16 09:00", start="2026-09-20 10:00", uid="u2")
    assert only(invitation(), asked, booked).your_turn == ""


def test_a_refusal_ends_the_users_turn() -> None:
    asked = b.reply(b.RITA, "2026-09-15 09:00", ReplyKind.NEEDS_INFO)
    no = b.reply(b.RITA, "2026-09-16 09:00", ReplyKind.REJECTION)
    later = b.reply(b.RITA, "2026-09-16 09:00", ReplyKind.TIMELINE_UPDATE)
    assert only(invitation(), asked, no).your_turn == ""
    assert only(invitation(), asked, later).your_turn == ""


@pytest.mark.scenario("F8", "F9")
def test_the_users_own_acceptance_or_withdrawal_is_the_last_word() -> None:
    offer = b.reply(b.RITA, "2026-09-15 09:00", ReplyKind.OFFER, offer_deadline=date(2026, 9, 20))
    yes = b.sent(b.RITA, "2026-09-16 09:00", accepts_offer=True, answers=offer)
    found = only(invitation(), offer, yes)
    assert (found.state, found.offer_deadline) == (ApplicationState.ACCEPTED, date(2026, 9, 20))
    out = b.sent(b.RITA, "2026-09-16 09:00", withdraws=True, answers=offer)
    assert only(invitation(), offer, out).state is ApplicationState.WITHDRAWN


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (MarkKind.REJECTED, ApplicationState.REJECTED),
        (MarkKind.OFFER, ApplicationState.OFFERED),
        (MarkKind.ACCEPTED, ApplicationState.ACCEPTED),
        (MarkKind.WITHDREW, ApplicationState.WITHDRAWN),
        (MarkKind.CLOSED, ApplicationState.CLOSED),
    ],
)
def test_the_users_marks_win(kind: MarkKind, state: ApplicationState) -> None:
    mail = b.reply(b.RITA, "2026-09-15 09:00", ReplyKind.NEXT_ROUND)
    assert only(invitation(), mail, b.mark(kind, "u1")).state is state


def test_a_mark_whose_evidence_ended_up_in_two_places_asks_and_decides_nothing() -> None:
    one = invitation(ident="<one@x>", company="Acme")
    two = invitation(
        "Bo Lind <bo@globex.example>", uid="u2", ident="<two@x>", company="Globex", start="2026-09-09 10:00"
    )
    casebook = book(one, two, b.mark(MarkKind.REJECTED, "<one@x>", "<two@x>"))
    assert {each.state for each in casebook.applications} == {ApplicationState.OPEN}
    first, second = casebook.applications
    (text,) = [each.text for each in casebook.questions if each.command == f"mailwatch mark {first.id} rejected"]
    assert f"Acme ({first.id}) or Globex ({second.id})" in text


def test_a_mark_about_one_of_two_rounds_leaves_the_other() -> None:
    one = invitation(ident="<one@x>")
    two = invitation(uid="u2", ident="<two@x>", start="2026-09-15 10:00")
    found = only(one, two, b.mark(MarkKind.DID_NOT_HAPPEN, "<one@x>", "u1"))
    assert [item.state for item in found.interviews] == [InterviewState.DID_NOT_HAPPEN, InterviewState.SCHEDULED]


@pytest.mark.scenario("R4")
def test_a_promise_is_kept_with_who_made_it() -> None:
    word = b.reply(b.KIT, "2026-09-09 09:00", ReplyKind.TIMELINE_UPDATE, promise=b.promise("2026-09-18"))
    found = only(invitation(), word).decision
    assert (found.by, found.by_whom, found.source) == (date(2026, 9, 18), "kit@acme.example", word.envelope.id)


@pytest.mark.scenario("R14")
def test_the_latest_promise_is_in_force_and_both_are_kept() -> None:
    first = b.reply(b.KIT, "2026-09-09 09:00", ReplyKind.TIMELINE_UPDATE, promise=b.promise("2026-09-18"))
    second = b.reply(b.KIT, "2026-09-18 09:00", ReplyKind.TIMELINE_UPDATE, promise=b.promise("2026-10-02"))
    found = only(invitation(), first, second)
    assert found.decision.by == date(2026, 10, 2)
    assert len(found.promises) == 2


@pytest.mark.scenario("R5")
def test_a_delay_without_a_date_replaces_a_past_promise_but_not_a_future_one() -> None:
    first = b.reply(b.KIT, "2026-09-09 09:00", ReplyKind.TIMELINE_UPDATE, promise=b.promise("2026-09-18"))
    early = b.reply(b.KIT, "2026-09-10 09:00", ReplyKind.TIMELINE_UPDATE, promise=b.promise(None))
    late = b.reply(b.KIT, "2026-09-21 09:00", ReplyKind.TIMELINE_UPDATE, promise=b.promise(None))
    assert only(invitation(), first, early).decision.by == date(2026, 9, 18)
    assert only(invitation(), first, late).decision.by is None


def test_a_promise_in_the_invitation_counts() -> None:
    assert only(invitation(promise=b.promise("2026-09-18"))).decision.by == date(2026, 9, 18)


def test_a_promise_about_a_date_before_the_interview_or_of_an_earlier_round_is_spent() -> None:
    assert only(invitation(promise=b.promise("2026-09-04"))).decision is None
    assert only(invitation(promise=b.promise("2026-09-08"))).decision is None
    word = b.reply(b.KIT, "2026-09-09 09:00", ReplyKind.TIMELINE_UPDATE, promise=b.promise("2026-10-30"))
    again = invitation(when="2026-09-12 09:00", start="2026-09-20 10:00", uid="u2")
    assert only(invitation(), word, again).decision is None


def test_a_promise_is_settled_by_a_refusal() -> None:
    word = b.reply(b.KIT, "2026-09-09 09:00", ReplyKind.TIMELINE_UPDATE, promise=b.promise("2026-10-30"))
    no = b.reply(b.KIT, "2026-09-19 09:00", ReplyKind.REJECTION)
    assert only(invitation(), word, no).decision is None


@pytest.mark.scenario("R15")
@pytest.mark.parametrize(
    ("more", "by"),
    [
        ({"business_days": 5}, date(2026, 9, 15)),
        ({"days": 14}, date(2026, 9, 22)),
        ({}, date(2026, 9, 30)),
    ],
)
def test_a_promise_relative_to_the_interview_counts_from_it(more: dict[str, int], by: date) -> None:
    promised = b.promise("2026-09-30", after_interview=True, **more)
    assert only(invitation(promise=promised)).decision.by == by


def test_a_promise_relative_to_an_interview_that_is_not_there_keeps_its_date() -> None:
    ask = b.mail(
        b.RITA,
        "2026-09-01 09:00",
        kind=MessageKind.INTERVIEW_REQUEST,
        promise=b.promise("2026-09-30", after_interview=True, days=3),
    )
    assert only(ask).decision.by == date(2026, 9, 30)


@pytest.mark.scenario("R17", "D32")
def test_promises_by_robots_that_answer_or_by_forgers_are_none() -> None:
    away = b.mail(
        b.KIT,
        "2026-09-09 09:00",
        automation=Automation(auto_reply=True),
        kind=MessageKind.AUTO_REPLY,
        promise=b.promise("2026-09-18"),
    )
    forged = b.mail(
        b.KIT, "2026-09-09 10:00", promise=b.promise("2026-09-19"), suspicions=(b.Evidence("<m>", "suspicion.dmarc"),)
    )
    assert only(invitation(), away, forged).decision is None


@pytest.mark.scenario("R13")
def test_a_date_in_the_debrief_counts_like_a_mail() -> None:
    word = b.reply(b.KIT, "2026-09-09 09:00", ReplyKind.TIMELINE_UPDATE, promise=b.promise("2026-09-18"))
    debrief = Debrief(
        frozenset({"u1"}), b.at("2026-09-10 09:00"), decide_by=date(2026, 9, 25), decide_words="end of next week"
    )
    found = only(invitation(), word, debrief).decision
    assert (found.by, found.words, found.by_whom) == (date(2026, 9, 25), "end of next week", None)


@pytest.mark.scenario("R20")
def test_junk_of_a_known_firm_is_only_counted() -> None:
    junk = b.reply(b.KIT, "2026-09-15 09:00", ReplyKind.REJECTION, place=SpecialUse.JUNK)
    forged = b.reply(
        b.KIT,
        "2026-09-15 09:00",
        ReplyKind.REJECTION,
        place=SpecialUse.JUNK,
        suspicions=(b.Evidence("<m>", "suspicion.dmarc"),),
    )
    found = only(invitation(), junk, forged)
    assert (found.junk, found.state, found.replies) == (1, ApplicationState.OPEN, ())


@pytest.mark.scenario("R22")
def test_an_unreadable_mail_of_a_contact_is_put_to_the_user() -> None:
    broken = b.mail(b.RITA, "2026-09-15 09:00", unreadable="encrypted")
    stranger = b.mail("Max <max@friends.example>", "2026-09-15 09:00", unreadable="encrypted")
    (question,) = book(invitation(company="Acme"), broken, stranger).questions
    assert "Acme" in question.text
    assert "encrypted" in question.text
    assert question.command == "mailwatch retry"


def test_a_possible_interview_is_put_to_the_user() -> None:
    applied = b.mail("Acme <jobs@acme.example>", "2026-08-20 09:00", kind=MessageKind.APPLICATION_ACK, company="Acme")
    casebook = book(applied, b.event(SLOT, title="Jordan + Rita", organizer=b.RITA))
    (question,) = casebook.questions
    assert question.command == f"mailwatch confirm {casebook.applications[0].interviews[0].id}"


def test_contacts_are_ordered_by_who_wrote_last() -> None:
    invite = invitation(b.KIT)
    word = b.reply(b.RITA, "2026-09-10 09:00", ReplyKind.NEUTRAL, answers=invite)
    found = only(invite, word)
    assert [person.address for person in found.contacts] == ["rita@acme.example", "kit@acme.example"]
    assert found.contact.address == "rita@acme.example"
    assert dict(found.last_messages) == {"kit@acme.example": invite.envelope.id, "rita@acme.example": word.envelope.id}


def test_an_organizer_whom_only_a_robot_names_is_a_contact() -> None:
    booked = b.mail(
        ROBOT, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.KIT, people=[b.RITA]), company="Acme"
    )
    assert only(booked).contact.address == "kit@acme.example"


@pytest.mark.scenario("D26", "S8")
def test_drafts_belong_to_the_account_that_received_the_mail() -> None:
    assert only(invitation(account="jr@alias.example")).account == "jr@alias.example"
    assert only(b.event(SLOT)).account is None


@pytest.mark.scenario("D31")
def test_the_language_is_the_threads() -> None:
    invite = invitation(language="en")
    word = b.reply(b.RITA, "2026-09-10 09:00", ReplyKind.NEUTRAL, language="de")
    assert only(invite, word).language == "de"
    assert (
        only(b.mail(ROBOT, "2026-09-01 09:00", b.meeting(SLOT, uid="u1"), company="Acme", language="fr")).language
        == "fr"
    )
    assert (
        only(
            b.mail(ROBOT, "2026-09-01 09:00", kind=MessageKind.APPLICATION_ACK, company="Acme", language="fr")
        ).language
        == "fr"
    )


def test_ids_stay_when_more_is_learnt() -> None:
    invite = invitation(ident="<invite@x>")
    more = b.reply(b.RITA, "2026-09-10 09:00", ReplyKind.NEUTRAL)
    before, after = only(invite), only(invite, more)
    assert (before.id, before.interviews[0].id) == (after.id, after.interviews[0].id)


def test_a_mail_in_the_users_name_that_is_not_in_sent_proves_nothing() -> None:
    forged = b.mail("Jordan Reyes <jordan@mail.example>", "2026-09-09 09:00", withdraws=True, to=[b.RITA])
    found = only(invitation(), forged)
    assert (found.state, found.sent) == (ApplicationState.OPEN, ())


def test_a_sent_mail_is_kept_with_what_it_says() -> None:
    invite = invitation()
    asked = b.sent([b.RITA, b.BO], "2026-09-20 09:00", follow_up=True, kind=MessageKind.FOLLOW_UP_SENT, answers=invite)
    (found,) = only(invite, asked).sent
    assert (found.follow_up, found.thanks) == (True, False)
    assert found.to == frozenset({"rita@acme.example", "bo@acme.example"})
    (thanked,) = only(invite, b.thanks(b.RITA, "2026-09-08 20:00")).sent
    assert (thanked.thanks, thanked.unsure) == (True, False)


@pytest.mark.scenario("D15", "D4")
def test_two_names_of_one_job_at_the_same_hour_are_one_application() -> None:
    one = invitation(b.RITA, role="Exhibits Manager")
    two = b.mail(ROBOT, "2026-09-01 09:05", b.meeting(SLOT, uid="u2"), company="acme", role="Museum Planner")
    assert len(only(one, two).interviews) == 1


def test_a_promise_passed_on_by_a_robot_belongs_to_whom_it_answers_to() -> None:
    word = b.mail(
        ROBOT,
        "2026-09-09 09:00",
        kind=MessageKind.TIMELINE_UPDATE,
        reply=ReplyKind.TIMELINE_UPDATE,
        reply_to=[b.RITA],
        promise=b.promise("2026-09-18"),
    )
    assert only(invitation(), word).decision.by_whom == "rita@acme.example"


def test_a_first_reply_through_a_robot_has_the_person_it_answers_to() -> None:
    word = b.reply("Acme <noreply@acme.example>", "2026-09-09 09:00", ReplyKind.TIMELINE_UPDATE, reply_to=[b.RITA])
    (found,) = only(invitation(), word).replies
    assert found.sender.address == "rita@acme.example"


@pytest.mark.scenario("F14")
def test_the_day_of_an_interview_is_the_users_own() -> None:
    me = b.Me("Jordan Reyes", b.ME.primary, b.ME.addresses, zone="Pacific/Auckland")
    evening = invitation(start="2026-09-08 10:00")  # 10 pm in Auckland
    night = invitation(b.BO, start="2026-09-08 13:00", uid="u2")  # 1 am of the next day there
    assert [len(each.interviews) for each in book(evening, night, me=me).applications] == [2]
    assert [len(each.interviews) for each in book(evening, night).applications] == [1]


@pytest.mark.scenario("D16")
def test_a_go_between_is_known_by_the_firms_it_brings_together() -> None:
    agent = "Tine Wouters <tine@search.example>"
    one = b.mail(
        agent,
        "2026-09-01 09:00",
        b.meeting(SLOT, uid="u1", organizer=agent, people=["Koen Baert <koen@dender.example>"]),
    )
    two = b.mail(
        agent,
        "2026-09-02 09:00",
        b.meeting("2026-09-10 10:00", uid="u2", organizer=agent, people=["Liv Maas <liv@hageland.example>"]),
    )
    no = b.reply(agent, "2026-09-20 09:00", ReplyKind.REJECTION, companies=(Named("Hageland Steel", "subject", 0.4),))
    found = {each.interviews[0].people[0].name: each for each in applications(one, two, no)}
    assert {name: each.state for name, each in found.items()} == {
        "Koen Baert": ApplicationState.OPEN,
        "Liv Maas": ApplicationState.REJECTED,
    }
    assert all(each.agency and each.contact.address == "tine@search.example" for each in found.values())


@pytest.mark.scenario("D16")
def test_an_organizer_from_a_sister_domain_is_no_go_between() -> None:
    sister = "Kit Moran <kit@acmegroup.example>"
    found = only(b.mail(sister, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=sister, people=[b.RITA])))
    assert not found.agency


@pytest.mark.scenario("D15")
def test_a_refusal_for_a_third_job_touches_neither_of_two() -> None:
    one = invitation(b.RITA, role="Exhibits Manager")
    two = invitation(b.BO, start="2026-09-10 10:00", uid="u2", role="Membership Programs Lead")
    no = b.reply("People <people@acme.example>", "2026-09-20 09:00", ReplyKind.REJECTION, role="Night Guard")
    states = {each.role: each.state for each in applications(one, two, no)}
    assert states.pop("Night Guard") is ApplicationState.REJECTED
    assert set(states.values()) == {ApplicationState.OPEN}


@pytest.mark.scenario("D15")
def test_a_job_named_only_in_the_subject_tells_which_of_two() -> None:
    one = invitation(b.RITA, role="Exhibits Manager")
    two = invitation(b.BO, start="2026-09-10 10:00", uid="u2", role="Membership Programs Lead")
    no = b.reply(
        "People <people@acme.example>", "2026-09-20 09:00", ReplyKind.REJECTION, subject="Exhibits Manager at Acme"
    )
    states = {each.role: each.state for each in applications(one, two, no)}
    assert states == {"Exhibits Manager": ApplicationState.REJECTED, "Membership Programs Lead": ApplicationState.OPEN}


@pytest.mark.scenario("D21", "T8")
def test_a_colleague_in_copy_is_a_seen_address() -> None:
    invite = b.mail(
        b.KIT,
        "2026-09-01 09:00",
        b.meeting(SLOT, uid="u1", organizer=b.KIT, people=[b.named_interviewer("Ana Ruiz")]),
        cc=[b.ANA, "Max <max@friends.example>"],
    )
    found = only(invite)
    assert [one.address for one in found.interviews[0].people] == ["ana@acme.example"]


@pytest.mark.scenario("D16")
def test_the_employer_is_where_the_interviewers_are() -> None:
    agent = "Luca Ferri <luca@ferri.example>"
    meeting = b.meeting(SLOT, uid="u1", organizer=agent, people=["Barbara Hess <barbara@thurkeramik.example>"])
    hello = b.mail(agent, "2026-08-20 09:00", kind=MessageKind.INTERVIEW_REQUEST, company="Ferri")
    again = b.mail(agent, "2026-08-21 09:00", kind=MessageKind.INTERVIEW_REQUEST, company="Ferri", answers=hello)
    named = b.mail(
        agent, "2026-09-01 09:00", meeting, companies=(Named("Thur Keramik", "subject", 0.6),), answers=again
    )
    assert only(hello, again, named).company == "Thur Keramik"
    unnamed = b.mail(agent, "2026-09-01 09:00", meeting, answers=again)
    assert only(hello, again, unnamed).company == "Ferri"


@pytest.mark.parametrize(
    "guest",
    ["Bo <bo@acmeindustries-group.example>", "Bo <bo@acmeindustires.example>", "Bo <bo@acmeindustries.mail.example>"],
)
def test_a_sister_domain_or_a_typing_error_makes_no_go_between(guest: str) -> None:
    host = "Rita Ek <rita@acmeindustries.example>"
    invite = b.mail(
        host,
        "2026-09-01 09:00",
        b.meeting(SLOT, uid="u1", organizer=host, people=[guest, "Eve <eve@gmail.com>"]),
        company="Acme Industries",
    )
    assert only(invite).company == "Acme Industries"


def test_each_doubt_about_an_interview_is_asked_about_with_what_settles_it() -> None:
    unknown = b.meeting("2026-09-08 10:00", uid="u1", organizer=b.RITA, zone="Mars/Base", zone_state=ZoneState.UNKNOWN)
    stranger = b.mail(
        "Zoe <zoe@elsewhere.example>",
        "2026-09-02 09:00",
        b.meeting("2026-09-08 10:00", uid="u1", state=MeetingState.CANCELLED, organizer="Zoe <zoe@elsewhere.example>"),
    )
    casebook = book(b.mail(b.RITA, "2026-09-01 09:00", unknown, company="Acme"), stranger)
    (interview,) = casebook.applications[0].interviews
    assert {(question.text, question.command) for question in casebook.questions} == {
        ("Acme: the time zone “Mars/Base” is unknown.", f"mailwatch edit {interview.id} --at TIME"),
        ("Acme: a change from zoe@elsewhere.example was not believed.", f"mailwatch why {interview.id}"),
    }
