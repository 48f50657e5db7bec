"""Mail and calendar in memory: a backend that needs nothing, with a user's hands and a bad day's faults for tests.

Two sides are kept apart: `MemoryMailbox` and `MemoryEvents` are the account as it is, which a user works in; `MemoryMail`
and `MemoryCalendar` are what mailwatch opens on it, any number of them at a time.
"""

from mailwatch.backends.memory.calendar import MemoryCalendar, MemoryEvents
from mailwatch.backends.memory.faults import Faults
from mailwatch.backends.memory.mail import MemoryMail
from mailwatch.backends.memory.mailbox import MemoryMailbox, Stored

__all__ = ["Faults", "MemoryCalendar", "MemoryEvents", "MemoryMail", "MemoryMailbox", "Stored"]
