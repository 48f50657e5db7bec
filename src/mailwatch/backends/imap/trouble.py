"""What went wrong, in words: sockets, certificates, refusals and response codes (RFC 5530) to the errors of the project."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from mailwatch.backends.imap.session import Reply
from mailwatch.errors import AuthError, BackendError, ProtocolError, RateLimited, TransientError

PATIENCE = timedelta(minutes=1)
_BUSY = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "THROTTLED", "OVERLOADED"})


@contextmanager
def connecting(account: str, host: str) -> Iterator[None]:
    """What may fail before the sign-in: after it the server is left alone for a minute."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise BackendError(
            account,
            f"The certificate of {host} can't be trusted ({error.verify_message}), so nothing was sent there.",
            next_step="if it is your own server, name its certificate as ca_file; never accept one that you don't know",
            retry_after=PATIENCE,
        ) from None
    except ssl.SSLError as error:
        reason = (error.reason or "TLS").replace("_", " ").lower()
        raise RateLimited(
            account,
            f"No secure connection to {host} came about ({reason}), so nothing was sent there.",
            retry_after=PATIENCE,
            next_step="check host, port and tls of the account",
        ) from None
    except TimeoutError:
        raise RateLimited(account, f"{host} does not answer.", retry_after=PATIENCE) from None
    except OSError as error:
        raise RateLimited(
            account, f"{host} can't be reached ({error.strerror or 'no connection'}).", retry_after=PATIENCE
        ) from None
    except imaplib.IMAP4.abort as error:
        raise RateLimited(
            account, f"{host} closed the connection at once{_words(str(error))}.", retry_after=PATIENCE
        ) from None
    except imaplib.IMAP4.error:
        raise ProtocolError(
            account,
            f"{host} does not speak IMAP the way it should.",
            next_step="check host and port",
            retry_after=PATIENCE,
        ) from None


@contextmanager
def talking(account: str, host: str) -> Iterator[None]:
    """What may fail in the middle of a conversation."""
    try:
        yield
    except TimeoutError:
        raise TransientError(account, f"{host} stopped answering: the next run asks again.") from None
    except (OSError, imaplib.IMAP4.abort):
        raise TransientError(account, f"{host} broke off the connection: the next run asks again.") from None
    except imaplib.IMAP4.error:
        raise ProtocolError(account, f"{host} answered what can't be understood.") from None


def refusal(account: str, host: str, code: str, text: str, *, token: bool = False) -> BackendError:
    """The error for a sign-in that the server refused. token: it was tried with one, which may just be too old."""
    if code in _BUSY:
        return RateLimited(account, f"{host} is too busy for a sign-in ({code.lower()}).", retry_after=PATIENCE)
    if code == "PRIVACYREQUIRED":
        return AuthError(
            account,
            f"{host} wants a secure connection before a sign-in.",
            next_step="set tls of the account",
            retry_after=PATIENCE,
        )
    hint = "make an app password" if "application-specific" in text.lower() else "check user and password"
    return AuthError(
        account,
        f"{host} refused the sign-in of {account}.",
        next_step=f"mailwatch auth login {account}" if token else f"{hint} in [account.{account}.auth]",
        retry_after=PATIENCE,
    )


def failure(account: str, reply: Reply, doing: str) -> BackendError:
    """The error for a command that was not carried out. doing: what it was for: "The folder INBOX can't be opened"."""
    if reply.code in _BUSY:
        return RateLimited(account, f"{doing}: the server asks for patience.", retry_after=PATIENCE)
    if reply.code == "AUTHENTICATIONFAILED":
        return AuthError(account, f"{doing}: signed out.", next_step=f"check the sign-in in [account.{account}.auth]")
    if reply.status == "BAD":
        return ProtocolError(account, f"{doing}: the server does not understand the request.")
    return BackendError(account, f"{doing}: the server refuses{f' ({reply.code.lower()})' if reply.code else ''}.")


def _words(said: str) -> str:
    """A server's words, printable and short, where it has said any."""
    text = "".join(letter for letter in said if letter.isprintable())[:80].strip()
    return f" ({text})" if text else ""
