"""What a mail looks like to the learned scorer: its features, and how they are weighed with what the rules found.

Features are the categories of phrases that occur (in the title, in the text, below it, as a mere possibility), what
headers and form say (a machine, a list, an answer, a question, a time to come), and the words themselves, with names,
days and months blotted out. They are the same for every language; only the words are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from mailwatch.core.addresses import is_free_mail
from mailwatch.core.reading.agreements import coming
from mailwatch.core.reading.direction import Judged
from mailwatch.core.reading.view import View
from mailwatch.core.weights import Weights

WORDS_READ = 400
"""Words of the new text that are looked at."""
WORD_VALUE = 0.5
"""A word counts less than a cue: there are many more of them."""
WORDS_IN_FULL = 160
"""Words and pairs that count in full; of a longer mail each counts less."""
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_QUOTED = ("interview", "yours", "job", "job_yours", "talk", "ask", "confirm", "booking", "thanks.word", "reply.next")
_LENGTHS = (150, 400, 1000)
_JOB = (1, 2, 4)
_OTHER_KIND = 2
_SIDES = ("machine", "hiring_tool", "booking_link", "desk", "bulk", "internal", "answers")


def features_of(view: View, judged: Judged) -> dict[str, float]:
    """Every feature of a mail with its value. `judged`: who is interviewed, by its words."""
    found = dict.fromkeys(_cues(view), 1.0)
    found.update(dict.fromkeys(_sides(judged), 1.0))
    found.update(dict.fromkeys(_form(view), 1.0))
    words = list(_words(view))
    found.update(dict.fromkeys(words, WORD_VALUE * min(1.0, (WORDS_IN_FULL / max(1, len(words))) ** 0.5)))
    return found


def words_of(view: View, kind: str, weights: Weights) -> str:
    """The sentence that speaks most for a kind, for the evidence."""
    index = weights.kinds.index(kind)
    best, most = "", 0.0
    for sentence in view.body.sentences:
        words = _WORD.findall(sentence.text.lower().replace("’", "'"))
        names = [*(f"w:{word}" for word in words), *(f"w:{one} {two}" for one, two in pairwise(words))]
        weight = sum(value for name in names for at, value in weights.table.get(name, ()) if at == index)
        if weight > most:
            best, most = sentence.text, weight
    return best or view.title


def _cues(view: View) -> Iterator[str]:
    """Which categories occur where: T in the title, B in the text (2, 3: in so many different words), D in doubt, Q below."""
    whole = view.whole
    for category, hits in whole.occurring(view.context.lexicon.categories):
        body = [hit for hit in hits if hit.start >= view.head]
        stated = {hit.words.casefold() for hit in body if not whole.doubtful(hit.start)}
        if len(body) < len(hits):
            yield f"{_title_mark(view)}:{category}"
        yield from (f"B{number}:{category}" for number in range(1, 4) if len(stated) >= number)
        if any(whole.doubtful(hit.start) for hit in body):
            yield f"D:{category}"
    if view.quoted.text:
        yield from (f"Q:{category}" for category in _QUOTED if view.quoted.all(category))


def _title_mark(view: View) -> str:
    """An answer's title says what was spoken of before, not what it is itself."""
    return "R" if view.answers else "T"


def _sides(judged: Judged) -> Iterator[str]:
    """Who is interviewed, how much of it is about a job, and what other kind of meeting it may be."""
    voices = judged.voices
    yield f"S:{judged.direction.value}"
    yield from (f"J:{least}" for least in _JOB if voices.job >= least)
    if voices.role:
        yield "J:role"
    if voices.kind_weight >= _OTHER_KIND:
        yield f"O:{voices.kind}"
    yield from (f"S:{voice}" for voice in ("candidate", "staff", "applicant", "friend") if getattr(voices, voice) >= 2)


def _form(view: View) -> Iterator[str]:
    """What headers, times, questions and length say."""
    yield from (f"V:{side}" for side in _SIDES if getattr(view, side))
    if view.tool_kind:
        yield f"K:{view.tool_kind}"
    if view.message is not None:
        envelope = view.message.envelope
        if envelope.automation.list_id:
            yield "V:list"
        if any(view.is_home(box.address) for box in envelope.recipients):
            yield "V:to_home"
    if view.sender is not None and is_free_mail(view.sender.address, view.context.lexicon):
        yield "V:free"
    yield from (f"M:{event.method or 'none'}" for event in view.events)
    yield from _times(view)
    yield f"L:{sum(len(view.body.text) >= length for length in _LENGTHS)}"


def _times(view: View) -> Iterator[str]:
    times = coming(view)
    timed = sum(not one.day_only for one in times)
    if timed:
        yield "time"
    if timed > 1:
        yield "times"
    if timed < len(times):
        yield "day"
    if any(sentence.question for sentence in view.body.sentences):
        yield "question"
    sentences = [view.body.sentence_at(one.span[0]) for one in times if one.span[0] >= 0]
    if any(sentence is not None and sentence.question for sentence in sentences):
        yield "time_asked"


def _words(view: View) -> Iterator[str]:
    """The words of text and title and their pairs, with "<me>", "<them>", "<day>", "<month>" for names and dates."""
    masks = _masks(view)
    for mark, text in (("w", view.body.text), (_title_mark(view).lower(), view.title)):
        plain = _WORD.findall(text.lower().replace("’", "'"))[:WORDS_READ]
        words = [masks.get(word, word) for word in plain]
        yield from (f"{mark}:{word}" for word in words)
        yield from (f"{mark}:{one} {other}" for one, other in pairwise(words))


def _masks(view: View) -> Mapping[str, str]:
    masks: dict[str, str] = {}
    languages = view.context.lexicon.languages
    for code in view.languages:
        times = languages[code].tables.get("times", {}) if code in languages else {}
        masks.update(dict.fromkeys((day for day in times.get("weekdays", ()) if len(day) > 3), "<day>"))
        masks.update(dict.fromkeys((month for month in times.get("months", ()) if len(month) > 3), "<month>"))
    boxes = [view.sender]
    if view.message is not None:
        boxes += [*view.message.envelope.recipients, *view.message.envelope.reply_to]
    for box in boxes:
        if box is not None and not view.context.me.owns(box.address):
            masks.update(dict.fromkeys(_WORD.findall(box.name.lower()), "<them>"))
    masks.update(dict.fromkeys(_WORD.findall(view.context.me.name.lower()), "<me>"))
    return masks
