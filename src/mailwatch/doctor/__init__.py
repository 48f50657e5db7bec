"""The doctor: whether everything that mailwatch stands on is in order, and the command that mends what is not.

Nothing is changed and no mail is read. Checks that need a network are left out with `offline`.
"""

from __future__ import annotations

from mailwatch.doctor.accounts import account_checks, calendar_checks
from mailwatch.doctor.check import Check, Level
from mailwatch.doctor.machine import machine_checks
from mailwatch.doctor.sends import guard_checks

__all__ = ["Check", "Level", "account_checks", "calendar_checks", "guard_checks", "machine_checks"]
