from __future__ import annotations

import random

import pytest

from mailwatch.core.model import Envelope, MessageId, MessageRef, SpecialUse, ThreadId
from mailwatch.core.threads import threads_from_envelopes


def mail(name: str, *references: str, answers: str = "", thread: str = "") -> Envelope:
    return Envelope(
        MessageId(f"<{name}>"),
        MessageRef(name),
        SpecialUse.INBOX,
        "Interview",
        None,
        in_reply_to=MessageId(f"<{answers}>") if answers else None,
        references=tuple(MessageId(f"<{reference}>") for reference in references),
        thread=ThreadId(thread) if thread else None,
    )


def test_answers_and_references_join_what_belongs_together():
    threads = threads_from_envelopes([mail("b", answers="a"), mail("c", "a", "b"), mail("x"), mail("a")])
    assert threads["<a>"] == threads["<b>"] == threads["<c>"] != threads["<x>"]


def test_a_message_that_we_have_never_seen_still_joins_its_answers():
    threads = threads_from_envelopes([mail("b", answers="a"), mail("c", answers="a")])
    assert threads == {"<b>": "<a>", "<c>": "<a>"}


@pytest.mark.scenario("R9")
def test_the_servers_own_thread_joins_messages_without_references():
    threads = threads_from_envelopes([mail("a", thread="t1"), mail("b", thread="t1"), mail("c", thread="t2")])
    assert threads["<a>"] == threads["<b>"] == "<a>"
    assert threads["<c>"] == "<c>"


def test_the_order_of_messages_changes_nothing():
    mails = [
        mail(f"m{number:02}", answers=f"m{number - 1:02}" if number % 5 else "", thread=str(number % 2))
        for number in range(40)
    ]
    expected = threads_from_envelopes(mails)
    random.Random(7).shuffle(mails)
    assert threads_from_envelopes(mails) == expected


def test_a_loop_and_a_message_that_answers_itself_are_one_thread():
    threads = threads_from_envelopes([mail("a", answers="b"), mail("b", answers="a"), mail("c", answers="c")])
    assert threads == {"<a>": "<a>", "<b>": "<a>", "<c>": "<c>"}


def test_no_mail_makes_no_threads():
    assert threads_from_envelopes([]) == {}


def test_a_chain_of_twenty_thousand_messages_is_joined_in_linear_time():
    threads = threads_from_envelopes(mail(f"m{number:05}", answers=f"m{number - 1:05}") for number in range(20_000))
    assert len(set(threads.values())) == 1
