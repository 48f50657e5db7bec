"""The language of a text, and where its cues stand."""

from __future__ import annotations

import pytest

from mailwatch.core.reading import read
from mailwatch.core.reading.cues import TextCues
from mailwatch.core.reading.language import languages_of
from tests.core.reading.mails import context, incoming, lexicon
from tests.growth import growth


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Thank you for your application, we would like to meet you.", "en"),
        ("Vielen Dank für Ihre Bewerbung, wir möchten Sie gern kennenlernen.", "de"),
        ("Merci pour votre candidature, nous souhaitons vous rencontrer.", "fr"),
        ("Gracias por su candidatura, nos gustaría conocerle en una entrevista.", "es"),
        ("Grazie per la sua candidatura, vorremmo incontrarla per un colloquio.", "it"),
        ("Obrigado pela sua candidatura, gostaríamos de conhecê-lo em uma entrevista.", "pt"),
        ("Bedankt voor je sollicitatie, we willen je graag ontmoeten voor een gesprek.", "nl"),
        ("ご応募ありがとうございます。面接のご案内です。", "ja"),
        ("感谢您的应聘，邀请您参加面试。", "zh"),
    ],
)
def test_the_main_language(text: str, language: str) -> None:
    assert languages_of(text, lexicon())[0] == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "Cambio de hora. La misma liga.\n\nMicrosoft Teams meeting\nJoin: https://teams.microsoft.com/meet/1e7o0a3e\nPasscode: a4E9o",
            "es",
        ),
        ("Hola, Irene:\n\n¿te viene bien el lunes?\n\nMarta Pons <m.pons@e-o-a.example>", "es"),
        ("Entrevista técnica\n\nTe espero mañana.\nhttps://meet.google.com/e-o-a", "es"),
        ("Olá, Irene:\n\nfica para amanhã, pode ser?\nhttps://meet.google.com/el-la-y", "pt"),
    ],
)
def test_links_and_passcodes_have_no_language(text: str, language: str) -> None:
    assert languages_of(text, lexicon())[0] == language


def test_a_text_without_small_words_is_in_the_users_first_language_that_is_known() -> None:
    assert languages_of("12345", lexicon(), ("xx", "nl")) == ("nl",)
    assert languages_of("", lexicon(), ("xx",)) == ("en",)


def test_a_second_language_counts_where_much_is_in_it() -> None:
    both = "We would like to meet you and the team. Wir möchten Sie gern mit dem Team kennenlernen und freuen uns."
    assert set(languages_of(both, lexicon())) >= {"en", "de"}


def test_a_short_title_is_in_the_language_of_its_word_for_interview() -> None:
    assert read(incoming("", subject="Zweitgespräch Lena Vogt", me="home"), context()).language in ("en", "de")


def cues(text: str) -> TextCues:
    return TextCues(text, lexicon(), ("en", "xx"))


def test_a_possibility_states_nothing() -> None:
    told = cues("If you are selected, your interview will be arranged. We read every application.")
    assert told.all("yours")
    assert not told.has("yours")
    assert told.first("yours", "job_soft") is not None
    assert told.first("yours") is None


def test_cues_are_counted_once_each_and_looked_up_by_sentence() -> None:
    told = cues("Your interview is on Tuesday. Your interview? Bring the form.")
    assert told.count("interview") == 1
    assert told.beside(5, "yours")
    assert not told.beside(52, "yours")
    sentence = told.sentence_at(31)
    assert sentence is not None
    assert sentence.question
    assert cues("").sentence_at(0) is None


def test_a_tools_standing_question_states_nothing() -> None:
    assert not cues("Can't make it? Reschedule or cancel here.").has("move", "cancel")
    assert cues("We had to reschedule.").has("move")


@pytest.mark.parametrize(
    "unit",
    [
        "Your interview with Bo Lind, Head of Data, is on Tuesday 15 September at 2 pm. ",
        "Would you be able to come in for an interview with the team at Acme Robotics Group? ",
        "9:00 Rita Ek (Manager), Bo Lind and Ann Sy\n",
        "a " * 40,
        "A. " * 30,
        "(((((( ---- :::: ",
        "you for your to the of a an and at with ",
    ],
)
def test_twice_the_text_takes_about_twice_the_time(unit: str) -> None:
    def work(size: int) -> None:
        read(incoming(unit * (size // len(unit)), subject="Interview"), context())

    assert growth(work, 3_000, runs=2) <= 2.5
