"""Everything labelled that the reader may learn from: test mails, answers, sent mail, and the own storylines' mail.

Not among it: the held-out files (HELD_OUT), whose figures tell how well unseen mail is read.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mailwatch.core.mime import envelope_from_raw, message_from_fetched
from mailwatch.core.model import Address, Fetched, Me, Message, MessageRef, SpecialUse
from mailwatch.core.reading import ReadingContext
from tests.core.reading import answers, mails
from tests.storylines.scoring import render_set

HELD_OUT = ("fifth_raw",)
MAILS = (
    "arranging_en", "staff_en", "other_kinds_en", "mass_en", "languages_b", "second_en", "third_en", "mixed_in_b", "mixed_out_b", "mixed_in_c", "mixed_out_c",
    "mixed_in_d", "mixed_in_e", "mixed_out_e", "mixed_in_a", "fourth_mixed",
)  # fmt: skip
ANSWERS = ("replies_a", "replies_b", "replies_c")
SENT = ("sent_a", "sent_b", "sent_business")
STORYLINES = Path(__file__).resolve().parents[2] / "storylines"
_ANSWER_KINDS = {
    "next_round": "next_round", "rejection": "rejection", "offer": "offer", "timeline_update": "timeline_update",
    "needs_info": "needs_info", "scheduling": "interview_request", "auto_reply": "auto_reply",
}  # fmt: skip


@dataclass(frozen=True)
class Example:
    """A message, whoever's it is, and the kinds that are right for it."""

    source: str
    message: Message
    context: ReadingContext
    kinds: tuple[str, ...]


def examples() -> Iterator[Example]:
    """All of them, in a fixed order."""
    yield from mail_examples(*MAILS)
    for name in ANSWERS:
        for row in answers.rows(f"material/{name}.toml"):
            if row["kind"] in _ANSWER_KINDS:
                yield Example(name, answers.from_row(row), answers.context(), (_ANSWER_KINDS[row["kind"]],))
    for name in SENT:
        for row in answers.rows(f"material/{name}.toml"):
            yield Example(name, answers.from_row(row, outgoing=True), answers.context(), (_sent_kind(row),))
    yield from storyline_examples(STORYLINES)


def mail_examples(*files: str) -> Iterator[Example]:
    """The mails of some material files."""
    for name in files:
        for case in mails.cases(name):
            yield Example(name, case.message, case.context, case.kinds)


def storyline_examples(folder: Path) -> Iterator[Example]:
    """The mail of a set of storylines, each message once."""
    with tempfile.TemporaryDirectory() as name:
        render_set(folder, Path(name))
        for line in (Path(name) / "messages" / "labels.jsonl").read_text(encoding="utf-8").splitlines():
            label = json.loads(line)
            own = frozenset(Address(address) for address in (label["owner"], *label["owner_aliases"]))
            me = Me("", Address(label["owner"]), own, label["tz"], ("en",))
            raw = (Path(name) / "messages" / label["file"]).read_bytes()
            message = parsed(raw, me, outgoing=label["direction"] == "out")
            yield Example(folder.name, message, mails.context(me), tuple(label["accept"]))


def parsed(raw: bytes, me: Me, *, outgoing: bool) -> Message:
    """A raw message as the reader gets it."""
    envelope = envelope_from_raw(raw, ref=MessageRef("file"), role=SpecialUse.SENT if outgoing else SpecialUse.INBOX)
    return message_from_fetched(Fetched(envelope.ref, raw=raw), envelope, outgoing=outgoing, zone=me.zone)


def _sent_kind(row: dict[str, object]) -> str:
    traits = row.get("traits", ())
    assert isinstance(traits, list | tuple)
    if {"withdraws", "declines"} & set(traits):
        return "decline_sent"
    if row.get("thanks") == "conversation":
        return "thank_you_sent"
    if "follow_up" in traits:
        return "follow_up_sent"
    return "scheduling_sent" if "schedules" in traits and "accepts_offer" not in traits else "other_sent"
