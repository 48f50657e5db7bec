"""Measure, print one row for each figure with its bound, and exit 1 where one falls short: `python -m benchmarks`.

Figures are ratios to a yardstick measured in the same run, so that they mean the same on any machine.
"""

from __future__ import annotations

import sys

from benchmarks import daemon, gmail, graph, imap, startup


def main() -> int:
    """Run every benchmark and print its rows."""
    rows = [*startup.rows(), *daemon.rows(), *imap.rows(), *gmail.rows(), *graph.rows()]
    width = max(len(row.what) for row in rows)
    for row in rows:
        verdict = "ok" if row.figure <= row.bound else "FALLS SHORT"
        print(f"{row.what:<{width}}  {row.figure:6.2f} {row.unit:<22} bound {row.bound:g}  {verdict}")
    return int(any(row.figure > row.bound for row in rows))


if __name__ == "__main__":
    sys.exit(main())
