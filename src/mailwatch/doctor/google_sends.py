"""Requests by which Google could be brought to send, or to change anything but a draft of ours: all of them must be refused."""

from __future__ import annotations

_ME = "/gmail/v1/users/me"
_EVENTS = "/calendar/v3/calendars/primary/events"

GOOGLE_SENDS: tuple[tuple[str, str], ...] = (
    ("POST", f"{_ME}/messages/send"),
    ("POST", f"{_ME}/drafts/send"),
    ("POST", "/gmail/v1/users/you@example.com/messages/send"),
    ("POST", f"{_ME}/drafts/%73end"),
    ("POST", f"{_ME}/drafts%2Fsend"),
    ("POST", f"{_ME}/drafts//send"),
    ("POST", f"{_ME}/drafts/./send"),
    ("POST", f"{_ME}/drafts/x/../send"),
    ("POST", f"{_ME}/drafts/send;x=1"),
    ("POST", f"{_ME}/drafts/send?alt=json"),
    ("POST", f"{_ME}/drafts?uploadType=multipart"),
    ("POST", f"{_ME}/drafts?_method=PUT"),
    ("POST", f"/upload{_ME}/messages/send"),
    ("POST", f"/resumable/upload{_ME}/drafts/send"),
    ("POST", "/batch"),
    ("POST", "/batch/gmail/v1"),
    ("PUT", f"{_ME}/drafts/r1"),
    ("PATCH", f"{_ME}/drafts/r1"),
    ("DELETE", f"{_ME}/drafts/r1"),
    ("DELETE", f"{_ME}/messages/18c"),
    ("POST", f"{_ME}/messages"),
    ("POST", f"{_ME}/messages/import"),
    ("POST", f"{_ME}/messages/18c/modify"),
    ("POST", f"{_ME}/messages/18c/trash"),
    ("POST", f"{_ME}/settings/filters"),
    ("POST", f"{_ME}/settings/forwardingAddresses"),
    ("PUT", f"{_ME}/settings/autoForwarding"),
    ("PUT", f"{_ME}/settings/vacation"),
    ("POST", f"{_ME}/settings/sendAs"),
    ("POST", f"{_ME}/settings/delegates"),
    ("POST", f"{_ME}/watch"),
    ("POST", _EVENTS),
    ("POST", f"{_EVENTS}/quickAdd?text=x"),
    ("POST", f"{_EVENTS}/import"),
    ("PATCH", f"{_EVENTS}/e1"),
    ("PUT", f"{_EVENTS}/e1?sendUpdates=all"),
    ("DELETE", f"{_EVENTS}/e1"),
)
"""Method and path."""
