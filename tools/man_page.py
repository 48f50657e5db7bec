"""Write docs/mailwatch.1, the manual page, from the commands themselves: `man_page.py [FOLDER]`. A test compares."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from mailwatch import __version__
from mailwatch.cli.entry import root

TOP = Path(__file__).resolve().parent.parent
CODES = {
    0: "Done.",
    1: "It failed, and the message says why.",
    2: "The command was not understood.",
    3: "The configuration, or a file of yours, has a mistake.",
    4: "An account needs a sign-in.",
    5: "Partly done: some account or calendar failed.",
    6: "Another mailwatch is at work.",
    10: "\\fBstatus \\-\\-exit\\-code\\fR: something needs you.",
    130: "Stopped with Ctrl-C.",
}


def page() -> str:
    """The whole page in the macros of man(7)."""
    context = click.Context(root, info_name="mailwatch", **root.context_settings)
    lines = [
        f'.TH MAILWATCH 1 "" "mailwatch {__version__}" "User Commands"',
        ".SH NAME",
        "mailwatch \\- see to the life after a job interview; saves drafts, never sends",
        ".SH SYNOPSIS",
        ".B mailwatch",
        "[\\fIoptions\\fR] [\\fIcommand\\fR] [\\fIarguments\\fR]",
        ".SH DESCRIPTION",
        escaped(root.help or ""),
        ".SH OPTIONS",
        *options(root, context),
        ".SH COMMANDS",
        *commands(root, context, ""),
        ".SH EXIT STATUS",
    ]
    for code, meaning in CODES.items():
        lines += [".TP", f".B {code}", meaning]
    lines += [
        ".SH FILES",
        "\\fBmailwatch config path\\fR names the configuration; \\fBMAILWATCH_CONFIG\\fR and \\fBMAILWATCH_STATE\\fR name other places.",
    ]
    return "\n".join(lines) + "\n"


def commands(group: click.Group, context: click.Context, path: str) -> Iterator[str]:
    """Each command, and the commands inside it."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None:
            continue
        inner = click.Context(command, info_name=name, parent=context)
        whole = f"{path} {name}".strip()
        yield f".SS {escaped(' '.join([whole, *command.collect_usage_pieces(inner)]))}"
        yield escaped(command.help or "")
        yield from options(command, inner)
        if isinstance(command, click.Group):
            yield from commands(command, inner, whole)


def options(command: click.Command, context: click.Context) -> Iterator[str]:
    """A command's options."""
    for parameter in command.params:
        record = parameter.get_help_record(context) if isinstance(parameter, click.Option) else None
        if record:
            yield from (".TP", f"\\fB{escaped(record[0])}\\fR", escaped(record[1]))


def escaped(text: str) -> str:
    """Text as roff takes it: paragraphs apart, hyphens and backslashes literal, no line that looks like a macro."""
    literal = text.replace("\\", "\\e").replace("-", "\\-")
    parts = [re.sub(r"\s+", " ", part).strip() for part in re.split(r"\n\s*\n", literal)]
    return "\n.PP\n".join(f"\\&{part}" if part.startswith((".", "'")) else part for part in parts if part)


def main(arguments: list[str]) -> int:
    """Write the page below FOLDER, by default the top of the source tree."""
    folder = (Path(arguments[0]) if arguments else TOP) / "docs"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mailwatch.1").write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
