"""Plans of made-up job searches (tests/job_mail.py): who searches, when, and the way from a message to what is known of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mailwatch.core.mime import envelope_from_raw, message_from_fetched
from mailwatch.core.model import (
    AccountCoverage,
    Address,
    Coverage,
    Detection,
    Fetched,
    Mail,
    Me,
    Message,
    MessageRef,
    Place,
    Reach,
    SpecialUse,
)
from mailwatch.core.reading import ReadingContext, read
from mailwatch.letters import load_letters
from mailwatch.phrases import load_lexicon
from tests.job_mail import NAME, USER, Post

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ME = Me(NAME, Address(USER), frozenset({Address(USER)}))
_REACH = Reach(NOW - timedelta(days=90), NOW)
COVERAGE = Coverage((AccountCoverage(Address(USER), incoming=_REACH, sent=_REACH),))
CONTEXT = ReadingContext(ME, load_lexicon(), Detection())
LETTERS = load_letters()


def message_of(post: Post, ref: MessageRef) -> Message:
    """The message as a backend brings it, parsed."""
    role = SpecialUse.SENT if post.outgoing else SpecialUse.INBOX
    envelope = envelope_from_raw(post.raw, ref=ref, role=role, received=post.at)
    return message_from_fetched(Fetched(ref, raw=post.raw), envelope, outgoing=post.outgoing, zone=ME.zone)


def mail_of(post: Post, number: int) -> Mail:
    """The message where it lies, and how it was read."""
    message = message_of(post, MessageRef(str(number)))
    envelope = message.envelope
    return Mail(envelope, (Place(Address(USER), envelope.role, envelope.ref),), read(message, CONTEXT))
