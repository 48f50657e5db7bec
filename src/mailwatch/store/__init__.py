"""What mailwatch remembers: facts, cursors, the ledger of drafts and its log, in the user's state folder.

The names below are loaded when they are first used (PEP 562): a status that finds its page needs none of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailwatch.store.database import DamagedStore
    from mailwatch.store.drafted_log import DraftedLog, Entry
    from mailwatch.store.lock import run_lock
    from mailwatch.store.mail import BROKEN, VANISHED
    from mailwatch.store.records import bytes_from_record, digest_of
    from mailwatch.store.state import Problem, Proposal
    from mailwatch.store.store import Store, open_store

__all__ = [
    "BROKEN", "VANISHED", "DamagedStore", "DraftedLog", "Entry", "Problem", "Proposal", "Store", "bytes_from_record",
    "digest_of", "open_store", "run_lock",
]  # fmt: skip

_MODULES = {
    "mailwatch.store.database": ("DamagedStore",),
    "mailwatch.store.drafted_log": ("DraftedLog", "Entry"),
    "mailwatch.store.lock": ("run_lock",),
    "mailwatch.store.mail": ("BROKEN", "VANISHED"),
    "mailwatch.store.records": ("bytes_from_record", "digest_of"),
    "mailwatch.store.state": ("Problem", "Proposal"),
    "mailwatch.store.store": ("Store", "open_store"),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(_HOMES[name]), name)
