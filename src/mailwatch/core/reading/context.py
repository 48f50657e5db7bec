"""What the reader knows besides the message: the user, the words, the detection settings."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from mailwatch import __version__
from mailwatch.core.lexicon import Lexicon
from mailwatch.core.model import Detection, Me

RULES = 2
"""Raised whenever the reader's rules change without a release, so that cached readings are made anew."""


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """Everything `read` may look at besides the message itself."""

    me: Me
    lexicon: Lexicon
    detection: Detection


def reader_version(context: ReadingContext) -> str:
    """A hash of all that a reading depends on besides its message: code, phrases, settings, the user: 16 hex digits."""
    digest = _begun(context.lexicon).copy()
    me, detection = context.me, context.detection
    digest.update(repr((me.name, me.primary, sorted(me.addresses), me.zone, me.languages)).encode())
    digest.update(
        repr((detection.extra_words, sorted(detection.ignore_senders), sorted(detection.ignore_domains))).encode()
    )
    return digest.hexdigest()[:16]


@lru_cache(maxsize=8)
def _begun(lexicon: Lexicon) -> hashlib._Hash:
    """The part that code and words have in it: thousands of phrases, asked for at every pull."""
    digest = hashlib.sha256(f"{__version__}/{RULES}".encode())
    for code in sorted(lexicon.languages):
        language = lexicon.languages[code]
        digest.update(f"{code}{language.spaced}{_stable(language.tables)}".encode())
        for category in sorted(language.phrases):
            digest.update("\n".join([category, *language.phrases.sources[category]]).encode())
    digest.update(_stable(lexicon.senders).encode())
    for learned in (lexicon.incoming, lexicon.outgoing):
        digest.update(repr((learned.kinds, learned.bias)).encode())
        digest.update(_stable(learned.table).encode())
    return digest


def _stable(value: object) -> str:
    """A text that is the same for equal tables, whatever the order of their keys."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{_stable(value[key])}" for key in sorted(value)) + "}"
    return repr(value)
