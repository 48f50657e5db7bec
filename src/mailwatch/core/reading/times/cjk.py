"""Days and times of day in Japanese and Chinese: "10月7日(水)15:00", "来週火曜日14時", "下周二下午两点半"."""

from __future__ import annotations

import re
from datetime import date, timedelta

from mailwatch.core.reading.times.clocks import Clock
from mailwatch.core.reading.times.days import Day, Frame

_WEEKDAY = "月火水木金土日"
_WEEKDAY_NUMBER = {
    **{char: number for number, char in enumerate(_WEEKDAY, 1)},
    **{char: number for number, char in enumerate("一二三四五六", 1)},
    "天": 7,
}
_WEEK = r"(?P<week>再来週|さ来週|来週|翌週|次週|今週|先週|下下[个個]?|上个?|上個?|下个?|下個?|本|这个?|這個?|今)?の?"
_DATE = re.compile(
    r"(?:(?P<y>20\d{2})\s?[年./-]\s?)?(?P<m>\d{1,2})\s?[月./]\s?(?P<d>\d{1,2})\s?(?:[日号號]|(?=\s?[（(]))"
    r"(?:\s?[（(]\s?(?:星期|週|周)?(?P<wd>[月火水木金土日一二三四五六天])(?:曜日?|曜)?\s?[）)])?"
)
_WEEKDAY_JA = re.compile(rf"{_WEEK}(?P<wd>[{_WEEKDAY}])曜日?")
_WEEKDAY_ZH = re.compile(
    r"(?P<week>下下[个個]?|下[个個]?|上[个個]?|本|这个?|這個?|今)?(?:星期|周|週|礼拜|禮拜)(?P<wd>[一二三四五六日天])"
)
_DAYS = {
    "一昨日": -2, "昨日": -1, "本日": 0, "今日": 0, "明後日": 2, "あさって": 2, "明日": 1, "翌日": 1,
    "昨天": -1, "今天": 0, "今晚": 0, "后天": 2, "後天": 2, "明天": 1,
}  # fmt: skip
_RELATIVE = re.compile("|".join(sorted(_DAYS, key=len, reverse=True)))
_NUMERAL = {char: number for number, char in enumerate("零一二三四五六七八九十")} | {"两": 2, "兩": 2, "〇": 0}
_HALF_DAY = "午前|午後|朝|夕方|夜|正午|上午|下午|早上|晚上|中午|傍晚|凌晨"
_AFTERNOON = frozenset(("午後", "夕方", "夜", "下午", "晚上", "傍晚"))
_TIME = (
    r"(?P<half{n}>" + _HALF_DAY + r")?\s?(?<![\d:：.])(?P<h{n}>[0-2]?\d|[零一二两兩三四五六七八九十]{{1,3}})\s?"
    r"(?:[:：](?P<m{n}>[0-5]\d)(?!\d)|(?:時|时|點|点)(?!間)(?:\s?(?P<min{n}>[0-5]?\d)\s?分|(?P<thirty{n}>半)|(?P<quarter{n}>一刻))?)"
)
_CLOCK = re.compile(_TIME.format(n="") + r"(?:\s?(?:[〜～~\-–—]|から|至|到)\s?" + _TIME.format(n="2") + ")?")
_LIMIT = re.compile(r"\s?(?:まで|以前|前|之前|以降|以后|以後)")


def cjk_days_in(text: str, frame: Frame) -> list[Day]:
    """Every day named in Japanese or Chinese, in order."""
    found = [day for match in _DATE.finditer(text) if (day := _dated(match, frame))]
    for pattern in (_WEEKDAY_JA, _WEEKDAY_ZH):
        found += [_weekday(match, frame.written) for match in pattern.finditer(text)]
    found += [
        Day(frame.written + timedelta(days=_DAYS[match.group()]), match.start(), match.end())
        for match in _RELATIVE.finditer(text)
    ]
    found.sort(key=lambda day: (day.start, -day.end))
    kept: list[Day] = []
    for day in found:
        if not kept or day.start >= kept[-1].end:
            kept.append(day)
    return kept


def _dated(match: re.Match[str], frame: Frame) -> Day | None:
    month, day = int(match["m"]), int(match["d"])
    years = [int(match["y"])] if match["y"] else [frame.written.year - 1, frame.written.year, frame.written.year + 1]
    earliest = frame.written - timedelta(days=92)
    for year in years:
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if match["y"] or found >= earliest:
            conflict = bool(match["wd"]) and _WEEKDAY_NUMBER[match["wd"]] != found.isoweekday()
            return Day(found, match.start(), match.end(), conflict)
    return None


def _weekday(match: re.Match[str], written: date) -> Day:
    """A weekday of the week it names; without one the next such day."""
    number, week = _WEEKDAY_NUMBER[match["wd"]], match["week"] or ""
    monday = written - timedelta(days=written.isoweekday() - 1)
    if week.startswith(("再来", "さ来", "下下")):
        found = monday + timedelta(days=13 + number)
    elif week.startswith(("来", "翌", "次", "下")):
        found = monday + timedelta(days=6 + number)
    elif week.startswith(("先", "上")):
        found = monday + timedelta(days=number - 8)
    elif week:
        found = monday + timedelta(days=number - 1)
    else:
        found = written + timedelta(days=(number - written.isoweekday()) % 7 or 7)
    return Day(found, match.start(), match.end())


def cjk_clocks_in(text: str) -> list[Clock]:
    """Every time of day written in Japanese or Chinese, in order."""
    clocks = []
    for match in _CLOCK.finditer(text):
        start = _clock(match, "", match["half"])
        end = _clock(match, "2", match["half2"] or match["half"]) if match["h2"] else None
        if start is None:
            continue
        limited = _LIMIT.match(text, match.end()) is not None
        hours = end or (None, 0)
        clocks.append(Clock(*start, match.start(), match.end(), hours[0], hours[1], open=limited))
    return clocks


def _clock(match: re.Match[str], n: str, half: str | None) -> tuple[int, int] | None:
    written = match[f"h{n}"]
    hour = int(written) if written.isdigit() and written.isascii() else _number(written)
    minute = int(match[f"m{n}"] or match[f"min{n}"] or 0)
    minute = 30 if match[f"thirty{n}"] else 15 if match[f"quarter{n}"] else minute
    if half in _AFTERNOON and hour < 12:
        hour += 12
    return (hour, minute) if hour <= 24 else None


def _number(written: str) -> int:
    """A Chinese numeral up to 99: "十一" is 11, "二十" is 20."""
    if not written.isascii() and "十" in written:
        tens, _, ones = written.partition("十")
        return (_NUMERAL[tens] if tens else 1) * 10 + (_NUMERAL[ones] if ones else 0)
    return _NUMERAL[written[0]] if len(written) == 1 else 99
