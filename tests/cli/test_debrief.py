from __future__ import annotations

import io
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from mailwatch.cli.session import Session
from mailwatch.core.model import Debrief, PrivateNotes
from mailwatch.store import open_store
from tests.cli.conftest import Answer, Life

NOW = "2026-11-04T12:00:00+01:00"
TOPIC = "your remark that nobody reads a dashboard twice"

Typing = Callable[..., Answer]


@pytest.fixture
def typing(evening: Life, monkeypatch: pytest.MonkeyPatch) -> Typing:
    """A debrief of the Brightwater interview, typed line by line; what is not typed is Enter."""
    monkeypatch.setattr(Session, "interactive", True)

    def call(*lines: str, options: tuple[str, ...] = (), which: str = "brightwater") -> Answer:
        monkeypatch.setattr("sys.stdin", io.StringIO("\n".join([*lines, *[""] * 60])))
        return evening.call("debrief", *options, which, now=NOW)

    return call


def debriefs(life: Life) -> list[Debrief]:
    with open_store(life.folder / "state", now=life.session(NOW).now) as store:
        return [debrief for _, debrief in store.words.debriefs()]


def lying(life: Life) -> str:
    from email import message_from_bytes, policy

    messages = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in life.drafts()]
    return "\n".join(f"{message['To']}\n{message.get_content()}" for message in messages)


def test_an_untouched_draft_gives_way_to_the_personal_one_after_a_yes(evening: Life, typing: Typing) -> None:
    before = len(evening.drafts())
    code, out, err = typing("", TOPIC)
    assert code == 0, err
    assert "is untouched. Replace it with the personal one?" in err
    assert TOPIC in out
    assert TOPIC in lying(evening)
    assert len(evening.drafts()) == before


def test_an_untouched_draft_stays_after_a_no(evening: Life, typing: Typing) -> None:
    before = evening.drafts()
    code, _, err = typing(*told(TOPIC), *["n"] * 12)
    assert code == 0, err
    assert evening.drafts() == before
    assert TOPIC not in lying(evening)


def test_an_edited_draft_is_left_alone_and_the_new_text_can_be_read(evening: Life, typing: Typing) -> None:
    for path in evening.drafts():
        path.write_bytes(path.read_bytes().rstrip(b"\n") + b"\n\nP.S. Mine.\n")
    evening.call("run", now="2026-11-04T11:45:00+01:00")
    code, _, err = typing("", TOPIC, "", TOPIC, "", TOPIC, "")
    assert code == 0, err
    assert "is yours by now" in err
    assert lying(evening).count("P.S. Mine.") == len(evening.drafts())
    shown = err.partition("mailwatch drafts show ")[2].split()[0]
    assert TOPIC in evening.call("drafts", "show", shown, "--new", now=NOW)[1]


def test_words_about_the_person_are_asked_again(evening: Life, typing: Typing) -> None:
    _, _, err = typing("", "I liked what she said about dashboards", TOPIC)
    assert "speaks about the person" in err
    assert [note.topic for note in debriefs(evening)[-1].notes] == [TOPIC]


def test_words_in_another_language_are_asked_again(evening: Life, typing: Typing) -> None:
    _, _, err = typing("", "Ihr Hinweis, dass die Berichte nicht gelesen werden", TOPIC)
    assert "is not in the letter's language" in err
    assert [note.topic for note in debriefs(evening)[-1].notes] == [TOPIC]


def told(topic: str, *, stumped: str = "", flag: str = "", keen: str = "") -> list[str]:
    """Everybody of four was there, words for the first one alone, and the private questions."""
    return ["", topic, "", "", "", "", "", "", stumped, flag, keen]


def test_private_answers_are_kept_and_stand_in_no_letter_status_or_export(evening: Life, typing: Typing) -> None:
    flag = "three analysts left since summer"
    code, _, err = typing(*told(TOPIC, stumped="how many lifts Berlin has", flag=flag, keen="9"), "3")
    assert code == 0, err
    assert "A number from 1 to 5" in err
    notes = {"stumped": "how many lifts Berlin has", "red flag": flag, "keen": "3"}
    assert debriefs(evening)[-1].private.reveal() == notes
    for command in (["--json", "export"], ["status", "--all"], ["show", "brightwater"]):
        assert flag not in evening.call(*command, now=NOW)[1]
    assert flag not in lying(evening)
    assert TOPIC in lying(evening)


def test_a_sentence_for_a_letter_that_repeats_a_private_note_is_named_and_not_written(
    evening: Life, typing: Typing
) -> None:
    shared = "your story about the analyst who left after six weeks"
    code, _, err = typing(*told(shared, flag="the analyst who left after six weeks"))
    assert code == 0, err
    assert "repeats a note that is only for you" in err
    assert shared not in lying(evening)


def test_the_full_debrief_asks_for_better_answers_and_ratings(evening: Life, typing: Typing) -> None:
    people = ["", TOPIC, "", "I would test each feed against a month of raw messages.", *[""] * 6]
    rest = ["", "", "pipelines", "", "", "", "the greeting", "shorter answers", "4", "5", "3", "2"]
    code, _, err = typing(*people, *rest, options=("--full",))
    assert code == 0, err
    kept = debriefs(evening)[-1]
    assert kept.covered == "pipelines"
    assert kept.notes[0].better_answer.startswith("I would test each feed")
    assert kept.private.reveal() == {
        "went well": "the greeting",
        "differently": "shorter answers",
        "rating work": "4",
        "rating people": "5",
        "rating pay": "3",
        "rating place": "2",
    }


def test_a_form_in_the_editor_is_a_debrief_and_leaves_no_file_behind(
    evening: Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = tmp_path / "editor"
    editor.write_text(
        "#!/bin/sh\n"
        "stat -c %a . > " + str(tmp_path / "mode") + "\n"
        "touch .debrief.txt.swp debrief.txt~\n"
        f"sed -i -e 's/^1 topic:.*/1 topic: {TOPIC}/' -e 's/^stumped:.*/stumped: why clusters/' "
        "-e 's/^keen:.*/keen: 4/' -e 's/^decide:.*/decide: Friday/' \"$1\"\n"
    )
    editor.chmod(stat.S_IRWXU)
    monkeypatch.setenv("VISUAL", str(editor))
    code, _, err = evening.call("debrief", "brightwater", "--edit", now=NOW)
    assert code == 0, err
    (kept,) = debriefs(evening)
    assert [note.topic for note in kept.notes] == [TOPIC]
    assert kept.private.reveal() == {"stumped": "why clusters", "keen": "4"}
    assert str(kept.decide_by) == "2026-11-06"
    assert (tmp_path / "mode").read_text().strip() == "700"
    assert not (evening.folder / "state" / "edit").exists()
    assert "To replace it: mailwatch debrief" in err


def test_the_form_shows_what_was_told_before_and_replaces_it(
    evening: Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "sed -i 's/^covered:.*/covered: pipelines/'")
    evening.call("debrief", "brightwater", "--edit", now=NOW)
    monkeypatch.setenv("VISUAL", "sed -i 's/^covered: pipelines$/covered: pipelines and people/'")
    evening.call("debrief", "brightwater", "--edit", now=NOW)
    assert [kept.covered for kept in debriefs(evening)] == ["pipelines and people"]


def test_an_editor_that_fails_keeps_nothing(evening: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "false")
    code, _, err = evening.call("debrief", "brightwater", "--edit", now=NOW)
    assert code == 2
    assert "nothing was kept" in err
    assert debriefs(evening) == []
    assert not (evening.folder / "state" / "edit").exists()


def test_what_is_rated_stands_in_the_configuration(evening: Life, typing: Typing) -> None:
    evening.config.write_text(evening.config.read_text("utf-8") + '\n[debrief]\nratings = ["the way there"]\n', "utf-8")
    people = ["", *[""] * 8]
    code, _, err = typing(*people, "", "", "", "", "", "4", "", "", "2", options=("--full",))
    assert code == 0, err
    assert "1–5: the way there?" in err
    assert debriefs(evening)[-1].private.reveal()["rating the way there"] == "2"


def test_a_mailed_debrief_that_is_edited_stays_taken_and_keeps_its_private_lines(
    evening: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(evening.folder / "state", now=evening.session(NOW).now) as store:
        evidence = next(row for row in store.ledger.rows()).evidence | {"<note@mail.example>"}
        private = PrivateNotes({"note": "the office smelled of paint"})
        store.words.keep_debrief(Debrief(evidence, evening.session(NOW).now, private=private))
    monkeypatch.setenv("VISUAL", "sed -i 's/^covered:.*/covered: pipelines/'")
    code, _, err = evening.call("debrief", "brightwater", "--edit", now=NOW)
    assert code == 0, err
    (kept,) = debriefs(evening)
    assert "<note@mail.example>" in kept.evidence
    assert kept.covered == "pipelines"
    assert kept.private.reveal() == {"note": "the office smelled of paint"}


def test_the_sentence_that_fits_the_job_is_asked_once_and_then_offered_again(evening: Life, typing: Typing) -> None:
    fit = "In Lisbon I ran the parcel desk for four years."
    typing("", "", "", "", "", fit)
    _, _, err = typing("", "", "", "", "", "")
    assert fit in err, "it stands there as the answer that Enter gives"
    assert [kept.fit for kept in debriefs(evening)] == [fit, fit]


def test_without_a_name_it_is_about_the_latest_interview_that_has_none_and_then_there_is_none(
    evening: Life, typing: Typing
) -> None:
    told_about = []
    for _ in range(8):
        code, _, err = typing(which="")
        if code:
            break
        told_about.append(debriefs(evening)[-1].evidence)
    assert code == 2
    assert "no interview is waiting for a debrief" in err
    assert len({min(evidence) for evidence in told_about}) == len(told_about) > 0


def test_who_was_there_is_asked_again_where_it_names_nobody(evening: Life, typing: Typing) -> None:
    code, _, err = typing("-9", "-2 x", "-2, -3 +<ana@acme.example>", "-2, -3", *["n"] * 40)
    assert code == 0, err
    for puzzling in ("-9", "x", "<ana@acme.example>"):
        assert f"“{puzzling}” is not understood. Like this: -2 +Ana" in err
    (debrief,) = debriefs(evening)
    assert len(debrief.absent) == 2
    assert debrief.added == ()


def test_off_a_terminal_nothing_is_asked(evening: Life) -> None:
    code, _, err = evening.call("debrief", "brightwater", now=NOW)
    assert code == 2
    assert "no terminal" in err


def test_off_a_terminal_an_editor_is_opened_only_if_the_user_named_one(
    evening: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    code, _, err = evening.call("debrief", "--edit", "brightwater", now=NOW)
    assert code == 2
    assert "an editor needs a terminal" in err
    assert debriefs(evening) == []


def test_words_in_the_form_that_can_not_stand_in_a_letter_are_named(
    evening: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "sed -i 's/^1 topic:.*/1 topic: what she said about dashboards/'")
    code, _, err = evening.call("debrief", "brightwater", "--edit", now=NOW)
    assert code == 0, err
    assert "will not be in the letter: it speaks about the person" in err


def test_a_day_that_is_not_understood_is_kept_as_it_was_typed(evening: Life, typing: Typing) -> None:
    _, _, err = typing("", "", "", "", "", "", "when the moon is right")
    assert "not understood as a date" in err
    assert debriefs(evening)[-1].decide_words == "when the moon is right"


def test_a_form_that_says_of_nobody_that_they_were_there_is_asked_again(
    evening: Life, typing: Typing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "sed -i 's/^who:.*/who: -9 +17/'")
    code, _, err = typing("-7", "-2", options=("--edit",))
    assert code == 0, err
    assert err.count("is not understood. Like this: -2 +Ana Ruiz <ana@acme.example>") == 2
    assert "“-9” is not understood" in err
    (kept,) = debriefs(evening)
    assert (len(kept.absent), kept.added) == (1, ())


def test_off_a_terminal_such_a_form_says_so_and_nobody_counts_as_absent(
    evening: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "sed -i 's/^who:.*/who: -1 -9/'")
    code, _, err = evening.call("debrief", "brightwater", "--edit", now=NOW)
    assert code == 0, err
    assert "“-9” is not understood" in err
    assert "So all count as having been there" in err
    assert debriefs(evening)[0].absent == ()
