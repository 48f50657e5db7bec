"""Mailboxes on IMAP servers as their owner has them, through a second connection that may do everything."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import contextmanager, suppress
from datetime import UTC

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from mailwatch.backends.imap import ImapBackend, Secret, Server
from mailwatch.core.model import MessageId, SpecialUse
from mailwatch.sandbox import InlineParser
from tests.backends.contract import MailContract
from tests.backends.mails import ME, NOW, letter

INBOX, SENT, ARCHIVE, OTHER, DRAFTS, TRASH, JUNK = (
    SpecialUse.INBOX, SpecialUse.SENT, SpecialUse.ARCHIVE, SpecialUse.OTHER, SpecialUse.DRAFTS, SpecialUse.TRASH, SpecialUse.JUNK,
)  # fmt: skip

ENGLISH = {
    INBOX: "INBOX", SENT: "Sent", ARCHIVE: "Archive", OTHER: "Jobs/Acme", DRAFTS: "Drafts", TRASH: "Trash", JUNK: "Junk",
}  # fmt: skip
GERMAN = {
    INBOX: "INBOX", SENT: "Gesendete Objekte", ARCHIVE: "Archiv", OTHER: "Bewerbungen & mehr", DRAFTS: "Entwürfe", TRASH: "Gelöschte Elemente",
    JUNK: "Spam",
}  # fmt: skip
BELOW_INBOX = {use: name if use is INBOX else f"INBOX.{name.replace('/', '.')}" for use, name in ENGLISH.items()}


class ImapWorld:
    """An account on a server. host, port, password: where the owner signs in; settings: how mailwatch does, if differently."""

    page = 4
    breakable = frozenset({DRAFTS, SENT})

    def __init__(
        self, host: str, port: int, user: str, password: str, folders: Mapping[SpecialUse, str] = ENGLISH, **settings
    ) -> None:
        self.host, self.port, self.user, self.password = host, port, user, password
        self.folders = folders
        self.settings = settings
        self.opened: list[ImapBackend] = []
        self.hands = IMAPClient(host, port, ssl=False)
        self.hands.normalise_times = False
        self.hands.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.hands.login(user, password)
        for name in folders.values():
            if not self.hands.folder_exists(name):
                self.hands.create_folder(name)

    @property
    def removes_one(self) -> bool:
        """Can a single message be removed here? Without UIDPLUS an EXPUNGE takes along whatever the user has marked."""
        return self.hands.has_capability("UIDPLUS")

    def open(self, **changes) -> ImapBackend:
        server = {
            "host": self.host,
            "port": self.port,
            "tls": "none",
            "secret": lambda: Secret(self.password),
            "timeout": 10.0,
        }
        server |= {"account": "web", "user": self.user, **self.settings}
        backend = ImapBackend(ME, Server(**server), InlineParser(), **changes)
        self.opened.append(backend)
        return backend

    def close(self) -> None:
        for backend in self.opened:
            backend.close()
        self.hands.logout()

    def put(self, raw, use, at):
        self.hands.append(self.folders[use], raw, msg_time=at)

    def begin_draft(self, raw):
        self.hands.append(self.folders[DRAFTS], raw, [rb"\Draft", rb"\Seen"])

    def edit_draft(self, message, raw, *, keep_old=False, flagged=True):
        _, uid = self._place(message, DRAFTS)
        self.hands.append(self.folders[DRAFTS], raw, [rb"\Draft"] if flagged else [rb"\Seen"])
        if not keep_old:
            self._remove(self.folders[DRAFTS], uid)

    def send_draft(self, message, raw=None):
        folder, uid = self._place(message, DRAFTS)
        self.hands.append(self.folders[SENT], raw or self._bytes(folder, uid), [rb"\Seen"], msg_time=NOW)
        self._remove(folder, uid)

    def move(self, message, to):
        folder, uid = self._place(message)
        self.hands.select_folder(folder)
        self.hands.copy([uid], self.folders[to])
        self._remove(folder, uid)

    def purge(self, message):
        self._remove(*self._place(message))

    def read(self, message):
        folder, uid = self._place(message)
        self.hands.select_folder(folder)
        self.hands.add_flags([uid], [rb"\Seen", rb"\Answered"])

    @contextmanager
    def broken(self, use):
        self.hands.select_folder("INBOX")
        away = f"{self.folders[use]} of old"
        self.hands.rename_folder(self.folders[use], away)
        try:
            yield
        finally:
            self.hands.rename_folder(away, self.folders[use])

    def state(self):
        return tuple(
            (name, self._status(name), *self._messages(name)) for use, name in self.folders.items() if use is not DRAFTS
        )

    def drafts(self):
        return sorted(raw.replace(b"\r\n", b"\n") for _, _, _, raw in self._messages(self.folders[DRAFTS]))

    def _status(self, name):
        asked = ["UIDVALIDITY", "UIDNEXT", "MESSAGES", "UNSEEN"]
        asked += ["HIGHESTMODSEQ"] if self.hands.has_capability("CONDSTORE") else []
        return tuple(sorted(self.hands.folder_status(name, asked).items()))

    def _messages(self, name):
        self.hands.select_folder(name, readonly=True)
        uids = self.hands.search("ALL")
        found = self.hands.fetch(uids, ["FLAGS", "INTERNALDATE", "BODY.PEEK[]"]) if uids else {}
        with suppress(IMAPClientError):  # pymap closes nothing that is open for reading only
            self.hands.close_folder()  # and Courier appends nothing to it
        return [
            (uid, found[uid][b"FLAGS"], found[uid][b"INTERNALDATE"].astimezone(UTC), found[uid][b"BODY[]"])
            for uid in sorted(found)
        ]

    def _bytes(self, folder, uid):
        return next(raw for found, _, _, raw in self._messages(folder) if found == uid)

    def _remove(self, folder, uid):
        self.hands.select_folder(folder)
        self.hands.delete_messages([uid], silent=True)
        self.hands.expunge()

    def _place(self, message: MessageId, *uses: SpecialUse) -> tuple[str, int]:
        for use in uses or self.folders:
            name = self.folders[use]
            for uid, _, _, raw in self._messages(name):
                if b"Message-ID: " + message.encode() in raw:
                    return name, uid
        raise LookupError(message)


class ImapContract(MailContract):
    """What holds on every server, whatever it lacks."""

    def test_an_untouched_draft_can_be_discarded(self, world, backend):
        if world.removes_one:
            super().test_an_untouched_draft_can_be_discarded(world, backend)
        else:
            saved = backend.save_draft(letter())
            assert backend.discard_draft(saved.ref, unchanged_from=letter().fingerprint) is False
            assert backend.read_draft(saved.ref) is not None
