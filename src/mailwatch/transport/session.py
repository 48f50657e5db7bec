"""A requests session with a gate in front: nothing goes out unchecked, nothing is repeated, nothing is taken from the environment.

It is an ordinary `requests.Session`, so that a library that wants one (msal's `http_client`) can be given it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from mailwatch import __version__
from mailwatch.errors import ConfigError
from mailwatch.transport.connections import Watch, WatchedPools
from mailwatch.transport.guard import Gate


class GuardedSession(requests.Session):
    """One account's session.

    The gate sees each address twice: as the caller spelled it, before requests normalises it, and as it goes out.
    Redirects are never followed, cookies never kept; proxies, .netrc and CA bundles named in the environment are ignored.

    Args:
        gate: what may pass.
        watch: knows its connections.
        ca_file: certificates to trust instead of the bundled ones; there is no way to trust everything.

    Raises:
        ConfigError: the CA file does not exist.
    """

    def __init__(self, gate: Gate, *, watch: Watch | None = None, ca_file: Path | None = None) -> None:
        super().__init__()
        self._gate = gate
        self.watch = watch or Watch()
        put_under_guard(self, gate, watch=self.watch, ca_file=ca_file)

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """Check the address as the caller spelled it, then let requests prepare it."""
        self._gate.check(str(request.method), str(request.url), dict(request.headers or {}), None)
        return super().prepare_request(request)

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """None: a redirect is an answer like any other."""


def put_under_guard(session: requests.Session, gate: Gate, *, watch: Watch, ca_file: Path | None = None) -> None:
    """Let nothing out of a session that some library made, unless the gate lets it pass. See GuardedSession.

    Raises:
        ConfigError: the CA file does not exist.
    """
    if ca_file is not None and not ca_file.is_file():
        raise ConfigError(f"The CA file {ca_file} does not exist.", next_step="correct ca_file in the configuration")
    session.trust_env = False
    session.verify = str(ca_file) if ca_file else True
    session.headers.update({"User-Agent": f"mailwatch/{__version__}", "Accept-Encoding": "gzip, deflate"})
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    session.adapters.clear()
    for scheme in ("https://", "http://"):
        session.mount(scheme, _GuardedAdapter(gate, watch))
    # urllib3 writes whole addresses into its log, and the address of a calendar feed is a secret.
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)


class _GuardedAdapter(HTTPAdapter):
    def __init__(self, gate: Gate, watch: Watch) -> None:
        self._gate = gate
        self._watch = watch
        super().__init__(max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **settings: Any) -> None:
        self.poolmanager = WatchedPools(self._watch, num_pools=connections, maxsize=maxsize, block=block, **settings)

    def send(self, request: requests.PreparedRequest, *arguments: Any, **settings: Any) -> requests.Response:
        headers: Mapping[str, str] = request.headers
        self._gate.check(str(request.method), str(request.url), headers, request.body)
        return super().send(request, *arguments, **settings)
