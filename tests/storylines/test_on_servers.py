"""Storylines on Dovecot and Radicale give the same plan as from a Maildir and an .ics file: all in `make soak`, a few where they are named."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.servers.caldav import DavServer, running_radicale
from tests.servers.dovecot import Dovecot
from tests.storylines.on_servers import run_check_on_servers
from tests.storylines.run import run_check

HERE = Path(__file__).resolve().parent
FEW = 2


@pytest.fixture(scope="module")
def radicale() -> Iterator[DavServer]:
    with running_radicale() as server:
        yield server


@pytest.mark.scenario("S1", "S4")
def test_the_same_job_search_gives_the_same_plan_and_the_same_letters(
    tmp_path: Path, dovecot: Dovecot, radicale: DavServer, authority: tuple[Path, Path]
) -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted((HERE / "stories").glob("*.yaml"))]
    stories = re.findall(r"^- id: (\S+)$", "\n".join(texts), re.MULTILINE)
    all_of_them = settings.default is not None and settings.default.max_examples > 1_000
    stories = stories if all_of_them else stories[1 :: len(stories) // FEW][:FEW]
    rendered = tmp_path / "rendered"
    command = [sys.executable, str(HERE / "tools" / "render.py"), str(rendered), "--only", *stories]
    subprocess.run(command, check=True, capture_output=True)
    checks = sorted(path.parent for path in rendered.glob("*/*/context.json"))
    checks = checks if all_of_them else list({check.parent: check for check in checks}.values())
    assert len(checks) >= FEW
    drafts = 0
    for check in checks:
        on_servers, local = run_check_on_servers(check, dovecot, radicale, authority[0]), run_check(check)
        assert on_servers == local, check
        drafts += len(local["drafts"])
    assert drafts
