"""What mailwatch remembers: facts, cursors, the ledger of drafts and its log, in the user's state folder."""

from mailwatch.store.database import DamagedStore
from mailwatch.store.drafted_log import DraftedLog, Entry
from mailwatch.store.lock import run_lock
from mailwatch.store.mail import BROKEN, VANISHED
from mailwatch.store.records import bytes_from_record, digest_of
from mailwatch.store.state import Problem, Proposal
from mailwatch.store.store import Store, open_store

__all__ = [
    "BROKEN",
    "VANISHED",
    "DamagedStore",
    "DraftedLog",
    "Entry",
    "Problem",
    "Proposal",
    "Store",
    "bytes_from_record",
    "digest_of",
    "open_store",
    "run_lock",
]
