"""Sie or du, vous or tu, usted or tú: as the two write to each other, and politely where nothing tells."""

from __future__ import annotations

import pytest

from mailwatch.core.model import (
    Envelope,
    Facts,
    Kind,
    Mail,
    Message,
    MessageId,
    MessageRef,
    Person,
    PersonKind,
    PersonMention,
    Policy,
    SpecialUse,
    Voice,
)
from mailwatch.core.reading.voice import voice_in
from mailwatch.phrases import load_lexicon
from tests.core.builders import BO, KIT, RITA, application, facts, interview, mail, person, sent
from tests.core.compose.writing import LATER, debrief, letter, note, panel_letters, people

LEXICON = load_lexicon()
FORMS = [("de", "du"), ("fr", "tu"), ("es", "tu")]


def wrote(who: str, form: str, language: str = "de", when: str = "2026-09-03 09:00", signed: str = "") -> Mail:
    return mail(who, when, language=language, voice=Voice(signed=signed, form=form))


def form_of(text: str, language: str) -> str:
    """How a text addresses its reader, as the reader of mail hears it."""
    envelope = Envelope(MessageId("<m@acme.example>"), MessageRef("1"), SpecialUse.SENT, "Hi", None)
    return voice_in(Message(envelope, text), LEXICON, language).form


def is_familiar(text: str) -> bool:
    """Whoever is addressed familiarly is greeted by the first name alone; here nobody signs with it."""
    return "Ek" not in text.split("\n", maxsplit=1)[0]


def thanks(known: Facts, *, language: str = "de", to: Person | str = RITA, asked_for: str = "", **more: object) -> str:
    round_ = interview(people=[person(to) if isinstance(to, str) else to], language=language)
    messages = frozenset(one.envelope.id for one in known.mails)
    process = application(round_, language=language, messages=messages)
    return letter(to=to, round_=round_, process=process, known=known, language=asked_for, **more).text


@pytest.mark.scenario("T19")
@pytest.mark.parametrize(("language", "tag"), FORMS)
def test_a_letter_says_what_its_reader_has_said(language: str, tag: str) -> None:
    assert is_familiar(thanks(facts(wrote(RITA, "familiar", language)), language=language))
    assert not is_familiar(thanks(facts(wrote(RITA, "polite", language)), language=language))
    assert not is_familiar(thanks(facts(), language=language))


@pytest.mark.parametrize(("language", "tag"), FORMS)
def test_the_user_may_ask_for_either(language: str, tag: str) -> None:
    polite = {"de": "sie", "fr": "vous", "es": "usted"}[language]
    assert is_familiar(thanks(facts(), language=language, asked_for=f"{language}-{tag}"))
    known = facts(wrote(RITA, "familiar", language))
    assert not is_familiar(thanks(known, language=language, asked_for=f"{language.upper()}_{polite}"))
    assert is_familiar(thanks(known, language=language, asked_for=f"{language}-AT"))


def test_how_the_user_writes_to_the_person_wins_over_how_the_person_writes() -> None:
    own = sent(RITA, "2026-09-02 09:00", language="de", voice=Voice(form="familiar"))
    assert is_familiar(thanks(facts(own, wrote(RITA, "polite"))))
    own = sent(RITA, "2026-09-02 09:00", language="de", voice=Voice(form="polite"))
    assert not is_familiar(thanks(facts(own, wrote(RITA, "familiar"))))


def test_the_newest_mail_that_shows_it_counts_and_mail_in_another_language_does_not() -> None:
    older, newer = wrote(RITA, "polite", when="2026-09-01 09:00"), wrote(RITA, "familiar", when="2026-09-02 09:00")
    silent, foreign = wrote(RITA, "", when="2026-09-03 09:00"), wrote(RITA, "polite", "fr", "2026-09-04 09:00")
    assert is_familiar(thanks(facts(older, newer, silent, foreign)))


def test_somebody_who_never_wrote_is_addressed_as_all_colleagues_write() -> None:
    colleague, other = wrote(BO, "familiar"), wrote(KIT, "polite", when="2026-09-02 09:00")
    assert is_familiar(thanks(facts(colleague)))
    assert not is_familiar(thanks(facts(colleague, other)))
    stranger = wrote("Sam Roe <sam@agency.example>", "familiar")
    assert not is_familiar(thanks(facts(stranger)))


@pytest.mark.scenario("T19")
def test_somebody_with_a_title_is_addressed_politely_whatever_the_colleagues_say() -> None:
    ina = person("Ina Brandt <i.brandt@acme.example>")
    told = mail(
        KIT, language="de", voice=Voice(form="familiar"), people=(PersonMention("Frau Dr. Brandt", source="body"),)
    )
    assert thanks(facts(told), to=ina).startswith("Sehr geehrte Frau Dr. Brandt,")
    assert form_of(thanks(facts(told), to=ina), "de") == "polite"


@pytest.mark.parametrize(
    ("language", "tone", "expected"),
    [
        ("de", "warm", "Hallo Rita,"),
        ("de", "formal", "Hallo Rita,"),
        ("fr", "plain", "Bonjour Rita,"),
        ("es", "formal", "Hola, Rita:"),
    ],
)
def test_who_is_addressed_familiarly_is_greeted_by_the_first_name(language: str, tone: str, expected: str) -> None:
    known = facts(wrote(RITA, "familiar", language, signed="Rita Ek"))
    assert thanks(known, language=language, rules=Policy(tone=tone)).startswith(expected)


def test_the_users_own_words_are_turned_to_the_letters_form() -> None:
    known = facts(wrote(RITA, "familiar"), debrief(note(RITA, "Ihre Karte der verspäteten Pakete")))
    text = thanks(known)
    assert "deine Karte der verspäteten Pakete" in text
    assert form_of(text, "de") == "familiar"


def test_in_a_panel_each_is_addressed_in_their_own_way_and_no_two_get_the_same_sentence() -> None:
    members = people(PersonKind.PEER, PersonKind.PEER, PersonKind.HIRING_MANAGER)
    round_ = interview(people=members, language="de")
    first, second, third = (f"{one.name} <{one.address}>" for one in members)
    known = facts(wrote(first, "familiar"), wrote(second, "polite"), wrote(third, "familiar"))
    drafts = panel_letters(round_, known)
    greeted = [" ".join(one.name.split()[: 1 + (one is members[1])]) for one in members]
    assert [draft.text.split(maxsplit=1)[0] for draft in drafts] == ["Hallo", "Guten", "Hallo"]
    assert [name in draft.text.split("\n")[0] for name, draft in zip(greeted, drafts, strict=True)] == [True] * 3
    taken = [sentence.source for draft in drafts for sentence in draft.sentences]
    assert len(taken) == len(set(taken))


@pytest.mark.parametrize("asked_for", ["de-du", "de-sie", "fr-tu", "es-tu"])
def test_a_panel_that_is_to_be_written_to_in_one_form_gets_no_sentence_twice(asked_for: str) -> None:
    members = people(*[PersonKind.PEER] * 5)
    round_ = interview(people=members, language=asked_for[:2])
    one, other = (f"{member.name} <{member.address}>" for member in members[:2])
    known = facts(wrote(one, "polite", asked_for[:2]), wrote(other, "familiar", asked_for[:2]))
    drafts = panel_letters(round_, known, language=asked_for)
    taken = [sentence.source for draft in drafts for sentence in draft.sentences]
    assert len(taken) == len(set(taken))


@pytest.mark.parametrize(("language", "tag"), FORMS)
@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.RELAY])
def test_every_kind_of_letter_can_be_written_familiarly(language: str, tag: str, kind: Kind) -> None:
    known = facts(wrote(KIT, "familiar", language))
    round_ = interview(people=[RITA], language=language)
    ordinal = 1 if kind is Kind.FOLLOW_UP else 0
    process = application(round_, language=language)
    text = letter(kind, KIT, round_=round_, process=process, known=known, now=LATER, ordinal=ordinal).text
    assert text.split("\n")[0] in {"Hallo Kit,", "Bonjour Kit,", "Hola, Kit:"}
    assert language == "fr" or form_of(text, language) != "polite"
