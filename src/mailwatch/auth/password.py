"""Signing in with a password, best one made for mailwatch alone (an app password)."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path

from mailwatch.auth.base import Asker, Desk, SignInStatus, sign_in_needed
from mailwatch.errors import AuthError, SecretError, UsageError
from mailwatch.provider_catalogue import Provider, provider_named
from mailwatch.secrets import first_line, text_from_source
from mailwatch.settings import AccountSettings, SecretSource

_TRIES = 3
_PLACES = {
    "command": "printed by the configured command",
    "env": "in the variable {}",
    "file": "in the file {}",
    "credential": "in the systemd credential {}",
    "config": "in the configuration file",
}


class PasswordSignIn:
    """An account that signs in with a password (satisfies base.SignIn)."""

    def __init__(self, account: AccountSettings, desk: Desk) -> None:
        self._account = account
        self._desk = desk
        self._name = f"account.{account.name}.password"
        self._since = f"account.{account.name}.since"

    def password(self) -> str:
        """The password.

        Raises:
            AuthError: it is not there, or can't be read now.
        """
        name, check = self._account.name, f"check password in [account.{self._account.name}.auth]"
        try:
            password = self._kept()
        except SecretError as error:
            raise sign_in_needed(name, error.message, next_step=error.next_step or check) from None
        if not password and self._source.kind == "keyring":
            raise sign_in_needed(name, f"No password is kept for {name}")
        if not password:
            raise sign_in_needed(name, f"The password of {name}, {self._where}, is empty", next_step=check)
        return password

    def login(
        self, asker: Asker, *, now: datetime, device: bool = False, paste: bool = False, client: str = ""
    ) -> SignInStatus:
        """See SignIn. A password that the configuration keeps elsewhere is only tried."""
        if device or paste or client:
            raise UsageError(
                f"{self._account.name} signs in with a password, which needs no browser",
                next_step=f"mailwatch auth login {self._account.name}",
            )
        if self._source.kind != "keyring":
            self._try(self.password())
            return self.status(now=now)
        self._tell(asker)
        password = self._asked(asker)
        self._desk.vault.put(self._name, password)
        self._desk.vault.put(self._since, now.isoformat())
        return self.status(now=now)

    def status(self, *, now: datetime) -> SignInStatus:  # noqa: ARG002  passwords do not age
        """See SignIn."""
        signed_in, since = None, None
        if self._source.kind == "keyring":
            signed_in = bool(self._desk.vault.get(self._name))
            since = _moment(self._desk.vault.get(self._since) or "")
        account = self._account
        return SignInStatus(account.name, "password", account.email, signed_in, self._where, since=since)

    def logout(self) -> tuple[str, ...]:
        """See SignIn. A password can't be revoked from here."""
        if self._source.kind != "keyring":
            return (f"The password is {self._where}, where mailwatch does not delete it.",)
        had = self._desk.vault.forget(self._name)
        self._desk.vault.forget(self._since)
        page = self._provider.pages.app_password if self._provider else ""
        if not had:
            return ()
        return (f"An app password stays valid until you delete it{f': {page}' if page else ' at your provider'}.",)

    @property
    def _source(self) -> SecretSource:
        found = self._account.sign_in.password if self._account.sign_in else None
        return found or SecretSource("keyring")

    @property
    def _where(self) -> str:
        if self._source.kind == "keyring":
            return self._desk.vault.where
        return _PLACES[self._source.kind].format(*self._source.value)

    @property
    def _provider(self) -> Provider | None:
        return provider_named(self._account.provider)

    def _kept(self) -> str:
        source = self._source
        if source.kind == "keyring":
            return self._desk.vault.get(self._name) or ""
        if source.kind == "config":
            return _password_in(self._desk.config, self._account.name)
        return first_line(text_from_source(source, self._desk.environment))

    def _tell(self, asker: Asker) -> None:
        provider = self._provider
        if provider and "app-password" in provider.sign_in and provider.pages.app_password:
            asker.say(f"{provider.title} wants an app password, one for mailwatch alone: {provider.pages.app_password}")

    def _asked(self, asker: Asker) -> str:
        """A password that the server accepts."""
        for left in reversed(range(_TRIES)):
            password = first_line(asker.secret(f"Password for {self._account.email}: "))
            if not password:
                raise UsageError("no password was given, so nothing was changed")
            try:
                self._try(password)
            except AuthError as error:
                if not left or not asker.interactive:
                    raise
                asker.say(error.message)
            else:
                return password
        raise AssertionError

    def _try(self, password: str) -> None:
        """Sign in once and leave."""
        from mailwatch.auth.imap_server import imap_server
        from mailwatch.backends.imap import Secret
        from mailwatch.backends.imap.signin import session_with

        session_with(imap_server(self._account, lambda: Secret(password))).end()


def _password_in(config: Path, account: str) -> str:
    """The password that stands in the configuration file itself; the file was checked to be the user's alone.

    Raises:
        SecretError: it stands there no more.
    """
    try:
        with config.open("rb") as file:
            return str(tomllib.load(file)["account"][account]["auth"]["password"])
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError):
        raise SecretError(
            f"{config} has no password for {account} any more.", next_step="mailwatch config check"
        ) from None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
