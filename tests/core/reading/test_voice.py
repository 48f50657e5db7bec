"""How letters begin and end: the greeting word, the name behind it, the closing, the signature."""

from __future__ import annotations

import pytest

from mailwatch.core.model import Address, Envelope, Mailbox, Message, MessageId, MessageRef, SpecialUse, Voice
from mailwatch.core.reading.voice import voice_in
from mailwatch.phrases import load_lexicon

LEXICON = load_lexicon()


def heard(text: str, *, sender: str = "Rita Ek", signature: str = "", language: str = "") -> Voice:
    box = Mailbox(sender, Address("r@acme.example")) if sender else None
    envelope = Envelope(MessageId("<m@acme.example>"), MessageRef("1"), SpecialUse.INBOX, "Interview", box)
    return voice_in(Message(envelope, text, signature=signature), LEXICON, language)


@pytest.mark.scenario("T19")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi Jordan,\n\nSee you Tuesday.\n\nBest regards,\nRita", Voice("Hi", "Jordan", "Best regards", "Rita")),
        ("Good morning, Jordan!\n\nSee you.\n\nRita Ek | Acme", Voice("Good morning", "Jordan", "", "Rita Ek")),
        ("Sehr geehrte Frau Reyes,\n\nbis Dienstag.\n\nMit freundlichen Grüßen\nRita Ek", Voice("Sehr geehrte", "Frau Reyes", "Mit freundlichen Grüßen", "Rita Ek")),
        ("Bonjour Jordan,\n\nÀ mardi.\n\nBien cordialement,\nR. Ek", Voice("Bonjour", "Jordan", "Bien cordialement", "R. Ek")),
        ("Hola, Jordan:\n\nHasta el martes.\n\nUn saludo,\nRita", Voice("Hola", "Jordan", "Un saludo", "Rita")),
        ("Jordan, see you Tuesday.\n\nRi", Voice("", "", "", "Ri")),
        ("Hello,\n\nBest,", Voice("Hello", "", "Best", "")),
    ],
)  # fmt: skip
def test_a_letter_is_heard_from_greeting_to_name(text: str, expected: Voice) -> None:
    assert heard(text) == expected


def test_a_name_below_that_is_not_the_writers_is_no_signature() -> None:
    assert heard("Hi,\n\nBest,\nThe Talent Team").signed == ""
    assert heard("Hi,\n\nBest,\nsee you").signed == ""
    assert heard("Hi,\n\nBest,\n+49 30 1234").signed == ""
    assert heard("Hi,\n\nBest,\nRita Ek of the whole wide Acme team").signed == ""
    assert heard("Hi,\n\nBest,\nKit", sender="").signed == ""


def test_a_signature_block_counts_as_the_end() -> None:
    assert heard("Hi Jordan,\n\nSee you.", signature="Rita Ek\nAcme, People team").signed == ""
    assert heard("Hi Jordan,\n\nSee you.\n\nBest,", signature="Rita Ek\nAcme").signed == "Rita Ek"


def test_a_first_line_that_goes_on_is_no_greeting() -> None:
    assert heard("Hello from the whole team here\n\nRita").greeting == ""
    assert heard("Hi " + "and welcome " * 8 + "\n\nRita").greeting == ""
    assert heard("") == Voice()


@pytest.mark.parametrize(
    ("language", "text", "form"),
    [
        ("de", "Hallo Jordan,\n\nhast du am Dienstag Zeit? Ich schicke dir den Link.\n\nRita", "familiar"),
        ("de", "Hallo Jordan,\n\nschön, dass Du Zeit hast.\n\nRita", "familiar"),
        ("de", "Guten Tag,\n\nhaben Sie Zeit? Ich schicke Ihnen den Link.\n\nIhre Rita Ek", "polite"),
        ("de", "Guten Tag,\n\nSie kommen alle. Ihr Zug fährt um neun.\n\nRita", ""),
        ("de", "Guten Tag,\n\ndie Leute sagen, ihr Zug fährt um neun.\n\nRita", ""),
        ("fr", "Bonjour,\n\nje te confirme l’entretien avec toi mardi.\n\nRita", "familiar"),
        ("fr", "Bonjour,\n\nje vous confirme votre entretien du mardi.\n\nRita", "polite"),
        ("fr", "Bonjour,\n\ntu viens ? L’équipe vous attend.\n\nRita", ""),
        ("es", "Hola:\n\n¿Te va bien el martes? Tu entrevista será por vídeo.\n\nRita", "familiar"),
        ("es", "Buenos días:\n\n¿Podría usted el martes?\n\nRita", "polite"),
        ("en", "Hi,\n\nDu is a German word.\n\nRita", ""),
        ("", "Hallo,\n\nhast du Zeit?\n\nRita", ""),
    ],
)
def test_how_the_reader_is_addressed_is_heard_in_the_letters_own_language(language: str, text: str, form: str) -> None:
    assert heard(text, language=language).form == form
