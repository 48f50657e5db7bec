"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mailwatch.errors import MailwatchError


class Level(StrEnum):
    """How good it is: in order, worth knowing, or in the way of mailwatch's work."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor. fix: the command or action that helps, "" where nothing has to be done."""

    level: Level
    name: str
    text: str
    fix: str = ""


def check_from_error(name: str, error: MailwatchError) -> Check:
    """A failure as a line."""
    return Check(Level.FAIL, name, error.message.splitlines()[0], error.next_step)
