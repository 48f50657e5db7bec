from __future__ import annotations

import io

import pytest

from mailwatch.cli.hands import at_work
from mailwatch.cli.session import Session
from mailwatch.core.model import Debrief, PrivateNotes, SharedNote
from mailwatch.store import open_store
from tests.cli.conftest import Life

OFFER = "2026-11-24T09:00:00+01:00"


def only_draft(life: Life) -> dict[str, str]:
    (draft,) = life.ask("drafts", "list")["drafts"]
    return draft  # type: ignore[no-any-return]


def edit(life: Life) -> None:
    (path,) = life.drafts()
    path.write_bytes(path.read_bytes().rstrip(b"\n") + b"\n\nP.S. One more thing.\n")


@pytest.mark.scenario("R8")
def test_a_gracious_answer_is_written_only_on_request_and_only_once(life: Life) -> None:
    life.call("mark", "brightwater", "rejected")
    answer = life.ask("drafts", "make", "thanks-anyway", "brightwater")
    assert answer["saved"]
    assert answer["draft"]["kind"] == "thanks_anyway"
    assert len(life.drafts()) == 2
    code, _, err = life.call("drafts", "make", "thanks-anyway", "brightwater")
    assert code == 2
    assert "lies in Drafts already" in err
    assert len(life.drafts()) == 2


def test_a_decline_answers_an_offer(life: Life) -> None:
    code, out, err = life.call("drafts", "make", "decline", "cobalt")
    assert code == 0, err
    assert "To: " in out
    assert "saved: decline" in err


def test_a_decline_without_an_offer_makes_no_sense(life: Life) -> None:
    code, _, err = life.call("drafts", "make", "decline", "orrin")
    assert code == 2
    assert "No offer is known there" in err


def test_a_deadline_is_told_to_others_with_its_date_and_without_the_firms_name(life: Life) -> None:
    text = life.ask("drafts", "make", "deadline", "brightwater")["draft"]["text"]
    assert "4 December" in text
    assert "Cobalt" not in text


def test_a_letter_may_be_asked_for_in_another_language(life: Life) -> None:
    text = life.ask("drafts", "make", "decline", "cobalt", "--language", "de")["draft"]["text"]
    assert any(word in text for word in ("Stelle", "Angebot", "entschieden"))


def test_a_pause_holds_back_letters_on_request_too(life: Life) -> None:
    life.call("pause")
    code, _, err = life.call("drafts", "make", "decline", "cobalt")
    assert code == 2
    assert "Paused" in err
    assert len(life.drafts()) == 1


def test_a_thank_you_that_is_too_late_is_still_written_on_request(life: Life) -> None:
    with at_work(life.session()) as run:
        interview = next(
            one
            for item in run.plan().applications
            for one in item.interviews
            if any("Wen" in person.name for person in one.people)
        )
        address = ("Wen Castellano", "wen.castellano@brightwater.example")
        run.store.words.keep_debrief(Debrief(interview.anchors, run.now, added=(address,)))
    answer = life.ask("drafts", "make", "thank-you", "brightwater", "wen")
    assert answer["saved"]
    assert answer["draft"]["to"] == address[1]
    assert len(life.drafts()) == 2


def test_thanks_sent_already_are_not_written_again(life: Life) -> None:
    code, _, err = life.call("drafts", "make", "thank-you", "brightwater", "jonas")
    assert code == 2
    assert "You thanked" in err or "You sent it" in err


def test_an_untouched_draft_is_discarded_after_a_yes_and_never_written_again(life: Life) -> None:
    draft = only_draft(life)
    assert life.call("drafts", "discard", draft["id"])[0] == 2
    assert len(life.drafts()) == 1
    assert life.call("drafts", "discard", draft["id"], "--yes")[0] == 0
    assert life.drafts() == []
    assert life.call("run", now="2026-11-25T10:00:00+01:00")[0] == 0
    assert life.drafts() == []
    assert [item["state"] for item in life.ask("drafts", "list", "--all")["drafts"] if item["key"] == draft["key"]] == [
        "removed"
    ]


def test_a_draft_edited_since_the_last_look_is_not_discarded(life: Life) -> None:
    draft = only_draft(life)
    edit(life)
    code, _, err = life.call("drafts", "discard", draft["id"], "--yes")
    assert code == 1
    assert "left alone" in err
    assert len(life.drafts()) == 1


def test_a_deleted_letter_comes_back_only_when_it_is_asked_for(life: Life) -> None:
    life.call("mark", "brightwater", "rejected")
    made = life.ask("drafts", "make", "thanks-anyway", "brightwater")["draft"]
    life.call("drafts", "discard", made["key"], "--yes")
    again = life.ask("drafts", "make", "thanks-anyway", "brightwater")
    assert again["saved"]
    revisions = [row["revision"] for row in life.ask("drafts", "list")["drafts"] if row["key"] == made["key"]]
    assert revisions == [2]


def test_the_difference_shows_what_the_user_added(life: Life) -> None:
    draft = only_draft(life)
    assert life.ask("drafts", "diff", draft["id"])["changes"] == []
    edit(life)
    assert "+P.S. One more thing." in life.ask("drafts", "diff", draft["id"])["changes"]


def test_a_draft_that_is_gone_has_no_difference(life: Life) -> None:
    draft = only_draft(life)
    life.drafts()[0].unlink()
    code, _, err = life.call("drafts", "diff", draft["id"])
    assert code == 2
    assert "nowhere" in err


def test_the_text_as_it_would_be_now_is_shown_and_nothing_is_written(life: Life) -> None:
    draft = only_draft(life)
    before = life.drafts()[0].read_bytes()
    code, out, _ = life.call("drafts", "show", draft["id"], "--new")
    assert code == 0
    assert "Subject: " in out
    assert life.drafts()[0].read_bytes() == before


def test_tidying_lists_overtaken_drafts_and_deletes_them_after_one_yes(life: Life) -> None:
    assert "Nothing to tidy up" in life.call("drafts", "tidy", "--yes")[2]
    life.call("mark", "orrin", "rejected")
    code, out, err = life.call("drafts", "tidy", "--yes")
    assert (code, life.drafts()) == (0, []), err
    assert "no longer open" in out


def test_with_a_pretended_time_nothing_is_written_to_a_network(life: Life) -> None:
    life.config.write_text(
        life.config.read_text("utf-8")
        + '\n[account.far]\nbackend = "imap"\nemail = "far@example.com"\nhost = "imap.example.com"\n',
        "utf-8",
    )
    code, _, err = life.call("drafts", "make", "decline", "cobalt")
    assert code == 2
    assert "network" in err
    assert len(life.drafts()) == 1


def test_an_untouched_thank_you_gives_way_to_a_new_one_after_a_yes(
    evening: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = "2026-11-04T12:00:00+01:00"
    before = evening.ask("drafts", "list", now=now)["drafts"]
    to = before[0]["to"]
    make = ("drafts", "make", "thank-you", "brightwater", to)
    code, _, err = evening.call(*make, now=now)
    assert code == 2
    assert "says the same" in err
    with open_store(evening.folder / "state", now=evening.session(now).now) as store:
        row = next(row for row in store.ledger.rows() if row.recipient == to)
        topic = SharedNote(to, "your remark that nobody reads a dashboard twice")
        store.words.keep_debrief(Debrief(row.evidence, evening.session(now).now, notes=(topic,)))
    code, _, err = evening.call(*make, now=now)
    assert code == 2
    assert "add --replace" in err
    monkeypatch.setattr(Session, "interactive", True)
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert evening.call(*make, now=now)[0] == 1
    assert evening.ask("drafts", "list", now=now)["drafts"] == before
    assert evening.ask(*make, "--replace", now=now)["saved"]
    assert len(evening.ask("drafts", "list", now=now)["drafts"]) == len(before)
    shown = evening.ask("drafts", "show", to, now=now)["draft"]
    assert "nobody reads a dashboard twice" in shown["text"]


def test_a_letter_that_would_hold_private_words_is_refused_with_the_sentence(evening: Life) -> None:
    now = "2026-11-04T12:00:00+01:00"
    told = "your story about the analyst who left after six weeks"
    with open_store(evening.folder / "state", now=evening.session(now).now) as store:
        row = store.ledger.rows()[0]
        private = PrivateNotes({"red flag": "the analyst who left after six weeks"})
        notes = (SharedNote(row.recipient, told),)
        store.words.keep_debrief(Debrief(row.evidence, evening.session(now).now, notes=notes, private=private))
    for command in (
        ["drafts", "make", "thank-you", "brightwater", row.recipient],
        ["drafts", "show", row.recipient, "--new"],
    ):
        code, out, err = evening.call(*command, now=now)
        assert code == 2
        assert "private notes" in err
        assert f"“{told}”" in err
        assert out == ""


def test_a_draft_is_found_by_the_name_of_whom_it_is_to(evening: Life) -> None:
    assert "tom.whitlock@" in evening.call("drafts", "show", "Tom W")[1]
    assert evening.call("drafts", "show", "Tim W")[0] == 2
