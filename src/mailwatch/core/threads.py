"""Envelopes to threads: messages that belong together by the server's word or by what they answer (RFC 5322 §3.6.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mailwatch.core.model import Envelope, MessageId

_REFERENCES = 100


def threads_from_envelopes(envelopes: Iterable[Envelope]) -> Mapping[MessageId, str]:
    """A thread key for each message. Equal keys: one conversation.

    The key is the smallest message id in it, known messages and mentioned ones alike: the same whatever the order, and
    on every machine that has seen the same mail. In-Reply-To, References and the server's conversation id all join.
    """
    forest = _Forest()
    known = []
    for envelope in envelopes:
        known.append(envelope.id)
        forest.join(envelope.id, envelope.id)
        if envelope.in_reply_to:
            forest.join(envelope.id, envelope.in_reply_to)
        for mentioned in envelope.references[-_REFERENCES:]:
            forest.join(envelope.id, mentioned)
        if envelope.thread:
            forest.join(envelope.id, f"thread:{envelope.thread}")
    smallest: dict[str, str] = {}
    for name in forest.names():
        root = forest.root(name)
        if not name.startswith("thread:") and name < smallest.get(root, "\U0010ffff"):
            smallest[root] = name
    return {message: smallest[forest.root(message)] for message in known}


class _Forest:
    """Disjoint sets with path halving."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def root(self, name: str) -> str:
        parents = self._parents
        while parents[name] != name:
            parents[name] = parents[parents[name]]
            name = parents[name]
        return name

    def join(self, one: str, other: str) -> None:
        for name in (one, other):
            self._parents.setdefault(name, name)
        first, second = self.root(one), self.root(other)
        if first != second:
            self._parents[max(first, second)] = min(first, second)

    def names(self) -> Iterable[str]:
        return self._parents
