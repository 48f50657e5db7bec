"""One configuration with an account and a calendar of every kind, signed in, on the servers of the tests."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import requests

from benchmarks.mailbox import END
from mailwatch.accounts import desk_for
from mailwatch.auth import sign_in_for, token_source_for
from mailwatch.config import load_settings
from tests.servers.caldav import DavServer, running_radicale
from tests.servers.dovecot import PASSWORD, Dovecot, Setup, running_dovecot
from tests.servers.google_server import FakeGoogle, running_google
from tests.servers.google_signin import CLIENT, CLIENT_SECRET
from tests.servers.graph import Graph, running_graph
from tests.servers.graph_authority import CLIENT as CLIENT_ID
from tests.servers.graph_authority import Authority, running_authority
from tests.servers.graph_events import Events
from tests.servers.graph_mailbox import ENGLISH, Mailbox
from tests.servers.recording import make_certificate

ME, AT_GOOGLE = "jo@home.example", "jo.berg@home.example"
_CONFIG = """
[me]
name = "Jo Berg"
timezone = "UTC"
[secrets]
key = {{ env = "KEY" }}
[account.gmail]
backend = "gmail"
email = "{here}"
api_url = "{google}"
token_url = "{google}/token"
ca_file = "{ca}"
auth = {{ client_file = "client.json" }}
[account.outlook]
backend = "graph"
email = "{me}"
api_url = "{graph}"
ca_file = "{ca}"
authority_url = "{authority}"
auth = {{ client_id = "{client}" }}
[account.home]
backend = "imap"
email = "{user}@home.example"
host = "127.0.0.1"
port = {port}
user = "{user}"
tls = "implicit"
ca_file = "{ca}"
auth = {{ kind = "password", password = {{ env = "PASSWORD" }} }}
[calendar.google]
backend = "google"
account = "gmail"
api_url = "{google}"
ca_file = "{ca}"
[calendar.outlook]
backend = "graph"
account = "outlook"
api_url = "{graph}"
[calendar.dav]
backend = "caldav"
url = "{dav}"
user = "{dav_user}"
auth = {{ password = {{ env = "PASSWORD" }} }}
[drafts]
first_run = "save"
[service]
interval = "15m"
"""


@dataclass
class _Person:
    """Somebody who agrees, and pastes where the browser ended."""

    ca: Path
    authority: Authority
    interactive: bool = True
    said: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        self.said.append(text)

    def line(self, _question: str) -> str:
        page = next(
            word for said in self.said for word in said.split() if word.startswith("https://") and "client_id" in word
        )
        if page.startswith(self.authority.url):
            address, fields = self.authority.person_agrees(page)
            return f"{address}/?{urlencode(fields)}"
        return requests.get(page, allow_redirects=False, verify=str(self.ca), timeout=10).headers["Location"]

    def secret(self, _question: str) -> str:
        raise LookupError

    def browse(self, _url: str) -> bool:
        return False


@contextmanager
def everything(folder: Path) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """The configuration's path, and the variables that go with it."""
    folder.mkdir()
    ca, both = make_certificate(folder)
    with (
        running_google(AT_GOOGLE, tls=both) as google, running_graph(_graph()) as graph, running_authority(Authority(ME), both) as authority,
        running_dovecot(Setup(tls=both)) as dovecot, running_radicale() as radicale,
    ):  # fmt: skip
        config = _configured(folder, ca, google, graph, authority, dovecot, radicale)
        known = {"MAILWATCH_STATE": str(folder / "state"), "KEY": "0" * 64, "PASSWORD": PASSWORD}
        environment = {**os.environ, **known}
        settings = load_settings(config, None)
        desk = desk_for(settings, environment)
        for account in settings.accounts:
            if account.name in {"gmail", "outlook"}:
                sign_in_for(account, desk).login(_Person(ca, authority), now=datetime.now(UTC), paste=True)  # noqa: TID251 - a real sign-in
        outlook = next(account for account in settings.accounts if account.name == "outlook")
        graph.tokens[token_source_for(outlook, desk).token()] = graph.tokens["good"]
        yield config, known


def _graph() -> Graph:
    return Graph(Mailbox(names=ENGLISH, now=lambda: END, address=ME), Events(lambda: END))


def _configured(
    folder: Path,
    ca: Path,
    google: FakeGoogle,
    graph: Graph,
    authority: Authority,
    dovecot: Dovecot,
    radicale: DavServer,
) -> Path:
    google.signin.refresh.clear()
    (folder / "client.json").write_text(
        json.dumps({"installed": {"client_id": CLIENT, "client_secret": CLIENT_SECRET}})
    )
    user, dav_user = dovecot.new_user(), radicale.new_user()
    for name in ("Drafts", "Sent"):
        dovecot.doveadm("mailbox", "create", "-u", user, name)
    requests.request(
        "MKCALENDAR", f"{radicale.root}{dav_user}/jobs/", auth=(dav_user, radicale.password), timeout=10
    ).raise_for_status()
    text = _CONFIG.format(
        me=ME, here=AT_GOOGLE, ca=ca, google=google.url, graph=graph.url, authority=authority.url, client=CLIENT_ID, user=user,
        port=dovecot.tls_port, dav=radicale.root, dav_user=dav_user,
    )  # fmt: skip
    config = folder / "config.toml"
    config.write_text(text, encoding="utf-8")
    config.chmod(0o600)
    return config
