"""Everything labelled that the reader may learn from: test mails, answers, sent mail, and the own storylines' mail.

Not among it: the held-out files (HELD_OUT), whose figures tell how well unseen mail is read.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailwatch.core.ics import calendar_from_ics
from mailwatch.core.model import Address, Me, Window
from mailwatch.core.reading.view import View, view_from_event, view_from_message
from tests.core.reading import answers, mails
from tests.core.reading.mails import parsed
from tests.core.reading.negatives import negatives
from tests.core.reading.wires import wires
from tests.storylines.scoring import render_set

HELD_OUT = ("fifth_raw",)
MAILS = (
    "arranging_en", "staff_en", "other_kinds_en", "mass_en", "languages_b", "second_en", "third_en", "mixed_in_b", "mixed_out_b", "mixed_in_c", "mixed_out_c",
    "mixed_in_d", "mixed_in_e", "mixed_out_e", "mixed_in_a", "fourth_mixed", "sixth_short", "everyday",
)  # fmt: skip
WIRES = ("seventh_archive_a",)
ANSWERS = ("replies_a", "replies_b", "replies_c", "replies_d")
SENT = ("sent_a", "sent_b", "sent_business")
WINDOW = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 12, 31, tzinfo=UTC))
_ENTRY_KINDS = ("interview_confirmed", "interview_rescheduled", "interview_cancelled", "next_round")
STORYLINES = Path(__file__).resolve().parents[2] / "storylines"
_ANSWER_KINDS = {
    "next_round": "next_round", "rejection": "rejection", "offer": "offer", "timeline_update": "timeline_update",
    "needs_info": "needs_info", "scheduling": "interview_request", "auto_reply": "auto_reply", "neutral": "other",
}  # fmt: skip


NO_INTERVIEW = (
    "other", "interview_other", "interviewer_side", "job_alert", "cold_outreach", "assessment", "application_ack", "auto_reply",
)  # fmt: skip
"""What may be right for incoming mail, and entries, of a case that is no interview."""
NOTHING_SENT = ("other_sent", "scheduling_sent", "decline_sent")


@dataclass(frozen=True)
class Example:
    """Something to read, as the reader sees it, and the kinds that are right for it."""

    source: str
    view: View
    kinds: tuple[str, ...]

    @property
    def outgoing(self) -> bool:
        """The user wrote it."""
        return self.view.outgoing


def examples() -> Iterator[Example]:
    """All of them, in a fixed order."""
    yield from mail_examples(*MAILS)
    for name in WIRES:
        for case in wires(name):
            yield Example(name, view_from_message(case.message, case.context), case.kinds)
    for name in ANSWERS:
        for row in answers.rows(f"material/{name}.toml"):
            if row["kind"] in _ANSWER_KINDS:
                view = view_from_message(answers.from_row(row), answers.context())
                kind = _ANSWER_KINDS[row["kind"]]
                yield Example(name, view, (kind, "application_ack") if kind == "other" else (kind,))
    for name in SENT:
        for row in answers.rows(f"material/{name}.toml"):
            yield Example(
                name, view_from_message(answers.from_row(row, outgoing=True), answers.context()), (_sent_kind(row),)
            )
    yield from negative_examples()
    yield from storyline_examples(STORYLINES)


def mail_examples(*files: str) -> Iterator[Example]:
    """The mails of some material files."""
    for name in files:
        for case in mails.cases(name):
            yield Example(name, view_from_message(case.message, case.context), case.kinds)


def negative_examples() -> Iterator[Example]:
    """Mail and calendar entries that are no interview of the user's."""
    for case in negatives():
        for message in case.messages:
            view = view_from_message(message, mails.context(case.me))
            yield Example("negatives", view, NOTHING_SENT if message.outgoing else NO_INTERVIEW)
        for version in case.events:
            yield Example("negatives", view_from_event(version.event, mails.context(case.me)), NO_INTERVIEW)


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
            yield Example(folder.name, view_from_message(message, mails.context(me)), tuple(label["accept"]))
        yield from _entries(Path(name), folder.name)


def _entries(rendered: Path, source: str) -> Iterator[Example]:
    """The calendar entries of each story's last check: those that are interviews, and those that are not."""
    gold: dict[str, set[str]] = {}
    for answer in json.loads((rendered / "gold.json").read_text(encoding="utf-8")):
        starts = {item["start"] for item in answer["interviews"] if item.get("start")}
        gold.setdefault(answer["story"], set()).update(starts)
    for story, starts in gold.items():
        check = max((rendered / story).iterdir(), key=lambda path: int(path.name))
        owner = json.loads((check / "context.json").read_text(encoding="utf-8"))["owner"]
        own = frozenset(Address(address) for address in (owner["email"], *owner["aliases"]))
        me = Me(owner["name"], Address(owner["email"]), own, owner["tz"], ("en",))
        found = calendar_from_ics((check / "calendar.ics").read_bytes(), window=WINDOW, zone=me.zone)
        for event in found.events:
            meant = any(abs(event.start - datetime.fromisoformat(start)) < timedelta(minutes=1) for start in starts)
            yield Example(source, view_from_event(event, mails.context(me)), _ENTRY_KINDS if meant else NO_INTERVIEW)


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
