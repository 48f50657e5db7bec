"""What the Graph backend makes of the service's habits: languages, limits, pages, meetings, large mail, robots."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.policy import SMTP

import pytest

from mailwatch.backends.graph import changes as changes_module
from mailwatch.backends.graph import envelopes as envelopes_module
from mailwatch.core.mime import envelope_from_raw
from mailwatch.core.model import Cursor, MessageRef, SpecialUse
from mailwatch.errors import BackendError, CursorExpired, TransientError
from mailwatch.sandbox import InlineParser, Unreadable
from tests.backends.contract import EVERYWHERE, ids, look
from tests.backends.graphs import GraphWorld, new_graph
from tests.backends.mails import ALL, ME, NOW, SINCE, ago, invitation, letter, mail, mid
from tests.servers import graph_answers
from tests.servers.graph import running_graph
from tests.servers.graph_mailbox import GERMAN, JAPANESE


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


def asked_since(graph, count):
    return graph.names()[count:]


@pytest.mark.scenario("S7")
@pytest.mark.parametrize("names", [GERMAN, JAPANESE], ids=["German", "Japanese"])
def test_folders_are_known_whatever_language_they_are_shown_in(names):
    with running_graph(new_graph(names)) as graph:
        world = GraphWorld(graph)
        for number, use in enumerate(EVERYWHERE):
            world.put(mail(number), use, ago(days=2))
        backend = world.open()
        assert {each.id: each.role for each in look(backend)[0]} == {mid(n): use for n, use in enumerate(EVERYWHERE)}
        backend.save_draft(letter())
        assert [item.draft for item in graph.mailbox.within(graph.mailbox.known("drafts").id)] == [True]
        world.close()


def test_an_envelope_is_what_the_whole_message_would_give_but_for_traces_and_the_senders_clock(world, backend):
    raws = [
        mail(1, subject="Re: Grüße =?utf-8?q?x?=", sender='"Ek, Rita (Acme)" <rita@acme.example>', Cc="Bo <bo@acme.example>"),
        mail(2, In_Reply_To=mid(1), References=f"<a@b> {mid(1)}", Reply_To="jobs@acme.example"),
        mail(3, sender='"Löwe, Änne" <aenne@acme.example>', to="undisclosed-recipients:;"),
        mail(4, List_Unsubscribe="<https://acme.example/u>", List_Id="<news.acme.example>", Precedence="bulk"),
        mail(5, Auto_Submitted="auto-replied", subject="Automatic reply: Hello"),
    ]  # fmt: skip
    for raw in raws:
        world.put(raw, SpecialUse.INBOX, ago(days=1))
    found = {each.id: each for each in look(backend)[0]}
    for raw in raws:
        whole = envelope_from_raw(raw, ref=MessageRef(""), role=SpecialUse.INBOX)
        seen = found[whole.id]
        for name in (
            "subject",
            "sender",
            "to",
            "cc",
            "reply_to",
            "date",
            "in_reply_to",
            "references",
            "size",
            "automation",
        ):
            assert getattr(seen, name) == getattr(whole, name), name
        assert seen.zone_offset_minutes is None
        assert seen.received == ago(days=1)
        assert seen.thread is None


def test_nothing_in_a_mail_can_begin_another_header_line(world, backend, graph):
    world.put(mail(1), SpecialUse.INBOX, ago(days=1))
    (item,) = graph.mailbox.items.values()
    item.__dict__["message_id"] = "<m1@acme.example>"
    known = graph_answers.item_fields

    def evil(item):
        box = {"emailAddress": {"name": 'x"\r\nBcc: a@b.example', "address": "rita@acme.example"}}
        return known(item) | {
            "subject": "Hi\r\nList-Id: <x>\u2028Bcc: c@d.example",
            "from": box,
            "toRecipients": [box, 3, {}],
        }

    graph.answers._fields.__globals__["item_fields"] = evil
    try:
        (envelope,), _ = look(backend)
    finally:
        graph.answers._fields.__globals__["item_fields"] = known
    assert envelope.subject == "Hi List-Id: <x> Bcc: c@d.example"
    assert (envelope.bcc, envelope.automation.list_id) == ((), "")
    assert envelope.sender is not None
    assert envelope.sender.address == "rita@acme.example"


@pytest.mark.scenario("F13")
def test_a_first_round_that_was_cut_at_the_services_limit_is_completed(world, backend, graph, monkeypatch):
    monkeypatch.setattr(changes_module, "FILTER_LIMIT", 5)
    monkeypatch.setattr(graph_answers, "DELTA_FILTER_LIMIT", 5)
    for number in range(13):
        world.put(mail(number), SpecialUse.INBOX, ago(days=2, hours=number))
    pages = list(backend.changes(None, since=SINCE, interest=ALL))
    assert {each.id for page in pages for each in page.items} == {mid(number) for number in range(13)}
    for taken in range(1, len(pages)):
        rest, last = look(world.open(), pages[taken - 1].cursor)
        assert ids([*(each for page in pages[:taken] for each in page.items), *rest]) == {mid(n) for n in range(13)}
        assert last.covers_from <= SINCE
    assert look(backend, pages[-1].cursor)[0] == []


def test_nothing_new_costs_one_request_a_folder_and_folders_are_looked_for_every_hour(world, backend, graph):
    world.put(mail(1), SpecialUse.INBOX, ago(days=2))
    _, first = look(backend)
    before = len(graph.asked)
    _, second = look(world.open(), first.cursor, since=SINCE + timedelta(minutes=59))
    assert asked_since(graph, before) == ["message delta"] * 6
    new = graph.mailbox.add_folder("Offers")
    graph.mailbox.put(mail(2), new.id, ago(hours=1))
    envelopes, third = look(world.open(), second.cursor, since=SINCE + timedelta(hours=1))
    assert ids(envelopes) == {mid(2)}
    graph.mailbox.remove_folder(new.id)
    envelopes, last = look(world.open(), third.cursor, since=SINCE + timedelta(hours=1))
    assert (envelopes, last.covers_from is not None) == ([], True)


@pytest.mark.scenario("S7")
def test_a_link_that_dies_midway_restarts_its_folder_only(world, backend, graph):
    for number in range(9):
        world.put(mail(number), SpecialUse.INBOX, ago(days=2))
    world.put(mail("sent"), SpecialUse.SENT, ago(days=2))
    pages = backend.changes(None, since=SINCE, interest=ALL)
    first = next(pages)
    graph.answers.expire(graph.mailbox.known("inbox").id)
    with pytest.raises(CursorExpired) as caught:
        list(pages)
    envelopes, last = look(world.open(), Cursor(caught.value.resume or ""))
    assert ids([*first.items, *envelopes]) >= {mid(number) for number in range(9)}
    assert look(world.open(), last.cursor)[0] == []


@pytest.mark.scenario("S7")
def test_a_folder_survey_that_has_expired_is_made_anew(world, backend, graph):
    _, first = look(backend)
    graph.answers.expire("folders")
    world.put(mail(1), SpecialUse.OTHER, ago(hours=1))
    assert ids(look(backend, first.cursor, since=SINCE + timedelta(hours=2))[0]) == {mid(1)}


def test_a_bookmark_of_another_service_is_refused(world, backend):
    _, first = look(backend)
    elsewhere = first.cursor.replace(world.graph.url, "https://graph.microsoft.com")
    with pytest.raises(CursorExpired) as caught:
        look(backend, Cursor(elsewhere))
    assert caught.value.resume is None


def test_pages_that_take_too_long_are_asked_for_in_smaller_parts(world, backend, graph):
    world.put(mail(1), SpecialUse.INBOX, ago(days=2))
    graph.fault(name="message delta", how="", status=504, times=2)
    assert ids(look(backend)[0]) == {mid(1)}
    sizes = [asked.prefers["odata.maxpagesize"] for asked in graph.asked if asked.name == "message delta"]
    assert sizes[:3] == ["1000", "250", "62"]
    graph.fault(name="message delta", how="", status=504, times=9)
    with pytest.raises(TransientError, match="too long"):
        look(backend)
    graph.faults.clear()


def test_chosen_folders_limit_what_is_read_of_the_users_own(world, graph):
    below = graph.mailbox.add_folder("Acme", parent=graph.mailbox.named("Bewerbungen").id)
    old = graph.mailbox.add_folder("2025", parent=graph.mailbox.known("sentitems").id)
    own = graph.mailbox.add_folder("Gesendet")
    for number, folder in enumerate(
        (below, old, own, graph.mailbox.named("Bewerbungen"), graph.mailbox.known("inbox"))
    ):
        graph.mailbox.put(mail(number), folder.id, ago(days=1))
    chosen = world.open(watched=("bewerbungen/acme",), sent="Gesendet")
    assert {each.id: each.role.value for each in look(chosen)[0]} == {
        mid(0): "other", mid(1): "sent", mid(2): "sent", mid(4): "inbox",
    }  # fmt: skip


def test_hidden_folders_searches_the_outbox_and_chats_are_not_read(world, backend, graph):
    hidden = graph.mailbox.add_folder("Hidden", hidden=True)
    places = [
        hidden,
        graph.mailbox.named("Search"),
        graph.mailbox.known("outbox"),
        graph.mailbox.known("conversationhistory"),
    ]
    for number, folder in enumerate(places):
        graph.mailbox.put(mail(number), folder.id, ago(days=1))
    assert look(backend)[0] == []


def test_a_mailbox_without_archive_or_junk_is_read(world, backend, graph):
    for name in ("archive", "junkemail", "outbox"):
        graph.mailbox.remove_folder(graph.mailbox.known(name).id)
    world.put(mail(1), SpecialUse.INBOX, ago(days=1))
    assert ids(look(backend)[0]) == {mid(1)}
    graph.mailbox.remove_folder(graph.mailbox.known("inbox").id)
    with pytest.raises(BackendError, match="inbox"):
        look(backend)


def test_mail_that_breaks_the_parser_is_counted_and_the_others_go_on(world):
    class Fragile(InlineParser):
        def envelopes(self, items):
            return tuple(Unreadable("no") if b"BREAK" in raw else found for (raw, *_), found in zip(items, super().envelopes(items), strict=True))  # fmt: skip

    world.put(mail(1, subject="BREAK"), SpecialUse.INBOX, ago(days=1))
    world.put(mail(2), SpecialUse.INBOX, ago(days=1))
    world.begin_draft(mail("own", subject="BREAK"))
    backend = world.open()
    backend._parser = Fragile()
    backend._box = backend._box.__class__(ME, backend._door, Fragile())
    envelopes, last = look(backend)
    assert (ids(envelopes), last.problems) == ({mid(2)}, ("1 message can't be understood",))
    assert [seen.to for seen in backend.drafts()] == [()]
    assert backend.find_draft(letter()) == ()


def calendar_of(method: str, raw: bytes) -> bytes:
    return raw.replace(b"METHOD:REQUEST", b"METHOD:" + method.encode()).replace(
        b'method="REQUEST"', f'method="{method}"'.encode()
    )


@pytest.mark.scenario("D1", "D6")
@pytest.mark.parametrize("method", ["REQUEST", "CANCEL", "REPLY"])
def test_a_meetings_mail_is_marked_and_brings_its_calendar_even_if_the_mime_has_none(world, backend, graph, method):
    raw = calendar_of(method, invitation(filler="=_meeting"))
    item = graph.mailbox.put(raw, graph.mailbox.known("inbox").id, ago(days=1))
    (envelope,), _ = look(backend)
    assert envelope.calendar
    (whole,) = backend.fetch([envelope.ref])
    assert whole.raw == raw
    graph.answers.hides_calendars = True
    (without,) = backend.fetch([envelope.ref])
    assert b"VCALENDAR" not in (without.raw or b"")
    attendees = [
        {"emailAddress": {"name": "Jo", "address": ME}, "status": {"response": "accepted"}, "type": "required"}
    ]
    graph.events.enter(
        "1@acme.example", NOW, subject="Interview; A, B", attendees=attendees, body={"contentType": "text", "content": "Bring\nthis"},
        organizer={"emailAddress": {"name": 'Rita "R" Ek', "address": "rita@acme.example"}}, location={"displayName": "Room 1"},
        onlineMeeting={"joinUrl": "https://teams.example/x"},
    )  # fmt: skip
    item.event = "1@acme.example"
    (fetched,) = backend.fetch([envelope.ref])
    read = InlineParser().message(fetched, envelope, outgoing=False, zone="Europe/Berlin")
    (event,) = read.events
    assert (event.uid, event.method, event.start, event.summary) == ("1@acme.example", method, NOW, "Interview; A, B")
    assert (event.organizer.address, event.attendees[0].partstat, event.location) == (
        "rita@acme.example",
        "ACCEPTED",
        "Room 1",
    )
    assert (event.status == "CANCELLED") is (method == "CANCEL")
    assert "See you on Tuesday." in read.new_text


def test_very_large_mail_comes_in_parts_without_its_attachments(world, backend, graph, monkeypatch):
    monkeypatch.setattr(envelopes_module, "LARGE", 1000)
    message = message_from_bytes(mail(1, text="We look forward to it.", Auto_Submitted="no"), policy=SMTP)
    message.add_attachment(b"x" * 5000, maintype="application", subtype="pdf", filename="offer.pdf")
    message.add_attachment(
        b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", maintype="text", subtype="calendar", filename="i.ics"
    )
    world.put(bytes(message), SpecialUse.INBOX, ago(days=1))
    (envelope,), _ = look(backend)
    (fetched,) = backend.fetch([envelope.ref])
    assert fetched.raw is None
    assert fetched.complete
    assert [(part.content_type, part.filename, bool(part.payload)) for part in fetched.parts] == [
        ("text/plain", None, True), ("application/pdf", "offer.pdf", False), ("text/calendar", "i.ics", True),
    ]  # fmt: skip
    assert b"Message-ID: <m1@acme.example>" in fetched.header
    read = InlineParser().message(fetched, envelope, outgoing=False, zone="UTC")
    assert read.new_text == "We look forward to it."
    world.purge(mid(1))
    assert list(backend.fetch([envelope.ref, MessageRef("no ref"), MessageRef("AAAA~l")])) == []


@pytest.mark.scenario("D3")
def test_a_robots_calendar_file_makes_its_mail_worth_reading(world, backend, graph):
    for number, (sender, filename) in enumerate(
        [("no-reply@acme.example", "invite.ics"), ("no-reply@acme.example", "bill.pdf"), ("rita@acme.example", "invite.ics")]
    ):  # fmt: skip
        message = message_from_bytes(mail(number, sender=sender), policy=SMTP)
        message.add_attachment(b"data", maintype="application", subtype="octet-stream", filename=filename)
        world.put(bytes(message), SpecialUse.INBOX, ago(days=1))
    assert {each.id: each.calendar for each in look(backend)[0]} == {mid(0): True, mid(1): False, mid(2): False}
    assert graph.names().count("attachments") == 2


def test_classes_of_messages_tell_away_notices_and_reports(world, backend, graph, monkeypatch):
    kinds = {
        1: "IPM.Note.Rules.OofTemplate.Microsoft",
        2: "REPORT.IPM.Note.NDR",
        3: "REPORT.IPM.Note.IPNRN",
        4: "IPM.Note",
    }
    for number in kinds:
        world.put(mail(number), SpecialUse.INBOX, ago(days=1))
    graph.answers.hides_named_properties = True
    known = graph_answers.Answers._properties

    def classed(self, item, query):
        found = known(self, item, query)
        return [
            {**each, "value": kinds[int(item.message_id[2])]} if each["id"] == "String 0x001A" else each
            for each in found
        ]

    monkeypatch.setattr(graph_answers.Answers, "_properties", classed)
    found = {each.id: each.automation for each in look(backend)[0]}
    assert [(found[mid(n)].auto_reply, found[mid(n)].bounce) for n in kinds] == [(True, False), (False, True), (True, False), (False, False)]  # fmt: skip
