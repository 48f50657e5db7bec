"""Thank-you letters: whom they greet, what they say, what they leave to others."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from mailwatch.core.compose.lint import overlap, thanks_in, too_much_i, word_count
from mailwatch.core.model import Draft, Kind, LedgerState, PersonKind, Policy, ReplyKind
from tests.core.builders import (
    ANA,
    BO,
    KIT,
    PANEL,
    RITA,
    answered,
    application,
    at,
    facts,
    interview,
    moved,
    person,
)
from tests.core.compose.writing import (
    LETTERS,
    asked,
    body,
    debrief,
    letter,
    me,
    note,
    panel_letters,
    paragraphs,
    people,
    refusal,
    saved,
)

FULL = ("en", "de", "fr", "es")
KINDS = tuple(PersonKind)
TONES = ("warm", "plain", "formal")
LIMITS = {
    PersonKind.RECRUITER: ((45, 80), (30, 60)),
    PersonKind.HIRING_MANAGER: ((80, 130), (40, 65)),
    PersonKind.PEER: ((60, 110), (35, 55)),
    PersonKind.EXECUTIVE: ((50, 90), (35, 55)),
    PersonKind.UNKNOWN: ((60, 120), (35, 65)),
}
TOPICS = {
    "en": (
        "your point that nobody owns the night shift figures",
        "your habit of reading one complaint aloud each Monday",
        "how you let new people break the test line on purpose",
        "the map of late parcels you drew on the table",
        "your question about the numbers I would stop collecting",
    ),
    "de": (
        "Ihr Hinweis, dass niemand die Zahlen der Nachtschicht verantwortet",
        "Ihre Gewohnheit, jeden Montag eine Beschwerde vorzulesen",
        "wie Sie Neue die Testanlage absichtlich stören lassen",
        "die Karte der verspäteten Pakete auf dem Tisch",
        "Ihre Frage nach den Zahlen, auf die ich verzichten würde",
    ),
    "fr": (
        "votre remarque sur les chiffres de nuit dont personne ne répond",
        "votre habitude de lire une plainte à voix haute chaque lundi",
        "comment vous laissez les nouveaux casser la chaîne d’essai",
        "la carte des colis en retard dessinée sur la table",
        "votre question sur les chiffres auxquels je renoncerais",
    ),
    "es": (
        "su comentario sobre las cifras nocturnas de las que nadie responde",
        "su costumbre de leer una queja en voz alta cada lunes",
        "cómo dejan que los nuevos rompan la línea de pruebas",
        "el mapa de los paquetes tardíos dibujado en la mesa",
        "su pregunta sobre las cifras a las que renunciaría",
    ),
}
SHORT = {"en": "your map", "de": "Ihre Karte", "fr": "votre carte", "es": "su mapa"}
THOUGHT = {
    "en": "I would begin with one depot and publish its misses for a month before touching the others.",
    "de": "Ich würde mit einem Depot beginnen und einen Monat lang nur dessen Fehler veröffentlichen.",
    "fr": "Je commencerais par un seul dépôt, dont je publierais les erreurs pendant un mois.",
    "es": "Yo empezaría por un solo almacén y publicaría sus fallos durante un mes.",
}
FIT = {
    "en": "In Lisbon I ran the parcel desk for four years and halved the search time.",
    "de": "In Lissabon habe ich vier Jahre die Paketannahme geführt und die Suchzeit halbiert.",
    "fr": "À Lisbonne, j’ai tenu le bureau des colis quatre ans et réduit de moitié le temps de recherche.",
    "es": "En Lisboa llevé cuatro años la oficina de paquetes y reduje a la mitad el tiempo de búsqueda.",
}


@pytest.mark.scenario("T9")
@pytest.mark.parametrize("language", FULL)
@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("kind", KINDS)
def test_without_a_debrief_a_letter_is_short_complete_and_keeps_every_rule(
    language: str, tone: str, kind: PersonKind
) -> None:
    recipient = replace(person(RITA), kind=kind)
    for medium in ("", "phone", "video", "onsite"):
        draft = letter(
            to=recipient,
            round_=interview(people=[recipient], medium=medium, language=language),
            rules=Policy(tone=tone),
        )
        low, high = LIMITS[kind][1]
        assert low <= word_count(draft.text) <= high, draft.text
        _keeps_the_rules(draft)


@pytest.mark.scenario("T1")
@pytest.mark.parametrize("language", FULL)
@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("kind", KINDS)
def test_with_a_debrief_a_letter_holds_the_users_words_and_keeps_every_rule(
    language: str, tone: str, kind: PersonKind
) -> None:
    recipient = replace(person(RITA), kind=kind)
    round_ = interview(people=[recipient], language=language)
    for topic in TOPICS[language]:
        known = facts(debrief(note(RITA, topic, THOUGHT[language]), fit=FIT[language]))
        draft = letter(to=recipient, round_=round_, known=known, rules=Policy(tone=tone))
        low, high = LIMITS[kind][0]
        assert low <= word_count(draft.text) <= high, draft.text
        assert topic in draft.text
        assert THOUGHT[language] in draft.text
        assert draft.left_out == ()
        _keeps_the_rules(draft)


@pytest.mark.scenario("T1")
@pytest.mark.parametrize("language", FULL)
@pytest.mark.parametrize("kind", KINDS)
def test_a_highlight_of_two_words_makes_a_letter_of_ordinary_length(language: str, kind: PersonKind) -> None:
    recipient = replace(person(RITA), kind=kind)
    for hour, tone in itertools.product((0, 6, 12, 18), TONES):
        draft = letter(
            to=recipient,
            round_=interview(f"2026-09-08 {hour:02}:00", people=[recipient], language=language),
            known=facts(debrief(note(RITA, SHORT[language]))),
            rules=Policy(tone=tone),
            now="2026-09-09 10:00",
        )
        low, high = LIMITS[kind][0]
        assert low <= word_count(draft.text) <= high, draft.text
        assert SHORT[language] in draft.text


def _keeps_the_rules(draft: Draft) -> None:
    lint = LETTERS.languages[draft.language].words["lint"]
    said = [sentence.text for sentence in draft.sentences[1:]]
    assert thanks_in(draft.text, lint) <= 2, draft.text
    assert not too_much_i(said, lint), draft.text
    assert len(draft.subject) <= 60
    assert not set("[]{}<>_|") & set(draft.text)
    assert body(draft) == " ".join(said)
    assert all(sentence.source for sentence in draft.sentences)


@pytest.mark.scenario("T2")
@pytest.mark.parametrize("language", FULL)
@pytest.mark.parametrize("debriefed", [False, True])
@pytest.mark.parametrize("late", [False, True])
def test_five_letters_to_one_panel_are_five_different_letters(language: str, debriefed: bool, late: bool) -> None:
    roles = (PersonKind.HIRING_MANAGER, PersonKind.PEER, PersonKind.EXECUTIVE, PersonKind.UNKNOWN, PersonKind.RECRUITER)
    for kinds in (roles, (PersonKind.UNKNOWN,) * 5, (PersonKind.PEER,) * 5):
        round_ = interview(people=people(*kinds), language=language)
        notes = [note(one, topic) for one, topic in zip(PANEL, TOPICS[language], strict=True)]
        known = facts(debrief(*notes, fit=FIT[language])) if debriefed else facts()
        drafts = panel_letters(round_, known, now="2026-09-11 13:00" if late else "2026-09-08 13:00")
        for one, other in itertools.combinations(drafts, 2):
            assert overlap(one.text, other.text) < (0.3 if debriefed else 0.6)
        told = [sentence.text for draft in drafts for sentence in draft.sentences]
        assert len(told) == len(set(told))
        assert len({draft.subject for draft in drafts}) == 5


@pytest.mark.scenario("T2", "T4")
def test_a_panel_gets_the_same_letters_whether_saved_one_by_one_or_together() -> None:
    round_ = interview(people=people(*[PersonKind.PEER] * 5))
    together = panel_letters(round_, facts())
    known = facts()
    for index, one in enumerate(round_.people):
        draft = letter(to=one, round_=round_, known=known)
        assert draft.text == together[index].text
        known = replace(known, ledger=(*known.ledger, saved(draft)))


@pytest.mark.scenario("D14", "T13")
def test_three_rounds_with_five_people_repeat_no_sentence() -> None:
    known = facts()
    told: list[str] = []
    rounds = [
        interview(f"2026-09-{day} 10:00", people=people(*[PersonKind.UNKNOWN] * 5), anchors=[f"uid-{day}"])
        for day in ("01", "08", "15")
    ]
    for index, round_ in enumerate(rounds):
        process = application(*rounds[: index + 1])
        for one in round_.people:
            draft = letter(to=one, round_=round_, known=known, process=process, now=moved(round_).end or "")
            told += [sentence.text for sentence in draft.sentences[1:]]
            known = replace(known, ledger=(*known.ledger, saved(draft)))
    assert len(told) == len(set(told))


@pytest.mark.scenario("T13")
def test_somebody_met_before_is_thanked_for_another_conversation() -> None:
    first = interview("2026-09-01 10:00", people=[RITA], anchors=["uid-first"])
    second = interview(people=[RITA])
    draft = letter(round_=second, process=application(first, second))
    assert draft.sentences[1].source.startswith("en.opening.again.")


@pytest.mark.scenario("T12")
def test_a_late_letter_says_that_it_is_late_and_a_timely_one_does_not() -> None:
    assert letter(now="2026-09-11 13:00").sentences[1].source.startswith("en.opening.late.")
    assert letter(now="2026-09-10 10:00").sentences[1].source.startswith("en.opening.bare.")


@pytest.mark.scenario("T15")
def test_once_the_next_round_is_being_arranged_nothing_hopes_for_it() -> None:
    round_ = interview(people=[replace(person(RITA), kind=PersonKind.HIRING_MANAGER)])
    invited = application(round_, replies=(answered(ReplyKind.NEXT_ROUND, "2026-09-08 12:00"),))
    planned = application(round_, interview("2026-09-20 10:00", anchors=["next"]))
    for process in (invited, planned):
        draft = letter(to=round_.people[0], round_=round_, process=process)
        assert any(sentence.source.startswith("en.interest.next.") for sentence in draft.sentences)


@pytest.mark.scenario("T21")
def test_an_informational_talk_is_thanked_for_without_a_word_about_a_role() -> None:
    draft = letter(round_=interview(people=[RITA], informational=True))
    assert "role" not in draft.text
    assert "Data Analyst" not in draft.text + draft.subject
    assert draft.sentences[1].source.startswith("en.opening.chat.")


@pytest.mark.scenario("T8")
def test_the_contacts_letter_names_those_without_an_address_and_passes_their_highlight_on() -> None:
    lou, bas = person("Lou Tsang"), person("Bas van Oort")
    round_ = interview(people=[lou, bas])
    known = facts(
        debrief(note("Lou Tsang", "your sketch of the late parcels"), note("Bas van Oort", "You made me think."))
    )
    draft = letter(Kind.RELAY, KIT, round_=round_, known=known, relayed=(lou, bas))
    assert "Lou Tsang and Bas van Oort" in draft.text
    assert "your sketch of the late parcels" in draft.text
    assert "You made me think." in draft.text
    assert draft.sentences[1].source.startswith("en.opening.setup.")


def test_a_relay_that_names_nobody_is_refused() -> None:
    assert "Nobody is named in full" in refusal(
        Kind.RELAY, KIT, round_=interview(people=[RITA]), relayed=(person("Dublin"),)
    )
    assert "Nobody is named" in refusal(Kind.RELAY, KIT, round_=interview(people=[RITA]), relayed=(person("?"),))


def test_a_relayed_highlight_that_cannot_stand_is_reported_by_name() -> None:
    lou = person("Lou Tsang")
    known = facts(debrief(note("Lou Tsang", "he drew a map")))
    draft = letter(Kind.RELAY, KIT, round_=interview(people=[lou]), known=known, relayed=(lou,))
    assert "map" not in draft.text
    assert draft.left_out[0].startswith("For Lou Tsang: What stayed with you is not in the letter")


def test_the_fit_sentence_goes_to_one_person_of_a_panel_and_is_not_said_twice_to_an_employer() -> None:
    round_ = interview(people=people(PersonKind.PEER, PersonKind.EXECUTIVE, PersonKind.HIRING_MANAGER))
    known = facts(debrief(fit=FIT["en"]))
    drafts = panel_letters(round_, known)
    assert [FIT["en"] in draft.text for draft in drafts] == [False, False, True]
    second = interview("2026-09-15 10:00", people=[round_.people[2]], anchors=["uid-2"])
    later = letter(
        to=round_.people[2],
        round_=second,
        known=replace(known, ledger=(saved(drafts[2]),)),
        process=application(round_, second),
        now="2026-09-15 12:00",
    )
    assert FIT["en"] not in later.text


def test_without_a_manager_or_executive_nobody_gets_the_fit_sentence() -> None:
    round_ = interview(people=people(PersonKind.PEER, PersonKind.RECRUITER))
    drafts = panel_letters(round_, facts(debrief(fit=FIT["en"])))
    assert not any(FIT["en"] in draft.text for draft in drafts)


def test_phrases_are_framed_and_sentences_stand_alone() -> None:
    manager = replace(person(RITA), kind=PersonKind.HIRING_MANAGER)
    written = note(RITA, "Your map of late parcels", "one depot first, then the rest", "a month of raw scans per depot")
    draft = letter(to=manager, known=facts(debrief(written, fit="four years at a parcel desk")))
    assert "your map of late parcels." in draft.text
    assert ": one depot first, then the rest." in draft.text
    assert ": a month of raw scans per depot." in draft.text
    assert "four years at a parcel desk" in draft.text
    sources = " ".join(sentence.source for sentence in draft.sentences)
    for source in ("debrief.topic", "debrief.thought", "debrief.better_answer", "debrief.fit."):
        assert source in sources


def test_a_better_answer_is_led_up_to_unless_it_names_the_question_itself() -> None:
    peer = replace(person(RITA), kind=PersonKind.PEER)
    led = letter(to=peer, known=facts(debrief(note(RITA, better="I would keep a month of raw scans."))))
    named = letter(to=peer, known=facts(debrief(note(RITA, better="You asked about feeds. I would keep raw scans."))))
    assert any(sentence.source.startswith("en.better.lead.") for sentence in led.sentences)
    assert not any("better.lead" in sentence.source for sentence in named.sentences)


def test_a_later_debrief_wins_field_by_field() -> None:
    first = debrief(note(RITA, "your map of late parcels", "I would start small."))
    second = debrief(note(RITA, "your Monday complaint"), at=at("2026-09-08 14:00"))
    text = letter(known=facts(second, first)).text
    assert "your Monday complaint" in text
    assert "late parcels" not in text
    assert "I would start small." in text


def test_notes_find_their_person_by_name_too() -> None:
    assert "your map" in letter(known=facts(debrief(note("Rita Ek", "your map")))).text
    assert "your map" not in letter(known=facts(debrief(note("Bo Lind", "your map")))).text
    assert "your map" not in letter(known=facts(debrief(note(RITA, "your map"), evidence=frozenset({"other"})))).text


def test_very_long_words_of_the_user_are_kept_and_the_rest_of_the_letter_shrinks() -> None:
    long = "I would " + "measure and then measure again and " * 14 + "stop."
    longer = "your way to count and to count again" + " and to count again" * 20
    manager = replace(person(RITA), kind=PersonKind.HIRING_MANAGER)
    draft = letter(to=manager, known=facts(debrief(note(RITA, longer, long))))
    assert long in draft.text
    assert longer in draft.text
    assert len(draft.sentences) == 4  # the subject, the opening, and the user's own


def test_the_same_case_gives_the_same_bytes_and_the_clock_changes_only_the_date_header() -> None:
    one, other = letter(), letter(now="2026-09-08 15:00")
    assert letter().raw == one.raw
    assert other.text == one.text
    assert other.raw != one.raw


@pytest.mark.parametrize("number", range(12))
def test_a_letter_has_one_conversation_in_it(number: int) -> None:
    """The bank's sentences of one letter share no telling word, and this is the one they have most often."""
    known = facts(debrief(note(RITA, "your map of late parcels")), me=me(primary=f"user{number}@mail.example"))
    assert body(letter(known=known)).casefold().count("conversation") <= 1


def test_each_user_draws_on_a_half_of_the_bank_of_their_own() -> None:
    drawn: dict[str, set[str]] = {}
    bank = {entry.id for entry in LETTERS.languages["en"].banks["opening.bare"]}
    for name in ("ada", "ben"):
        user = me(primary=f"{name}@mail.example", addresses=frozenset({f"{name}@mail.example"}))
        drawn[name] = {
            letter(
                round_=interview(f"2026-09-08 {hour:02}:00", people=[RITA]),
                known=facts(me=user),
                now="2026-09-09 09:00",
            )
            .sentences[1]
            .source.split(" + ")[0]
            for hour in range(24)
        }
    assert drawn["ada"] | drawn["ben"] <= bank
    assert all(len(half) <= (len(bank) + 1) // 2 for half in drawn.values())
    assert drawn["ada"] != drawn["ben"]


def test_a_sentence_once_used_at_an_employer_is_not_used_again_there_and_is_elsewhere() -> None:
    first = letter(to=RITA)
    row = saved(first)
    used = {sentence.source for sentence in first.sentences}
    second = letter(to=BO, known=facts(row))
    assert not used & {sentence.source for sentence in second.sentences}
    same_words = letter(to=RITA, known=facts(replace(row, employer="other firm", recipient="x@other.example", key="k")))
    assert same_words.text == first.text


def test_an_exhausted_bank_repeats_an_opening_rather_than_say_nothing() -> None:
    every = tuple(entry.id for entries in LETTERS.languages["en"].banks.values() for entry in entries)
    row = replace(saved(letter(to=ANA)), sentences=every)
    draft = letter(to=RITA, known=facts(row))
    assert len(draft.sentences) == 2  # the subject and the opening; nothing else is left
    assert draft.sentences[1].text.endswith(".")


@pytest.mark.parametrize(
    ("state", "revision"), [(LedgerState.INTENDED, 1), (LedgerState.SAVED, 2), (LedgerState.REMOVED, 2)]
)
def test_a_further_letter_of_one_obligation_is_its_next_revision(state: LedgerState, revision: int) -> None:
    first = letter()
    again = letter(known=facts(saved(first, state)))
    assert again.revision == revision
    assert (again.message_id == first.message_id) == (revision == 1)
    assert again.text == first.text


def test_no_letter_goes_where_none_may() -> None:
    assert "No address" in refusal(to="Lou Tsang")
    assert "your own" in refusal(to="Jordan <jr@alias.example>")
    assert "comes back" in refusal(
        process=application(interview(people=[RITA]), unreachable=frozenset({"rita@acme.example"}))
    )
    assert "by hand" in refusal(to=replace(person(RITA), address="rita ek@acme.example"))
    assert "not known any more" in refusal(interview="gone")
    assert "headers could not be written" in refusal(account="a@b.example, c@d.example")


@pytest.mark.scenario("T9")
def test_in_a_language_without_letters_there_is_none_unless_another_is_asked_for() -> None:
    round_ = interview(people=[RITA], language="sv")
    assert "--language en" in refusal(round_=round_)
    assert letter(round_=round_, language="en").language == "en"


def test_a_process_without_a_clear_role_or_company_is_spoken_of_plainly() -> None:
    for role in (
        "",
        "Analyst on Wednesday",
        "Architect 13 October",
        "https://evil.example/apply",
        "Analyst\r\nBcc: x@evil.example",
        "R_123456789",
    ):
        round_ = interview(people=[RITA])
        draft = letter(round_=round_, process=application(round_, role=role, company="$$$ @ win"))
        assert "evil" not in draft.text + draft.subject
        assert "Wednesday" not in draft.text + draft.subject
        assert "win" not in draft.text
        assert draft.to.address == "rita@acme.example"


def test_when_the_day_differs_between_the_two_sides_no_day_is_named() -> None:
    round_ = interview("2026-09-08 02:00", people=[RITA], zone="America/New_York")
    draft = letter(round_=round_, now="2026-09-08 13:00")
    assert "Tuesday" not in draft.text + draft.subject
    assert "Monday" not in draft.text + draft.subject


def test_a_round_whose_time_nobody_knows_is_thanked_for_without_a_day() -> None:
    open_ended = moved(interview(people=[RITA]), start=None, end=None)
    draft = letter(round_=open_ended, process=application(interview("2026-09-01 10:00", people=[BO]), open_ended))
    assert "Tuesday" not in draft.text


def test_a_second_round_still_unthanked_leaves_its_sentences_to_the_first() -> None:
    first = interview("2026-09-07 10:00", people=[BO], anchors=["uid-first"])
    second = interview(people=[RITA])
    process = application(first, second)
    one = letter(to=BO, round_=first, process=process)
    other = letter(round_=second, process=process)
    assert not {s.text for s in one.sentences} & {s.text for s in other.sentences}


def test_paragraphs_are_lines_and_the_name_stands_under_the_sign_off() -> None:
    parts = paragraphs(letter(to=replace(person(RITA), kind=PersonKind.HIRING_MANAGER)))
    assert parts[0] == "Dear Rita Ek,"
    assert parts[-1].endswith("\nJordan Reyes")
    assert all("\n" not in part for part in parts[:-1])
    assert isinstance(asked(), Draft)
