"""The guard lets wanted requests through and stops every way to make a provider send that we know of, however spelled."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwatch.errors import ConfigError, RefusedToSend
from mailwatch.transport import Guard, origin_from_url, rule

GMAIL = "https://gmail.googleapis.com"
GRAPH = "https://graph.microsoft.com"
DAV = "https://dav.example"
ID = r"[A-Za-z0-9_=-]+"


def guard(ours: tuple[str, ...] = ()) -> Guard:
    """An allow-list like the ones of real providers."""
    me = r"/gmail/v1/users/me"
    return Guard(
        [
            rule("GET", GMAIL, rf"{me}/messages"),
            rule("GET", GMAIL, rf"{me}/(?:messages|threads|drafts)/{ID}"),
            rule("GET", GMAIL, rf"{me}/(?:history|drafts|labels|profile)"),
            rule("POST", GMAIL, rf"{me}/drafts"),
            rule("DELETE", GMAIL, rf"{me}/drafts/(?P<ref>{ID})"),
            rule("GET", GRAPH, rf"/v1\.0/me/mailFolders/{ID}/messages/delta"),
            rule("GET", GRAPH, rf"/v1\.0/me/messages/{ID}"),
            rule("POST", GRAPH, rf"/v1\.0/me/messages/{ID}/createReply"),
            rule("POST", GRAPH, r"/v1\.0/me/messages"),
            rule("DELETE", GRAPH, rf"/v1\.0/me/messages/(?P<ref>{ID})"),
            rule("GET", GRAPH, r"/v1\.0/me/calendarView"),
            rule("PROPFIND", DAV, r"/[A-Za-z0-9/._%@-]*"),
            rule("REPORT", DAV, r"/[A-Za-z0-9/._%@-]*"),
            rule("GET", DAV, r"/[A-Za-z0-9/._%@-]*"),
        ],
        ours,
    )


WANTED = [
    ("GET", f"{GMAIL}/gmail/v1/users/me/messages?q=after:1700000000&maxResults=500&pageToken=x"),
    ("GET", f"{GMAIL}/gmail/v1/users/me/messages/18c2f?format=raw"),
    ("GET", f"{GMAIL}/gmail/v1/users/me/history?startHistoryId=1&historyTypes=messageAdded"),
    ("POST", f"{GMAIL}/gmail/v1/users/me/drafts"),
    ("POST", f"{GMAIL}:443/gmail/v1/users/me/drafts?alt=json"),
    ("GET", f"{GRAPH}/v1.0/me/mailFolders/sentitems/messages/delta?$select=subject&$deltatoken=abc%2Fdef"),
    ("POST", f"{GRAPH}/v1.0/me/messages/AAMkAG_x-1=/createReply"),
    ("GET", f"{GRAPH}/v1.0/me/calendarView?startDateTime=2026-01-01T00:00:00Z&$top=50"),
    ("PROPFIND", f"{DAV}/dav/calendars/rita%40acme.example/"),
    ("REPORT", f"{DAV}/dav/calendars/rita%40acme.example/interviews/"),
]

SENDING = [
    ("POST", f"{GMAIL}/gmail/v1/users/me/drafts/send"),
    ("POST", f"{GMAIL}/gmail/v1/users/me/messages/send"),
    ("POST", f"{GMAIL}/upload/gmail/v1/users/me/messages/send?uploadType=media"),
    ("POST", f"{GMAIL}/upload/gmail/v1/users/me/drafts/send"),
    ("POST", f"{GMAIL}/resumable/upload/gmail/v1/users/me/drafts"),
    ("POST", f"{GMAIL}/upload/gmail/v1/users/me/drafts"),
    ("POST", f"{GMAIL}/gmail/v1/users/me/drafts?uploadType=multipart"),
    ("POST", f"{GMAIL}/gmail/v1/users/me/drafts?upload_protocol=raw"),
    ("POST", f"{GMAIL}/batch"),
    ("POST", f"{GMAIL}/batch/gmail/v1"),
    ("POST", f"{GMAIL}/gmail/v1/users/me/settings/filters"),
    ("PUT", f"{GMAIL}/gmail/v1/users/me/settings/vacation"),
    ("PUT", f"{GMAIL}/gmail/v1/users/me/settings/autoForwarding"),
    ("POST", f"{GMAIL}/gmail/v1/users/me/settings/forwardingAddresses"),
    ("PUT", f"{GMAIL}/gmail/v1/users/me/drafts/18c2f"),
    ("POST", f"{GMAIL}/gmail/v1/users/rita@acme.example/drafts"),
    ("GET", f"{GMAIL}/gmail/v1/users/me/messages?$httpMethod=POST"),
    ("GET", f"{GMAIL}/gmail/v1/users/me/messages?%5fmethod=POST"),
    ("POST", f"{GRAPH}/v1.0/me/sendMail"),
    ("POST", f"{GRAPH}/v1.0/me/messages/AAMk/send"),
    ("POST", f"{GRAPH}/v1.0/me/messages/AAMk/reply"),
    ("POST", f"{GRAPH}/v1.0/me/messages/AAMk/replyAll"),
    ("POST", f"{GRAPH}/v1.0/me/messages/AAMk/forward"),
    ("POST", f"{GRAPH}/v1.0/me/messages/AAMk/microsoft.graph.send"),
    ("POST", f"{GRAPH}/v1.0/$batch"),
    ("POST", f"{GRAPH}/beta/me/messages"),
    ("POST", f"{GRAPH}/v1.0/me/events"),
    ("POST", f"{GRAPH}/v1.0/me/events/AAMk/accept"),
    ("POST", f"{GRAPH}/v1.0/me/events/AAMk/tentativelyAccept"),
    ("POST", f"{GRAPH}/v1.0/me/events/AAMk/decline"),
    ("POST", f"{GRAPH}/v1.0/me/events/AAMk/forward"),
    ("PATCH", f"{GRAPH}/v1.0/me/events/AAMk"),
    ("PATCH", f"{GRAPH}/v1.0/me/mailboxSettings"),
    ("POST", f"{GRAPH}/v1.0/me/mailFolders/inbox/messageRules"),
    ("POST", f"{GRAPH}/v1.0/users/rita@acme.example/sendMail"),
    ("PUT", f"{DAV}/dav/calendars/rita/interviews/1.ics"),
    ("POST", f"{DAV}/dav/calendars/rita/outbox/"),
    ("DELETE", f"{DAV}/dav/calendars/rita/interviews/1.ics"),
    ("PROPPATCH", f"{DAV}/dav/calendars/rita/"),
    ("DELETE", f"{GMAIL}/gmail/v1/users/me/drafts/18c2f"),
    ("DELETE", f"{GMAIL}/gmail/v1/users/me/messages/18c2f"),
    ("get", f"{GMAIL}/gmail/v1/users/me/messages"),
    ("POST", "https://oauth2.googleapis.com/token"),
]

SPELLINGS = [
    lambda url: url.replace("/me/", "/me/./"),
    lambda url: url.replace("/me/", "/me/x/../"),
    lambda url: url.replace("/me/", "/me//"),
    lambda url: url.replace("/me/", "/me/%2e/"),
    lambda url: url.replace("/me/", "/me%2F"),
    lambda url: url.replace("/me/", "/me%5C"),
    lambda url: url.replace("/me/", "/me;v=1/"),
    lambda url: url.replace("/me/", "/%6De/"),
    lambda url: url.replace("/me/", "/me/%252e%252e/"),
    lambda url: url.replace("https://", "https://gmail.googleapis.com@"),
    lambda url: url.replace("https://", "http://"),
    lambda url: url.replace(".com/", ".com:8443/"),
    lambda url: url.replace(".com/", ".com.evil.example/"),
    lambda url: url.replace(".com/", ".com./"),
    lambda url: url.replace(".com/", ".com\\"),
    lambda url: url.replace("/me/", "/me/\n"),
    lambda url: url.replace("/me/", "/me/\t"),
    lambda url: url.replace("/me/", "/me/ "),
    lambda url: url.replace("/me/", "/ｍｅ/"),
    lambda url: url.replace("/me/", "/ME/"),
    lambda url: f"{url}#x",
    lambda url: f"{url}/",
    lambda url: f"{url}%0a",
    lambda url: url.replace("https:", "HTTPS:"),
]


@pytest.mark.parametrize(("method", "url"), WANTED)
def test_what_mailwatch_needs_passes(method, url):
    guard().check(method, url, {"Accept": "application/json", "Authorization": "Bearer x"}, None)


@pytest.mark.scenario("S1")
@pytest.mark.parametrize(("method", "url"), SENDING)
def test_what_could_send_is_stopped(method, url):
    with pytest.raises(RefusedToSend):
        guard().check(method, url, {}, None)


@pytest.mark.scenario("S1")
@pytest.mark.parametrize("number", range(len(SPELLINGS)))
def test_another_spelling_of_an_allowed_path_is_stopped(number):
    url = SPELLINGS[number](f"{GMAIL}/gmail/v1/users/me/drafts")
    assert url != f"{GMAIL}/gmail/v1/users/me/drafts"
    with pytest.raises(RefusedToSend):
        guard().check("POST", url, {}, None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-HTTP-Method-Override", "POST"),
        ("x-http-method", "DELETE"),
        ("X-Method-Override", "PUT"),
        ("X-Original-URL", "/gmail/v1/users/me/drafts/send"),
        ("X-Rewrite-URL", "/x"),
        ("X-Forwarded-Host", "evil.example"),
        ("Host", "evil.example"),
        ("Transfer-Encoding", "chunked"),
        ("X-Upload-Content-Type", "message/rfc822"),
        ("Cookie", "a=b"),
        ("Content-Type", "multipart/mixed; boundary=batch"),
        ("content-type", " Application/HTTP"),
        ("Content-Type", b"multipart/mixed"),
    ],
)
def test_headers_that_change_what_a_request_does_are_stopped(name, value):
    with pytest.raises(RefusedToSend):
        guard().check("POST", f"{GMAIL}/gmail/v1/users/me/drafts", {name: value}, b"{}")


def test_a_streamed_body_is_stopped():
    with pytest.raises(RefusedToSend):
        guard().check("POST", f"{GMAIL}/gmail/v1/users/me/drafts", {}, iter([b"x"]))


def test_only_drafts_of_ours_can_be_deleted():
    known = guard(("18c2f",))
    known.check("DELETE", f"{GMAIL}/gmail/v1/users/me/drafts/18c2f", {}, None)
    with pytest.raises(RefusedToSend):
        known.check("DELETE", f"{GMAIL}/gmail/v1/users/me/drafts/18c30", {}, None)
    known.own("18c30")
    known.check("DELETE", f"{GMAIL}/gmail/v1/users/me/drafts/18c30", {}, None)


def test_a_refusal_names_method_and_host_and_nothing_else():
    with pytest.raises(RefusedToSend) as caught:
        guard().check("POST", f"{GMAIL}/secret-path?key=secret-key", {"Authorization": "Bearer secret-token"}, None)
    assert "gmail.googleapis.com" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(("method", "path"), [("PUT", "/x"), ("PROPPATCH", "/x"), ("DELETE", "/x"), ("PATCH", "/x")])
def test_an_allow_list_cannot_hold_what_writes_at_large(method, path):
    with pytest.raises(ValueError, match=method):
        rule(method, GMAIL, path)


def test_http_is_for_the_machine_itself():
    assert origin_from_url("http://127.0.0.1:8080").port == 8080
    assert origin_from_url("http://localhost/base").port == 80
    assert origin_from_url("http://[::1]:1").host == "[::1]"
    assert origin_from_url("https://Gmail.googleapis.COM/").host == "gmail.googleapis.com"
    for url in (
        "http://mail.example",
        "ftp://127.0.0.1/",
        "https://rita:pw@mail.example/",
        "mail.example",
        "https://mäil.example/",
    ):
        with pytest.raises(ConfigError):
            origin_from_url(url)


PIECES = [
    "/gmail", "/v1", "/users", "/me", "/drafts", "/messages", "/send", "/18c2f", "/upload", "/batch", "/v1.0", "/sendMail",
    "/reply", "/..", "/.", "//", "/%2e%2e", "%2f", "%5c", "/%73end", ";", "\\", "?", "#", "&", "=", "@", ":", " ", "\t", "%00", "%0d%0a",
    "/createReply", "_method", "uploadType", "$batch", "ſ", "／",
]  # fmt: skip


@given(
    st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "PROPFIND", "REPORT", "post", "SEND"]),
    st.sampled_from([GMAIL, GRAPH, DAV, "https://evil.example"]),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=9).map("".join),
    st.dictionaries(st.sampled_from(["Accept", "X-HTTP-Method-Override", "Content-Type", "Host"]), st.text(max_size=5)),
)
def test_property_whatever_passes_is_exactly_a_rule(method, base, rest, headers):
    url = f"{base}{rest}"
    try:
        guard(("18c2f",)).check(method, url, headers, None)
    except RefusedToSend:
        return
    assert _is_known_good(method, url)
    assert set(headers) <= {"Accept", "Content-Type"}


def _is_known_good(method: str, url: str) -> bool:
    """An independent reading of the rules: split by hand, segment by segment."""
    assert url.isascii()
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    segments = (slash + path).partition("?")[0].split("/")[1:]
    assert scheme == "https"
    assert not {"", ".", ".."} & set(segments[:-1])
    if host == "dav.example":
        return method in {"GET", "PROPFIND", "REPORT"}
    kind = tuple(itertools.chain([method], segments))
    allowed = {
        ("POST", "gmail", "v1", "users", "me", "drafts"),
        ("POST", "v1.0", "me", "messages"),
        ("DELETE", "gmail", "v1", "users", "me", "drafts", "18c2f"),
        ("DELETE", "v1.0", "me", "messages", "18c2f"),
    }
    is_reply_draft = kind[:4] == ("POST", "v1.0", "me", "messages") and kind[5:] == ("createReply",)
    return method == "GET" or kind in allowed or is_reply_draft
