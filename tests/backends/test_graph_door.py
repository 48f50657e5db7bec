"""What leaves for Microsoft Graph, and what its refusals mean for the user."""

from __future__ import annotations

import base64
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwatch.backends.base import FoundPlace
from mailwatch.backends.graph import GraphBackend, GraphDoor
from mailwatch.backends.graph.door import base_from_url, rules_for
from mailwatch.backends.graph_calendar import GraphCalendar
from mailwatch.core.model import DraftRef, SpecialUse
from mailwatch.doctor.graph_sends import GRAPH_SENDS
from mailwatch.errors import AuthError, BackendError, ProtocolError, RateLimited, RefusedToSend, TransientError
from mailwatch.sandbox import InlineParser
from mailwatch.transport import Guard
from tests.backends.contract import look
from tests.backends.graphs import QUICK, GraphWorld, Key, new_graph
from tests.backends.mails import ME, ago, letter, mail, mid
from tests.servers.graph import Fault, Token, running_graph
from tests.servers.graph_schema import ROUTES
from tests.servers.recording import make_certificate

BASE = "https://graph.microsoft.com/v1.0"
ID = "AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A_x=="


@pytest.fixture
def graph():
    with running_graph(new_graph()) as graph:
        yield graph


@pytest.fixture
def world(graph):
    world = GraphWorld(graph)
    yield world
    world.close()


@pytest.fixture
def backend(world):
    return world.open()


@pytest.mark.scenario("S1")
@pytest.mark.parametrize(("method", "path"), GRAPH_SENDS)
def test_whatever_could_send_is_stopped_before_the_wire(method, path):
    with pytest.raises(RefusedToSend):
        Guard(rules_for(BASE)).check(method, BASE + path.format(id=ID), {}, None)


@pytest.mark.scenario("S1")
@given(st.text(st.sampled_from("/abmsendreplyMail$batch.%2F()'-_=~"), min_size=1, max_size=60), st.sampled_from(["POST", "PATCH", "DELETE"]))  # fmt: skip
def test_no_spelling_of_a_path_gets_past_the_two_that_make_drafts(path, method):
    guard = Guard(rules_for(BASE))
    try:
        guard.check(method, f"{BASE}/me/messages/{path}", {}, None)
    except RefusedToSend:
        return
    assert method == "POST"
    assert path.partition("/")[2] == "createReply"


def test_every_route_that_is_used_gets_through_and_no_other_method_does():
    guard = Guard(rules_for(BASE), [ID])
    words = {"folder": ID, "message": ID, "attachment": ID, "calendar": ID, "event": ID}
    used = [route for route in ROUTES if route.name not in ("folders", "child folders")]
    for route in used:
        guard.check(route.method, BASE + route.path.format(**words), {}, None)
    for link in (f"/me/mailfolders('{ID}')/messages/delta?$skiptoken=x-_", f"/me/calendars('{ID}')/calendarView/delta()?$deltatoken=x", "/me/calendarView/microsoft.graph.delta()?$deltatoken=x"):  # fmt: skip
        guard.check("GET", BASE + link, {}, None)


def test_the_base_address_may_name_another_cloud():
    assert base_from_url("https://graph.microsoft.us/") == "https://graph.microsoft.us/v1.0"
    assert base_from_url("https://graph.microsoft.us/v1.0") == "https://graph.microsoft.us/v1.0"


def test_every_request_asks_for_immutable_ids_and_nothing_is_sent(world, backend, graph):
    world.put(mail(1), SpecialUse.INBOX, ago(days=2))
    (envelope,), _ = look(backend)
    list(backend.fetch([envelope.ref]))
    saved = backend.save_draft(letter(in_reply_to=mid(1)))
    backend.find_draft(letter())
    backend.discard_draft(saved.ref, unchanged_from=letter().fingerprint)
    assert {asked.prefers.get("idtype") for asked in graph.asked} == {"ImmutableId"}
    writes = [(asked.method, asked.name) for asked in graph.asked if asked.method != "GET"]
    assert writes == [("POST", "reply draft"), ("PATCH", "change")]


LOST = {
    "lost": {"how": "lost"}, "reset": {"how": "reset"}, "hang": {"how": "hang"}, "429": {"how": "", "status": 429},
    "500": {"how": "", "status": 500}, "503": {"how": "", "status": 503}, "504": {"how": "", "status": 504},
}  # fmt: skip


@pytest.mark.scenario("T22", "S6")
@pytest.mark.parametrize("mode", LOST)
@pytest.mark.parametrize("answered", [True, False])
def test_a_lost_answer_leaves_one_draft_and_it_is_found(graph, mode, answered):
    from dataclasses import replace

    world = GraphWorld(graph, limits=replace(QUICK, silence=0.2))
    world.put(mail(1), SpecialUse.INBOX, ago(days=2))
    before = world.state()
    draft = letter(in_reply_to=mid(1) if answered else None)
    graph.fault(name="reply draft" if answered else "new draft", after=True, **LOST[mode])
    backend = world.open()
    with pytest.raises(TransientError):
        backend.save_draft(draft)
    assert len(world.drafts()) == 1
    assert [found.place for found in backend.find_draft(draft)] == [FoundPlace.DRAFTS]
    assert sum(asked.method == "POST" for asked in graph.asked) == 1
    assert world.state() == before
    graph.over.set()
    world.close()


def test_a_token_that_is_refused_is_renewed_once_and_a_post_is_not_repeated(world, graph):
    key = Key("old")
    door = GraphDoor("web", key, base_url=graph.url, limits=QUICK)
    backend = GraphBackend(ME, door, InlineParser())
    with pytest.raises(AuthError, match="no longer accepts") as caught:
        backend.drafts()
    assert caught.value.next_step == "mailwatch auth login web"
    assert [fresh for fresh, _ in key.asked].count(True) == 1
    assert len(graph.asked) == 2
    with pytest.raises(AuthError):
        backend.save_draft(letter())
    assert sum(asked.method == "POST" for asked in graph.asked) == 1
    backend.close()


def test_of_many_requests_that_are_refused_at_once_one_renews_the_token(world, graph):
    for number in range(8):
        world.put(mail(number), SpecialUse.INBOX, ago(days=2))
    envelopes, _ = look(world.open())

    class Renewing(Key):
        def token(self, *, fresh=False, claims=""):
            self.token_now = "good" if fresh else self.token_now
            return super().token(fresh=fresh, claims=claims)

    key = Renewing("old")
    backend = GraphBackend(ME, GraphDoor("web", key, base_url=graph.url, limits=QUICK), InlineParser())
    assert len(list(backend.fetch([envelope.ref for envelope in envelopes]))) == 8
    assert [fresh for fresh, _ in key.asked].count(True) == 1
    backend.close()


def test_at_most_four_requests_are_under_way_at_once(world, graph, monkeypatch):
    for number in range(12):
        world.put(mail(number), SpecialUse.INBOX, ago(days=2))
    backend = world.open()
    envelopes, _ = look(backend)
    known = graph._answer
    monkeypatch.setattr(graph, "_answer", lambda asked: (time.sleep(0.02), known(asked))[1])
    fetched = list(backend.fetch([envelope.ref for envelope in envelopes]))
    assert [each.ref for each in fetched] == [envelope.ref for envelope in envelopes]
    assert graph.most_at_once == 4
    graph.fault(name="mime", how="", status=500, times=99)
    with pytest.raises(TransientError):
        list(backend.fetch([envelope.ref for envelope in envelopes]))


def test_a_claims_challenge_is_handed_to_the_sign_in(world, graph):
    graph.tokens["good"] = Token(graph.tokens["good"].scopes, claims_wanted=True)
    graph.tokens["better"] = Token(graph.tokens["good"].scopes)

    class Renewing(Key):
        def token(self, *, fresh=False, claims=""):
            super().token(fresh=fresh, claims=claims)
            return "better" if claims else "good"

    key = Renewing()
    backend = GraphBackend(ME, GraphDoor("web", key, base_url=graph.url, limits=QUICK), InlineParser())
    assert backend.drafts() == ()
    assert json.loads(key.asked[-1][1])["access_token"]["nbf"]["essential"] is True
    backend.close()


@pytest.mark.parametrize(
    ("status", "code", "kind", "words"),
    [
        (403, "ErrorAccessDenied", AuthError, "permission"),
        (404, "MailboxNotEnabledForRESTAPI", ProtocolError, "no mailbox"),
        (409, "ErrorIrresolvableConflict", TransientError, "busy"),
        (423, "Locked", TransientError, "busy"),
        (507, "ErrorQuotaExceeded", RateLimited, "full"),
        (400, "ErrorQuotaExceeded", RateLimited, "full"),
        (400, "RequestBroker--ParseUri", ProtocolError, "requestbroker--parseuri"),
        (500, "", TransientError, "fault of its own"),
    ],
)
def test_errors_say_what_they_mean_for_the_user(backend, graph, status, code, kind, words):
    graph.fault(how="", status=status, code=code)
    with pytest.raises(kind, match=words) as caught:
        backend.drafts()
    assert caught.value.account == "web"


def test_patience_is_shown_where_the_service_asks_for_it(graph):
    world = GraphWorld(graph)
    waited: list[float] = []
    door = GraphDoor("web", Key(), base_url=graph.url)
    door._transport._sleep = waited.append
    backend = GraphBackend(ME, door, InlineParser())
    graph.fault(how="", status=429, code="ApplicationThrottled", headers={"Retry-After": "7"}, times=2)
    assert backend.drafts() == ()
    assert waited == [7.0, 7.0]
    graph.fault(how="", status=503, headers={"Retry-After": "900"})
    with pytest.raises(RateLimited) as caught:
        backend.drafts()
    assert caught.value.retry_after.total_seconds() == 900
    graph.fault(name="new draft", how="", status=429, headers={"Retry-After": "1"})
    with pytest.raises(RateLimited):
        backend.save_draft(letter())
    assert graph.names().count("new draft") == 1
    assert len(waited) == 2
    backend.close()
    world.close()


@pytest.mark.parametrize(
    ("scopes", "attempt"),
    [
        ("Calendars.Read", lambda backend: backend.drafts()),
        ("Mail.Read Calendars.Read", lambda backend: backend.save_draft(letter())),
        ("Mail.Read", lambda backend: GraphCalendar("jobs", backend._door, zone="UTC")._paths()),
    ],
)
def test_a_permission_that_is_missing_asks_for_a_new_sign_in(graph, backend, scopes, attempt):
    graph.tokens["good"] = Token(frozenset(scopes.split()))
    with pytest.raises(AuthError, match="permission"):
        attempt(backend)


def test_answers_that_are_none_are_errors(backend, graph, monkeypatch):
    from tests.servers import graph_answers

    for body in (b"<html>sign in to the network</html>", b"[]", b'{"value": 3}', b'{"value": [], "@odata.nextLink": "https://evil.example/v1.0/me/messages"}'):  # fmt: skip
        monkeypatch.setattr(graph.answers, "to", lambda asked, ids, body=body: graph_answers.Answer(200, body))
        with pytest.raises(ProtocolError):
            backend.drafts()


def test_a_door_speaks_tls_with_the_authority_that_is_configured(tmp_path):
    ca_file, both = make_certificate(tmp_path)
    with running_graph(new_graph(), both) as graph:
        address = graph.url.replace("localhost", "127.0.0.1")
        trusting = GraphBackend(
            ME, GraphDoor("web", Key(), base_url=address, ca_file=ca_file, limits=QUICK), InlineParser()
        )
        assert trusting.drafts() == ()
        trusting.close()
        strict = GraphBackend(ME, GraphDoor("web", Key(), base_url=address, limits=QUICK), InlineParser())
        with pytest.raises(ProtocolError, match="certificate"):
            strict.drafts()
        strict.close()


# Drafts


@pytest.mark.scenario("S2", "S4")
def test_a_reply_draft_joins_the_conversation_and_leaves_its_parent_as_it_was(world, backend, graph):
    parent = graph.mailbox.put(mail(1), graph.mailbox.known("inbox").id, ago(days=2))
    before = (parent.raw, parent.read, parent.answered, parent.version, parent.folder)
    saved = backend.save_draft(letter(in_reply_to=mid(1), subject="Re: Your interview"))
    assert (parent.raw, parent.read, parent.answered, parent.version, parent.folder) == before
    (draft,) = graph.mailbox.within(graph.mailbox.known("drafts").id)
    assert draft.conversation == parent.conversation
    assert saved.ref == DraftRef(draft.id)
    assert saved.link.startswith("https://outlook.office365.com/owa/?ItemID=")
    assert graph.names()[-4:] == ["messages", "reply draft", "change", "mime"]
    assert saved.stamp == backend.drafts()[0].stamp


@pytest.mark.scenario("S4")
def test_where_nothing_can_be_answered_the_draft_is_made_by_itself(world, backend, graph):
    from tests.backends.mails import invitation

    world.put(invitation(1), SpecialUse.INBOX, ago(days=2))
    saved = backend.save_draft(letter(in_reply_to=mid(1)))
    assert mid(1).encode() in saved.raw
    assert [name for name in graph.names() if "draft" in name] == ["reply draft", "new draft"]
    backend.save_draft(letter(in_reply_to=mid("never seen"), anchor=ago(days=9)))
    assert graph.names().count("new draft") == 2
    assert len(world.drafts()) == 2


@pytest.mark.scenario("S3")
def test_a_draft_whose_message_id_the_service_replaces_is_known_by_its_other_mark(world, backend, graph):
    draft = letter()
    saved = backend.save_draft(draft)
    (item,) = graph.mailbox.within(graph.mailbox.known("drafts").id)
    graph.mailbox.change(item, item.raw.replace(draft.message_id.encode(), b"<AM0PR01@eurprd01.prod.outlook.example>"))
    (found,) = backend.find_draft(draft)
    assert (found.place, found.ref, found.by) == (FoundPlace.DRAFTS, saved.ref, "message-id")
    assert [seen.message_id for seen in backend.drafts()] == [draft.message_id]
    assert not [name for name in item.mime if name.lower().startswith("x-mailwatch")]


def test_a_draft_that_could_not_be_marked_twice_is_a_draft_all_the_same(world, backend, graph):
    graph.fault(name="change", how="", status=500)
    saved = backend.save_draft(letter())
    assert saved.stamp == backend.drafts()[0].stamp
    (found,) = backend.find_draft(letter())
    assert found.by == "message-id"


@pytest.mark.scenario("T5")
@pytest.mark.parametrize("outlives", [True, False])
def test_a_sent_draft_is_found_whether_its_id_outlives_that_or_not(world, backend, graph, outlives):
    graph.mailbox.outlives_send = outlives
    draft = letter()
    saved = backend.save_draft(draft)
    _, before = look(backend)
    world.send_draft(draft.message_id)
    (found,) = backend.find_draft(draft)
    assert (found.place, found.ref == saved.ref) == (FoundPlace.SENT, outlives)
    (envelope,), _ = look(backend, before.cursor)
    assert (envelope.id, envelope.role) == (draft.message_id, SpecialUse.SENT)
    assert backend.read_draft(saved.ref) is None
    assert backend.discard_draft(saved.ref, unchanged_from=draft.fingerprint) is False


@pytest.mark.scenario("T7")
def test_a_draft_that_changes_while_it_is_looked_at_is_left(world, backend, graph, monkeypatch):
    draft = letter()
    saved = backend.save_draft(draft)
    (item,) = graph.mailbox.within(graph.mailbox.known("drafts").id)
    known = graph.answers._mime

    def edited_meanwhile(asked, message):
        answer = known(asked, message)
        graph.mailbox.change(item, item.raw.replace(b"Subject: ", b"Subject: No "))
        return answer

    monkeypatch.setattr(graph.answers, "_mime", edited_meanwhile)
    assert backend.discard_draft(saved.ref, unchanged_from=draft.fingerprint) is False
    assert len(world.drafts()) == 1


@pytest.mark.scenario("S3")
def test_what_is_discarded_lies_in_deleted_items(world, backend, graph):
    draft = letter()
    saved = backend.save_draft(draft)
    assert backend.discard_draft(saved.ref, unchanged_from=draft.fingerprint) is True
    assert [found.place for found in backend.find_draft(draft)] == [FoundPlace.TRASH]


def test_a_service_that_stores_nothing_is_told_apart(backend, graph, monkeypatch):
    from tests.servers.graph_answers import Answer

    monkeypatch.setattr(graph.answers, "_made", lambda asked, conversation: Answer(201, b'{"id": 4}'))
    with pytest.raises(ProtocolError, match="did not say where"):
        backend.save_draft(letter())
    monkeypatch.setattr(
        graph.answers, "_made", lambda asked, conversation: Answer(201, b'{"id": "AAAA", "webLink": "javascript:x"}')
    )
    with pytest.raises(ProtocolError, match="there is none"):
        backend.save_draft(letter())


def test_the_draft_travels_as_base64_mime(world, backend, graph):
    draft = letter(text="Grüße")
    backend.save_draft(draft)
    (posted,) = [asked for asked in graph.asked if asked.method == "POST"]
    assert posted.headers["content-type"] == "text/plain"
    assert base64.b64decode(posted.body) == draft.raw
    graph.faults = [Fault("new draft", "", 403, code="ErrorAccessDenied")]
    with pytest.raises(BackendError):
        backend.save_draft(letter(anchor=ago(days=5)))
