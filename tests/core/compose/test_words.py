"""The user's own words: what form they have, whom they speak to, and why some are left out."""

from __future__ import annotations

import pytest

from mailwatch.core.compose import Unusable, own_words
from mailwatch.core.compose.letters import LetterLanguage
from mailwatch.core.compose.words import LIMIT, OwnWords
from tests.core.builders import RITA, facts
from tests.core.compose.writing import LETTERS, debrief, letter, note


def spoken(code: str) -> LetterLanguage:
    language = LETTERS.language(code)
    assert language is not None
    return language


def form(text: str, code: str = "en", about: str = "Ruth Adeyemi") -> tuple[str, str]:
    words = own_words(text, about=about, letters=LETTERS, language=spoken(code))
    assert isinstance(words, OwnWords), words
    return words.form, words.text


def problem(text: str, code: str = "en", about: str = "Ruth Adeyemi") -> str:
    words = own_words(text, about=about, letters=LETTERS, language=spoken(code))
    assert isinstance(words, Unusable), words
    return words.why


PHRASES = [
    ("your point that drivers distrust the new maps", "en", "noun"),
    ("Your habit of reading one complaint aloud.", "en", "noun"),
    ("the way you are training new people", "en", "noun"),
    ("the fact that nobody has counted them", "en", "noun"),
    ("Kubernetes at the edge", "en", "noun"),
    ("how you let new people break the line", "en", "how"),
    ("that nobody reads the night report", "en", "that"),
    ("Ihr Hinweis, dass niemand sie liest", "de", "nominative"),
    ("Ihren Hinweis, dass niemand sie liest", "de", "accusative"),
    ("Ihre Fragen zur Übergabe", "de", "noun"),
    ("wie Sie die Woche planen", "de", "how"),
    ("dass Sie die Fahrer fragen", "de", "that"),
    ("le petit outil que vous avez fait pour l’équipe", "fr", "noun"),
    ("comment vous planifiez la semaine", "fr", "how"),
    ("qu’on écoute les chauffeurs", "fr", "that"),
    ("su pregunta sobre lo que dejaría de hacer", "es", "noun"),
    ("cómo planifican la semana", "es", "how"),
    ("que nadie lee el informe", "es", "that"),
]


@pytest.mark.parametrize(("text", "code", "expected"), PHRASES)
def test_phrases_are_told_by_their_first_word_and_keep_their_form(text: str, code: str, expected: str) -> None:
    found, kept = form(text, code)
    assert found == expected
    assert kept.casefold() == text.rstrip(".").casefold()


SENTENCES = [
    ("I liked your habit of reading complaints aloud", "en"),
    ("your team still does releases by hand", "en"),
    ("The point that you made is still with me.", "en"),
    ("Reading complaints aloud on Monday morning helps everybody.", "en"),
    ("Your map was clear. I drew one myself.", "en"),
    ("You asked me about feeds.", "en"),
    ("Ich habe meine Berichte durchgesehen", "de"),
    ("Ihre Frage hat mich beschäftigt.", "de"),
    ("J’ai aimé votre carte", "fr"),
    ("Votre carte est restée dans ma mémoire", "fr"),
    ("Yo empezaría por un almacén", "es"),
    ("Su mapa es muy claro", "es"),
]


@pytest.mark.parametrize(("text", "code"), SENTENCES)
def test_sentences_stand_as_they_are_with_a_capital_and_a_stop(text: str, code: str) -> None:
    found, kept = form(text, code)
    assert found == "sentence"
    assert kept[0].isupper()
    assert kept.endswith(".")
    assert kept.rstrip(".")[1:] == text.rstrip(".")[1:]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("her point about ports", "your point about ports"),
        ("His point about ports", "your point about ports"),
        ("their calm", "your calm"),
        ("Ruth's point about ports", "your point about ports"),
        ("Ruth Adeyemi's point about ports", "your point about ports"),
    ],
)
def test_a_leading_her_his_or_name_becomes_your(text: str, expected: str) -> None:
    assert form(text)[1] == expected


def test_a_name_that_ends_in_s_is_turned_too_and_another_persons_is_not() -> None:
    assert form("James' point about ports", about="James Cole")[1] == "your point about ports"
    assert form("Piotr's point about ports")[1] == "Piotr's point about ports"


def test_german_possessives_keep_their_ending_and_a_polite_one_is_left() -> None:
    assert form("ihre Frage zur Übergabe", "de")[1] == "Ihre Frage zur Übergabe"
    assert form("seinen Hinweis zur Übergabe", "de")[1] == "Ihren Hinweis zur Übergabe"
    assert form("Ihr Hinweis zur Übergabe", "de")[1] == "Ihr Hinweis zur Übergabe"
    assert form("ses remarques sur la carte", "fr")[1] == "vos remarques sur la carte"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("she drew a map of late parcels", "en"),
        ("the map that he drew", "en"),
        ("the map by Ruth", "en"),
        ("wie sie sagte, zählt nur die Nacht", "de"),
        ("Sie hat mir die Karte gezeigt", "de"),
        ("Ruths Karte der Pakete", "de"),
        ("la carte dont elle m’a parlé", "fr"),
        ("el mapa que dibujó ella", "es"),
    ],
)
def test_words_about_the_reader_are_asked_for_again(text: str, code: str) -> None:
    assert "speaks about the person" in problem(text, code)


@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [
        ("Ihre Karte der verspäteten Pakete", "de-du", ("noun", "deine Karte der verspäteten Pakete")),
        ("ihren Hinweis zur Übergabe", "de-du", ("accusative", "deinen Hinweis zur Übergabe")),
        ("dein Hinweis zur Übergabe", "de-du", ("nominative", "dein Hinweis zur Übergabe")),
        ("Du hast die Nachtschicht zuerst gefragt", "de-du", ("sentence", "Du hast die Nachtschicht zuerst gefragt.")),
        ("sie planen zuerst die Nacht", "de-du", ("sentence", "Sie planen zuerst die Nacht.")),
        ("deine Karte der Pakete", "de", ("noun", "Ihre Karte der Pakete")),
        ("sa carte des colis", "fr-tu", ("noun", "ta carte des colis")),
        ("ses remarques sur la carte", "fr-tu", ("noun", "tes remarques sur la carte")),
        ("su mapa de los paquetes", "es-tu", ("noun", "tu mapa de los paquetes")),
    ],
)
def test_words_speak_to_the_reader_as_the_letter_does(text: str, code: str, expected: tuple[str, str]) -> None:
    assert form(text, code) == expected


@pytest.mark.parametrize(
    ("text", "code", "wrong", "right"),
    [
        ("deine Karte und dein Plan", "de", "dein", "Sie"),
        ("wie Sie die Nacht planen", "de-du", "Sie", "du"),
        ("J’ai aimé votre carte des colis", "fr-tu", "votre", "tu"),
        ("ce que tu as dit", "fr", "tu", "vous"),
        ("lo que dijo usted", "es-tu", "usted", "tú"),
        ("Lo que me dijiste a ti te gusta", "es", "ti", "usted"),
    ],
)
def test_words_that_speak_to_the_reader_in_the_other_way_are_asked_for_again(
    text: str, code: str, wrong: str, right: str
) -> None:
    assert problem(text, code) == f"says “{wrong}” to somebody whom this letter calls “{right}”"


def test_words_about_the_user_may_hold_any_person() -> None:
    assert form("I worked with Ruth and she liked it", about="")[0] == "sentence"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Ihr Hinweis, dass niemand die Zahlen liest", "en"),
        ("your point that nobody reads the numbers", "de"),
        ("votre remarque sur les chiffres de nuit", "es"),
        ("夜勤の数字についてのお話", "en"),
        ("ваше замечание о ночных данных", "fr"),
    ],
)
def test_words_in_another_language_than_the_letters_are_left_out(text: str, code: str) -> None:
    assert problem(text, code) == "is not in the letter's language"


@pytest.mark.parametrize(
    "text", ["your [topic here]", "your point about {x}", "your TODO list", "your ___ point", "<b>your map</b>"]
)
def test_notes_to_oneself_never_reach_a_letter(text: str) -> None:
    assert "note to yourself" in problem(text)


@pytest.mark.parametrize("text", ["5", "nothing", "ten.", "yes!"])
def test_a_single_word_says_nothing(text: str) -> None:
    assert problem(text) == "is too short to say something"


@pytest.mark.parametrize(
    ("text", "code"),
    [("was nervous", "en"), ("is a good place", "en"), ("war sehr nervös", "de"), ("était très calme", "fr")],
)
def test_what_begins_with_a_verb_has_lost_its_subject(text: str, code: str) -> None:
    assert problem(text, code).startswith("has no subject")


def test_a_question_and_a_language_without_subjects_may_begin_with_a_verb() -> None:
    assert form("Would you keep the raw data for a month?")[0] == "sentence"
    assert form("Fue una buena pregunta sobre los datos", "es")[0] == "sentence"


def test_words_that_are_too_long_or_start_in_the_middle_are_left_out() -> None:
    assert "longer than" in problem("your " + "very " * LIMIT + "long point")
    assert "neither a sentence nor a phrase" in problem("about your point on ports")
    assert own_words(" … ", about="Ruth", letters=LETTERS, language=LETTERS.languages["en"]) is None


def test_what_is_left_out_is_reported_with_the_draft_and_the_rest_of_the_letter_stands() -> None:
    draft = letter(
        known=facts(debrief(note(RITA, "she drew a map", "I would start small."), fit="Ich habe das gemacht."))
    )
    assert "map" not in draft.text
    assert "I would start small." in draft.text
    assert draft.left_out == (
        "What stayed with you is not in the letter: it speaks about the person; write it to them, as “your …”.",
        "What you have done that fits this job is not in the letter: it is not in the letter's language.",
    )
