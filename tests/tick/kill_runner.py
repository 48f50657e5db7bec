"""Runs `mailwatch` in children of its own that have nothing to load any more: `python -m tests.tick.kill_runner`.

A line of input is a state folder and a list of arguments, as JSON; the answers are the child's process id, and when it
has ended its exit code, negative for the signal that killed it. The first one runs in this process, so that whatever is
loaded, read or compiled once is there for all others. Besides that, mail is parsed in the process itself, and the pause
before the second look at Drafts is left out.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from pathlib import Path

from mailwatch.cli.entry import run
from mailwatch.tick import configured, save
from tests.cli.conftest import ParserHere


def main() -> None:
    configured.WorkerParser = ParserHere  # type: ignore[misc,assignment]
    save.LOOK_AGAIN = 0.0
    for number, line in enumerate(sys.stdin):
        state, arguments = json.loads(line)
        os.environ["MAILWATCH_STATE"] = state
        if number == 0:
            print(run(arguments), flush=True)
            gc.disable()
            gc.freeze()
            continue
        child = os.fork()
        if child == 0:
            _run(arguments)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _run(arguments: list[str]) -> None:
    with Path(os.devnull).open("r+b") as nowhere:
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            os.dup2(nowhere.fileno(), stream.fileno())
    os._exit(run(arguments))


if __name__ == "__main__":
    main()
