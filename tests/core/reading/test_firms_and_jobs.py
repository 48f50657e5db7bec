"""The employer's name and the job's title, and what is neither."""

from __future__ import annotations

from typing import Any

import pytest

from mailwatch.core.model import Reading
from mailwatch.core.reading import read
from mailwatch.core.reading.employer import company_from_text, squeezed
from mailwatch.core.reading.roles import role_from_text
from tests.core.reading.mails import context, incoming

BODY = "Thank you for your application. We'd like to invite you to an interview."


def told(text: str = BODY, *, subject: str = "Interview", **more: Any) -> Reading:
    return read(incoming(text, subject=subject, **more), context())


def firms(text: str = BODY, **more: Any) -> dict[str, float]:
    return {named.text: named.confidence for named in told(text, **more).companies}


def jobs(text: str = BODY, **more: Any) -> list[str]:
    return [named.text for named in told(text, **more).roles]


@pytest.mark.parametrize(
    ("text", "more", "firm"),
    [
        (BODY, {"sender": "Rita <rita@pinecove-credit.example>", "subject": "Interview at Pine Cove Credit Union"}, "Pine Cove Credit Union"),
        (BODY, {"sender": "Acme Robotics Recruiting <jobs@acmerobotics.example>"}, "Acme Robotics"),
        (BODY, {"sender": "Careers at Acme <no-reply@us.greenhouse-mail.io>"}, "Acme"),
        (BODY, {"sender": "Quarrydata <no-reply@us.greenhouse-mail.io>", "subject": "Quarrydata: Please share your availability"}, "Quarrydata"),
        ("Your interview at Vantage Orchard is on Tuesday.", {"sender": "Rita <rita@gmail.com>"}, "Vantage Orchard"),
        (BODY, {"sender": "Rita Ek <rita@gmail.com>", "signature": "Rita Ek\nHead of Data, Orrin & Vale"}, "Orrin & Vale"),
        ("Vantage Orchard would like to invite you to an interview.", {"sender": "Rita <rita@gmail.com>"}, "Vantage Orchard"),
        ("株式会社青空の面接のご案内です。よろしくお願いいたします。", {"sender": "R <r@gmail.com>", "subject": "面接"}, "青空"),
        ("感谢您应聘清河科技，邀请您参加面试。", {"sender": "R <r@gmail.com>", "subject": "面试邀请"}, None),
    ],
)  # fmt: skip
def test_where_a_firms_name_is_read(text: str, more: dict[str, str], firm: str | None) -> None:
    found = firms(text, **more)
    assert found if firm is None else firm in found


def test_a_name_that_spells_the_domain_is_the_surest() -> None:
    found = firms("Your interview with Savanna Health and Coastal Mutual", sender="Rita <rita@savannahealth.example>")
    assert max(found, key=lambda name: found[name]) == "Savanna Health"


@pytest.mark.scenario("D16")
def test_an_agency_is_not_the_employer() -> None:
    text = "My client Coastal Mutual would like to interview you for their Claims Auditor position."
    reading = told(text, sender="Tansy Oduya <tansy@fernleaf-recruitment.example>")
    assert reading.agency
    assert [named.text for named in reading.companies if "ernleaf" in named.text] == []
    assert reading.companies[0].text == "Coastal Mutual"


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("Join with Zoom. Your Calendly link is below.", {"sender": "Acme <no-reply@calendly.com>"}),
        ("Your interview with Bo Lind is on Tuesday.", {"to": "Bo Lind <bo@acme.example>"}),
        ("We'll talk about the Packaging Technologist role.", {"subject": "Interview: Packaging Technologist"}),
        ("I'd like to talk. We'll call you at 2.", {}),
    ],
)
def test_tools_people_jobs_and_phrases_are_no_firms(text: str, more: dict[str, str]) -> None:
    banned = {"Zoom", "Calendly", "Bo Lind", "Bo", "Packaging", "Packaging Technologist", "I'd", "We'll", "Jo Ferris"}
    assert set(firms(text, **more)) & banned == set()


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Acme's", "Acme"),
        (" «Acme» ", "Acme"),
        ("A", ""),
        ("x" * 61, ""),
        ("https://acme.example", ""),
        ("$4,500", ""),
        ("No. 12345", ""),
    ],
)
def test_what_may_stand_in_a_letter_as_a_firm(raw: str, name: str) -> None:
    assert company_from_text(raw) == name


def test_names_are_compared_squeezed() -> None:
    assert squeezed("Orrin & Vale S.à r.l.") == "orrinandvalesarl"


@pytest.mark.parametrize(
    ("text", "more", "job"),
    [
        ("Thank you for applying for the Claims Analyst position.", {}, "Claims Analyst"),
        ("Your application for the role of Executive Planner was received.", {}, "Executive Planner"),
        (BODY, {"subject": "Interview | Staff Engineer | Acme"}, "Staff Engineer"),
        (BODY, {"subject": "Interview: Data Analyst (Req. 12345, m/w/d) at Acme"}, "Data Analyst"),
        ("Position: Senior Buyer\nWe'd like to invite you to an interview.", {}, "Senior Buyer"),
        ("We will not be taking your application for Data Analyst further.", {}, "Data Analyst"),
        ("die Stelle als Einkäuferin ist noch frei, wir laden Sie zum Vorstellungsgespräch ein.", {}, "Einkäuferin"),
        ("Merci pour votre candidature au poste de chef de projet, nous vous invitons à un entretien.", {}, "chef de projet"),
        ("Gracias por su candidatura al puesto de analista de datos, le invitamos a una entrevista.", {}, "analista de datos"),
    ],
)  # fmt: skip
def test_where_a_job_is_read(text: str, more: dict[str, str], job: str) -> None:
    assert job in jobs(text, **more)


def test_a_clock_and_the_user_are_no_jobs() -> None:
    subject = "Invitation: Interview Jo Ferris @ Tue Sep 8, 2026 4pm - 4:45pm (IST)"
    assert [job for job in jobs(subject=subject) if "pm" in job or "Ferris" in job] == []


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("Data Analyst (Req. 12345)", "Data Analyst"),
        ("Software Engineer L5", "Software Engineer"),
        ("Entwickler (m/w/d)", "Entwickler"),
        ("Ingénieur H/F", "Ingénieur"),
        ("Buyer JR-00123", "Buyer"),
        ("x" * 61, ""),
        ("$100k", ""),
        ("4:45pm call", ""),
        ("!!", ""),
    ],
)
def test_a_job_is_cleaned_for_a_letter(raw: str, title: str) -> None:
    assert role_from_text(raw) == title
