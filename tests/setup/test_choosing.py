"""Which folder is Drafts: the server's word, one good name, or the user's choice; never an outbox."""

from __future__ import annotations

from mailwatch.backends.imap.folders import Folder
from mailwatch.core.model import SpecialUse
from mailwatch.setup.folders import FolderChoice, folder_choice

DRAFTS, OTHER = SpecialUse.DRAFTS, SpecialUse.OTHER


def folder(name: str, use: SpecialUse = OTHER, rank: int = 0, *, sends: bool = False) -> Folder:
    return Folder(name, name.encode(), tuple(name.split("/")), use, rank, sends=sends)


def choice(*every: Folder) -> FolderChoice:
    return folder_choice(every, DRAFTS)


def test_the_servers_word_goes_before_names() -> None:
    assert choice(folder("Drafts", DRAFTS, 0), folder("Entwürfe", DRAFTS, -1)).sure == "Entwürfe"


def test_one_name_is_sure_and_folders_inside_it_do_not_count() -> None:
    assert (
        choice(folder("Drafts", DRAFTS), folder("Drafts/Old", DRAFTS), folder("INBOX", SpecialUse.INBOX)).sure
        == "Drafts"
    )


def test_between_two_that_fit_only_the_user_can_choose() -> None:
    found = choice(folder("Brouillons", DRAFTS, 3), folder("Drafts", DRAFTS), folder("Notes"))
    assert (found.sure, found.likely) == ("", ("Drafts", "Brouillons"))


def test_where_none_is_known_every_ordinary_folder_is_offered_but_no_outbox() -> None:
    found = choice(folder("Notes"), folder("Outbox", sends=True), folder("INBOX", SpecialUse.INBOX))
    assert (found.sure, found.likely) == ("", ("Notes",))
