"""Every call that mailwatch makes to Google, with what it costs. What is not in this table does not leave.

All scopes of Gmail that can save a draft can send one too, so it is this list that keeps mailwatch from sending.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mailwatch.transport import Guard, rule

GMAIL_URL = "https://gmail.googleapis.com"
CALENDAR_URL = "https://www.googleapis.com"
_ID = "[A-Za-z0-9_-]{1,200}"
_ME = "/gmail/v1/users/me"


@dataclass(frozen=True, slots=True)
class CallKind:
    """A method of an interface. path: a regular expression for the whole path.

    units: quota units for Cloud projects made since May 2026. units_before: for older ones.
    """

    verb: str
    path: str
    units: int
    units_before: int


# Google publishes the new figures of messages.get, messages.list, history.list and threads.get; the others are reckoned at four
# times the old ones, which is what most of the published ones come to.
GMAIL: Mapping[str, CallKind] = {
    "getProfile": CallKind("GET", f"{_ME}/profile", 4, 1),
    "history.list": CallKind("GET", f"{_ME}/history", 2, 2),
    "messages.list": CallKind("GET", f"{_ME}/messages", 5, 5),
    "messages.get": CallKind("GET", f"{_ME}/messages/{_ID}", 20, 5),
    "messages.attachments.get": CallKind("GET", f"{_ME}/messages/{_ID}/attachments/[A-Za-z0-9_-]{{1,1000}}", 20, 5),
    "drafts.list": CallKind("GET", f"{_ME}/drafts", 5, 5),
    "drafts.get": CallKind("GET", f"{_ME}/drafts/{_ID}", 20, 5),
    "drafts.create": CallKind("POST", f"{_ME}/drafts", 40, 10),
    "drafts.delete": CallKind("DELETE", f"{_ME}/drafts/(?P<ref>{_ID})", 40, 10),
}
CALENDAR: Mapping[str, CallKind] = {
    "calendarList.list": CallKind("GET", "/calendar/v3/users/me/calendarList", 0, 0),
    "events.list": CallKind("GET", "/calendar/v3/calendars/[A-Za-z0-9@._%+-]{1,300}/events", 0, 0),
}


def guard_for(calls: Mapping[str, CallKind], base_url: str) -> Guard:
    """The allow-list for these calls at this address."""
    return Guard(rule(call.verb, base_url, call.path) for call in calls.values())


def call_of(calls: Mapping[str, CallKind], verb: str, path: str) -> CallKind | None:
    """The call that a request line means."""
    return next((call for call in calls.values() if call.verb == verb and re.fullmatch(call.path, path)), None)
