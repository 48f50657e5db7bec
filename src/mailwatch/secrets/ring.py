"""The system's keyring: Secret Service, KWallet, Keychain, Credential Manager. It holds one short key for us, no more.

Its library may choose a backend that forgets (null), fails, or writes plain text to a file without a word; those are
refused. A keyring that does not answer, because it is locked and would wait for somebody to come, counts as none.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

from mailwatch.errors import SecretError

PROBE = 1.0
"""Seconds within which a keyring has to answer when nobody is there to unlock it."""
_LOADING = 10.0
"""Seconds for loading and choosing the backend, which is work of our own and slow on a busy machine, not waiting for somebody."""
SERVICE = "mailwatch"
_LOCKED = frozenset({"InitError", "KeyringLocked"})  # of keyring.errors: nobody came to unlock it, or said no
_FORGETFUL = {"keyring.backends.null": "it keeps nothing", "keyring.backends.fail": "this system has none"}


class Keyring:
    """The keyring in use.

    Args:
        patience: seconds for an answer.
    """

    def __init__(self, patience: float = PROBE) -> None:
        self._patience = patience

    def get(self, user: str) -> str | None:
        """What is kept under a user name, None where nothing is.

        Raises:
            SecretError: there is no keyring to be relied on, or it does not answer.
        """
        return self._asked(lambda ring: ring.get_password(SERVICE, user))

    def put(self, user: str, text: str) -> None:
        """Keep a text, and read it back.

        Raises:
            SecretError: it was not kept.
        """
        self._asked(lambda ring: ring.set_password(SERVICE, user, text))
        if self.get(user) != text:
            raise SecretError("The system's keyring took a key and did not give it back.")

    def _asked(self, question: Callable[[Any], str | None]) -> str | None:
        answers: list[str | None] = []
        faults: list[Exception] = []
        chosen = threading.Event()

        def ask() -> None:
            try:
                backend = _trusted_backend()
                chosen.set()
                answers.append(question(backend))
            except Exception as error:  # noqa: BLE001  backends raise whatever their system's library raises
                faults.append(error)
            finally:
                chosen.set()

        thread = threading.Thread(target=ask, name="keyring", daemon=True)
        thread.start()
        chosen.wait(_LOADING)
        thread.join(self._patience)
        if answers:
            return answers[0]
        if not faults:
            raise SecretError(f"The system's keyring did not answer within {self._patience:g} s: perhaps it is locked.")
        if isinstance(faults[0], SecretError):
            raise faults[0]
        kind = type(faults[0]).__name__
        if kind in _LOCKED:
            raise SecretError("The system's keyring is locked, and nobody has unlocked it.")
        raise SecretError(f"The system's keyring does not work ({kind}).")


def _trusted_backend() -> Any:
    """The backend that the keyring library has chosen; of a chain, the first member that can be trusted, and it alone.

    Raises:
        SecretError: it would lose the key or lay it open.
    """
    import keyring

    chosen = list(_members(keyring.get_keyring()))
    faults = [_fault(backend) for backend in chosen]
    if not all(faults):
        return chosen[faults.index("")]
    raise SecretError(f"The system's keyring can't be used: {faults[0] if faults else 'there is none'}.")


def _members(backend: Any) -> Iterator[Any]:
    """A backend, or in place of a chain those that it would ask in turn: one of them might be asked that must not be."""
    if type(backend).__module__ != "keyring.backends.chainer":
        yield backend
        return
    for member in backend.backends:
        yield from _members(member)


def _fault(backend: Any) -> str:
    """Why a backend is not to be trusted with a key, "" where it is."""
    module, name = type(backend).__module__, type(backend).__qualname__
    if module in _FORGETFUL:
        return _FORGETFUL[module]
    if module.partition(".")[0] == "keyrings" and module.split(".")[1:2] == ["alt"]:
        return f"{module}.{name} keeps secrets in a file that is not sealed, or asks for a password on a terminal"
    if "plain" in name.casefold():
        return f"{module}.{name} keeps secrets as plain text"
    return ""
