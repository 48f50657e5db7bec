"""The privacy wall: a last look at the finished bytes for words that the user wrote for nobody else.

Private notes have a type of their own and never enter the composer. This scan is the second lock: it takes every
private sentence in runs of five words (or all of them, where there are fewer) and looks for each run in the letter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mailwatch.core.compose.lint import sentences_in
from mailwatch.core.compose.wire import all_text
from mailwatch.core.model import PrivateNotes
from mailwatch.core.text import clean_text

RUN = 5
CONTENT_WORDS = 2

_WORD = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
# Words that say nothing by themselves, in the languages with full banks. A run of words counts only with two others in it.
_EMPTY_WORDS = frozenset(
    """
    a about am an and any are as at be been but by can could d did do does for from had has have he her him his i if in is it its
    ll m me my no not of on or our re s she should so some t than that the their them then there they this to too up us ve very was
    we were what when which who will with would you your
    aber als am an auch auf aus bei bin bis da das dass dem den der des die du ein eine einem einen einer er es für habe haben hat hatte
    ich ihr ihre im in ist mich mir mit nach nicht noch nur oder sehr sein sie sind so und uns von vor war waren was wie wir wird würde
    zu zum zur über
    au aux avec c ce ces cette d dans de des du elle en est et eu il ils j je l la le les leur lui mais me mon n ne nous on ou par
    pas plus pour qu que qui s sa se ses son sont sur un une votre vous y à été était
    al con de del el ella en era es esta este fue ha he la las le les lo los me mi muy más no nos o para pero por que se ser si sin
    su sus también un una y ya
    """.split()
)


def private_words_in(raw: bytes, private: Iterable[PrivateNotes]) -> str:
    """The first sentence of a message that holds words of a private note; "" where there is none.

    Args:
        raw: a whole message; its decoded headers and text are searched.
        private: the notes.
    """
    return PrivacyWall.around(private).first_breach(all_text(raw))


@dataclass(frozen=True, slots=True)
class PrivacyWall:
    """The runs of words that may stand in no letter."""

    runs: frozenset[tuple[str, ...]]

    @classmethod
    def around(cls, private: Iterable[PrivateNotes]) -> PrivacyWall:
        """A wall around these notes."""
        sentences = [sentence for notes in private for text in notes.reveal().values() for sentence in _sentences(text)]
        return cls(frozenset(run for sentence in sentences for run in _telling_runs(_words(sentence))))

    def first_breach(self, text: str) -> str:
        """The first sentence of `text` in which a private run ends, "" where none does."""
        if not self.runs:
            return ""
        sizes = {len(run) for run in self.runs}
        seen: list[str] = []
        for sentence in _sentences(text):
            for word in _words(sentence):
                seen.append(word)
                if any(tuple(seen[-size:]) in self.runs for size in sizes):
                    return sentence
        return ""


def _sentences(text: str) -> Iterator[str]:
    for line in clean_text(text).splitlines():
        yield from sentences_in(line)


def _words(sentence: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", sentence).casefold())


def _telling_runs(words: list[str]) -> Iterator[tuple[str, ...]]:
    size = min(RUN, len(words))
    for start in range(len(words) - size + 1):
        run = tuple(words[start : start + size])
        if sum(word not in _EMPTY_WORDS for word in run) >= CONTENT_WORDS:
            yield run
