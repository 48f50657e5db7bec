"""iCalendar text for tests."""

from __future__ import annotations

from mailwatch.sandbox import InlineParser
from tests.backends.calendar_contract import HOUR

HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//tests//EN\r\n"
END = "END:VCALENDAR\r\n"


def vevent(uid, start, *, title="Interview", sequence=0, weekly=0, stamp="20261101T000000Z"):
    rule = f"RRULE:FREQ=WEEKLY;COUNT={weekly}\r\n" if weekly else ""
    return (
        f"BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:{stamp}\r\nDTSTART:{start:%Y%m%dT%H%M%SZ}\r\nDTEND:{start + HOUR:%Y%m%dT%H%M%SZ}\r\n"
        f"SUMMARY:{title}\r\nSEQUENCE:{sequence}\r\n{rule}END:VEVENT\r\n"
    )


class CountingParser(InlineParser):
    def __init__(self):
        super().__init__()
        self.calls = 0

    def calendar(self, data, **settings):
        self.calls += 1
        return super().calendar(data, **settings)
