"""Looking at Gmail: the search asked first, the newest first, within the quota, and hardly a call when nothing is new."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest

from mailwatch.backends.gmail import looks
from mailwatch.backends.gmail.calls import Calls
from mailwatch.backends.gmail.queries import LONGEST, questions, terms_of
from mailwatch.backends.google import Budget, quota
from mailwatch.core.model import Interest, SpecialUse
from mailwatch.errors import RateLimited
from mailwatch.sandbox import InlineParser, Unreadable
from tests.backends.contract import ids, look
from tests.backends.gmails import GmailWorld
from tests.backends.mails import ALL, ME, RITA, SINCE, ago, letter, mail, mid
from tests.servers.google_account import QUICK, Tokens
from tests.servers.google_mailbox import milliseconds
from tests.servers.google_server import Fault

INTERVIEW = Interest(words=frozenset({"interview"}))


@pytest.fixture(autouse=True)
def _much_mail(request, monkeypatch):
    """As if there was more mail than is read without asking; but for tests of little mail."""
    if "little_mail" not in request.fixturenames:
        monkeypatch.setattr(Calls, "few", lambda calls, question: [])


@pytest.fixture
def little_mail():
    """Nothing stands in the way."""


def lunch(number, **more):
    return mail(number, subject="Lunch", text="Soup?", sender="cook@home.example", **more)


# --- what is asked for ---


def test_terms_are_cleaned_of_what_means_something_to_the_search():
    interest = Interest(
        words=frozenset({"phone screen", 'in:sent "x"', "c++"}),
        addresses=frozenset({"rita@acme.example", "x}@evil.example", "bo@globex.example"}),
        domains=frozenset({"globex.example", "evil.example OR in:anywhere"}),
    )
    assert terms_of(interest) == ["a rita@acme.example", "d globex.example", "w c++", "w in sent x", "w phone screen"]


def test_a_question_is_never_so_long_that_it_would_become_a_post():
    interest = Interest(
        words=frozenset(f"面接のお知らせ{number}" for number in range(60)),
        domains=frozenset(f"firm{number}.example" for number in range(200)),
    )
    asked = list(questions(terms_of(interest), SINCE))
    assert len(asked) > 10
    assert max(len(quote(question, safe="")) for question in asked) < LONGEST + 300 < 1_800


def test_every_question_leaves_drafts_out_and_asks_for_spam_apart():
    asked = list(questions(terms_of(INTERVIEW), SINCE))
    assert all("-in:draft -in:spam" in each or "in:spam" in each for each in asked)
    assert {"-category:promotions" in each for each in asked} == {True, False}


def test_many_firms_are_asked_for_without_breaking_anything(world, backend):
    domains = frozenset({f"firm{number}.example" for number in range(150)} | {"acme.example"})
    world.put(lunch(1), SpecialUse.INBOX, ago(days=2))
    world.put(mail(2, subject="Hello", text="Hi."), SpecialUse.INBOX, ago(days=2))
    assert ids(look(backend, interest=Interest(domains=domains))[0]) == {mid(2)}


def test_advertising_has_to_say_it_in_its_subject(world, backend):
    for number, subject, labels in (
        (1, "Our offers", {"INBOX", "CATEGORY_PROMOTIONS"}),
        (2, "Your interview", {"INBOX", "CATEGORY_PROMOTIONS"}),
        (3, "Our offers", {"INBOX", "CATEGORY_UPDATES"}),
    ):
        raw = mail(number, subject=subject, text="An interview with our founder.", sender="news@shop.example")
        world.box.arrives(raw, labels, milliseconds(ago(days=2)))
    assert ids(look(backend, interest=INTERVIEW)[0]) == {mid(2), mid(3)}
    assert ids(look(world.open(), interest=Interest(words=frozenset({"interview"}), domains=frozenset({"shop.example"})))[0]) == {
        mid(1), mid(2), mid(3),
    }  # fmt: skip


def test_where_there_is_little_mail_all_of_it_is_read_but_advertising(world, backend, little_mail):
    world.put(lunch(1), SpecialUse.INBOX, ago(days=2))
    world.box.arrives(lunch(2), {"INBOX", "CATEGORY_PROMOTIONS"}, milliseconds(ago(days=2)))
    assert ids(look(backend, interest=INTERVIEW)[0]) == {mid(1)}
    world.google.page = 3
    for number in range(3, 6):
        world.put(lunch(number), SpecialUse.INBOX, ago(days=2))
    assert look(world.open(), interest=INTERVIEW)[0] == []


# --- what it costs ---


def test_a_first_look_reads_each_message_of_interest_once_and_no_other(world, backend):
    for number in range(30):
        world.put(lunch(f"l{number}"), SpecialUse.INBOX, ago(days=2))
    for number in range(5):
        world.put(mail(number), SpecialUse.INBOX, ago(days=2))
    envelopes, _ = look(backend, interest=INTERVIEW)
    assert len(list(backend.fetch([envelope.ref for envelope in envelopes]))) == 5
    assert world.google.calls().count("messages.get") == 5
    assert world.google.calls().count("history.list") == 0


def test_with_nothing_new_there_are_two_calls(world):
    world.put(mail(1), SpecialUse.INBOX, ago(days=2))
    world.begin_draft(mail("own", to=RITA))
    _, first = look(world.open(), interest=INTERVIEW)
    world.google.asked.clear()
    fresh = world.open()
    _, second = look(fresh, first.cursor, interest=INTERVIEW)
    fresh.drafts()
    assert world.google.calls() == ["history.list", "drafts.list"]
    assert second.cursor == first.cursor


def test_what_lies_before_the_window_is_forgotten(world, backend):
    world.put(mail(1), SpecialUse.INBOX, ago(days=80))
    world.put(mail(2), SpecialUse.INBOX, ago(days=2))
    _, first = look(backend)
    later = SINCE + timedelta(days=60)
    _, second = look(backend, first.cursor, since=later)
    assert '"2026-09":' in first.cursor
    assert '"2026-09":' not in second.cursor
    assert second.covers_from == later
    assert look(backend, second.cursor, since=later + timedelta(hours=1))[1].cursor == second.cursor


def test_the_newest_mail_is_read_first(world, backend, monkeypatch):
    monkeypatch.setattr(looks, "PAGE", 3)
    for number in range(9):
        world.put(mail(number), SpecialUse.INBOX, ago(days=20 - number))
    first = next(backend.changes(None, since=SINCE, interest=ALL))
    assert [envelope.id for envelope in first.items] == [mid(8), mid(7), mid(6)]


def test_new_mail_is_told_by_its_envelope_and_read_whole_only_when_asked_for(world, backend):
    _, first = look(backend, interest=INTERVIEW)
    world.put(lunch(1), SpecialUse.INBOX, ago(hours=1))
    world.put(mail(2), SpecialUse.INBOX, ago(hours=1))
    envelopes, _ = look(backend, first.cursor, interest=INTERVIEW)
    assert ids(envelopes) == {mid(1), mid(2)}
    asked = [each.query for each in world.google.asked if each.method.endswith("messages.get")]
    assert all("data" not in query["fields"][0] for query in asked)
    (fetched,) = backend.fetch([envelope.ref for envelope in envelopes if envelope.id == mid(2)])
    assert b"We look forward" in fetched.raw


def test_marks_and_stars_are_no_news(world, backend):
    world.put(mail(1), SpecialUse.INBOX, ago(days=2))
    _, first = look(backend)
    world.box.relabel(world._mail(mid(1)).id, add={"STARRED", "IMPORTANT", "Label_1"}, remove={"UNREAD"})
    world.google.asked.clear()
    assert look(backend, first.cursor)[0] == []
    assert world.google.calls() == ["history.list"]


# --- interruptions ---


def test_a_first_look_goes_on_where_the_minute_ended_and_takes_new_mail_along(world, monkeypatch):
    monkeypatch.setattr(looks, "PAGE", 4)
    for number in range(12):
        world.put(mail(number), SpecialUse.INBOX, ago(days=2))
    world.stop_after(1)
    head, stopped = look(world.open())
    assert stopped.more
    assert len(head) == 4
    world.stop_after(0)
    world.put(mail("new"), SpecialUse.INBOX, ago(minutes=1))
    world.google.asked.clear()
    rest, last = look(world.open(), stopped.cursor)
    assert ids(rest) == {mid(number) for number in range(8)} | {mid("new")}
    assert last.covers_from <= SINCE
    assert world.google.calls().count("messages.get") == 9


def test_much_new_mail_is_taken_up_where_the_minute_ended(world, monkeypatch):
    monkeypatch.setattr(looks, "PAGE", 4)
    _, first = look(world.open())
    for number in range(10):
        world.put(mail(number), SpecialUse.INBOX, ago(hours=1))
    world.budget.messages = 6
    head, stopped = look(world.open(), first.cursor)
    assert (len(head), stopped.more, stopped.covers_from) == (6, True, None)
    world.stop_after(0)
    rest, last = look(world.open(), stopped.cursor)
    assert ids(head) | ids(rest) == {mid(number) for number in range(10)}
    assert last.covers_from <= SINCE


def test_when_google_asks_for_patience_longer_than_there_is_the_run_ends_with_that(world, backend):
    world.put(mail(1), SpecialUse.INBOX, ago(days=2))
    world.google.units_left = 10
    with pytest.raises(RateLimited) as caught:
        look(backend)
    assert caught.value.retry_after == timedelta(seconds=30)


def test_a_short_wait_that_google_asks_for_is_waited(world, backend):
    world.put(mail(1), SpecialUse.INBOX, ago(days=2))
    world.google.faults += [
        Fault("messages.list", status=429, retry_after="0"),
        Fault("messages.get", status=403, reason="userRateLimitExceeded", retry_after="0"),
    ]
    assert len(look(backend)[0]) == 1


def test_a_first_look_over_a_real_budget_stops_in_time_and_a_minute_later_goes_on(google, monkeypatch):
    monkeypatch.setitem(quota._PER_MINUTE, "since-2026", 600)
    world = GmailWorld(google)
    for number in range(40):
        world.put(mail(number), SpecialUse.INBOX, ago(days=2))
    now = [0.0]
    budget = Budget("web", patience=0.0, clock=lambda: now[0], sleep=lambda seconds: None)
    backend = world.open(budget=budget)
    head, stopped = look(backend)
    assert stopped.more
    assert 25 <= len(head) <= 30
    assert sum(google.units.values()) <= 600
    now[0] += 61
    rest, last = look(backend, stopped.cursor)
    assert len(ids(head) | ids(rest)) == 40
    assert last.covers_from <= SINCE
    world.close()


# --- what may come ---


def test_a_message_that_breaks_the_parser_is_counted_once(world):
    class Fragile(InlineParser):
        def envelope_from_header(self, header, **more):
            if b"BREAK" in header:
                raise Unreadable("it took too long")
            return super().envelope_from_header(header, **more)

    from mailwatch.backends.gmail import GmailBackend

    backend = GmailBackend(
        ME, "web", Tokens(world.google), Fragile(), budget=world.budget, api_url=world.google.url, limits=QUICK
    )
    world.put(mail(1, subject="BREAK"), SpecialUse.INBOX, ago(days=2))
    world.put(mail(2), SpecialUse.INBOX, ago(days=2))
    world.begin_draft(mail("own", subject="BREAK"))
    envelopes, last = look(backend)
    assert ids(envelopes) == {mid(2)}
    assert last.problems == ("1 message can't be understood",)
    assert [draft.to for draft in backend.drafts()] == [()]
    assert backend.find_draft(letter()) == ()
    assert look(backend, last.cursor)[1].problems == ()


def test_a_message_that_is_gone_before_it_is_read_is_passed_over(world, backend):
    _, first = look(backend)
    world.put(mail(1), SpecialUse.INBOX, ago(hours=1))
    world.google.faults.append(Fault("messages.get", status=404, reason="notFound"))
    assert look(backend, first.cursor)[0] == []


def test_mail_to_oneself_counts_as_sent(world, backend):
    world.box.arrives(mail(1, sender=f"Jo <{ME}>"), {"INBOX", "SENT"}, milliseconds(ago(days=1)))
    assert [envelope.role for envelope in look(backend)[0]] == [SpecialUse.SENT]


def test_what_was_sent_and_thrown_away_was_still_sent(world, backend):
    world.box.arrives(mail(1, sender=f"Jo <{ME}>", to=RITA), {"TRASH", "SENT"}, milliseconds(ago(days=1)))
    assert [envelope.role for envelope in look(backend)[0]] == [SpecialUse.SENT]


def test_spam_is_looked_at_and_never_read_whole(world, backend):
    world.put(mail(1), SpecialUse.JUNK, ago(days=1))
    ((envelope,), _) = look(backend, interest=INTERVIEW)
    assert envelope.role is SpecialUse.JUNK
    assert backend._kept == {}


def test_threads_are_gmails_own(world, backend):
    world.put(mail(1), SpecialUse.INBOX, ago(days=3))
    world.put(
        mail(2, subject="Re: Your interview", In_Reply_To=mid(1), References=mid(1)), SpecialUse.INBOX, ago(days=2)
    )
    assert len({envelope.thread for envelope in look(backend)[0]}) == 1


def test_what_a_first_look_keeps_for_reading_has_a_limit(world, backend, monkeypatch):
    monkeypatch.setattr("mailwatch.backends.gmail._KEPT_BYTES", 100)
    for number in range(5):
        world.put(mail(number), SpecialUse.INBOX, ago(days=2))
    envelopes, _ = look(backend)
    assert len(backend._kept) == 2
    assert len(list(backend.fetch([envelope.ref for envelope in envelopes]))) == 5
    backend.close()
    assert backend._kept == {}
