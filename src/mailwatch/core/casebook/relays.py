"""Mail of hiring systems that names nobody: which employer's is it?

A system's mail has no person and no firm's domain. Where its firm is spelled like a known one's beginning ("Pine
Cove" for "Pine Cove Credit Union"), or where it names no firm but a job that only one process has, it belongs there.
More than one possible home leaves it alone.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from mailwatch.core.casebook.names import company_key, company_words, label_of, role_tokens, same_role
from mailwatch.core.casebook.traces import Trace

_SAYS_SOMETHING = 0.5
_SHORTEST = 4
"""Letters that two spellings of a firm must share at least."""


@dataclass(slots=True)
class Party:
    """What a group of founding traces shows of its employer. faceless: no person and no firm's domain."""

    root: Hashable
    faceless: bool = True
    names: set[str] = field(default_factory=set)
    labels: set[str] = field(default_factory=set)
    roles: set[str] = field(default_factory=set)

    def learn(self, trace: Trace) -> None:
        """Take in one founding trace."""
        reading = trace.reading
        self.faceless = self.faceless and not trace.theirs and not trace.firms
        self.names |= {name.text for name in reading.companies[:2] if name.confidence >= _SAYS_SOMETHING}
        self.labels |= {label_of(firm) for firm in trace.firms}
        self.roles |= {name.text for name in reading.roles[:1] if name.confidence >= _SAYS_SOMETHING}


def homes_of_relays(parties: Iterable[Party]) -> dict[Hashable, Hashable]:
    """For faceless groups, the only group with a face that they can belong to."""
    parties = list(parties)
    by_name: dict[str, list[Party]] = {}
    by_role: dict[str, list[Party]] = {}
    for party in parties:
        if not party.faceless:
            for start in {key[:_SHORTEST] for key in party.labels | {company_key(name) for name in party.names}}:
                by_name.setdefault(start, []).append(party)
            for token in {token for role in party.roles for token in role_tokens(role)}:
                by_role.setdefault(token, []).append(party)
    homes: dict[Hashable, Hashable] = {}
    for party in parties:
        if party.faceless:
            fitting = _fitting(party, by_name, by_role)
            if len(fitting) == 1:
                homes[party.root] = fitting.pop()
    return homes


def _fitting(relay: Party, by_name: dict[str, list[Party]], by_role: dict[str, list[Party]]) -> set[Hashable]:
    if relay.names:
        starts = {company_key(name)[:_SHORTEST] for name in relay.names}
        return {party.root for start in starts for party in by_name.get(start, ()) if _same_firm(relay, party)}
    tokens = {token for role in relay.roles for token in role_tokens(role)}
    return {party.root for token in tokens for party in by_role.get(token, ()) if _roles_agree(relay, party)}


def _same_firm(relay: Party, party: Party) -> bool:
    if relay.roles and party.roles and not _roles_agree(relay, party):
        return False
    if any(_begins(name, other) for name in relay.names for other in party.names):
        return True
    keys = {company_key(name) for name in relay.names}
    spelled = any(label.startswith(key) for key in keys if len(key) >= _SHORTEST for label in party.labels)
    return spelled and _roles_agree(relay, party)


def _begins(one: str, other: str) -> bool:
    """Is one name the other's first words?"""
    first, second = company_words(one), company_words(other)
    shorter = min(len(first), len(second))
    return shorter > 0 and first[:shorter] == second[:shorter] and len("".join(first[:shorter])) >= _SHORTEST


def _roles_agree(relay: Party, party: Party) -> bool:
    return any(same_role(role, other) for role in relay.roles for other in party.roles)
