"""Names of people, roles and companies: clean, in reading order, or not used at all."""

from __future__ import annotations

import pytest

from mailwatch.core.compose.names import family_name, first_name, is_cjk, joined, parted, person_name, plain_name
from tests.core.compose.writing import LETTERS


@pytest.mark.scenario("T19")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ruth Adeyemi", "Ruth Adeyemi"),
        ("Adeyemi, Ruth", "Ruth Adeyemi"),
        ("ADEYEMI, Ruth (she/her)", "Ruth Adeyemi"),
        ("Ruth Adeyemi, PhD", "Ruth Adeyemi"),
        ("Smith, John, MBA", "John Smith"),
        ("Claire DUBOIS", "Claire Dubois"),
        ("ANNA-LENA O'NEIL", "Anna-Lena O'Neil"),
        ("JP Morgan-Reyes", "JP Morgan-Reyes"),
        ("RITA EK", "Rita Ek"),
        ("rita van ek", "Rita van Ek"),
        ("Robert “Bob” Lee", "Robert Lee"),
        ("Ruth Adeyemi via Calendly", "Ruth Adeyemi"),
        ("Ruth Adeyemi | Halden", "Ruth Adeyemi"),
        ("'Ruth Adeyemi'", "Ruth Adeyemi"),
        ("Úna Ní Bhriain", "Úna Ní Bhriain"),
        ("山田 太郎", "山田 太郎"),
        ("ruth@halden.example", ""),
        ("Panel 3", ""),
        ("https://evil.example", ""),
        ("{{ 7*7 }}", ""),
        ("x" * 80, ""),
        ("...", ""),
        ("", ""),
    ],
)
def test_a_persons_name_is_put_in_reading_order_or_not_used(text: str, expected: str) -> None:
    assert person_name(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Data Analyst", "Data Analyst"),
        ("Senior Engineer (Req 12345)", "Senior Engineer"),
        ("Senior Engineer - JR-10293", "Senior Engineer"),
        ("Senior Engineer #4471", "Senior Engineer"),
        ("Engineer, L5", "Engineer"),
        ("Leitung Datenanalyse (m/w/d)", "Leitung Datenanalyse"),
        ("Datenanalyse m/w/d 80-100%", "Datenanalyse"),
        ("C++ Developer", "C++ Developer"),
        (".NET Developer", ".NET Developer"),
        ("Developer C#", "Developer C#"),
        ("UI/UX Designer", "UI/UX Designer"),
        ("Leiter/in Datenanalyse", ""),
        ("Développeur/se", ""),
        ("Analyst $120k", ""),
        ("Analyst – apply at jobs.acme.example", ""),
        ("Analyst https://x.example", ""),
        ("call 015112345678", "call"),
        ("a" * 61, ""),
        ("—", ""),
        ("Analyst\r\nBcc: eve@evil.example", ""),
    ],
)
def test_a_role_or_company_is_one_clean_line_or_unknown(text: str, expected: str) -> None:
    assert plain_name(text) == expected


def test_names_are_parted_without_guessing() -> None:
    titles = LETTERS.languages["de"].words["names"]["honorifics"]
    assert parted("Frau Dr. Ina Brandt", titles) == ("Frau Dr.", "Ina Brandt")
    assert parted("Ina Brandt", titles) == ("", "Ina Brandt")
    assert parted("Frau", titles) == ("", "Frau")
    assert first_name("Bas van Oort") == "Bas"
    assert family_name("Bas van Oort") == "van Oort"
    assert family_name("Bas de") == "de"
    assert family_name("von Bülow") == "von Bülow"
    assert family_name("Van Morrison") == "Morrison"
    assert family_name("Priya") == "Priya"
    assert first_name("山田 太郎") == family_name("山田 太郎") == "山田 太郎"
    assert is_cjk("김민수")
    assert not is_cjk("Kim Min-su")


def test_names_are_joined_as_the_language_joins_them() -> None:
    english = LETTERS.languages["en"].words
    assert joined([], english) == ""
    assert joined(["Lou"], english) == "Lou"
    assert joined(["Lou", "Bas"], english) == "Lou and Bas"
    assert joined(["Lou", "Bas", "Ida"], LETTERS.languages["de"].words) == "Lou, Bas und Ida"
