"""When an employer says it will decide: the table of phrases, and the rules behind it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from mailwatch.core.model import Promise
from mailwatch.core.reading.promises import anchor_at, promise_date, promise_in, promise_in_text, timeframes_in
from mailwatch.core.reading.promises.anchor import Anchor
from mailwatch.core.reading.promises.grammar import _pattern, words_of
from mailwatch.core.reading.promises.holidays import feast
from mailwatch.core.reading.promises.resolve import day_meant
from tests.core.reading.answers import context, mail, rows

GROUPS = rows("promise_table.toml", "group")
ALL_ROWS = [(group, text, expected) for group in GROUPS for text, expected in group["rows"]]
BERLIN = datetime(2026, 9, 16, 10, tzinfo=ZoneInfo("Europe/Berlin"))  # a Wednesday


def said(promise: Promise | None) -> str:
    """A promise as the table writes it."""
    if promise is None:
        return ""
    if promise.by:
        return promise.by.isoformat()
    if promise.after_interview:
        return f"{promise.days}d" if promise.days else f"{promise.business_days}bd"
    return "hold" if promise.on_hold else "more time"


def read_row(group: dict, text: str) -> str:
    written = datetime.fromisoformat(group["written"]).replace(tzinfo=ZoneInfo(group["zone"]))
    return said(promise_in_text(text, written=written, zone=group["zone"], lexicon=context().lexicon))


def promised(text: str, **mail_fields: object) -> Promise | None:
    return promise_in(mail(text, **mail_fields), context())


def meant(phrase: str, written: datetime = BERLIN, zone: str = "Europe/Berlin", language: str = "en") -> date | None:
    return promise_date(phrase, written=written, zone=zone, lexicon=context().lexicon, languages=[language])


# ---------------------------------------------------------------- the table
def test_the_table_is_long_and_covers_every_language():
    counts = Counter(group["lang"] for group, _, _ in ALL_ROWS)
    assert sum(counts.values()) >= 300
    assert counts["en"] >= 150
    assert all(counts[code] >= 40 for code in ("de", "fr", "es"))
    assert all(counts[code] >= 8 for code in ("it", "pt", "nl", "zh", "ja"))


@pytest.mark.scenario("R4", "R15")
def test_at_least_97_in_100_phrases_give_their_day():
    wrong = [
        f"{group['lang']} {text!r}: {expected!r} expected, {got!r} read"
        for group, text, expected in ALL_ROWS
        if (got := read_row(group, text)) != expected
    ]
    assert len(wrong) <= 0.03 * len(ALL_ROWS), "\n".join(wrong)


def test_no_deadline_of_the_readers_own_becomes_a_promise():
    wrong = [
        f"{group['lang']} {text!r}: {got!r} read"
        for group, text, expected in ALL_ROWS
        if expected == "" and (got := read_row(group, text))
    ]
    assert wrong == []


# ---------------------------------------------------------------- whose calendar, which words
@pytest.mark.scenario("R4")
def test_a_promise_counts_from_the_senders_own_evening():
    late_in_new_york = "2026-09-17T23:30:00-04:00"  # Friday already in Berlin
    promise = promised("You'll hear from us tomorrow.", written=late_in_new_york)
    assert promise is not None
    assert promise.by == date(2026, 9, 18)
    assert promise.words == "tomorrow"
    assert promise.rule == "promises.rel"


def test_without_an_offset_the_users_zone_stands_in():
    message = mail("You'll hear from us tomorrow.", written="2026-09-16T22:30:00+00:00")
    message = replace(message, envelope=replace(message.envelope, zone_offset_minutes=None))
    promise = promise_in(message, context())
    assert promise is not None
    assert promise.by == date(2026, 9, 18)


@pytest.mark.scenario("R17")
def test_a_promise_in_the_quotation_is_none():
    assert promised("Great, thank you!", quoted="> You will hear from us by Friday.") is None


def test_the_users_own_mail_promises_nothing():
    assert promised("I will let you know by Friday.", outgoing=True) is None


def test_a_mail_without_any_date_gives_no_day():
    assert promised("We'll let you know by Friday.", written=None) is None


@pytest.mark.scenario("R14")
def test_of_several_dates_in_one_mail_the_last_one_binds():
    promise = promised("We meet again on Friday. You will have our decision by Wednesday, 23 September.")
    assert promise is not None
    assert promise.by == date(2026, 9, 23)


@pytest.mark.scenario("R14")
def test_the_day_on_which_the_reader_will_hear_goes_before_the_days_of_meetings():
    promise = promised("The paper goes to the board on 12 October. We expect to write to candidates by 2 October.")
    assert promise is not None
    assert promise.by == date(2026, 10, 2)


def test_a_freeze_with_a_date_keeps_both():
    promise = promised("The role is on hold, but I expect to know more by the end of October.")
    assert promise is not None
    assert promise.on_hold
    assert promise.by == date(2026, 10, 30)


def test_a_frozen_role_has_no_day():
    promise = promised("All hiring has been frozen, I'm afraid.")
    assert promise is not None
    assert (promise.by, promise.on_hold, promise.rule) == (None, True, "promises.hold")


def test_a_freeze_that_is_only_a_possibility_is_none():
    assert promised("If the budget falls through, the role goes on hold.") is None


@pytest.mark.parametrize(
    "text", ["See you on Friday at 3 pm.", "I could call you on Friday at 10:30.", "Does Friday work?"]
)
def test_a_time_to_meet_is_no_promise(text):
    assert promised(text) is None


def test_a_question_that_asks_for_leave_is_a_promise():
    promise = promised("Would it be ok if I come back to you on Friday?")
    assert promise is not None
    assert promise.by == date(2026, 9, 18)


def test_a_short_sentence_after_one_about_the_decision_goes_on_about_it():
    promise = promised("No decision yet. Perhaps on Friday.")
    assert promise is not None
    assert promise.by == date(2026, 9, 18)
    assert promised("The canteen is closed. Perhaps on Friday.") is None


def test_a_timeframe_about_nothing_in_particular_is_no_promise():
    assert (
        promised(
            "We will decide once Ana is back. The weather has been lovely since the rain of last month, and the trees by the river turn on Friday."
        )
        is None
    )


def test_a_date_inside_a_long_text_is_found_where_it_stands():
    text = "Hello Dana,\n\n" + "We talked about the warehouse and the people in it. " * 12
    promise = promised(text + "\n\nWe will let you know by\n30 September.\n\nMel")
    assert promise is not None
    assert promise.by == date(2026, 9, 30)


# ---------------------------------------------------------------- bare timeframes, as a debrief holds them
@pytest.mark.scenario("R13")
@pytest.mark.parametrize(
    ("phrase", "language", "day"),
    [
        ("end of next week", "en", date(2026, 9, 25)),
        ("Friday", "en", date(2026, 9, 18)),
        ("Wednesday", "en", date(2026, 9, 23)),
        ("in two weeks", "en", date(2026, 9, 30)),
        ("nächste Woche", "de", date(2026, 9, 25)),
        ("fin septembre", "fr", date(2026, 9, 30)),
        ("la semana que viene", "es", date(2026, 9, 25)),
        ("来週中", "ja", date(2026, 9, 25)),
        ("no idea", "en", None),
        ("", "en", None),
    ],
)
def test_a_bare_timeframe_is_a_day(phrase, language, day):
    assert meant(phrase, language=language) == day


def test_a_bare_timeframe_is_found_in_any_language_when_none_is_named():
    found = promise_date("Ende nächster Woche", written=BERLIN, zone="Europe/Berlin", lexicon=context().lexicon)
    assert found == date(2026, 9, 25)


# ---------------------------------------------------------------- days and dates
@pytest.mark.scenario("R16")
@pytest.mark.parametrize(
    ("text", "language", "zone", "day"),
    [
        ("03/10", "en", "Europe/London", date(2026, 10, 3)),
        ("03/10", "en", "America/New_York", date(2027, 3, 10)),
        ("03/10", "en", "UTC", date(2026, 10, 3)),  # both readings are open: the one within sight
        ("10/11", "en", "UTC", date(2026, 11, 10)),
        ("9/25", "en", "Europe/London", date(2026, 9, 25)),  # there is no 25th month
        ("03/10", "fr", "America/Montreal", date(2026, 10, 3)),
        ("3.10.", "de", "Europe/Berlin", date(2026, 10, 3)),
        ("3.10.26", "de", "Europe/Berlin", date(2026, 10, 3)),
        ("10/3", "ja", "Asia/Tokyo", date(2026, 10, 3)),
        ("2026年10月3日", "zh", "Asia/Shanghai", date(2026, 10, 3)),
        ("12-10-2026", "nl", "Europe/Amsterdam", date(2026, 10, 12)),
        ("31/02", "en", "Europe/London", None),
        ("45/13", "en", "Europe/London", None),
    ],
)
def test_numeric_dates_follow_language_and_place_and_the_later_reading(text, language, zone, day):
    written = datetime(2026, 9, 16, 10, tzinfo=ZoneInfo("Europe/London" if zone == "UTC" else zone))
    if zone == "UTC":
        written = datetime(2026, 9, 16, 10, tzinfo=ZoneInfo("UTC"))
    assert meant(text, written, zone, language) == day


@pytest.mark.scenario("R16")
def test_a_day_without_a_year_may_lie_beyond_new_year_but_not_a_week_back():
    december = datetime(2026, 12, 21, 16, tzinfo=ZoneInfo("Europe/Dublin"))
    assert meant("8 January", december, "Europe/Dublin") == date(2027, 1, 8)
    assert meant("14 December", december, "Europe/Dublin") is None
    assert meant("14 December 2026", december, "Europe/Dublin") == date(2026, 12, 14)


@pytest.mark.parametrize(
    ("phrase", "day"),
    [
        ("the 31st", None),  # September has none, and "the 31st" says nothing of October
        ("the 20th of next month", date(2026, 10, 20)),
        ("mid-quarter", None),
        ("the first half of next year", date(2027, 5, 3)),
        ("next quarter", date(2026, 12, 31)),
        ("after Saturday", date(2026, 9, 25)),
        ("before the weekend", date(2026, 9, 18)),
        ("week 12", date(2027, 3, 26)),
        ("week 36", None),
        ("week 60", None),
        ("the week after the 21st", date(2026, 10, 2)),
        ("the last week of this month", date(2026, 9, 30)),
        ("the first quarter of 2027", date(2027, 3, 31)),
        ("Q2", date(2027, 6, 30)),
        ("early this month", date(2026, 9, 30)),
        ("in a year of the dragon", None),
        ("by March 2027", date(2027, 3, 31)),
        ("the week of 31 February", None),
        ("the week after the 31st", None),
        ("after 1 September", None),
        ("the week after 1 September", None),
        ("after the 1st", date(2026, 10, 2)),
        ("week 41", date(2026, 10, 9)),
    ],
)
def test_rarer_ways_to_name_a_day(phrase, day):
    assert meant(phrase) == day


def test_hours_run_over_midnight():
    evening = datetime(2026, 9, 16, 20, tzinfo=ZoneInfo("Europe/Berlin"))
    assert meant("within 6 hours", evening) == date(2026, 9, 17)


def test_a_month_from_the_last_of_january_ends_with_february():
    january = datetime(2026, 1, 31, 10, tzinfo=ZoneInfo("Europe/Berlin"))
    assert meant("in a month", january) == date(2026, 2, 28)


def test_overlapping_timeframes_give_the_longest_and_last_friday_gives_none():
    frames = timeframes_in(
        "by the end of next week, not last Friday", anchor=anchor_at(BERLIN, "Europe/Berlin"), lexicon=context().lexicon,
        languages=["en"],
    )  # fmt: skip
    assert [frame.words for frame in frames] == ["the end of next week"]
    assert timeframes_in("Friday", anchor=None, lexicon=context().lexicon) == ()


# ---------------------------------------------------------------- feasts
@pytest.mark.parametrize(
    ("name", "day", "span"),
    [
        ("easter", date(2026, 3, 1), (date(2026, 4, 3), date(2026, 4, 5))),
        ("thanksgiving", date(2026, 11, 27), (date(2027, 11, 25), date(2027, 11, 25))),
        ("memorial_us", date(2026, 5, 1), (date(2026, 5, 25), date(2026, 5, 25))),
        ("holidays", date(2026, 7, 1), (date(2026, 8, 1), date(2026, 8, 31))),
        ("holidays", date(2026, 11, 1), (date(2026, 12, 24), date(2027, 1, 1))),
        ("new_year", date(2027, 1, 1), (date(2026, 12, 24), date(2027, 1, 1))),
        ("lunar_new_year", date(2026, 2, 1), (date(2026, 2, 16), date(2026, 2, 23))),
        ("lunar_new_year", date(2050, 2, 1), None),
        ("no such feast", date(2026, 2, 1), None),
    ],
)
def test_feasts_fall_where_the_calendar_puts_them(name, day, span):
    assert feast(name, day) == span


@pytest.mark.parametrize(
    ("phrase", "written", "day"),
    [
        ("after Easter", date(2026, 3, 20), date(2026, 4, 10)),
        ("after Labor Day", date(2026, 8, 31), date(2026, 9, 11)),
        ("the Tuesday after Thanksgiving", date(2026, 11, 18), date(2026, 12, 1)),
        ("before Christmas", date(2026, 12, 23), date(2026, 12, 23)),
        ("after the Fourth of July", date(2026, 6, 30), date(2026, 7, 10)),
        ("after the lunar new year", date(2050, 1, 5), None),
    ],
)
def test_before_and_after_a_feast(phrase, written, day):
    assert meant(phrase, datetime(written.year, written.month, written.day, 9, tzinfo=ZoneInfo("Europe/Berlin"))) == day


# ---------------------------------------------------------------- the grammar as data
NEEDED = {
    "within": {"unit"}, "weekday": {"weekday"}, "span": {"span"}, "part": {"part"}, "month": {"month"},
    "week_number": {"week"}, "weekend": {"side"}, "holiday": {"side", "holiday"}, "rel": {"rel"},
    "after_interview": {"unit"}, "skip": set(), "quarter": set(), "date": set(), "week_of": set(), "after": set(),
    "week_after": set(), "week_in_month": {"ord"}, "next_to": {"unit"},
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(context().lexicon.languages))
def test_every_template_names_all_that_its_meaning_needs(code):
    words = words_of(context().lexicon.languages[code])
    for key, templates in words.rules.items():
        meaning, _, given = key.partition(" ")
        fixed = {pair.partition("=")[0] for pair in given.split()}
        for template in templates:
            slots = set(_pattern(template, words).groupindex)
            assert NEEDED[meaning] <= slots | fixed, f"{code}: {key}: {template}"


@pytest.mark.parametrize("code", sorted(context().lexicon.languages))
def test_every_language_has_the_words_the_grammar_stands_on(code):
    words = words_of(context().lexicon.languages[code])
    assert set(words.slots["weekday"].values()) == {"1", "2", "3", "4", "5", "6", "7"}
    assert set(words.slots["month"].values()) == {str(month) for month in range(1, 13)}
    assert {"day", "business_day", "week", "month"} <= set(words.slots["unit"].values())
    assert {"this", "next"} <= set(words.slots["which"].values())
    assert {"within", "weekday", "span", "part", "month", "date", "holiday", "rel", "skip"} <= {
        key.partition(" ")[0] for key in words.rules
    }


def test_a_template_with_an_unknown_slot_is_refused():
    with pytest.raises(ValueError, match="no such slot: colour"):
        _pattern("by the {colour} hour", words_of(context().lexicon.languages["en"]))


def test_an_unknown_meaning_means_no_day():
    anchor = Anchor(BERLIN)
    assert day_meant("nonsense", {}, words_of(context().lexicon.languages["en"]), anchor) is None


@pytest.mark.parametrize(
    ("phrase", "day"),
    [
        ("Mitte KW 41", date(2026, 10, 7)),
        ("Anfang der KW 41", date(2026, 10, 6)),
        ("Donnerstag in KW 41", date(2026, 10, 8)),
        ("Freitag in einer Woche", date(2026, 9, 25)),
        ("am 16. nächsten Monats", date(2026, 10, 16)),
    ],
)
def test_parts_and_days_of_numbered_weeks(phrase, day):
    assert meant(phrase, language="de") == day


# ---------------------------------------------------------------- beside another day, and the last working day
OCTOBER = datetime(2026, 10, 1, 10, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        (
            "The committee sits on Thursday, October 15, and you will have word from me the day after.",
            date(2026, 10, 16),
        ),
        (
            "Our group decides on the second Monday of the month, so I will write you on the day after, 13 October.",
            date(2026, 10, 13),
        ),
        ("The board meets on 14 October and we'll call you the following morning.", date(2026, 10, 15)),
        ("Partners vote on Friday the 9th; you'll hear from me the day after.", date(2026, 10, 12)),
        ("The panel sits on 7 October. I will be in touch the week after.", date(2026, 10, 16)),
        (
            "Trustees meet once more, but you shall hear from me before St Andrew's Day is out (30 November).",
            date(2026, 11, 30),
        ),
        ("You'll have our answer by the end of the month (30 October).", date(2026, 10, 30)),
        ("We'll let you know after 13 October.", date(2026, 10, 16)),
        ("expect a call the last working day of the month", date(2026, 10, 30)),
        ("Der Vorstand tagt am 14. Oktober, am Tag darauf melde ich mich bei Ihnen.", date(2026, 10, 15)),
        ("Das Gremium entscheidet am 7.10., in der Woche darauf hören Sie von uns.", date(2026, 10, 16)),
        ("Wir melden uns spätestens am letzten Werktag des Monats.", date(2026, 10, 30)),
        ("Le comité se réunit le 14 octobre, je vous appelle le lendemain.", date(2026, 10, 15)),
        ("Vous aurez notre réponse au plus tard le dernier jour ouvrable du mois.", date(2026, 10, 30)),
        ("le doy razón a más tardar el último día hábil del mes", date(2026, 10, 30)),
        ("La junta se reúne el 14 de octubre y le avisamos al día siguiente.", date(2026, 10, 15)),
        ("Il consiglio si riunisce il 14 ottobre, le scrivo il giorno dopo.", date(2026, 10, 15)),
        ("Le facciamo sapere entro l'ultimo giorno lavorativo del mese.", date(2026, 10, 30)),
        ("A direção reúne a 14 de outubro e contactamo-lo no dia seguinte.", date(2026, 10, 15)),
        ("Het bestuur vergadert op 14 oktober, de dag erna bel ik je.", date(2026, 10, 15)),
        ("Je hoort van ons uiterlijk de laatste werkdag van de maand.", date(2026, 10, 30)),
        ("10月14日に役員会があり、翌日にご連絡いたします。", date(2026, 10, 15)),
        ("委员会10月14日开会，我们会在第二天通知您。", date(2026, 10, 15)),
    ],
)
def test_a_day_beside_another_one_and_the_last_working_day(text, day):
    promise = promise_in_text(text, written=OCTOBER, zone="Europe/Berlin", lexicon=context().lexicon)
    assert promise is not None
    assert promise.by == day


def test_the_day_after_says_nothing_where_no_day_was_named():
    text = "We will call you the day after."
    told = promise_in_text(text, written=OCTOBER, zone="Europe/Berlin", lexicon=context().lexicon)
    assert told is None or told.by is None
