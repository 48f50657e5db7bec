"""Google's refusals in words: status and reason to the errors of the project."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from mailwatch.errors import AuthError, BackendError, ProtocolError, RateLimited
from mailwatch.transport import Response

JUDGED_HERE = frozenset({400, 401, 403, 404, 409, 410, 412})
_PATIENCE = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "RESOURCE_EXHAUSTED"})
_TOMORROW = frozenset({"dailyLimitExceeded", "quotaExceeded"})
_SWITCHED_OFF = frozenset({"accessNotConfigured", "SERVICE_DISABLED"})
_SMALL = frozenset({"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"})
_LATER = timedelta(hours=1)


class Absent(ProtocolError):
    """What was asked for is not there (any more)."""


class Expired(ProtocolError):
    """A sync token is no longer good."""


def is_busy(answer: Response) -> bool:
    """Does the answer ask for patience? Google says so with 429 and 503, and with 403 and a reason."""
    return answer.status in {429, 503} or (answer.status == 403 and bool(reasons_in(answer) & _PATIENCE))


def reasons_in(answer: Response) -> frozenset[str]:
    """The reasons that an error answer gives, in its old and its new form."""
    try:
        error: Any = json.loads(answer.body)["error"]
        old = {str(each.get("reason", "")) for each in error.get("errors", ())}
        new = {str(each.get("reason", "")) for each in error.get("details", ())}
        return frozenset(old | new | {str(error.get("status", ""))}) - {""}
    except (ValueError, KeyError, TypeError, AttributeError):
        return frozenset()


def refusal(account: str, answer: Response) -> BackendError:
    """The error for an answer that is none of 2xx."""
    status, reasons = answer.status, reasons_in(answer)
    if status == 404:
        return Absent(account, f"Google has no such thing in {account}.")
    if status == 410:
        return Expired(account, f"Google no longer accepts the bookmark of {account}.")
    if status == 401:
        return AuthError(
            account, f"Google no longer accepts the sign-in of {account}.", next_step=f"mailwatch auth login {account}"
        )
    if status == 403:
        return _forbidden(account, reasons)
    if "failedPrecondition" in reasons:
        return BackendError(
            account, f"Google says that {account} has no mailbox.", next_step="check email of the account"
        )
    return ProtocolError(account, f"Google does not accept a request of mailwatch for {account} (status {status}).")


def _forbidden(account: str, reasons: frozenset[str]) -> BackendError:
    if reasons & _TOMORROW:
        message = f"Google's quota of {account} is spent for today: it is asked again later."
        return RateLimited(account, message, retry_after=_LATER)
    if reasons & _SWITCHED_OFF:
        return BackendError(
            account,
            f"The Gmail or Calendar API is not switched on in the Cloud project of {account}.",
            next_step="switch both on (docs/gmail.md, step 2)",
        )
    if "domainPolicy" in reasons:
        message = f"The organisation behind {account} does not let mailwatch in."
        return AuthError(account, message, next_step="ask its administrator, or use another account")
    missing = "lacks a permission" if reasons & _SMALL else "was refused"
    return AuthError(account, f"The sign-in of {account} {missing}.", next_step=f"mailwatch auth login {account}")
