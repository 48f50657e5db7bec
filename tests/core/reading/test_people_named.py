"""Who will be met, by the words of a mail; and who only writes, arranges or is named for another reason."""

from __future__ import annotations

from typing import Any

import pytest

from mailwatch.core.model import PersonKind, PersonMention, PersonPart
from mailwatch.core.reading import read
from mailwatch.core.reading.names import folded_name, is_name, name_words, person_name, same_person
from tests.core.reading.mails import context, incoming, lexicon

WORDS = name_words(lexicon(), ["en", "de"])
HEAD = "Your interview for the Data Analyst position is confirmed for Tuesday 15 September at 2 pm. "


def people(text: str, **more: Any) -> tuple[PersonMention, ...]:
    return read(incoming(HEAD + text, subject="Interview at Acme", **more), context(more.pop("me", "home"))).people


def met(text: str, **more: Any) -> dict[str, str]:
    """Interviewers and their titles."""
    return {one.name: one.title for one in people(text, **more) if one.part is PersonPart.INTERVIEWER}


@pytest.mark.scenario("D2")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("You'll meet Bo Lind (Engineering Manager) and Ann Sy (Staff Engineer).", {"Bo Lind": "Engineering Manager", "Ann Sy": "Staff Engineer"}),
        ("You will speak with Bo Lind, Head of Data.", {"Bo Lind": "Head of Data"}),
        ("Your conversation with our Head of Design, Bo Lind, takes an hour.", {"Bo Lind": "Head of Design"}),
        ("You'll meet:\n- Bo Lind, Engineering Manager\n- Dr. Ann Sy (Staff Engineer)\n\nBest", {"Bo Lind": "Engineering Manager", "Ann Sy": "Staff Engineer"}),
        ("The Interview Board:\nMr. Donal Keaveney (Chairperson)\nMs. Siobhán Tuohy, Senior Planner", {"Donal Keaveney": "Chairperson", "Siobhán Tuohy": "Senior Planner"}),
        ("Panel: Bernadette Coyle, Team Lead; Dr Olu Sowande, Consultant", {"Bernadette Coyle": "Team Lead", "Olu Sowande": "Consultant"}),
        ("Interviewer: Bo Lind", {"Bo Lind": ""}),
        ("Bo Lind will call you.", {"Bo Lind": ""}),
        ("Bo Lind and Ann Sy will be there.", {"Bo Lind": "", "Ann Sy": ""}),
        ("Bo Lind, our engineering manager, would like to meet you.", {"Bo Lind": "engineering manager"}),
        ("You will talk to nurse manager Lydia Brandt.", {"Lydia Brandt": "nurse manager"}),
        ("You'll meet Anna-Lena O'Hara and J. R. van den Berg.", {"Anna-Lena O'Hara": "", "J. R. van den Berg": ""}),
    ],
)  # fmt: skip
def test_names_after_the_words_that_announce_them(text: str, expected: dict[str, str]) -> None:
    found = met(text)
    assert {name: found.get(name, "missing") for name in expected} == expected


@pytest.mark.parametrize(
    "text",
    [
        "Bo Lind and I will be there.",
        "You'll meet Bo Lind and myself.",
        "It will be with me and my colleague Bo.",
        "Bo Lind, Deputy Director, will join me.",
    ],
)
def test_the_writer_takes_part_in_person(text: str) -> None:
    found = people(text)
    assert [one.part for one in found if one.name == "Rita Ek"] == [PersonPart.INTERVIEWER]
    assert any(one.name.startswith("Bo") for one in found)


@pytest.mark.parametrize(
    "text",
    [
        "Questions? Write to Kai Ode.",
        "Kai Ode arranged this on behalf of the team.",
        "Please ask for Kai Ode at reception.",
        "You were referred by Kai Ode.",
    ],
)
def test_who_is_only_to_be_written_to_is_no_interviewer(text: str) -> None:
    assert "Kai Ode" not in met(text)


def test_a_coordinator_is_a_contact() -> None:
    (one,) = [one for one in people("You will speak with Kai Ode, Recruiting Coordinator.") if one.name == "Kai Ode"]
    assert (one.part, one.kind) == (PersonPart.CONTACT, PersonKind.RECRUITER)


@pytest.mark.parametrize(
    "text",
    [
        "The call is at 4:15 pm Vancouver time.",
        "The call is at 2:30 pm Eastern.",
        "Times: 14:00 Dublin, Lisbon, London",
        "Join with Zoom or Google Meet.",
        "With Kind Regards",
        "You will speak with Us.",
        "Interview with Acme Robotics Group",
        "You'll meet Jo Ferris.",
        "Meet with Room Seven at reception",
    ],
)
def test_zones_tools_phrases_firms_and_the_user_are_nobody(text: str) -> None:
    assert met(text) == {}


def test_an_address_that_spells_a_name_belongs_to_it() -> None:
    text = "You'll meet Bo Lind and Ann Sy. Questions: 01632 960144 or bo.lind@acme.example."
    found = {one.name: one.address for one in people(text)}
    assert found["Bo Lind"] == "bo.lind@acme.example"
    assert found["Ann Sy"] is None


def test_an_address_right_behind_a_name() -> None:
    assert people("You'll meet Bo Lind <lind7@acme.example>.")[0].address == "lind7@acme.example"


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Talent Partner", PersonKind.RECRUITER),
        ("VP Engineering", PersonKind.EXECUTIVE),
        ("Engineering Manager", PersonKind.HIRING_MANAGER),
        ("Staff Engineer", PersonKind.PEER),
        ("Wizard", PersonKind.UNKNOWN),
    ],
)
def test_a_title_tells_the_kind_of_person(title: str, kind: PersonKind) -> None:
    assert people(f"You'll meet Bo Lind ({title}).")[0].kind is kind


def test_the_signature_gives_the_writers_title() -> None:
    found = people("\n\nBest,\nRita Ek\nSenior Recruiter, Acme")
    assert [(one.title, one.part) for one in found] == [("Senior Recruiter", PersonPart.CONTACT)]
    below = people("", signature="Rita Ek | Head of Data\nAcme Ltd")
    assert below[0].title == "Head of Data"


def test_who_is_to_be_answered_where_a_tool_wrote() -> None:
    found = people("", sender="Acme <no-reply@calendly.com>", reply_to="Bo Lind <bo.lind@acme.example>")
    assert [one.address for one in found] == ["bo.lind@acme.example"]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "An dem Gespräch nehmen Herr Detlev Brömmel (Abteilungsleiter) und ich teil. Wir freuen uns auf Sie.", ["Detlev Brömmel", "Rita Ek"]),
        ("fr", "Vous rencontrerez Mme Claire Duval, directrice, et Marc Petit. Nous sommes à votre disposition.", ["Claire Duval", "Marc Petit"]),
        ("es", "La entrevista será con Ana Ruiz, jefa de datos, y con Luis Gil. Un saludo para usted.", ["Ana Ruiz"]),
        ("it", "Incontrerà l'ing. Paolo Neri, responsabile dati. Cordiali saluti da tutti noi.", ["Paolo Neri"]),
        ("nl", "Je spreekt met Daan de Vries, teamleider. Wij kijken er naar uit je te ontmoeten.", ["Daan de Vries"]),
        ("ja", "面接官：高橋健一（開発部長）\nよろしくお願いいたします。", ["高橋健一"]),
        ("zh", "面试官：王建国（技术总监）\n请准时参加，谢谢。", ["王建国"]),
    ],
)  # fmt: skip
def test_other_languages(language: str, text: str, expected: list[str]) -> None:
    found = read(incoming(text, subject="Interview"), context()).people
    assert [name for name in expected if name not in [one.name for one in found]] == []


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        ("Arsenault, Chris", "Chris Arsenault"),
        ("Dr. Rita Ek", "Rita Ek"),
        ("Rita Ek via LinkedIn", "Rita Ek"),
        ("Rita Ek (Acme)", "Rita Ek"),
        ('"Rita Ek"', "Rita Ek"),
        ("Rita Ek, PhD", "Rita Ek"),
        ("rita.ek@acme.example", ""),
        ("An De Smet", "An De Smet"),
        ("高橋 健一", "高橋 健一"),
        ("Ольга Петрова", "Ольга Петрова"),
        ("Acme Recruiting", ""),
        ("IT", ""),
        ("I’ll Call", ""),
        ("A B C D E F", ""),
        ("X", ""),
    ],
)
def test_display_names(shown: str, name: str) -> None:
    assert person_name(shown, WORDS, shown=True) == name


def test_words_that_are_no_names_in_running_text() -> None:
    assert [word for word in ("Tuesday", "Best Regards", "Zoom", "Engineer") if is_name(word, WORDS)] == []


@pytest.mark.parametrize(
    ("short", "full", "same"),
    [
        ("Rita", "Rita Ek", True),
        ("Rita E.", "Rita Ek", True),
        ("Ek", "Rita Ek", True),
        ("Rene", "René Marchand", True),
        ("Rita Eklund", "Rita Ek", False),
        ("R.", "Rita Ek", False),
        ("", "Rita Ek", False),
        ("高橋", "高橋健一", True),
        ("高橋健一", "高橋", True),
    ],
)
def test_a_short_name_fits_a_full_one(short: str, full: str, same: bool) -> None:
    assert same_person(short, full) is same


def test_names_are_compared_without_case_and_marks() -> None:
    assert folded_name("RENÉ J. Marchand") == "rene j marchand"
