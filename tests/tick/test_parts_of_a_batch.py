"""Of many things that are done together each has a result of its own: whichever fails, the others are done and stay done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from mailwatch.core.model import Draft, Fetched, MessageRef
from mailwatch.errors import DraftRefused, ProtocolError
from tests.tick.world import SmallWorld

MANY = 5


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    world = SmallWorld(tmp_path)
    for number in range(1, MANY + 1):
        world.invite(number)
    world.pass_time(hours=2)
    yield world
    world.close()


@pytest.mark.parametrize("broken", range(MANY))
def test_whichever_message_of_a_batch_breaks_the_server_the_others_are_read_and_it_is_read_later(
    world: SmallWorld, broken: int
) -> None:
    backend = type(world.accounts[0].backend)
    fetch = backend.fetch

    def breaking(door: Any, refs: Sequence[MessageRef]) -> Iterator[Fetched]:
        for ref in refs:
            if f"person{broken + 1}@".encode() in world.mailbox.get(ref).raw:
                raise ProtocolError("home", "home broke off in the middle of a message.")
            yield from fetch(door, (ref,))

    with patch.object(backend, "fetch", breaking):
        assert len(world.tick().saved) == MANY - 1
        assert len(world.machine.open(world.now).mail.tombstones()) == 1
    assert len(world.drafts()) == MANY - 1
    world.tick()
    assert len(world.drafts()) == MANY - 1, "done items stay done"


@pytest.mark.parametrize("refused", range(MANY))
def test_whichever_draft_of_a_batch_is_refused_the_others_are_saved_and_it_is_saved_later(
    world: SmallWorld, refused: int
) -> None:
    backend = type(world.accounts[0].backend)
    save, asked = backend.save_draft, iter(range(100))

    def refusing(door: Any, draft: Draft) -> Any:
        if next(asked) == refused:
            raise DraftRefused("home", "This one is not taken.")
        return save(door, draft)

    with patch.object(backend, "save_draft", refusing):
        report = world.tick()
    assert report.exit_code == 5
    before = len(world.drafts())
    assert before == len(report.saved)
    assert before > 0 or refused == 0
    assert len(world.tick().saved) == MANY - before
    assert len(world.drafts()) == MANY
