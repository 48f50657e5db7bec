"""What the mails say about a person: how they sign, how the user greets them, which title goes with their name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from mailwatch.core.compose.names import family_name, parted, person_name
from mailwatch.core.model import Address, Application, Facts, Mail

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def newest_first(mails: Iterable[Mail]) -> list[Mail]:
    """Mails, the newest first."""
    return sorted(mails, key=lambda mail: mail.envelope.at or _LONG_AGO, reverse=True)


def is_from(mail: Mail, address: Address | None) -> bool:
    """The person wrote it."""
    sender = mail.envelope.sender
    return address is not None and sender is not None and sender.address == address


def is_to(mail: Mail, address: Address | None) -> bool:
    """The user wrote it to this person alone."""
    to = mail.envelope.to
    return address is not None and len(to) == 1 and to[0].address == address and mail.outgoing


def signed_as(facts: Facts, address: Address | None) -> str:
    """How the person last signed a mail, "" where it was never seen."""
    theirs = newest_first(mail for mail in facts.mails if is_from(mail, address))
    signed = (mail.reading.voice.signed for mail in theirs if mail.reading)
    return next((name for one in signed if (name := person_name(one))), "")


def greeted_as(facts: Facts, address: Address | None) -> str:
    """How the user last greeted the person in a mail to them alone, "" where they never did."""
    mine = newest_first(mail for mail in facts.mails if is_to(mail, address))
    greeted = (mail.reading.voice.addressed for mail in mine if mail.reading)
    return next((name for one in greeted if (name := person_name(one))), "")


def titled_as(
    facts: Facts, application: Application, address: Address | None, name: str, honorifics: Sequence[str]
) -> tuple[str, str]:
    """(the form of address that a mail of this process gave the person, the name without it).

    Args:
        name: the person's plain name.
        honorifics: the language's titles and forms of address.
    """
    title, bare = parted(name, honorifics)
    if title:
        return title, bare
    greeted, _ = parted(greeted_as(facts, address), honorifics)
    if greeted:
        return greeted, bare
    for mail in facts.mails:
        if mail.envelope.id not in application.messages or mail.reading is None:
            continue
        for person in mail.reading.people:
            seen, rest = parted(person_name(person.name), honorifics)
            if seen and name and family_name(rest) == family_name(name) and (" " not in rest or rest == name):
                return seen, bare
    return "", bare
