"""`make storylines [EVAL=DIR]`: render a set, run every check, score it, and print the table."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.storylines.run import export_set
from tests.storylines.scoring import render_set, score_export

OWN_SET = Path(__file__).resolve().parent


def main() -> None:
    """Render, run, score."""
    parser = argparse.ArgumentParser(
        prog="make storylines", description="Replay whole job searches and score the answers."
    )
    parser.add_argument("folder", nargs="?", type=Path, default=OWN_SET, help="a set: stories/ and personas.yaml")
    parser.add_argument("--details", type=Path, help="write one line for each error")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args()
    folder = chosen.folder.parent if chosen.folder.name == "stories" else chosen.folder
    if not (folder / "stories").is_dir():
        sys.exit(f"{folder} holds no storylines (no stories/ in it)")
    with tempfile.TemporaryDirectory(prefix="storylines-") as name:
        rendered, export = Path(name) / "rendered", Path(name) / "export.json"
        render_set(folder, rendered)
        export_set(rendered, export, jobs=chosen.jobs)
        score_export(rendered / "gold.json", export, chosen.details)


if __name__ == "__main__":
    main()
