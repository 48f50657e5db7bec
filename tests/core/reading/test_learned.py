"""What the reader has learned from examples: how it is weighed with the rules, and how well it does on unseen mail."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import pytest

from mailwatch.core.model import Direction, MessageKind, ReplyKind
from mailwatch.core.reading import ReadingContext, read, reader_version
from mailwatch.core.reading.direction import direction_of
from mailwatch.core.reading.scoring import features_of
from mailwatch.core.reading.view import view_from_message
from mailwatch.core.weights import Weights, weights_from_table
from mailwatch.phrases import learned_weights
from tests.core.reading.examples import HELD_OUT, MAILS
from tests.core.reading.mails import Case, cases, context, incoming, lexicon

TABLE = {"kinds": ["offer", "other"], "bias": [0, 50], "features": {"w:salary": [0, 200], "w:lunch": [1, 100]}}
ARRANGING = {"interview_request", "interview_confirmed", "interview_rescheduled"}


def test_chances_are_shares_of_one_and_follow_the_weights() -> None:
    weights = weights_from_table(TABLE)
    chances = weights.chances({"w:salary": 1.0})
    assert sum(chances.values()) == pytest.approx(1.0)
    assert chances["offer"] > chances["other"]
    assert weights.chances({})["other"] > 0.5


def test_the_reasons_are_what_speaks_most_for_a_kind() -> None:
    weights = weights_from_table(TABLE)
    assert weights.reasons("offer", {"w:salary": 1.0, "w:lunch": 1.0, "w:unknown": 1.0}) == ["w:salary"]
    assert weights.reasons("other", {"w:salary": 1.0}) == []


def test_without_anything_learned_the_rules_decide_alone() -> None:
    assert Weights().chances({"w:salary": 1.0}) == {}
    bare = replace(lexicon(), incoming=Weights(), outgoing=Weights())
    told = read(
        incoming("Your interview is confirmed for Tuesday 15 September at 2 pm.", subject="Interview"), unlearned(bare)
    )
    assert told.kind is MessageKind.INTERVIEW_CONFIRMED
    assert read(incoming("yep need one bad. swing by the yard"), unlearned(bare)).kind is MessageKind.OTHER


def unlearned(bare: object) -> ReadingContext:
    return replace(context(), lexicon=bare)


def test_names_and_days_are_blotted_out_of_the_words() -> None:
    mail = incoming("Dear Jo, Rita and I met on Tuesday in September.", sender="Rita Ek <rita.ek@acme.example>")
    view = view_from_message(mail, context())
    words = {name for name in features_of(view, direction_of(view)) if name.startswith("w:")}
    assert {"w:<me>", "w:<them>", "w:<day>", "w:<month>", "w:dear <me>"} <= words
    assert not {"w:jo", "w:rita", "w:tuesday"} & words


def test_what_only_the_learned_weights_see_is_quoted_with_the_sentence_that_speaks_most_for_it() -> None:
    told = read(
        incoming(
            "Hi Jo. We talked it over and are going to hire the person who was here on Monday. All the best.",
            subject="Re: job",
        ),
        context(),
    )
    assert told.kind is MessageKind.REJECTION
    assert any("hire the person" in reason.words for reason in told.evidence)


def test_a_kind_tells_whose_interview_it_is_where_the_words_are_silent() -> None:
    told = read(
        incoming(
            "Jo, I've read your letter twice. Are you around for a chat about the job on Friday?", subject="your letter"
        ),
        context(),
    )
    assert (told.kind, told.direction) == (MessageKind.INTERVIEW_REQUEST, Direction.CANDIDATE)


def test_a_refusal_in_new_words_is_one_as_an_answer_too() -> None:
    told = read(
        incoming(
            "Dear Jo, thank you for coming in. The committee has given the post to another applicant.",
            subject="Re: Interview",
        ),
        context(),
    )
    assert told.reply is ReplyKind.REJECTION


@cache
def held_out() -> tuple[tuple[Case, MessageKind], ...]:
    return tuple((case, read(case.message, case.context).kind) for name in HELD_OUT for case in cases(name))


def test_four_in_five_mails_that_no_weight_was_learned_from_are_read_as_what_they_are() -> None:
    misread = [case.id for case, kind in held_out() if kind.value not in case.kinds]
    assert len(misread) <= 0.2 * len(held_out()), misread


def test_hardly_any_of_them_is_taken_for_an_interview_that_is_none() -> None:
    false = [case.id for case, kind in held_out() if kind.value in ARRANGING and not ARRANGING & set(case.kinds)]
    assert len(false) <= 0.02 * len(held_out()), false


def test_nothing_is_learned_from_the_mails_that_are_held_out() -> None:
    assert not set(HELD_OUT) & set(MAILS)


def test_the_learned_file_is_small_and_all_its_kinds_are_known() -> None:
    table = learned_weights()
    assert len(json.dumps(table)) < 600_000
    known = {kind.value for kind in MessageKind}
    assert all(set(side["kinds"]) <= known for side in table.values())


def test_the_readers_version_changes_with_what_was_learned() -> None:
    other = replace(lexicon(), incoming=weights_from_table(TABLE))
    assert reader_version(unlearned(other)) != reader_version(context())
