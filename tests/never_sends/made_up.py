"""Requests made up at random, near enough to real ones to be dangerous: methods, hosts, paths, spellings, headers, bodies."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

GMAIL, CALENDAR = "https://gmail.googleapis.com", "https://www.googleapis.com"
GRAPH, DAV, FEED = "https://graph.microsoft.com", "https://dav.example", "https://feeds.example"
OURS = "AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A_x=="

METHODS = (
    "GET", "GET", "POST", "POST", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "PROPFIND", "REPORT", "PROPPATCH", "MKCOL", "MOVE", "COPY",
    "LOCK", "ACL", "SEND", "post", "Get", "TRACE", "CONNECT", "POST ", "GET\r\nPOST", "",
)  # fmt: skip
WANTED: dict[str, tuple[tuple[str, str], ...]] = {
    "gmail": (
        ("GET", "/gmail/v1/users/me/profile"), ("GET", "/gmail/v1/users/me/history"), ("GET", "/gmail/v1/users/me/messages"),
        ("GET", "/gmail/v1/users/me/messages/18c2f"), ("GET", "/gmail/v1/users/me/messages/18c2f/attachments/ANG-x_1"),
        ("GET", "/gmail/v1/users/me/drafts"), ("GET", "/gmail/v1/users/me/drafts/r-1"), ("POST", "/gmail/v1/users/me/drafts"),
        ("DELETE", f"/gmail/v1/users/me/drafts/{OURS.rstrip('=')}"),
    ),
    "calendar": (("GET", "/calendar/v3/users/me/calendarList"), ("GET", "/calendar/v3/calendars/jo%40home.example/events")),
    "graph": (
        ("GET", "/v1.0/me/messages"), ("GET", f"/v1.0/me/messages/{OURS}"), ("GET", f"/v1.0/me/messages/{OURS}/$value"),
        ("GET", f"/v1.0/me/messages/{OURS}/attachments"), ("GET", f"/v1.0/me/mailFolders/{OURS}"), ("GET", "/v1.0/me/mailFolders/delta"),
        ("GET", f"/v1.0/me/mailFolders/{OURS}/messages/delta"), ("GET", "/v1.0/me/calendars"), ("GET", "/v1.0/me/calendarView"),
        ("GET", f"/v1.0/me/events/{OURS}"), ("POST", "/v1.0/me/messages"), ("POST", f"/v1.0/me/messages/{OURS}/createReply"),
        ("PATCH", f"/v1.0/me/messages/{OURS}"), ("DELETE", f"/v1.0/me/messages/{OURS}"),
    ),
    "caldav": (
        ("PROPFIND", "/dav/jo%40home.example/"), ("REPORT", "/dav/jo/work/"), ("GET", "/dav/jo/work/1.ics"), ("OPTIONS", "/dav/"),
        ("PROPFIND", "/.well-known/caldav"),
    ),
    "feed": (("GET", "/private-abc/basic.ics"), ("GET", "/x?token=abc")),
}  # fmt: skip
BASES = {"gmail": GMAIL, "calendar": CALENDAR, "graph": GRAPH, "caldav": DAV, "feed": FEED}
SENDING = (
    "/send", "/messages/send", "/drafts/send", "/sendMail", "/reply", "/replyAll", "/forward", "/createForward", "/createReplyAll", "/accept",
    "/decline", "/tentativelyAccept", "/batch", "/$batch", "/upload/gmail/v1/users/me/drafts", "/resumable/upload/gmail/v1/users/me/messages/send",
    "/settings/filters", "/settings/vacation", "/settings/autoForwarding", "/settings/sendAs", "/messageRules", "/mailboxSettings", "/events",
    "/quickAdd", "/import", "/modify", "/trash", "/move", "/copy", "/outbox/", "/microsoft.graph.send", "/send()", "('x')/send", "/watch", "/attachments",
)  # fmt: skip
HOSTS = (
    "https://evil.example", "http://gmail.googleapis.com", "https://gmail.googleapis.com.evil.example", "https://gmail.googleapis.com@evil.example",
    "https://evil.example#@graph.microsoft.com", "https://graph.microsoft.com:8443", "https://graph.microsoft.com.", "https://GRAPH.microsoft.com",
    "https:\\\\graph.microsoft.com", "//graph.microsoft.com", "https://graph.microsoft.com\t", "https://gmail.googleapis。com", "https://127.0.0.1",
    "smtp://mail.example:587", "mailto:eve@evil.test?", "file://", "https://dav.example\\@evil.example", "https://[::1]", "https://0x7f000001",
)  # fmt: skip
QUERIES = (
    "alt=json", "$top=50", "q=after:1", "uploadType=media", "uploadType=multipart", "upload_protocol=raw", "_method=PUT", "%5fmethod=POST",
    "$httpMethod=POST", "x-http-method-override=POST", "a=b;_method=POST", "%255fmethod=POST", "sendUpdates=all", "$batch=1", "a=\r\nb",
)  # fmt: skip
HEADERS = (
    ("Accept", "application/json"), ("Authorization", "Bearer x"), ("Content-Type", "application/json"), ("Prefer", "IdType=\"ImmutableId\""), ("Depth", "1"),
    ("X-HTTP-Method-Override", "POST"), ("X-HTTP-Method", "PUT"), ("X-Method-Override", "POST"), ("x-http-method-override", "send"), ("Host", "evil.example"),
    ("X-Original-URL", "/send"), ("X-Rewrite-URL", "/send"), ("Content-Type", "multipart/mixed; boundary=b"), ("Content-Type", "application/http"),
    ("Transfer-Encoding", "chunked"), ("X-Upload-Content-Type", "message/rfc822"), ("Destination", "/dav/jo/outbox/1"), ("Originator", "mailto:jo@home.example"),
    ("Recipient", "mailto:eve@evil.test"), ("Schedule-Reply", "T"), ("Cookie", "a=b"), ("X-GOOG-API-CLIENT", "x"), ("Expect", "100-continue"), ("Upgrade", "h2c"),
)  # fmt: skip
BODIES = (None, None, b"{}", b"", "text", iter(()), {"a": 1}, b"--b\r\nPOST /send HTTP/1.1\r\n\r\n--b--")
_SAFE_HEADERS = {"accept", "authorization", "content-type", "prefer", "depth", "x-goog-api-client"}


@dataclass(frozen=True)
class Request:
    """What somebody would like to let out. wanted: it is one that mailwatch needs, spelled as it spells it."""

    guard: str
    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: object = None
    wanted: bool = False


def request(dice: random.Random) -> Request:
    """One out of ten is wanted; the others are wrong in one way or in several."""
    guard = dice.choice(tuple(WANTED))
    method, path = dice.choice(WANTED[guard])
    if dice.random() < 0.1:
        return Request(guard, method, BASES[guard] + path, {"Accept": "application/json"}, None, wanted=True)
    base, headers, body = BASES[guard], {}, None
    for _ in range(dice.randint(1, 3)):
        match dice.randrange(8):
            case 0:
                method = dice.choice(METHODS)
            case 1:
                base = dice.choice((*HOSTS, *BASES.values()))
            case 2:
                path += dice.choice(SENDING)
            case 3:
                path = dice.choice(SENDING) + path
            case 4:
                path = dice.choice(SPELLINGS)(path, dice)
            case 5:
                path += "?" + "&".join(dice.choices(QUERIES, k=dice.randint(1, 3)))
            case 6:
                headers |= dict(dice.choices(HEADERS, k=dice.randint(1, 3)))
            case _:
                body = dice.choice(BODIES)
    return Request(guard, method, base + path, headers, body)


def _inserted(piece: str) -> Callable[[str, random.Random], str]:
    def insert(path: str, dice: random.Random) -> str:
        at = dice.randrange(len(path) + 1)
        return path[:at] + piece + path[at:]

    return insert


def _encoded(path: str, dice: random.Random) -> str:
    at = dice.randrange(len(path))
    return f"{path[:at]}%{ord(path[at]) & 0xFF:02{dice.choice('xX')}}{path[at + 1 :]}"


def _encoded_twice(path: str, dice: random.Random) -> str:
    return _encoded(path, dice).replace("%", "%25")


def _upper(path: str, dice: random.Random) -> str:
    at = dice.randrange(len(path))
    return path[:at] + path[at].swapcase() + path[at + 1 :]


def _wide(path: str, dice: random.Random) -> str:
    at = dice.randrange(len(path))
    return path[:at] + (chr(ord(path[at]) + 0xFEE0) if "!" <= path[at] <= "~" else path[at]) + path[at + 1 :]


SPELLINGS: Sequence[Callable[[str, random.Random], str]] = (
    *(
        _inserted(piece)
        for piece in ("/..", "/.", "//", "/%2e%2e", "%2f", "%5c", "\\", ";a=b", "%00", "%0d%0a", "\r\n", "\t", " ", "#", "ſ", "／", "\u200b", "@", "?", "x")
    ),
    _encoded, _encoded_twice, _upper, _wide, lambda path, _: path + "/", lambda path, _: path[::-1], lambda path, _: quote(path, safe=""),
)  # fmt: skip


def may_pass(made: Request) -> bool:
    """Would it be all right if this left? Judged apart from the guards: no regular expressions, everything by hand."""
    base = BASES[made.guard]
    if made.guard == "feed":
        return made.method == "GET" and made.body is None and _plain_headers(made)
    here = made.url[: len(base)].lower() == base and made.url[len(base) :].startswith(("/", ":443/"))
    if not here or not made.url.isascii() or any(char <= " " or char in "\\#" or char == "\x7f" for char in made.url):
        return False
    path, _, query = made.url[len(base) :].removeprefix(":443").partition("?")
    segments = path.split("/")[1:]
    if (
        "" in segments[:-1]
        or {".", ".."} & set(segments)
        or any(mark in path for mark in (";", "%2f", "%2F", "%5c", "%5C", "%25", "%0", "%2e", "%2E"))
    ):
        return False
    keys = [piece.partition("=")[0].lower() for piece in query.replace(";", "&").replace("?", "&").split("&")]
    if any(
        word in key.replace("%255f", "_").replace("%5f", "_") for key in keys for word in ("method", "upload", "batch")
    ):
        return False
    plain_body = made.body is None or isinstance(made.body, bytes | str)
    return plain_body and _plain_headers(made) and _is_call(made.guard, made.method, segments)


def _plain_headers(made: Request) -> bool:
    kinds = [value.lower() for name, value in made.headers.items() if name.lower() == "content-type"]
    nests = any(kind.startswith(("multipart/", "application/http")) for kind in kinds)
    return {name.lower() for name in made.headers} <= _SAFE_HEADERS and not nests


def _is_call(guard: str, method: str, segments: list[str]) -> bool:
    if guard == "caldav":
        return method in {"GET", "PROPFIND", "REPORT", "OPTIONS"}
    if method == "GET":
        first = {"gmail": "gmail", "calendar": "calendar", "graph": "v1.0"}[guard]
        return segments[0] == first and "me" in (segments[3:4] + segments[1:2] + ["me"] * (guard == "calendar"))
    ours = OURS.rstrip("=") if guard == "gmail" else OURS
    exact = {
        "gmail": {("POST", "gmail", "v1", "users", "me", "drafts"), ("DELETE", "gmail", "v1", "users", "me", "drafts", ours)},
        "calendar": set(),
        "graph": {("POST", "v1.0", "me", "messages"), ("PATCH", "v1.0", "me", "messages", ours), ("DELETE", "v1.0", "me", "messages", ours)},
    }[guard]  # fmt: skip
    is_reply_draft = (
        guard == "graph"
        and (method, *segments[:3]) == ("POST", "v1.0", "me", "messages")
        and segments[4:] == ["createReply"]
    )
    return (method, *segments) in exact or (is_reply_draft and "(" not in segments[3])
