"""Greetings and sign-offs: how the person goes by, the user's own voice, no guessed title or gender."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from mailwatch.core.model import Address, Facts, Kind, Person, PersonKind, PersonMention, Policy, Voice
from tests.core.builders import BO, KIT, RITA, application, facts, interview, mail, person, sent
from tests.core.compose.writing import LATER, LETTERS, letter, me, paragraphs, signed


def greeting(known: Facts, *, to: Person | str = RITA, language: str = "en", tone: str = "warm", **more: object) -> str:
    recipient = person(to) if isinstance(to, str) else to
    round_ = interview(people=[recipient], language=language)
    return paragraphs(letter(to=recipient, round_=round_, known=known, rules=Policy(tone=tone), **more))[0]


@pytest.mark.scenario("T19")
@pytest.mark.parametrize(
    ("name", "expected"),
    [("Rita", "Hi Rita,"), ("Rita Ek", "Hi Rita,"), ("R. Ek", "Dear Rita Ek,"), ("Ek", "Dear Rita Ek,")],
)
def test_somebody_is_greeted_as_they_sign(name: str, expected: str) -> None:
    assert greeting(facts(signed(RITA, name))) == expected


def test_somebody_never_seen_to_sign_is_greeted_by_the_full_name() -> None:
    assert greeting(facts(mail(RITA), signed(BO, "Bo"))) == "Dear Rita Ek,"
    assert greeting(facts(), to=Person("", person(RITA).address)) == "Hello,"
    assert greeting(facts(signed(RITA, "Rita")), to=Person("", person(RITA).address)) == "Hi Rita,"


def test_the_newest_signature_counts() -> None:
    older, newer = signed(RITA, "Rita Ek", "2026-09-01 09:00"), signed(RITA, "Ri", "2026-09-02 09:00")
    assert greeting(facts(newer, older)) == "Hi Ri,"


def test_a_full_signature_stays_full_in_a_formal_letter_and_in_other_languages() -> None:
    known = facts(signed(RITA, "Rita Ek"))
    assert greeting(known, tone="formal") == "Dear Rita Ek,"
    assert greeting(known, language="de") == "Guten Tag Rita Ek,"
    assert greeting(known, language="fr") == "Bonjour Rita Ek,"
    assert greeting(known, language="es") == "Buenos días, Rita Ek:"
    assert greeting(facts(signed(RITA, "Dr. Rita Ek"))) == "Dear Rita Ek,"


@pytest.mark.parametrize(
    ("tone", "expected"), [("warm", "Hi Rita,"), ("plain", "Hello Rita,"), ("formal", "Dear Rita,")]
)
def test_the_tone_chooses_the_word(tone: str, expected: str) -> None:
    assert greeting(facts(signed(RITA, "Rita")), tone=tone) == expected


def test_how_the_user_greets_a_person_wins_over_how_they_sign() -> None:
    own = sent(RITA, "2026-09-04 09:00", voice=Voice("Hello", "Ri"))
    assert greeting(facts(own, signed(RITA, "Rita"))) == "Hello Ri,"
    full = sent(RITA, "2026-09-04 09:00", voice=Voice("Dear", "Rita Ek"))
    assert greeting(facts(full, signed(RITA, "Rita"))) == "Dear Rita Ek,"
    to_two = sent([RITA, BO], "2026-09-04 09:00", voice=Voice("", "both"))
    assert greeting(facts(to_two)) == "Dear Rita Ek,"


def test_the_users_usual_greeting_and_sign_off_are_kept() -> None:
    mails = [
        sent(KIT, f"2026-08-0{day} 09:00", voice=Voice(word, "", off))
        for day, word, off in ((1, "Hello", "Cheers"), (2, "Hey", "All the best"), (3, "Hello", "Cheers"))
    ]
    known = facts(*mails, signed(RITA, "Rita"))
    draft = letter(known=known)
    assert draft.text.startswith("Hello Rita,")
    assert "\n\nCheers,\n" in draft.text
    german = letter(known=known, round_=interview(people=[RITA], language="de"))
    assert german.text.startswith("Hallo Rita,")


def test_a_voice_given_with_the_facts_wins() -> None:
    known = replace(facts(signed(RITA, "Rita")), greetings={"en": ("Good morning", "So long")})
    draft = letter(known=known)
    assert draft.text.startswith("Good morning Rita,")
    assert "So long,\n" in draft.text


@pytest.mark.parametrize(
    ("language", "word", "expected"),
    [
        ("en", "Hey", "Dear Rita Ek,"),
        ("de", "Liebe", "Guten Tag Rita Ek,"),
        ("es", "Estimado", "Buenos días, Rita Ek:"),
        ("en", "Dear <b>", "Dear Rita Ek,"),
        ("en", "Good day", "Good day Rita Ek,"),
    ],
)
def test_a_word_that_is_too_casual_gendered_or_unsafe_is_not_used_for_a_full_name(
    language: str, word: str, expected: str
) -> None:
    assert greeting(replace(facts(), greetings={language: (word, "")}), language=language) == expected


@pytest.mark.parametrize(
    ("language", "title", "formal"),
    [
        ("en", "Dr", "regards"),
        ("de", "Frau Dr.", "Gr"),
        ("fr", "Madame", "ordialement|salutations"),
        ("es", "Sra.", "saludo|Atentamente"),
    ],
)
def test_a_greeting_with_a_title_ends_as_formally(language: str, title: str, formal: str) -> None:
    known = facts(mail(RITA, people=(PersonMention(f"{title} Rita Ek", source="body"),)))
    process = application(round_ := interview(people=[RITA], language=language), language=language)
    draft = letter(
        known=known, round_=round_, process=replace(process, messages=frozenset({known.mails[0].envelope.id}))
    )
    off = paragraphs(draft)[-1].split("\n")[0]
    assert title.split(maxsplit=1)[0] in paragraphs(draft)[0]
    assert off in LETTERS.languages[language].words["sign_off"]["titled"]
    assert re.search(formal, off)


def test_a_sign_off_that_thanks_is_not_taken_over() -> None:
    known = replace(facts(), greetings={"en": ("", "Thank you so much")})
    assert "so much" not in letter(known=known).text


@pytest.mark.scenario("T19")
def test_a_title_stands_only_where_a_mail_gave_it() -> None:
    ina = person("Ina Brandt <i.brandt@acme.example>")
    told = mail(KIT, people=(PersonMention("Frau Dr. Brandt", source="body"),))
    other = mail(KIT, people=(PersonMention("Frau Brandt", source="body"),))
    round_ = interview(people=[ina], language="de")

    def first_line(known: Facts, **more: object) -> str:
        process = application(round_, messages=frozenset({told.envelope.id}))
        return paragraphs(letter(to=ina, round_=round_, known=known, process=process, **more))[0]

    assert first_line(facts(told)) == "Sehr geehrte Frau Dr. Brandt,"
    assert first_line(facts(other)) == "Guten Tag Ina Brandt,"
    greeted = sent("Ina <i.brandt@acme.example>", "2026-09-02 09:00", voice=Voice("Sehr geehrte", "Frau Brandt"))
    assert first_line(facts(greeted)) == "Sehr geehrte Frau Brandt,"
    titled = replace(ina, name="Frau Ina Brandt")
    assert paragraphs(letter(to=titled, round_=round_))[0] == "Sehr geehrte Frau Brandt,"
    unread = mail(KIT, unreadable="broken", ident=str(told.envelope.id))
    assert first_line(facts(unread)) == "Guten Tag Ina Brandt,"


def test_a_name_in_chinese_japanese_or_korean_letters_stays_whole() -> None:
    assert (
        greeting(facts(signed("山田 太郎 <y@acme.example>", "山田")), to="山田 太郎 <y@acme.example>")
        == "Dear 山田 太郎,"
    )


@pytest.mark.parametrize(
    ("name", "signed_as", "expected"),
    [
        ("J. R. Smith", "J. R. Smith", "Dear J. R. Smith,"),
        ("Rita Ek", "R", "Dear Rita Ek,"),
        ("de la Fuente", "de la Fuente", "Dear de la Fuente,"),
        ("Nguyễn Thị Minh Khai", "Nguyễn Thị Minh Khai", "Dear Nguyễn Thị Minh Khai,"),
        ("Frau Ina Brandt", "Frau Ina Brandt", "Hi Ina,"),
        ("Владимир Петров", "Владимир", "Hi Владимир,"),
        ("Madonna", "Madonna", "Hi Madonna,"),
    ],
)
def test_nobody_is_called_by_an_initial_a_particle_or_a_family_name(name: str, signed_as: str, expected: str) -> None:
    to = Person(name, Address("x@acme.example"))
    assert greeting(facts(signed("X <x@acme.example>", signed_as)), to=to) == expected


@pytest.mark.parametrize(
    ("language", "name", "expected"),
    [
        ("de", "Herr von Bülow", "Sehr geehrter Herr von Bülow,"),
        ("de", "Frau Prof. Dr. Ana de la Cruz", "Sehr geehrte Frau Prof. de la Cruz,"),
        ("fr", "M. Paul Durand", "Bonjour Monsieur Durand,"),
        ("fr", "Mme Anne Le Goff", "Bonjour Madame Le Goff,"),
        ("fr", "Frau Ina Brandt", "Bonjour Ina Brandt,"),
        ("es", "Dr. Ina Brandt", "Buenos días, Dr. Ina Brandt:"),
        ("es", "Dra. Ina Brandt", "Estimada Dra. Ina Brandt:"),
        ("pt", "Dr. Ina Brandt", "Bom dia, Dr. Ina Brandt,"),
        ("en", "Herr von Bülow", "Dear Herr von Bülow,"),
        ("ja", "Mme Anne Roux", "Anne Roux 様"),
    ],
)
def test_a_title_goes_with_the_family_name_and_guesses_no_gender(language: str, name: str, expected: str) -> None:
    assert greeting(facts(), to=Person(name, Address("x@acme.example")), language=language) == expected


def test_swiss_german_has_no_comma_no_sharp_s_and_its_own_quotes() -> None:
    round_ = interview(people=["Beat Frei <b@firma.ch>"], language="de")
    swiss = letter(to="Beat Frei <b@firma.ch>", round_=round_, known=facts(signed("Beat Frei <b@firma.ch>", "Beat")))
    parts = paragraphs(swiss)
    assert parts[0] == "Hallo Beat"
    assert parts[1][0].isupper()
    assert "ß" not in swiss.text
    assert "„" not in swiss.text
    assert "Gruss" in swiss.text or "Grüsse" in swiss.text
    at_home = letter(round_=interview(people=[RITA], language="de"), known=facts(me=me(zone="Europe/Zurich")))
    assert paragraphs(at_home)[0] == "Guten Tag Rita Ek"


@pytest.mark.parametrize(
    ("kind", "person_kind", "expected"),
    [
        (Kind.THANK_YOU, PersonKind.PEER, "Jordan"),
        (Kind.THANK_YOU, PersonKind.HIRING_MANAGER, "Jordan Reyes"),
        (Kind.FOLLOW_UP, PersonKind.RECRUITER, "Jordan"),
        (Kind.WITHDRAWAL, PersonKind.RECRUITER, "Jordan Reyes"),
    ],
)
def test_the_user_signs_with_the_first_name_to_peers_and_recruiters_who_do(
    kind: Kind, person_kind: PersonKind, expected: str
) -> None:
    to = replace(person(RITA), kind=person_kind)
    first = letter(
        kind, to, known=facts(signed(RITA, "Rita")), now=LATER if kind is not Kind.THANK_YOU else "2026-09-08 13:00"
    )
    assert first.text.rstrip().endswith(f"\n{expected}")
    unseen = letter(kind, to, now="2026-09-08 13:00")
    assert unseen.text.rstrip().endswith("\nJordan Reyes")


def test_a_signature_in_the_settings_is_used_as_it_is() -> None:
    draft = letter(known=facts(signed(RITA, "Rita"), me=me(signature="J. Reyes")))
    assert draft.text.rstrip().endswith("\nJ. Reyes")


def test_a_follow_up_closes_with_thanks_unless_the_user_or_the_tone_says_otherwise() -> None:
    def last(known: Facts, tone: str = "warm") -> str:
        return paragraphs(letter(Kind.FOLLOW_UP, KIT, ordinal=1, now=LATER, known=known, rules=Policy(tone=tone)))[-1]

    assert "hank" in last(facts())
    assert "hank" not in last(facts(), "formal")
    assert last(replace(facts(), greetings={"en": ("Hi", "Cheers")})).startswith("Cheers,")
