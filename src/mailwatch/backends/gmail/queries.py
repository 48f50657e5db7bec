"""What the core wants to hear about, in Gmail's search language: a few short questions for what would be thousands of reads.

Words that stand in the text alone count for nothing in mail that Gmail itself files under promotions, social or forums: half of all
advertising speaks of an offer or a position. There the subject has to say it, or the sender has to be somebody of interest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from urllib.parse import quote

from mailwatch.core.model import Interest

LONGEST = 1_300
"""Characters of one question, percent-encoded: Google's client makes a POST of an address beyond 2,048, which the guard stops."""
_WORD = re.compile(r"[^\w\s'.+#-]|_")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,190}")
_DOMAIN = re.compile(r"[\w.-]{3,190}")
_MASS_MAIL = "-category:promotions -category:social -category:forums"
_OTHERS = "-in:draft -in:spam"
_SPAM = "in:spam"


def terms_of(interest: Interest) -> list[str]:
    """Each thing to ask for as one term: "w interview", "a rita@acme.example", "d acme.example"; in order, none twice."""
    words = (f"w {cleaned}" for word in interest.words if (cleaned := " ".join(_WORD.sub(" ", word).split())))
    domains = {domain for domain in interest.domains if _DOMAIN.fullmatch(domain)}
    addresses = (
        f"a {address}"
        for address in interest.addresses
        if _ADDRESS.fullmatch(address) and address.rpartition("@")[2] not in domains
    )
    return sorted({*words, *addresses, *(f"d {domain}" for domain in domains)})


def questions(terms: Iterable[str], since: datetime) -> Iterator[str]:
    """The questions that find all mail with one of these terms, spam last."""
    asked = list(terms)
    after = f"after:{int(since.timestamp())}"
    words = [term[2:] for term in asked if term.startswith("w ")]
    people = [term[2:] for term in asked if not term.startswith("w ")]
    for place in (_OTHERS, _SPAM):
        for group in _groups([_quoted(word) for word in words]):
            yield f"{after} {place} {_MASS_MAIL} {group}"
        for group in _groups([f"subject:{_quoted(word)}" for word in words]):
            yield f"{after} {place} {group}"
        for group in _groups([f"{field}:{person}" for person in people for field in ("from", "to")]):
            yield f"{after} {place} {group}"


def question_for_everything(since: datetime) -> Iterator[str]:
    """The questions that find all mail."""
    after = f"after:{int(since.timestamp())}"
    yield f"{after} {_OTHERS}"
    yield f"{after} {_SPAM}"


def question_for_all_personal(since: datetime) -> str:
    """The question that finds all mail that nobody files under advertising, spam aside."""
    return f"after:{int(since.timestamp())} {_OTHERS} {_MASS_MAIL}"


def question_for_id(message_id: str) -> str:
    """The question for a Message-ID; "" where it can't be asked for."""
    bare = message_id.strip("<>")
    return f"rfc822msgid:{bare}" if re.fullmatch(r"[^\s\"{}()<>]{1,400}", bare) else ""


def _quoted(word: str) -> str:
    return word if re.fullmatch(r"\w+", word) else f'"{word}"'


def _groups(words: Iterable[str]) -> Iterator[str]:
    """`{a b c}`, any of which may match, no group longer than a question may be."""
    group: list[str] = []
    length = 0
    for word in words:
        size = len(quote(word)) + 1
        if group and length + size > LONGEST:
            yield "{" + " ".join(group) + "}"
            group, length = [], 0
        group.append(word)
        length += size
    if group:
        yield "{" + " ".join(group) + "}"
