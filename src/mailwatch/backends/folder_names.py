"""Which folder is for what, told by its name: what an account without SPECIAL-USE (RFC 6154) leaves to guess."""

from __future__ import annotations

import binascii
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from mailwatch.core.model import SpecialUse

_SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-")


@dataclass(frozen=True, slots=True)
class FolderNames:
    """The table of folder_names.toml, folded for comparison: special use and rank by name."""

    known: Mapping[str, tuple[SpecialUse, int]]
    outbox: frozenset[str]
    prefixes: frozenset[str]

    def use_of(self, path: Sequence[str]) -> tuple[SpecialUse, int]:
        """What a folder is for and how good a choice it is among others for the same (0 is best).

        A folder inside a special one shares its use: "Sent/2024" is Sent. INBOX and "[Gmail]" are looked through.
        """
        rest = self._below_prefix(path)
        return self.known.get(folded(rest[0]), (SpecialUse.OTHER, 0)) if rest else (SpecialUse.OTHER, 0)

    def may_send(self, path: Sequence[str]) -> bool:
        """Is any part of the path called like an outbox?"""
        return any(folded(part) in self.outbox for part in path)

    def parts_of(self, component: str) -> tuple[str, ...]:
        """The folder names in one name on disk: ".Sent.2024" (Maildir++) and "INBOX.Sent" (offlineimap) hold two each."""
        name = name_from_utf7(component)
        if name.startswith("."):
            return tuple(part for part in name[1:].split(".") if part)
        first, dot, rest = name.partition(".")
        return (first, *rest.split(".")) if dot and folded(first) in self.prefixes else (name,)

    def _below_prefix(self, path: Sequence[str]) -> Sequence[str]:
        return path[1:] if len(path) > 1 and folded(path[0]) in self.prefixes else path


def folded(name: str) -> str:
    """For comparing: composed characters (NFC), no case."""
    return unicodedata.normalize("NFC", name).casefold()


@cache
def load_folder_names() -> FolderNames:
    """The table that comes with mailwatch."""
    table = tomllib.loads(files("mailwatch.backends").joinpath("folder_names.toml").read_text("utf-8"))
    known: dict[str, tuple[SpecialUse, int]] = {}
    for use in SpecialUse:
        for rank, name in enumerate(table.get(use.value, ())):
            known[folded(name)] = (use, rank)
    return FolderNames(known, _all_folded(table["outbox"]), _all_folded(table["prefixes"]))


def _all_folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(folded(name) for name in names)


def name_from_utf7(name: str) -> str:
    """A folder name out of IMAP's modified UTF-7 (RFC 3501 §5.1.3); what is none of that stays as it is."""
    return _SHIFTED.sub(_unshifted, name)


def _unshifted(match: re.Match[str]) -> str:
    encoded = match[1].replace(",", "/")
    if not encoded:
        return "&"
    try:
        return binascii.a2b_base64(encoded + "=" * (-len(encoded) % 4)).decode("utf-16-be")
    except (binascii.Error, UnicodeDecodeError):
        return match[0]
