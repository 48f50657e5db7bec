"""Secrets that the user types once: passwords, best ones made for mailwatch alone (app passwords), and addresses of feeds."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from mailwatch.auth.base import Asker, Desk, SignInStatus, sign_in_needed
from mailwatch.auth.locks import Lock
from mailwatch.errors import AuthError, SecretError, UsageError
from mailwatch.secrets import first_line, text_from_source

_TRIES = 3
_PLACES = {
    "command": "printed by the configured command",
    "env": "in the variable {}",
    "file": "in the file {}",
    "credential": "in the systemd credential {}",
    "config": "in the configuration file",
}


class SecretSignIn:
    """Whoever signs in with a secret that the user types (satisfies base.SignIn)."""

    def __init__(self, lock: Lock, desk: Desk) -> None:
        self._lock = lock
        self._desk = desk
        self._name = f"{lock.table}.{lock.name}.{lock.what}"
        self._since = f"{lock.table}.{lock.name}.since"

    def secret(self) -> str:
        """The secret.

        Raises:
            AuthError: it is not there, or can't be read now.
        """
        lock = self._lock
        try:
            secret = self._kept()
        except SecretError as error:
            raise self._needed(error.message, error.next_step or f"check {lock.place}") from None
        if not secret and lock.source.kind == "keyring":
            raise self._needed(f"No {lock.what} is kept for {lock.name}", f"mailwatch auth login {lock.login_name}")
        if not secret:
            raise self._needed(f"The {lock.what} of {lock.name}, {self._where}, is empty", f"check {lock.place}")
        return secret

    def login(
        self, asker: Asker, *, now: datetime, device: bool = False, paste: bool = False, client: str = ""
    ) -> SignInStatus:
        """See SignIn. A secret that the configuration keeps elsewhere is only tried."""
        if device or paste or client:
            raise UsageError(
                f"{self._lock.name} signs in with a {self._lock.what}, which needs no browser",
                next_step=f"mailwatch auth login {self._lock.login_name}",
            )
        if self._lock.source.kind != "keyring":
            self._lock.attempt(self.secret())
            return self.status(now=now)
        self._tell(asker)
        secret = self._asked(asker)
        self._desk.vault.put(self._name, secret)
        self._desk.vault.put(self._since, now.isoformat())
        return self.status(now=now)

    def status(self, *, now: datetime) -> SignInStatus:  # noqa: ARG002  passwords do not age
        """See SignIn."""
        signed_in, since, shown = None, None, self._lock.shown
        if self._lock.source.kind == "keyring":
            secret = self._desk.vault.get(self._name)
            signed_in = bool(secret)
            if secret and self._lock.what == "address":
                shown = urlsplit(secret).hostname or shown
            since = _moment(self._desk.vault.get(self._since) or "")
        return SignInStatus(self._lock.login_name, self._lock.what, shown, signed_in, self._where, since=since)

    def logout(self) -> tuple[str, ...]:
        """See SignIn. A password can't be revoked from here."""
        if self._lock.source.kind != "keyring":
            return (f"The {self._lock.what} is {self._where}, where mailwatch does not delete it.",)
        had = self._desk.vault.forget(self._name)
        self._desk.vault.forget(self._since)
        if not had or self._lock.what == "address":
            return ()
        page = self._lock.provider.pages.app_password if self._lock.provider else ""
        return (f"An app password stays valid until you delete it{f': {page}' if page else ' at your provider'}.",)

    @property
    def _where(self) -> str:
        source = self._lock.source
        if source.kind == "keyring":
            return self._desk.vault.where
        return _PLACES[source.kind].format(*source.value)

    def _needed(self, happened: str, step: str) -> AuthError:
        return sign_in_needed(self._lock.name, happened, next_step=step)

    def _kept(self) -> str:
        source = self._lock.source
        if source.kind == "keyring":
            return self._desk.vault.get(self._name) or ""
        if source.kind == "config":
            return _password_in(self._desk.config, self._lock)
        return first_line(text_from_source(source, self._desk.environment))

    def _tell(self, asker: Asker) -> None:
        provider = self._lock.provider
        if provider and "app-password" in provider.sign_in and provider.pages.app_password:
            asker.say(f"{provider.title} wants an app password, one for mailwatch alone: {provider.pages.app_password}")

    def _asked(self, asker: Asker) -> str:
        """A secret that opens."""
        for left in reversed(range(_TRIES)):
            secret = first_line(asker.secret(self._lock.ask))
            if not secret:
                raise UsageError(f"no {self._lock.what} was given, so nothing was changed")
            try:
                self._lock.attempt(secret)
            except AuthError as error:
                if not left or not asker.interactive:
                    raise
                asker.say(error.message)
            else:
                return secret
        raise AssertionError


def _password_in(config: Path, lock: Lock) -> str:
    """The password that stands in the configuration file itself; the file was checked to be the user's alone.

    Raises:
        SecretError: it stands there no more.
    """
    try:
        with config.open("rb") as file:
            return str(tomllib.load(file)[lock.table][lock.name]["auth"]["password"])
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError):
        raise SecretError(
            f"{config} has no password for {lock.name} any more.", next_step="mailwatch config check"
        ) from None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
