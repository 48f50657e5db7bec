"""What the reader has learned from examples: for each feature of a mail, how much it speaks for each kind.

A multinomial logistic regression: plain, explainable, deterministic. `tools/train_reader.py` makes the numbers from the
test mails of this repository; `core.reading.scoring` says what the features are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

UNIT = 100
"""Weights are stored as whole hundredths."""


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """kinds: what is told apart. bias: each kind's own weight. table: feature → weight by kind's index; absent is 0."""

    kinds: tuple[str, ...] = ()
    bias: tuple[float, ...] = ()
    table: Mapping[str, tuple[tuple[int, float], ...]] = field(default_factory=dict)

    def chances(self, features: Mapping[str, float]) -> dict[str, float]:
        """How likely each kind is, from 0 to 1, together 1; empty where nothing was learned."""
        if not self.kinds:
            return {}
        sums = list(self.bias)
        for feature, value in features.items():
            for index, weight in self.table.get(feature, ()):
                sums[index] += weight * value
        top = max(sums)
        parts = [math.exp(one - top) for one in sums]
        whole = sum(parts)
        return {kind: part / whole for kind, part in zip(self.kinds, parts, strict=True)}

    def reasons(self, kind: str, features: Mapping[str, float], limit: int = 3) -> list[str]:
        """The features that speak most for a kind."""
        index = self.kinds.index(kind)
        found = [
            (weight * value, feature)
            for feature, value in features.items()
            for at, weight in self.table.get(feature, ())
            if at == index and weight > 0
        ]
        return [feature for _, feature in sorted(found, key=lambda pair: (-pair[0], pair[1]))[:limit]]


def weights_from_table(table: Mapping[str, Any]) -> Weights:
    """Weights as `weights_to_table` wrote them: hundredths, "kind index:weight" pairs flattened."""
    kinds: Iterable[str] = table.get("kinds", ())
    bias: Iterable[int] = table.get("bias", ())
    features: Mapping[str, list[int]] = table.get("features", {})
    return Weights(
        tuple(kinds),
        tuple(value / UNIT for value in bias),
        {
            name: tuple((flat[at], flat[at + 1] / UNIT) for at in range(0, len(flat), 2))
            for name, flat in features.items()
        },
    )
