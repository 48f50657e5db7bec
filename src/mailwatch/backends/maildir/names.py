"""Names in a Maildir: what stays of a file's name when flags change, and refs made of it.

A message's file name is a unique part, then what servers and synchronisers note about it (",S=4096,W=4201" Dovecot,
",U=17" mbsync, ",FMD5=…" offlineimap), then ":2," and flags. Only the unique part is the message's own.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

from mailwatch.core.model import Draft

BEFORE_FLAGS = "!" if os.altsep else ":"
"""What stands before a message's flags. Windows, the one system with a second separator for paths, allows no colon in a
name; Python's own mailbox module proposes "!" there."""
_INFO = re.compile(r"[:;!][12],([A-Za-z]*)\Z")  # ";" and "!" stand in for ":" where a file system has none
_NOTES = re.compile(r"(?:,[A-Z][A-Z0-9]{0,7}=[^,]{0,80}){1,8}\Z")
_DELIVERED = re.compile(r"[0-9]{9,11}(?=[.,_]|\Z)")


@dataclass(frozen=True, slots=True)
class FileName:
    """A message's file name taken apart. flags: as in the Maildir specification (D draft, S seen, T trashed …)."""

    unique: str
    flags: frozenset[str]

    @property
    def delivered(self) -> int:
        """The second of delivery that most programs begin a name with, 0 where there is none."""
        found = _DELIVERED.match(self.unique)
        return int(found[0]) if found else 0


def parts_of_file(name: str) -> FileName:
    """Take a file name apart. Any name will do; one without flags has none."""
    info = _INFO.search(name)
    base = name[: info.start()] if info else name
    notes = _NOTES.search(base)
    unique = base[: notes.start()] if notes and notes.start() else base
    return FileName(unique, frozenset(info[1]) if info else frozenset())


def ref_of(folder: str, unique: str) -> str:
    """A ref: folder and unique part, percent-encoded, so that names of any bytes are plain ASCII."""
    return f"{quote(os.fsencode(folder), safe='/')}#{quote(os.fsencode(unique), safe='')}"


def parts_of_ref(ref: str) -> tuple[str, str]:
    """Folder and unique part of a ref; they are only ever looked up, never made into a path."""
    folder, _, unique = ref.partition("#")
    return os.fsdecode(unquote_to_bytes(folder)), os.fsdecode(unquote_to_bytes(unique))


def name_for(draft: Draft) -> str:
    """The unique part of a draft's file name: the same each time that this revision is saved, telling nothing."""
    key = "".join(letter for letter in draft.key if letter.isascii() and letter.isalnum())[:32]
    return f"{key or 0}.R{draft.revision}.mail"
