"""What employers answer, in nine languages and many voices; above all, what is no refusal."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from mailwatch.core.model import CalendarEvent, ReplyKind
from mailwatch.core.reading.replies import Automatic, reply_in
from tests.core.reading.answers import context, from_row, mail, numbered, rows

ANSWERS = list(numbered("replies_a", "replies_b", "replies_c"))


def reading_of(text: str, **fields: object):
    return reply_in(mail(text, **fields), context())


def kind_of(text: str, **fields: object) -> str:
    return reading_of(text, **fields).kind.value


@pytest.mark.scenario("R1", "R3", "R5", "R6", "R7", "R8", "R10", "R18")
@pytest.mark.parametrize(("name", "row"), ANSWERS, ids=[name for name, _ in ANSWERS])
def test_an_answer_means_what_its_reader_would_say(name, row):
    reading = reply_in(from_row(row), context())
    assert reading.kind.value == row["kind"]
    assert row.get("asked", "") in reading.asked_for
    if "deadline" in row:
        assert reading.offer_deadline == date.fromisoformat(row["deadline"])
    if "away" in row:
        assert reading.away_until == date.fromisoformat(row["away"])
    assert reading.gone == row.get("gone", reading.automatic is Automatic.BOUNCE)


def test_no_answer_of_another_kind_is_read_as_a_refusal():
    wrong = [name for name, row in ANSWERS if row["kind"] != "rejection" and kind_of(row["text"]) == "rejection"]
    assert wrong == []


UNDECIDED = [(group["lang"], text) for group in rows("material/no_decisions.toml", "group") for text in group["texts"]]


@pytest.mark.scenario("R3", "R7", "R8")
@pytest.mark.parametrize(("code", "text"), UNDECIDED)
def test_what_decides_nothing_is_neither_refusal_nor_offer(code, text):
    assert kind_of(text) not in {"rejection", "offer"}


def test_every_language_has_answers_of_several_kinds():
    for code in ("en", "de", "fr", "es", "it", "pt", "nl", "zh", "ja"):
        assert len({row["kind"] for _, row in ANSWERS if row["lang"] == code}) >= 3, code


def test_a_refusal_shows_the_words_that_say_it():
    reading = reading_of("Hello. We have decided to go with another candidate. Good luck.")
    assert [(found.rule, found.source) for found in reading.evidence][:1] == [
        ("replies.refusal.choice", "<m1@halden.example>")
    ]
    assert "another candidate" in reading.evidence[0].words


# ---------------------------------------------------------------- what takes a refusal back
@pytest.mark.scenario("R3", "R8")
@pytest.mark.parametrize(
    "text",
    [
        "If we decide to move forward with other candidates, we will tell you.",
        "Should your application not be successful, we will let you know.",
        "We can't move forward with your application until you have sent the certificate.",
        "We have not decided to go with another candidate.",
        "You have not been rejected!",
        "Nobody has told you that the position has been filled, I hope?",
        "The position may have been filled by then.",
        "Once the position has been filled, we will write to everybody.",
        "We cannot move forward with your interview tomorrow, could we reschedule it to Friday?",
        "I regret to inform you that our call has to be moved to Thursday.",
        "I am sorry to tell you that the decision has been delayed.",
        "The role of sponsor has not been filled by anybody else, it is still open.",
        "Candidates who are not selected will hear from us as well.",
        "Unfortunately I am ill. Could you do Monday instead?",
        "Unfortunately we need a few more days.",
        "We wish you every success with the presentation tomorrow!",
        "Thank you for your interest in Halden. After careful consideration of dates we suggest Monday at ten.",
    ],
)
def test_this_is_no_refusal(text):
    assert kind_of(text) != "rejection"


@pytest.mark.parametrize(
    "text",
    [
        "If you remember our talk about budgets: they have not grown, but we have decided to go with another candidate.",
        "We enjoyed the second interview. You were not selected for the role.",
        "I know you hoped for other news. We won't be moving forward, even if we liked you a lot.",
    ],
)
def test_a_condition_elsewhere_does_not_take_a_refusal_back(text):
    assert kind_of(text) == "rejection"


@pytest.mark.scenario("R3")
def test_politeness_alone_is_no_refusal_but_enough_of_it_together_is():
    one = "Thank you for your interest. We wish you all the best for your future!"
    many = (
        "Thank you for your interest in Halden. There were many strong applicants and it was a hard decision. "
        "We will keep your resume on file and wish you every success in your search."
    )
    assert kind_of(one) == "neutral"
    assert kind_of(many) == "rejection"
    assert kind_of(f"We have received your application. {many}") == "neutral"


def test_something_else_instead_of_the_role_is_no_refusal():
    text = (
        "We won't be moving forward with your application for the Analyst role. "
        "Instead we would like to invite you to a second interview for the Planner role."
    )
    assert kind_of(text) == "next_round"


def test_a_refusal_after_a_round_stays_one():
    text = "Thank you for coming back for a second interview. We have offered the job to somebody else."
    assert kind_of(text) == "rejection"


# ---------------------------------------------------------------- offers
@pytest.mark.scenario("R7")
def test_an_offer_that_depends_on_the_readers_wish_is_an_offer():
    assert kind_of("The job is yours if you want it.") == "offer"


@pytest.mark.parametrize(
    "text",
    [
        "We are not able to offer you the position.",
        "If we make you an offer, HR will call you.",
        "Attached is not your employment contract yet, only a sample.",
        "Attached you find our special offer for members.",
        "We offer competitive salaries and free fruit.",
        "May I offer you some feedback on your presentation?",
    ],
)
def test_this_is_no_offer(text):
    assert kind_of(text) != "offer"


def test_what_is_decided_promises_nothing():
    refusal = reading_of("You were not selected. We will keep your file and get back to you in January.")
    assert (refusal.kind, refusal.promise) == (ReplyKind.REJECTION, None)


def test_an_offer_without_a_date_has_no_deadline_and_the_start_date_is_none():
    reading = reading_of("We are delighted to offer you the position. You would start on 2 November.")
    assert (reading.kind, reading.offer_deadline) == (ReplyKind.OFFER, None)


@pytest.mark.scenario("R11")
def test_a_role_on_ice_is_no_refusal_and_no_offer():
    reading = reading_of("We had chosen you, but all hiring is frozen, so the role is on hold.")
    assert reading.kind is ReplyKind.TIMELINE_UPDATE
    assert reading.promise is not None
    assert reading.promise.on_hold


# ---------------------------------------------------------------- timelines and requests
@pytest.mark.scenario("R4")
def test_a_promise_makes_a_timeline_update_and_is_its_evidence():
    reading = reading_of("It was lovely to meet you. You'll hear from us by Friday.")
    assert reading.kind is ReplyKind.TIMELINE_UPDATE
    assert reading.promise is not None
    assert reading.promise.by == date(2026, 9, 18)
    assert reading.evidence[-1].words == "Friday"


def test_an_acknowledgement_with_a_timeframe_stays_neutral_and_keeps_the_promise():
    reading = reading_of("We have received your application and will get back to you within two weeks.")
    assert reading.kind is ReplyKind.NEUTRAL
    assert reading.acknowledged
    assert reading.promise is not None


@pytest.mark.scenario("R10")
def test_all_that_is_asked_for_is_named_in_order():
    reading = reading_of("Could you send us two references, your salary expectations and your notice period?")
    assert reading.asked_for == "references, salary expectations, notice period"


def test_an_acknowledgement_that_speaks_of_other_interviews_stays_neutral():
    assert kind_of("We have received your application. We are still interviewing for other roles.") == "neutral"


def test_documents_only_mentioned_are_not_asked_for():
    assert kind_of("Thank you for the references, they were glowing.") == "neutral"
    assert kind_of("If you need a copy of the form, tell me.") == "neutral"


@pytest.mark.scenario("R10")
def test_any_other_thing_asked_for_leaves_the_ball_with_the_user():
    reading = reading_of("Could you send me the drawing you mentioned?")
    assert reading.kind is ReplyKind.NEEDS_INFO
    assert reading.asked_for.startswith("Could you send me the")


@pytest.mark.scenario("R17")
def test_an_old_refusal_in_the_quotation_is_not_read():
    assert kind_of("Talk to you on Monday then!", quoted="> We decided to go with another candidate.") == "neutral"


def test_the_subject_counts_only_where_it_is_new():
    subject = "Your application has been unsuccessful"
    assert kind_of("Dear Dana, please see the subject.", subject=subject) == "rejection"
    assert kind_of("Dear Dana, thank you!", subject=f"Re: {subject}") == "neutral"
    assert kind_of("Dear Dana, thank you!", subject=subject, answers="<m0@halden.example>") == "neutral"


# ---------------------------------------------------------------- machines
@pytest.mark.scenario("R2")
def test_an_exchange_rule_without_headers_is_an_away_notice():
    reading = reading_of("I'm out of the office until 2 October with no access to email.", subject="Re: Following up")
    assert reading.automatic is Automatic.AUTO_REPLY
    assert reading.away_until == date(2026, 10, 2)


def test_a_person_on_leave_who_decides_something_is_no_machine():
    reading = reading_of(
        "I'm on leave with limited access to email, but I wanted you to know: we'd like to invite you to a final interview."
    )
    assert reading.automatic is Automatic.NO
    assert reading.kind is ReplyKind.NEXT_ROUND


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("I am away from 14 September to 25 September.", date(2026, 9, 28)),
        ("I am away until 25 September inclusive.", date(2026, 9, 28)),
        ("I am away from 14 September until 25 September.", date(2026, 9, 28)),
        ("I'm away. Back on Monday.", date(2026, 9, 21)),
        ("I'm away.", None),
    ],
)
def test_the_return_of_an_absent_person(text, back):
    assert reading_of(text, auto=["auto_reply"]).away_until == back


@pytest.mark.scenario("R19")
def test_a_bounce_is_no_reply_and_says_that_nobody_is_there():
    reading = reading_of("550 user unknown", sender="mailer-daemon@mx.example", subject="Undelivered mail")
    assert (reading.kind, reading.automatic, reading.gone) == (ReplyKind.NONE, Automatic.BOUNCE, True)


@pytest.mark.scenario("R12")
def test_surveys_lists_and_answers_to_invitations_are_no_replies():
    survey = reading_of("Rate your interview experience. Take our survey, it needs two minutes of your time.")
    listed = reading_of("We decided to meet on Friday.", list_id="gardeners.example")
    moment = datetime(2026, 9, 22, 8, tzinfo=UTC)
    answer = reading_of("Mel has accepted.", events=(CalendarEvent("u1", moment, moment, method="REPLY"),))
    assert [survey.automatic, listed.automatic, answer.automatic] == [
        Automatic.SURVEY,
        Automatic.LIST,
        Automatic.NOTICE,
    ]
    assert {survey.kind, listed.kind, answer.kind} == {ReplyKind.NONE}


@pytest.mark.scenario("R3", "R12")
def test_mass_mail_counts_only_where_it_decides():
    assert kind_of("You have not been selected for the role.", auto=["bulk"]) == "rejection"
    assert kind_of("Which time suits you best?", auto=["bulk"]) == "none"


def test_the_users_own_mail_is_no_reply():
    assert kind_of("We have decided to go with another candidate.", outgoing=True) == "none"


def test_mail_without_a_sender_or_text_is_neutral():
    assert kind_of("", sender="") == "neutral"


def test_a_sentence_with_an_offer_and_a_refusal_offers_nothing():
    assert kind_of("We were happy to offer you the position of Planner, but you have not been selected.") == "rejection"


def test_only_the_refused_offer_of_a_denial_counts_when_a_condition_takes_the_denial_back():
    assert kind_of("If you are not selected, the job offer goes to the next candidate.") == "neutral"


def test_an_offer_on_hold_names_the_promise_it_holds():
    reading = reading_of("The position is frozen until March; I will let you know by 30 September.")
    assert reading.promise is not None
    assert (reading.promise.on_hold, reading.promise.by) == (True, date(2026, 9, 30))


def test_a_promise_in_an_invitation_is_kept_but_is_no_answer():
    moment = datetime(2026, 9, 22, 8, tzinfo=UTC)
    invitation = CalendarEvent("u1", moment, moment, method="REQUEST")
    reading = reading_of("Interview with Mel. You will hear from us by 30 September.", events=(invitation,))
    assert reading.kind is ReplyKind.NEUTRAL
    assert reading.promise is not None
