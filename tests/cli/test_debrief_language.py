"""In which language, and in which form of address, the debrief asks."""

from __future__ import annotations

import pytest

from mailwatch.cli.debrief_answers import Answers, LetterTalk
from mailwatch.cli.debrief_form import form_text
from mailwatch.core.model import Voice
from tests.core.builders import BO, RITA, application, facts, interview, mail, person
from tests.core.compose.writing import LETTERS

CASES = [
    ("de", "dein …", "Ihr …", "wie Sie planen", "wie du planst"),
    ("fr", "ton …", "votre …", "votre carte", "ce que tu as dit"),
    ("es", "tu …", "su …", "el mapa de usted", "lo que me dijiste a ti"),
]


def talk(language: str, form: str) -> LetterTalk:
    round_ = interview(people=[RITA], language=language)
    known = facts(mail(RITA, language=language, voice=Voice(form=form)))
    return LetterTalk(LETTERS, application(round_, language=language), known, language)


@pytest.mark.parametrize(("language", "familiar", "polite", "polite_words", "familiar_words"), CASES)
def test_words_are_asked_for_as_the_letter_will_address_the_person(
    language: str, familiar: str, polite: str, polite_words: str, familiar_words: str
) -> None:
    rita = person(RITA)
    assert familiar in talk(language, "familiar").questions(rita).topic
    assert polite in talk(language, "polite").questions(rita).topic
    assert "this letter calls" in talk(language, "familiar").why_unusable(polite_words, rita)
    assert "this letter calls" in talk(language, "polite").why_unusable(familiar_words, rita)
    assert talk(language, "familiar").why_unusable(polite_words) == ""
    assert talk(language, "familiar").has_own_words(rita)


def test_a_language_without_letters_has_no_questions_of_its_own_and_no_objections() -> None:
    known = talk("sv", "")
    assert not known.has_own_words(person(RITA))
    assert known.why_unusable("vad du sa", person(RITA)) == ""
    assert known.questions(person(BO)).topic.startswith("✉ To {name}")


def test_the_form_asks_each_person_in_their_way() -> None:
    round_ = interview(people=[RITA, "Sam Roe <sam@agency.example>"], language="de")
    text = form_text(round_, Answers(), "Acme", {}, talk("de", "familiar"))
    assert "An Rita Ek: Was ist Ihnen geblieben? Direkt an die Person: dein …" in text
    assert "An Sam Roe: Was ist Ihnen geblieben? Direkt an die Person: Ihr …" in text
