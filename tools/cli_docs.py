"""Write docs/cli.md from the commands themselves: `cli_docs.py [FOLDER]`. A test compares the page with what this prints."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from mailwatch.cli.entry import root

TOP = Path(__file__).resolve().parent.parent
HEAD = """\
# Commands

Generated from the commands in src/mailwatch/cli by `make docs`.

An ID is what `mailwatch status` shows in brackets. A word of the company's or a person's name does as well, as long as it
means one thing; without any, most commands take what needs you most. Everything that is asked for stands on standard
output, all talk on standard error. With `--json` standard output holds one JSON document with a versioned schema.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | it failed, and the message says why |
| 2 | the command was not understood |
| 3 | the configuration, or a file of yours, has a mistake |
| 4 | an account needs a sign-in |
| 5 | partly done: some account or calendar failed |
| 10 | `status --exit-code`: something needs you |
| 130 | stopped with Ctrl-C |
"""


def reference() -> str:
    """The whole page."""
    context = click.Context(root, info_name="mailwatch", **root.context_settings)
    lines = [HEAD, *command_lines(root, context, "mailwatch")]
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        if command is not None:
            lines += below(command, context, f"mailwatch {name}")
    return "\n".join(lines).rstrip() + "\n"


def below(command: click.Command, parent: click.Context, path: str) -> Iterator[str]:
    """A command, and the commands inside it."""
    context = click.Context(command, info_name=path.rpartition(" ")[2], parent=parent)
    yield from command_lines(command, context, path)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from below(inner, context, f"{path} {name}")


def command_lines(command: click.Command, context: click.Context, path: str) -> Iterator[str]:
    """One command: how it is called, what it does, its options."""
    usage = " ".join(command.collect_usage_pieces(context))
    yield from (f"## `{path}`", "", f"    {path} {usage}".rstrip(), "")
    if command.help:
        yield from ("\n\n".join(" ".join(part.split()) for part in command.help.split("\n\n")), "")
    options = [option for option in command.params if isinstance(option, click.Option)]
    records = [record for option in options if (record := option.get_help_record(context))]
    if records:
        yield from ("| option | meaning |", "|---|---|")
        yield from (f"| `{cell(name)}` | {cell(meaning)} |" for name, meaning in records)
        yield ""


def cell(text: str) -> str:
    """A text inside a table."""
    return " ".join(text.split()).replace("|", "\\|")


def main(arguments: list[str]) -> int:
    """Write the page below FOLDER, by default the top of the source tree."""
    folder = (Path(arguments[0]) if arguments else TOP) / "docs"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cli.md").write_text(reference(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
