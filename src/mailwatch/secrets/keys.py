"""The one key that seals everything else, and the places where it may be: named in the configuration, a systemd
credential, or the system's keyring, in this order.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from mailwatch.errors import SecretError
from mailwatch.secrets.ring import Keyring
from mailwatch.secrets.sources import credential_path, text_from_source
from mailwatch.settings import SecretSource

CREDENTIAL = "mailwatch.key"
"""Name of the systemd credential that is looked for without being configured."""
SIZE = 32
_SHORTEST = 16
_PLACES = {
    "command": "printed by the configured command",
    "env": "in the variable {}",
    "file": "in the file {}",
    "credential": "in the systemd credential {}",
}


class KeyPlace(Protocol):
    """A place that holds the key."""

    @property
    def kind(self) -> str:
        """Its word in the sealed file."""
        ...

    @property
    def where(self) -> str:
        """For a person, after "the key is"."""
        ...

    def key(self, profile: str) -> bytes | None:
        """The key, None where the place holds none yet. Raises SecretError where it can't be asked."""
        ...

    def new_key(self, profile: str) -> bytes:
        """Make a key and keep it there. Raises SecretError where that is impossible."""
        ...


@dataclass(frozen=True, slots=True)
class GivenKey:
    """A key that the user keeps: in a command, variable, file or credential."""

    source: SecretSource
    environment: Mapping[str, str]

    @property
    def kind(self) -> str:
        """See KeyPlace."""
        return self.source.kind

    @property
    def where(self) -> str:
        """See KeyPlace."""
        return _PLACES[self.source.kind].format(self.source.value[0])

    def key(self, profile: str) -> bytes | None:
        """32 bytes as base64 or hex are the key itself; any other text of at least 16 letters is stretched into one."""
        text = text_from_source(self.source, self.environment).strip()
        exact = _exact(text)
        if exact is not None:
            return exact
        if len(text) < _SHORTEST:
            raise SecretError(
                f"The key {self.where} is too short to seal anything.",
                next_step="make one: head -c 32 /dev/urandom | base64",
            )
        return hashlib.scrypt(text.encode(), salt=profile.encode(), n=2**15, r=8, p=1, maxmem=2**26, dklen=SIZE)

    def new_key(self, profile: str) -> bytes:
        """See KeyPlace: the user's key is the key."""
        key = self.key(profile)
        if key is None:
            raise SecretError(f"There is no key {self.where}.")
        return key


@dataclass(frozen=True, slots=True)
class RingKey:
    """A key in the system's keyring, one for each profile (state folder)."""

    ring: Keyring

    @property
    def kind(self) -> str:
        """See KeyPlace."""
        return "keyring"

    @property
    def where(self) -> str:
        """See KeyPlace."""
        return "in the system's keyring"

    def key(self, profile: str) -> bytes | None:
        """See KeyPlace."""
        try:
            text = self.ring.get(f"key-{profile}")
        except SecretError as error:
            raise no_place(error.message) from None
        return _exact(text) if text else None

    def new_key(self, profile: str) -> bytes:
        """See KeyPlace."""
        key = os.urandom(SIZE)
        try:
            self.ring.put(f"key-{profile}", base64.b64encode(key).decode("ascii"))
        except SecretError as error:
            raise no_place(error.message) from None
        return key


def key_place(configured: SecretSource | None, environment: Mapping[str, str], *, patience: float) -> KeyPlace:
    """Where the key is or will be. Nothing is asked yet."""
    if configured is not None and configured.kind != "keyring":
        return GivenKey(configured, environment)
    if configured is None and credential_path(CREDENTIAL, environment):
        return GivenKey(SecretSource("credential", (CREDENTIAL,)), environment)
    return RingKey(Keyring(patience))


def fingerprint(key: bytes) -> str:
    """Tells keys apart without telling the key."""
    return hashlib.sha256(b"mailwatch key\0" + key).hexdigest()[:16]


def no_place(reason: str) -> SecretError:
    """The refusal to keep a secret as plain text, with the ways out."""
    return SecretError(
        f"{reason} So no secret can be kept or read here.\n"
        'One way out: [secrets] key = { command = ["pass", "mailwatch"] }, any program that prints a key.\n'
        'Another: [secrets] key = { file = "path" }, a file of your own with mode 0600.\n'
        f"For a service: LoadCredential={CREDENTIAL}:FILE in its systemd unit.",
        next_step="unlock the keyring, or set [secrets] key (docs/secrets.md)",
    )


def _exact(text: str) -> bytes | None:
    for decode in (bytes.fromhex, _base64):
        try:
            key = decode(text)
        except ValueError:
            continue
        if len(key) == SIZE:
            return key
    return None


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None
