"""Pull mail: what is new, then the texts worth reading, then what they say; at most three rounds.

A text may name new people and firms, which makes more mail worth reading. An account's reach moves only when
everything listed has been recorded and everything worth reading has been fetched, or given up with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from mailwatch.accounts import OpenAccount
from mailwatch.backends.base import MailBackend
from mailwatch.core.model import (
    Cursor,
    Envelope,
    Fetched,
    Interest,
    Message,
    MessageId,
    MessageRef,
    Reach,
    Reading,
    SpecialUse,
)
from mailwatch.core.reading import read
from mailwatch.core.reading.context import ReadingContext, reader_version
from mailwatch.core.triage import Knowledge, interest_from, knowledge_from, worth_reading
from mailwatch.errors import BackendError, CursorExpired, ProtocolError
from mailwatch.sandbox import Unreadable
from mailwatch.store import BROKEN, VANISHED, digest_of
from mailwatch.tick.calendars import pull_calendar
from mailwatch.tick.progress import Doing
from mailwatch.tick.report import PROTOCOL, CalendarReport
from mailwatch.tick.run import Run

ROUNDS = 3
ASKED_AT_ONCE = 4_000  # of these an account is asked in one go: each time costs two turns of the network
KEPT_AT_ONCE = 400  # as many of them, or as many bytes, are parsed and written down together
KEPT_BYTES = 8_000_000
REFUSED_IN_A_ROW = 10
READ_AT_ONCE = 200
PLACES_TRIED = 4
DAY = timedelta(hours=24)

_Pending = dict[MessageId, tuple[Envelope, tuple[MessageRef, ...]]]
_Parsed = tuple[list[Message], dict[MessageId, str]]


def pull(run: Run) -> None:
    """Bring the facts of every working account and calendar up to date. What fails becomes a problem of the run."""
    for calendar, source in run.working_calendars():
        try:
            changed, complete, problems = pull_calendar(run.store, calendar.name, source, run.now)
        except BackendError as error:
            run.fail(calendar.name, error)
            continue
        run.calendars[calendar.name] = CalendarReport(calendar.name, changed, complete)
        run.not_read(calendar.name, problems)
    _pull_mail(run)


def _pull_mail(run: Run) -> None:
    settings = run.settings
    context = ReadingContext(settings.me, settings.lexicon, settings.policy.detection)
    version = reader_version(context)
    _read_kept(run, context, version)
    reaches: dict[str, Reach | None] = {}
    known = _knowledge(run)
    for number in range(ROUNDS):
        for account, backend in run.working():
            if number == 0 or backend.capabilities.server_filter:
                reaches[account.name] = _list(run, account, backend, interest_from(known))
        _judge(run, known, version)
        for account, backend in run.working():
            _fetch(run, account, backend)
        _read_kept(run, context, version)
        before, known = known, _knowledge(run)
        if _digest(known, version) == _digest(before, version):
            break
    for account, _ in run.working():
        _note_reach(run, account, reaches.get(account.name))


def _knowledge(run: Run) -> Knowledge:
    settings = run.settings
    facts = run.store.facts(settings.me)
    return knowledge_from(facts, settings.lexicon, settings.policy.detection)


def _digest(known: Knowledge, version: str) -> str:
    return digest_of(version, known.addresses, known.domains, known.threads, known.linked)


def _judge(run: Run, known: Knowledge, version: str) -> None:
    since = run.now - run.settings.policy.look_back
    run.store.mail.judge(lambda envelope: worth_reading(envelope, known), _digest(known, version), since)


def _list(run: Run, account: OpenAccount, backend: MailBackend, interest: Interest) -> Reach | None:
    """Record what is new in an account; how far it has been listed, or None while that is unknown."""
    cursor = run.store.state.cursor(f"mail:{account.address}")
    try:
        try:
            return _record(run, account, backend, cursor, interest)
        except CursorExpired as expired:
            kept = Cursor(expired.resume) if expired.resume else None
            run.store.state.set_cursor(f"mail:{account.address}", kept)
            return _record(run, account, backend, kept, interest)
    except BackendError as error:
        run.fail(account.name, error)
        return None


def _record(
    run: Run, account: OpenAccount, backend: MailBackend, cursor: Cursor | None, interest: Interest
) -> Reach | None:
    store, covers_from, more = run.store, None, True
    for page in backend.changes(cursor, since=run.now - account.look_back, interest=interest):
        run.count(account.name, new=store.mail.record(account.address, page.items))
        store.state.set_cursor(f"mail:{account.address}", page.cursor)
        run.step(Doing.LISTING, account.name, run.accounts[account.name].new)
        covers_from, more = page.covers_from, page.more
        run.not_read(account.name, page.problems)
    return None if covers_from is None or more else Reach(covers_from, run.now)


def _note_reach(run: Run, account: OpenAccount, reach: Reach | None) -> None:
    if reach is None:
        return
    known = run.store.state.reaches().get(account.address)
    if known is not None and reach.since <= known.until:  # without a hole in between
        reach = replace(reach, since=min(known.since, reach.since))
    run.store.state.set_reach(account.address, reach)
    run.count(account.name, complete=True)


def _fetch(run: Run, account: OpenAccount, backend: MailBackend) -> None:
    """Fetch and parse every text of an account that is worth reading, in parts that are kept one by one."""
    before: list[MessageId] = []
    if run.world.watch:
        run.expected[account.name] = run.fetched(account.name) + run.store.mail.count_unread(account.address)
    try:
        while wanted := run.store.mail.unread(account.address, ASKED_AT_ONCE):
            asked = [envelope.id for envelope, _ in wanted]
            if asked == before:
                break
            _fetch_part(run, account, backend, wanted)
            before = asked
    except BackendError as error:
        run.fail(account.name, error)


def _fetch_part(
    run: Run,
    account: OpenAccount,
    backend: MailBackend,
    wanted: Sequence[tuple[Envelope, tuple[MessageRef, ...]]],
) -> None:
    pending: _Pending = {envelope.id: (envelope, refs) for envelope, refs in wanted}
    for turn in range(PLACES_TRIED):  # a message may have moved: it is asked for at its next place
        asked = {refs[turn]: envelope for envelope, refs in pending.values() if turn < len(refs)}
        if not asked:
            break
        for messages, broken in _parsed(run, account, backend, asked):
            run.store.mail.keep_inputs(messages, run.now)
            run.store.mail.keep_tombstones(broken, BROKEN, run.now)
            run.count(account.name, fetched=len(messages))
            run.step(Doing.FETCHING, account.name, run.fetched(account.name), run.expected.get(account.name))
            for done in (*(message.envelope.id for message in messages), *broken):
                pending.pop(done, None)
    gone = dict.fromkeys(pending, "it was moved or deleted before it could be read")
    run.store.mail.keep_tombstones(gone, VANISHED, run.now)


@dataclass(slots=True)
class _Tally:
    """How a fetch goes: how many messages were had, and which ones the account broke on."""

    had: int = 0
    refused: dict[MessageId, ProtocolError] = field(default_factory=dict)


def _parsed(
    run: Run, account: OpenAccount, backend: MailBackend, asked: Mapping[MessageRef, Envelope]
) -> Iterator[_Parsed]:
    """The messages asked for, and why some of them can't be had.

    One message that a server always breaks on must not keep all others from being read. It is given up only where
    another one could be had, or where the account has been failing on it for a day.
    """
    tally, hopeless = _Tally(), None
    try:
        yield from _had(run, backend, asked, tally)
    except ProtocolError as error:
        hopeless = error
    if tally.refused and not tally.had and not _has_failed_for_a_day(run, account):
        raise next(iter(tally.refused.values()))
    yield [], dict.fromkeys(tally.refused, "the account can't hand it over")
    if hopeless:
        raise hopeless


def _had(run: Run, backend: MailBackend, asked: Mapping[MessageRef, Envelope], tally: _Tally) -> Iterator[_Parsed]:
    """What can be had of them; where it breaks off, each half of what is left is asked for by itself, down to the one.

    Raises:
        ProtocolError: it broke on every one of a few: that is an outage.
    """
    left = dict(asked)
    try:
        for part in _parts(backend.fetch(tuple(asked)), left):
            tally.had += len(part)
            yield _read_part(run, part)
    except ProtocolError as error:
        if len(left) > 1:
            items = list(left.items())
            for half in (items[: len(items) // 2], items[len(items) // 2 :]):
                yield from _had(run, backend, dict(half), tally)
            return
        tally.refused |= {envelope.id: error for envelope in left.values()}
        if not tally.had and len(tally.refused) >= REFUSED_IN_A_ROW:
            raise


def _parts(fetched: Iterable[Fetched], left: dict[MessageRef, Envelope]) -> Iterator[list[tuple[Fetched, Envelope]]]:
    """What comes, in parts of a bounded size. left: what has not come yet. A part is given out even where the rest breaks off."""
    part: list[tuple[Fetched, Envelope]] = []
    size = 0
    try:
        for each in fetched:
            envelope = left.pop(each.ref, None)
            if envelope is None:
                continue
            part.append((each, envelope))
            size += len(each.raw or each.header) + sum(len(piece.payload) for piece in each.parts)
            if len(part) >= KEPT_AT_ONCE or size >= KEPT_BYTES:
                yield part
                part, size = [], 0
    except ProtocolError:
        if part:
            yield part
        raise
    if part:
        yield part


def _read_part(run: Run, part: list[tuple[Fetched, Envelope]]) -> _Parsed:
    messages: list[Message] = []
    broken: dict[MessageId, str] = {}
    items = [(fetched, envelope, envelope.role is SpecialUse.SENT) for fetched, envelope in part]
    parsed = run.doors.parser.messages(items, zone=run.settings.me.zone)
    for (_, envelope), message in zip(part, parsed, strict=True):
        if isinstance(message, Unreadable):
            broken[envelope.id] = message.reason
        else:
            messages.append(message)
    return messages, broken


def _has_failed_for_a_day(run: Run, account: OpenAccount) -> bool:
    return any(
        problem.name == account.name and problem.kind == PROTOCOL and problem.since and run.now - problem.since >= DAY
        for problem in run.store.state.problems()
    )


def _read_kept(run: Run, context: ReadingContext, version: str) -> None:
    """Read every kept text that this reader has not read. One that breaks the reader is named and passed over."""
    readings: list[Reading] = []
    failed: dict[MessageId, str] = {}
    total = run.store.mail.count_to_read(version) if run.world.watch else 0
    for number, message in enumerate(run.store.mail.to_read(version), 1):
        run.step(Doing.READING, "", number, total)
        try:
            readings.append(read(message, context))
        except Exception as error:  # noqa: BLE001 - whatever one mail does to the reader, the others are read
            failed[message.envelope.id] = f"the reader failed on it ({type(error).__name__})"
        if len(readings) >= READ_AT_ONCE:
            _keep(run, version, readings)
            readings = []
    _keep(run, version, readings)
    run.store.mail.keep_tombstones(failed, version, run.now)


def _keep(run: Run, version: str, readings: Iterable[Reading]) -> None:
    run.store.mail.keep_readings(version, readings)
