"""`read`: what mailwatch understands in single files, by themselves. Nothing is remembered and nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from mailwatch.backends.icsfile.sources import fault_in
from mailwatch.cli.session import Session
from mailwatch.core.model import Address, Detection, Fetched, Me, MeetingState, MessageRef, Reading, SpecialUse, Window
from mailwatch.core.reading import ReadingContext, read_event
from mailwatch.core.reading import read as read_message
from mailwatch.errors import ConfigError, UsageError
from mailwatch.phrases import load_lexicon
from mailwatch.render.jsonform import document, evidence_form, instant
from mailwatch.render.screen import Span, line, shown
from mailwatch.render.understood import reading_lines
from mailwatch.sandbox import Parser, Unreadable, WorkerParser

LARGEST = 25 << 20
CALENDAR_REACH = timedelta(days=3650)


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--me", "address", metavar="ADDRESS", help="Whose mail it is; else as configured, else the one it was sent to."
)
@click.option("--name", metavar="NAME", default="", help="The name of that person.")
@click.option("--zone", metavar="ZONE", help="Their time zone (IANA); else as configured, else UTC.")
@click.option("--sent", is_flag=True, help="They sent these files; else told by the sender.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line for each file.")
@click.pass_obj
def read(
    session: Session, files: tuple[Path, ...], address: str, name: str, zone: str, sent: bool, as_json: bool
) -> int:
    """Say what mailwatch understands in .eml and .ics files: kind, times, people, promise, and the words that led there.

    Exit code 5 when a file could not be read; the others are answered all the same.
    """
    owner = _owner(session, address, name, zone)
    failed = 0
    with WorkerParser() as parser:
        reader = _Reader(parser, owner, sent=sent)
        for path in files:
            try:
                readings = list(reader.readings(path))
            except (OSError, Unreadable) as error:
                failed += 1
                reason = (error.strerror or "cannot be read") if isinstance(error, OSError) else str(error)
                if as_json or session.json:
                    session.write(document("read", None, file=str(path), error=reason))
                else:
                    session.say(f"{path}: {reason}")
                continue
            _answer(session, path, readings, ZoneInfo(owner.zone if owner else "UTC"), as_json=as_json or session.json)
    return 5 if failed else 0


def _owner(session: Session, address: str, name: str, zone: str) -> Me | None:
    configured = None
    if not address and session.config_path.exists():
        configured = session.settings.me
    if configured is not None:
        return replace(configured, zone=zone or configured.zone)
    if not address:
        return Me(name, Address(""), frozenset(), zone or "UTC") if zone or name else None
    if "@" not in address:
        raise UsageError(f"“{shown(address, 60)}” is no mail address", next_step="--me you@example.com")
    _check_zone(zone)
    mine = Address(address.strip().casefold())
    return Me(name, mine, frozenset({mine}), zone or "UTC")


def _check_zone(zone: str | None) -> None:
    from zoneinfo import available_timezones

    if zone and zone not in available_timezones():
        raise ConfigError(f"“{shown(zone, 60)}” is no time zone", next_step="--zone Europe/Berlin")


class _Reader:
    """Files → readings, for one person."""

    def __init__(self, parser: Parser, owner: Me | None, *, sent: bool) -> None:
        self._parser, self._owner, self._sent = parser, owner, sent
        self._lexicon = load_lexicon()

    def readings(self, path: Path) -> Iterator[Reading]:
        """What a file says: one reading of a mail, one for each event of a calendar."""
        with path.open("rb") as file:
            raw = file.read(LARGEST)
        if path.suffix.lower() in {".ics", ".ical", ".ifb"} or raw.lstrip()[:15].upper() == b"BEGIN:VCALENDAR":
            fault = fault_in(raw)
            if fault:
                raise Unreadable(fault)
            yield from self._events(raw)
        else:
            yield self._mail(raw)

    def _mail(self, raw: bytes) -> Reading:
        envelope = self._parser.envelope(raw, ref=MessageRef("file"), role=SpecialUse.INBOX)
        owner = (
            self._owner if self._owner and self._owner.primary else self._guessed(envelope.recipients, envelope.sender)
        )
        sent = self._sent or (
            envelope.sender is not None and owner.owns(envelope.sender.address) and not envelope.transited
        )
        if sent:
            envelope = replace(envelope, role=SpecialUse.SENT)
        fetched = Fetched(envelope.ref, raw=raw)
        message = self._parser.message(fetched, envelope, outgoing=sent, zone=owner.zone)
        return read_message(message, ReadingContext(owner, self._lexicon, Detection()))

    def _guessed(self, recipients: Any, sender: Any) -> Me:
        """Without a word about whose mail it is: the one it was sent to, or with --sent whoever wrote it."""
        known = sender if self._sent else (recipients[0] if recipients else None)
        base = self._owner or Me("", Address(""), frozenset())
        if known is None:
            return base
        return Me(base.name or known.name, known.address, frozenset({known.address}), base.zone)

    def _events(self, raw: bytes) -> Iterator[Reading]:
        owner = self._owner or Me("", Address(""), frozenset())
        now = datetime.now(UTC)
        window = Window(now - CALENDAR_REACH, now + CALENDAR_REACH)
        for event in self._parser.calendar(raw, window=window, zone=owner.zone).events:
            yield read_event(event, ReadingContext(owner, self._lexicon, Detection()))


def _answer(session: Session, path: Path, readings: list[Reading], zone: ZoneInfo, *, as_json: bool) -> None:
    if as_json:
        forms = [_form(reading) for reading in readings]
        first = forms[0] if forms else {"class": "other", "start": None}
        extra = {"events": forms} if len(forms) > 1 else {}
        session.write(document("read", None, file=str(path), **first, **extra))
        return
    session.show([line(Span(shown(str(path), 300), "dim"))])
    for reading in readings:
        session.show(reading_lines(reading, zone))


def _form(reading: Reading) -> dict[str, Any]:
    stated = [item for item in reading.meetings if item.start and item.state is not MeetingState.CANCELLED] or [
        item for item in reading.meetings if item.start
    ]
    return {
        "id": reading.message,
        "class": reading.kind.value,
        "direction": reading.direction.value,
        "language": reading.language,
        "start": instant(stated[0].start) if stated else None,
        "people": [
            {"name": person.name, "address": person.address, "title": person.title, "part": person.part.value}
            for person in reading.people
        ],
        "company": reading.companies[0].text if reading.companies else None,
        "role": reading.roles[0].text if reading.roles else None,
        "reply": reading.reply.value,
        "decision_by": reading.promise.by.isoformat() if reading.promise and reading.promise.by else None,
        "suspicions": [evidence_form(item) for item in reading.suspicions],
        "words": [evidence_form(item) for item in reading.evidence],
    }
