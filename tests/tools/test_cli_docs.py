from __future__ import annotations

from pathlib import Path

from mailwatch.cli.entry import COMMANDS
from tools.cli_docs import main

TOP = Path(__file__).resolve().parent.parent.parent


def test_the_page_of_commands_is_what_the_commands_say(tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 0
    assert (tmp_path / "docs" / "cli.md").read_text("utf-8") == (TOP / "docs" / "cli.md").read_text("utf-8"), (
        "run `make docs`"
    )


def test_every_command_stands_on_the_page() -> None:
    page = (TOP / "docs" / "cli.md").read_text("utf-8")
    assert [name for name in COMMANDS if f"\n## `mailwatch {name}`\n" not in page] == []
    for inner in ("drafts make", "drafts tidy", "templates preview", "config check"):
        assert f"\n## `mailwatch {inner}`\n" in page
