"""An account's settings → the IMAP server to connect to."""

from __future__ import annotations

from collections.abc import Callable

from mailwatch.backends.imap import Secret, Server
from mailwatch.provider_catalogue import provider_named
from mailwatch.settings import AccountSettings


def imap_server(account: AccountSettings, secret: Callable[[], Secret]) -> Server:
    """Where an IMAP account lives. secret: asked for at each sign-in."""
    provider, where = provider_named(account.provider), account.server
    if where is None:
        raise ValueError("an IMAP account has a server")
    return Server(
        account.name,
        where.host,
        where.port,
        where.user,
        secret=secret,
        tls=where.tls,
        ca_file=account.endpoints.ca_file,
        identify=provider is not None and "needs-id" in provider.quirks,
    )
