"""Lines of the screen as a picture of a terminal: SVG with text in it, so that it stays small, sharp and readable aloud."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from mailwatch.render.screen import Line, rows_of, width_of

CELL, ROW, MARGIN = 8.43, 19, 14
_STYLES = {
    "strong": 'font-weight="bold" fill="#ffffff"',
    "good": 'fill="#7ee787"',
    "warn": 'fill="#f2cc60"',
    "dim": 'fill="#9aa4b2"',
}
_FONT = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"


def picture(command: str, lines: Iterable[Line], columns: int) -> str:
    """A terminal of so many columns in which a command has printed lines."""
    rows = [row for item in lines for row in rows_of(item, columns)]
    width, height = round(columns * CELL + 2 * MARGIN), (len(rows) + 1) * ROW + 2 * MARGIN
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">',
        f"<title>The output of {escape(command)}</title>",
        '<rect width="100%" height="100%" rx="8" fill="#161b22"/>',
        f'<g font-family="{_FONT}" font-size="14" fill="#d0d7de" xml:space="preserve">',
        f'<text x="{MARGIN}" y="{MARGIN + 13}"><tspan fill="#7ee787">$</tspan> {escape(command)}</text>',
    ]
    for number, row in enumerate(rows, 1):
        out.append(f'<text y="{MARGIN + 13 + number * ROW}">')
        cell = 0
        for span in row:
            text = span.text.replace(" ", "\u00a0")
            out.append(f'<tspan x="{MARGIN + cell * CELL:.1f}" {_STYLES.get(span.style, "")}>{escape(text)}</tspan>')
            cell += width_of(span.text)
        out.append("</text>")
    return "\n".join([*out, "</g>", "</svg>", ""])
