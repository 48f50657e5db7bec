"""What an employer asks the candidate for: references, salary, notice period, documents.

Availability is not among it: that is scheduling.
"""

from __future__ import annotations

from mailwatch.core.lexicon import Hit
from mailwatch.core.reading.replies.scope import conditional
from mailwatch.core.reading.sentences import Cues

ASK = "asked"
_PREFIX = "asked."
THINGS = tuple(
    f"{_PREFIX}{thing}"
    for thing in (
        "references", "salary expectations", "notice period", "start date", "work permit", "documents", "form",
        "work samples", "CV", "address",
    )
)  # fmt: skip
"""What is asked for, as categories of the phrase files; the name is what the status shows."""


def asked_for(cues: Cues) -> tuple[Hit, ...]:
    """The things asked for, first mention each, in the order of the text: named in a sentence that asks."""
    found: dict[str, Hit] = {}
    for index, sentence in enumerate(cues.sentences):
        requests = [hit for hit in cues.hits(index, ASK) if not conditional(cues, index, hit)]
        for category in THINGS:
            for hit in cues.hits(index, category):
                if any(request.start <= hit.start for request in requests) or (sentence.question and requests):
                    found.setdefault(category, hit)
    return tuple(sorted(found.values(), key=lambda hit: hit.start))


def in_words(things: tuple[Hit, ...]) -> str:
    """For the status: "references, salary expectations"."""
    return ", ".join(dict.fromkeys(hit.category.removeprefix(_PREFIX) for hit in things))
