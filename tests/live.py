"""`make live`: what can be seen only in a real account, looked at with the user's own configuration. It says first what it would do.

It reads, saves two drafts to the user's own address, and discards them. It sends nothing, as nothing here can.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from itertools import islice
from pathlib import Path

from mailwatch.accounts import open_accounts
from mailwatch.backends.base import CalendarBackend, FoundPlace, MailBackend
from mailwatch.config import load_settings
from mailwatch.core.identity import draft_key, draft_message_id, fingerprint_of
from mailwatch.core.model import Draft, Envelope, Fingerprint, Interest, Kind, Mailbox, SpecialUse, Window
from mailwatch.errors import BackendError
from mailwatch.sandbox import WorkerParser

PLAN = """With LIVE=config.toml and YES=1, each account of that configuration that needs a network is asked to
  1. list the newest mail (counts only are shown),
  2. look again, for what is new since,
  3. list the drafts (their number is shown),
  4. save one draft to your own address, find it, read it back, and discard it,
  5. the same with a reply to the newest mail of the inbox, addressed to you as well, and look whether that mail is as before,
and each such calendar to list its events (their number is shown). Nothing is sent, nothing else is written; Outlook
keeps what is discarded among the deleted items."""
_PAGES = 2


def main(arguments: list[str] | None = None) -> int:
    """Say what would be done, or do it."""
    parser = argparse.ArgumentParser(prog="make live")
    parser.add_argument("config", nargs="?", type=Path)
    parser.add_argument("--yes", action="store_true")
    chosen = parser.parse_args(arguments)
    if chosen.config is None or not chosen.yes:
        print(PLAN)
        return 0
    now = datetime.now(UTC)  # noqa: TID251  the one clock of a program that is run by hand
    failed = 0
    with WorkerParser() as reader:
        opened = open_accounts(load_settings(chosen.config, None), reader)
        for account in opened.accounts:
            if not isinstance(account.backend, BackendError) and not account.backend.capabilities.local:
                failed += not _told(account.name, lambda say, found=account.backend: look_at_mail(found, now, say))
        for calendar in opened.calendars:
            if not isinstance(calendar.backend, BackendError):
                failed += not _told(
                    calendar.name, lambda say, found=calendar.backend: look_at_calendar(found, now, say)
                )
        opened.close()
    return int(failed > 0)


def look_at_mail(backend: MailBackend, now: datetime, say: Callable[[str], None]) -> None:
    """Read, save, find, read back, discard; every step in words."""
    since = now - timedelta(days=30)
    pages = list(islice(backend.changes(None, since=since, interest=Interest(words=frozenset({"interview"}))), _PAGES))
    roles = Counter(envelope.role.value for page in pages for envelope in page.items)
    say(f"mail listed: {dict(roles)}")
    again = list(
        islice(
            backend.changes(pages[-1].cursor, since=since, interest=Interest(words=frozenset({"interview"}))), _PAGES
        )
    )
    say(f"again: {sum(len(page.items) for page in again)} more")
    say(f"drafts: {len(backend.drafts())}")
    _save_and_discard(backend, _letter(backend, now), say)
    inbox = [each for page in pages for each in page.items if each.role is SpecialUse.INBOX and each.id]
    if inbox:
        parent = max(inbox, key=lambda each: each.received or since)
        before = list(backend.fetch([parent.ref]))
        say("the same again, as a reply to the newest mail of the inbox")
        _save_and_discard(backend, _letter(backend, now, parent), say)
        say(f"that mail reads as before: {list(backend.fetch([parent.ref])) == before}")


def _save_and_discard(backend: MailBackend, draft: Draft, say: Callable[[str], None]) -> None:
    saved = backend.save_draft(draft)
    say(f"draft saved; what it says is as it was written: {fingerprint_of(saved.raw) == draft.fingerprint}")
    say(f"its Message-ID is kept: {draft.message_id.encode() in saved.raw}")
    found = backend.find_draft(draft)
    say(f"found again: {[(each.place.value, each.by) for each in found]}")
    if [each.place for each in found] != [FoundPlace.DRAFTS]:
        raise AssertionError("the draft was not found where it is")
    if not backend.discard_draft(saved.ref, unchanged_from=Fingerprint(fingerprint_of(saved.raw))):
        raise AssertionError("the draft was not discarded: please delete it by hand")
    say(f"discarded; found now: {[each.place.value for each in backend.find_draft(draft)]}")


def look_at_calendar(backend: CalendarBackend, now: datetime, say: Callable[[str], None]) -> None:
    """List the events of a month around now."""
    window = Window(now - timedelta(days=15), now + timedelta(days=15))
    pages = list(backend.changes(None, window=window))
    say(f"events: {sum(len(page.items) for page in pages)}")
    again = list(backend.changes(pages[-1].cursor, window=window))
    say(f"again: {sum(len(page.items) + len(page.removed) for page in again)} changes")


def _letter(backend: MailBackend, now: datetime, parent: Envelope | None = None) -> Draft:
    me, subject = backend.account, "A test by mailwatch, to be discarded"
    key = draft_key(me, Kind.THANK_YOU, me, now + timedelta(days=parent is not None))
    identity = draft_message_id(me, key, 1)
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = me, me, f"Re: {parent.subject}" if parent else subject
    message["Date"], message["Message-ID"] = format_datetime(now), identity
    if parent:
        message["In-Reply-To"], message["References"] = parent.id, parent.id
    message.set_content("Grüße — this draft was saved by make live and should be gone by now.")
    raw = bytes(message)
    sender = Mailbox("", me)
    return Draft(
        key=key,
        revision=1,
        kind=Kind.THANK_YOU,
        account=me,
        sender=sender,
        to=sender,
        subject=str(message["Subject"]),
        text=str(message.get_content()),
        message_id=identity,
        raw=raw,
        fingerprint=Fingerprint(fingerprint_of(raw)),
        language="en",
        in_reply_to=parent.id if parent else None,
        references=(parent.id,) if parent else (),
        parent_ref=parent.ref if parent else None,
        thread=parent.thread if parent else None,
    )


def _told(name: str, work: Callable[[Callable[[str], None]], None]) -> bool:
    try:
        work(lambda text: print(f"{name}: {text}"))
    except (BackendError, AssertionError) as error:
        print(f"{name}: FAILED: {error}")
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
