"""Dates as the user reads them: short names of days and months in the language of their choice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class DayNames:
    """Short names. weekdays: Monday first. form: their order, with {weekday}, {day} and {month} in it."""

    weekdays: tuple[str, ...] = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    months: tuple[str, ...] = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    form: str = "{weekday} {day} {month}"

    def of(self, day: date) -> str:
        """A date without its year: "Tue 24 Nov"."""
        return (
            self.form.replace("{weekday}", self.weekdays[day.weekday()])
            .replace("{day}", str(day.day))
            .replace("{month}", self.month_of(day))
        )

    def month_of(self, day: date) -> str:
        """Its month: "Nov"."""
        return self.months[day.month - 1]


ENGLISH = DayNames()
