"""Measure, print one row for each figure with its bound, and exit 1 where one falls short: `python -m benchmarks [--quick] [PART …]`.

Figures are ratios to a yardstick measured in the same run, or counts, so that they mean the same on any machine. Without
`--quick` they are kept, and docs/performance.md is made of them; with it only counts are looked at, in a few seconds.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict

from benchmarks import (
    calendar,
    daemon,
    gmail,
    graph,
    growth,
    imap,
    local,
    page,
    peers,
    plan,
    quick,
    reading,
    shelf,
    startup,
)
from benchmarks.row import Row

PARTS: Mapping[str, Callable[[], Iterator[Row]]] = {
    "startup": startup.rows, "daemon": daemon.rows, "imap": imap.rows, "gmail": gmail.rows, "graph": graph.rows, "reading": reading.rows,
    "plan": plan.rows, "calendar": calendar.rows, "shelf": shelf.rows, "local": local.rows,
    "growth": growth.rows,
}  # fmt: skip


def main() -> int:
    """Run every benchmark, or those named, and print its rows."""
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    if "--quick" in sys.argv:
        return _judge(list(quick.rows()))
    day = time.strftime("%Y-%m-%d", time.gmtime())
    rows: list[Row] = []
    broken: list[str] = []
    for name in words or (*PARTS, "peers"):
        began = time.monotonic()
        try:
            for row in _beside_peers(day) if name == "peers" else PARTS[name]():
                page.keep([row], day)  # at once: a run that is cut short keeps what it has measured
                rows.append(row)
        except Exception:  # noqa: BLE001 - the other parts are measured all the same, and the end says what is missing
            traceback.print_exc()
            broken.append(name)
            continue
        print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
    page.write()
    failed = _judge(rows)
    if broken:
        print(f"NOT MEASURED: {', '.join(broken)}", file=sys.stderr)
    return 1 if broken else failed


def _beside_peers(day: str) -> list[Row]:
    costs = list(peers.costs())
    page.keep_peers([asdict(cost) for cost in costs], day)
    return list(peers.rows_of(costs))


def _judge(rows: list[Row]) -> int:
    width = max((len(row.what) for row in rows), default=0)
    for row in rows:
        verdict = "ok" if row.is_met else "FALLS SHORT"
        print(
            f"{row.number or '':>2} {row.what:<{width}}  {row.figure:8.2f} {row.unit:<22} bound {row.bound:g}  {verdict}"
        )
    return int(any(not row.is_met for row in rows))


if __name__ == "__main__":
    sys.exit(main())
