"""Every sentence of the banks: style, length, enough of them, and spelling where a dictionary is at hand."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailwatch import letters
from mailwatch.core.compose.letters import SLOTS, Entry, LetterLanguage
from mailwatch.core.compose.lint import (
    begins_with_i,
    marks_of,
    overlap,
    sentences_in,
    style_problems,
    weightless,
    word_count,
)
from mailwatch.core.compose.template import rendered
from tests.core.compose.writing import LETTERS
from tests.needed import absent, needed

AT_LEAST = {"en": 12, "de": 8, "fr": 8, "es": 8, "de-du": 8, "fr-tu": 8, "es-tu": 8}
VALUES = {
    "en": {"topic": "your map of late parcels", "answer": "a month of raw scans", "fit": "four years at a parcel desk"},
    "de": {"topic": "Ihre Karte der Pakete", "answer": "ein Monat roher Daten", "fit": "vier Jahre Paketannahme"},
    "fr": {"topic": "votre carte des colis", "answer": "un mois de données brutes", "fit": "quatre ans de guichet"},
    "es": {"topic": "su mapa de los paquetes", "answer": "un mes de datos brutos", "fit": "cuatro años de ventanilla"},
}
DAYS = {
    "en": ("on Tuesday", "on Tuesday"),
    "de": ("am Dienstag", "vom Dienstag"),
    "fr": ("mardi", "de mardi"),
    "es": ("el martes", "del martes"),
}
DICTIONARIES = {"en": "en_US", "de": "de_DE", "fr": "fr", "es": "es_ES"}
# Words that the dictionaries lack and any reader knows.
KNOWN = {
    "de": {"leichtgefallen", "nähergebracht", "offengeblieben"},
    "es": {"Permítame", "Permíteme", "declinarla", "responderle", "videollamada"},
}


def spoken(code: str) -> LetterLanguage:
    """A language; "de-du" is the German of familiar letters."""
    language = LETTERS.language(code)
    assert language is not None
    return language


def entries(code: str) -> Iterator[Entry]:
    for bank in spoken(code).banks.values():
        yield from bank


def said(tag: str, entry: Entry) -> str:
    words, code = spoken(tag).words, tag[:2]
    role = {
        name: forms[0].replace("{de_role}", "de Analyste").replace("{role}", "Analyst")
        for name, forms in words["role"].items()
    }
    values = {
        **role,
        **VALUES[code],
        "on_day": DAYS[code][0],
        "of_day": DAYS[code][1],
        "weekday": words["dates"]["weekdays"][1],
        "role": "Analyst",
        "company": "Halden",
        "at_company": words["company"]["at_company"].replace("{company}", "Halden"),
        "names": "Lou Tsang",
        "name": "Lou Tsang",
        "date": "20 November",
        "days": "Thursday, 3 December",
        "the_talks": words["talks"]["the_talks"][0],
        "thought": VALUES[code]["answer"],
        "on_role": "",
        "me": "",
    }
    return rendered(entry.source, values)


@pytest.mark.parametrize("code", AT_LEAST)
def test_every_sentence_keeps_the_rules_of_style(code: str) -> None:
    lint = spoken(code).words["lint"]
    broken = {}
    for entry in entries(code):
        formal = "tone" not in entry.tags or "formal" in entry.tags["tone"]
        chasing = entry.slot.startswith(("chase", "second"))
        for sentence in () if entry.slot.startswith("subject") else sentences_in(said(code, entry)):
            if found := style_problems(sentence, lint, chasing=chasing, formal=formal):
                broken[sentence] = found
    assert broken == {}


@pytest.mark.parametrize("code", AT_LEAST)
def test_every_slot_has_enough_variants(code: str) -> None:
    banks = spoken(code).banks
    for slot in SLOTS:
        assert len(banks[slot]) >= AT_LEAST[code], slot
    assert len({entry.source for entry in entries(code)}) > 400


@pytest.mark.parametrize(
    ("code", "polite"),
    [
        ("de-du", r"\b(Sie|Ihnen|Ihr|Ihre[mnrs]?)\b"),
        ("fr-tu", r"\b[Jj]e vous\b(?!.*tous)|[Vv]ous m’|(?<!rend)ez-(vous|moi)|\bveuillez\b|à vous\b|vous et \b"),
        (
            "es-tu",
            r"(?i)\busted|\b(le|les) (agradezco|escribo|ruego|digo|debo)|\bpodría (decir|dar|hacer|transmitir)|\bsuy[ao]\b|\bdígame",
        ),
    ],
)
def test_no_familiar_sentence_is_polite_by_mistake(code: str, polite: str) -> None:
    own = [source for entry in entries(code) if re.search(polite, source := entry.source)]
    assert own == []
    assert any(re.search(polite, entry.source) for entry in entries(code[:2]))


@pytest.mark.parametrize("code", ["de-du", "fr-tu", "es-tu"])
def test_a_familiar_sentence_prints_what_the_polite_one_does(code: str) -> None:
    familiar = {entry.id: entry for entry in entries(code)}
    for entry in entries(code[:2]):
        assert familiar[entry.id].needs == entry.needs, entry.source
        assert abs(word_count(familiar[entry.id].source) - word_count(entry.source)) <= 5, entry.source


@pytest.mark.parametrize("code", AT_LEAST)
def test_variants_are_variants_and_not_the_same_words_again(code: str) -> None:
    for bank in spoken(code).banks.values():
        texts = [(said(code, entry), entry.tags) for entry in bank if word_count(entry.source) > 7]
        pairs = [(one, other) for index, one in enumerate(texts) for other in texts[index + 1 :]]
        assert not [
            (one, other) for (one, tags), (other, same) in pairs if tags == same and overlap(one, other, size=4) > 0.85
        ]


@pytest.mark.parametrize("code", AT_LEAST)
def test_no_bank_begins_mostly_with_the_writer(code: str) -> None:
    lint = spoken(code).words["lint"]
    for slot in ("opening.short", "opening.bare", "topic", "interest.strong", "interest.peer", "offer", "thanks"):
        marks = [begins_with_i(said(code, entry), lint) for entry in spoken(code).banks[slot]]
        assert sum(marks) <= len(marks) * 0.6, slot


@pytest.mark.parametrize("code", AT_LEAST)
def test_every_word_is_in_the_dictionary(code: str) -> None:
    hunspell = needed("hunspell")
    texts = " ".join(re.sub(r"\{\{.*?\}\}", " ", entry.source) for entry in entries(code)).replace("’", "'")
    words = sorted(set(re.findall(r"[^\W\d_]+(?:['-][^\W\d_]+)*", texts)))
    command = [hunspell, "-l", "-d", DICTIONARIES[code[:2]], "-i", "utf-8"]
    asked = subprocess.run(command, input="\n".join(words), text=True, capture_output=True, check=False)
    if "Can't open" in asked.stderr:
        absent(f"the dictionary {DICTIONARIES[code[:2]]} is not installed")
    assert set(asked.stdout.split()) - KNOWN.get(code[:2], set()) == set()


def test_the_lint_sees_what_it_should() -> None:
    lint = LETTERS.languages["en"].words["lint"]
    assert style_problems("I am reaching out today!", lint) == ("“reaching out”", "“today”", "an exclamation mark")
    assert style_problems("I'd like to thank you for it.", lint, formal=True) == ("a contraction in the formal tone",)
    assert style_problems("You promised me some news.", lint) == ()
    assert style_problems("You promised me some news.", lint, chasing=True) == ("“promised”",)
    assert style_problems("Too short.", lint) == ("2 words",)
    assert not begins_with_i("…", lint)
    assert overlap("too short", "too short") == 0.0
    german = LETTERS.languages["de"].words["lint"]
    assert style_problems("Das ist eine spannende Aufgabe für mich.", german) == ("“spannend*”",)


def test_sentences_end_where_a_reader_sees_an_end() -> None:
    assert sentences_in("Thank you, Dr. Ek. It was good.") == ("Thank you, Dr. Ek.", "It was good.")
    assert sentences_in("Am 3. November war es so weit. Danke.") == ("Am 3. November war es so weit.", "Danke.")
    assert sentences_in("One line") == ("One line",)
    assert sentences_in("") == ()


def test_marks_are_long_words_telling_runs_and_names() -> None:
    words = LETTERS.languages["en"].words
    names = ("Analyst", "")
    empty = weightless(names, "Lou", words)
    marks = marks_of("Thank you for the Analyst conversation, Lou.", names, empty, words)
    assert marks == {"conversation", "Analyst", "analyst conversation lou", "the analyst conversation"}
    assert marks_of("Thank you for your time.", ("", ""), empty, words) >= {"time"}  # thanked for once in a letter


def test_no_letter_holds_what_tools_take_for_a_place_left_open() -> None:
    """Editors, linters and mail tools search for TODO without regard to case, and find the Spanish "todo" and "método"."""
    banks = [path for path in Path(letters.__file__).parent.glob("*/*.toml") if path.name != "words.toml"]
    assert len(banks) >= 9
    assert [path.parent.name for path in banks if "todo" in path.read_text(encoding="utf-8").casefold()] == []
