"""Set-up: from an address to a configuration file that works. The conversation itself is the command line's."""

from __future__ import annotations

from mailwatch.setup.calendars import CalendarOffer, calendar_offers, titles_of
from mailwatch.setup.discover import MailServer, server_of
from mailwatch.setup.file import NewAccount, NewCalendar, Wishes, config_text
from mailwatch.setup.folders import FolderChoice, folder_choices
from mailwatch.setup.ways import Way, account_name, local_backend, ways_for

__all__ = [
    "CalendarOffer",
    "FolderChoice",
    "MailServer",
    "NewAccount",
    "NewCalendar",
    "Way",
    "Wishes",
    "account_name",
    "calendar_offers",
    "config_text",
    "local_backend",
    "folder_choices",
    "server_of",
    "titles_of",
    "ways_for",
]
