"""Learn from the labelled mails of tests/ what makes a mail what it is: writes src/mailwatch/phrases/learned.json.

    python tools/train_reader.py             # learn from everything, write
    python tools/train_reader.py --check     # leave out one source after another: how well is unseen mail read?

A multinomial logistic regression by stochastic descent with steps that shrink (AdaGrad) and weights that decay (L2). No
chance is in it: the order is shuffled by a fixed seed, so the same mails give the same numbers.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from mailwatch.core.reading.direction import direction_of  # noqa: E402
from mailwatch.core.reading.roles import roles_of  # noqa: E402
from mailwatch.core.reading.scoring import features_of  # noqa: E402
from mailwatch.core.weights import UNIT, Weights, weights_from_table  # noqa: E402
from tests.core.reading.examples import Example, examples  # noqa: E402

OUT = ROOT / "src" / "mailwatch" / "phrases" / "learned.json"
EPOCHS = 40
STEP = 0.25
DECAY = 0.002
DROPPED = 0.5
"""Share of a mail's features that each look at it leaves out, so that none is relied upon alone."""
AVERAGED = 20
"""The last rounds, whose mean is taken: it sways less from one set of mails to the next."""
RARE = 2
"""Words of fewer mails are left out."""
SMALL = 0.06
"""Weights below this are not written."""


@dataclass(frozen=True)
class Row:
    """One mail: where it is from, its features, what it is."""

    source: str
    features: dict[str, float]
    kinds: tuple[str, ...]


def main() -> None:
    """Learn and write, or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="leave one source out after another, write nothing")
    chosen = parser.parse_args()
    found = list(examples())
    sides = {side: rows_of(found, outgoing=side == "outgoing") for side in ("incoming", "outgoing")}
    if chosen.check:
        for side, rows in sides.items():
            check(side, rows)
        return
    learned = {side: table_of(*learn(rows)) for side, rows in sides.items()}
    OUT.write_text(
        json.dumps(learned, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8"
    )
    print({side: len(table["features"]) for side, table in learned.items()}, OUT.stat().st_size)


def rows_of(found: Iterable[Example], *, outgoing: bool) -> list[Row]:
    """The mails of one direction, their features taken."""
    return [
        Row(
            one.source,
            features_of(one.view, direction_of(one.view, roles_of(one.view) if one.view.concerns else ())),
            one.kinds,
        )
        for one in found
        if one.outgoing is outgoing
    ]


def learn(rows: Sequence[Row]) -> tuple[tuple[str, ...], list[float], dict[str, list[float]]]:
    """Kinds, their bias, and the weights of every feature that is not too rare."""
    kinds = tuple(sorted({row.kinds[0] for row in rows}))
    counts = Counter(name for row in rows for name in row.features)
    kept = {name for name, count in counts.items() if count >= RARE}
    mails = [
        (
            [(name, value) for name, value in row.features.items() if name in kept],
            [kinds.index(k) for k in row.kinds if k in kinds],
        )
        for row in rows
    ]
    bias, weights = [0.0] * len(kinds), {name: [0.0] * len(kinds) for name in kept}
    seen: dict[str, list[float]] = defaultdict(lambda: [1.0] * len(kinds))
    order = random.Random(1)  # noqa: S311 - for order, not for secrets
    mean_bias, mean = [0.0] * len(kinds), {name: [0.0] * len(kinds) for name in kept}
    for epoch in range(EPOCHS):
        order.shuffle(mails)
        for features, right in mails:
            looked_at = [one for one in features if order.random() >= DROPPED]
            step(bias, weights, seen, looked_at, right)
        for row in weights.values():
            row[:] = [weight * (1 - DECAY * len(mails) ** 0.5) for weight in row]
        if epoch >= EPOCHS - AVERAGED:
            mean_bias = [total + one / AVERAGED for total, one in zip(mean_bias, bias, strict=True)]
            for name, row in weights.items():
                mean[name] = [total + one / AVERAGED for total, one in zip(mean[name], row, strict=True)]
    return kinds, mean_bias, mean


def step(
    bias: list[float],
    weights: Mapping[str, list[float]],
    seen: Mapping[str, list[float]],
    features: Sequence[tuple[str, float]],
    right: Sequence[int],
) -> None:
    """Move the weights of one mail's features towards what it is."""
    sums = list(bias)
    for name, value in features:
        for index, weight in enumerate(weights[name]):
            sums[index] += weight * value
    top = max(sums)
    parts = [math.exp(one - top) for one in sums]
    whole = sum(parts)
    chances = [part / whole for part in parts]
    mass = sum(chances[index] for index in right) or 1.0
    errors = [chance - (chance / mass if index in right else 0.0) for index, chance in enumerate(chances)]
    active = [(index, error) for index, error in enumerate(errors) if abs(error) > 0.002]
    for index, error in active:
        bias[index] -= 0.02 * error
    for name, value in features:
        row, past = weights[name], seen[name]
        for index, error in active:
            slope = error * value
            past[index] += slope * slope
            row[index] -= STEP * slope / math.sqrt(past[index])


def table_of(kinds: Sequence[str], bias: Sequence[float], weights: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    """The form that is written: hundredths, small ones left out."""
    features = {
        name: flat
        for name, row in weights.items()
        if (
            flat := [
                one for index, weight in enumerate(row) if abs(weight) >= SMALL for one in (index, round(weight * UNIT))
            ]
        )
    }
    return {"kinds": list(kinds), "bias": [round(one * UNIT) for one in bias], "features": features}


def check(side: str, rows: Sequence[Row]) -> None:
    """Read each source by what the others teach."""
    right = total = 0
    for source in dict.fromkeys(row.source for row in rows):
        model = weights_from_table(table_of(*learn([row for row in rows if row.source != source])))
        left = [row for row in rows if row.source == source]
        good = sum(best(model, row.features) in row.kinds for row in left)
        right, total = right + good, total + len(left)
        print(f"{side} {source}: {good} of {len(left)}", flush=True)
    print(f"{side}: {right / total:.3f}")


def best(model: Weights, features: Mapping[str, float]) -> str:
    """The likeliest kind."""
    chances = model.chances(features)
    return max(chances, key=lambda kind: chances[kind])


if __name__ == "__main__":
    main()
