"""The command line: parse, call, render; nothing else."""

from mailwatch.cli.entry import main

__all__ = ["main"]
