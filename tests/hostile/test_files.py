"""Every hostile file is read in a moment, without an exception, and nothing comes of it but what should."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.utils import getaddresses
from pathlib import Path

import pytest
from hypothesis import settings

from mailwatch.backends.icsfile.sources import fault_in
from mailwatch.config import settings_from_text
from mailwatch.core.compose.wire import HEADERS, writable_address
from mailwatch.core.ics import calendar_from_ics
from mailwatch.core.mailed_debriefs import debrief_from_mail, interview_meant
from mailwatch.core.model import Debrief, Draft, MeetingState, Message, Reading
from mailwatch.core.reading.to_self import is_debrief_mail
from mailwatch.core.text import clean_text
from mailwatch.errors import ConfigError
from mailwatch.render.screen import shown
from tests.core.builders import BO, RITA, application, interview
from tests.fuzz.targets import ME, TARGETS, WINDOW, ZONE, checked, context
from tests.hostile.files import Case, cases
from tests.hostile.reading import letters_for, read_mail

SLOW = 2.0
SECRET = "exhausted and the founder shouted"
SENTENCE = "is confirmed for Tuesday, 24 November 2026 at 10:00 CET."
SOAK = settings.default is not None and settings.default.max_examples >= 10_000
STATED = {MeetingState.CONFIRMED, MeetingState.PROPOSED, MeetingState.ACCEPTED}


@pytest.fixture(autouse=True)
def in_a_moment() -> Iterator[None]:
    """Each file, checks and all, within the time that one mail may take."""
    context()
    begun = time.process_time()
    yield
    assert time.process_time() - begun < SLOW


def of(*kinds: str) -> pytest.MarkDecorator:
    found = [case for kind in kinds for case in cases(kind)]
    return pytest.mark.parametrize("case", found, ids=[f"{case.kind}-{case.name}" for case in found])


def test_there_are_more_than_three_hundred() -> None:
    assert sum(len(cases(kind)) for kind in ("mail", "html", "calendar", "feed", "config", "debrief")) > 600


@of("mail", "html")
def test_a_hostile_mail_is_what_it_is_and_no_more(case: Case) -> None:
    message = checked(case.data())
    wrong = [*wrong_with_message(message, case)]
    if SOAK or hangs_on_the_reader(message, case):
        reading = read_mail(message)
        wrong += wrong_with_reading(reading, case)
        wrong += wrong_with_letters(letters_for(message, reading), case)
    assert wrong == []


def hangs_on_the_reader(message: Message, case: Case) -> bool:
    """Reading takes most of the time: where the usual sentence came through as it was written, others have read it."""
    if case.expected.keys() & {"draft", "never", "suspicion", "kind"} or case.name.startswith("lines-"):
        return True
    return "start" in case.expected and SENTENCE not in message.new_text


def wrong_with_message(message: Message, case: Case) -> Iterator[str]:
    expected, envelope = case.expected, message.envelope
    boxes = [box for box in (envelope.sender, *envelope.recipients) if box]
    words = "\n".join([message.new_text, message.quoted, message.signature, envelope.subject, *(b.name for b in boxes)])
    sender = envelope.sender.address if envelope.sender else ""
    if sender != expected.get("sender", sender):
        yield f"the sender is {sender!r}"
    if envelope.subject != expected.get("subject", envelope.subject):
        yield f"the subject is {envelope.subject!r}"
    if len(message.events) != expected.get("events", len(message.events)):
        yield f"{len(message.events)} events"
    if not any(expected.get("problem", "") in problem for problem in message.problems or ("",)):
        yield f"the problems are {message.problems}"
    yield from (f"there is no {text!r}" for text in expected.get("text", ()) if text not in words)
    yield from (f"there is {text!r}" for text in expected.get("lacks", ()) if text in words)


def wrong_with_reading(reading: Reading, case: Case) -> Iterator[str]:
    expected = case.expected
    starts = [item.start.isoformat() for item in reading.meetings if item.start and item.state in STATED]
    if "start" in expected and (expected["start"] not in starts if expected["start"] else starts):
        yield f"meetings at {starts}"
    if "kind" in expected and reading.kind.value != expected["kind"]:
        yield f"it is {reading.kind}"
    if "suspicion" in expected and expected["suspicion"] not in {item.rule for item in reading.suspicions}:
        yield f"suspicions: {reading.suspicions}"


def wrong_with_letters(letters: tuple[Draft, ...], case: Case) -> Iterator[str]:
    recipients = {letter.to.address for letter in letters}
    expected = case.expected
    if "draft" in expected and recipients != ({expected["draft"]} if expected["draft"] else set()):
        yield f"letters to {recipients}"
    yield from (f"a letter to {address}" for address in expected.get("never", ()) if address in recipients)
    for letter in letters:
        yield from wrong_with_bytes(letter)


def wrong_with_bytes(letter: Draft) -> Iterator[str]:
    """Taken apart by the standard library: our headers, each once, one recipient, nothing unseen."""
    message = message_from_bytes(letter.raw)
    names = [name for name, _ in message.items()]
    if len(names) != len(set(names)) or not set(names) <= set(HEADERS):
        yield f"headers {names}"
    if [address for _, address in getaddresses(message.get_all("To", []))] != [letter.to.address]:
        yield f"recipients {message.get_all('To')}"
    if any(byte < 32 and byte not in b"\r\n" for byte in letter.raw) or not letter.raw.isascii():
        yield "a control character"
    if max(map(len, letter.raw.split(b"\r\n"))) > 998:
        yield "a line without end"
    if clean_text(letter.text) != letter.text.replace("\u00a0", " ") or clean_text(letter.subject) != letter.subject:
        yield "an unseen character"


@of("calendar")
def test_a_hostile_calendar_shows_what_can_be_seen_and_names_the_rest(case: Case) -> None:
    data, expected = case.data(), case.expected
    TARGETS["calendar"].run(data)
    found = calendar_from_ics(data, window=WINDOW, zone=ZONE)
    starts = [event.start.isoformat() for event in found.events]
    assert set(expected.get("starts", ())) <= set(starts)
    assert len(starts) == expected.get("count", len(starts))
    assert not expected.get("problem") or any(expected["problem"] in problem for problem in found.problems)
    assert len(starts) <= 2_000


@of("feed")
def test_what_is_no_whole_calendar_is_no_feed(case: Case) -> None:
    assert bool(fault_in(case.data())) == case.expected["refused"]


@of("config")
def test_a_hostile_configuration_is_refused_in_words_that_can_be_shown(case: Case) -> None:
    refusal = ""
    try:
        settings_from_text(case.data(), path=Path("/nowhere/config.toml"), mode=0o600, zone="UTC")
    except ConfigError as error:
        refusal = error.message
    assert bool(refusal) == case.expected["refused"]
    assert shown(refusal).isprintable()


@of("debrief")
def test_nothing_private_in_a_hostile_debrief_is_for_a_letter(case: Case) -> None:
    message = checked(case.data())
    taken = is_debrief_mail(message.envelope, ME)
    assert taken == case.expected.get("taken", True)
    if taken:
        debrief = debrief_of(message)
        assert SECRET not in open_words_of(debrief)
        assert clean_text(open_words_of(debrief)) == open_words_of(debrief)
        assert all(not address or writable_address(address) for _, address in debrief.added)
        assert case.expected.get("topic", "") in open_words_of(debrief)


def debrief_of(message: Message) -> Debrief:
    written = message.envelope.at
    assert written is not None
    meeting = interview((written - timedelta(hours=3)).strftime("%Y-%m-%d %H:%M"), people=[RITA, BO])
    process = application(meeting)
    interview_meant(message, [process])
    return debrief_from_mail(message, process, meeting, ME, context().lexicon)


def open_words_of(debrief: Debrief) -> str:
    """Everything that is not private."""
    notes = [word for note in debrief.notes for word in (note.topic, note.thought, note.better_answer)]
    added = [word for pair in debrief.added for word in pair]
    return "\n".join([*notes, *added, debrief.fit, debrief.covered, debrief.decide_words])
