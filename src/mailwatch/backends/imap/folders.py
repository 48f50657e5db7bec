"""Which folders there are, what each is for, and how far it has grown: one LIST, or one LIST and a burst of STATUS."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mailwatch.backends.folder_names import FolderNames, folded, load_folder_names
from mailwatch.backends.imap.replies import Value, values_in
from mailwatch.backends.imap.session import Reply, Session
from mailwatch.backends.imap.trouble import failure
from mailwatch.core.model import SpecialUse
from mailwatch.errors import BackendError

_LIST = re.compile(rb"\* (?:LIST|XLIST) ", re.IGNORECASE)
_STATUS = re.compile(rb"\* STATUS ", re.IGNORECASE)
_NAMESPACE = re.compile(rb"\* NAMESPACE ", re.IGNORECASE)
_USES = {
    rb"\drafts": SpecialUse.DRAFTS,
    rb"\sent": SpecialUse.SENT,
    rb"\trash": SpecialUse.TRASH,
    rb"\junk": SpecialUse.JUNK,
    rb"\archive": SpecialUse.ARCHIVE,
    rb"\all": SpecialUse.ALL,
    rb"\inbox": SpecialUse.INBOX,
}
_UNOPENED = frozenset({rb"\noselect", rb"\nonexistent", rb"\flagged", rb"\important", rb"\starred"})


@dataclass(frozen=True, slots=True)
class Counts:
    """What STATUS says of a folder; None where the server does not say. modseq: changes with every flag (RFC 7162)."""

    validity: int | None = None
    next_uid: int | None = None
    messages: int | None = None
    modseq: int | None = None


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder.

    name:  decoded. wire: as it is written in a command, quoted. parts: the names in it.
    rank:  how good a choice it is among the folders of its use; -2 is the user's own word, -1 the server's.
    sends: it is called like an outbox: never a place for drafts.
    own:   the names without those of the namespace that all the user's folders lie in.
    """

    name: str
    wire: bytes
    parts: tuple[str, ...]
    use: SpecialUse
    rank: int = 0
    counts: Counts = Counts()
    sends: bool = False
    own: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The name for a status line: printable, short."""
        return "".join(letter if letter.isprintable() else "?" for letter in self.name)[:60]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the configuration says about folders. names: by use. watched: the user's own folders to read; empty: all.

    likely: names that the provider's folders have, for a server that marks none.
    """

    account: str
    names: Mapping[SpecialUse, str]
    watched: frozenset[str] = frozenset()
    likely: Mapping[str, SpecialUse] | None = None


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of an account."""

    account: str
    every: tuple[Folder, ...]

    def of(self, *uses: SpecialUse) -> tuple[Folder, ...]:
        """The folders for these uses, the best choice first."""
        return tuple(sorted((each for each in self.every if each.use in uses), key=lambda each: (each.rank, each.name)))

    def named(self, name: str) -> Folder | None:
        """The folder of this name."""
        return next((each for each in self.every if each.name == name), None)

    def required(self, use: SpecialUse) -> tuple[Folder, ...]:
        """The folders for a use that can't be done without.

        Raises:
            BackendError: there is none. mailwatch does not create one.
        """
        found = self.of(use)
        if not found:
            names = sorted(each.shown for each in self.every)
            listed = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
            raise BackendError(
                self.account,
                f"No folder of {self.account} is recognised as {use.value.capitalize()}, and mailwatch creates none.",
                next_step=f'write {use.value} = "its name" under [account.{self.account}]; there are: {listed}',
            )
        return found


def folders_on(session: Session, choices: Choices) -> Folders:
    """Ask the server for its folders and how far each has grown.

    Raises:
        BackendError: they can't be listed, or a configured one is missing.
    """
    asked = _asked_of(session)
    together = session.can("LIST-STATUS")
    returned = ["SPECIAL-USE"] if session.can("SPECIAL-USE") and (together or session.can("LIST-EXTENDED")) else []
    returned += [f"STATUS ({asked})"] if together else []
    listing = b'LIST "" "*"' + (f" RETURN ({' '.join(returned)})".encode() if returned else b"")
    commands = [listing] + ([b"NAMESPACE"] if session.can("NAMESPACE") else [])
    leaving = session.leaving
    replies = session.run(*leaving, *commands)[len(leaving) :]
    if not replies[0].ok and returned:
        together, replies[0] = False, session.run(b'LIST "" "*"')[0]
    if not replies[0].ok:
        raise failure(choices.account, replies[0], f"The folders of {choices.account} can't be listed")
    lines = [line for reply in replies for line in reply.untagged]
    found = _found(lines, choices, *_namespaces(lines))
    counted = lines if together else _counted(session, found, asked)
    counts = dict(_counts(line) for line in counted if _STATUS.match(line))
    return Folders(choices.account, tuple(replace(each, counts=counts.get(each.wire, Counts())) for each in found))


def _asked_of(session: Session) -> str:
    return "UIDVALIDITY UIDNEXT MESSAGES" + (" HIGHESTMODSEQ" if session.can("CONDSTORE") else "")


def _counted(session: Session, folders: Sequence[Folder], asked: str) -> list[bytes]:
    """STATUS of each; one that is refused (gone meanwhile, or no right) has no counts, and is looked into instead."""
    replies = session.run(*(b"STATUS %s (%s)" % (each.wire, asked.encode()) for each in folders))
    return [line for reply in replies for line in reply.untagged]


def _counts(line: bytes) -> tuple[bytes, Counts]:
    values = values_in(line, len(b"* STATUS "))
    items = values[1] if len(values) > 1 and isinstance(values[1], list) else []
    table = {
        name.upper(): int(value)
        for name, value in zip(items[::2], items[1::2], strict=False)
        if isinstance(name, bytes) and isinstance(value, bytes) and value.isdigit()
    }
    name = values[0] if values and isinstance(values[0], bytes) else b""
    counts = Counts(
        table.get(b"UIDVALIDITY"), table.get(b"UIDNEXT"), table.get(b"MESSAGES"), table.get(b"HIGHESTMODSEQ")
    )
    return quoted(name), counts


def _namespaces(lines: Sequence[bytes]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Prefixes of the user's own folders, and of other people's and shared ones (RFC 2342)."""
    spaces: list[list[str]] = [[], [], []]
    for line in lines:
        if _NAMESPACE.match(line):
            for space, prefixes in zip(values_in(line, len(b"* NAMESPACE ")), spaces, strict=False):
                prefixes += [_decoded(each[0]) for each in space or [] if isinstance(each, list) and each]
    return tuple(filter(None, spaces[0])), tuple(filter(None, spaces[1] + spaces[2]))


def _found(
    lines: Sequence[bytes], choices: Choices, personal: tuple[str, ...], foreign: tuple[str, ...]
) -> list[Folder]:
    names = load_folder_names()
    listed = [entry for line in lines if _LIST.match(line) and (entry := _entry(line, names, personal)) is not None]
    own = [entry for entry in listed if not foreign or not entry[0].name.startswith(foreign)]
    for use, configured in choices.names.items():
        if not any(_is_called(folder, configured) for folder, _ in own):
            there = ", ".join(sorted(folder.shown for folder, _ in own)[:12])
            raise BackendError(
                choices.account,
                f"The configuration names {configured!r} as {use.value}, but {choices.account} has no folder of that name.",
                next_step=f"correct {use.value} under [account.{choices.account}]; there are: {there}",
            )
    folders = [_with_use(folder, attributes, choices, names) for folder, attributes in own]
    wanted = {folded(name) for name in choices.watched}
    return [
        each
        for each in folders
        if each.use is not SpecialUse.OTHER or not wanted or any(_is_called(each, name) for name in choices.watched)
    ]


def _entry(line: bytes, names: FolderNames, personal: tuple[str, ...]) -> tuple[Folder, frozenset[bytes]] | None:
    values = values_in(line, line.index(b"("))
    if len(values) < 3 or not isinstance(values[0], list) or not isinstance(values[2], bytes):
        return None
    attributes = frozenset(each.lower() for each in values[0] if isinstance(each, bytes))
    if attributes & _UNOPENED:
        return None
    raw, delimiter = values[2], values[1] if isinstance(values[1], bytes) else b""
    name = _decoded(raw)
    parts = _parts(name, delimiter)
    below = next(
        (_parts(name.removeprefix(prefix), delimiter) for prefix in personal if name.startswith(prefix)), parts
    )
    return Folder(
        name, quoted(raw), parts, SpecialUse.OTHER, sends=names.may_send(parts), own=below or parts
    ), attributes


def _parts(name: str, delimiter: bytes) -> tuple[str, ...]:
    return tuple(part for part in name.split(delimiter.decode("ascii", "replace")) if part) if delimiter else (name,)


def _with_use(folder: Folder, attributes: frozenset[bytes], choices: Choices, names: FolderNames) -> Folder:
    configured = [use for use, name in choices.names.items() if _is_called(folder, name)]
    marked = [use for attribute, use in _USES.items() if attribute in attributes]
    likely = (choices.likely or {}).get(folded(folder.name))
    if configured:
        use, rank = configured[0], -2
    elif folder.name.upper() == "INBOX":
        use, rank = SpecialUse.INBOX, -1
    elif marked:
        use, rank = marked[0], -1
    elif likely:
        use, rank = likely, 0
    else:
        use, rank = names.use_of(folder.own)
    return replace(folder, use=use, rank=rank)


def _is_called(folder: Folder, name: str) -> bool:
    written = {folder.name, *(mark.join(parts) for mark in "/." for parts in (folder.parts, folder.own))}
    return folded(name) in {folded(each) for each in written}


def _decoded(name: Value) -> str:
    from imapclient import imap_utf7

    raw = name if isinstance(name, bytes) else b""
    try:
        return str(imap_utf7.decode(raw))
    except (ValueError, UnicodeError):
        return raw.decode("utf-8", "replace")


def quoted(raw: bytes) -> bytes:
    """A mailbox name as the server wrote it, ready for a command: a quoted string, nothing that could end the line."""
    clean = bytes(byte for byte in raw if byte not in b"\r\n\0")
    return b'"' + clean.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def opening(folder: Folder) -> bytes:
    """Open a folder for reading only."""
    return b"EXAMINE " + folder.wire


def opened(account: str, folder: Folder, reply: Reply) -> int:
    """The UIDVALIDITY of a folder that was opened.

    Raises:
        BackendError: it can't be opened.
    """
    if not reply.ok:
        raise failure(account, reply, f"The folder {folder.shown} of {account} can't be opened")
    return reply.said(b"UIDVALIDITY") or folder.counts.validity or 0
