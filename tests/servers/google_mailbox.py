"""A Gmail account: messages with labels, conversations, drafts and a history; what its owner does in it, and what the API shows of it.

What is known of Gmail from its own documents and from reports is kept to; what nobody could see is a switch, so that the tests
can run both ways.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from typing import Any

from tests.servers.google_search import Query

MINUTE = 60_000
_REPLY = re.compile(r"^(?:(?:re|aw|sv|fwd?)\s*:\s*)+", re.IGNORECASE)
_FOLD = re.compile(r"\r?\n[ \t]+")
_INLINE = 100_000


class Missing(LookupError):
    """There is no such message, draft, conversation or attachment."""


@dataclass
class Mail:
    """One message. at: epoch milliseconds, the internal date. hidden: the search does not know it yet."""

    id: str
    thread: str
    labels: set[str]
    raw: bytes
    at: int
    history: int
    hidden: bool = False
    _parsed: Message | None = field(default=None, repr=False)
    _text: str | None = field(default=None, repr=False)
    _fields: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def message(self) -> Message:
        if self._parsed is None:
            self._parsed = message_from_bytes(self.raw)
        return self._parsed

    @property
    def text(self) -> str:
        """Its text, for the search: lower case, without attachments."""
        if self._text is None:
            self._text = " ".join(_texts(self.message)).casefold()
        return self._text

    def header(self, name: str) -> str:
        if name not in self._fields:
            self._fields[name] = _decoded(str(self.message.get(name, "")))
        return self._fields[name]

    def lower(self, name: str) -> str:
        """A header field for the search: lower case."""
        key = f"{name} in lower case"
        if key not in self._fields:
            self._fields[key] = self.header(name).casefold()
        return self._fields[key]


class GmailBox:
    """The account itself.

    Args:
        converts_text: text comes as UTF-8 whatever its part says (what Gmail does; the part's header stays as it was).
        decodes_headers: encoded words in header fields come decoded (unknown).
        search_lags: what has just come to be a draft, sent, or trash is not found by searching until `index` is called.
        history_labels: added messages in the history carry their labels (the document promises only their ids).
        keeps_ids: Gmail keeps a foreign Message-ID when it sends a draft.
    """

    def __init__(
        self,
        address: str,
        *,
        converts_text: bool = True,
        decodes_headers: bool = False,
        search_lags: bool = True,
        history_labels: bool = True,
    ) -> None:
        self.address = address
        self.converts_text = converts_text
        self.decodes_headers = decodes_headers
        self.search_lags = search_lags
        self.history_labels = history_labels
        self.mails: dict[str, Mail] = {}
        self.drafts: dict[str, str] = {}
        self.labels: dict[str, str] = {"Label_1": "Jobs/Acme"}
        self.records: list[dict[str, Any]] = []
        self.oldest_history = 0
        self.history = 4_000
        self.ghosts: list[str] = []
        self.collisions: list[str] = []
        self.now = 1_795_521_600_000  # 24 November 2026, 12:00 UTC
        self._count = 0
        self._by_id: dict[str, list[str]] = {}

    # --- what happens in it ---

    def arrives(self, raw: bytes, labels: Iterable[str], at: int | None = None) -> Mail:
        """A message comes to lie in the account."""
        return self._add(raw, set(labels), self._thread_for(raw), self.now if at is None else at)

    def begin_draft(self, raw: bytes, thread: str = "") -> str:
        """A draft is saved; its id."""
        mail = self._add(raw, {"DRAFT"}, self._thread_for_draft(raw, thread), self.now)
        if any(self.mails[other].thread == mail.thread for other in self.drafts.values()):
            self.collisions.append(mail.thread)
        self._count += 1
        draft = f"r-{7_000_000_000_000 + self._count}" if self._count % 2 else f"r{7_000_000_000_000 + self._count}"
        self.drafts[draft] = mail.id
        return draft

    def edit_draft(self, draft: str, raw: bytes) -> None:
        """The draft is saved again: a new message under the same draft id."""
        old = self.draft(draft)
        new = self._add(raw, {"DRAFT"}, old.thread, self.now)
        self._remove(old)
        self.drafts[draft] = new.id

    def send_draft(self, draft: str, raw: bytes | None = None) -> Mail:
        """Its owner sends it: the draft is gone, a new message lies in Sent."""
        old = self.draft(draft)
        del self.drafts[draft]
        self._remove(old)
        return self._add(raw or old.raw, {"SENT"}, old.thread, self.now)

    def drop_draft(self, draft: str) -> None:
        """The draft is deleted for good (drafts.delete, or the bin of the composer)."""
        old = self.draft(draft)
        del self.drafts[draft]
        self._remove(old)

    def trash_draft(self, draft: str) -> None:
        """A mail program moves the draft to the trash: a message there, and no draft any more."""
        mail = self.draft(draft)
        del self.drafts[draft]
        self.relabel(mail.id, add={"TRASH"}, remove={"DRAFT"})

    def relabel(self, message: str, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
        """Labels come and go."""
        mail = self.get(message)
        added, removed = set(add) - mail.labels, set(remove) & mail.labels
        mail.labels = (mail.labels | added) - removed
        for kind, labels in (("labelsAdded", added), ("labelsRemoved", removed)):
            if labels:
                self._note(mail, kind, {"labelIds": sorted(labels)})
        mail.hidden = mail.hidden or (self.search_lags and "TRASH" in added)

    def purge(self, message: str) -> None:
        """A message is deleted for good."""
        self._remove(self.get(message))

    def index(self) -> None:
        """The search catches up."""
        for mail in self.mails.values():
            mail.hidden = False

    def forget_history(self) -> None:
        """The history up to now can't be asked for any more."""
        self.history += 100
        self.oldest_history = self.history
        self.records.clear()

    # --- what is in it ---

    def get(self, message: str) -> Mail:
        try:
            return self.mails[message]
        except KeyError:
            raise Missing(message) from None

    def draft(self, draft: str) -> Mail:
        try:
            return self.mails[self.drafts[draft]]
        except KeyError:
            raise Missing(draft) from None

    def draft_of(self, mail: Mail) -> str:
        return next(draft for draft, message in self.drafts.items() if message == mail.id)

    def found(self, query: str, labels: Iterable[str], *, everywhere: bool) -> list[Mail]:
        """What a listing shows, newest first."""
        wanted, asked = Query(query), set(labels)
        everywhere = everywhere or wanted.names_a_place or bool(asked & {"TRASH", "SPAM"})
        found = [
            mail
            for mail in self.mails.values()
            if asked <= mail.labels
            and (everywhere or not mail.labels & {"TRASH", "SPAM"})
            and not (query and mail.hidden)
            and wanted.matches(mail)
        ]
        return sorted(found, key=lambda mail: (mail.at, mail.id), reverse=True)

    def listed_drafts(self) -> list[str]:
        """Draft ids, newest first."""
        return sorted(self.drafts, key=lambda draft: self.mails[self.drafts[draft]].at, reverse=True)

    def changes_since(self, history: int, kinds: Iterable[str]) -> list[dict[str, Any]]:
        """Records of the history, oldest first.

        Raises:
            Missing: so far back it can't tell.
        """
        if history < self.oldest_history or history > self.history:
            raise Missing("history")
        words = {
            "messageAdded": "messagesAdded",
            "messageDeleted": "messagesDeleted",
            "labelAdded": "labelsAdded",
            "labelRemoved": "labelsRemoved",
        }
        wanted = {words[kind] for kind in kinds} or set(words.values())
        return [record for record in self.records if int(record["id"]) > history and wanted & record.keys()]

    # --- as the API shows it ---

    def shown(self, mail: Mail, form: str, headers: Iterable[str] = ()) -> dict[str, Any]:
        """The Message resource in one of its formats."""
        shown: dict[str, Any] = {
            "id": mail.id, "threadId": mail.thread, "labelIds": sorted(mail.labels), "historyId": str(mail.history),
            "internalDate": str(mail.at), "sizeEstimate": len(mail.raw), "snippet": mail.text[:60],
        }  # fmt: skip
        if form == "raw":
            shown["raw"] = _base64(mail.raw)
        elif form == "full":
            shown["payload"] = self._part(mail, mail.message, "")
        elif form == "metadata":
            wanted = {name.casefold() for name in headers}
            every = self._headers(mail.message)
            kept = [each for each in every if not wanted or each["name"].casefold() in wanted]
            shown["payload"] = {"mimeType": mail.message.get_content_type(), "headers": kept}
        return shown

    def attachment(self, mail: Mail, attachment: str) -> dict[str, Any]:
        """The body of a part that does not come with its message."""
        for number, part in enumerate(mail.message.walk()):
            if attachment == _attachment_id(mail, number):
                payload = part.get_payload(decode=True)
                data = payload if isinstance(payload, bytes) else b""
                return {"size": len(data), "data": _base64(data)}
        raise Missing(attachment)

    def _part(self, mail: Mail, part: Message, number: str) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "partId": number, "mimeType": part.get_content_type(), "filename": _filename(part), "headers": self._headers(part), "body": {"size": 0},
        }  # fmt: skip
        below = part.get_payload()
        if isinstance(below, list):
            prefix = f"{number}." if number else ""
            shown["parts"] = [self._part(mail, each, f"{prefix}{at}") for at, each in enumerate(below)]
            return shown
        data = self._data(part)
        shown["body"] = {"size": len(data)}
        if shown["filename"] or part.get_content_maintype() != "text" or len(data) > _INLINE:
            place = next(at for at, each in enumerate(mail.message.walk()) if each is part)
            shown["body"]["attachmentId"] = _attachment_id(mail, place)
        elif data:
            shown["body"]["data"] = _base64(data)
        return shown

    def _data(self, part: Message) -> bytes:
        payload = part.get_payload(decode=True)
        data = payload if isinstance(payload, bytes) else b""
        if not self.converts_text or part.get_content_maintype() != "text":
            return data
        try:
            return data.decode(part.get_content_charset() or "utf-8").encode()
        except (LookupError, UnicodeDecodeError):
            return data

    def _headers(self, part: Message) -> list[dict[str, str]]:
        fields = (
            (name, _FOLD.sub(" ", _plain(value))) for name, value in part.raw_items()
        )  # as written, not as email decodes it
        return [{"name": name, "value": _decoded(value) if self.decodes_headers else value} for name, value in fields]

    # --- underneath ---

    def _add(self, raw: bytes, labels: set[str], thread: str, at: int) -> Mail:
        self._count += 1
        identity = f"{0x19_0000_0000_0000 + self._count:016x}"
        mail = Mail(identity, thread or identity, labels, raw, at, self.history)
        mail.hidden = self.search_lags and bool(labels & {"DRAFT", "SENT"})
        self.mails[identity] = mail
        self._by_id.setdefault(mail.header("Message-ID").strip(), []).append(identity)
        self._note(mail, "messagesAdded", {})
        return mail

    def _remove(self, mail: Mail) -> None:
        del self.mails[mail.id]
        self._note(mail, "messagesDeleted", {})

    def _note(self, mail: Mail, kind: str, more: dict[str, Any]) -> None:
        self.history += 3  # there are gaps between ids
        mail.history = self.history
        known = {"id": mail.id, "threadId": mail.thread}
        full = {**known, "labelIds": sorted(mail.labels)} if self.history_labels else known
        self.records.append({"id": str(self.history), "messages": [known], kind: [{"message": full, **more}]})

    def _thread_for(self, raw: bytes) -> str:
        """Where an arriving message belongs: by its references, where the subject is the same."""
        message = message_from_bytes(raw)
        return next((mail.thread for mail in self._referred_to(message) if _same_subject(mail.message, message)), "")

    def _thread_for_draft(self, raw: bytes, thread: str) -> str:
        """Gmail's rule: the conversation's id, reply headers and the same subject, all three; else it stands alone."""
        if not thread:
            return ""
        inside = [mail for mail in self.mails.values() if mail.thread == thread]
        if not inside:
            raise Missing(thread)
        message = message_from_bytes(raw)
        referred = [mail for mail in self._referred_to(message) if mail.thread == thread]
        if referred and _same_subject(inside[0].message, message):
            return thread
        self.ghosts.append(thread)
        return ""

    def _referred_to(self, message: Message) -> Iterator[Mail]:
        ids = re.findall(r"<[^<>]+>", f"{message.get('In-Reply-To', '')} {message.get('References', '')}")
        return (self.mails[mail] for each in ids for mail in self._by_id.get(each, ()) if mail in self.mails)


def milliseconds(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp() * 1000)


def addresses_in(value: str) -> list[str]:
    return [address.casefold() for _, address in getaddresses([value])]


def _same_subject(one: Message, other: Message) -> bool:
    return _subject(one) == _subject(other)


def _subject(message: Message) -> str:
    return " ".join(_REPLY.sub("", _decoded(str(message.get("Subject", "")))).split()).casefold()


def _decoded(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (LookupError, ValueError, UnicodeError):
        return value


def _plain(value: Any) -> str:
    return str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _texts(message: Message) -> Iterator[str]:
    for part in message.walk():
        if part.get_content_maintype() == "text" and not part.get_filename():
            payload = part.get_payload(decode=True)
            yield (payload if isinstance(payload, bytes) else b"").decode("utf-8", "replace")


def _filename(part: Message) -> str:
    return _decoded(part.get_filename() or "")


def _attachment_id(mail: Mail, number: int) -> str:
    return f"ANGjdJ{mail.id}_{number}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()
