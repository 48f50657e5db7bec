from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Life


@pytest.fixture
def own(life: Life) -> Path:
    """A folder of one's own letters, named in the configuration."""
    folder = life.folder / "letters"
    folder.mkdir()
    life.config.write_text(life.config.read_text("utf-8") + f'\n[templates]\nfolder = "{folder}"\n', "utf-8")
    return folder


def test_built_in_files_are_listed_and_copied_but_never_written_over(life: Life, own: Path) -> None:
    names = [row["name"] for row in life.ask("templates", "list")["files"]]
    assert "en/thank_you.toml" in names
    assert life.call("templates", "copy", "en/thank_you.toml")[0] == 0
    assert (own / "en" / "thank_you.toml").read_text("utf-8").startswith("#")
    assert [row["name"] for row in life.ask("templates", "list")["files"] if row["own"]] == ["en/thank_you.toml"]
    assert life.call("templates", "copy", "en/thank_you.toml")[0] == 2
    assert life.call("templates", "copy", "en/thank_you.toml", "--force")[0] == 0
    assert life.call("templates", "check")[0] == 0


@pytest.mark.parametrize("name", ["../config.toml", "en/nothing.toml", "/etc/passwd"])
def test_only_built_in_names_are_copied(life: Life, own: Path, name: str) -> None:
    assert life.call("templates", "copy", name)[0] == 2
    assert list(own.iterdir()) == []


def test_without_a_folder_nothing_can_be_copied(life: Life) -> None:
    code, _, err = life.call("templates", "copy", "en/thank_you.toml")
    assert code == 3
    assert "[templates] folder" in err


def test_a_sentence_of_ones_own_stands_in_the_letter(life: Life, own: Path) -> None:
    (own / "en").mkdir()
    (own / "en" / "mine.toml").write_text('[[chase.question]]\nsay = ["May I ask when you expect to decide?"]\n')
    texts = [letter["text"] for letter in life.ask("templates", "preview")["letters"] if letter["kind"] == "follow_up"]
    assert any("May I ask when you expect to decide" in text for text in texts)
    builtin = life.ask("templates", "preview", "--builtin")["letters"]
    assert not any("May I ask when you expect to decide" in letter["text"] for letter in builtin)
    draft = life.ask("drafts", "list")["drafts"][0]
    assert "May I ask when you expect to decide" in life.call("drafts", "show", draft["id"], "--new")[1]


def test_a_broken_file_is_named_by_place_and_the_built_in_letters_are_used(life: Life, own: Path) -> None:
    (own / "en").mkdir()
    (own / "en" / "mine.toml").write_text('[[chase.question]]\nsay = ["Hello {{ password }}"]\n')
    code, out, _ = life.call("templates", "check")
    assert code == 3
    assert "en/mine.toml" in out
    assert "built-in letters are used instead" in life.call("status")[1]
    assert life.ask("templates", "preview")["letters"]


def test_one_file_is_checked_wherever_it_lies(life: Life, tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text("[[opening.nowhere]]\nsay = ['a']\n")
    code, out, _ = life.call("templates", "check", str(file))
    assert (code, "there is no slot" in out) == (3, True)
    file.write_text("[[opening.bare]\n")
    assert "no valid TOML" in life.call("templates", "check", str(file))[1]


def test_a_slot_that_leaves_no_way_to_write_is_named_in_the_preview(life: Life, own: Path) -> None:
    (own / "en").mkdir()
    (own / "en" / "mine.toml").write_text('[[chase.question]]\nsay = ["What about {{ the_role }}?"]\n')
    assert "No letter could be put together" in str(life.ask("templates", "preview")["problems"])
    assert "No letter could be put together" in life.call("templates", "preview")[2]


def test_a_preview_in_a_language_that_no_letter_is_in_says_so(life: Life) -> None:
    assert "No letter is in “qq”." in life.call("templates", "preview", "--language", "qq")[2]
