"""Whatever stands in the file, the answer is settings or sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from mailwatch.config import settings_from_text
from mailwatch.config.accounts import ACCOUNTS, CALENDARS, OauthAuth, PasswordAuth
from mailwatch.config.complaints import sentences
from mailwatch.config.models import Configuration, HolidaysSection
from mailwatch.errors import ConfigError

SECTIONS = [field.annotation for field in Configuration.model_fields.values()]
MODELS: list[type[BaseModel]] = [
    Configuration, HolidaysSection, PasswordAuth, OauthAuth, *ACCOUNTS, *CALENDARS,
    *(section for section in SECTIONS if isinstance(section, type) and issubclass(section, BaseModel)),
]  # fmt: skip
KEYS = sorted({name for model in MODELS for name in model.model_fields})
WORDS = [
    "maildir",
    "imap",
    "gmail",
    "ics",
    "google",
    "password",
    "oauth",
    "ask",
    "warm",
    "3bd",
    "14d",
    "a@b.example",
    "DE",
    "",
]

scalars = st.one_of(
    st.booleans(), st.integers(-5, 100_000), st.floats(), st.sampled_from(WORDS), st.text(max_size=8), st.dates()
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=6), inner, max_size=5)
    ),
    max_leaves=5,
)


def told(table: dict[str, Any]) -> tuple[list[str], int]:
    """The sentences about a table, and how many mistakes it has."""
    try:
        Configuration.model_validate(table)
    except ValidationError as error:
        return sentences(error), error.error_count()
    return [], 0


def refusal(text: bytes) -> str:
    try:
        settings_from_text(text, path=Path("config.toml"), mode=0o600, zone="UTC")
    except ConfigError as error:
        return error.message
    return "none"


@given(st.dictionaries(st.sampled_from(KEYS), values, max_size=4))
def test_any_table_is_settings_or_one_sentence_for_each_mistake(table: dict[str, Any]) -> None:
    found, count = told(table)
    assert len(found) == count
    assert all(sentence[-1] in ".?" and "\n" not in sentence for sentence in found)


def test_a_key_of_strange_characters_is_shown_without_them() -> None:
    found, _ = told({"a\n\x1b[31m": 1})
    assert "a\\n\\x1b[31m is not a setting." in found


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_settings_or_a_refusal(text: bytes) -> None:
    assert refusal(text)
