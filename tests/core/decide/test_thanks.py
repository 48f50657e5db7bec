"""Thank-yous: who is owed one, when it appears, and what makes it needless."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailwatch.core.decide import decide
from mailwatch.core.identity import draft_key, draft_message_id
from mailwatch.core.model import (
    Action,
    ApplicationState,
    Casebook,
    Debrief,
    Decision,
    Doubt,
    InterviewState,
    Kind,
    LedgerState,
    MarkKind,
    Policy,
    ReplyKind,
    Session,
    SharedNote,
    SpecialUse,
    Standing,
    ZoneState,
)
from tests.core import builders as b

FOREVER = datetime.max.replace(tzinfo=UTC)
AFTER = "2026-09-08 13:00"  # two hours after the default interview ended


def decided(application, now=AFTER, *items, policy=b.RULES, coverage=None) -> tuple[Decision, ...]:
    applications = application if isinstance(application, tuple) else (application,)
    coverage = b.covered(now) if coverage is None else coverage
    decisions = decide(Casebook(applications), b.facts(*items), coverage, b.at(now), policy)
    return tuple(each for each in decisions if each.kind is not Kind.FOLLOW_UP)


def thank_you(decisions, address="rita@acme.example") -> Decision:
    found = [each for each in decisions if each.recipient and each.recipient.address == address]
    assert len(found) == 1
    return found[0]


@pytest.mark.scenario("T1")
def test_an_interview_that_is_over_owes_one_draft_to_its_interviewer() -> None:
    decision = thank_you(decided(b.application(b.interview())))
    assert (decision.action, decision.standing) == (Action.DRAFT, Standing.DUE)
    assert decision.kind is Kind.THANK_YOU
    assert decision.due == b.at("2026-09-09 11:00")
    assert decision.last == b.at("2026-09-13 11:00")
    assert decision.key == draft_key(
        "jordan@mail.example", Kind.THANK_YOU, "rita@acme.example", b.at("2026-09-08 10:00")
    )


@pytest.mark.scenario("T1")
def test_nothing_is_written_before_ninety_minutes_after_the_end() -> None:
    early = thank_you(decided(b.application(b.interview()), "2026-09-08 12:29"))
    assert (early.action, early.standing) == (Action.WAIT, Standing.NOT_DUE)
    assert early.until == b.at("2026-09-08 12:30")
    assert thank_you(decided(b.application(b.interview()), "2026-09-08 12:30")).action is Action.DRAFT


def test_before_and_during_the_interview_the_decision_is_to_wait() -> None:
    for now in ("2026-09-07 09:00", "2026-09-08 10:30"):
        decision = thank_you(decided(b.application(b.interview()), now))
        assert (decision.action, decision.standing) == (Action.WAIT, Standing.NOT_DUE)


@pytest.mark.scenario("T9")
def test_a_debrief_brings_the_letter_forward_but_not_before_twenty_minutes() -> None:
    debrief = Debrief(frozenset({"uid-1@acme.example"}), b.at("2026-09-08 11:05"))
    assert thank_you(decided(b.application(b.interview()), "2026-09-08 11:19", debrief)).until == b.at(
        "2026-09-08 11:20"
    )
    assert thank_you(decided(b.application(b.interview()), "2026-09-08 11:20", debrief)).action is Action.DRAFT


def test_a_late_debrief_does_not_put_the_letter_off() -> None:
    debrief = Debrief(frozenset({"uid-1@acme.example"}), b.at("2026-09-09 11:05"))
    assert thank_you(decided(b.application(b.interview()), "2026-09-08 12:45", debrief)).action is Action.DRAFT


@pytest.mark.scenario("T2")
def test_a_panel_of_five_owes_five_letters_with_five_keys() -> None:
    decisions = decided(b.application(b.interview(panel=5)))
    drafts = [each for each in decisions if each.action is Action.DRAFT]
    assert {each.recipient.address for each in drafts} == {b.box(one).address for one in b.PANEL}
    assert len({each.key for each in drafts}) == 5


@pytest.mark.scenario("D13")
def test_a_loop_waits_for_its_last_session_and_anchors_each_letter_at_its_own() -> None:
    rita, bo = b.person(b.RITA), b.person(b.BO)
    sessions = (
        Session(b.at("2026-09-08 09:00"), b.at("2026-09-08 10:00"), (rita,)),
        Session(b.at("2026-09-08 14:00"), b.at("2026-09-08 15:00"), (bo,)),
    )
    loop = b.interview("2026-09-08 09:00", minutes=360, people=[rita, bo], sessions=sessions)
    assert all(each.action is Action.WAIT for each in decided(b.application(loop), "2026-09-08 12:00"))
    decisions = decided(b.application(loop), "2026-09-08 16:30")
    assert thank_you(decisions).anchor == b.at("2026-09-08 09:00")
    assert thank_you(decisions, "bo@acme.example").anchor == b.at("2026-09-08 14:00")


@pytest.mark.scenario("T3")
def test_a_thank_you_in_sent_settles_it_whatever_the_thread() -> None:
    decision = thank_you(decided(b.application(b.interview()), AFTER, b.thanks(b.RITA, "2026-09-08 12:00")))
    assert (decision.action, decision.standing) == (Action.NOTHING, Standing.SENT)
    assert "Tue 8 Sep 12:00" in decision.reason


def test_thanks_to_a_name_whose_address_we_do_not_know_count() -> None:
    round_ = b.interview(people=[b.person("Rita Ek")])
    decision = decided(
        b.application(round_), AFTER, b.thanks("Rita Ek <rita.ek@elsewhere.example>", "2026-09-08 12:00")
    )[0]
    assert decision.standing is Standing.SENT


@pytest.mark.scenario("T4")
def test_thanking_the_recruiter_leaves_the_others_due() -> None:
    decisions = decided(b.application(b.interview(panel=3)), AFTER, b.thanks(b.RITA, "2026-09-08 12:00"))
    assert thank_you(decisions).standing is Standing.SENT
    assert thank_you(decisions, "bo@acme.example").action is Action.DRAFT
    assert thank_you(decisions, "ana@acme.example").action is Action.DRAFT


@pytest.mark.scenario("T10")
def test_one_mail_to_all_counts_for_each_and_says_so() -> None:
    decisions = decided(b.application(b.interview(panel=2)), AFTER, b.thanks([b.RITA, b.BO], "2026-09-08 12:00"))
    assert thank_you(decisions).standing is Standing.SENT
    assert "several people" in thank_you(decisions, "bo@acme.example").reason


@pytest.mark.scenario("T16")
def test_thanks_before_the_interview_or_for_a_form_are_none() -> None:
    before = b.thanks(b.RITA, "2026-09-07 12:00")
    form = b.thanks(b.RITA, "2026-09-08 12:00", cause="form")
    assert thank_you(decided(b.application(b.interview()), AFTER, before, form)).action is Action.DRAFT


@pytest.mark.scenario("T17")
def test_a_thanks_line_in_an_answer_counts_with_a_note() -> None:
    decision = thank_you(decided(b.application(b.interview()), AFTER, b.thanks(b.RITA, "2026-09-08 12:00", sure=False)))
    assert decision.standing is Standing.SENT
    assert "not quite sure" in decision.reason


def test_a_thank_you_that_only_lies_in_the_inbox_proves_nothing() -> None:
    forged = b.thanks(b.RITA, "2026-09-08 12:00")
    inbox = b.mail(
        "Jordan Reyes <jordan@mail.example>", "2026-09-08 12:00", to=[b.RITA], gratitude=forged.reading.gratitude
    )
    assert thank_you(decided(b.application(b.interview()), AFTER, inbox)).action is Action.DRAFT


@pytest.mark.scenario("T12")
def test_after_two_days_it_is_late_but_still_worth_it() -> None:
    decision = thank_you(decided(b.application(b.interview()), "2026-09-11 09:00"))
    assert (decision.action, decision.standing) == (Action.DRAFT, Standing.LATE)
    assert "Sun 13 Sep" in decision.reason


@pytest.mark.scenario("T12")
def test_after_five_days_nothing_is_written_any_more() -> None:
    decision = thank_you(decided(b.application(b.interview()), "2026-09-13 11:00"))
    assert (decision.action, decision.standing) == (Action.NOTHING, Standing.EXPIRED)


@pytest.mark.scenario("T13")
def test_a_second_round_with_the_same_person_owes_a_new_letter() -> None:
    first = b.interview("2026-09-01 10:00", anchors=("uid-1@acme.example",))
    second = b.interview("2026-09-08 10:00", anchors=("uid-2@acme.example", "uid-1@acme.example"))
    earlier = b.thanks(b.RITA, "2026-09-01 12:00")
    old_row = b.row(
        Kind.THANK_YOU, b.RITA, LedgerState.SENT, anchor="2026-09-01 10:00", evidence=("uid-1@acme.example",)
    )
    decisions = decided(b.application(first, second), AFTER, earlier, old_row)
    assert [each.standing for each in decisions] == [Standing.SENT, Standing.DUE]


@pytest.mark.scenario("T14", "R3")
def test_a_rejection_makes_the_thank_you_needless() -> None:
    decision = thank_you(decided(b.application(b.interview(), state="rejected")))
    assert (decision.action, decision.standing) == (Action.NOTHING, Standing.NOT_NEEDED)
    assert "thanks-anyway" in decision.reason


@pytest.mark.parametrize("state", [ApplicationState.WITHDRAWN, ApplicationState.ACCEPTED, ApplicationState.CLOSED])
def test_a_process_that_is_over_owes_no_thanks(state: ApplicationState) -> None:
    assert thank_you(decided(b.application(b.interview(), state=state))).standing is Standing.NOT_NEEDED


def test_a_thank_you_sent_before_the_rejection_stays_sent() -> None:
    row = b.row(Kind.THANK_YOU, b.RITA, LedgerState.SENT)
    assert thank_you(decided(b.application(b.interview(), state="rejected"), AFTER, row)).standing is Standing.SENT
    row = b.row(Kind.THANK_YOU, b.RITA, LedgerState.SAVED)
    assert (
        thank_you(decided(b.application(b.interview(), state="rejected"), AFTER, row)).standing is Standing.NOT_NEEDED
    )


@pytest.mark.scenario("T15")
def test_the_next_round_within_the_hour_leaves_the_thank_you_due() -> None:
    application = b.application(b.interview(), replies=(b.answered(b.ReplyKind.NEXT_ROUND, "2026-09-08 11:45"),))
    assert thank_you(decided(application)).action is Action.DRAFT


@pytest.mark.scenario("D6", "D20", "D29")
@pytest.mark.parametrize("state", [state for state in InterviewState if state is not InterviewState.SCHEDULED])
def test_what_was_not_held_owes_nothing(state: InterviewState) -> None:
    assert decided(b.application(b.interview(state=state))) == ()


def test_a_possible_or_suspect_interview_owes_nothing() -> None:
    assert decided(b.application(b.interview(draftable=False))) == ()


@pytest.mark.scenario("D17", "T21")
def test_an_informational_chat_owes_nothing_unless_asked_for() -> None:
    chat = b.application(b.interview(informational=True))
    assert decided(chat) == ()
    assert thank_you(decided(chat, policy=Policy(informational_thanks=True))).action is Action.DRAFT


@pytest.mark.scenario("T8")
def test_without_an_address_one_relay_letter_goes_to_the_contact() -> None:
    round_ = b.interview(people=[b.person("Lou Tsang"), b.person("Bas van Oort")])
    decisions = decided(b.application(round_, contact=b.person(b.KIT)))
    relay = thank_you(decisions, "kit@acme.example")
    assert (relay.kind, relay.action) == (Kind.RELAY, Action.DRAFT)
    assert [one.name for one in relay.relayed] == ["Lou Tsang", "Bas van Oort"]
    nameless = [each for each in decisions if each.recipient.address is None]
    assert [each.standing for each in nameless] == [Standing.RELAYED, Standing.RELAYED]
    assert all("Kit Moran" in each.reason for each in nameless)


@pytest.mark.scenario("T8")
@pytest.mark.parametrize(
    ("kind", "sentences", "standing"),
    [
        (Kind.RELAY, (), Standing.DONE),
        (Kind.THANK_YOU, ("en.relay.ask.1a2b3c",), Standing.DONE),
        (Kind.THANK_YOU, ("en.opening.bare.1a2b3c",), Standing.NO_ADDRESS),
    ],
)
def test_a_letter_to_the_contact_that_was_sent_has_passed_the_thanks_on(
    kind: Kind, sentences: tuple[str, ...], standing: Standing
) -> None:
    round_ = b.interview(people=[b.person("Lou Tsang")])
    row = b.row(kind, b.KIT, LedgerState.SENT, evidence=round_.anchors, sentences=sentences)
    sent = b.thanks(b.KIT, "2026-09-08 15:00")
    process = b.application(round_, contact=b.person(b.KIT))
    for now in ("2026-09-08 16:00", "2026-09-20 09:00"):
        (lou,) = [each for each in decided(process, now, row, sent) if each.recipient.name == "Lou Tsang"]
        late = standing is not Standing.DONE and now > "2026-09-13"
        assert lou.standing is (Standing.EXPIRED if late else standing)
    if standing is Standing.DONE:
        assert lou.reason == "Your letter to Kit Moran passed the thanks on."


@pytest.mark.scenario("T8")
def test_the_contact_who_also_interviewed_passes_the_thanks_on_in_one_letter() -> None:
    round_ = b.interview(people=[b.person(b.KIT), b.person("Lou Tsang")])
    decisions = decided(b.application(round_))
    letter = thank_you(decisions, "kit@acme.example")
    assert letter.kind is Kind.THANK_YOU
    assert [one.name for one in letter.relayed] == ["Lou Tsang"]
    assert not [each for each in decisions if each.kind is Kind.RELAY]


@pytest.mark.scenario("T8")
def test_without_any_contact_the_status_asks_for_the_address() -> None:
    decisions = decided(b.application(b.interview(people=[b.person("Lou Tsang")]), contact=None, contacts=()))
    assert [(each.action, each.standing) for each in decisions] == [(Action.ASK, Standing.NO_ADDRESS)]
    assert "mailwatch edit" in decisions[0].reason


def test_nobody_is_relayed_who_was_absent_or_thanked_another_way() -> None:
    round_ = b.interview(people=[b.person("Lou Tsang"), b.person("Bas van Oort")])
    debrief = Debrief(round_.anchors, b.at("2026-09-08 11:30"), absent=("Lou Tsang",))
    done = b.mark(MarkKind.DONE, *round_.anchors, person="Bas van Oort", value="card", kind_of_letter=Kind.THANK_YOU)
    decisions = decided(b.application(round_), AFTER, debrief, done)
    assert {each.standing for each in decisions} == {Standing.NOT_NEEDED, Standing.DONE}


@pytest.mark.scenario("R19")
def test_nothing_more_is_written_to_an_address_that_bounced() -> None:
    decision = thank_you(decided(b.application(b.interview(), unreachable=frozenset({"rita@acme.example"}))))
    assert (decision.action, decision.standing) == (Action.ASK, Standing.NO_ADDRESS)


@pytest.mark.scenario("T11")
def test_thanks_by_card_are_done_for_ever() -> None:
    done = b.mark(MarkKind.DONE, "uid-1@acme.example", person="Rita Ek", value="card", kind_of_letter=Kind.THANK_YOU)
    decisions = decided(b.application(b.interview(panel=2)), AFTER, done)
    assert thank_you(decisions).standing is Standing.DONE
    assert "card" in thank_you(decisions).reason
    assert thank_you(decisions, "bo@acme.example").action is Action.DRAFT


def test_a_mark_without_a_person_means_everybody() -> None:
    done = b.mark(MarkKind.DONE, "uid-1@acme.example")
    assert all(each.standing is Standing.DONE for each in decided(b.application(b.interview(panel=2)), AFTER, done))


def test_a_proposal_that_was_skipped_is_settled() -> None:
    skipped = b.mark(MarkKind.SKIPPED, "uid-1@acme.example", person="rita@acme.example", kind_of_letter=Kind.THANK_YOU)
    assert thank_you(decided(b.application(b.interview()), AFTER, skipped)).standing is Standing.DISMISSED


def test_a_mark_about_a_follow_up_settles_no_thank_you() -> None:
    done = b.mark(MarkKind.DONE, "uid-1@acme.example", kind_of_letter=Kind.FOLLOW_UP)
    assert thank_you(decided(b.application(b.interview()), AFTER, done)).action is Action.DRAFT


@pytest.mark.scenario("T5", "T6", "T7")
@pytest.mark.parametrize(
    ("state", "standing"),
    [
        (LedgerState.SAVED, Standing.DRAFT_READY),
        (LedgerState.EDITED, Standing.DRAFT_EDITED),
        (LedgerState.SENT, Standing.SENT),
        (LedgerState.GONE, Standing.BEING_WRITTEN),
        (LedgerState.REMOVED, Standing.DISMISSED),
    ],
)
def test_a_draft_of_ours_is_never_written_a_second_time(state: LedgerState, standing: Standing) -> None:
    decision = thank_you(decided(b.application(b.interview()), AFTER, b.row(Kind.THANK_YOU, b.RITA, state)))
    assert decision.standing is standing
    assert decision.action is not Action.DRAFT


@pytest.mark.scenario("T22")
def test_an_intended_draft_is_still_to_be_saved() -> None:
    row = b.row(Kind.THANK_YOU, b.RITA, LedgerState.INTENDED)
    assert thank_you(decided(b.application(b.interview()), AFTER, row)).action is Action.DRAFT


def test_the_ledger_counts_by_session_when_the_evidence_changed() -> None:
    row = b.row(Kind.THANK_YOU, b.RITA, LedgerState.REMOVED, anchor="2026-09-07 10:00", evidence=("other",))
    assert thank_you(decided(b.application(b.interview()), AFTER, row)).standing is Standing.DISMISSED
    far = b.row(Kind.THANK_YOU, b.RITA, LedgerState.REMOVED, anchor="2026-09-01 10:00", evidence=("other",))
    assert thank_you(decided(b.application(b.interview()), AFTER, far)).action is Action.DRAFT


def test_another_persons_draft_is_none_of_this_ones() -> None:
    row = b.row(Kind.THANK_YOU, b.BO, LedgerState.SAVED)
    assert thank_you(decided(b.application(b.interview()), AFTER, row)).action is Action.DRAFT


@pytest.mark.scenario("S3")
def test_a_draft_found_by_its_marker_counts_though_the_ledger_is_lost() -> None:
    key = draft_key("jordan@mail.example", Kind.THANK_YOU, "rita@acme.example", b.at("2026-09-08 10:00"))
    ours = b.draft_seen(b.RITA, message_id=draft_message_id("jordan@mail.example", key, 1))
    assert thank_you(decided(b.application(b.interview()), AFTER, ours)).standing is Standing.DRAFT_READY
    gone_out = b.sent(b.RITA, "2026-09-08 12:40", ident=draft_message_id("jordan@mail.example", key, 2))
    assert thank_you(decided(b.application(b.interview()), AFTER, gone_out)).standing is Standing.SENT


@pytest.mark.scenario("T23")
def test_a_draft_that_the_user_has_begun_to_that_person_counts_as_being_written() -> None:
    decision = thank_you(decided(b.application(b.interview()), AFTER, b.draft_seen(b.RITA)))
    assert (decision.action, decision.standing) == (Action.NOTHING, Standing.BEING_WRITTEN)


@pytest.mark.scenario("T23")
def test_a_draft_that_the_user_has_begun_in_that_thread_counts_too() -> None:
    hello = b.mail(b.RITA, "2026-09-08 11:30", ident="<hello@acme.example>")
    application = b.application(
        b.interview(),
        last_messages=(("rita@acme.example", "<hello@acme.example>"),),
        messages=frozenset({"<hello@acme.example>"}),
    )
    own = b.draft_seen(b.KIT, in_reply_to="<hello@acme.example>")
    assert thank_you(decided(application, AFTER, hello, own)).standing is Standing.BEING_WRITTEN
    elsewhere = b.draft_seen(b.KIT, in_reply_to="<other@acme.example>")
    assert thank_you(decided(application, AFTER, hello, elsewhere)).action is Action.DRAFT


def test_our_own_drafts_are_not_taken_for_the_users() -> None:
    row = b.row(
        Kind.FOLLOW_UP, b.RITA, LedgerState.SAVED, anchor="2026-07-01 10:00", evidence=("old",), when="2026-07-20 09:00"
    )
    ours = b.draft_seen(b.RITA, message_id=row.message_id)
    assert thank_you(decided(b.application(b.interview()), AFTER, row, ours)).action is Action.DRAFT


@pytest.mark.scenario("T18")
def test_who_wrote_to_the_user_is_answered_in_that_thread() -> None:
    application = b.application(b.interview(panel=2), last_messages=(("rita@acme.example", "<hello@acme.example>"),))
    decisions = decided(application)
    assert thank_you(decisions).parent == "<hello@acme.example>"
    assert thank_you(decisions, "bo@acme.example").parent is None


@pytest.mark.scenario("D22")
def test_an_unknown_time_zone_makes_the_letter_wait_fourteen_hours() -> None:
    round_ = b.interview(zone_state=ZoneState.UNKNOWN)
    decision = thank_you(decided(b.application(round_)))
    assert (decision.action, decision.until) == (Action.WAIT, b.at("2026-09-09 01:00"))
    assert "time zone" in decision.reason


@pytest.mark.scenario("D28")
def test_two_times_make_the_letter_wait_for_the_later_one() -> None:
    round_ = b.interview(conflict_end=b.at("2026-09-09 15:00"))
    decision = thank_you(decided(b.application(round_)))
    assert (decision.action, decision.until) == (Action.WAIT, b.at("2026-09-09 16:30"))
    assert "Two times" in decision.reason


def test_no_absence_counts_where_nobody_looked() -> None:
    for coverage in (b.covered(AFTER, since="2026-09-08 10:30"), b.covered(AFTER, until="2026-09-08 12:00")):
        decision = thank_you(decided(b.application(b.interview()), coverage=coverage))
        assert (decision.action, decision.standing) == (Action.WAIT, Standing.BLOCKED)
        assert "jordan@mail.example" in decision.reason


def test_what_is_seen_counts_even_where_not_everything_was_read() -> None:
    coverage = b.covered(AFTER, since="2026-09-08 10:30")
    decision = thank_you(
        decided(b.application(b.interview()), AFTER, b.thanks(b.RITA, "2026-09-08 12:00"), coverage=coverage)
    )
    assert decision.standing is Standing.SENT


@pytest.mark.scenario("D32")
def test_a_suspicious_process_is_never_written_to() -> None:
    scam = b.application(b.interview(), suspicions=(b.Evidence("<m>", "suspicion.money", "cheque"),))
    decision = thank_you(decided(scam))
    assert (decision.action, decision.standing) == (Action.ASK, Standing.BLOCKED)


def test_an_address_that_only_resembles_a_known_one_is_not_written_to() -> None:
    round_ = b.interview(people=[b.person("Rita Ek <rita@acne.example>", doubt=Doubt.LOOK_ALIKE)])
    assert thank_you(decided(b.application(round_)), "rita@acne.example").standing is Standing.BLOCKED


@pytest.mark.scenario("D32")
def test_a_stranger_on_the_guest_list_is_asked_about_with_the_command_that_settles_it() -> None:
    round_ = b.interview(people=[b.person("Eve Moss <eve@evil.test>", doubt=Doubt.STRANGER)])
    decision = thank_you(decided(b.application(round_)), "eve@evil.test")
    assert (decision.action, decision.standing) == (Action.ASK, Standing.BLOCKED)
    assert f'mailwatch edit {round_.id} --person "Eve Moss" --email eve@evil.test' in decision.reason


@pytest.mark.scenario("S10", "T20")
@pytest.mark.parametrize("word", ["acme", "ACME", "acme.example", "rita ek", "rita@acme.example"])
def test_a_muted_firm_or_person_gets_no_draft(word: str) -> None:
    decision = thank_you(decided(b.application(b.interview()), policy=Policy(muted=frozenset({word}))))
    assert (decision.action, decision.standing) == (Action.NOTHING, Standing.BLOCKED)


@pytest.mark.scenario("S10")
def test_a_pause_puts_drafts_off_until_it_ends() -> None:
    until = b.at("2026-09-10 00:00")
    decision = thank_you(decided(b.application(b.interview()), policy=Policy(paused_until=until)))
    assert (decision.action, decision.until) == (Action.WAIT, until)
    over = thank_you(decided(b.application(b.interview()), policy=Policy(paused_until=b.at(AFTER))))
    assert over.action is Action.DRAFT
    forever = thank_you(decided(b.application(b.interview()), policy=Policy(paused_until=FOREVER)))
    assert (forever.action, forever.until) == (Action.WAIT, None)
    assert "--off" in forever.reason


@pytest.mark.scenario("S10")
def test_with_drafts_switched_off_nothing_is_drafted() -> None:
    decision = thank_you(decided(b.application(b.interview()), policy=Policy(create_drafts=False)))
    assert (decision.action, decision.standing) == (Action.NOTHING, Standing.BLOCKED)


def test_who_was_absent_is_not_thanked() -> None:
    debrief = Debrief(frozenset({"uid-1@acme.example"}), b.at("2026-09-08 11:30"), absent=("bo@acme.example",))
    decisions = decided(b.application(b.interview(panel=2)), AFTER, debrief)
    assert thank_you(decisions, "bo@acme.example").standing is Standing.NOT_NEEDED
    assert thank_you(decisions).action is Action.DRAFT


@pytest.mark.scenario("D5")
def test_a_draft_for_the_old_time_is_left_alone_and_asked_about() -> None:
    later = b.interview("2026-09-15 10:00", moved_from=(b.at("2026-09-08 10:00"),))
    saved = b.row(Kind.THANK_YOU, b.RITA, LedgerState.SAVED, anchor="2026-09-08 10:00")
    decision = thank_you(decided(b.application(later), "2026-09-15 13:00", saved))
    assert (decision.action, decision.standing) == (Action.ASK, Standing.BLOCKED)
    tidied = b.row(Kind.THANK_YOU, b.RITA, LedgerState.REMOVED, anchor="2026-09-08 10:00")
    assert thank_you(decided(b.application(later), "2026-09-15 13:00", tidied)).action is Action.DRAFT


def test_an_unsent_draft_is_called_too_late_after_five_days() -> None:
    row = b.row(Kind.THANK_YOU, b.RITA, LedgerState.SAVED)
    assert thank_you(decided(b.application(b.interview()), "2026-09-14 09:00", row)).standing is Standing.EXPIRED


def test_drafts_go_to_the_account_that_received_the_mail() -> None:
    assert thank_you(decided(b.application(b.interview(), account="jr@alias.example"))).account == "jr@alias.example"
    configured = Policy(draft_account="jr@alias.example")
    assert (
        thank_you(decided(b.application(b.interview(), account=None), policy=configured)).account == "jr@alias.example"
    )
    assert thank_you(decided(b.application(b.interview(), account=None))).account == "jordan@mail.example"


def test_a_gone_draft_is_looked_at_again_after_a_day() -> None:
    gone = b.row(Kind.THANK_YOU, b.RITA, LedgerState.GONE, when="2026-09-08 12:50")
    decision = thank_you(decided(b.application(b.interview()), AFTER, gone))
    assert (decision.action, decision.until) == (Action.WAIT, b.at("2026-09-08 12:50") + timedelta(hours=24))


def test_junk_and_incoming_mail_is_no_sent_thank_you() -> None:
    junk = b.thanks(b.RITA, "2026-09-08 12:00")
    junk = b.mail(b.RITA, "2026-09-08 12:00", place=SpecialUse.JUNK, gratitude=junk.reading.gratitude)
    assert thank_you(decided(b.application(b.interview()), AFTER, junk)).action is Action.DRAFT


def test_a_contact_who_was_thanked_by_hand_passes_nothing_on() -> None:
    round_ = b.interview(people=[b.person("Lou Tsang")])
    decisions = decided(b.application(round_), AFTER, b.thanks(b.KIT, "2026-09-08 12:00"))
    assert {each.standing for each in decisions} == {Standing.SENT, Standing.NO_ADDRESS}


def test_sent_by_our_own_draft_says_when() -> None:
    row = b.row(Kind.THANK_YOU, b.RITA, LedgerState.SENT, sent_at=b.at("2026-09-08 12:45"))
    assert "Tue 8 Sep 12:45" in thank_you(decided(b.application(b.interview()), AFTER, row)).reason


def test_marks_about_another_interview_or_person_settle_nothing() -> None:
    elsewhere = b.mark(MarkKind.DONE, "uid-9", person="Rita Ek")
    somebody = b.mark(MarkKind.DONE, "uid-1@acme.example", person="Bo Lind")
    assert thank_you(decided(b.application(b.interview()), AFTER, elsewhere, somebody)).action is Action.DRAFT


def test_thanks_before_a_date_that_is_unreadable_are_left_out() -> None:
    undated = b.thanks(b.RITA, "2026-09-08 12:00")
    undated = replace(undated, envelope=replace(undated.envelope, date=None, received=None))
    assert thank_you(decided(b.application(b.interview()), AFTER, undated)).action is Action.DRAFT


@pytest.mark.scenario("T13")
def test_whoever_was_met_again_since_is_thanked_once_for_the_later_round() -> None:
    first = b.interview("2026-09-07 10:00", anchors=("uid-1",), panel=2)
    second = b.interview("2026-09-08 10:00", anchors=("uid-2",))
    decisions = decided(b.application(first, second))
    drafts = {(each.recipient.address, each.interview) for each in decisions if each.action is Action.DRAFT}
    assert drafts == {("bo@acme.example", first.id), ("rita@acme.example", second.id)}
    ahead = b.interview("2026-09-20 10:00", anchors=("uid-3",))
    assert sum(each.action is Action.DRAFT for each in decided(b.application(first, ahead))) == 2


def test_a_contact_without_an_address_carries_nothing() -> None:
    round_ = b.interview(people=[b.person("Lou Tsang")])
    decisions = decided(b.application(round_, contact=b.person("Kit Moran")))
    assert [each.standing for each in decisions] == [Standing.NO_ADDRESS]


def test_one_word_names_are_not_matched_by_name() -> None:
    round_ = b.interview(people=[b.person("Rita <rita@acme.example>")])
    other = b.thanks("Rita <rita@elsewhere.example>", "2026-09-08 12:00")
    assert thank_you(decided(b.application(round_), AFTER, other)).action is Action.DRAFT


def test_our_draft_under_its_marker_is_not_taken_for_the_users_beside_a_removed_row() -> None:
    key = draft_key("jordan@mail.example", Kind.THANK_YOU, "rita@acme.example", b.at("2026-09-08 10:00"))
    intended = b.row(Kind.THANK_YOU, b.RITA, LedgerState.INTENDED, key=key)
    marked = b.draft_seen(b.RITA, message_id=draft_message_id("jordan@mail.example", key, 3))
    assert thank_you(decided(b.application(b.interview()), AFTER, intended, marked)).standing is Standing.DRAFT_READY


@pytest.mark.scenario("T16", "T17")
def test_a_bare_thanks_in_answer_to_a_later_mail_is_for_that_mail() -> None:
    form = b.mail(b.RITA, "2026-09-08 11:30", kind=b.MessageKind.OTHER, direction=b.Direction.UNKNOWN)
    bare = b.thanks(b.RITA, "2026-09-08 12:00", cause="unclear", sure=False, answers=form)
    assert thank_you(decided(b.application(b.interview()), AFTER, form, bare)).action is Action.DRAFT
    invite = b.mail(b.RITA, "2026-09-01 09:00")
    own = b.thanks(b.RITA, "2026-09-08 12:00", cause="unclear", sure=False, answers=invite)
    assert thank_you(decided(b.application(b.interview()), AFTER, invite, own)).standing is Standing.SENT
    talk = b.thanks(b.RITA, "2026-09-08 12:00", sure=False, answers=form)
    assert thank_you(decided(b.application(b.interview()), AFTER, form, talk)).standing is Standing.SENT


@pytest.mark.scenario("D15", "R3")
def test_no_thanks_while_a_refusal_may_be_about_this_job() -> None:
    def after(kind: ReplyKind) -> Decision:
        return thank_you(decided(b.application(b.interview(), unplaced=(b.answered(kind, "2026-09-08 11:30"),))))

    held = after(ReplyKind.REJECTION)
    assert (held.action, held.standing) == (Action.ASK, Standing.BLOCKED)
    assert after(ReplyKind.TIMELINE_UPDATE).action is Action.DRAFT


@pytest.mark.scenario("T9")
@pytest.mark.parametrize(
    ("sentences", "told", "now", "expected"),
    [
        (("en.opening.bare.1",), False, AFTER, "No personal line yet: mailwatch debrief"),
        (("en.opening.bare.1",), True, AFTER, "Your debrief came later: mailwatch drafts make thank-you a1"),
        (("en.topic.1 + debrief.topic",), True, AFTER, "The draft waits in Drafts."),
        (("it.letter.thank_you",), False, AFTER, "The draft waits in Drafts."),
        ((), False, AFTER, "The draft waits in Drafts."),
        (("en.opening.bare.1",), False, "2026-09-10 12:00", "The draft waits in Drafts."),
    ],
)
def test_a_draft_without_a_word_of_the_users_own_says_what_to_do(
    sentences: tuple[str, ...], told: bool, now: str, expected: str
) -> None:
    ours = b.row(Kind.THANK_YOU, b.RITA, LedgerState.SAVED, sentences=sentences)
    notes = (SharedNote(b.person(b.RITA).key, "your map"),)
    words = [Debrief(frozenset({"uid-1@acme.example"}), b.at("2026-09-08 14:00"), notes=notes)] if told else []
    decision = thank_you(decided(b.application(b.interview()), now, ours, *words))
    assert decision.standing is Standing.DRAFT_READY
    assert expected in decision.reason
