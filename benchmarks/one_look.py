"""One look at a mailbox by one program, as a process of its own: `python -m benchmarks.one_look PROGRAM HOST PORT USER PASSWORD FOLDER`.

The first look fills FOLDER/PROGRAM.json with where it stands; the next one begins there.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

SINCE_DAYS = 96


def mailwatch(host: str, port: int, user: str, password: str, state: Path) -> None:
    """Envelopes of everything, the texts that triage names, and the drafts."""
    from datetime import timedelta

    from benchmarks.mailbox import END
    from mailwatch.backends.imap import ImapBackend, Secret, Server
    from mailwatch.backends.imap.session import Session
    from mailwatch.backends.imap.signin import session_with
    from mailwatch.core.model import Address, Cursor, Detection, Interest, Me
    from mailwatch.core.triage import Knowledge, worth_reading
    from mailwatch.phrases import load_lexicon
    from mailwatch.sandbox import InlineParser

    def connect(server: Server) -> Session:
        session = session_with(server)
        session.remote = True
        return session

    me = Address("jo@home.example")
    server = Server("bench", host, port, user, lambda: Secret(password), tls="none")
    backend = ImapBackend(me, server, InlineParser(), connect=connect)
    knowledge = Knowledge(Me("Jo Berg", me, frozenset({me})), load_lexicon(), Detection())
    cursor = Cursor(state.read_text(encoding="utf-8")) if state.exists() else None
    wanted = []
    for page in backend.changes(cursor, since=END - timedelta(days=SINCE_DAYS), interest=Interest()):
        wanted += [envelope.ref for envelope in page.items if worth_reading(envelope, knowledge)]
        cursor = page.cursor
    for _ in backend.fetch(wanted):
        pass
    backend.drafts()
    backend.close()
    state.write_text(str(cursor), encoding="utf-8")


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
