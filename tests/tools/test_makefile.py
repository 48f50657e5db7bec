from __future__ import annotations

import re
import subprocess
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
MAKEFILE = (TOP / "Makefile").read_text("utf-8")


def test_help_names_every_target() -> None:
    (phony,) = re.findall(r"^\.PHONY: (.+)$", MAKEFILE, flags=re.MULTILINE)
    ran = subprocess.run(["make", "-s", "help"], cwd=TOP, check=True, capture_output=True, text=True)
    assert set(re.findall(r"^  make (\w+)", ran.stdout, flags=re.MULTILINE)) == set(phony.split())


def test_every_script_that_a_target_runs_exists() -> None:
    scripts = re.findall(r"\b((?:tools|tests)/[\w/]+\.(?:py|sh))\b", MAKEFILE)
    assert scripts
    assert [script for script in scripts if not (TOP / script).exists()] == []


def test_nothing_is_installed_that_is_not_pinned_by_hash() -> None:
    script = (TOP / "tools" / "make_venv.sh").read_text("utf-8")
    installs = [line for line in script.splitlines() if " pip install" in line]
    assert installs
    assert all("--require-hashes" in line or "--no-deps --no-build-isolation --editable ." in line for line in installs)
    pins = (TOP / "requirements" / "dev.txt").read_text("utf-8")
    assert re.findall(r"^[a-z]\S*==\S+ \\$", pins, flags=re.MULTILINE)
    assert "--index-url" not in pins
    assert "--find-links" not in pins


def test_the_pins_are_those_of_the_projects_own_list() -> None:
    import tomllib

    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = (
        project["dependencies"] + project["optional-dependencies"]["dev"] + project["optional-dependencies"]["holidays"]
    )
    names = {re.split(r"[>=<\[]", line)[0].casefold() for line in wanted}
    pinned = set(
        re.findall(r"^([a-z0-9-]+)==", (TOP / "requirements" / "dev.txt").read_text("utf-8"), flags=re.MULTILINE)
    )
    assert names <= pinned
