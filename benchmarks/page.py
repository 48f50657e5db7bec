"""docs/performance.md and its pictures, from the figures of one run of `make bench`."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.row import Row

DOCS = Path(__file__).resolve().parents[1] / "docs"
FIGURES = Path(__file__).with_name("figures.json")
REASONS = Path(__file__).with_name("reasons.md")
_LIBRARIES = ("imapclient", "icalendar", "recurring-ical-events", "beautifulsoup4", "lxml", "msgspec")
_INKS = {"mailwatch": "#1b7f5c", "mbsync": "#a33", "imap_tools": "#b8860b", "imapclient": "#46a", "offlineimap": "#777"}
_WIDTH, _BAR, _LEFT = 640, 18, 190


def keep(rows: Iterable[Row], day: str) -> None:
    """Keep the figures of a run over those of earlier ones."""
    known = figures()
    known["rows"] |= {
        row.what: [row.number, row.figure, row.bound, row.unit, row.at_least, row.is_met, day] for row in rows
    }
    FIGURES.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def keep_peers(costs: Sequence[Mapping[str, Any]], day: str) -> None:
    """Keep the looks of mailwatch and its peers."""
    known = figures()
    fresh = {(each["program"], each["look"], each["distance"]) for each in costs}
    kept = [each for each in known["peers"] if (each["program"], each["look"], each["distance"]) not in fresh]
    known["peers"] = kept + [{**each, "day": day} for each in costs]
    FIGURES.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def keep_curve(what: str, curve: Mapping[str, Any]) -> None:
    """Keep CPU seconds at several sizes over those of an earlier run."""
    known = figures()
    known["curves"] = {**known.get("curves", {}), what: curve}
    FIGURES.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def figures() -> dict[str, Any]:
    """What is known: rows by name, and looks of peers."""
    if not FIGURES.exists():
        return {"rows": {}, "peers": []}
    known: dict[str, Any] = json.loads(FIGURES.read_text(encoding="utf-8"))
    return known


def page() -> str:
    """The page."""
    known = figures()
    lines = [
        "# How fast it is, and how small",
        "",
        "Made by `make bench` from figures measured on one machine; do not edit. A figure is a ratio to something measured in the same",
        "run, or a count of bytes, turns, calls or requests; bare seconds are CPU seconds and were taken on a machine of two cores that others used now and then.",
        f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in _LIBRARIES) + ".",
        "",
        "| # | what | measured | bound | | day |",
        "| ---: | --- | ---: | ---: | --- | --- |",
    ]
    for what, (number, figure, bound, unit, at_least, met, day) in sorted(
        known["rows"].items(), key=lambda item: (item[1][0], item[0])
    ):
        sign = "≥" if at_least else "≤"
        lines.append(
            f"| {number or ''} | {what} | {_shown(figure)} {unit} | {sign} {bound:g} | {'met' if met else '**short**'} | {day} |"
        )
    lines += [
        "",
        REASONS.read_text(encoding="utf-8").strip(),
        "",
        *_curves(known.get("curves", {})),
        *_peers(known["peers"]),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _shown(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= 100 or figure == int(figure) else f"{figure:.2f}"


def _curves(curves: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """A table of all curves, without a heading: it ends the words about growth."""
    if not curves:
        return
    yield "| what | how many | CPU s | ms each | each, beside the first | each, beside the step before |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for what, curve in curves.items():
        each = [seconds / count for count, seconds in curve["points"]]
        for (count, seconds), one, before in zip(curve["points"], each, [each[0], *each], strict=False):
            yield f"| {what} | {count:,} {curve['units']} | {seconds:.3f} | {one * 1e3:,.3f} | {one / each[0]:.2f} × | {one / before:.2f} × |"
    yield ""


def _peers(looks: Sequence[Mapping[str, Any]]) -> list[str]:
    if not looks:
        return []
    lines = [
        "## Beside others, on one mailbox",
        "",
        "A Dovecot mailbox of 20,000 messages, 1.5 GB, through a proxy: at 0 ms the bare machine, else 50 Mbit/s down and 10 up. Each look",
        "is a process of its own: wall and CPU include its start. mbsync takes whole messages, imap_tools the headers, imapclient envelopes",
        "and structures, mailwatch envelopes, structures and the texts that triage names, and writes the envelopes into its store.",
        'offlineimap takes whole messages one by one, here only every hundredth: its figures are for 200 messages. "ten new" is a look that',
        'finds ten. "200,000" is a first look at ten times the mail, cut to 4 kB each.',
        "",
        "![First look and idle tick beside others](performance.svg)",
        "",
        "| look | round trip ms | program | wall s | CPU s | down kB | up kB | turns | peak MB |",
        "| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for each in sorted(looks, key=lambda one: (one["look"], one["distance"], one["wall"])):
        size = f"{each['down'] / 1000:,.1f} | {each['up'] / 1000:,.1f}"
        lines.append(
            f"| {each['look']} | {each['distance']} | {each['program']} | {each['wall']} | {each['cpu']} | {size} | {each['turns']} | {each['memory']:.0f} |"
        )
    return lines


def picture() -> str:
    """Bars of wall time, as far as they were measured, on a logarithmic scale."""
    from math import log10

    shown = (one for one in figures()["peers"] if one["look"] in {"first", "idle"})
    looks = sorted(shown, key=lambda one: (one["look"], one["distance"], one["wall"]))
    height = 40 + _BAR * len(looks)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" font-size="11">',
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
        '<text x="8" y="18" font-size="13">Wall seconds of a look at 20,000 messages (logarithmic)</text>',
    ]
    for index, each in enumerate(looks):
        top = 30 + _BAR * index
        length = max(2.0, (log10(max(each["wall"], 0.1)) + 1) / 4 * (_WIDTH - _LEFT - 70))
        label = f"{each['look']}, {each['distance']} ms, {each['program']}"
        label += " (200)" if each["program"] == "offlineimap" else ""
        parts.append(f'<text x="{_LEFT - 6}" y="{top + 12}" text-anchor="end">{label}</text>')
        parts.append(
            f'<rect x="{_LEFT}" y="{top + 2}" width="{length:.1f}" height="{_BAR - 5}" fill="{_INKS[each["program"]]}"/>'
        )
        parts.append(f'<text x="{_LEFT + length + 5:.1f}" y="{top + 12}">{each["wall"]} s</text>')
    return "\n".join([*parts, "</svg>", ""])


def write() -> None:
    """Write page and picture."""
    (DOCS / "performance.md").write_text(page(), encoding="utf-8")
    if figures()["peers"]:
        (DOCS / "performance.svg").write_text(picture(), encoding="utf-8")
