"""A Gmail account as its owner has it, on the fake Google of tests/servers."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

from mailwatch.backends.gmail import GmailBackend
from mailwatch.core.model import MessageId, SpecialUse
from mailwatch.sandbox import InlineParser
from tests.backends.mails import ME, NOW
from tests.servers.google_account import QUICK, FreeBudget, Tokens
from tests.servers.google_mailbox import Mail, milliseconds
from tests.servers.google_server import FakeGoogle, Fault

LABELS = {
    SpecialUse.INBOX: {"INBOX", "UNREAD"}, SpecialUse.SENT: {"SENT"}, SpecialUse.ARCHIVE: set(), SpecialUse.OTHER: {"Label_1"},
    SpecialUse.TRASH: {"TRASH"}, SpecialUse.JUNK: {"SPAM"},
}  # fmt: skip
_METHODS = {
    "save_draft": "drafts.create",
    "drafts": "drafts.list",
    "find_draft": "drafts.list",
    "changes": "getProfile",
    "fetch": "messages.get",
}


class GmailWorld:
    page = 4
    breakable = frozenset({SpecialUse.DRAFTS, SpecialUse.SENT, SpecialUse.TRASH})

    def __init__(self, google: FakeGoogle) -> None:
        self.google = google
        self.box = google.box
        self.box.now = milliseconds(NOW)
        self.budget = FreeBudget("web")
        self.opened: list[GmailBackend] = []

    def open(self, **settings) -> GmailBackend:
        settings = {"budget": self.budget, "api_url": self.google.url, "limits": QUICK, **settings}
        backend = GmailBackend(ME, "web", Tokens(self.google), InlineParser(), **settings)
        self.opened.append(backend)
        return backend

    def close(self) -> None:
        for backend in self.opened:
            backend.close()

    def put(self, raw, use, at):
        self.box.arrives(raw, LABELS[use], milliseconds(at))

    def begin_draft(self, raw):
        self.box.begin_draft(raw)

    def edit_draft(self, message, raw, *, keep_old=False, flagged=True):
        draft = self.box.draft_of(self._mail(message, "DRAFT"))
        self.box.now += 1
        if keep_old:
            self.box.begin_draft(raw)
            self.box.collisions.clear()  # the user's own doing
        else:
            self.box.edit_draft(draft, raw)

    def send_draft(self, message, raw=None):
        mail = self._mail(message, "DRAFT")
        sent = self.box.send_draft(self.box.draft_of(mail), raw)
        sent.at = milliseconds(NOW + timedelta(hours=1) if raw else NOW)

    def move(self, message, to):
        mail = self._mail(message)
        if "DRAFT" in mail.labels:
            self.box.trash_draft(self.box.draft_of(mail))
        else:
            self.box.relabel(mail.id, add=LABELS[to], remove=mail.labels - LABELS[to])

    def purge(self, message):
        mail = self._mail(message)
        if mail.id in self.box.drafts.values():
            self.box.drop_draft(self.box.draft_of(mail))
        else:
            self.box.purge(mail.id)

    def read(self, message):
        self.box.relabel(self._mail(message).id, remove={"UNREAD"})

    @contextmanager
    def broken(self, use):
        label = {SpecialUse.SENT: "SENT", SpecialUse.TRASH: "TRASH"}.get(use)
        method = "gmail.users.messages.list" if label else "gmail.users.drafts.list"
        self.google.broken = lambda asked, query: (
            asked == method and (label is None or query.get("labelIds") == [label])
        )
        try:
            yield
        finally:
            self.google.broken = lambda method, query: False

    def expire(self, use):
        self.box.forget_history()

    def fail_next(self, call):
        self.google.faults.append(Fault(_METHODS[call], status=500))

    def lose_reply(self, call):
        self.google.faults.append(Fault(_METHODS[call], after=True))

    def stop_after(self, pages):
        self.budget.messages = pages * self.page if pages else None

    def state(self):
        mails = (mail for mail in self.box.mails.values() if "DRAFT" not in mail.labels)
        return tuple((mail.id, mail.thread, frozenset(mail.labels), mail.raw, mail.at) for mail in mails)

    def drafts(self):
        return sorted(self.box.mails[message].raw.replace(b"\r\n", b"\n") for message in self.box.drafts.values())

    def _mail(self, message: MessageId, *labels: str) -> Mail:
        return next(
            mail
            for mail in self.box.mails.values()
            if set(labels) <= mail.labels and str(mail.message.get("Message-ID", "")).strip() == message
        )
