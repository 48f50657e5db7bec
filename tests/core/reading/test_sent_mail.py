"""What the user's own mail does: thanks, news, yes and no."""

from __future__ import annotations

import pytest

from mailwatch.core.reading.gratitude import gratitude_in
from mailwatch.core.reading.sent import SentTraits, sent_traits
from tests.core.reading.answers import context, from_row, mail, numbered, rows

SENT = list(numbered("sent_a", "sent_b"))
TRAITS = ("follow_up", "accepts_offer", "withdraws", "schedules", "declines")


def thanks_of(text: str, **fields: object):
    return gratitude_in(mail(text, outgoing=True, **fields), context())


def traits_of(text: str, **fields: object) -> SentTraits:
    return sent_traits(mail(text, outgoing=True, **fields), context())


@pytest.mark.scenario("T3", "T16", "T17", "F3", "F8", "F9")
@pytest.mark.parametrize(("name", "row"), SENT, ids=[name for name, _ in SENT])
def test_a_sent_mail_does_what_it_says(name, row):
    message = from_row(row, outgoing=True)
    gratitude, traits = gratitude_in(message, context()), sent_traits(message, context())
    assert (gratitude.cause if gratitude else "") == row["thanks"]
    assert [trait for trait in TRAITS if getattr(traits, trait)] == row.get("traits", [])
    if "sure" in row:
        assert gratitude is not None
        assert gratitude.sure == row["sure"]
        assert not gratitude.elsewhere


def test_thanks_in_ordinary_work_mail_are_rarely_taken_for_thanks_after_an_interview():
    taken = [
        row["text"]
        for row in rows("material/sent_business.toml")
        if (found := gratitude_in(from_row(row, outgoing=True), context()))
        and found.cause == "conversation"
        and not found.elsewhere
    ]
    assert len(taken) <= 2, taken


def test_incoming_mail_thanks_for_nothing_and_does_nothing():
    message = mail("Thank you for the interview. I accept your offer.")
    assert gratitude_in(message, context()) is None
    assert sent_traits(message, context()) == SentTraits()


@pytest.mark.scenario("T3")
@pytest.mark.parametrize(
    "text",
    [
        "I enjoyed our conversation this morning very much.",
        "It was a pleasure meeting you all.",
        "Great talking with you about the archive!",
        "I left your office even more convinced.",
    ],
)
def test_thanks_without_the_word_are_thanks(text):
    gratitude = thanks_of(text)
    assert gratitude is not None
    assert (gratitude.cause, gratitude.sure) == ("conversation", True)


@pytest.mark.scenario("T16")
@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Thank you, I look forward to our conversation on Tuesday.", "unclear"),
        ("Thanks for the invitation to meet you next week!", "invitation"),
        ("Thanks for the link to the form.", "form"),
        ("Thanks, Tuesday works for me.", "scheduling"),
        ("Thanks!", "unclear"),
    ],
)
def test_thanks_for_something_else_say_so(text, cause):
    gratitude = thanks_of(text)
    assert gratitude is not None
    assert (gratitude.cause, gratitude.sure) == (cause, False)


def test_thanks_at_the_end_of_a_question_for_news_are_politeness():
    assert thanks_of("Is there any news about the role? Thank you!") is None


@pytest.mark.scenario("T17")
def test_an_answer_with_thanks_for_the_talk_counts_but_not_surely():
    gratitude = thanks_of("The certificate is attached. Thanks again for the conversation on Monday.")
    assert gratitude is not None
    assert (gratitude.cause, gratitude.sure) == ("conversation", False)


def test_a_new_mail_named_after_the_talk_counts_but_not_surely():
    text = "Ben, being asked about my own bug report was more fun than I had feared. Yours, Dana"
    named = thanks_of(text, subject="Good session")
    assert named is not None
    assert (named.cause, named.sure) == ("conversation", False)
    assert thanks_of(text, subject="Re: Good session") is None
    assert thanks_of(text, subject="Good session", answers="<m0@halden.example>") is None
    assert thanks_of(text, subject="Bug report") is None
    assert thanks_of("Could we move our call to Monday?", subject="Our call") is None


def test_talk_of_deals_is_about_a_job_where_the_quoted_mail_says_so():
    text = "Thank you for the talk about pricing and the sales budget."
    assert thanks_of(text, subject="Pumps").elsewhere
    assert not thanks_of(text, subject="Pumps", quoted="> Your interview for the Sales Manager position").elsewhere


@pytest.mark.parametrize(
    "text",
    [
        "If I accept the offer, when would I start?",
        "I haven't accepted the offer yet.",
        "Did you accept the position?",
        "I never said that I would withdraw my application.",
    ],
)
def test_an_acceptance_that_is_only_talked_about_is_none(text):
    traits = traits_of(text)
    assert not traits.accepts_offer
    assert not traits.withdraws


def test_an_offer_of_goods_is_accepted_by_nobody_looking_for_a_job():
    assert not traits_of("We accept your offer for the order; send the invoice.", subject="Pumps").accepts_offer


def test_keenness_in_a_thank_you_note_is_no_follow_up():
    assert not traits_of("It was a pleasure meeting you. I remain very interested in the role.").follow_up


@pytest.mark.scenario("F8")
@pytest.mark.parametrize(
    "text",
    [
        "I am happy to accept your invitation to interview for the position.",
        "I accept the meeting on Tuesday.",
        "I look forward to joining the call.",
        "Gern nehme ich den Termin für die Stelle an.",
        "J'accepte le rendez-vous de jeudi.",
        "Acepto la entrevista para el puesto.",
    ],
)
def test_accepting_an_interview_accepts_no_offer(text):
    assert not traits_of(text).accepts_offer


UNDECIDED = [
    (group["lang"], text) for group in rows("material/sent_no_decisions.toml", "group") for text in group["texts"]
]


@pytest.mark.scenario("F8", "F9")
@pytest.mark.parametrize(("code", "text"), UNDECIDED)
def test_what_only_sounds_like_a_decision_ends_no_process(code, text):
    traits = traits_of(text)
    assert (traits.accepts_offer, traits.declines, traits.withdraws) == (False, False, False)


@pytest.mark.scenario("F9")
@pytest.mark.parametrize(
    "text",
    [
        "I am sorry, but I will not be able to attend the interview.",
        "I have decided to decline your offer.",
        "Leider werde ich das Gespräch nicht wahrnehmen.",
    ],
)
def test_a_refusal_of_the_users_own_is_seen(text):
    assert traits_of(text).declines
