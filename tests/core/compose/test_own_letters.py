"""The user's own letters: checked, put over the built-in ones, and left aside whole where they are broken."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from mailwatch.core.compose import Letters, letters_from_tables, table_problems, with_own_tables
from mailwatch.core.compose.letters import SLOTS
from mailwatch.letters import FILE_LIMIT, builtin_files, load_letters
from tests.core.compose.writing import LETTERS, letter, refusal


def own(table: str, code: str = "en") -> Letters:
    return with_own_tables(LETTERS, {(code, "mine.toml"): tomllib.loads(table)})


def test_a_slot_of_the_users_replaces_the_built_in_one_and_only_that() -> None:
    letters = own('[[opening.bare]]\nsay = ["Thanks for the {{ role }} talk we had, it was fun."]')
    draft = letter(letters=letters)
    assert draft.sentences[1].text == "Thanks for the Data Analyst talk we had, it was fun."
    assert letters.problems == ()
    assert letters.languages["en"].banks["offer"] == LETTERS.languages["en"].banks["offer"]
    assert letters.languages["de"] == LETTERS.languages["de"]


def test_a_fact_and_a_whole_letter_of_the_users_are_taken_over_too() -> None:
    letters = own(
        '[words.greeting]\nfull = "Good day {name},"\n[letter.thank_you]\nsubject = "Hi"\nparagraphs = ["Thank you."]'
    )
    english = letters.languages["en"]
    assert english.words["greeting"]["full"] == "Good day {name},"
    assert english.words["greeting"]["nobody"] == "Hello,"
    assert english.fixed["thank_you"].paragraphs == (("Thank you.",),)


BROKEN = [
    '[[opening.bare]]\nsay = ["{{ role.upper() }}"]',
    '[[opening.bare]]\nsay = ["{{ nobody_knows }}"]',
    '[[opening.bare]]\nsay = "one"',
    "[[opening.bare]]\nsay = []",
    '[[opening.bare]]\nsay = ["Twice it is said.", "Twice it is said."]',
    '[[opening.bare]]\nto = ["boss"]\nsay = ["Thank you."]',
    '[[opening.bare]]\nto = "peer"\nsay = ["Thank you."]',
    '[[opening.bare]]\nmood = ["good"]\nsay = ["Thank you."]',
    '[[opening.loud]]\nsay = ["Thank you."]',
    'topic = "x"',
    "[words]\ngreeting = 3",
    "[words.greeting]\nfull = 3",
    '[words.greeting]\nfoul = "x"',
    '[words.dates]\nmonths = ["one"]',
    '[words.own]\nforms = ["x"]',
    "[words.own.forms]\nhow = 4",
    '[letter.poem]\nsubject = "x"\nparagraphs = ["y"]',
    '[letter.thank_you]\nsubject = "x"',
    '[letter.thank_you]\nsubject = 4\nparagraphs = ["x"]',
    '[letter.thank_you]\nsubject = "x"\nparagraphs = []',
    '[letter.thank_you]\nsubject = "{{ x.y }}"\nparagraphs = ["x"]',
    '[[opening.bare]]\nsay = [["Only one of two."]]',
    '[[opening.bare]]\nsay = [["One.", "Two.", "Three."]]',
    '[[opening.bare]]\nsay = [["Thank you.", "{{ nobody_knows }}"]]',
    "[familiar.greeting]\nfull = 3",
    "letter = 3",
    "words = 3",
    "familiar = 3",
]


@pytest.mark.parametrize("table", BROKEN)
def test_a_broken_file_is_left_aside_whole_and_says_why(table: str) -> None:
    letters = own(table)
    assert letters.languages == LETTERS.languages
    assert len(letters.problems) == 1
    assert letters.problems[0].startswith("en/mine.toml: ")
    assert letters.problems[0].endswith("the built-in letters are used instead.")


def test_a_fact_of_more_forms_is_accepted() -> None:
    letters = own(
        '[words.own.forms]\nhow = ["how", "in what way"]\n[words.role]\nthe_role = ["the {role} post", "the post"]'
    )
    assert letters.problems == ()


def test_a_pair_is_a_polite_and_a_familiar_sentence() -> None:
    letters = own(
        '[[thanks]]\nsay = [["Ich danke Ihnen.", "Ich danke dir."]]\n[familiar.greeting]\nfull = "Moin {name},"', "de"
    )
    assert letters.problems == ()
    german = letters.languages["de"]
    assert german.familiar is not None
    assert [entry.source for entry in german.banks["thanks"]] == ["Ich danke Ihnen."]
    assert [entry.source for entry in german.familiar.banks["thanks"]] == ["Ich danke dir."]
    assert german.banks["thanks"][0].id == german.familiar.banks["thanks"][0].id
    assert german.words["greeting"]["full"] == "Guten Tag {name},"
    assert german.familiar.words["greeting"]["full"] == "Moin {name},"
    assert german.familiar.words["greeting"]["nobody"] == "Hallo,"


def test_a_language_that_does_not_exist_is_named() -> None:
    assert "no such language" in own("", "xx").problems[0]


def test_built_in_tables_that_say_a_sentence_twice_are_an_error() -> None:
    table: dict[str, Any] = {"offer": [{"say": ["Please ask me again."]}, {"say": ["Please ask me again."]}]}
    with pytest.raises(ValueError, match="twice"):
        letters_from_tables({"en": [table]})


def test_a_language_is_found_by_tag() -> None:
    assert LETTERS.language("pt-BR") is LETTERS.languages["pt"]
    assert LETTERS.language("zh_TW") is LETTERS.languages["zh"]
    assert LETTERS.language("zh-Hant") is LETTERS.languages["zh-hant"]
    assert LETTERS.language("sv") is None
    assert LETTERS.language("de-AT") is LETTERS.language("de_SIE") is LETTERS.languages["de"]
    assert LETTERS.language("DE-du") is LETTERS.languages["de"].familiar is not None
    assert LETTERS.language("en-du") is LETTERS.languages["en"]


def test_a_letter_that_lacks_its_sentences_is_refused_not_sent_half() -> None:
    tables = {code: [{"words": language.words}] for code, language in LETTERS.languages.items()}
    assert "lack a sentence" in refusal(letters=letters_from_tables(tables))
    fixed = {
        "nl": [
            {
                "words": LETTERS.languages["nl"].words,
                "letter": {"decline": {"subject": "x", "paragraphs": ["{{ role }}"]}},
            }
        ]
    }
    assert "lack a sentence" in refusal(letters=letters_from_tables(fixed), language="nl")
    empty = {
        "nl": [
            {
                "words": LETTERS.languages["nl"].words,
                "letter": {"thank_you": {"subject": "x", "paragraphs": ["{{ date }}"]}},
            }
        ]
    }
    assert "lack a sentence" in refusal(letters=letters_from_tables(empty), language="nl")


def test_a_user_template_that_floods_is_a_refusal() -> None:
    letters = own(f'[[opening.bare]]\nsay = ["{"x" * 2500} {{{{ role }}}}."]')
    assert "more than" in refusal(letters=letters)


# ── Files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_built_in_file_passes_its_own_check_and_every_slot_is_written() -> None:
    for name, text in builtin_files().items():
        assert table_problems(tomllib.loads(text)) == [], name
    for code in ("en", "de", "fr", "es"):
        assert set(LETTERS.languages[code].banks) == SLOTS


def test_files_of_the_user_are_read_from_a_folder_per_language(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "mine.toml").write_text(
        '[[offer]]\nsay = ["Please ask me about anything at all."]', encoding="utf-8"
    )
    (tmp_path / "notes.txt").write_text("not a language", encoding="utf-8")
    letters = load_letters(tmp_path)
    assert [entry.source for entry in letters.languages["en"].banks["offer"]] == [
        "Please ask me about anything at all."
    ]
    assert letters.problems == ()


def test_an_unreadable_file_or_folder_falls_back_and_says_so(tmp_path: Path) -> None:
    for number, data in enumerate((b"[[offer", b"\xff\xfe", b"x = " + b"[" * 20_000, b"#" * (FILE_LIMIT + 1))):
        folder = tmp_path / str(number)
        (folder / "en").mkdir(parents=True)
        (folder / "en" / "mine.toml").write_bytes(data)
        letters = load_letters(folder)
        assert letters.languages["en"] == LETTERS.languages["en"]
        assert len(letters.problems) == 1
    (tmp_path / "de" / "dir.toml").mkdir(parents=True)
    assert "can't be read" in load_letters(tmp_path).problems[0]
    assert "no such folder" in load_letters(tmp_path / "gone").problems[0]
