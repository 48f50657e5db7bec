"""Gmail's methods as mailwatch uses them: one function each, pages followed, what is absent told apart from what failed."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from mailwatch.backends.gmail.messages import ENVELOPE_FIELDS, WHOLE_FIELDS, Shown, shown_from
from mailwatch.backends.gmail.parts import decoded
from mailwatch.backends.google import Absent, GoogleWire, gmail_service
from mailwatch.errors import ProtocolError
from mailwatch.transport import Guard

_PAGE = 500
_LABELLED = "message(id,labelIds)"
_HISTORY = f"history(id,messagesAdded/{_LABELLED},messagesDeleted/{_LABELLED},labelsAdded({_LABELLED},labelIds),labelsRemoved({_LABELLED},labelIds))"
_HEADER = "id,threadId,labelIds,internalDate,payload/headers"
_KINDS = ["messageAdded", "messageDeleted", "labelAdded", "labelRemoved"]


class Calls:
    """The mailbox behind a wire.

    Args:
        account: for the errors.
        wire: the way there.
        guard: the allow-list behind it; a draft that is to be deleted is made known to it first.
        base_url: where the interface is.
    """

    def __init__(self, account: str, wire: GoogleWire, guard: Guard, base_url: str) -> None:
        self.account = account
        self._wire = wire
        self._guard = guard
        self._base_url = base_url

    @cached_property
    def _users(self) -> Any:
        return gmail_service(self._wire, self._base_url)

    @cached_property
    def _messages(self) -> Any:
        return self._users.messages()

    @cached_property
    def _drafts(self) -> Any:
        return self._users.drafts()

    def history_now(self) -> str:
        """The history id of this moment."""
        return str(self._done(self._users.getProfile(userId="me", fields="historyId")).get("historyId", ""))

    def history_since(self, start: str) -> tuple[list[Mapping[str, Any]], str]:
        """What has happened since a history id, oldest first, and the id of now.

        Raises:
            Absent: Google does not remember so far back.
        """
        records: list[Mapping[str, Any]] = []
        token, now = "", start
        while True:
            more = {"pageToken": token} if token else {}
            request = self._users.history().list(
                userId="me",
                startHistoryId=start,
                historyTypes=_KINDS,
                maxResults=_PAGE,
                fields=f"{_HISTORY},historyId,nextPageToken",
                **more,
            )
            page = self._done(request)
            records += page.get("history", ())
            now, token = str(page.get("historyId", now)), str(page.get("nextPageToken", ""))
            if not token:
                return records, now

    def found(self, question: str = "", *, label: str = "", most: int = 0) -> Iterator[str]:
        """Ids of messages that a question finds, or that have a label, newest first; spam and trash count.

        most: no more than so many, on one page.
        """
        asked: dict[str, Any] = {"q": question} if question else {}
        asked |= {"labelIds": [label]} if label else {}
        token = ""
        while True:
            more = {"pageToken": token} if token else {}
            fields = "messages/id,nextPageToken"
            request = self._messages.list(
                userId="me", includeSpamTrash=True, maxResults=most or _PAGE, fields=fields, **asked, **more
            )
            page = self._done(request)
            yield from (str(each.get("id", "")) for each in page.get("messages", ()))
            token = str(page.get("nextPageToken", ""))
            if not token or most:
                return

    def few(self, question: str) -> list[str]:
        """Ids of what a question finds, if they fit on one page; of more, none."""
        request = self._messages.list(
            userId="me", q=question, includeSpamTrash=True, maxResults=_PAGE, fields="messages/id,nextPageToken"
        )
        page = self._done(request)
        return [] if page.get("nextPageToken") else [str(each.get("id", "")) for each in page.get("messages", ())]

    def message(self, message: str, *, whole: bool) -> Shown | None:
        """A message: all of it but large attachments, or without its bodies; None where it is gone."""
        fields = WHOLE_FIELDS if whole else ENVELOPE_FIELDS
        return self._shown(self._messages.get(userId="me", id=message, format="full", fields=fields))

    def header(self, message: str) -> Shown | None:
        """A message's header alone; None where it is gone."""
        return self._shown(self._messages.get(userId="me", id=message, format="metadata", fields=_HEADER))

    def attachment(self, message: str, attachment: str) -> bytes:
        """The body of a part that does not come with its message; nothing where it is gone."""
        try:
            request = self._messages.attachments().get(userId="me", messageId=message, id=attachment, fields="data")
            return decoded(str(self._done(request).get("data", "")))
        except Absent:
            return b""

    def drafts(self) -> list[tuple[str, str, str]]:
        """Every draft: its id, its message's, its conversation's."""
        found: list[tuple[str, str, str]] = []
        token = ""
        while True:
            more = {"pageToken": token} if token else {}
            request = self._drafts.list(
                userId="me", maxResults=_PAGE, fields="drafts(id,message(id,threadId)),nextPageToken", **more
            )
            page = self._done(request)
            for each in page.get("drafts", ()):
                inside = each.get("message", {})
                found.append((str(each.get("id", "")), str(inside.get("id", "")), str(inside.get("threadId", ""))))
            token = str(page.get("nextPageToken", ""))
            if not token:
                return found

    def draft(self, draft: str) -> tuple[str, bytes] | None:
        """A draft's message id and bytes; None where it is gone."""
        try:
            answer = self._done(self._drafts.get(userId="me", id=draft, format="raw", fields="id,message(id,raw)"))
        except Absent:
            return None
        inside = answer.get("message", {})
        return str(inside.get("id", "")), decoded(str(inside.get("raw", "")))

    def create_draft(self, raw: bytes, thread: str) -> tuple[str, str]:
        """Store a draft, in one request that is made once; its id and its message's.

        thread: the conversation that it belongs to, "" for one of its own.
        """
        message = {"raw": base64.urlsafe_b64encode(raw).decode()} | ({"threadId": thread} if thread else {})
        answer = self._done(self._drafts.create(userId="me", body={"message": message}, fields="id,message/id"))
        draft, inside = str(answer.get("id", "")), str(answer.get("message", {}).get("id", ""))
        if not draft:
            raise ProtocolError(self.account, f"Google did not say what became of a draft of {self.account}.")
        return draft, inside

    def delete_draft(self, draft: str) -> bool:
        """Delete a draft; False where it was gone already. Only `discard_draft` calls this, after it has compared."""
        self._guard.own(draft)
        try:
            self._done(self._drafts.delete(userId="me", id=draft))
        except Absent:
            return False
        return True

    def close(self) -> None:
        """Let go of the connections."""
        self._wire.close()

    def _shown(self, request: Any) -> Shown | None:
        try:
            return shown_from(dict(self._done(request)))
        except Absent:
            return None

    def _done(self, request: Any) -> Mapping[str, Any]:
        answer = request.execute(num_retries=0)
        if answer == "" or answer is None:
            return {}
        if not isinstance(answer, dict):
            raise ProtocolError(self.account, f"Google answers for {self.account} in a form that can't be read.")
        return answer
