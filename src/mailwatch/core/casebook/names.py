"""Names of people, firms and jobs: when two spellings mean the same one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_LEGAL_FORMS = frozenset(
    "inc incorporated ltd limited llc llp lp gmbh mbh ag kg kgaa ug se eg corp corporation co company plc sa sas sarl sàrl "
    "bv nv oy oyj ab as asa aps srl spa sl slu ltda pty pte kk group holding holdings the".split()
)
_CJK_FORMS = re.compile("株式会社|有限会社|合同会社|股份有限公司|有限公司|公司|㈱")
_HONORIFICS = frozenset("mr mrs ms mx dr prof herr frau madame monsieur mme señor señora sr sra eng ing dott".split())
_ROLE_NOISE = frozenset(
    "the a an of and for in at to de der die das des du la le les el los las und et y senior junior sr jr lead principal staff "
    "associate ii iii iv role position job m w d f x".split()
)


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Case and diacritics aside, for comparing only."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(char for char in decomposed if not unicodedata.combining(char)))


@lru_cache(maxsize=4096)
def name_tokens(name: str) -> frozenset[str]:
    """A person's name as a set of words, so that "Lind, Bo" and "Bo Lind" are one; titles and initials left out."""
    words = _WORD.findall(folded(name))
    plain = [word for word in words if word not in _HONORIFICS]
    long = [word for word in plain if len(word) > 1 or not word.isascii()]
    return frozenset(long or plain)


def same_full_name(one: str, other: str) -> bool:
    """Do both name the same person, by two words at least (a middle name may be missing) or the same unspaced name?"""
    first, second = name_tokens(one), name_tokens(other)
    shared = first & second
    if len(shared) >= 2:
        return shared in (first, second)
    return first == second and len(shared) == 1 and not next(iter(shared)).isascii() and len(next(iter(shared))) >= 3


def may_be_short_for(short: str, full: str) -> bool:
    """Can `short` ("Bo", "持田") stand for `full` ("Bo Lind", "持田健一")? Only who is known decides whether it does."""
    few, many = name_tokens(short), name_tokens(full)
    if not few or not many:
        return False
    if few <= many or many <= few:
        return True
    if len(few) == len(many) == 1:
        one, other = next(iter(few)), next(iter(many))
        return not one.isascii() and len(one) >= 2 and (other.startswith(one) or one.startswith(other))
    return False


@lru_cache(maxsize=4096)
def company_key(name: str) -> str:
    """A firm's name without legal form, case, spaces and punctuation: "Savanna Health Ltd." → "savannahealth"."""
    return "".join(company_words(name))


@lru_cache(maxsize=4096)
def company_words(name: str) -> tuple[str, ...]:
    """The words of a firm's name that count."""
    words = _WORD.findall(folded(_CJK_FORMS.sub(" ", name)))
    return tuple(word for word in words if word not in _LEGAL_FORMS) or tuple(words)


def label_of(domain: str) -> str:
    """The firm's part of a registrable domain as a company key: "savanna-health.co.ke" → "savannahealth"."""
    return "".join(_WORD.findall(folded(domain.partition(".")[0])))


@lru_cache(maxsize=4096)
def role_tokens(role: str) -> frozenset[str]:
    """The words of a job's title that tell it from another one."""
    words = _WORD.findall(folded(re.sub(r"\([^()]{0,40}\)", " ", role)))
    return frozenset(word for word in words if word not in _ROLE_NOISE and not word.isdigit()) or frozenset(words)


def same_role(one: str, other: str) -> bool:
    """Do two titles mean the same job? Two thirds of the shorter one's words must agree, rank aside."""
    first, second = role_tokens(one), role_tokens(other)
    if not first or not second:
        return False
    if len(first & second) * 3 >= min(len(first), len(second)) * 2:
        return True
    joined, other_joined = company_key(one), company_key(other)
    return not joined.isascii() and (joined in other_joined or other_joined in joined)


def most_weight(votes: Iterable[tuple[str, str, float]]) -> str:
    """The best spelling of the name with the most weight; "" without votes.

    Votes are (key, spelling, weight). Weights of one key add up, but of its spellings the one that was named with the
    most confidence wins, however often a guess from a domain comes again; the earliest wins a tie.
    """
    weights: dict[str, float] = {}
    spellings: dict[str, dict[str, float]] = {}
    for key, spelling, weight in votes:
        weights[key] = weights.get(key, 0.0) + weight
        variants = spellings.setdefault(key, {})
        variants[spelling] = max(variants.get(spelling, 0.0), weight)
    if not weights:
        return ""
    best = max(weights, key=lambda key: weights[key])
    return max(spellings[best], key=lambda spelling: spellings[best][spelling])
