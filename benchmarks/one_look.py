"""One look at a mailbox by one program, as a process of its own: `python -m benchmarks.one_look PROGRAM HOST PORT USER PASSWORD FOLDER`.

The first look fills FOLDER/PROGRAM.json with where it stands; the next one begins there.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mailwatch.core.model import Address, Envelope, MessageRef
    from mailwatch.core.triage import Knowledge

SINCE_DAYS = 96
ASKED_AT_ONCE = 4_000  # as tick/pull.py does it


def mailwatch(host: str, port: int, user: str, password: str, state: Path) -> None:
    """Envelopes of everything, written down in a store; the texts that triage names; and the drafts."""
    from datetime import timedelta

    from benchmarks.mailbox import END
    from mailwatch.backends.imap import ImapBackend, Secret, Server
    from mailwatch.backends.imap.session import Session
    from mailwatch.backends.imap.signin import session_with
    from mailwatch.core.model import Address, Cursor, Interest
    from mailwatch.sandbox import InlineParser
    from mailwatch.store import open_store

    def connect(server: Server) -> Session:
        session = session_with(server)
        session.remote = True
        return session

    me = Address("jo@home.example")
    server = Server("bench", host, port, user, lambda: Secret(password), tls="none")
    backend = ImapBackend(me, server, InlineParser(), connect=connect)
    cursor = Cursor(state.read_text(encoding="utf-8")) if state.exists() else None
    wanted: list[MessageRef] = []
    with open_store(state.with_suffix(""), now=END) as store:
        for page in backend.changes(cursor, since=END - timedelta(days=SINCE_DAYS), interest=Interest()):
            if page.items:
                store.mail.record(me, page.items)
                wanted += _worth_reading(me, page.items)
            cursor = page.cursor
        for start in range(0, len(wanted), ASKED_AT_ONCE):
            for _ in backend.fetch(wanted[start : start + ASKED_AT_ONCE]):
                pass
    backend.drafts()
    backend.close()
    state.write_text(str(cursor), encoding="utf-8")


def _worth_reading(me: Address, envelopes: Sequence[Envelope]) -> list[MessageRef]:
    """What triage names. Phrases are loaded only where something is new."""
    from mailwatch.core.triage import worth_reading

    knowledge = _knowledge(me)
    return [envelope.ref for envelope in envelopes if worth_reading(envelope, knowledge)]


@cache
def _knowledge(me: Address) -> Knowledge:
    from mailwatch.core.model import Detection, Me
    from mailwatch.core.triage import Knowledge
    from mailwatch.phrases import load_lexicon

    return Knowledge(Me("Jo Berg", me, frozenset({me})), load_lexicon(), Detection())


def imap_tools(host: str, port: int, user: str, password: str, state: Path) -> None:
    """Headers of everything in batches of 500, then what has a higher UID."""
    import imap_tools as tools

    after = int(json.loads(state.read_text(encoding="utf-8"))) if state.exists() else 0
    with tools.MailBoxUnencrypted(host, port).login(user, password) as box:
        found = box.fetch(tools.AND(uid=f"{after + 1}:*"), headers_only=True, bulk=500, mark_seen=False)
        state.write_text(json.dumps(max((int(message.uid or 0) for message in found), default=after)), encoding="utf-8")


def imapclient(host: str, port: int, user: str, password: str, state: Path) -> None:
    """Envelopes and structures in batches of 500, then what has a higher UID."""
    import imapclient as library

    after = int(json.loads(state.read_text(encoding="utf-8"))) if state.exists() else 0
    with library.IMAPClient(host, port, ssl=False) as client:
        client.login(user, password)
        client.select_folder("INBOX", readonly=True)
        uids = [uid for uid in client.search(["UID", f"{after + 1}:*"]) if uid > after]
        for start in range(0, len(uids), 500):
            client.fetch(uids[start : start + 500], ["ENVELOPE", "BODYSTRUCTURE", "INTERNALDATE", "FLAGS"])
        state.write_text(json.dumps(max(uids, default=after)), encoding="utf-8")


def main() -> None:
    """Look once."""
    program, host, port, user, password, folder = sys.argv[1:]
    looks: dict[str, Any] = {"mailwatch": mailwatch, "imap_tools": imap_tools, "imapclient": imapclient}
    looks[program](host, int(port), user, password, Path(folder, f"{program}.json"))


if __name__ == "__main__":
    main()
