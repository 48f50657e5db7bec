"""The employer's name: never a tool's, an agency's only where no client is named; from domains, subjects, bodies, signatures."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from mailwatch.core.addresses import is_agency, is_free_mail, is_machine, registrable_domain, sending_tool
from mailwatch.core.lexicon import Lexicon
from mailwatch.core.model import Named
from mailwatch.core.reading.names import NameWords, name_words, same_person
from mailwatch.core.reading.roles import holds_role_word, role_from_text
from mailwatch.core.reading.times.words import LETTER, any_of, compiled
from mailwatch.core.reading.view import View

_LIMIT = 60
_CAPITAL = r"(?:[A-ZÀ-ÖØ-ÞĀ-Ž0-9][^\s,;:()\[\]|<>\"“”„!?–—]{0,30})"
_RUN = re.compile(
    rf"{_CAPITAL}(?:[ \t](?:(?:&|and|of|de|du|del|der|und|et|y|for|the|la|le|the)[ \t])?{_CAPITAL}){{0,5}}"
)
_CONTRACTED = re.compile(r"^\w{1,4}['’](?:ll|re|ve|d|m|t)\b", re.IGNORECASE)
_EDGE = " \t\"'“”„»«‘’.,;:–—-|/*_!?·•"
_SEPARATORS = re.compile(r"\s*(?:\s[-–—/]+\s|[|–—:;•·,()\[\]\n]|\s(?:<>|x|//)\s)\s*")
_SUFFIX = re.compile(r"['’]s?$")
_HAN_FIRM = re.compile(
    r"(?:株式会社|有限会社|合同会社)[\u4e00-\u9fff\u30a0-\u30ffーA-Za-z0-9]{2,12}"
    r"|[\u4e00-\u9fff\u30a0-\u30ffーA-Za-z0-9]{2,12}(?:株式会社|有限会社|合同会社|股份有限公司|有限公司|集团|集團|银行|銀行|科技|公司)"
)
_HAN_BRACKET = re.compile(r"[(（【「]([\u4e00-\u9fff\u30a0-\u30ffー]{2,14})[)）】」]")


def companies_of(view: View) -> tuple[Named, ...]:
    """Candidates for the employer's name, best first, at most five."""
    found: dict[str, Named] = {}
    for text, source, confidence in _candidates(view, _Names(view)):
        name = company_from_text(text)
        if not name:
            continue
        known = found.get(squeezed(name))
        if known is None or known.confidence < confidence:
            found[squeezed(name)] = Named(name, source, confidence)
    ranked = sorted(found.values(), key=lambda named: -named.confidence)
    return tuple(ranked[:5])


def company_from_text(text: str) -> str:
    """A firm's name fit for one line of a letter, or ""."""
    bare = _SUFFIX.sub("", " ".join(text.split()).strip(_EDGE)).strip(_EDGE)
    if not 2 <= len(bare) <= _LIMIT or re.search(r"https?:|www\.|[@€$£<>{}]|\d{5}", bare):
        return ""
    return bare


def is_from_agency(view: View) -> bool:
    """Does the sender recruit for somebody else?"""
    if view.sender is None or view.tool or view.outgoing:
        return False
    clients = any(
        "client" in hit.words.casefold() or "klient" in hit.words.casefold() for hit in view.whole.stated("agency")
    )
    return is_agency(view.sender.address, view.context.lexicon) or clients or view.whole.count("agency") >= 2


class _Names:
    """What a firm's name may and may not be, for one view."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.words: NameWords = name_words(view.context.lexicon, view.languages)
        self.agency = is_from_agency(view)
        self.hints = list(_hints(view, agency=self.agency))
        self._tables: list[Mapping[str, Any]] = [
            view.context.lexicon.languages[code].tables.get("company", {}) for code in view.languages
        ]
        people = [
            view.context.me.name,
            *(box.name for box in _boxes(view) if not view.tool or box != view.sender or " " in box.name),
            *(guest.name for event in view.events for guest in event.attendees),
        ]
        self._people = [name for name in people if name and not _holds(name, self.words.firms)]

    def any_word(self, table: str) -> str:
        """An expression for any word of a `[company]` list in the view's languages."""
        return any_of(dict.fromkeys(word for tables in self._tables for word in tables.get(table, ())))

    def may_be(self, text: str) -> bool:
        """Can this run of capitals be a firm?"""
        pieces = [piece.casefold().strip(_EDGE) for piece in text.split()]
        if not pieces or all(piece in self.words.never or piece[:1].isdigit() for piece in pieces):
            return False
        if _CONTRACTED.search(text) or text[:1].isdigit():
            return False
        if sending_tool(f"x@{squeezed(text)}.com", self.view.context.lexicon) or squeezed(text) in _tool_names(
            self.view.context.lexicon
        ):
            return False
        if any(same_person(text, name) for name in self._people):
            return False
        return bool(role_from_text(text)) and not _is_role(text, self.view)


def _candidates(view: View, names: _Names) -> Iterator[tuple[str, str, float]]:
    yield from _displayed(view, names)
    texts = [(view.title, "subject"), (view.body.text, "body")]
    if view.message is not None:
        texts.append((view.message.signature, "signature"))
    texts += [(text, "event") for event in view.events for text in (event.summary, event.description, event.location)]
    for text, source in texts:
        yield from ((name, source, 0.95) for name in _matching(text, names.hints, names))
        yield from ((name, source, weight) for name, weight in _framed(text, names))
        yield from ((name, source, 0.7) for name in _han_firms(text))
    yield from ((name, "subject", 0.35) for name in _left_over(view, names))
    yield from ((name, "signature", 0.55) for name in _signed(view, names))
    yield from ((_spoken(hint), "domain", 0.3) for hint in names.hints)


def _boxes(view: View) -> list[Any]:
    if view.message is None:
        return [view.sender] if view.sender else []
    envelope = view.message.envelope
    return [box for box in (envelope.sender, *envelope.reply_to, *envelope.to, *envelope.cc) if box is not None]


def _hints(view: View, *, agency: bool) -> Iterator[str]:
    """Labels of the firms' domains on the other side, an agency's left out; the local part where a tool writes as the firm."""
    lexicon = view.context.lexicon
    addresses = [box.address for box in _boxes(view)]
    own = registrable_domain(view.sender.address) if agency and view.sender is not None else ""
    addresses += [
        guest.address
        for event in view.events
        for guest in (*event.attendees, *([event.organizer] if event.organizer else []))
    ]
    for address in dict.fromkeys(addresses):
        domain = registrable_domain(address)
        if (
            not address
            or view.context.me.owns(address)
            or domain in (own, *view.home)
            or is_free_mail(address, lexicon)
        ):
            continue
        if sending_tool(address, lexicon):
            local = squeezed(address.partition("@")[0])
            if (
                view.sender is not None
                and address == view.sender.address
                and view.tool_kind == "ats"
                and len(local) >= 5
                and not is_machine(address, "", lexicon)
            ):
                yield local
        elif not is_agency(address, lexicon):
            yield domain.partition(".")[0]


def _displayed(view: View, names: _Names) -> Iterator[tuple[str, str, float]]:
    """The sender's display name where a desk or a tool writes: "Acme Recruiting", "Careers at Acme", "Acme via Lever"."""
    if view.sender is None or not view.sender.name or names.agency or view.outgoing:
        return
    desk = names.any_word("desk")
    name = view.sender.name
    bare = compiled(rf"^(?:the\s+)?{desk}(?:\s+(?:team|desk))?\s+(?:at|of|@|from|bei|chez|en|de|da|van)\s+").sub(
        "", name
    )
    bare = compiled(r"\s+(?:via|through|powered by|@|\||-|über|par)\s+.*$").sub("", bare)
    bare = compiled(rf"(?:[\s,|-]+{desk})+$").sub("", bare).strip(_EDGE)
    is_desk = bare != name
    if (view.tool_kind in ("ats", "scheduling") or is_desk) and bare and names.may_be(bare):
        yield bare, "sender", 0.85


def _matching(text: str, hints: Iterable[str], names: _Names) -> Iterator[str]:
    """Runs of capitals that spell a domain's label: "Pine Cove Credit Union" for pinecove-credit."""
    for words in _runs(text[:6000]):
        for hint in hints:
            best = _without_tail(_spelling(words, squeezed(hint)), names)
            if best and not all(word.casefold() in names.words.never for word in best.split()):
                yield best


def _without_tail(text: str, names: _Names) -> str:
    """A name without words in small letters at its end ("Savanna Health and")."""
    words = text.split()
    while words and words[-1].islower() and words[-1] in names.words.never:
        words.pop()
    return " ".join(words)


def _runs(text: str) -> Iterator[list[str]]:
    """Runs of words with capitals; a run ends where a sentence does."""
    for run in _RUN.finditer(text):
        words: list[str] = []
        for word in run.group().split():
            words.append(word)
            if word.endswith((".", "!", "?")) and len(word) > 3:
                yield words
                words = []
        if words:
            yield words


def _spelling(words: Sequence[str], hint: str) -> str:
    """The words in a row that spell the hint, or go on where it ends; "" where none do."""
    for start in range(len(words)):
        for stop in range(len(words), start, -1):
            phrase = squeezed(" ".join(words[start:stop]))
            if phrase == hint:
                return " ".join(words[start:stop])
            if len(hint) >= 4 and phrase.startswith(hint) and _ends_in_word(words[start:stop], hint):
                return " ".join(words[start:stop])
            if len(phrase) >= 5 and hint.startswith(phrase) and len(phrase) * 3 >= len(hint) * 2 and stop == len(words):
                return " ".join(words[start:stop])
    return ""


def _ends_in_word(words: Sequence[str], hint: str) -> bool:
    """Does the hint end inside, or at the end of, the last but at most one word? More would be running on."""
    length = 0
    for number, word in enumerate(words):
        length += len(squeezed(word))
        if length >= len(hint):
            return number >= len(words) - 2
    return False


def _framed(text: str, names: _Names) -> Iterator[tuple[str, float]]:
    """Names after "at", "with", "join", before "invites you"."""
    for table, weight in (("before", 0.6), ("beside", 0.5)):
        before = compiled(rf"(?<!{LETTER}){names.any_word(table)}\s+(?:the\s)?")
        for match in before.finditer(text[:8000]):
            run = _RUN.match(text, match.end())
            if run is not None and (name := _trimmed(run.group(), names)):
                yield name, weight
    for match in compiled(rf"\s+(?:{names.any_word('after')})(?!{LETTER})").finditer(text[:8000]):
        runs = list(_RUN.finditer(text[max(0, match.start() - 60) : match.start()]))
        if runs and runs[-1].end() == min(60, match.start()) and (name := _trimmed(runs[-1].group(), names)):
            yield name, 0.6 if len(name.split()) > 1 else 0.35  # "Exit interview", "Entrance interview"


def _trimmed(run: str, names: _Names) -> str:
    """A run of capitals without words at its ends that belong to no name; "" where nothing, or a person or job, is left."""
    words = next(_runs(run), [])
    if _is_role(" ".join(words), names.view) and words[-1].casefold().strip(_EDGE) in names.words.never:
        return ""  # "for Backend Engineer"
    while words and words[-1].casefold().strip(_EDGE) in names.words.never:
        words.pop()
    while words and words[0].casefold().strip(_EDGE) in names.words.never:
        words.pop(0)
    text = " ".join(words).strip(_EDGE)
    return text if text and names.may_be(text) else ""


def _left_over(view: View, names: _Names) -> Iterator[str]:
    """The part of a title that is neither job, name nor "interview"."""
    titles = [view.title, *(event.summary for event in view.events)]
    for title in dict.fromkeys(titles):
        if not view.whole.has("interview", "talk"):
            continue
        for segment in _SEPARATORS.split(title):
            words = [w for w in segment.split() if w.casefold().strip(_EDGE) not in names.words.never]
            text = " ".join(words).strip(_EDGE)
            if text and len(words) <= 4 and text[0].isupper() and names.may_be(text):
                yield text


def _signed(view: View, names: _Names) -> Iterator[str]:
    """The firm in the signature: what follows the sender's name, title aside."""
    if view.sender is None or names.agency or view.machine or view.outgoing:
        return
    tail = "\n".join([*view.body.text.strip().split("\n")[-6:], view.message.signature if view.message else ""])
    lines = [line.strip() for line in tail.split("\n") if line.strip()]
    for index, line in enumerate(lines):
        first = re.split(r"[,|(–—]|\s-\s", line)[0].strip(_EDGE)
        if not first or not same_person(first, view.sender.name):
            continue
        pieces = [
            *re.split(r"[,|()–—]|\s-\s", line)[1:],
            *(part for below in lines[index + 1 : index + 4] for part in re.split(r"[,|]", below)),
        ]
        for piece in reversed(pieces):
            name = _trimmed(piece.strip(_EDGE), names) if piece.strip(_EDGE)[:1].isupper() else ""
            if name and len(name.split()) <= 5 and not re.search(r"\d", name):
                yield name
                break


def _han_firms(text: str) -> Iterator[str]:
    for match in _HAN_FIRM.finditer(text):
        yield re.sub("株式会社|有限会社|合同会社|股份有限公司|有限公司", "", match.group()) or match.group()
    yield from (match.group(1) for match in _HAN_BRACKET.finditer(text))


def _is_role(text: str, view: View) -> bool:
    languages = view.context.lexicon.languages
    return any(holds_role_word(text, languages[code].tables.get("roles", {})) for code in view.languages)


def _holds(text: str, words: Iterable[str]) -> bool:
    return any(piece.casefold().strip(_EDGE) in words for piece in text.split())


@lru_cache(maxsize=8)
def _tool_names(lexicon: Lexicon) -> frozenset[str]:
    tools: Mapping[str, str] = lexicon.senders.get("tools", {})
    return frozenset(squeezed(value.partition(" ")[2]) for value in tools.values())


def _spoken(hint: str) -> str:
    """A domain's label as a name: "pinecove-credit" → "Pinecove Credit"."""
    return " ".join(part.capitalize() for part in re.split(r"[-_]", hint) if part)


@lru_cache(maxsize=4096)
def squeezed(text: str) -> str:
    """Letters and digits only, case and diacritics aside; "&" is "and"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("&", " and "))
    return "".join(char for char in decomposed if char.isalnum())
