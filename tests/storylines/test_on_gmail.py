"""A few storylines through Google: whatever way mail and calendar come in, the plan is the same, draft for draft.

All of them are compared by `python -m tests.storylines.gmail RENDERED`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.google_server import running_host
from tests.storylines.gmail import run_check_on_gmail
from tests.storylines.run import run_check

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def checks(tmp_path_factory):
    rendered = tmp_path_factory.mktemp("storylines") / "rendered"
    texts = [path.read_text(encoding="utf-8") for path in sorted((HERE / "stories").glob("*.yaml"))]
    stories = re.findall(r"^- id: (\S+)$", "\n".join(texts), re.MULTILINE)[::30]
    render = [sys.executable, str(HERE / "tools" / "render.py"), str(rendered), "--only", *stories]
    subprocess.run(render, check=True, capture_output=True)
    return sorted(path.parent for path in rendered.glob("*/*/context.json"))


def test_the_plan_is_the_same_as_through_a_maildir(checks):
    with running_host() as host:
        pairs = [(run_check(check), run_check_on_gmail(check, host)) for check in checks]
    assert sum(len(one["drafts"]) for one, _ in pairs) >= 2
    for one, other in pairs:
        assert other == one
