"""Storylines through Microsoft Graph give the same plan as from a Maildir: all of them in `make soak`, a few where they are named."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from tests.storylines.on_graph import run_check_on_graph
from tests.storylines.run import run_check

HERE = Path(__file__).resolve().parent
FEW = 2


@pytest.mark.scenario("S1", "S4")
def test_the_same_job_search_gives_the_same_plan_and_the_same_letters(tmp_path: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted((HERE / "stories").glob("*.yaml"))]
    stories = re.findall(r"^- id: (\S+)$", "\n".join(texts), re.MULTILINE)
    all_of_them = settings.default is not None and settings.default.max_examples > 1_000
    stories = stories if all_of_them else stories[:: len(stories) // FEW][:FEW]
    rendered = tmp_path / "rendered"
    command = [sys.executable, str(HERE / "tools" / "render.py"), str(rendered), "--only", *stories]
    subprocess.run(command, check=True, capture_output=True)
    checks = sorted(path.parent for path in rendered.glob("*/*/context.json"))
    checks = checks if all_of_them else list({check.parent: check for check in checks}.values())
    assert len(checks) >= FEW
    for check in checks:
        assert run_check_on_graph(check) == run_check(check)
