"""The one HTTP door: an allow-list in front of every request, no repeated POST, limits on time and size, typed errors."""

from mailwatch.transport.door import NETWORK_LIMITS, Limits, Response, Transport, typed_errors
from mailwatch.transport.feed import Feed, FeedStamp, fetch_feed, host_of
from mailwatch.transport.guard import Gate, Guard, Origin, Rule, origin_from_url, rule
from mailwatch.transport.links import is_link, resolved
from mailwatch.transport.services import Service, service_of
from mailwatch.transport.session import GuardedSession, put_under_guard

__all__ = [
    "NETWORK_LIMITS", "Feed", "FeedStamp", "Gate", "Guard", "GuardedSession", "Limits", "Origin", "Response", "Rule",
    "Service", "Transport", "fetch_feed", "host_of", "is_link", "origin_from_url",
    "put_under_guard", "resolved", "rule", "service_of", "typed_errors",
]  # fmt: skip
