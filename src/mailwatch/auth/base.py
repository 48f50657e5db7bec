"""The seam between accounts, the command line and the ways to sign in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from mailwatch.errors import AuthError, SecretError
from mailwatch.secrets import Vault


@dataclass(frozen=True, slots=True)
class SignInStatus:
    """What `auth status` shows of one account. No secret.

    kind:      "password", "google" or "microsoft".
    signed_in: None where only trying can tell.
    where:     where the secret is, in half a sentence.
    scopes:    what was granted, for the browser kinds.
    since:     when the sign-in was made, None where it is not known.
    notes:     what the user should know, a sentence each.
    """

    account: str
    kind: str
    address: str
    signed_in: bool | None
    where: str
    scopes: tuple[str, ...] = ()
    since: datetime | None = None
    notes: tuple[str, ...] = ()


class Asker(Protocol):
    """The person who signs in, and the browser beside them."""

    interactive: bool
    """May a question be asked?"""

    def say(self, text: str) -> None:
        """Tell them something."""
        ...

    def line(self, question: str) -> str:
        """Ask for a line of text. UsageError where nobody can be asked."""
        ...

    def secret(self, question: str) -> str:
        """Ask for a line that is not shown while it is typed. UsageError where nobody can be asked."""
        ...

    def browse(self, url: str) -> bool:
        """Open a page in their browser; False where there is none."""
        ...


class SignIn(Protocol):
    """One account's way to sign in."""

    def login(
        self, asker: Asker, *, now: datetime, device: bool = False, paste: bool = False, client: str = ""
    ) -> SignInStatus:
        """Sign in, and keep what the next runs need.

        Args:
            device: by a code that is typed on another device.
            paste: by pasting the address at which the browser ended.
            client: path of a client file, for Google.

        Raises:
            AuthError: the provider refused. UsageError: this kind knows no such way. SecretError: nothing could be kept.
        """
        ...

    def status(self, *, now: datetime) -> SignInStatus:
        """How things stand, without asking the provider. SecretError where the vault can't be read."""
        ...

    def logout(self) -> tuple[str, ...]:
        """Forget what was kept, revoke it where the provider allows that; sentences on what is left to do by hand."""
        ...


@runtime_checkable
class TokenSource(Protocol):
    """Where a backend gets access tokens; the sign-ins of the browser kinds are such sources too."""

    def token(self, *, fresh: bool = False) -> str:
        """A token that is valid now.

        Args:
            fresh: the last one was refused: get another.

        Raises:
            AuthError: the user has to sign in again. TransientError: the provider can't be reached.
        """
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What sign-ins work with. vault: where secrets are. config: the configuration file, in which a password may stand."""

    vault: Vault
    config: Path
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)

    def kept(self, account: str, name: str) -> str | None:
        """What the vault holds under "account.ACCOUNT.NAME", for a run: None where it holds nothing.

        Raises:
            AuthError: the vault can't be read, so the account is not read either.
        """
        try:
            return self.vault.get(f"account.{account}.{name}")
        except SecretError as error:
            raise sign_in_needed(account, error.message, next_step=error.next_step) from None


def sign_in_needed(account: str, happened: str, *, next_step: str = "") -> AuthError:
    """The error that the user has to do something about.

    Args:
        happened: one sentence, without what it means; of several lines, the first.
        next_step: "" means: sign in.
    """
    sentence = happened.splitlines()[0].rstrip(".")
    return AuthError(
        account,
        f"{sentence}: {account} is not read until that is mended.",
        next_step=next_step or f"mailwatch auth login {account}",
    )
