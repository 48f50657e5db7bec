"""Secrets by name, read and written through one small door."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from mailwatch.errors import SecretError, StoreError
from mailwatch.private_files import open_private, private_folder
from mailwatch.secrets.keys import KeyPlace, fingerprint, key_place
from mailwatch.secrets.ring import PROBE
from mailwatch.secrets.sealed import Sealed, opened, seal, sealed_in
from mailwatch.secrets.sources import credential_path, first_line, text_from_source
from mailwatch.settings import SecretSource


class Vault:
    """The secrets of one state folder.

    Names look like "account.work.password". Opening asks nothing of anybody: the key is fetched when a secret is.

    Args:
        folder: the state folder.
        place: where the key is.
        environment: for systemd's credentials.
    """

    def __init__(self, folder: Path, place: KeyPlace, environment: Mapping[str, str] = os.environ) -> None:
        self._folder = folder
        self._place = place
        self._environment = environment
        self._held: bytes | None = None

    def __repr__(self) -> str:
        return f"Vault({str(self._folder)!r}, key {self._place.where})"

    @property
    def where(self) -> str:
        """Where secrets are, in half a sentence for a person."""
        return f"sealed file, mode 0600; its key is {self._place.where}"

    def get(self, name: str) -> str | None:
        """A secret, None where there is none. A systemd credential called mailwatch.NAME comes first.

        Raises:
            SecretError: secrets are there, and can't be read.
        """
        credential = f"mailwatch.{name}"
        if credential_path(credential, self._environment):
            return first_line(text_from_source(SecretSource("credential", (credential,)), self._environment))
        return self._all().get(name)

    def put(self, name: str, value: str) -> None:
        """Keep a secret, and read it back.

        Raises:
            SecretError: it was not kept.
        """
        self._change(lambda secrets: secrets | {name: value})
        if self.get(name) != value:
            raise SecretError(
                f"The secret {name} was written and came back different.",
                next_step="see whether a systemd credential stands before it",
            )

    def forget(self, name: str) -> bool:
        """Remove a secret; was there one?

        Raises:
            SecretError: it can't be removed.
        """
        if name not in self._all():
            return False
        self._change(lambda secrets: {key: value for key, value in secrets.items() if key != name})
        return True

    def names(self) -> tuple[str, ...]:
        """The names of all sealed secrets, sorted.

        Raises:
            SecretError: they can't be read.
        """
        return tuple(sorted(self._all()))

    def check(self) -> None:
        """Ask for the key, and open what is sealed: a command and a keyring are really asked.

        Raises:
            SecretError: secrets can't be read or kept here.
        """
        sealed = sealed_in(self._folder)
        if sealed is None:
            self._place.key("probe")
        else:
            self._opened(sealed)

    def _all(self) -> dict[str, str]:
        sealed = sealed_in(self._folder)
        return {} if sealed is None else self._opened(sealed)

    def _opened(self, sealed: Sealed) -> dict[str, str]:
        held = self._held if self._held and fingerprint(self._held) == sealed.key else None
        key = held or self._place.key(sealed.profile)
        if key is None:
            raise SecretError(
                f"The key of the secrets in {self._folder} is no longer {self._place.where}, so they can't be read.",
                next_step=f"delete {self._folder}/secrets.sealed and sign in again",
            )
        secrets = opened(sealed, key, self._folder)
        self._held = key
        return secrets

    def _change(self, change: Callable[[dict[str, str]], dict[str, str]]) -> None:
        with self._alone():
            sealed = sealed_in(self._folder)
            if sealed is None:
                profile, secrets = os.urandom(8).hex(), {}
                self._held = self._place.new_key(profile)
            else:
                profile, secrets = sealed.profile, self._opened(sealed)
            if self._held is None:
                raise SecretError("There is no key to seal with.")
            seal(change(secrets), self._held, self._folder, profile=profile, kept=self._place.kind)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One writer at a time: a login must not lose what a run writes at the same moment."""
        from filelock import lock_descriptor

        try:
            descriptor = open_private(private_folder(self._folder) / "secrets.lock", os.O_RDWR)
        except StoreError as error:
            raise SecretError(error.message, next_step=error.next_step) from None
        try:
            lock_descriptor(descriptor)
            yield
        finally:
            os.close(descriptor)


def open_vault(
    folder: Path,
    key: SecretSource | None = None,
    environment: Mapping[str, str] = os.environ,
    *,
    patience: float = PROBE,
) -> Vault:
    """The vault of a state folder.

    Args:
        key: [secrets] key of the configuration, None where it says nothing.
        environment: for variables and systemd's credentials.
        patience: seconds for the keyring; more where somebody is there to unlock it.
    """
    return Vault(folder, key_place(key, environment, patience=patience), environment)
