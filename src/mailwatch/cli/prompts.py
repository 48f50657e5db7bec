"""The debrief's questions. Those about letters are asked in the letter's language, so that the answer is in it too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


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

PRIVATE_QUICK: Mapping[str, str] = {
    "stumped": "Only for you: a question that stumped you?",
    "red flag": "Only for you: a red flag?",
    "keen": "Only for you: how keen are you, 1–5?",
}
PRIVATE_FULL: Mapping[str, str] = {
    "went well": "Only for you: what went well?",
    "differently": "Only for you: what would you do differently?",
    "rating work": "Only for you, 1–5: the work itself?",
    "rating people": "Only for you, 1–5: the people?",
    "rating pay": "Only for you, 1–5: the pay?",
    "rating place": "Only for you, 1–5: place and hours?",
}
"""The private notes by their names, with the question for each. The names are what is stored."""

COVERED = "What was talked about? (for your next preparation; in no letter)"
NUMBERS = frozenset({"keen"}) | {name for name in PRIVATE_FULL if name.startswith("rating ")}


def letter_questions(language: str) -> LetterQuestions:
    """The questions in a letter's language, in English where they are not translated."""
    return _QUESTIONS.get(language.partition("-")[0], _QUESTIONS["en"])
