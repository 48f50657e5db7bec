"""Raw mails in, classes out, scored: the whole path of the scorer's `messages` mode."""

from __future__ import annotations

import json
from pathlib import Path

from tests.storylines.messages import main
from tests.storylines.tools import score

MAILS = {
    "conf": ("in", "interview_confirmed", "From: Rita Ek <rita@acme.example>\nTo: jo@home.example\nSubject: Interview\nDate: Thu, 10 Sep 2026 10:00:00 -0400\n\nYour interview for the Analyst position is confirmed for Tuesday 15 September 2026 at 2 pm.\n"),
    "list": ("in", "other", "From: News <n@news.example>\nTo: jo@home.example\nList-Id: <l.news.example>\nSubject: This week\n\nTop stories. Unsubscribe.\n"),
    "bytes": ("in", "other", "\x00\xff\n"),
    "thanks": ("out", "thank_you_sent", "From: Jo <jo@home.example>\nTo: Rita Ek <rita@acme.example>\nSubject: Thank you\nDate: Wed, 16 Sep 2026 10:00:00 -0400\n\nDear Rita, thank you for talking with me yesterday about the Analyst position. I enjoyed our conversation.\n"),
}  # fmt: skip


def test_raw_mails_become_classes_that_the_scorer_takes(tmp_path: Path) -> None:
    labels, classes = tmp_path / "labels.jsonl", tmp_path / "classes.jsonl"
    rows = []
    for name, (direction, cls, raw) in MAILS.items():
        (tmp_path / f"{name}.eml").write_bytes(raw.encode("latin-1"))
        rows.append({"id": name, "file": f"{name}.eml", "owner": "jo@home.example", "tz": "America/New_York", "direction": direction, "cls": cls, "accept": [cls]})  # fmt: skip
    rows.append({**rows[1], "id": "missing", "file": "missing.eml"})
    rows[0]["start"] = "2026-09-15T18:00Z"
    labels.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    main([str(labels), str(classes), "--jobs", "1"])
    confusion, count, wrong = score.score_messages(score.read_lines(labels), score.read_lines(classes))
    assert wrong == []
    assert count["absent"] == 0
    assert (count["start_ok"], count["start_n"]) == (1, 1)
    assert sum(sum(row.values()) for row in confusion.values()) == len(rows)
