"""What an address tells about who stands behind it: a person, a machine, a shared box, a tool, an agency, a forger.

The tables are data: phrases/senders.toml, handed over as `Lexicon.senders`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from functools import cache, lru_cache

from publicsuffixlist import PublicSuffixList

from mailwatch.core.lexicon import Lexicon
from mailwatch.core.model import Address
from mailwatch.core.text import clean_text

_LOCAL_LIMIT, _DOMAIN_LIMIT = 128, 253
_LOCAL = re.compile(r"[^\s\"(),:;<>@\[\\\]\x00-\x1f\x7f-\x9f]+")
_DOMAIN = re.compile(r"[^\W_](?:[\w-]{0,62})(?:\.[^\W_][\w-]{0,62}){0,20}\.?")
_SEPARATORS = re.compile(r"[^a-z]+")
_NO_REPLY_NAME = re.compile(r"\b(?:no|do[ -]?not|don'?t)[ -]?reply\b", re.IGNORECASE)

# Letters of other scripts and digits that pass for Latin letters, after NFKD and case folding: look-alike, letter, …
_LOOK_ALIKES = "аa еe оo рp сc уy хx іi јj ѕs ԁd һh ӏl кk мm нh тt вb гr пn ɡg αa βb εe ιi κk νv οo ρp τt υu χx ωw ıi 0o 1l 3e 5s 8b $s |l"
_LOOKS = {ord(pair[0]): pair[1] for pair in _LOOK_ALIKES.split()}
_PAIRS = (("rn", "m"), ("vv", "w"))


def address_from_text(text: str) -> Address | None:
    """A mail address without name and brackets, lower-cased, or None where `text` is none (RFC 5321 §4.1.2).

    `mailto:` in front is dropped. Quoted local parts and domain literals are refused: nobody writes to them, and they
    can carry anything. So are characters that nobody sees: an address that looks like another one is nobody's.
    """
    bare = unicodedata.normalize("NFC", text.strip().strip("'").casefold())
    local, at, domain = bare.removeprefix("mailto:").partition("?")[0].rpartition("@")
    if not at or len(local) > _LOCAL_LIMIT or len(domain) > _DOMAIN_LIMIT:
        return None
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain) or clean_text(local) != local:
        return None
    return Address(f"{local}@{domain.rstrip('.')}")


def domain_of(address: str) -> str:
    """The domain of an address, or the whole where there is no at sign; lower case."""
    return address.rpartition("@")[2].strip().casefold().rstrip(".")


@lru_cache(maxsize=4096)
def registrable_domain(address_or_domain: str) -> str:
    """The domain that somebody registered: "rita@mail.acme.co.uk" gives "acme.co.uk"; a bare suffix gives itself."""
    domain = domain_of(address_or_domain)
    return _suffixes().privatesuffix(domain) or domain


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True)


def is_free_mail(address: str, lexicon: Lexicon) -> bool:
    """Can anybody have an address there (Gmail, GMX, internet providers)?"""
    return domain_of(address) in lexicon.senders.get("free_mail", ())


def is_machine(address: str, name: str, lexicon: Lexicon) -> bool:
    """Does nobody read what is sent there: a no-reply, a notifier, a room, a bounce handler?"""
    domain, local = domain_of(address), address.rpartition("@")[0].casefold()
    if _is_below(domain, _machine_domains(lexicon)) or _NO_REPLY_NAME.search(name):
        return True
    squeezed = _SEPARATORS.sub("", local)
    if squeezed in lexicon.senders.get("machine_locals", ()):
        return True
    if any(word in squeezed for word in lexicon.senders.get("machine_words", ())):
        return True
    return _SEPARATORS.split(local)[0] in ("bounce", "bounces", "return", "prvs")


def is_shared_box(address: str, lexicon: Lexicon) -> bool:
    """Do several people read it: jobs@, talent-team@, hr.berlin@? An address, but not a person."""
    shared: Sequence[str] = lexicon.senders.get("shared_locals", ())
    fillers: Sequence[str] = lexicon.senders.get("shared_fillers", ())
    words = [word for word in _SEPARATORS.split(address.rpartition("@")[0].casefold()) if word]
    if "".join(words) in shared:
        return True
    return any(word in shared for word in words) and all(word in shared or word in fillers for word in words)


def is_alert_sender(address: str, lexicon: Lexicon) -> bool:
    """Does it send job alerts, newsletters or digests?"""
    if tool_kind(address, lexicon) == "bulk":
        return True
    words = [word for word in _SEPARATORS.split(address.rpartition("@")[0].casefold()) if word]
    alerts: Sequence[str] = lexicon.senders.get("alert_locals", ())
    return "".join(words).removesuffix("noreply").removesuffix("reply") in alerts


def sending_tool(address: str, lexicon: Lexicon) -> str:
    """The name of the sending system an address belongs to ("greenhouse", "calendly"), or ""."""
    return _tool(address, lexicon).partition(" ")[2]


def tool_kind(address: str, lexicon: Lexicon) -> str:
    """The kind of that system ("ats", "scheduling" …, see senders.toml), or ""."""
    return _tool(address, lexicon).partition(" ")[0]


def _tool(address: str, lexicon: Lexicon) -> str:
    tools = lexicon.senders.get("tools", {})
    whole, domain = address.strip().casefold(), domain_of(address)
    if whole in tools:
        return str(tools[whole])
    while domain:
        if domain in tools:
            return str(tools[domain])
        domain = domain.partition(".")[2]
    return ""


def is_agency(address: str, lexicon: Lexicon) -> bool:
    """Does the domain's name say that they recruit for other firms?"""
    if _tool(address, lexicon):
        return False
    name = registrable_domain(address).partition(".")[0]
    squeezed = name.replace("-", "")
    words: Sequence[str] = lexicon.senders.get("agency_words", ())
    return name in lexicon.senders.get("agency_names", ()) or any(word in squeezed for word in words)


def looks_like(domain: str, known: Iterable[str]) -> str:
    """The known domain that `domain` passes for without being it, or "".

    Told by letters that look alike (xn--… and mixed scripts included), by one or two typing errors in a long name,
    and by a known domain used as the beginning of another one ("acme.com.evil.test"). A known domain's own
    sub-domains, and the same name under another suffix, are nobody's forgery.
    """
    own = registrable_domain(domain)
    known_registrable = {registrable_domain(other) for other in known}
    if own in known_registrable:
        return ""
    whole = f"{_readable(domain_of(domain))}."
    name = _readable(own).partition(".")[0]
    for other in sorted(known_registrable):
        other_name = _readable(other).partition(".")[0]
        if f".{other}." in f".{whole}" or (name != other_name and _passes_for(name, other_name)):
            return other
    return ""


@lru_cache(maxsize=8)
def _machine_domains(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(lexicon.senders.get("machine_domains", ()))


def _is_below(domain: str, parents: Collection[str]) -> bool:
    labels = domain.split(".")
    return any(".".join(labels[start:]) in parents for start in range(len(labels)))


def _readable(domain: str) -> str:
    return ".".join(_label(label) for label in domain.split("."))


def _label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return label


def _passes_for(name: str, known: str) -> bool:
    mine, theirs = _skeleton(name), _skeleton(known)
    if mine == theirs:
        return True
    allowed = 0 if len(theirs) < 6 else 1 if len(theirs) < 10 else 2
    return allowed > 0 and abs(len(mine) - len(theirs)) <= allowed and _distance(mine, theirs) <= allowed


def _skeleton(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char)).translate(_LOOKS)
    for pair, letter in _PAIRS:
        plain = plain.replace(pair, letter)
    return plain.replace("-", "")


def _distance(one: str, other: str) -> int:
    """Edits from one to the other; two neighbours swapped are one edit."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, char in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, target in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (char != target))
            if i > 1 and j > 1 and char == other[j - 2] and one[i - 2] == target:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
