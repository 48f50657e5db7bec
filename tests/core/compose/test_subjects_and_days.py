"""Subjects that say what a letter is about, and days in words that stay true."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailwatch.core.model import Kind, PersonKind
from tests.core.builders import PANEL, RITA, application, facts, interview
from tests.core.compose.writing import LATER, day, debrief, letter, me, note, panel_letters, people


def subject(topic: str, language: str = "en", **more: object) -> str:
    round_ = interview(people=[RITA], language=language)
    return letter(round_=round_, known=facts(debrief(note(RITA, topic))), **more).subject


@pytest.mark.parametrize(
    ("topic", "language", "expected"),
    [
        ("your Friday routine of replaying the week's worst exception with a dispatcher", "en", "Your Friday routine"),
        ("your point about the night shift", "en", "Your point about the night shift"),
        ("your point that nobody owns it", "en", "Your point on Tuesday"),
        ("your map", "en", "Your map"),
        ("your hand-drawn map, which I copied", "en", "Your hand-drawn map"),
        ("how you plan the week", "en", "How you plan the week"),
        ("Ihr Satz, dass niemand sie liest", "de", "Ihr Satz vom Dienstag"),
        ("Ihre Freitagsrunde mit dem schlimmsten Fall", "de", "Ihre Freitagsrunde mit dem schlimmsten Fall"),
        ("votre remarque sur les chiffres dont personne ne répond", "fr", "Votre remarque sur les chiffres"),
        ("su pregunta sobre los informes que nadie lee", "es", "Su pregunta sobre los informes"),
    ],
)
def test_a_debriefed_letter_names_what_was_remembered(topic: str, language: str, expected: str) -> None:
    assert subject(topic, language) == expected


@pytest.mark.parametrize(
    "topic",
    [
        "the map you drew",
        "your way of asking",
        "your rule that alarms are deleted",
        "that nobody reads the report",
        "I liked your map",
        "your " + "wonderfully " * 5 + "long list",
        "your",
        "how you plan the week with every one of the seven terminals",
    ],
)
def test_what_can_not_be_cut_cleanly_gives_an_ordinary_subject(topic: str) -> None:
    draft = letter(known=facts(debrief(note(RITA, topic))))
    assert draft.sentences[0].source.startswith("en.subject.bare.")


def test_without_a_sure_day_a_thing_said_gives_an_ordinary_subject() -> None:
    round_ = interview("2026-09-08 02:00", people=[RITA], zone="America/New_York")
    draft = letter(round_=round_, known=facts(debrief(note(RITA, "your point that nobody owns it"))))
    assert draft.sentences[0].source.startswith("en.subject.bare.")


def test_two_of_a_panel_who_said_something_get_different_subjects() -> None:
    round_ = interview(people=people(*[PersonKind.PEER] * 3))
    notes = [note(one, f"your question {ending}") for one, ending in zip(PANEL, ("why", "how", "who"), strict=False)]
    drafts = panel_letters(round_, facts(debrief(*notes)))
    assert len({draft.subject for draft in drafts}) == 3
    assert drafts[0].subject == "Your question on Tuesday"


def test_a_subject_used_in_the_ledger_is_not_used_again_there() -> None:
    from tests.core.compose.writing import saved

    round_ = interview(people=people(PersonKind.PEER, PersonKind.PEER))
    known = facts(debrief(note(PANEL[0], "your question why"), note(PANEL[1], "your question how")))
    first = letter(to=round_.people[0], round_=round_, known=known)
    second = letter(to=round_.people[1], round_=round_, known=replace(known, ledger=(saved(first),)))
    assert first.subject == "Your question on Tuesday" != second.subject


def test_a_long_role_leaves_the_subjects_that_fit() -> None:
    role = "Regional Head of Parcel Returns and Night Operations"
    for hour in range(8):
        round_ = interview(f"2026-09-08 {hour + 1:02}:00", people=[RITA])
        assert len(letter(round_=round_, process=application(round_, role=role)).subject) <= 60


# ── Days ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("now", "expected", "not_there"),
    [
        ("2026-09-08 13:00", "Tuesday", "September"),
        ("2026-09-13 13:00", "Tuesday", "September"),
        ("2026-09-14 13:00", "8 September", "Tuesday"),
    ],
)
def test_a_day_is_a_weekday_for_five_days_and_then_a_date(now: str, expected: str, not_there: str) -> None:
    texts = [letter(round_=interview(f"2026-09-08 {hour:02}:00", people=[RITA]), now=now).text for hour in range(1, 11)]
    assert any(expected in text for text in texts)
    assert not any(not_there in text for text in texts)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "pt", "nl", "ja", "zh"])
def test_no_letter_says_today_or_yesterday(language: str) -> None:
    from tests.core.compose.writing import LETTERS

    relative = LETTERS.languages[language].words["lint"].get("relative_days", [])
    for now in ("2026-09-08 13:00", "2026-09-09 13:00"):
        text = f" {letter(round_=interview(people=[RITA], language=language), now=now).text.casefold()} "
        assert not [word for word in relative if f" {word} " in text]


def test_a_user_in_america_writes_the_month_first() -> None:
    dated = {"ordinal": 1, "promised": day("2026-09-18"), "now": LATER}
    assert "18 September" in letter(Kind.FOLLOW_UP, RITA, **dated).text
    assert "September 18" in letter(Kind.FOLLOW_UP, RITA, known=facts(me=me(zone="America/Chicago")), **dated).text


def test_the_first_of_a_month_is_written_as_french_writes_it() -> None:
    process = application(interview(people=[RITA]), language="fr")
    draft = letter(Kind.FOLLOW_UP, RITA, process=process, ordinal=1, promised=day("2026-10-01"), now="2026-10-07 09:00")
    assert "1er octobre" in draft.text


def test_an_unknown_zone_of_the_user_is_read_as_utc() -> None:
    draft = letter(known=facts(me=me(zone="Moon/Base")))
    assert b"Date: Tue, 08 Sep 2026 13:00:00 +0000" in draft.raw
