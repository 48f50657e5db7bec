"""Short names for things: the shortest unambiguous prefix of a hash, or a word of the company's or a person's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile

from mailwatch.core.ids import mail_id
from mailwatch.core.model import Application, Interview, Plan
from mailwatch.errors import UsageError
from mailwatch.render.screen import shown

SHORTEST = 2
_WORD = re.compile(r"[0-9a-f]{8,64}")


def short_ids(ids: Iterable[str]) -> Mapping[str, str]:
    """Each id's shortest prefix (two characters at least) that no other one begins with."""
    known = sorted(set(ids))
    padded = ["", *known, ""]
    beside = zip(padded[:-2], known, padded[2:], strict=True)
    return {
        whole: whole[: max(SHORTEST, _shared(before, whole) + 1, _shared(whole, after) + 1)]
        for before, whole, after in beside
    }


def _shared(one: str, other: str) -> int:
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return sum(1 for _ in pairs)


def plan_ids(plan: Plan) -> Mapping[str, str]:
    """Short ids of every application and interview of a plan."""
    return short_ids(
        identity
        for application in plan.applications
        for identity in (application.id, *(interview.id for interview in application.interviews))
    )


def message_ids(plan: Plan) -> Mapping[str, str]:
    """The short id of every message, and unplaced calendar entry, of a plan, by its own id."""
    whole = {message: mail_id(message) for message in _messages(plan)}
    short = short_ids(whole.values())
    return {message: short[ident] for message, ident in whole.items()}


def _messages(plan: Plan) -> Iterator[str]:
    for application in plan.applications:
        yield from application.messages
        yield from (reply.message for reply in application.unplaced)


def message_named(plan: Plan, word: str) -> str | None:
    """The message of a plan's processes that a short id, or its Message-ID with or without brackets, points to.

    Raises:
        UsageError: more than one is meant.
    """
    known = frozenset(_messages(plan))
    exact = [message for message in known if word in {message, message.removeprefix("<").removesuffix(">")}]
    matches = exact or [message for message in known if len(word) >= SHORTEST and mail_id(message).startswith(word)]
    if len(matches) > 1:
        short = ", ".join(sorted(message_ids(plan)[message] for message in matches)[:6])
        raise UsageError(f"“{shown(word, 60)}” may mean several mails", next_step=f"use one of: {short}")
    return matches[0] if matches else None


def review_ids(plan: Plan) -> Mapping[str, str]:
    """Short ids of everything that a question of the review list names."""
    if not any(application.unplaced for application in plan.applications):
        return plan_ids(plan)
    mails = {mail_id(message): short for message, short in message_ids(plan).items()}
    return {**plan_ids(plan), **mails}


def with_short_ids(text: str, ids: Mapping[str, str]) -> str:
    """A sentence in which whole ids stand as they are shown everywhere else."""
    return _WORD.sub(lambda found: ids.get(found.group(), found.group()), text)


def application_named(plan: Plan, word: str) -> Application:
    """The application that an id prefix, a company word, a role word or a person's name points to.

    Raises:
        UsageError: nothing is said, or none, or more than one, is meant.
    """
    if not word.strip():  # every name begins with nothing: a script with an unset variable would mean the only process
        raise UsageError("the ID is empty, so it names nothing", next_step="mailwatch status --all shows every ID")
    matches = [item for item in plan.applications if _has_id(item, word)]
    matches = matches or [item for item in plan.applications if _has_word(item, word)]
    if len(matches) == 1:
        return matches[0]
    names = plan_ids(plan)
    if not matches:
        raise UsageError(
            f"nothing known is called “{shown(word, 60)}”", next_step="mailwatch status --all shows every ID"
        )
    choices = ", ".join(f"{names[item.id]} ({shown(item.company or item.role, 40)})" for item in matches[:6])
    raise UsageError(f"“{shown(word, 60)}” may mean {choices}", next_step="use one of these IDs")


def _has_id(application: Application, word: str) -> bool:
    ids = (application.id, *(interview.id for interview in application.interviews))
    return len(word) >= SHORTEST and any(identity.startswith(word) for identity in ids)


def _has_word(application: Application, word: str) -> bool:
    people = [person for interview in application.interviews for person in interview.people] + list(
        application.contacts
    )
    texts = [application.company, application.role, *(person.name for person in people)]
    addresses = {person.address for person in people}
    wanted = f" {word.casefold()}"
    return word.casefold() in addresses or any(wanted in f" {text.casefold()}" for text in texts if text)


def interview_named(application: Application, word: str) -> Interview:
    """The interview of an application that a prefix names; without one, the latest that has a time.

    Raises:
        UsageError: the application has no interview.
    """
    for interview in application.interviews:
        if len(word) >= SHORTEST and interview.id.startswith(word):
            return interview
    dated = [interview for interview in application.interviews if interview.start is not None]
    if not dated:
        raise UsageError(
            f"{shown(application.company, 60)} has no interview with a time yet", next_step="mailwatch status --all"
        )
    return dated[-1]
