"""What an employer asks the candidate for: references, salary, notice period, documents.

Availability is not among it: that is scheduling.
"""

from __future__ import annotations

from mailwatch.core.lexicon import Hit, Lexicon
from mailwatch.core.reading.replies.scope import conditional
from mailwatch.core.reading.sentences import Cues

ASK = "asked"
PREFIX = "asked."


def asked_categories(lexicon: Lexicon) -> tuple[str, ...]:
    """The categories of things to ask for ("asked.references"), over all languages, in a fixed order."""
    names = {name for language in lexicon.languages.values() for name in language.phrases if name.startswith(PREFIX)}
    return tuple(sorted(names))


def asked_for(cues: Cues, lexicon: Lexicon) -> tuple[Hit, ...]:
    """The things asked for, first mention each, in the order of the text: named in a sentence that asks."""
    found: dict[str, Hit] = {}
    for index, sentence in enumerate(cues.sentences):
        requests = [hit for hit in cues.hits(index, ASK) if not conditional(cues, index, hit)]
        for category in asked_categories(lexicon):
            for hit in cues.hits(index, category):
                if any(request.start <= hit.start for request in requests) or (sentence.question and requests):
                    found.setdefault(category, hit)
    return tuple(sorted(found.values(), key=lambda hit: hit.start))


def in_words(things: tuple[Hit, ...]) -> str:
    """For the status: "references, salary expectations"."""
    return ", ".join(dict.fromkeys(hit.category.removeprefix(PREFIX) for hit in things))
