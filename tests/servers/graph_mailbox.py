"""A Microsoft 365 mailbox with a memory of its own: folders, messages, and what has changed in which folder since when."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from functools import cached_property
from itertools import count
from typing import Any

ENGLISH = {
    "inbox": "Inbox", "sentitems": "Sent Items", "archive": "Archive", "deleteditems": "Deleted Items", "drafts": "Drafts",
    "junkemail": "Junk Email", "outbox": "Outbox", "conversationhistory": "Conversation History",
}  # fmt: skip
GERMAN = {
    "inbox": "Posteingang", "sentitems": "Gesendete Elemente", "archive": "Archiv", "deleteditems": "Gelöschte Elemente",
    "drafts": "Entwürfe", "junkemail": "Junk-E-Mail", "outbox": "Postausgang", "conversationhistory": "Verlauf",
}  # fmt: skip
JAPANESE = {
    "inbox": "受信トレイ", "sentitems": "送信済みアイテム", "archive": "アーカイブ", "deleteditems": "削除済みアイテム", "drafts": "下書き",
    "junkemail": "迷惑メール", "outbox": "送信トレイ", "conversationhistory": "会話の履歴",
}  # fmt: skip
INTERNET_HEADERS = "{00020386-0000-0000-C000-000000000046}"
_CLASSES = {
    "REQUEST": ("eventMessageRequest", "meetingRequest", "IPM.Schedule.Meeting.Request"),
    "CANCEL": ("eventMessage", "meetingCancelled", "IPM.Schedule.Meeting.Canceled"),
    "REPLY": ("eventMessageResponse", "meetingAccepted", "IPM.Schedule.Meeting.Resp.Pos"),
}


def stamp(moment: datetime) -> str:
    """An instant as the service writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def identifier(kind: str, number: int) -> str:
    """An id as long as real ones, and safe in an address; ids of different things differ in case only at the end."""
    body = base64.urlsafe_b64encode(f"{kind}-{number:08d}-".encode() * 4).decode().rstrip("=")
    return f"{body}AAA="


@dataclass
class Folder:
    id: str
    name: str
    known: str = ""
    parent: str = ""
    hidden: bool = False
    search: bool = False


@dataclass
class Item:
    """One message. number: what its immutable id is made of; moves: what changes its plain id.

    weight: its size where `raw` is abridged, 0 where it is whole.
    """

    number: int
    folder: str
    raw: bytes
    received: datetime
    created: datetime
    draft: bool = False
    read: bool = False
    answered: bool = False
    version: int = 1
    moves: int = 0
    extended: dict[str, str] = field(default_factory=dict)
    conversation: str = ""
    event: str = ""
    entered: int = 0
    weight: int = 0

    @property
    def id(self) -> str:
        return identifier("AAkA", self.number)

    @property
    def plain_id(self) -> str:
        return identifier(f"AAMk{self.moves}", self.number)

    @cached_property
    def mime(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=default)

    @cached_property
    def head(self) -> EmailMessage:
        """Its header alone, which is all that most answers need."""
        return message_from_bytes(self.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", policy=default)

    @cached_property
    def method(self) -> str:
        if b"text/calendar" not in self.raw:
            return ""
        for part in self.mime.walk():
            if part.get_content_type() == "text/calendar" and not part.get_filename():
                return str(part.get_param("method", "") or "").upper()
        return ""

    @property
    def kind(self) -> tuple[str, str, str]:
        return _CLASSES.get(self.method, ("message", "", _report_class(self.head)))

    @cached_property
    def message_id(self) -> str:
        return re.sub(r"\s", "", str(self.head.get("Message-ID", "")))

    def properties(self) -> Mapping[str, str]:
        """Extended properties by id in lower case: those that MAPI keeps of the header, and those set by clients."""
        header = self.head
        found = {"string 0x001a": self.kind[2], "integer 0x0e08": str(self.weight or len(self.raw))}
        for name, tag in (("In-Reply-To", "0x1042"), ("References", "0x1039"), ("List-Unsubscribe", "0x1045")):
            if header.get(name):
                found[f"string {tag}"] = " ".join(str(header[name]).split())
        for name in ("List-Id", "Precedence", "Auto-Submitted"):
            if header.get(name):
                found[f"string {INTERNET_HEADERS} name {name}".lower()] = str(header[name])
        return found | {name.lower(): value for name, value in self.extended.items()}


def _report_class(message: EmailMessage) -> str:
    report = str(message.get_param("report-type", "") or "").lower()
    return {"delivery-status": "REPORT.IPM.Note.NDR", "disposition-notification": "REPORT.IPM.Note.IPNRN"}.get(
        report, "IPM.Note"
    )


class Mailbox:
    """What one user has. Everything that happens is logged: (sequence, item number, folder, what)."""

    def __init__(self, *, names: Mapping[str, str] = ENGLISH, now: Callable[[], datetime], address: str) -> None:
        self.address = address
        self.now = now
        self.folders: dict[str, Folder] = {}
        self.items: dict[int, Item] = {}
        self.log: list[tuple[int, int, str, str]] = []
        self.folder_log: list[tuple[int, str]] = []
        self.outlives_send = True
        self._by_id: dict[str, int] = {}
        self._by_message_id: dict[str, Item] = {}
        self._numbers, self._sequence = count(1), count(1)
        for known, name in names.items():
            self.add_folder(name, known=known)
        self.add_folder("Search", parent=self.known("inbox").id, search=True)

    # folders

    def add_folder(
        self, name: str, *, known: str = "", parent: str = "", hidden: bool = False, search: bool = False
    ) -> Folder:
        folder = Folder(identifier("AQMk", next(self._numbers)), name, known, parent or "root", hidden, search)
        self.folders[folder.id] = folder
        self.folder_log.append((next(self._sequence), folder.id))
        return folder

    def remove_folder(self, folder: str) -> None:
        for item in self.within(folder):
            self.purge(item)
        del self.folders[folder]
        self.folder_log.append((next(self._sequence), folder))

    def known(self, name: str) -> Folder:
        return next(folder for folder in self.folders.values() if folder.known == name)

    def folder(self, key: str) -> Folder | None:
        """By id, or by a well-known name in any case."""
        found = self.folders.get(key)
        return found or next((each for each in self.folders.values() if each.known and each.known == key.lower()), None)

    def named(self, name: str) -> Folder:
        return next(folder for folder in self.folders.values() if folder.name == name)

    # what happens

    def put(self, raw: bytes, folder: str, at: datetime, *, draft: bool = False, read: bool = False) -> Item:
        item = Item(next(self._numbers), folder, raw, at, self.now(), draft=draft, read=read)
        item.conversation = self._conversation(item)
        self.items[item.number] = item
        self._by_id[item.id] = item.number
        self._by_message_id[item.message_id] = item
        self._enter(item)
        return item

    def _enter(self, item: Item) -> None:
        sequence = next(self._sequence)
        item.entered = sequence
        self.log.append((sequence, item.number, item.folder, "in"))

    def change(self, item: Item, raw: bytes | None = None) -> None:
        item.version += 1
        if raw is not None:
            item.raw = raw
            for cached in ("mime", "head", "method", "message_id"):
                item.__dict__.pop(cached, None)
        self.log.append((next(self._sequence), item.number, item.folder, "changed"))

    def read(self, item: Item, *, answered: bool = False) -> None:
        item.read, item.answered = True, answered
        self.log.append((next(self._sequence), item.number, item.folder, "read"))

    def move(self, item: Item, folder: str) -> None:
        self.log.append((next(self._sequence), item.number, item.folder, "out"))
        item.folder = folder
        item.moves += 1
        self._enter(item)

    def purge(self, item: Item) -> None:
        self.log.append((next(self._sequence), item.number, item.folder, "out"))
        del self.items[item.number]

    def delete(self, item: Item) -> None:
        """What DELETE does: into Deleted Items, and from there for good."""
        trash = self.known("deleteditems").id
        if item.folder == trash:
            self.purge(item)
        else:
            self.move(item, trash)

    def send(self, item: Item, raw: bytes | None = None, at: datetime | None = None) -> Item:
        """The user sends a draft. The immutable id outlives that, or not: both have been seen."""
        if raw is not None:
            self.change(item, raw)
        if self.outlives_send:
            item.draft = False
            item.received = at or self.now()
            self.move(item, self.known("sentitems").id)
            return item
        sent, conversation = item.raw, item.conversation
        self.purge(item)
        copy = self.put(sent, self.known("sentitems").id, at or self.now(), read=True)
        copy.conversation = conversation
        return copy

    def make_draft(self, mime: bytes, *, conversation: str = "") -> Item:
        """A draft out of MIME as the service stores it: re-folded, re-encoded, with headers of its own."""
        item = self.put(rewritten(mime), self.known("drafts").id, self.now(), draft=True, read=True)
        if conversation:
            item.conversation = conversation
        return item

    # what is there

    def within(self, folder: str) -> list[Item]:
        return [item for item in self.items.values() if item.folder == folder]

    def item(self, key: str, *, immutable: bool) -> Item | None:
        if immutable:
            return self.items.get(self._by_id.get(key, 0))
        return next((each for each in self.items.values() if key == each.plain_id), None)

    @property
    def sequence(self) -> int:
        last = [number for number, *_ in self.log[-1:]] + [number for number, _ in self.folder_log[-1:]]
        return max(last, default=0)

    def _conversation(self, item: Item) -> str:
        mentioned = set(
            re.findall(r"<[^<>\s]+>", f"{item.head.get('References', '')} {item.head.get('In-Reply-To', '')}")
        )
        parent = (
            next((each for each in self.items.values() if each.message_id in mentioned), None) if mentioned else None
        )
        return parent.conversation if parent else identifier("AAQk", item.number)


def rewritten(mime: bytes) -> bytes:
    """MIME as it comes back: other folding, another encoding, headers of the transport added."""
    message = message_from_bytes(mime, policy=SMTP.clone(max_line_length=72))
    text = message.get_content()
    message.set_content(text, cte="quoted-printable")
    message["Thread-Topic"] = str(message.get("Subject", ""))
    message["X-MS-Has-Attach"] = ""
    return message.as_bytes()


def item_fields(item: Item) -> dict[str, Any]:
    """The message resource of an item, every property of it (resources/message). To be changed by nobody."""
    now = (item.version, item.folder, item.read, item.draft, item.received, item.conversation, item.moves)
    known = item.__dict__.get("shown")
    if known is None or known[0] != now:
        known = item.__dict__["shown"] = (now, _fields_of(item))
    return known[1]


def _fields_of(item: Item) -> dict[str, Any]:
    header = item.head
    sent = header["Date"].datetime if header.get("Date") and header["Date"].datetime else item.received
    boxes = {name: _boxes(header, name) for name in ("From", "Sender", "To", "Cc", "Bcc", "Reply-To")}
    return {
        "createdDateTime": stamp(item.created),
        "lastModifiedDateTime": stamp(item.created),
        "changeKey": f"CQAAABYAAAB{item.number:06d}{item.version:04d}",
        "categories": [],
        "receivedDateTime": stamp(item.received),
        "sentDateTime": stamp(sent.replace(tzinfo=sent.tzinfo or UTC)),
        "hasAttachments": b"filename=" in item.raw,
        "internetMessageId": item.message_id or None,
        "subject": str(header.get("Subject", "")),
        "importance": "normal",
        "parentFolderId": item.folder,
        "sender": next(iter(boxes["Sender"] or boxes["From"]), None),
        "from": next(iter(boxes["From"]), None),
        "toRecipients": boxes["To"],
        "ccRecipients": boxes["Cc"],
        "bccRecipients": boxes["Bcc"],
        "replyTo": boxes["Reply-To"],
        "conversationId": item.conversation,
        "conversationIndex": "AQHTe7",
        "isDeliveryReceiptRequested": None,
        "isReadReceiptRequested": False,
        "isRead": item.read,
        "isDraft": item.draft,
        "webLink": f"https://outlook.office365.com/owa/?ItemID={item.plain_id.replace('=', '%3D')}&exvsurl=1&viewmodel=ReadMessageItem",
        "inferenceClassification": "focused",
        "flag": {"flagStatus": "notFlagged"},
    }  # fmt: skip


def body_fields(item: Item) -> dict[str, Any]:
    """Those properties of a message that need more than its header."""
    body = item.mime.get_body(("plain", "html"))
    text = body.get_content() if body is not None else ""
    kind = "html" if body is not None and body.get_content_subtype() == "html" else "text"
    return {
        "internetMessageHeaders": [{"name": name, "value": str(value)} for name, value in item.head.items()],
        "body": {"contentType": kind, "content": text},
        "bodyPreview": text[:255],
        "uniqueBody": {"contentType": kind, "content": text},
    }


def _boxes(header: EmailMessage, name: str) -> list[dict[str, Any]]:
    field_ = header.get(name)
    found = field_.addresses if field_ is not None else ()
    return [
        {"emailAddress": {"name": each.display_name or each.addr_spec, "address": each.addr_spec}} for each in found
    ]
