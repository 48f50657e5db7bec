"""What the mails say about a person: how they sign, how the user greets them, which title goes with their name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from mailwatch.core.compose.names import family_name, parted, person_name
from mailwatch.core.model import Address, Application, Facts, Mail

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Post:
    """All mail that was read, the newest first: the user's own, what each person wrote, what the user wrote to each alone."""

    own: tuple[Mail, ...]
    from_them: Mapping[Address | None, Sequence[Mail]]
    to_them: Mapping[Address | None, Sequence[Mail]]


def post_of(facts: Facts) -> Post:
    """The mail of some facts in that order. Every letter asks for it several times, and it is sorted once."""
    known: Post | None = facts.kept.get("post")
    if known is None:
        known = facts.kept["post"] = _sorted_out(facts.mails)
    return known


def _sorted_out(mails: Iterable[Mail]) -> Post:
    read = (mail for mail in mails if mail.reading is not None)
    own: list[Mail] = []
    from_them: dict[Address | None, list[Mail]] = {}
    to_them: dict[Address | None, list[Mail]] = {}
    for mail in sorted(read, key=lambda mail: mail.envelope.at or _LONG_AGO, reverse=True):
        sender, to = mail.envelope.sender, mail.envelope.to
        if sender is not None:
            from_them.setdefault(sender.address, []).append(mail)
        if mail.outgoing:
            own.append(mail)
            if len(to) == 1:
                to_them.setdefault(to[0].address, []).append(mail)
    return Post(tuple(own), from_them, to_them)


def signed_as(facts: Facts, address: Address | None) -> str:
    """How the person last signed a mail, "" where it was never seen."""
    signed = (mail.reading.voice.signed for mail in post_of(facts).from_them.get(address, ()) if mail.reading)
    return next((name for one in signed if (name := person_name(one))), "")


def greeted_as(facts: Facts, address: Address | None) -> str:
    """How the user last greeted the person in a mail to them alone, "" where they never did."""
    greeted = (mail.reading.voice.addressed for mail in post_of(facts).to_them.get(address, ()) if mail.reading)
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
