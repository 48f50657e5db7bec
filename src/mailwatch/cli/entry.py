"""The first and the last thing that runs: streams, the root command, errors turned into one sentence and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

import click

from mailwatch import __version__
from mailwatch.cli.lazy import LazyGroup, Shown
from mailwatch.errors import MailwatchError
from mailwatch.process_guard import guard_process

COMMANDS: Mapping[str, Shown] = {
    "setup": ("mailwatch.cli.setup", "Set mailwatch up: sign in, find the folders, take a first look."),
    "demo": ("mailwatch.cli.demo", "Show the whole job on an invented mailbox; no account needed."),
    "run": ("mailwatch.cli.run", "Look once: read what is new and save the drafts that are due."),
    "status": ("mailwatch.cli.status", "Say what needs you, what is waiting, and what is ahead."),
    "next": ("mailwatch.cli.next", "Say what today and tomorrow bring."),
    "plan": ("mailwatch.cli.plan", "Say what a run would do now; nothing is written."),
    "show": ("mailwatch.cli.show", "Show one process: people, times, what was said, letters."),
    "why": ("mailwatch.cli.show", "Show the words and rules that led to a conclusion."),
    "read": ("mailwatch.cli.read", "Say what mailwatch understands in single .eml and .ics files."),
    "mark": ("mailwatch.cli.words", "Tell how a process or an interview went."),
    "done": ("mailwatch.cli.words", "Tell that you thanked somebody, or followed up, another way."),
    "unmark": ("mailwatch.cli.words", "Take something back that you told."),
    "confirm": ("mailwatch.cli.settle", "Say that something unsure is an interview of yours."),
    "ignore": ("mailwatch.cli.settle", "Say that something is no interview of yours."),
    "merge": ("mailwatch.cli.settle", "Say that two processes, or two meetings, are one."),
    "link": ("mailwatch.cli.settle", "Say which process a mail belongs to."),
    "edit": ("mailwatch.cli.edit", "Correct people, addresses, time and names of an interview."),
    "add": ("mailwatch.cli.appointments", "Tell of an interview that no mail shows."),
    "debrief": ("mailwatch.cli.debrief", "Write down an interview while it is fresh."),
    "prep": ("mailwatch.cli.prep", "Before an interview: what to prepare, who was met, what was covered."),
    "compare": ("mailwatch.cli.prep", "Put employers side by side."),
    "drafts": ("mailwatch.cli.drafts", "List, show, compare, make and discard mailwatch's drafts."),
    "templates": ("mailwatch.cli.templates", "List, copy, check and preview the letters' files."),
    "pause": ("mailwatch.cli.quiet", "Save nothing for a while."),
    "mute": ("mailwatch.cli.quiet", "Write nothing to a company or a person any more."),
    "retry": ("mailwatch.cli.settle", "Try again to read mail that could not be read."),
    "daemon": ("mailwatch.cli.run", "Look again and again until stopped."),
    "service": ("mailwatch.cli.service", "Let the system start mailwatch by itself: install, status, logs, remove."),
    "report": ("mailwatch.cli.report", "Draw time lines, answer times and a comparison on one page."),
    "export": ("mailwatch.cli.export", "Write everything known as JSON, rows or a calendar."),
    "auth": ("mailwatch.cli.auth", "Sign in to accounts, see how that stands, and sign out."),
    "doctor": ("mailwatch.cli.doctor", "Check that everything is in order, and say what mends what is not."),
    "config": ("mailwatch.cli.config", "Find, show, check and edit the configuration."),
    "log": ("mailwatch.cli.log", "Show what past runs did."),
    "forget": ("mailwatch.cli.forget", "Erase what mailwatch remembers: all, an account, or a person."),
    "completion": ("mailwatch.cli.completion", "Print a shell's completion script."),
}

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(cls=LazyGroup, shown=COMMANDS, invoke_without_command=True, context_settings=CONTEXT)
@click.option("-c", "--config", "config_file", metavar="FILE", help="The configuration file (also MAILWATCH_CONFIG).")
@click.option("-a", "--account", metavar="NAME", help="Only this account.")
@click.option("--json", "as_json", is_flag=True, help="JSON on standard output, one versioned schema.")
@click.option("-q", "--quiet", is_flag=True, help="Only what was asked for.")
@click.option("-v", "--verbose", count=True, help="More about what is going on; twice for much more.")
@click.option("--no-color", is_flag=True, help="No colour (also NO_COLOR).")
@click.option("--no-input", is_flag=True, help="Never ask anything.")
@click.option(
    "--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How logs are written."
)
@click.option("--now", metavar="TIME", help="Take this as the present (ISO 8601), for looking ahead or back.")
@click.version_option(__version__, "--version", prog_name="mailwatch")
@click.pass_context
def root(context: click.Context, /, **options: object) -> None:
    """See to the life after a job interview: thank-yous, promised dates, follow-ups. mailwatch saves drafts; it never sends."""
    from mailwatch.cli.session import session_from_options

    context.obj = session_from_options(options, os.environ)
    if context.invoked_subcommand not in {None, "status"}:  # a status starts the log when it comes to that
        context.obj.start_log()
    if context.invoked_subcommand is None:
        from mailwatch.cli.status import status_or_welcome

        context.exit(status_or_welcome(context.obj))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with the exit code of DESIGN §6."""
    fill_streams()
    prepare_streams((sys.stdout, sys.stderr))
    guard_process()
    os.umask(0o077)
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def fill_streams() -> None:
    """A program without a window has no streams on Windows (pythonw.exe): what it says there goes nowhere, and is no error."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - open as long as the program runs


def prepare_streams(streams: Sequence[TextIO]) -> None:
    """Let unencodable characters be replaced instead of raising: "→" on a Latin-1 pipe must not end a run."""
    for stream in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def run(arguments: list[str]) -> int:
    """Run one command; its exit code. Every failure is one sentence on standard error, and JSON where that was asked for."""
    if os.environ.get("_MAILWATCH_COMPLETE", "").startswith("powershell"):
        import mailwatch.cli.completion  # noqa: F401 - click learns of the shell that it does not know by itself
    try:
        outcome = root.main(arguments, prog_name="mailwatch", standalone_mode=False)
    except click.UsageError as error:
        return _complain(error.format_message(), _usage_hint(error), 2, arguments)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("mailwatch: stopped.", err=True)
        return 130
    except MailwatchError as error:
        return _complain(error.message, error.next_step, error.exit_code, arguments)
    except BrokenPipeError:
        _silence_stdout()
        return 0
    except Exception as error:
        if "-vv" in arguments:
            raise
        kind = type(error).__name__
        sentence = (
            f"Something inside mailwatch went wrong ({kind}), so this command stopped; nothing was sent or changed"
        )
        return _complain(sentence, "run it again with -vv and report what it prints: it is a bug", 1, arguments)
    return outcome if isinstance(outcome, int) else 0


def _usage_hint(error: click.UsageError) -> str:
    """What to try instead; an option of mailwatch itself stands before the command."""
    if error.ctx is None:
        return "mailwatch --help"
    everywhere = {name for parameter in root.params for name in parameter.opts}
    if isinstance(error, click.NoSuchOption) and error.option_name in everywhere:
        _, _, command = error.ctx.command_path.partition(" ")
        return f"it stands before the command: mailwatch {error.option_name} {command}"
    return f"{error.ctx.command_path} --help"


def _complain(message: str, next_step: str, code: int, arguments: Sequence[str]) -> int:
    from mailwatch.render.screen import shown

    for number, sentence in enumerate(message.splitlines()):
        click.echo(("mailwatch: " if number == 0 else "  ") + shown(sentence, 500), err=True)
    if next_step:
        click.echo(f"  → {shown(next_step, 300)}", err=True)
    if "--json" in arguments:
        import json

        error = {"message": message, "next_step": next_step, "exit_code": code}
        click.echo(json.dumps({"schema": "mailwatch/1", "command": "error", "error": error}))
    return code


def _silence_stdout() -> None:
    # The reader has gone (`mailwatch status | head -1`): what is still buffered has nowhere to go.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
