"""Hostile inputs that are too large to lie in the tree: made when they are wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping

_HEAD = (
    b"From: Rita Ek <rita@acme.example>\r\nTo: Jordan Doe <jordan@home.example>\r\nSubject: Interview for Data Analyst\r\n"
    b"Date: Fri, 20 Nov 2026 09:00:00 +0100\r\nMessage-ID: <large@acme.example>\r\n"
)
_TALK = b"Your interview with Rita Ek is confirmed for Tuesday, 24 November 2026 at 10:00 CET.\r\n"
_EVENT = b"BEGIN:VEVENT\r\nUID:u1@acme.example\r\nDTSTART:20261124T090000Z\r\nDTEND:20261124T100000Z\r\nSUMMARY:Interview\r\n"
MB = 1_000_000


def text_of(size: int) -> bytes:
    """A mail whose text has so many bytes, in ordinary lines; what matters stands first."""
    line = b"Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor.\r\n"
    return _HEAD + b"\r\n" + _TALK + line * (size // len(line))


def one_line_of(size: int) -> bytes:
    """The same as a single line."""
    return _HEAD + b"\r\n" + _TALK + b"x" * size


def html_of(size: int) -> bytes:
    return _HEAD + b"Content-Type: text/html\r\n\r\n<p>" + _TALK + b"</p>" + b"<div><!-- " * (size // 10)


def header_of(size: int) -> bytes:
    return _HEAD + b"X-Long: " + b"a" * size + b"\r\n\r\n" + _TALK


def headers_of(count: int) -> bytes:
    return _HEAD + b"X-A: b\r\n" * count + b"\r\n" + _TALK


def parts_of(count: int) -> bytes:
    part = b"--e\r\nContent-Type: text/plain\r\n\r\n"
    return _HEAD + b"Content-Type: multipart/mixed; boundary=e\r\n\r\n" + part + _TALK + (part + b"x\r\n") * count


def nested_of(depth: int) -> bytes:
    levels = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level) for level in range(depth)
    )
    return _HEAD + levels + b"Content-Type: text/plain\r\n\r\n" + _TALK


def base64_of(size: int) -> bytes:
    return _HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"eHh4eHh4eHh4eHh4\r\n" * (size // 18)


def quotes_of(count: int) -> bytes:
    return _HEAD.replace(b"Rita Ek", b'"' * count) + b"\r\n" + _TALK


def brackets_of(count: int) -> bytes:
    return _HEAD.replace(b"Rita Ek", b"(" * count) + b"\r\n" + _TALK


def encoded_words_of(count: int) -> bytes:
    return _HEAD.replace(b"Interview", b"=?utf-8?q?a?= " * count) + b"\r\n" + _TALK


def recipients_of(count: int) -> bytes:
    people = b", ".join(b"P%d <p%d@x.example>" % (number, number) for number in range(count))
    return _HEAD + b"Cc: " + people + b"\r\n\r\n" + _TALK


def calendar_with(lines: bytes, before: bytes = b"") -> bytes:
    return b"BEGIN:VCALENDAR\r\n" + before + _EVENT + lines + b"END:VEVENT\r\nEND:VCALENDAR\r\n"


def attendees_of(count: int) -> bytes:
    return calendar_with(b"".join(b"ATTENDEE;CN=P%d:mailto:p%d@x.example\r\n" % (n, n) for n in range(count)))


def dates_of(count: int) -> bytes:
    days = (
        b"2026%02d%02dT%02d%02d00Z" % (n // 1440 % 12 + 1, n // 17_280 % 28 + 1, n // 60 % 24, n % 60)
        for n in range(count)
    )
    return calendar_with(b"RDATE:" + b",".join(days) + b"\r\n")


def events_of(count: int) -> bytes:
    many = b"".join(_EVENT.replace(b"u1@", b"u%d@" % number) + b"END:VEVENT\r\n" for number in range(count))
    return b"BEGIN:VCALENDAR\r\n" + many + b"END:VCALENDAR\r\n"


def overrides_of(count: int) -> bytes:
    exceptions = b"".join(
        b"END:VEVENT\r\nBEGIN:VEVENT\r\nUID:u1@acme.example\r\nRECURRENCE-ID:2026%02d%02dT%02d%02d00Z\r\nDTSTART:20261124T090000Z\r\n"
        % (n % 12 + 1, n % 28 + 1, n % 24, n % 60)
        for n in range(count)
    )
    return calendar_with(b"RRULE:FREQ=DAILY\r\n" + exceptions)


def observances_of(count: int) -> bytes:
    observance = b"BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nRRULE:FREQ=SECONDLY\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:STANDARD\r\n"
    return calendar_with(b"", b"BEGIN:VTIMEZONE\r\nTZID:X\r\n" + observance * count + b"END:VTIMEZONE\r\n")


# The share of each that CI makes is a tenth or less; `make soak` makes them whole.
MAILS: Mapping[str, tuple[Callable[[int], bytes], int, int]] = {
    "text of 100 MB": (text_of, 2 * MB, 100 * MB),
    "one line of 100 MB": (one_line_of, 5 * MB, 100 * MB),
    "HTML of 100 MB": (html_of, 2 * MB, 100 * MB),
    "a header of 100 MB": (header_of, 5 * MB, 100 * MB),
    "two million headers": (headers_of, 100_000, 2_000_000),
    "20,000 parts": (parts_of, 20_000, 20_000),
    "nested 100,000 deep": (nested_of, 20_000, 100_000),
    "base64 of 100 MB": (base64_of, 5 * MB, 100 * MB),
    "a million quotes": (quotes_of, 20_000, 1_000_000),
    "a million brackets": (brackets_of, 100_000, 1_000_000),
    "100,000 encoded words": (encoded_words_of, 20_000, 100_000),
    "a million recipients": (recipients_of, 20_000, 1_000_000),
}
CALENDARS: Mapping[str, tuple[Callable[[int], bytes], int, int]] = {
    "a million attendees": (attendees_of, 100_000, 1_000_000),
    "50,000 extra dates": (dates_of, 50_000, 50_000),
    "100,000 events": (events_of, 2_000, 100_000),
    "100,000 exceptions": (overrides_of, 3_000, 100_000),
    "100,000 observances": (observances_of, 10_000, 100_000),
    "every second for ever": (lambda _: calendar_with(b"RRULE:FREQ=SECONDLY\r\n"), 1, 1),
    "a thousand million times": (lambda count: calendar_with(b"RRULE:FREQ=DAILY;COUNT=%d\r\n" % count), 10**9, 10**9),
    "never": (lambda _: calendar_with(b"RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\n"), 1, 1),
}
