"""A plan costs in proportion to what is known: twice the applications, twice the work, counted and not timed."""

from __future__ import annotations

import cProfile
from datetime import timedelta

import pytest

from mailwatch.core.model import Facts, Policy
from mailwatch.core.plan import plan
from tests.job_mail import application
from tests.job_plans import CONTEXT, COVERAGE, LETTERS, ME, NOW, mail_of


def facts_of(applications: int) -> Facts:
    begun = NOW - timedelta(days=32)
    posts = [
        post
        for number in range(applications)
        for post in application(number, begun + timedelta(hours=number), rounds=2)
        if post.at <= NOW
    ]
    return Facts(ME, tuple(mail_of(post, number) for number, post in enumerate(posts)))


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
