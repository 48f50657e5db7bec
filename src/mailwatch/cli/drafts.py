"""`drafts list|show|diff|make|discard|tidy`: mailwatch's own drafts, what became of them, and what the user wants of them."""

from __future__ import annotations

from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import getaddresses
from typing import TYPE_CHECKING

import click

from mailwatch.cli.hands import anew
from mailwatch.cli.own_drafts import discard, make, refused, row_named, tidy
from mailwatch.cli.planning import plan_of
from mailwatch.cli.session import Session
from mailwatch.core.model import Draft, LedgerRow, LedgerState, Refusal
from mailwatch.errors import BackendError, UsageError
from mailwatch.render.detail import draft_lines
from mailwatch.render.ids import short_ids
from mailwatch.render.jsonform import document, instant
from mailwatch.render.screen import Span, line, pad, shown
from mailwatch.render.words import LETTERS, day_time

if TYPE_CHECKING:
    from mailwatch.tick import Doors

STATES = {
    LedgerState.INTENDED: "being saved",
    LedgerState.SAVED: "lies in Drafts",
    LedgerState.EDITED: "edited by you",
    LedgerState.GONE: "gone from Drafts",
    LedgerState.SENT: "sent by you",
    LedgerState.REMOVED: "deleted by you",
}


@click.group(invoke_without_command=True)
@click.pass_context
def drafts(context: click.Context) -> None:
    """List, show, compare, make and discard the drafts of mailwatch. None is ever changed or deleted by itself."""
    if context.invoked_subcommand is None:
        context.invoke(list_drafts, everything=False)


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
            pad(STATES[row.state], 17),
            day_time(row.at, session.zone, session.now, session.days),
            hang=6,
            folds=3,
        )
        for row in rows
    )


@drafts.command("show")
@click.argument("which", metavar="ID|PERSON")
@click.option("--new", "as_new", is_flag=True, help="The text that it would have now, after a later debrief.")
@click.pass_obj
def show_draft(session: Session, which: str, as_new: bool) -> None:
    """Print one draft as it was saved, with its state."""
    with session.store() as store:
        row = row_named(store, which)
        letter = anew(session, store, plan_of(session, store), row.key) if as_new else None
    if letter is not None:
        _show_new(session, row, letter)
        return
    subject, text = subject_and_text(row.raw)
    if session.json:
        session.write(
            document("drafts show", session.now, draft={**_form(row, row.key), "subject": subject, "text": text})
        )
        return
    session.show(
        [
            line(Span(f"{LETTERS[row.kind]}, {STATES[row.state]}", "strong")),
            line(f"To: {shown(row.recipient, 200)}"),
            line(f"Subject: {shown(subject, 300)}"),
            line(""),
            *(line(shown(paragraph, 5000)) for paragraph in text.split("\n")),
        ]
    )


def _show_new(session: Session, row: LedgerRow, letter: Draft | Refusal) -> None:
    if isinstance(letter, Refusal):
        raise refused(letter, next_step=f"mailwatch drafts show {row.key[:8]} prints the one that was saved")
    if session.json:
        form = {**_form(row, row.key), "subject": letter.subject, "text": letter.text.rstrip("\n")}
        session.write(document("drafts show", session.now, draft=form, left_out=list(letter.left_out)))
        return
    session.show([*draft_lines(letter), *(line(shown(reason, 300)) for reason in letter.left_out)])


@drafts.command("diff")
@click.argument("which", metavar="ID|PERSON")
@click.pass_obj
def diff_draft(session: Session, which: str) -> None:
    """Compare a draft as mailwatch saved it with what lies in the mailbox now. Nothing is written."""
    from mailwatch.tick.configured import open_doors

    with session.store() as store:
        row = row_named(store, which)
    with open_doors(session.settings) as doors:
        now = _as_it_lies(doors, row)
    if now is None:
        raise UsageError("that draft lies nowhere any more", next_step=f"mailwatch drafts show {row.key[:8]}")
    changes = _changes(row.raw, now)
    if session.json:
        session.write(document("drafts diff", session.now, draft=_form(row, row.key), changes=changes))
        return
    session.show(line(shown(change, 5000)) for change in changes or ["No difference."])


def _as_it_lies(doors: Doors, row: LedgerRow) -> bytes | None:
    """The draft's bytes in the mailbox; where it left Drafts, those of what became of it."""
    from mailwatch.tick.letters import draft_from_row

    account = next((one for one in doors.accounts if one.address == row.account), None)
    if account is None:
        raise UsageError(f"the account {row.account} is not in the configuration", next_step="mailwatch config show")
    if isinstance(account.backend, BackendError):
        raise account.backend
    raw = account.backend.read_draft(row.ref) if row.ref is not None else None
    if raw is not None:
        return raw
    for found in account.backend.find_draft(draft_from_row(row, doors.parser)):
        raw = found.raw if found.raw is not None else account.backend.read_draft(found.ref)
        if raw is not None:
            return raw
    return None


def _changes(ours: bytes, theirs: bytes) -> list[str]:
    from difflib import unified_diff

    before, after = (
        [f"To: {to}", f"Subject: {subject}", "", *text.split("\n")]
        for to, subject, text in ((_recipients(raw), *subject_and_text(raw)) for raw in (ours, theirs))
    )
    return [change.rstrip("\n") for change in unified_diff(before, after, "saved", "now", lineterm="")]


def _recipients(raw: bytes) -> str:
    message = message_from_bytes(raw)
    fields = [str(value) for name in ("To", "Cc", "Bcc") for value in message.get_all(name, [])]
    return ", ".join(address for _, address in getaddresses(fields))


for _command in (make, discard, tidy):
    drafts.add_command(_command)


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


def subject_and_text(raw: bytes) -> tuple[str, str]:
    """A letter's subject and text, decoded."""
    message = message_from_bytes(raw)
    payload = message.get_payload(decode=True)
    text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return str(make_header(decode_header(str(message.get("Subject", ""))))), text.replace("\r\n", "\n").rstrip("\n")
