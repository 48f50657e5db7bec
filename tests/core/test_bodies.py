"""What is new in a message, in the corpus of bodies."""

from __future__ import annotations

import pytest

from mailwatch.core.mime import envelope_from_raw, message_from_fetched
from mailwatch.core.model import Fetched, Message, MessageRef, SpecialUse
from tests.core.corpus import Case, cases


def read(raw: bytes) -> Message:
    envelope = envelope_from_raw(raw, ref=MessageRef("x"), role=SpecialUse.INBOX)
    return message_from_fetched(Fetched(MessageRef("x"), raw=raw), envelope, outgoing=False, zone="Europe/London")


@pytest.mark.scenario("R17")
@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_body_is_divided_into_new_text_quotation_and_signature(case: Case):
    message = read(case.raw())
    assert message.new_text == case.new
    assert message.signature == case.signature
    lines = message.quoted.splitlines()
    assert [line for line in case.quoted if line not in lines] == []
    if not case.quoted:
        assert message.quoted == ""
