"""Google on loopback: Gmail, Calendar and sign-in behind one port, strict in both directions, with faults to order.

Everything asked is written down. What the discovery documents do not know, what could send, and what mailwatch has no business to do
is a violation: the request is refused, and `check` fails the test that made it.
"""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.servers.google_calendars import Calendars, Gone, NoCalendar
from tests.servers.google_discovery import Method, Violation, api_named, masked
from tests.servers.google_mailbox import GmailBox, Missing
from tests.servers.google_signin import SignIn
from tests.servers.web import WebServer

# Quota units by method: for Cloud projects made since May 2026, and for older ones. Google publishes the new figures for some only;
# the others stand here as four times the old ones, which is what the published ones come to.
OLD_UNITS = {
    "getProfile": 1, "history.list": 2, "messages.list": 5, "messages.get": 5, "messages.attachments.get": 5, "threads.get": 10,
    "drafts.list": 5, "drafts.get": 5, "drafts.create": 10, "drafts.delete": 10, "labels.list": 1,
}  # fmt: skip
NEW_UNITS = {
    "getProfile": 4, "history.list": 2, "messages.list": 5, "messages.get": 20, "messages.attachments.get": 20, "threads.get": 40,
    "drafts.list": 5, "drafts.get": 20, "drafts.create": 40, "drafts.delete": 40, "labels.list": 4,
}  # fmt: skip
WANTED = {
    *(f"gmail.users.{name}" for name in NEW_UNITS), "calendar.events.list", "calendar.calendarList.list",
}  # fmt: skip


@dataclass
class Fault:
    """What goes wrong, once, with the next request whose method's id ends in `method`.

    after: the deed is done first. status: the answer instead (0: none, the connection ends). hang: seconds without any answer.
    """

    method: str
    after: bool = False
    status: int = 0
    reason: str = "backendError"
    retry_after: str = ""
    hang: float = 0.0
    html: bool = False


@dataclass
class Asked:
    """One request as it came in. method: its id, or "" for sign-in and for what is not known."""

    verb: str
    path: str
    query: dict[str, list[str]]
    method: str
    body: Any = None


@dataclass
class Refusal(Exception):
    """An error in Google's form."""

    status: int
    reason: str
    message: str = "no"
    retry_after: str = ""


@dataclass
class FakeGoogle:
    """The whole of it. page: entries on a page of a listing at most. units: quota units spent, units_left: until a refusal."""

    address: str
    box: GmailBox
    calendars: Calendars
    signin: SignIn = field(default_factory=SignIn)
    page: int = 500
    units: Counter[str] = field(default_factory=Counter)
    units_left: int | None = None
    asked: list[Asked] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    broken: Callable[[str, dict[str, list[str]]], bool] = lambda method, query: False
    port: int = 0
    scheme: str = "http"
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def check(self) -> None:
        """Fail the test where anything was asked that should not have been."""
        assert self.violations == []
        assert self.box.ghosts == []
        assert self.box.collisions == []

    def calls(self) -> list[str]:
        """The methods called so far, without their first words."""
        return [each.method.partition(".")[2].removeprefix("users.") for each in self.asked if each.method]

    # --- one API request ---

    def answer(self, verb: str, target: str, token: str, body: bytes) -> dict[str, Any]:
        """What Google answers, or Refusal, Violation."""
        parts = urlsplit(target)
        api = api_named("calendar.v3" if parts.path.startswith("/calendar/") else "gmail.v1")
        known = api.method_of(verb, parts.path)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        if known is None:
            self.asked.append(Asked(verb, parts.path, {}, ""))
            raise Violation(f"{verb} {parts.path} is no method of Google's")
        method, names = known
        query = api.checked_query(method, pairs)
        content = json.loads(body) if body else None
        self.asked.append(Asked(verb, parts.path, query, method.id, content))
        if method.id not in WANTED:
            raise Violation(f"{method.id} is none of mailwatch's business")
        if method.request:
            api.check(method.request, content)
        elif body:
            raise Violation(f"{method.id} takes no body")
        self._let_in(method, token)
        if names.get("userId", "me") != "me":
            raise Violation(f"a mailbox that is not the user's: {names['userId']}")
        if self.broken(method.id, query):
            raise Refusal(500, "backendError")
        answer = self._does(method.id, names, query, content)
        if method.response:
            api.check(method.response, answer)
        elif answer:
            raise Violation(f"{method.id} answers with nothing")
        return masked(answer, query["fields"][0]) if "fields" in query else answer

    def _let_in(self, method: Method, token: str) -> None:
        scopes = self.signin.access.get(token)
        if scopes is None:
            raise Refusal(401, "authError", "Request had invalid authentication credentials.")
        if not scopes & method.scopes:
            raise Refusal(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
        name = method.id.removeprefix("gmail.users.")
        cost = NEW_UNITS.get(name, 0)
        if self.units_left is not None and cost > self.units_left:
            raise Refusal(403, "rateLimitExceeded", "Quota exceeded for quota metric 'Queries'", retry_after="30")
        self.units[name] += cost
        if self.units_left is not None:
            self.units_left -= cost

    def _does(self, method: str, names: dict[str, str], query: dict[str, list[str]], content: Any) -> dict[str, Any]:
        try:
            if method.startswith("calendar."):
                return self._calendar(method, names, query)
            work = getattr(self, "_" + method.removeprefix("gmail.users.").replace(".", "_"))
            answer: dict[str, Any] = work(names, query, content)
            return answer
        except (Missing, NoCalendar):
            raise Refusal(404, "notFound", "Requested entity was not found.") from None

    def _calendar(self, method: str, names: dict[str, str], query: dict[str, list[str]]) -> dict[str, Any]:
        if method == "calendar.calendarList.list":
            return self.calendars.listed()
        try:
            return self.calendars.events(names["calendarId"], query)
        except Gone:
            raise Refusal(410, "fullSyncRequired", "Sync token is no longer valid, a full sync is required.") from None

    def _getProfile(self, names: dict[str, str], query: dict[str, list[str]], content: Any) -> dict[str, Any]:  # noqa: N802
        return {
            "emailAddress": self.address, "messagesTotal": len(self.box.mails), "threadsTotal": len(self.box.mails),
            "historyId": str(self.box.history),
        }  # fmt: skip

    def _history_list(self, names: dict[str, str], query: dict[str, list[str]], content: Any) -> dict[str, Any]:
        if "startHistoryId" not in query:
            raise Violation("history.list without a start")
        found = self.box.changes_since(int(query["startHistoryId"][0]), query.get("historyTypes", ()))
        page, following = self._paged(found, query, 100)
        return {**({"history": page} if page else {}), "historyId": str(self.box.history), **following}

    def _messages_list(self, names: dict[str, str], query: dict[str, list[str]], content: Any) -> dict[str, Any]:
        everywhere = query.get("includeSpamTrash") == ["true"]
        found = self.box.found(query.get("q", [""])[0], query.get("labelIds", ()), everywhere=everywhere)
        page, following = self._paged(found, query, 100)
        messages = [{"id": mail.id, "threadId": mail.thread} for mail in page]
        return {**({"messages": messages} if messages else {}), "resultSizeEstimate": len(found), **following}

    def _messages_get(self, names: dict[str, str], query: dict[str, list[str]], content: Any) -> dict[str, Any]:
        return self.box.shown(
            self.box.get(names["id"]), query.get("format", ["full"])[0], query.get("metadataHeaders", ())
        )

    def _messages_attachments_get(
        self, names: dict[str, str], query: dict[str, list[str]], content: Any
    ) -> dict[str, Any]:
        return self.box.attachment(self.box.get(names["messageId"]), names["id"])

    def _threads_get(self, names: dict[str, str], query: dict[str, list[str]], content: Any) -> dict[str, Any]:
        inside = sorted(
            (mail for mail in self.box.mails.values() if mail.thread == names["id"]), key=lambda mail: mail.at
        )
        if not inside:
            raise Missing(names["id"])
        form, headers = query.get("format", ["full"])[0], query.get("metadataHeaders", ())
        return {
            "id": names["id"],
            "historyId": str(self.box.history),
            "messages": [self.box.shown(mail, form, headers) for mail in inside],
        }

    def _drafts_list(self, names: dict[str, str], query: dict[str, list[str]], content: Any) -> dict[str, Any]:
        page, following = self._paged(self.box.listed_drafts(), query, 100)
        drafts = [self._draft(draft, "ids") for draft in page]
        return {**({"drafts": drafts} if drafts else {}), "resultSizeEstimate": len(self.box.drafts), **following}

    def _drafts_get(self, names: dict[str, str], query: dict[str, list[str]], content: Any) -> dict[str, Any]:
        self.box.draft(names["id"])
        return self._draft(names["id"], query.get("format", ["full"])[0])

    def _drafts_create(self, names: dict[str, str], query: dict[str, list[str]], content: Any) -> dict[str, Any]:
        unknown = content.keys() - {"message"} | content["message"].keys() - {"raw", "threadId"}
        if unknown:
            raise Violation(f"a draft with {sorted(unknown)}")
        raw = base64.urlsafe_b64decode(content["message"]["raw"])
        draft = self.box.begin_draft(raw, content["message"].get("threadId", ""))
        answer = self._draft(draft, "ids")
        answer["message"]["labelIds"] = ["DRAFT"]
        return answer

    def _drafts_delete(self, names: dict[str, str], query: dict[str, list[str]], content: Any) -> dict[str, Any]:
        self.box.drop_draft(names["id"])
        return {}

    def _draft(self, draft: str, form: str) -> dict[str, Any]:
        mail = self.box.draft(draft)
        ids = {"id": mail.id, "threadId": mail.thread}
        return {"id": draft, "message": ids if form == "ids" else self.box.shown(mail, form)}

    def _paged(self, found: list[Any], query: dict[str, list[str]], usual: int) -> tuple[list[Any], dict[str, str]]:
        start = int(query.get("pageToken", ["0"])[0])
        end = start + min(int(query.get("maxResults", [str(usual)])[0]), self.page)
        return found[start:end], {"nextPageToken": str(end)} if end < len(found) else {}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    google: FakeGoogle

    def log_message(self, *words: object) -> None:
        """No talk."""

    def __getattr__(self, name: str) -> Any:
        """Every verb comes to the same place."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.google = type(self).google  # the one of this request, whichever stands behind the port when it is answered
        with self.google.lock:
            path = urlsplit(self.path).path
            if path == "/o/oauth2/v2/auth" and self.command == "GET":
                return self._reply(
                    302, b"", {"Location": self.google.signin.consent(dict(parse_qsl(urlsplit(self.path).query)))}
                )
            if path in {"/token", "/revoke"} and self.command == "POST":
                return self._sign_in(path, dict(parse_qsl(body.decode())))
            return self._api(body)

    def _sign_in(self, path: str, form: dict[str, str]) -> None:
        self.google.asked.append(Asked(self.command, path, {}, ""))
        fault = self._fault(path)
        if fault is not None:
            return self._fail(fault)
        if path == "/revoke":
            return self._reply(self.google.signin.revoke(form.get("token", "")), b"{}")
        status, answer = self.google.signin.token(form)
        return self._reply(status, json.dumps(answer).encode())

    def _api(self, body: bytes) -> None:
        google, path = self.google, urlsplit(self.path).path
        api = api_named("calendar.v3" if path.startswith("/calendar/") else "gmail.v1")
        known = api.method_of(self.command, path)
        fault = self._fault(known[0].id) if known else None
        if fault is not None and not fault.after:
            google.asked.append(Asked(self.command, path, {}, known[0].id if known else ""))
            return self._fail(fault)
        try:
            kind, _, token = self.headers.get("Authorization", "").partition(" ")
            answer = google.answer(self.command, self.path, token if kind == "Bearer" else "", body)
        except Refusal as refusal:
            return self._refuse(refusal)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test has to hear of it
            google.violations.append(f"{type(error).__name__}: {error}")
            return self._refuse(Refusal(400, "badRequest", "a violation"))
        if fault is not None:
            return self._fail(fault)
        return self._reply(200 if answer else 204, json.dumps(answer).encode() if answer else b"")

    def _fault(self, method: str) -> Fault | None:
        fault = next((each for each in self.google.faults if method.endswith(each.method)), None)
        if fault is not None:
            self.google.faults.remove(fault)
        return fault

    def _fail(self, fault: Fault) -> None:
        if fault.html:
            return self._reply(200, b"<html>Welcome to our hotel</html>", {"Content-Type": "text/html"})
        if fault.status:
            return self._refuse(Refusal(fault.status, fault.reason, retry_after=fault.retry_after))
        self.google.lock.release()
        try:
            time.sleep(fault.hang)
        finally:
            self.google.lock.acquire()
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
        return None

    def _refuse(self, refusal: Refusal) -> None:
        error = {"message": refusal.message, "domain": "global", "reason": refusal.reason}
        answer = {"error": {"code": refusal.status, "message": refusal.message, "errors": [error]}}
        more = {"Retry-After": refusal.retry_after} if refusal.retry_after else {}
        self._reply(refusal.status, json.dumps(answer).encode(), more)

    def _reply(self, status: int, body: bytes, more: dict[str, str] | None = None) -> None:
        with suppress(OSError):
            self.send_response(status)
            for name, value in {
                "Content-Type": "application/json; charset=UTF-8",
                "Content-Length": str(len(body)),
                **(more or {}),
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)


class Host:
    """A port on loopback, with a fresh Google behind it for every test that asks for one."""

    def __init__(self, tls: Path | None) -> None:
        class Handler(_Handler):
            """With a Google of its own."""

        self._handler = Handler
        self._server = WebServer(self._handler, tls)

    def fresh(self, address: str = "jo@home.example", **settings: Any) -> FakeGoogle:
        """An empty account. settings: see GmailBox."""
        google = FakeGoogle(address, GmailBox(address, **settings), Calendars(address))
        google.port, google.scheme = self._server.server_port, self._server.scheme
        self._handler.google = google
        return google

    def close(self) -> None:
        self._server.close()


@contextmanager
def running_host(tls: Path | None = None) -> Iterator[Host]:
    """Google's machine, for many tests one after another. tls: a file with key and certificate."""
    host = Host(tls)
    try:
        yield host
    finally:
        host.close()


@contextmanager
def running_google(
    address: str = "jo@home.example", *, tls: Path | None = None, **settings: Any
) -> Iterator[FakeGoogle]:
    """A Google for one test alone."""
    with running_host(tls) as host:
        yield host.fresh(address, **settings)
