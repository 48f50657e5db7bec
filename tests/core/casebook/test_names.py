"""When two spellings mean the same person, firm or job."""

from __future__ import annotations

import pytest

from mailwatch.core.casebook.names import (
    company_key,
    label_of,
    may_be_short_for,
    most_weight,
    name_tokens,
    role_tokens,
    same_full_name,
    same_role,
)


@pytest.mark.scenario("T19")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bo Lind", "Lind, Bo"),
        ("Greta Ylönen", "greta ylonen"),
        ("Dr. Ana Ruiz", "Ana Ruiz"),
        ("Ana Maria Ruiz", "Ana Ruiz"),
        ("José da Silva", "da Silva, José"),
        ("持田健一", "持田健一"),
    ],
)
def test_one_person_in_two_spellings(one: str, other: str) -> None:
    assert same_full_name(one, other)
    assert same_full_name(other, one)


@pytest.mark.scenario("T19")
@pytest.mark.parametrize(
    ("one", "other"),
    [("Chris Arsenault", "Chris Boudreau"), ("Bo", "Bo"), ("", "Bo Lind"), ("Bo Lind", "Bo Ek"), ("李", "李")],
)
def test_two_people_or_too_little_to_tell(one: str, other: str) -> None:
    assert not same_full_name(one, other)


@pytest.mark.parametrize(
    ("short", "full"), [("Bo", "Bo Lind"), ("Lind", "Bo Lind"), ("持田", "持田健一"), ("Bo Lind", "Bo")]
)
def test_a_short_form_may_stand_for_a_name(short: str, full: str) -> None:
    assert may_be_short_for(short, full)


@pytest.mark.parametrize(("short", "full"), [("Bo", "Bob Lind"), ("", "Bo"), ("Ann", "Anna"), ("持", "持田健一")])
def test_other_names_may_not(short: str, full: str) -> None:
    assert not may_be_short_for(short, full)


def test_an_honorific_alone_is_still_a_name_and_an_initial_is_left_out() -> None:
    assert name_tokens("Dr. B Lind") == frozenset({"lind"})
    assert name_tokens("B") == frozenset({"b"})
    assert name_tokens("...") == frozenset()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Savanna Health Ltd.", "savannahealth"),
        ("SAVANNA HEALTH", "savannahealth"),
        ("Müller & Söhne GmbH", "mullersohne"),
        ("北斗精機株式会社", "北斗精機"),
        ("The Group", "thegroup"),
    ],
)
def test_a_firms_key_knows_no_legal_form(name: str, key: str) -> None:
    assert company_key(name) == key


def test_a_domain_speaks_like_a_name() -> None:
    assert label_of("savanna-health.co.ke") == company_key("Savanna Health")


@pytest.mark.scenario("D15")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Senior Data Analyst", "Data Analyst"),
        ("Data Analyst (m/w/d)", "data analyst"),
        ("Head of Procurement", "Procurement"),
        ("海外営業職", "海外営業"),
    ],
)
def test_one_job_in_two_spellings(one: str, other: str) -> None:
    assert same_role(one, other)


@pytest.mark.scenario("D15")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Exhibits Manager", "Membership Lead"),
        ("Data Analyst", "Data Engineer"),
        ("Site Manager", "Exhibits Manager"),
        ("", "Lead"),
    ],
)
def test_two_jobs(one: str, other: str) -> None:
    assert not same_role(one, other)


def test_a_title_of_rank_alone_keeps_its_words() -> None:
    assert role_tokens("Senior Lead") == frozenset({"senior", "lead"})


def test_votes_are_counted_by_key_and_the_heaviest_spelling_speaks() -> None:
    votes = [("acme", "ACME", 0.4), ("acme", "Acme", 0.5), ("globex", "Globex", 0.8)]
    assert most_weight(votes) == "Acme"
    assert most_weight([]) == ""
