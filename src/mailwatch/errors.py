"""Every exception of mailwatch, with the exit code that the command line returns for it.

    MailwatchError             1   something failed
    ├── UsageError             2   the command line was wrong
    ├── ConfigError            3   the configuration is wrong
    ├── StoreError             1   the database can't be opened, read or written
    ├── SecretError            1   a secret can't be kept or read
    ├── AlreadyRunning         6   another run holds the lock
    ├── BackendError           1   an account or calendar failed (carries its name)
    │   ├── AuthError          4   sign-in needed
    │   ├── TransientError     1   worth asking again at the next tick
    │   │   └── RateLimited    1   … and not before retry_after
    │   ├── DraftRefused       1   nothing was stored, and the account says why
    │   ├── CursorExpired      1   the bookmark is no longer accepted (carries what can be kept)
    │   └── ProtocolError      1   the server or folder broke its own rules
    └── RefusedToSend          1   a request that could send was stopped: a bug

A message is one sentence that says what happened and what it means; `next_step` is the command or
action that helps, without a full stop.
"""

from __future__ import annotations

from datetime import timedelta


class MailwatchError(Exception):
    """Something failed, in words for a person.

    Args:
        message: what happened and what it means, one sentence.
        next_step: the next command or action, or "".
    """

    exit_code = 1

    def __init__(self, message: str, *, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step


class UsageError(MailwatchError):
    """The command line names something that does not exist or does not fit."""

    exit_code = 2


class ConfigError(MailwatchError):
    """The configuration can't be used as it is."""

    exit_code = 3


class StoreError(MailwatchError):
    """The database can't be opened, read or written."""


class SecretError(MailwatchError):
    """A secret can't be kept or read where it belongs."""


class AlreadyRunning(MailwatchError):
    """Another run holds the lock; the message names the holder."""

    exit_code = 6


class BackendError(MailwatchError):
    """One account or calendar failed.

    Args:
        account: the name in the configuration, or the address.
        retry_after: how long it is left alone, None where the next tick may ask again.
    """

    def __init__(
        self, account: str, message: str, *, next_step: str = "", retry_after: timedelta | None = None
    ) -> None:
        super().__init__(message, next_step=next_step)
        self.account = account
        self.retry_after = retry_after


class AuthError(BackendError):
    """The account refused the sign-in."""

    exit_code = 4


class TransientError(BackendError):
    """The account can't be reached now; the next tick asks again."""


class RateLimited(TransientError):
    """The provider asked for patience.

    Args:
        retry_after: how long to wait.
    """

    def __init__(self, account: str, message: str, *, retry_after: timedelta, next_step: str = "") -> None:
        super().__init__(account, message, next_step=next_step, retry_after=retry_after)


class DraftRefused(BackendError):
    """The account refused to store a draft, so there is none: worth another try at the next tick, without doubt or delay."""


class CursorExpired(BackendError):
    """The bookmark is no longer accepted.

    Args:
        resume: a cursor holding what can be kept (one folder expires, the others go on), or None.
    """

    def __init__(self, account: str, message: str, *, resume: str | None) -> None:
        super().__init__(account, message)
        self.resume = resume


class ProtocolError(BackendError):
    """The server, folder or file broke its own rules."""


class RefusedToSend(MailwatchError):
    """A request outside the allow-list was stopped before it left. This is a bug in mailwatch."""
