"""`completion SHELL`: the script that lets a shell complete mailwatch's commands and options."""

from __future__ import annotations

import os

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
)

from mailwatch.cli.session import Session
from mailwatch.process_guard import starting

_VARIABLE = "_MAILWATCH_COMPLETE"
_POWERSHELL = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($word, $ast, $cursor)
    $env:COMP_WORDS = $ast.ToString()
    $env:COMP_WORD = $word
    $env:%(complete_var)s = "powershell_complete"
    %(prog_name)s | ForEach-Object {
        $value, $help = $_ -split "`t", 2
        if (-not $help) { $help = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, "ParameterValue", $help)
    }
    Remove-Item Env:COMP_WORDS, Env:COMP_WORD, Env:%(complete_var)s
}
"""


@add_completion_class
class PowerShellComplete(ShellComplete):
    """PowerShell, which click does not know by itself: the words come in variables, values and help go out with a tab."""

    name = "powershell"
    source_template = _POWERSHELL

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one that is being completed, and that one."""
        words, last = os.environ["COMP_WORDS"].split()[1:], os.environ.get("COMP_WORD", "")
        return (words[:-1] if last and words and words[-1] == last else words), last

    def format_completion(self, item: CompletionItem) -> str:
        """One value, and what it is."""
        return f"{item.value}\t{item.help or ''}".rstrip("\t")


_SHELLS: dict[str, type[ShellComplete]] = {
    "bash": BashComplete,
    "zsh": ZshComplete,
    "fish": FishComplete,
    "powershell": PowerShellComplete,
}


@click.command()
@click.argument("shell", type=click.Choice(list(_SHELLS)))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the completion script of a shell; each one's manual says where it belongs.

    For bash, for example: mailwatch completion bash > ~/.local/share/bash-completion/completions/mailwatch
    """
    session: Session = context.obj
    with starting():  # click asks bash for its version
        source = _SHELLS[shell](context.find_root().command, {}, "mailwatch", _VARIABLE).source()
    session.write(source.rstrip())
