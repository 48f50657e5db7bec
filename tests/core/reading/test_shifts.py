"""By how much a mail says that something moves, in nine languages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailwatch.core.reading.times import moves_in
from tests.core.reading.mails import lexicon

HOUR, DAY = 60, 24 * 60


@pytest.mark.scenario("D28")
@pytest.mark.parametrize(
    ("language", "text", "minutes"),
    [
        ("en", "could we push our call back by an hour?", HOUR),
        ("en", "let's move it up 30 minutes", -30),
        ("en", "Same time one week later, so Tuesday the 10th?", 7 * DAY),
        ("en", "can we start half an hour earlier", -30),
        ("de", "Wir schieben das Ganze zwei Stunden nach hinten", 2 * HOUR),
        ("de", "um eine halbe Stunde verschieben", 30),
        ("de", "eine Stunde früher ginge auch", -HOUR),
        ("fr", "Pourrions-nous décaler notre rendez-vous d'une demi-heure ?", 30),
        ("fr", "une heure plus tôt si possible", -HOUR),
        ("es", "¿podemos retrasar la entrevista media hora?", 30),
        ("es", "quedamos dos horas más tarde", 2 * HOUR),
        ("it", "vorrei posticipare di un'ora il colloquio", HOUR),
        ("it", "spostiamo un'ora avanti", HOUR),
        ("pt", "podemos adiar uma hora?", HOUR),
        ("nl", "kunnen we het een uur naar achteren schuiven", HOUR),
        ("nl", "drie kwartier later lukt niet, een half uur eerder wel", -30),
        ("ja", "面接を1時間後ろ倒しにしていただけますか", HOUR),
        ("zh", "面试推迟一小时", HOUR),
        ("zh", "能否提前半小时", -30),
    ],
)
def test_a_move_is_told_by_its_length_and_its_direction(language: str, text: str, minutes: int) -> None:
    found = moves_in(text, lexicon=lexicon(), language=language)
    assert [shift.by for shift in found] == [timedelta(minutes=minutes)]


@pytest.mark.parametrize(
    "text", ["call me half an hour before", "the talk lasts two hours", "we met two weeks ago", "push the door"]
)
def test_a_length_alone_moves_nothing(text: str) -> None:
    assert moves_in(text, lexicon=lexicon(), language="en") == ()
