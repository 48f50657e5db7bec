"""The tick: pull, observe, plan, apply. The only place where backends, store and core meet.

    pull ──▶ observe ──▶ plan ──▶ (something is due?) pull again ──▶ observe ──▶ plan ──▶ save ──▶ plan

Everything that fails becomes a problem with a name, a sentence and a next step; the rest goes on. Only a database
that can't be written stops a tick: without it nothing could be saved exactly once.

The names below are loaded when they are first used (PEP 562): a status needs `kept_plan`, and none of the machinery.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailwatch.accounts import OpenAccount, OpenCalendar
    from mailwatch.tick.doors import (
        Choice,
        Chooser,
        Doors,
        PlanFunction,
        TickSettings,
        World,
    )
    from mailwatch.tick.engine import plan_now, tick
    from mailwatch.tick.planning import Watched, coverage_of, kept_plan, letters_stamp, policy_in_force
    from mailwatch.tick.report import AccountReport, CalendarReport, Noticed, SavedDraft, TickReport

__all__ = [
    "AccountReport", "CalendarReport", "Choice", "Chooser", "Doors", "Noticed", "OpenAccount", "OpenCalendar",
    "PlanFunction", "SavedDraft", "TickReport", "TickSettings", "Watched", "World", "coverage_of", "kept_plan",
    "letters_stamp", "plan_now", "policy_in_force", "tick",
]  # fmt: skip

_MODULES = {
    "mailwatch.accounts": ("OpenAccount", "OpenCalendar"),
    "mailwatch.tick.doors": ("Choice", "Chooser", "Doors", "PlanFunction", "TickSettings", "World"),
    "mailwatch.tick.engine": ("plan_now", "tick"),
    "mailwatch.tick.planning": ("Watched", "coverage_of", "kept_plan", "letters_stamp", "policy_in_force"),
    "mailwatch.tick.report": ("AccountReport", "CalendarReport", "Noticed", "SavedDraft", "TickReport"),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(_HOMES[name]), name)
