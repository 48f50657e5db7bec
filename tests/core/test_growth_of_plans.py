"""A plan costs in proportion to what is known: twice the applications, twice the work, counted and not timed."""

from __future__ import annotations

import cProfile
from datetime import UTC, datetime, timedelta

import pytest

from mailwatch.core.compose import Letters
from mailwatch.core.mime import envelope_from_raw, message_from_fetched
from mailwatch.core.model import (
    AccountCoverage,
    Address,
    Coverage,
    Detection,
    Facts,
    Fetched,
    Mail,
    Me,
    MessageRef,
    Place,
    Policy,
    Reach,
    SpecialUse,
)
from mailwatch.core.plan import plan
from mailwatch.core.reading import ReadingContext, read
from mailwatch.letters import load_letters
from mailwatch.phrases import load_lexicon
from tests.job_mail import NAME, USER, Post, application

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ME = Me(NAME, Address(USER), frozenset({Address(USER)}))
REACH = Reach(NOW - timedelta(days=90), NOW)
COVERAGE = Coverage((AccountCoverage(Address(USER), incoming=REACH, sent=REACH),))
CONTEXT = ReadingContext(ME, load_lexicon(), Detection())
LETTERS: Letters = load_letters()


def mail_from(post: Post, number: int) -> Mail:
    ref, role = MessageRef(str(number)), SpecialUse.SENT if post.outgoing else SpecialUse.INBOX
    envelope = envelope_from_raw(post.raw, ref=ref, role=role, received=post.at)
    fetched = Fetched(ref, raw=post.raw)
    message = message_from_fetched(fetched, envelope, outgoing=post.outgoing, zone=ME.zone)
    return Mail(envelope, (Place(Address(USER), role, ref),), read(message, CONTEXT))


def facts_of(applications: int) -> Facts:
    begun = NOW - timedelta(days=32)
    posts = [
        post
        for number in range(applications)
        for post in application(number, begun + timedelta(hours=number), rounds=2)
        if post.at <= NOW
    ]
    return Facts(ME, tuple(mail_from(post, number) for number, post in enumerate(posts)))


def calls_of(facts: Facts) -> int:
    """How many functions are called for the plan."""
    profile = cProfile.Profile()
    profile.runcall(plan, facts, COVERAGE, NOW, Policy(), CONTEXT.lexicon, LETTERS)
    return sum(entry.callcount for entry in profile.getstats())


@pytest.mark.no_cover
def test_twice_the_applications_are_twice_the_work():
    posts = facts_of(8)
    half = Facts(ME, posts.mails[: len(posts.mails) // 2])
    calls_of(posts)  # whatever is kept from now on
    assert calls_of(posts) <= 2.2 * calls_of(half)
