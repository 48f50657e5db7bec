"""Every way to send that anybody could think of, tried on the one way to Google: refused before it leaves. What is wanted passes."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwatch.backends.gmail.calls import Calls
from mailwatch.backends.google import CALENDAR, GMAIL, GoogleWire, calendar_service, gmail_service, guard_for
from mailwatch.backends.google.trouble import is_busy
from mailwatch.errors import RefusedToSend
from mailwatch.transport import Transport
from tests.servers.google_account import QUICK, Tokens
from tests.servers.google_discovery import document_named
from tests.servers.google_server import Fault

RAW = base64.urlsafe_b64encode(b"To: rita@acme.example\r\n\r\nHello\r\n").decode()
ME = "/gmail/v1/users/me"

# Method, path (or a whole address), headers and body: each of them sends, makes somebody else's server send, or hides what does.
WAYS = [
    ("POST", f"{ME}/messages/send", {}, {"raw": RAW}),
    ("POST", f"{ME}/drafts/send", {}, {"id": "r1"}),
    ("POST", "/gmail/v1/users/jo@home.example/messages/send", {}, {"raw": RAW}),
    ("POST", "/gmail/v1/users/me%2Fmessages%2Fsend", {}, {"raw": RAW}),
    ("POST", f"{ME}/drafts/%73end", {}, {"id": "r1"}),
    ("POST", f"{ME}/drafts/se%6Ed", {}, {"id": "r1"}),
    ("POST", f"{ME}/drafts%2Fsend", {}, {"id": "r1"}),
    ("POST", f"{ME}/drafts//send", {}, {"id": "r1"}),
    ("POST", f"{ME}//drafts/send", {}, {"id": "r1"}),
    ("POST", f"{ME}/drafts/./send", {}, {"id": "r1"}),
    ("POST", f"{ME}/drafts/x/../send", {}, {"id": "r1"}),
    ("POST", f"{ME}/drafts/%2e%2e/messages/send", {}, {"raw": RAW}),
    ("POST", f"{ME}/drafts/send/", {}, {"id": "r1"}),
    ("POST", f"{ME}/drafts/send;x=1", {}, {"id": "r1"}),
    ("POST", f"{ME}/drafts;/send", {}, {"id": "r1"}),
    ("POST", f"{ME}/drafts/SEND", {}, {"id": "r1"}),
    ("POST", f"{ME}/drafts/send?alt=json", {}, {"id": "r1"}),
    ("POST", f"{ME}/drafts/send#drafts", {}, {"id": "r1"}),
    ("POST", f"{ME}/drafts\\send", {}, {"id": "r1"}),
    ("POST", f"{ME}/drafts/send%00", {}, {"id": "r1"}),
    ("POST", f"{ME}/drafts/send%20", {}, {"id": "r1"}),
    ("POST", f"/upload{ME}/messages/send", {}, {"raw": RAW}),
    ("POST", f"/upload{ME}/drafts/send?uploadType=media", {}, {"raw": RAW}),
    ("POST", f"/resumable/upload{ME}/messages/send", {}, {"raw": RAW}),
    ("POST", f"{ME}/drafts?uploadType=multipart", {}, {"message": {"raw": RAW}}),
    ("POST", "/batch", {"content-type": "multipart/mixed; boundary=x"}, "--x\r\n"),
    ("POST", "/batch/gmail/v1", {"content-type": "multipart/mixed; boundary=x"}, "--x\r\n"),
    ("POST", f"{ME}/drafts", {"content-type": "multipart/mixed; boundary=x"}, "--x\r\n"),
    ("POST", f"{ME}/drafts", {"content-type": "application/http"}, "POST /send\r\n"),
    ("POST", f"{ME}/drafts", {"x-http-method-override": "PUT"}, {"message": {"raw": RAW}}),
    ("POST", f"{ME}/drafts", {"X-HTTP-Method": "PUT"}, {"message": {"raw": RAW}}),
    ("POST", f"{ME}/drafts", {"X-Original-URL": f"{ME}/drafts/send"}, {"id": "r1"}),
    ("POST", f"{ME}/drafts", {"X-Rewrite-URL": f"{ME}/drafts/send"}, {"id": "r1"}),
    ("POST", f"{ME}/drafts", {"Host": "smtp.example"}, {"id": "r1"}),
    ("POST", f"{ME}/drafts?$method=send", {}, {"id": "r1"}),
    ("POST", f"{ME}/drafts?_method=PUT", {}, {"id": "r1"}),
    ("GET", f"{ME}/messages?X-HTTP-Method-Override=POST", {}, None),
    ("PUT", f"{ME}/drafts/r1?send=true", {}, {"id": "r1"}),
    ("PUT", f"{ME}/drafts/r1", {}, {"message": {"raw": RAW}}),
    ("PATCH", f"{ME}/drafts/r1", {}, {"message": {"raw": RAW}}),
    ("DELETE", f"{ME}/drafts/r-not-ours", {}, None),
    ("DELETE", f"{ME}/messages/18c", {}, None),
    ("POST", f"{ME}/messages/import", {}, {"raw": RAW}),
    ("POST", f"{ME}/messages", {}, {"raw": RAW, "labelIds": ["SENT"]}),
    ("POST", f"{ME}/messages/18c/modify", {}, {"addLabelIds": ["SENT"]}),
    ("POST", f"{ME}/messages/18c/trash", {}, None),
    ("POST", f"{ME}/threads/18c/modify", {}, {}),
    ("POST", f"{ME}/settings/filters", {}, {"action": {"forward": "x@evil.example"}}),
    ("POST", f"{ME}/settings/forwardingAddresses", {}, {"forwardingEmail": "x@evil.example"}),
    ("PUT", f"{ME}/settings/autoForwarding", {}, {"enabled": True}),
    ("PUT", f"{ME}/settings/vacation", {}, {"enableAutoReply": True}),
    ("POST", f"{ME}/settings/sendAs", {}, {"sendAsEmail": "x@evil.example"}),
    ("POST", f"{ME}/settings/delegates", {}, {"delegateEmail": "x@evil.example"}),
    ("POST", f"{ME}/watch", {}, {"topicName": "x"}),
    ("POST", "/calendar/v3/calendars/primary/events", {}, {"attendees": [{"email": "x@acme.example"}]}),
    ("POST", "/calendar/v3/calendars/primary/events?sendUpdates=all", {}, {}),
    ("POST", "/calendar/v3/calendars/primary/events/quickAdd?text=x", {}, None),
    ("POST", "/calendar/v3/calendars/primary/events/import", {}, {}),
    ("PATCH", "/calendar/v3/calendars/primary/events/e1", {}, {"attendees": [{"responseStatus": "declined"}]}),
    ("PUT", "/calendar/v3/calendars/primary/events/e1", {}, {}),
    ("POST", "/calendar/v3/calendars/primary/events/e1/move?destination=x", {}, None),
    ("DELETE", "/calendar/v3/calendars/primary/events/e1?sendUpdates=all", {}, None),
    ("POST", "/calendar/v3/calendars/primary/acl?sendNotifications=true", {}, {}),
    ("POST", "https://gmail.googleapis.com/gmail/v1/users/me/messages/send", {}, {"raw": RAW}),
    ("POST", "https://gmail.googleapis.com@127.0.0.1/gmail/v1/users/me/drafts", {}, {"raw": RAW}),
    ("POST", "http://127.0.0.1:25/gmail/v1/users/me/drafts", {}, {"raw": RAW}),
    ("POST", "https://www.googleapis.com/batch/gmail/v1", {}, {"raw": RAW}),
]  # fmt: skip


def wire_to(google, calls):
    guard = guard_for(calls, google.url)
    return GoogleWire(Transport("web", guard, limits=QUICK, busy=is_busy), calls, Tokens(google))


def test_there_are_many_ways():
    assert len(WAYS) >= 60


@pytest.mark.scenario("S1")
@pytest.mark.parametrize("calls", [GMAIL, CALENDAR], ids=["gmail", "calendar"])
@pytest.mark.parametrize(
    ("verb", "path", "headers", "body"), WAYS, ids=[f"{way[0]} {way[1]} {sorted(way[2])}" for way in WAYS]
)
def test_it_is_refused_before_it_leaves(google, calls, verb, path, headers, body):
    wire = wire_to(google, calls)
    address = path if path.startswith("http") else google.url + path
    content = json.dumps(body) if isinstance(body, dict) else body
    with pytest.raises(RefusedToSend):
        wire.request(address, method=verb, body=content, headers={"content-type": "application/json", **headers})
    assert google.asked == []
    assert google.violations == []


def _by_the_library(users, calendar):
    """What Google's own client offers, asked of it in its own words."""
    message = {"raw": RAW}
    drafts, messages, settings, events = users.drafts(), users.messages(), users.settings(), calendar.events()
    yield "drafts.send", drafts.send(userId="me", body={"id": "r1"})
    yield "messages.send", messages.send(userId="me", body=message)
    yield "messages.insert", messages.insert(userId="me", body=message)
    yield "messages.import", messages.import_(userId="me", body=message)
    yield "drafts.update", drafts.update(userId="me", id="r1", body={"message": message})
    yield "drafts.delete", drafts.delete(userId="me", id="not-ours")
    yield "filters", settings.filters().create(userId="me", body={})
    yield "vacation", settings.updateVacation(userId="me", body={})
    yield "forwarding", settings.updateAutoForwarding(userId="me", body={})
    yield "watch", users.watch(userId="me", body={})
    yield "somebody else's", messages.list(userId="somebody@home.example")
    yield "a long question", messages.list(userId="me", q="x" * 3_000)
    yield "events.insert", events.insert(calendarId="primary", body={}, sendUpdates="all")
    yield "events.patch", events.patch(calendarId="primary", eventId="e", body={})
    yield "events.quickAdd", events.quickAdd(calendarId="primary", text="x")


def whole(name, google, calls):
    """Google's client with all that it has; mailwatch's own has less."""
    from googleapiclient.discovery import build_from_document

    document = document_named(name) | {"rootUrl": f"{google.url}/", "baseUrl": f"{google.url}/"}
    return build_from_document(document, http=wire_to(google, calls))


@pytest.mark.scenario("S1")
def test_the_client_that_mailwatch_builds_has_the_methods_of_the_table_and_none_besides(google):
    users = gmail_service(wire_to(google, GMAIL), google.url)
    calendar = calendar_service(wire_to(google, CALENDAR), google.url)
    assert methods_of(users) == GMAIL.keys()
    assert methods_of(calendar) == CALENDAR.keys()


def methods_of(resource, above=""):
    """The calls that a resource of Google's client offers, with those below it."""
    found = set()
    for name in dir(resource):
        offered = getattr(resource, name)
        if name.startswith(("_", "new_batch")) or name == "close" or name.endswith("_next"):
            continue
        below = offered() if getattr(offered, "__is_resource__", False) else None
        found |= {f"{above}{name}"} if below is None else methods_of(below, f"{above}{name}.")
    return found


@pytest.mark.scenario("S1")
def test_googles_own_client_can_not_send_either(google):
    tried = list(_by_the_library(whole("gmail.v1", google, GMAIL).users(), whole("calendar.v3", google, CALENDAR)))
    for name, request in tried:
        with pytest.raises(RefusedToSend):
            request.execute(num_retries=0)
        assert google.asked == [], name


def test_a_batch_and_an_upload_of_googles_client_are_refused(google):
    from googleapiclient.http import MediaInMemoryUpload

    service = whole("gmail.v1", google, GMAIL)
    batch = service.new_batch_http_request()
    batch.add(service.users().messages().send(userId="me", body={"raw": RAW}))
    with pytest.raises(RefusedToSend):
        batch.execute(http=wire_to(google, GMAIL))
    upload = MediaInMemoryUpload(b"To: rita@acme.example\r\n\r\nHello\r\n", mimetype="message/rfc822")
    with pytest.raises(RefusedToSend):
        service.users().drafts().create(userId="me", body={}, media_body=upload).execute()
    assert google.asked == []


def test_what_is_wanted_passes(google):
    google.box.arrives(b"Subject: Hello\r\n\r\nHello\r\n", {"INBOX"})
    (mail,) = google.box.mails.values()
    guard = guard_for(GMAIL, google.url)
    calls = Calls("web", GoogleWire(Transport("web", guard, limits=QUICK), GMAIL, Tokens(google)), guard, google.url)
    calls.history_now()
    calls.history_since(str(google.box.history))
    assert list(calls.found("hello")) == [mail.id]
    assert calls.message(mail.id, whole=True)
    assert calls.header(mail.id)
    calls.attachment(mail.id, "none")
    draft, _ = calls.create_draft(b"To: rita@acme.example\r\n\r\nHello\r\n", "")
    assert calls.drafts()[0][0] == draft
    assert calls.draft(draft)
    assert calls.delete_draft(draft)
    assert {call.partition(" ")[0] for call in google.calls()} == GMAIL.keys()
    google.check()


def test_a_redirect_is_not_followed(google):
    """A server that answers 308 to another place gets nothing more."""
    google.faults.append(Fault("drafts.create", status=308))
    calls = wire_to(google, GMAIL)
    with pytest.raises(Exception, match="redirects"):
        calls.request(
            f"{google.url}{ME}/drafts", method="POST", body="{}", headers={"content-type": "application/json"}
        )
    assert len(google.asked) == 1


@given(st.data())
def test_no_spelling_of_a_path_gets_through(data):
    """Hypothesis plays with the spelling of what sends: the guard that stands before Gmail never lets it pass."""
    guard = guard_for(GMAIL, "http://127.0.0.1:1")
    path = data.draw(
        st.sampled_from([f"{ME}/drafts/send", f"{ME}/messages/send", "/batch", f"/upload{ME}/drafts/send"])
    )
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(path)))
        piece = data.draw(
            st.sampled_from(
                [
                    "/",
                    ".",
                    "..",
                    "%2f",
                    "%2e",
                    ";",
                    "?",
                    "#",
                    "\\",
                    "%",
                    "//",
                    "\t",
                    " ",
                    "send",
                    "A",
                    "é",
                    "%73",
                    "@",
                    ":",
                ]
            )
        )
        path = path[:at] + piece + path[at + data.draw(st.integers(0, 2)) :]
    if not path.startswith("/"):
        path = "/" + path
    try:
        guard.check("POST", f"http://127.0.0.1:1{path}", {}, None)
    except RefusedToSend:
        return
    assert path.partition("?")[0] == f"{ME}/drafts", path
