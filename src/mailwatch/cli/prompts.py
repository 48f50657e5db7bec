"""The debrief's questions. Those about letters are asked in the letter's language, so that the answer is in it too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class LetterQuestions:
    """What is asked for letters. topic has the person's name in it as {name}."""

    topic: str
    thought: str
    better: str
    fit: str


_QUESTIONS: Mapping[str, LetterQuestions] = {
    "en": LetterQuestions(
        "✉ To {name}: what stayed with you? Write it to them: your …",
        "✉ What do you think, or would you add now?",
        "✉ A better answer to something {name} asked?",
        "✉ One sentence: what have you done that fits this job?",
    ),
    "de": LetterQuestions(
        "✉ An {name}: Was ist Ihnen geblieben? Direkt an die Person: Ihr … / Ihre …",
        "✉ Was denken Sie dazu, oder was würden Sie jetzt ergänzen?",
        "✉ Eine bessere Antwort auf etwas, das {name} gefragt hat?",
        "✉ Ein Satz: Was haben Sie getan, das zu dieser Stelle passt?",
    ),
    "fr": LetterQuestions(
        "✉ À {name} : que retenez-vous ? Écrivez-le à cette personne : votre …",
        "✉ Qu’en pensez-vous, ou qu’ajouteriez-vous maintenant ?",
        "✉ Une meilleure réponse à une question de {name} ?",
        "✉ En une phrase : qu’avez-vous fait qui convient à ce poste ?",
    ),
    "es": LetterQuestions(
        "✉ A {name}: ¿qué se le ha quedado? Escríbaselo a esa persona: su …",
        "✉ ¿Qué piensa de ello, o qué añadiría ahora?",
        "✉ ¿Una respuesta mejor a algo que preguntó {name}?",
        "✉ Una frase: ¿qué ha hecho que encaje con este puesto?",
    ),
}

_FAMILIAR_TOPICS: Mapping[str, str] = {
    "du": "✉ An {name}: Was ist Ihnen geblieben? Direkt an die Person: dein … / deine …",
    "tu": "✉ À {name} : que retenez-vous ? Écrivez-le à cette personne : ton … / ta …",
    "tú": "✉ A {name}: ¿qué se le ha quedado? Escríbaselo a esa persona: tu …",
}

PRIVATE_QUICK: Mapping[str, str] = {
    "stumped": "Only for you: a question that stumped you?",
    "red flag": "Only for you: a red flag?",
    "keen": "Only for you: how keen are you, 1–5?",
}
_PRIVATE_FULL: Mapping[str, str] = {
    "went well": "Only for you: what went well?",
    "differently": "Only for you: what would you do differently?",
}
_KNOWN_RATINGS = {"work": "the work itself", "people": "the people", "pay": "the pay", "place": "place and hours"}

COVERED = "What was talked about? (for your next preparation; in no letter)"


def private_full(ratings: Sequence[str]) -> Mapping[str, str]:
    """The private notes of a full debrief by their names, with the question for each. The names are what is stored.

    Args:
        ratings: what the user rates.
    """
    rated = {f"rating {name}": f"Only for you, 1–5: {_KNOWN_RATINGS.get(name, name)}?" for name in ratings}
    return {**PRIVATE_QUICK, **_PRIVATE_FULL, **rated}


def is_number(name: str) -> bool:
    """Is the private note of this name a number from 1 to 5?"""
    return name == "keen" or name.startswith("rating ")


def letter_questions(language: str, form: str = "") -> LetterQuestions:
    """The questions in a letter's language, in English where they are not translated.

    Args:
        language: its code.
        form: how the letter addresses its reader ("du"), "" for the usual way.
    """
    questions = _QUESTIONS.get(language.partition("-")[0], _QUESTIONS["en"])
    return replace(questions, topic=_FAMILIAR_TOPICS.get(form, questions.topic))
