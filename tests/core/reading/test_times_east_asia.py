"""Days and times written in Japanese and Chinese. Written on Thursday 10 September 2026, in Tokyo."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from mailwatch.core.reading.times import times_in
from tests.core.reading.mails import lexicon

TOKYO = ZoneInfo("Asia/Tokyo")
WRITTEN = datetime(2026, 9, 10, 9, tzinfo=TOKYO)


def named(text: str, language: str) -> list[str]:
    found = times_in(text, written=WRITTEN, zone="Asia/Tokyo", lexicon=lexicon(), language=language)
    return [mention.start.astimezone(TOKYO).strftime("%m-%d %H:%M") for mention in found]


@pytest.mark.parametrize(
    ("text", "language", "moment"),
    [
        ("9月15日（火）14時にお願いします。", "ja", "09-15 14:00"),
        ("9月15日 午後2時半からはいかがでしょうか。", "ja", "09-15 14:30"),
        ("来週火曜日の10:30はいかがでしょうか。", "ja", "09-15 10:30"),
        ("再来週の月曜日 午前11時", "ja", "09-21 11:00"),
        ("2026年10月1日 15:00～16:00", "ja", "10-01 15:00"),
        ("9月16日下午三点见", "zh", "09-16 15:00"),
        ("下周二上午十点一刻", "zh", "09-15 10:15"),
        ("下周三晚上7点半", "zh", "09-16 19:30"),
    ],
)
def test_a_moment_is_understood(text: str, language: str, moment: str) -> None:
    assert moment in named(text, language)


@pytest.mark.parametrize("text", ["13月40日 14時", "25時にお願いします"])
def test_a_day_or_hour_that_does_not_exist_is_none(text: str) -> None:
    assert named(text, "ja") == []
