"""Mail of hiring systems that names nobody: which employer's is it?

A system's mail, or an entry that the user typed, has no person and no firm's domain. Where its firm is spelled like a
known one's beginning ("Pine Cove" for "Pine Cove Credit Union"), where its title says the firm's whole name, where it
names somebody by full name who is known from one process only, or where it names no firm but a job that only one
process has, it belongs there. More than one possible home leaves it alone; what tells of the same job and the same
people is then at least one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from mailwatch.core.casebook.names import (
    company_key,
    company_words,
    folded,
    label_of,
    name_tokens,
    role_tokens,
    same_role,
)
from mailwatch.core.casebook.traces import Trace, mentions_of

_SAYS_SOMETHING = 0.5
_SHORTEST = 4
"""Letters that two spellings of a firm must share at least."""


@dataclass(slots=True)
class Party:
    """What a group of founding traces shows of its employer. faceless: no person and no firm's domain; titles: of its meetings."""

    root: Hashable
    faceless: bool = True
    names: set[str] = field(default_factory=set)
    labels: set[str] = field(default_factory=set)
    roles: set[str] = field(default_factory=set)
    people: set[frozenset[str]] = field(default_factory=set)
    titles: str = ""

    def learn(self, trace: Trace) -> None:
        """Take in one founding trace."""
        reading = trace.reading
        self.faceless = self.faceless and not trace.theirs and not trace.firms
        roles = {name.text for name in reading.roles[:1] if name.confidence >= _SAYS_SOMETHING}
        firms = {name.text for name in reading.companies[:2] if name.confidence >= _SAYS_SOMETHING}
        self.roles |= roles
        self.names |= {firm for firm in firms if not any(same_role(firm, role) for role in roles)}
        self.labels |= {label_of(firm) for firm in trace.firms}
        self.titles = folded(" ".join((self.titles, *(meeting.title for meeting in reading.meetings))))
        names = [mention.name for mention in mentions_of(trace)]
        names += [trace.sender.name] if trace.human and trace.sender is not None else []
        self.people |= {tokens for name in names if len(tokens := name_tokens(name)) >= 2}

    @property
    def marks(self) -> list[tuple[frozenset[str], frozenset[str]]]:
        """A job and one of its people by full name."""
        return [(role_tokens(role), person) for role in self.roles for person in self.people]


def homes_of_relays(parties: Iterable[Party]) -> dict[Hashable, Hashable]:
    """For faceless groups, the only group with a face that they can belong to, else an earlier one of their own kind."""
    parties = list(parties)
    index = _Index()
    for party in parties:
        if not party.faceless:
            index.add(party)
    homes: dict[Hashable, Hashable] = {}
    alone: dict[tuple[frozenset[str], frozenset[str]], Hashable] = {}
    for party in parties:
        fitting = _fitting(party, index) if party.faceless else set()
        if len(fitting) == 1:
            homes[party.root] = fitting.pop()
        elif party.faceless and not fitting:
            twin = next((alone[mark] for mark in party.marks if mark in alone), None)
            if twin is not None:
                homes[party.root] = twin
            alone.update(dict.fromkeys(party.marks, homes.get(party.root, party.root)))
    return homes


@dataclass(slots=True)
class _Index:
    """Groups with a face, by the first letters of a firm's spelling, by a job's words, by a person's full name."""

    by_name: dict[str, list[Party]] = field(default_factory=dict)
    by_role: dict[str, list[Party]] = field(default_factory=dict)
    by_person: dict[frozenset[str], list[Party]] = field(default_factory=dict)

    def add(self, party: Party) -> None:
        """Enter one group."""
        for start in {key[:_SHORTEST] for key in party.labels | {company_key(name) for name in party.names}}:
            self.by_name.setdefault(start, []).append(party)
        for token in {token for text in (*party.roles, party.titles) for token in role_tokens(text)}:
            self.by_role.setdefault(token, []).append(party)
        for person in party.people:
            self.by_person.setdefault(person, []).append(party)


def _fitting(relay: Party, index: _Index) -> set[Hashable]:
    starts = {company_key(name)[:_SHORTEST] for name in relay.names}
    firms = {party.root for start in starts for party in index.by_name.get(start, ()) if _same_firm(relay, party)}
    met = {party.root for person in relay.people for party in index.by_person.get(person, ())}
    titled = {
        party.root
        for word in _words(relay)
        for party in index.by_name.get(word[:_SHORTEST], ())
        if _titled(relay, party)
    }
    if firms or titled or met or relay.names:
        return firms or titled or met
    tokens = {token for role in relay.roles for token in role_tokens(role)}
    return {party.root for token in tokens for party in index.by_role.get(token, ()) if _roles_agree(relay, party)}


def _same_firm(relay: Party, party: Party) -> bool:
    if relay.roles and party.roles and not _roles_agree(relay, party):
        return False
    if any(_begins(name, other) for name in relay.names for other in party.names):
        return True
    keys = {company_key(name) for name in relay.names}
    spelled = any(label.startswith(key) for key in keys if len(key) >= _SHORTEST for label in party.labels)
    return spelled and _roles_agree(relay, party)


def _words(party: Party) -> frozenset[str]:
    return frozenset(party.titles.split())


def _titled(relay: Party, party: Party) -> bool:
    """Does its title say the firm's whole name, a genitive or a plural allowed?"""
    if relay.roles and party.roles and not _roles_agree(relay, party):
        return False
    said = _words(relay) | {word.removesuffix("s") for word in _words(relay)}
    names = [company_words(name) for name in party.names]
    return any(len("".join(words)) >= _SHORTEST and said.issuperset(words) for words in names)


def _begins(one: str, other: str) -> bool:
    """Is one name the other's first words?"""
    first, second = company_words(one), company_words(other)
    shorter = min(len(first), len(second))
    return shorter > 0 and first[:shorter] == second[:shorter] and len("".join(first[:shorter])) >= _SHORTEST


def _roles_agree(relay: Party, party: Party) -> bool:
    named = any(same_role(role, other) for role in relay.roles for other in party.roles)
    return named or any(folded(role) in party.titles for role in relay.roles)
