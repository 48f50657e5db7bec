"""`drafts list|show`: mailwatch's own drafts and what became of them."""

from __future__ import annotations

from email import message_from_bytes
from email.header import decode_header, make_header
from typing import TYPE_CHECKING

import click

from mailwatch.cli.session import Session
from mailwatch.core.model import LedgerRow, LedgerState
from mailwatch.errors import UsageError
from mailwatch.render.ids import SHORTEST, short_ids
from mailwatch.render.jsonform import document, instant
from mailwatch.render.screen import Span, line, pad, shown
from mailwatch.render.words import LETTERS, day_time

if TYPE_CHECKING:
    from mailwatch.store import Store

_STATES = {
    LedgerState.INTENDED: "being saved",
    LedgerState.SAVED: "lies in Drafts",
    LedgerState.EDITED: "edited by you",
    LedgerState.GONE: "gone from Drafts",
    LedgerState.SENT: "sent by you",
    LedgerState.REMOVED: "deleted by you",
}


@click.group()
def drafts() -> None:
    """List and show the drafts that mailwatch has saved. None is ever changed or deleted by itself."""


@drafts.command("list")
@click.option("--all", "everything", is_flag=True, help="Sent and deleted ones too.")
@click.pass_obj
def list_drafts(session: Session, everything: bool) -> None:
    """List the drafts that lie in the mailbox."""
    with session.store() as store:
        rows = [
            row for row in store.ledger.rows() if everything or row.state not in {LedgerState.SENT, LedgerState.REMOVED}
        ]
    ids = short_ids(row.key for row in rows)
    if session.json:
        session.write(document("drafts list", session.now, drafts=[_form(row, ids[row.key]) for row in rows]))
        return
    if not rows:
        session.say(
            "No drafts." if everything else "No drafts; `mailwatch drafts list --all` shows sent and deleted ones."
        )
    session.show(
        line(
            Span(pad(ids[row.key], 6), "dim"),
            pad(LETTERS[row.kind], 12),
            pad(shown(row.recipient, 60), 34),
            " ",
            pad(_STATES[row.state], 17),
            day_time(row.at, session.zone, session.now),
        )
        for row in rows
    )


@drafts.command("show")
@click.argument("which", metavar="ID|PERSON")
@click.pass_obj
def show_draft(session: Session, which: str) -> None:
    """Print one draft as it was saved, with its state."""
    with session.store() as store:
        row = _row_named(store, which)
    subject, text = _subject_and_text(row.raw)
    if session.json:
        session.write(
            document("drafts show", session.now, draft={**_form(row, row.key), "subject": subject, "text": text})
        )
        return
    session.show(
        [
            line(Span(f"{LETTERS[row.kind]}, {_STATES[row.state]}", "strong")),
            line(f"To: {shown(row.recipient, 200)}"),
            line(f"Subject: {shown(subject, 300)}"),
            line(""),
            *(line(shown(paragraph, 5000)) for paragraph in text.split("\n")),
        ]
    )


def _row_named(store: Store, word: str) -> LedgerRow:
    rows = store.ledger.rows()
    matches = [row for row in rows if len(word) >= SHORTEST and row.key.startswith(word)]
    matches = matches or [row for row in rows if word.casefold() in row.recipient]
    if not matches:
        raise UsageError(f"no draft belongs to “{shown(word, 60)}”", next_step="mailwatch drafts list --all")
    return matches[-1]


def _form(row: LedgerRow, identity: str) -> dict[str, object]:
    return {
        "id": identity,
        "key": row.key,
        "revision": row.revision,
        "kind": row.kind.value,
        "account": row.account,
        "to": row.recipient,
        "state": row.state.value,
        "since": instant(row.at),
        "link": row.link or None,
    }


def _subject_and_text(raw: bytes) -> tuple[str, str]:
    message = message_from_bytes(raw)
    payload = message.get_payload(decode=True)
    text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return str(make_header(decode_header(str(message.get("Subject", ""))))), text.replace("\r\n", "\n").rstrip("\n")
