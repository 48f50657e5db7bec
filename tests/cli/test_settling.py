from __future__ import annotations

import ast
import json
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mailwatch.cli.entry import COMMANDS
from mailwatch.cli.logs import log_to
from tests.cli.conftest import Command

Answering = Callable[..., dict[str, Any]]
SOURCE = Path(__file__).resolve().parents[2] / "src" / "mailwatch"
NAMED = re.compile(r"\bmailwatch ([a-z]+)(?=[ ).,:;\"'`]|$)")
# Commands of other tools of this kind, or of times to come: no message may send somebody to one that is not there.
TEMPTING = frozenset("auth completion doctor forget log next report service setup unmute".split())


def test_what_is_ignored_is_gone_until_the_word_is_taken_back(command: Command, answer: Answering) -> None:
    mark = answer("ignore", "pinegrove")["id"]
    assert "Pinegrove Health" not in {item["company"] for item in answer("status")["applications"]}
    assert command("unmark", mark[:6])[0] == 0
    assert "Pinegrove Health" in {item["company"] for item in answer("status")["applications"]}


def test_a_confirmed_interview_stays_one(command: Command, answer: Answering) -> None:
    code, _, err = command("confirm", "cobalt")
    assert code == 0
    assert "an interview" in err
    states = next(item for item in answer("status")["applications"] if item["company"] == "Cobalt Harbour")[
        "interviews"
    ]
    assert [item["state"] for item in states] == ["scheduled"]


def test_unreadable_mail_can_be_tried_again(command: Command, answer: Answering) -> None:
    assert answer("retry")["messages"] == 0
    assert "0 messages will be tried again" in command("retry")[2]


def test_every_command_that_a_message_names_exists() -> None:
    missing = TEMPTING - set(COMMANDS)
    astray = {str(path.relative_to(SOURCE)): words for path in SOURCE.rglob("*.py") if (words := named(path) & missing)}
    assert astray == {}


def named(path: Path) -> set[str]:
    """The commands that the texts of a module name, docstrings aside."""
    source = path.read_text(encoding="utf-8")
    if not NAMED.search(source):
        return set()
    tree = ast.parse(source)
    doc = {id(node.body[0].value) for node in ast.walk(tree) if _has_docstring(node)}  # type: ignore[attr-defined]
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in doc
    ]
    return {word for text in texts for word in NAMED.findall(text)}


def _has_docstring(node: ast.AST) -> bool:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    return isinstance(node, kinds) and bool(node.body) and isinstance(node.body[0], ast.Expr)


def test_logs_are_quiet_until_asked_and_can_be_json(capsys: pytest.CaptureFixture[str]) -> None:
    import sys

    log = logging.getLogger("mailwatch.tick")
    log_to(sys.stderr, 0, "text")
    log.warning("failed name=%s", "home")
    assert capsys.readouterr().err == ""
    log_to(sys.stderr, 1, "json")
    log.info("tick saved=%d", 2)
    record = json.loads(capsys.readouterr().err)
    assert record["message"] == "tick saved=2"
    assert record["level"] == "INFO"
