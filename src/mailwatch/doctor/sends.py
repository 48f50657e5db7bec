"""The guard's self-test: every known way to send is held against the guards that the accounts use, and must be refused.

Nothing leaves the machine: a guard is asked, not a server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from mailwatch.backends.imap.guard import Guard as ImapGuard
from mailwatch.doctor.check import Check, Level
from mailwatch.errors import RefusedToSend
from mailwatch.settings import Settings

IMAP_SENDS: tuple[bytes, ...] = (
    b'x1 APPEND "Outbox" (\\Draft \\Seen) {5}\r\n',
    b'x1 APPEND "Sent" (\\Seen) {5}\r\n',
    b'x1 APPEND "Drafts" (\\Seen) {5+}\r\n',
    b'x1 UID COPY 1 "Outbox"\r\n',
    b'x1 UID MOVE 1 "Outbox"\r\n',
    b"x1 UID STORE 1 +FLAGS (\\Seen)\r\n",
    b"x1 EXPUNGE\r\n",
    b'x1 SELECT "INBOX"\r\n',
    b"x1 BURL imap://x SEND\r\n",
    b"x1 URLFETCH imap://x\r\n",
    b'x1 SETMETADATA "" (/private/filter "redirect")\r\n',
    b"MAIL FROM:<a@x.example>\r\n",
)
"""Commands by which an IMAP server could be brought to send, or to change mail that is not a draft of ours."""

CALDAV_SENDS: tuple[tuple[str, str], ...] = (
    ("PUT", "/dav/jordan/calendar/interview.ics"),
    ("DELETE", "/dav/jordan/calendar/interview.ics"),
    ("PROPPATCH", "/dav/jordan/calendar/"),
    ("MKCALENDAR", "/dav/jordan/new/"),
    ("MKCOL", "/dav/jordan/new/"),
    ("MOVE", "/dav/jordan/calendar/interview.ics"),
    ("COPY", "/dav/jordan/calendar/interview.ics"),
    ("POST", "/dav/jordan/outbox/"),
    ("PATCH", "/dav/jordan/calendar/interview.ics"),
    ("LOCK", "/dav/jordan/calendar/"),
    ("ACL", "/dav/jordan/calendar/"),
)
"""Methods by which a CalDAV server could be brought to mail the guests of an event (RFC 6638), or to change anything."""

# What the owner of the account's own secret could do, mailwatch apart: honesty that the doctor owes.
_TOKEN_COULD: Mapping[str, str] = {
    "gmail": "the token itself could send (Google has no permission for drafts alone)",
    "imap": "the password itself would open the sending server too",
    "graph": "Microsoft refuses sending with this permission",
}


def guard_checks(settings: Settings) -> Iterator[Check]:
    """One line for each account, and for each calendar on a server that could mail guests."""
    for account in settings.accounts:
        name = f"{account.name}: cannot send"
        attempts = _ATTEMPTS.get(account.backend)
        if attempts is None:
            yield Check(Level.OK, name, "it lies on this computer: no server is spoken to")
            continue
        yield _verdict(name, attempts(), _TOKEN_COULD[account.backend])

    for calendar in settings.calendars:
        if calendar.backend == "caldav":
            yield _verdict(
                f"{calendar.name}: cannot write",
                _caldav(),
                "the server itself would mail guests if an event were written",
            )


def _verdict(name: str, outcome: tuple[list[str], int], could: str) -> Check:
    passed, tried = outcome
    if passed:
        fix = "stop mailwatch and report this: it is a bug"
        return Check(Level.FAIL, name, f"the guard let through: {', '.join(passed)}", fix)
    return Check(Level.OK, name, f"{tried} known ways to send were refused by the guard; {could}")


def _caldav() -> tuple[list[str], int]:
    """What the guard let through, and how many attempts there were."""
    from mailwatch.backends.caldav.door import guard_for

    guard = guard_for("https://dav.example")
    passed = []
    for method, path in CALDAV_SENDS:
        try:
            guard.check(method, f"https://dav.example{path}", {}, None)
        except RefusedToSend:
            continue
        passed.append(method)
    return passed, len(CALDAV_SENDS)


def _imap() -> tuple[list[str], int]:
    """What the guard let through, and how many attempts there were."""
    passed = []
    for attempt in IMAP_SENDS:
        guard = ImapGuard()
        guard.drafts = b'"Drafts"'
        try:
            guard.admit(attempt)
        except RefusedToSend:
            continue
        passed.append(attempt.split()[1].decode("ascii", "replace"))
    return passed, len(IMAP_SENDS)


def _graph() -> tuple[list[str], int]:
    """What the guard let through, and how many attempts there were."""
    from mailwatch.backends.graph.door import GRAPH, base_from_url, rules_for
    from mailwatch.doctor.graph_sends import GRAPH_SENDS
    from mailwatch.transport import Guard

    base = base_from_url(GRAPH)
    passed = []
    for method, path in GRAPH_SENDS:
        try:
            Guard(rules_for(base)).check(method, base + path.format(id="AAkALgAAA="), {}, None)
        except RefusedToSend:
            continue
        passed.append(path.rpartition("/")[2])
    return passed, len(GRAPH_SENDS)


def _gmail() -> tuple[list[str], int]:
    """What the guards of mail and calendar let through, and how many attempts there were."""
    from mailwatch.backends.google import CALENDAR, GMAIL, guard_for
    from mailwatch.backends.google.allowed import CALENDAR_URL, GMAIL_URL
    from mailwatch.doctor.google_sends import GOOGLE_SENDS

    passed = []
    for calls, base in ((GMAIL, GMAIL_URL), (CALENDAR, CALENDAR_URL)):
        for method, path in GOOGLE_SENDS:
            try:
                guard_for(calls, base).check(method, base + path, {}, None)
            except RefusedToSend:
                continue
            passed.append(path.rpartition("/")[2])
    return passed, len(GOOGLE_SENDS)


_ATTEMPTS: Mapping[str, Callable[[], tuple[list[str], int]]] = {"gmail": _gmail, "graph": _graph, "imap": _imap}
