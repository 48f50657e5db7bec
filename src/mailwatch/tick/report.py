"""What a tick did, for the command line, the log of runs and the exit code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailwatch.core.model import Address, DraftKey, Kind, LedgerState, Plan
from mailwatch.errors import (
    AuthError,
    BackendError,
    MailwatchError,
    TransientError,
)
from mailwatch.store import Problem

SIGN_IN, TRANSIENT, PROTOCOL, DRAFTS, INCOMPLETE, STORE, LETTERS, UNREADABLE = (
    "sign-in",
    "transient",
    "protocol",
    "drafts",
    "incomplete",
    "store",
    "letters",
    "unreadable",
)
DONE, FAILED, NEEDS_SIGN_IN, PARTLY_DONE = 0, 1, 4, 5


@dataclass(frozen=True, slots=True)
class AccountReport:
    """What was read of an account: new messages, texts fetched, and whether all of it has been read."""

    name: str
    new: int = 0
    fetched: int = 0
    complete: bool = False


@dataclass(frozen=True, slots=True)
class CalendarReport:
    """What was read of a calendar: how many events were new, changed or removed."""

    name: str
    changed: int = 0
    complete: bool = False


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """A draft that this tick saved. link: opens it, or a path, or ""."""

    key: DraftKey
    revision: int
    kind: Kind
    account: Address
    recipient: Address
    subject: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Noticed:
    """A draft of ours whose state has changed: edited, gone, sent, removed, or found again."""

    key: DraftKey
    revision: int
    kind: Kind
    recipient: Address
    state: LedgerState


@dataclass(frozen=True, slots=True)
class TickReport:
    """Everything a tick did.

    unreadable: how many messages could not be read so far. waiting: why letters were not saved although they are due,
    one sentence each. proposed: letters that wait for the user's word. plan: as it is after the tick.
    """

    at: datetime
    accounts: tuple[AccountReport, ...] = ()
    calendars: tuple[CalendarReport, ...] = ()
    saved: tuple[SavedDraft, ...] = ()
    noticed: tuple[Noticed, ...] = ()
    unreadable: int = 0
    waiting: tuple[str, ...] = ()
    proposed: int = 0
    problems: tuple[Problem, ...] = ()
    plan: Plan | None = None

    @property
    def exit_code(self) -> int:
        """0: fine. 4: no account could work for want of a sign-in. 1: none could work. 5: partly done."""
        failed = {problem.name: problem for problem in self.problems if problem.kind in {SIGN_IN, TRANSIENT, PROTOCOL}}
        accounts = [account.name for account in self.accounts]
        if accounts and all(name in failed for name in accounts):
            return NEEDS_SIGN_IN if all(failed[name].kind == SIGN_IN for name in accounts) else FAILED
        return PARTLY_DONE if any(problem.kind != UNREADABLE for problem in self.problems) else DONE


def problem_from_error(name: str, error: MailwatchError, now: datetime) -> Problem:
    """An error as a line of the status."""
    patience = error.retry_after if isinstance(error, BackendError) else None
    not_before = now + patience if patience else None
    return Problem(name, _kind(error), error.message, error.next_step, not_before=not_before)


def _kind(error: MailwatchError) -> str:
    if isinstance(error, AuthError):
        return SIGN_IN
    if isinstance(error, TransientError):
        return TRANSIENT
    return PROTOCOL if isinstance(error, BackendError) else STORE
