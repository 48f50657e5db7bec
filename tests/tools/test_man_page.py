"""The manual page says what the commands say, in words that roff takes."""

from __future__ import annotations

from pathlib import Path

from mailwatch.cli.entry import COMMANDS
from tools.man_page import TOP, escaped, main


def test_the_page_is_what_the_commands_say(tmp_path: Path) -> None:
    main([str(tmp_path)])
    written = (tmp_path / "docs" / "mailwatch.1").read_text("utf-8")
    assert written == (TOP / "docs" / "mailwatch.1").read_text("utf-8"), "make docs"
    for name in COMMANDS:
        assert f"\n.SS {name}" in written


def test_nothing_in_a_text_is_taken_for_a_macro() -> None:
    assert escaped(".SH x\n\n'y \\fB -z") == "\\&.SH x\n.PP\n\\&'y \\efB \\-z"
