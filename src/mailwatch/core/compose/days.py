"""Days in words that stay true when the letter is sent tomorrow: a weekday while it is near, else the date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from mailwatch.core.model import Interview, Me
from mailwatch.core.zones import zone_from_name

NEAR = timedelta(days=5)


def home_zone(me: Me) -> tzinfo:
    """The user's zone; UTC where its name is unknown."""
    return zone_from_name(me.zone) or UTC


def day_of(interview: Interview, me: Me) -> date | None:
    """The calendar day of a round, where the user and the employer agree on it.

    None where there is no start, or where the zone written in the invitation and the user's own fall on different
    days: then one of the two would read the wrong weekday.
    """
    if interview.start is None:
        return None
    own = interview.start.astimezone(home_zone(me)).date()
    theirs = zone_from_name(interview.zone) if interview.zone else None
    return own if theirs is None or interview.start.astimezone(theirs).date() == own else None


def employers_day(interview: Interview, me: Me) -> date | None:
    """The calendar day of a round as its invitation wrote it."""
    if interview.start is None:
        return None
    theirs = zone_from_name(interview.zone) if interview.zone else None
    return interview.start.astimezone(theirs or home_zone(me)).date()


def day_values(day: date | None, now: datetime, me: Me, words: Mapping[str, Any]) -> dict[str, str]:
    """The values `on_day`, `of_day` and `weekday` ("" unless the day is within five days of `now`)."""
    if day is None:
        return {"on_day": "", "of_day": "", "weekday": ""}
    today = now.astimezone(home_zone(me)).date()
    facts = words["near"] if abs(day - today) <= NEAR else words["far"]
    return {name: _filled(facts[name], day, me, words) for name in ("on_day", "of_day", "weekday")}


def date_in_words(day: date, me: Me, words: Mapping[str, Any]) -> str:
    """A date without its year: "20 November"; "November 20" for a user in America who writes English."""
    return _filled("{date}", day, me, words)


def full_date_in_words(day: date, me: Me, words: Mapping[str, Any]) -> str:
    """A date with its weekday: "Thursday, 3 December"."""
    return _filled(words["dates"]["full"], day, me, words)


def _filled(form: str, day: date, me: Me, words: Mapping[str, Any]) -> str:
    dates = words["dates"]
    american = "american" in dates and me.zone.startswith(("America/", "US/"))
    number = dates["first_day"] if day.day == 1 and "first_day" in dates else str(day.day)
    written = (dates["american"] if american else dates["date"]).replace("{day}", number)
    return (
        form.replace("{date}", written)
        .replace("{month}", dates["months"][day.month - 1])
        .replace("{weekday}", dates["weekdays"][day.weekday()])
    )
