"""Which folder is Drafts, which is Sent: the server's word, a known name, or the user's choice. None is ever created."""

from __future__ import annotations

from dataclasses import dataclass

from mailwatch.backends.imap import Server
from mailwatch.backends.imap.folders import Choices, Folder, folders_on
from mailwatch.backends.imap.signin import session_with
from mailwatch.core.model import SpecialUse


@dataclass(frozen=True, slots=True)
class FolderChoice:
    """What is known about one use. sure: the one folder, or "". likely: those between which only the user can choose."""

    use: SpecialUse
    sure: str
    likely: tuple[str, ...]


def folder_choices(server: Server) -> tuple[FolderChoice, FolderChoice]:
    """Drafts and Sent on a server.

    Raises:
        BackendError: it can't be asked.
    """
    session = session_with(server)
    try:
        every = folders_on(session, Choices(server.account, {})).every
    finally:
        session.end()
    return folder_choice(every, SpecialUse.DRAFTS), folder_choice(every, SpecialUse.SENT)


def folder_choice(every: tuple[Folder, ...], use: SpecialUse) -> FolderChoice:
    """One use's folder: sure where the server marks one or a single name fits, else the candidates, the likeliest first."""
    found = [folder for folder in every if folder.use is use and not folder.sends and _is_top(folder, every)]
    marked = [folder for folder in found if folder.rank < 0]  # by the server itself
    top = [folder.name for folder in sorted(marked or found, key=lambda one: (one.rank, one.name))]
    if len(top) == 1:
        return FolderChoice(use, top[0], ())
    others = sorted(one.name for one in every if one.use in {SpecialUse.OTHER, use} and not one.sends)
    return FolderChoice(use, "", tuple(top or others))


def _is_top(folder: Folder, every: tuple[Folder, ...]) -> bool:
    """Not a folder inside another one of the same use ("Sent/2024")."""
    return not any(
        other.use is folder.use
        and len(other.parts) < len(folder.parts)
        and folder.parts[: len(other.parts)] == other.parts
        for other in every
    )
