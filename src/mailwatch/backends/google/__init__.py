"""What Gmail and Google Calendar share: the allow-list, the quota, the one way to the wire, and the words for what goes wrong."""

from mailwatch.backends.google.allowed import CALENDAR, GMAIL, CallKind, guard_for
from mailwatch.backends.google.quota import Budget, QuotaSpent, Table
from mailwatch.backends.google.services import calendar_service, gmail_service
from mailwatch.backends.google.trouble import Absent, Expired
from mailwatch.backends.google.wire import Bearer, GoogleWire

__all__ = [
    "CALENDAR", "GMAIL", "Absent", "Bearer", "Budget", "CallKind", "Expired", "GoogleWire", "QuotaSpent", "Table", "calendar_service",
    "gmail_service", "guard_for",
]  # fmt: skip
