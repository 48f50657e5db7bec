"""Triage loses nothing: the plan made of what it lets through is the plan made of every body read, job mail with innocent subjects included.

The knowledge grows as in a run: what was read tells which people and firms matter, and what was left is judged again.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import settings

from mailwatch.core.model import Detection, Facts, Mail, Policy
from mailwatch.core.plan import plan
from mailwatch.core.triage import knowledge_from, worth_reading
from tests.job_mail import application
from tests.job_plans import CONTEXT, COVERAGE, LETTERS, ME, NOW, mail_of

APPLICATIONS = 140 if settings.default.max_examples > 1_000 else 6
"""In `make soak` these are more than two thousand mails."""


def let_through(mails: tuple[Mail, ...]) -> tuple[Mail, ...]:
    """What is read, round after round until nothing is added."""
    kept: tuple[Mail, ...] = ()
    while True:
        known = knowledge_from(Facts(ME, kept), CONTEXT.lexicon, Detection())
        more = tuple(mail for mail in mails if worth_reading(mail.envelope, known))
        if len(more) == len(kept):
            return kept
        kept = more


@pytest.mark.no_cover
@pytest.mark.parametrize("innocent", [True, False])
def test_the_plan_with_triage_is_the_plan_with_every_body_read(innocent):
    begun = NOW - timedelta(days=34)
    posts = [
        post
        for number in range(APPLICATIONS)
        for post in application(number, begun + timedelta(hours=number), rounds=3, innocent=innocent)
    ]
    mails = tuple(mail_of(post, number) for number, post in enumerate(posts) if post.at <= NOW)
    plans = [
        plan(Facts(ME, chosen), COVERAGE, NOW, Policy(), CONTEXT.lexicon, LETTERS)
        for chosen in (mails, let_through(mails))
    ]
    assert plans[0].applications
    assert plans[0] == plans[1]
