"""Where Google signs people in, and the allow-list for it: two addresses to post to, and the mailbox's own name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from mailwatch.backends.google.allowed import GMAIL_URL
from mailwatch.settings import Endpoints
from mailwatch.transport import Guard, Rule, Transport, origin_from_url, rule

_TOKEN = "https://oauth2.googleapis.com/token"  # noqa: S105  an address
_REVOKE = "https://oauth2.googleapis.com/revoke"
_PAGE = "https://accounts.google.com/o/oauth2/v2/auth"
_PROFILE = "/gmail/v1/users/me/profile"


@dataclass(frozen=True, slots=True)
class Places:
    """Addresses. page: where the browser is sent. profile: tells whose mailbox it is. ca_file: None for the usual ones."""

    page: str
    token: str
    revoke: str
    profile: str
    ca_file: Path | None = None

    @property
    def guard(self) -> Guard:
        """Lets out what a sign-in needs."""
        base = self.profile.removesuffix(_PROFILE)
        return Guard([_rule("POST", self.token), _rule("POST", self.revoke), rule("GET", base, _PROFILE)])

    def door(self, account: str) -> Transport:
        """The way there for one account."""
        return Transport(account, self.guard, ca_file=self.ca_file)


def places_from(endpoints: Endpoints) -> Places:
    """Google's addresses, or those of the configuration: another token address brings the pages beside it."""
    api = (endpoints.api or GMAIL_URL).rstrip("/")
    ca_file = Path(endpoints.ca_file).expanduser() if endpoints.ca_file else None
    if not endpoints.token:
        return Places(_PAGE, _TOKEN, _REVOKE, f"{api}{_PROFILE}", ca_file)
    origin = origin_from_url(endpoints.token)
    base = f"{origin.scheme}://{origin.host}:{origin.port}"
    return Places(f"{base}/o/oauth2/v2/auth", endpoints.token, f"{base}/revoke", f"{api}{_PROFILE}", ca_file)


def _rule(method: str, address: str) -> Rule:
    scheme, _, rest = address.partition("://")
    host, _, path = rest.partition("/")
    return rule(method, f"{scheme}://{host}", re.escape(f"/{path}"))
