"""Folder names of many languages, in the spellings that servers and synchronisers use."""

from __future__ import annotations

import tomllib
import unicodedata
from importlib.resources import files

import pytest

from mailwatch.backends.folder_names import load_folder_names, name_from_utf7
from mailwatch.core.model import SpecialUse

NAMES = load_folder_names()


@pytest.mark.parametrize(
    ("path", "use"),
    [
        (("Sent",), SpecialUse.SENT),
        (("SENT ITEMS",), SpecialUse.SENT),
        (("Entwürfe",), SpecialUse.DRAFTS),
        ((unicodedata.normalize("NFD", "Entwürfe"),), SpecialUse.DRAFTS),
        (("Brouillons",), SpecialUse.DRAFTS),
        (("Borradores",), SpecialUse.DRAFTS),
        (("Bozze",), SpecialUse.DRAFTS),
        (("下書き",), SpecialUse.DRAFTS),
        (("Черновики",), SpecialUse.DRAFTS),
        (("Gesendete Objekte",), SpecialUse.SENT),
        (("Envoyés",), SpecialUse.SENT),
        (("Corbeille",), SpecialUse.TRASH),
        (("Spamverdacht",), SpecialUse.JUNK),
        (("INBOX",), SpecialUse.INBOX),
        (("inbox", "sent"), SpecialUse.SENT),
        (("[Gmail]", "Sent Mail"), SpecialUse.SENT),
        (("[Google Mail]", "Entwürfe"), SpecialUse.DRAFTS),
        (("[Gmail]", "All Mail"), SpecialUse.ALL),
        (("Sent", "2024"), SpecialUse.SENT),
        (("Archive", "2024"), SpecialUse.ARCHIVE),
        (("Jobs",), SpecialUse.OTHER),
        (("Jobs", "Sent"), SpecialUse.OTHER),
        (("Sent to me",), SpecialUse.OTHER),
        ((), SpecialUse.OTHER),
    ],
)
@pytest.mark.scenario("S7")
def test_a_folders_use_is_told_by_its_name(path, use):
    assert NAMES.use_of(path)[0] is use


def test_of_two_names_for_one_use_the_table_prefers_the_first():
    assert NAMES.use_of(("Drafts",))[1] < NAMES.use_of(("Entwürfe",))[1]


@pytest.mark.parametrize(
    ("component", "parts"),
    [
        ("Sent", ("Sent",)),
        (".Sent", ("Sent",)),
        (".Archive.2024", ("Archive", "2024")),
        (".INBOX.Sent", ("INBOX", "Sent")),
        ("INBOX.Sent", ("INBOX", "Sent")),
        ("[Gmail].Sent Mail", ("[Gmail]", "Sent Mail")),
        ("v1.2 notes", ("v1.2 notes",)),
        (".Entw&APw-rfe", ("Entwürfe",)),
        ("..", ()),
        (".", ()),
    ],
)
def test_one_name_on_disk_may_hold_several_folder_names(component, parts):
    assert NAMES.parts_of(component) == parts


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Entw&APw-rfe", "Entwürfe"),
        ("Gel&APY-schte Elemente", "Gelöschte Elemente"),
        ("&ZeVnLIqe-/&U,BTFw-", "日本語/台北"),
        ("Tom &- Jerry", "Tom & Jerry"),
        ("&2D3eAA-", "😀"),
        ("R&D", "R&D"),
        ("&!!!-", "&!!!-"),
        ("&A-", "&A-"),
        ("&2D0-", "&2D0-"),
        ("Entwürfe", "Entwürfe"),
    ],
)
def test_modified_utf7_is_read_and_anything_else_left_as_it_is(written, name):
    assert name_from_utf7(written) == name


@pytest.mark.scenario("S1")
@pytest.mark.parametrize(
    "path", [("Outbox",), ("INBOX", "outbox"), ("Postausgang",), ("Boîte d'envoi",), ("送信トレイ",), ("Queue", "x")]
)
def test_an_outbox_is_known_as_one_that_may_send(path):
    assert NAMES.may_send(path)


def test_no_folder_is_both_a_draft_folder_and_an_outbox():
    table = tomllib.loads(files("mailwatch.backends").joinpath("folder_names.toml").read_text("utf-8"))
    assert not any(NAMES.may_send((name,)) for name in table["drafts"])


def test_no_name_stands_for_two_uses():
    table = tomllib.loads(files("mailwatch.backends").joinpath("folder_names.toml").read_text("utf-8"))
    names = [name for use in SpecialUse for name in table.get(use.value, ())]
    assert [
        name
        for name in names
        if NAMES.use_of((name,))[0].value not in {use for use, listed in table.items() if name in listed}
    ] == []
    folded = [unicodedata.normalize("NFC", name).casefold() for name in names]
    assert sorted({name for name in folded if folded.count(name) > 1}) == []
