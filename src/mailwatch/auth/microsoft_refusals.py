"""What Microsoft's refusals mean, one line each (learn.microsoft.com/entra/identity-platform/reference-error-codes).

The service's own words are never shown: they name tenants, addresses and trace numbers. Its number is, so that an
administrator can look it up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_CODE = re.compile(r"AADSTS(\d{4,8})")
_PAGE = "docs/outlook.md"


@dataclass(frozen=True, slots=True)
class Refusal:
    """happened: the beginning of a sentence about the account "{}". next_step: "" means: sign in again."""

    happened: str
    next_step: str = ""


_ADMIN = Refusal(
    "Need admin approval: the organisation of {} lets people use new programs only after an administrator has agreed",
    f"send your administrator the text under “Work and school accounts” in {_PAGE}, then sign in again",
)
_WITHDRAWN = Refusal("The permission that mailwatch had for {} was withdrawn")
_PASSWORD = Refusal("The password of {} was changed or its sign-ins were ended, so Microsoft wants a new one")
_IDLE = Refusal("The sign-in of {} was not used for too long (90 days) and has expired")
_MORE = Refusal("Microsoft wants {} to prove once more who it is (a second factor)")
_BLOCKED = Refusal(
    "A rule of the organisation of {} (Conditional Access) does not allow this sign-in",
    "sign in in a browser on this computer, without --device; if that is refused too, ask your administrator",
)
_NO_CLIENT = Refusal(
    "Microsoft does not know the client id that the configuration has for {}, or not for this kind of account",
    f"compare client_id and tenant with your registration ({_PAGE}, step 3)",
)
_AUDIENCE = Refusal(
    "The registration is not made for the kind of account that {} is (personal, or work and school)",
    f"set tenant to consumers or organizations, or change the registration ({_PAGE}, step 2)",
)
_PUBLIC = Refusal(
    "The registration for {} does not allow public client flows",
    f"switch on “Allow public client flows” ({_PAGE}, step 4)",
)
_ADDRESS = Refusal(
    "The registration for {} does not know the address at which the browser is to end",
    f"add the platform “Mobile and desktop applications” with http://localhost ({_PAGE}, step 4)",
)
_NO_ACCOUNT = Refusal("Microsoft does not know {} where the configuration looks for it, or has disabled it")
_BY_NUMBER: Mapping[str, Refusal] = {
    "65001": _WITHDRAWN, "65004": Refusal("The permissions that mailwatch needs for {} were not given"),
    "90093": _ADMIN, "90094": _ADMIN, "90095": _ADMIN, "900941": _ADMIN, "90096": _ADMIN, "65005": _ADMIN,
    "50105": Refusal("The organisation of {} lets only chosen people use this registration", "ask your administrator to add you"),
    "50173": _PASSWORD, "50078": _MORE, "50133": _PASSWORD, "50055": _PASSWORD, "50144": _PASSWORD, "50089": _PASSWORD,
    "700082": _IDLE, "70008": _IDLE, "700084": _IDLE, "700081": _IDLE,
    "50076": _MORE, "50079": _MORE, "50074": _MORE, "50072": _MORE, "50158": _MORE,
    "53003": _BLOCKED, "53000": _BLOCKED, "53001": _BLOCKED, "53002": _BLOCKED, "530035": _BLOCKED, "530034": _BLOCKED, "53011": _BLOCKED,
    "700016": _NO_CLIENT, "700038": _NO_CLIENT, "90002": _NO_CLIENT, "900144": _NO_CLIENT, "7000112": _NO_CLIENT,
    "50020": _AUDIENCE, "50194": _AUDIENCE, "9002346": _AUDIENCE, "9002332": _AUDIENCE, "90023": _AUDIENCE, "9001023": _AUDIENCE,
    "7000218": _PUBLIC, "70002": _PUBLIC, "50011": _ADDRESS, "500113": _ADDRESS,
    "50034": _NO_ACCOUNT, "50057": _NO_ACCOUNT, "50059": _NO_ACCOUNT, "51004": _NO_ACCOUNT,
    "70020": Refusal("The code for {} was not typed in time"), "70019": Refusal("The code for {} was not typed in time"),
}  # fmt: skip
_BY_WORD: Mapping[str, Refusal] = {
    "access_denied": Refusal("The sign-in of {} was called off in the browser"),
    "authorization_declined": Refusal("The sign-in of {} was called off"),
    "expired_token": Refusal("The code for {} was not typed in time"),
    "code_expired": Refusal("The code for {} was not typed in time"),
    "consent_required": _WITHDRAWN,
    "interaction_required": _MORE,
    "unauthorized_client": _NO_CLIENT,
    "invalid_client": _PUBLIC,
    "invalid_grant": Refusal("Microsoft no longer accepts the sign-in of {}"),
}
_UNKNOWN = Refusal("Microsoft refuses the sign-in of {}")


def refusal_in(answer: Mapping[str, Any]) -> tuple[Refusal, str]:
    """What an error answer of the token service means, and its number, "" where it has none.

    A number tells more than the word; where several stand there, the first one known to say something wins.
    """
    text = str(answer.get("error_description", ""))[:2_000]
    numbers = _CODE.findall(text) + [str(each) for each in answer.get("error_codes") or () if isinstance(each, int)]
    for number in numbers:
        if number in _BY_NUMBER:
            return _BY_NUMBER[number], number
    words = [str(answer.get("suberror", "")).casefold(), str(answer.get("error", "")).casefold()]
    found = next((_BY_WORD[word] for word in words if word in _BY_WORD), _UNKNOWN)
    return found, numbers[0] if numbers else ""
