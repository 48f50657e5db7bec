"""Read a folder of labelled mails one by one, and write what each is: the `messages` mode of tools/score.py.

    python -m tests.storylines.messages LABELS.jsonl CLASSES.jsonl [--jobs N]

Of a label only this is read: id, file (beside the labels), owner, owner_aliases, tz and direction; never what is right. Every mail
goes the way of `mailwatch read`: raw bytes, the parser's process, the reader. One that cannot be read is "other".
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from mailwatch.core.lexicon import Lexicon
from mailwatch.core.model import Address, Detection, Fetched, Me, MeetingState, MessageRef, Reading, SpecialUse
from mailwatch.core.reading import ReadingContext, read
from mailwatch.phrases import load_lexicon
from mailwatch.sandbox import Unreadable, WorkerParser

CHUNK = 50


@dataclass(frozen=True, slots=True)
class Task:
    """One mail, and what a user's configuration would say about whose it is."""

    id: str
    path: Path
    owner: Me
    sent: bool


def main(arguments: list[str] | None = None) -> None:
    """Read every labelled mail and write its class, one JSON object a line."""
    parser = argparse.ArgumentParser(description="Read a folder of labelled mails one by one.")
    parser.add_argument("labels", type=Path)
    parser.add_argument("classes", type=Path)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args(arguments)
    tasks = tasks_of(chosen.labels)
    chunks = [tasks[at : at + CHUNK] for at in range(0, len(tasks), CHUNK)]
    with ProcessPoolExecutor(chosen.jobs) as pool:
        answers = [answer for chunk in pool.map(answers_of, chunks) for answer in chunk]
    lines = (json.dumps(answer, ensure_ascii=False) + "\n" for answer in answers)
    chosen.classes.write_text("".join(lines), encoding="utf-8")


def tasks_of(labels: Path) -> list[Task]:
    """The mails that a file of labels names."""
    rows = (json.loads(line) for line in labels.read_text(encoding="utf-8").splitlines() if line.strip())
    return [task_of(row, labels.parent) for row in rows]


def task_of(row: Mapping[str, Any], folder: Path) -> Task:
    """One label without its answer."""
    own = Address(str(row.get("owner", "")).casefold())
    aliases = frozenset(Address(str(alias).casefold()) for alias in row.get("owner_aliases") or ())
    owner = Me(str(row.get("owner_name", "")), own, aliases | {own}, str(row.get("tz") or "UTC"))
    return Task(
        str(row["id"]), folder / str(row.get("file") or f"{row['id']}.eml"), owner, row.get("direction") == "out"
    )


def answers_of(tasks: Iterable[Task]) -> list[dict[str, str]]:
    """What some mails are."""
    with WorkerParser() as parser:
        return [_answer(parser, task) for task in tasks]


def _answer(parser: WorkerParser, task: Task) -> dict[str, str]:
    try:
        reading = _reading(parser, task)
    except (OSError, Unreadable):
        return {"id": task.id, "cls": "other_sent" if task.sent else "other"}
    start = _start(reading)
    return {"id": task.id, "cls": reading.kind.value} | ({"start": start} if start else {})


def _reading(parser: WorkerParser, task: Task) -> Reading:
    raw = task.path.read_bytes()
    envelope = parser.envelope(raw, ref=MessageRef("file"), role=SpecialUse.SENT if task.sent else SpecialUse.INBOX)
    owner = task.owner
    mine = [box.name for box in (envelope.sender, *envelope.recipients) if box and owner.owns(box.address) and box.name]
    owner = replace(owner, name=owner.name or next(iter(mine), ""))
    message = parser.message(Fetched(envelope.ref, raw=raw), envelope, outgoing=task.sent, zone=owner.zone)
    return read(message, ReadingContext(owner, _lexicon(), Detection()))


def _start(reading: Reading) -> str:
    """When the first stated meeting begins; one that stands goes before one that was called off."""
    times = [meeting for meeting in reading.meetings if meeting.start and not meeting.day_only]
    times.sort(key=lambda meeting: meeting.state is MeetingState.CANCELLED)
    return times[0].start.isoformat() if times and times[0].start else ""


@lru_cache(1)
def _lexicon() -> Lexicon:
    return load_lexicon()


if __name__ == "__main__":
    main()
