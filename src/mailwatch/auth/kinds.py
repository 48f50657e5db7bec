"""Which account signs in which way: the one place that knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mailwatch.auth.base import Desk, SignIn, TokenSource
from mailwatch.errors import ConfigError
from mailwatch.settings import AccountSettings


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


def sign_in_for(account: AccountSettings, desk: Desk) -> SignIn:
    """An account's way to sign in.

    Raises:
        ConfigError: it has none.
    """
    make = _KINDS.get(kind_of(account))
    if make is None:
        reason = "lies on this computer" if account.sign_in is None else "has no sign-in that this version knows"
        raise ConfigError(
            f"Account {account.name} {reason}, so there is nothing to sign in to.",
            next_step="mailwatch auth status",
        )
    return make(account, desk)


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


def password_of(account: AccountSettings, desk: Desk) -> str:
    """An account's password, from where the configuration says that it is kept.

    Raises:
        AuthError: it is not there, or can't be read now.
    """
    from mailwatch.auth.password import PasswordSignIn

    return PasswordSignIn(account, desk).password()


def _password(account: AccountSettings, desk: Desk) -> SignIn:
    from mailwatch.auth.password import PasswordSignIn

    return PasswordSignIn(account, desk)


def _google(account: AccountSettings, desk: Desk) -> SignIn:
    from mailwatch.auth.google import GoogleSignIn

    return GoogleSignIn(account, desk)


def _microsoft(account: AccountSettings, desk: Desk) -> SignIn:
    from mailwatch.auth.microsoft import MicrosoftSignIn

    return MicrosoftSignIn(account, desk)


_VENDORS: Mapping[str, str] = {"gmail": "google", "graph": "microsoft"}
_KINDS: Mapping[str, Callable[[AccountSettings, Desk], SignIn]] = {
    "google": _google,
    "microsoft": _microsoft,
    "password": _password,
}
