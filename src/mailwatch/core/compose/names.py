"""Names as they may stand in a letter: people, roles, companies. What is unsafe or unclear becomes "".

Everything here came out of somebody's mail, so it enters a letter only as one short plain line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mailwatch.core.text import one_line

LIMIT = 60

_BRACKETS = re.compile(r"\([^()]{0,80}\)|\[[^\[\]]{0,80}\]|\{[^{}]{0,80}\}|<[^<>]{0,80}>")
_UNSAFE = re.compile(r"[@{}\[\]<>|\\^`~$€£¥₹%*=_]|https?:|www\.|\d{4}", re.IGNORECASE)
_DOMAIN = re.compile(
    r"\w\.(?:com|org|net|io|co|ai|app|dev|info|biz|xyz|de|fr|es|it|nl|eu|uk|ch|at|ru|cn|jp|br|example|test)\b"
)
_REQUISITION = re.compile(
    r"(?:[-–—,:#/]\s{0,2})?\b(?:job|req|requisition|ref|reference|posting|kennziffer|réf|id|nr|no)\b\.?\s{0,2}[:#]?\s{0,2}"
    r"[a-z]{0,4}[-_]?\d[\w-]{0,20}|#\s?\w{0,4}-?\d[\w-]{0,20}|\b[a-z]{1,4}[-_]\d{2,12}\b|\b[a-z]{1,4}\d{4,12}\b|\b\d{4,12}\b",
    re.IGNORECASE,
)
_LEVEL = re.compile(
    r"(?:[-–—,/]\s{0,2})?\b(?:L|IC|E|P|T|G|M|SDE|SWE)-?\d{1,2}\b|(?:[-–—,]\s{0,2})?\blevel\s\d{1,2}\b"
    r"|\b\d{1,3}\s?(?:[-–]\s?\d{1,3}\s?)?%",
    re.IGNORECASE,
)
_GENDER = re.compile(r"\b[mwfdhxi](?:[/|*-][mwfdhxi]){1,3}\b", re.IGNORECASE)
_GENDERED_FORM = re.compile(r"\w{3}[/*:·•](?:-?in|innen|r|e|se|euse|rice|a|as|ne)\b", re.IGNORECASE)
_EDGES = " \t-–—,;:/|·•"

_NICKNAME = re.compile(r"[“”\"][^“”\"]{1,30}[“”\"]")
_NAME_NOISE = re.compile(r"\s+(?:via|through|über|de la part de)\s.{0,60}$|\s+[-–—|/@]\s.{0,60}$", re.IGNORECASE)
_NOT_A_NAME = re.compile(r"[@{}\[\]<>|\\^`~$€£¥%*=_\d;:!?“”\"]|https?|www\.", re.IGNORECASE)
_SUFFIXES = frozenset(
    {"jr", "jr.", "sr", "sr.", "ii", "iii", "phd", "ph.d.", "md", "mba", "msc", "cpa", "pmp", "esq", "esq."}
)
# Vietnamese names begin with the family name, and so do most of these wherever they stand.
_FAMILY_NAME_FIRST = frozenset("nguyễn nguyen trần phạm hoàng huỳnh võ đặng bùi đỗ ngô".split())
_FORMS_OF_ADDRESS = frozenset(
    "frau herr herrn madame monsieur mme mme. sr. sra. srta. señor señora doña dña. signor signora sig. sig.ra dhr. mevr.".split()
)
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
# Common in names of people, firms and jobs, and written otherwise in simplified Chinese.
_TRADITIONAL = frozenset(
    "體灣導試備師這應與開關對發說認請謝讓變術業務經營專員總區際銀設計產顧問會財資訊電腦軟網頁許陳劉張黃楊趙鄭馮鄧蕭羅葉蘇盧鍾"
    "譚賴鄒聯華偉強軍麗傑濤艷蘭鳳龍豐禮維綸"
)
_PARTICLES = frozenset(
    {
        "van",
        "von",
        "de",
        "der",
        "den",
        "di",
        "da",
        "do",
        "dos",
        "du",
        "la",
        "le",
        "el",
        "al",
        "bin",
        "ter",
        "zu",
        "y",
        "e",
    }
)


def plain_name(text: str) -> str:
    """A company's or a job's name as one clean line of at most 60 characters, or "" where it can't be shown safely.

    Brackets, requisition ids, level codes and gender marks of job adverts are taken off; anything that still holds an
    address, a link, money, a long number or a form that names a gender is not used at all.
    """
    line = one_line(text, 400)
    line = _GENDER.sub(" ", _LEVEL.sub(" ", _REQUISITION.sub(" ", _BRACKETS.sub(" ", line))))
    line = " ".join(line.split()).strip(_EDGES)
    if not line or len(line) > LIMIT or _UNSAFE.search(line) or _DOMAIN.search(line):
        return ""
    if _GENDERED_FORM.search(line):
        return ""
    return line if any(char.isalpha() for char in line) else ""


def person_name(text: str) -> str:
    """A person's name in reading order, or "" where the text is no plain name.

    "Okafor, Ada (she/her)" gives "Ada Okafor"; capitals are set down; a name in Chinese, Japanese or Korean letters
    stays as it is, because which part is the family name is not ours to guess.
    """
    name = _NAME_NOISE.sub("", _NICKNAME.sub(" ", _BRACKETS.sub(" ", one_line(text, 200))))
    name = " ".join(name.strip("'‘’ ,.-").split())
    if not name or len(name) > LIMIT or _NOT_A_NAME.search(name) or not any(char.isalpha() for char in name):
        return ""
    if _CJK.search(name):
        return name
    last, comma, first = name.partition(",")
    if comma and first.strip().casefold() not in _SUFFIXES:
        name = f"{first.split(',')[0].strip()} {last.strip()}"
    elif comma:
        name = last.strip()
    words = [word for word in name.split() if word.casefold() not in _SUFFIXES]
    if name.islower():
        return " ".join(word if word in _PARTICLES else _capitalized(word) for word in words)
    shortest = 2 if len(words) > 1 and all(word.isupper() for word in words) else 3
    return " ".join(_set_down(word, shortest) for word in words)


def _set_down(word: str, shortest: int) -> str:
    return word if len(word) < shortest or not word.isupper() or "." in word else _capitalized(word)


def _capitalized(word: str) -> str:
    return re.sub(r"[^\W\d_]+", lambda part: part.group().capitalize(), word)


def full_name(text: str) -> str:
    """A person's name if it is one of at least two words, or in Chinese, Japanese or Korean letters; else ""."""
    name = person_name(text)
    return name if " " in name or is_cjk(name) else ""


def is_traditional_chinese(text: str) -> bool:
    """Does the text hold a character that only traditional Chinese writes so?"""
    return any(char in _TRADITIONAL for char in text)


def is_cjk(name: str) -> bool:
    """Is the name written in Chinese, Japanese or Korean letters?"""
    return bool(_CJK.search(name))


def parted(name: str, honorifics: Iterable[str]) -> tuple[str, str]:
    """(honorific and academic titles in front, the rest): "Frau Dr. Ina Brandt" gives ("Frau Dr.", "Ina Brandt").

    Only what is written is parted; nothing is added.
    """
    known = {title.casefold() for title in honorifics}
    words = name.split()
    count = 0
    while count < len(words) - 1 and words[count].casefold() in known:
        count += 1
    return " ".join(words[:count]), " ".join(words[count:])


def first_name(name: str) -> str:
    """The first word of a name in reading order; a CJK name whole."""
    return name if is_cjk(name) else name.partition(" ")[0]


def may_be_called(form: str) -> bool:
    """Can somebody be called by this one word? Not by an initial, a particle, or a family name that stands in front."""
    return len(form.rstrip(".")) > 1 and form not in _PARTICLES and form.casefold() not in _FAMILY_NAME_FIRST


def without_foreign_forms(name: str, honorifics: Iterable[str]) -> str:
    """The name without a form of address in front that the letter's language does not use: "Frau" in an English letter.

    It stays where the family name is all there is besides: "Dear Herr Bülow" is better than "Dear Bülow".
    """
    known = {title.casefold() for title in honorifics}
    form, _, rest = name.partition(" ")
    names = [word for word in rest.split() if word not in _PARTICLES]
    foreign = form.casefold() in _FORMS_OF_ADDRESS and form.casefold() not in known
    return rest if foreign and len(names) > 1 else name


def family_name(name: str) -> str:
    """The last name with its particles: "Bas van Oort" gives "van Oort"; a one-word or CJK name whole."""
    words = name.split()
    if is_cjk(name) or len(words) < 2:
        return name
    start = len(words) - 1
    while start > 1 and words[start - 1].casefold() in _PARTICLES:
        start -= 1
    if start == 1 and words[0] in _PARTICLES:  # "von Bülow" has no first name
        start = 0
    return " ".join(words[start:])


def joined(names: Sequence[str], words: Mapping[str, Any]) -> str:
    """Names in a row, as the language joins them: "Lou Tsang, Ida Berg and Bas van Oort"."""
    facts = words["names"]
    if len(names) < 2:
        return "".join(names)
    return f"{facts['comma'].join(names[:-1])}{facts['and']}{names[-1]}"
