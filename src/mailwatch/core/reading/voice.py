"""How a letter begins and ends: whom it greets with which word, how it closes, how the writer signs, and Sie or du.

From this the composer learns whether somebody goes by a first name, the user's own usual greeting and sign-off, and how
the two address each other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailwatch.core.lexicon import Lexicon
from mailwatch.core.model import Message, Voice

_LINE_LIMIT = 60
_TAIL_LINES = 10
_NEAR = 8
_NAME_WORDS = 4
_EDGES = " \t,.;:!–—-"
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]*)*")
_PRONOUN = re.compile(r"[^\W\d_]+")
_PIECE = re.compile(r"\s*(?:[,|(–—•·/]|\s-\s)")


def voice_in(message: Message, lexicon: Lexicon, language: str) -> Voice:
    """The voice of one letter; empty fields where it has no greeting, no closing formula or no name below.

    Args:
        message: whose new text alone counts.
        lexicon: its tables `voice`.
        language: the code of the text's language.
    """
    lines = [line.strip() for line in message.new_text.splitlines() if line.strip()]
    below = [line.strip() for line in message.signature.splitlines() if line.strip()]
    greeting, addressed = _greeting(lines[0] if lines else "", _all(lexicon, "greetings"))
    sender = message.envelope.sender
    sign_off, signed = _ending(
        [*lines[1:], *below][-_TAIL_LINES:], _all(lexicon, "sign_offs"), sender.name if sender else ""
    )
    return Voice(greeting, addressed, sign_off, signed, _form(message.new_text, lexicon, language))


def _all(lexicon: Lexicon, table: str) -> frozenset[str]:
    return frozenset(
        entry for language in lexicon.languages.values() for entry in language.tables.get("voice", {}).get(table, ())
    )


def _greeting(line: str, known: frozenset[str]) -> tuple[str, str]:
    """(the greeting word as written, the name behind it) of a letter's first line."""
    if len(line) > _LINE_LIMIT:
        return "", ""
    lowered = line.casefold()
    words = [found.end() for found in _WORD.finditer(line)]
    for end in reversed(words[:3]):
        if lowered[:end] in known:
            rest = line[end:].strip(_EDGES)
            return (line[:end], rest) if len(rest.split()) <= _NAME_WORDS else ("", "")
    return "", ""


def _ending(lines: Sequence[str], known: frozenset[str], sender: str) -> tuple[str, str]:
    """(the closing formula as written, the name that the writer signs with) of a letter's last lines."""
    for index in range(len(lines) - 1, -1, -1):
        bare = lines[index].strip(_EDGES)
        if bare.casefold() in known:
            return bare, _signature(lines[index + 1], sender) if index + 1 < len(lines) else ""
    return "", _signature(lines[-1], sender) if lines else ""


def _signature(line: str, sender: str) -> str:
    """The name on a line, if it can be the sender's: a name that shares a word with theirs, or the first letter."""
    name = _PIECE.split(line)[0].strip(_EDGES)
    words, theirs = _WORD.findall(name), _WORD.findall(sender)
    if not words or len(words) > _NAME_WORDS or " ".join(words) != " ".join(name.split()) or not words[0][0].isupper():
        return ""
    shared = {word.casefold() for word in words} & {word.casefold() for word in theirs}
    nickname = len(words) == 1 and bool(theirs) and words[0][0].casefold() == theirs[0][0].casefold()
    return name if shared or nickname else ""


def _form(text: str, lexicon: Lexicon, language: str) -> str:
    """How the text addresses its reader: by the words of which it has more."""
    known = lexicon.languages.get(language)
    table = known.tables.get("voice", {}) if known else {}
    listed = [frozenset(table.get(name, ())) for name in ("familiar", "polite")]
    words = [(match.group(), match.start()) for match in _PRONOUN.finditer(text)] if any(listed) else []
    familiar, polite = (_hits(text, words, each) for each in listed)
    return "" if familiar == polite else "familiar" if familiar > polite else "polite"


def _hits(text: str, words: Sequence[tuple[str, int]], listed: frozenset[str]) -> int:
    """How many words of the text are listed. A listed capital means courtesy, but not where every word has one."""
    return sum(
        word.casefold() in listed or (word in listed and not (word[:1].isupper() and _begins_a_sentence(text, start)))
        for word, start in words
    )


def _begins_a_sentence(text: str, start: int) -> bool:
    before = text[max(start - _NEAR, 0) : start].rstrip(' \t"“„«¿¡(')
    return before[-1:] in {"", "\n", ".", "!", "?", ":", "…"}
