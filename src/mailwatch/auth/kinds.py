"""Which account signs in which way: the one place that knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mailwatch.auth.base import Desk, SignIn, TokenSource
from mailwatch.auth.locks import lock_of
from mailwatch.auth.password import SecretSignIn
from mailwatch.errors import ConfigError
from mailwatch.settings import AccountSettings, CalendarSettings


def kind_of(account: AccountSettings) -> str:
    """How an account signs in: "password", "google", "microsoft", or "" where it needs no sign-in or nobody knows how."""
    if account.sign_in is None:
        return ""
    if account.sign_in.kind == "password":
        return "password"
    if account.backend in _VENDORS:
        return _VENDORS[account.backend]
    from mailwatch.provider_catalogue import provider_named

    provider = provider_named(account.provider)
    return provider.oauth if provider else ""


def needs_sign_in(owner: AccountSettings | CalendarSettings) -> bool:
    """Is there anything to sign in to?"""
    return lock_of(owner) is not None or (isinstance(owner, AccountSettings) and kind_of(owner) != "")


def sign_in_for(owner: AccountSettings | CalendarSettings, desk: Desk) -> SignIn:
    """The way to sign in of an account, or of a calendar that has a secret of its own.

    Raises:
        ConfigError: it has none.
    """
    lock = lock_of(owner)
    if lock is not None:
        return SecretSignIn(lock, desk)
    if isinstance(owner, CalendarSettings):
        raise ConfigError(
            f"Calendar {owner.name} has no sign-in of its own, so there is nothing to sign in to.",
            next_step=f"mailwatch auth login {owner.account}" if owner.account else "mailwatch auth status",
        )
    make = _KINDS.get(kind_of(owner))
    if make is None:
        reason = "lies on this computer" if owner.sign_in is None else "has no sign-in that this version knows"
        raise ConfigError(
            f"Account {owner.name} {reason}, so there is nothing to sign in to.", next_step="mailwatch auth status"
        )
    return make(owner, desk)


def token_source_for(account: AccountSettings, desk: Desk) -> TokenSource:
    """Where an account's access tokens come from.

    Raises:
        ConfigError: it signs in with a password, or not at all.
    """
    found = sign_in_for(account, desk)
    if not isinstance(found, TokenSource):
        raise ConfigError(
            f"Account {account.name} signs in with a password, so there are no tokens.",
            next_step=f'set kind = "oauth" in [account.{account.name}.auth]',
        )
    return found


def secret_of(owner: AccountSettings | CalendarSettings, desk: Desk) -> str:
    """A password or secret address, from where the configuration says that it is kept.

    Raises:
        AuthError: it is not there, or can't be read now. ConfigError: there is no such secret.
    """
    lock = lock_of(owner)
    if lock is None:
        raise ConfigError(f"{owner.name} has no secret of its own.", next_step="mailwatch config check")
    return SecretSignIn(lock, desk).secret()


def _google(account: AccountSettings, desk: Desk) -> SignIn:
    from mailwatch.auth.google import GoogleSignIn

    return GoogleSignIn(account, desk)


def _microsoft(account: AccountSettings, desk: Desk) -> SignIn:
    from mailwatch.auth.microsoft import MicrosoftSignIn

    return MicrosoftSignIn(account, desk)


# One line for each company that signs its users in itself; the function imports its client only when it is called.
_VENDORS: Mapping[str, str] = {"gmail": "google", "graph": "microsoft"}
_KINDS: Mapping[str, Callable[[AccountSettings, Desk], SignIn]] = {
    "google": _google,
    "microsoft": _microsoft,
}
