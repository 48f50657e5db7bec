"""From a host name to a signed-in session: TLS first, the certificate checked, and no secret before it."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mailwatch.backends.imap.session import Session
from mailwatch.backends.imap.trouble import PATIENCE, connecting, refusal
from mailwatch.backends.imap.wire import Wire
from mailwatch.errors import AuthError, BackendError, ConfigError, ProtocolError

if TYPE_CHECKING:
    from imapclient import IMAPClient

TIMEOUT = 60.0
_CODE = re.compile(r"\[([A-Za-z0-9-]{1,40})[^\]]{0,200}\]")


@dataclass(frozen=True, slots=True)
class Secret:
    """What signs in. Its text never shows in a traceback or log. kind: a password, or an OAuth access token."""

    text: str
    kind: Literal["password", "token"] = "password"

    def __repr__(self) -> str:
        return f"Secret({self.kind})"


@dataclass(frozen=True, slots=True)
class Server:
    """Where to connect and as whom.

    tls:      "none" only for this very machine: a server that is reached through loopback.
    ca_file:  certificates to trust besides the system's, "" for none.
    identify: the server wants to be told who is asking (RFC 2971).
    secret:   asked for at each sign-in, after the connection is secure.
    """

    account: str
    host: str
    port: int
    user: str
    secret: Callable[[], Secret]
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    ca_file: str = ""
    identify: bool = False
    timeout: float = TIMEOUT

    @property
    def is_local(self) -> bool:
        """It is this machine: an address of the loopback interface."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


def session_with(server: Server) -> Session:
    """Connect and sign in.

    Raises:
        AuthError: the sign-in was refused. RateLimited: the server can't be reached, or asks for patience.
        BackendError: its certificate can't be trusted, or what it offers is not secure.
    """
    if server.tls == "none" and not server.is_local:
        raise BackendError(server.account, f"{server.host} would be spoken to without TLS, so nothing was sent there.")
    with connecting(server.account, server.host):
        client, wire = _connected(server)
        try:
            _secure(client, wire, server)
            if wire.state == "NONAUTH":
                _sign_in(client, wire, server)
            capabilities = frozenset(name.decode("ascii", "replace").upper() for name in client.capabilities())
        except BaseException:
            wire.drop()
            raise
    session = Session(wire, capabilities, remote=not server.is_local)
    if server.identify and session.can("ID"):
        with connecting(server.account, server.host):
            session.run(b'ID ("name" "mailwatch")')
    return session


def _connected(server: Server) -> tuple[IMAPClient, Wire]:
    from imapclient import IMAPClient

    context = _context(server) if server.tls == "implicit" else None

    class Client(IMAPClient):  # type: ignore[misc]
        """The library's client on our own connection."""

        def _create_IMAP4(self) -> Wire:  # noqa: N802  the library's name
            return Wire(server.host, server.port, context, server.timeout)

    client = Client(server.host, server.port, ssl=context is not None, timeout=server.timeout)
    wire: Wire = client._imap  # noqa: SLF001  the one connection below the library
    wire.debug = 0  # it would write every line, passwords too, into a log
    return client, wire


def _context(server: Server) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if server.ca_file:
        try:
            context.load_verify_locations(Path(server.ca_file))
        except (OSError, ssl.SSLError):
            raise ConfigError(
                f"The certificates of {server.account} can't be read, so its server can't be trusted.",
                next_step=f"correct ca_file under [account.{server.account}]",
            ) from None
    return context


def _secure(client: IMAPClient, wire: Wire, server: Server) -> None:
    if wire.state == "AUTH" and server.tls != "implicit":
        raise ProtocolError(
            server.account,
            f"{server.host} calls the connection signed in before it is secure; that is not believed.",
            retry_after=PATIENCE,
        )
    if server.tls != "starttls":
        return
    if "STARTTLS" not in wire.capabilities:
        raise BackendError(
            server.account,
            f"{server.host} offers no secure connection on this port, so nothing was sent there.",
            next_step='try tls = "implicit" with port 993',
            retry_after=PATIENCE,
        )
    client.starttls(_context(server))
    client._cached_capabilities = None  # noqa: SLF001  the library keeps those of the greeting for good, a hundred turns too many


def _sign_in(client: IMAPClient, wire: Wire, server: Server) -> None:
    from imapclient.exceptions import LoginError

    secret = server.secret()
    offers = set(wire.capabilities)
    wire.untagged_responses.pop("CAPABILITY", None)  # others hold after the sign-in
    try:
        if secret.kind == "token" and "AUTH=OAUTHBEARER" in offers:
            client.oauthbearer_login(server.user, secret.text)
        elif secret.kind == "token":
            client.oauth2_login(server.user, secret.text)
        elif "AUTH=PLAIN" in offers and ("LOGINDISABLED" in offers or not _is_plain(server.user, secret)):
            client.plain_login(server.user, secret.text)
        elif "LOGINDISABLED" in offers:
            raise AuthError(
                server.account,
                f"{server.host} accepts no password here.",
                next_step=f"check the sign-in in [account.{server.account}.auth]",
                retry_after=PATIENCE,
            )
        else:
            client.login(_quoted(server.user), secret.text)
    except LoginError as error:
        if isinstance(error.__context__, imaplib.IMAP4.abort):  # no refusal: the connection ended
            raise error.__context__ from None
        found = _CODE.search(str(error))
        code, token = found[1].upper() if found else "", secret.kind == "token"
        raise refusal(server.account, server.host, code, str(error), token=token) from None


def _is_plain(user: str, secret: Secret) -> bool:
    return (user + secret.text).isascii() and (user + secret.text).isprintable()


def _quoted(user: str) -> str:
    """A user name for LOGIN: imaplib quotes the password, but not this."""
    return '"' + user.replace("\\", "\\\\").replace('"', '\\"') + '"'
