"""One draft into the one confirmed Drafts folder, and proof that it is there."""

from __future__ import annotations

from mailwatch.backends.base import Saved
from mailwatch.backends.imap import replies
from mailwatch.backends.imap.cursor import ref_of
from mailwatch.backends.imap.drafts import LARGEST
from mailwatch.backends.imap.folders import Folder, Folders, opened, opening
from mailwatch.backends.imap.session import Reply, Session
from mailwatch.backends.imap.trouble import failure
from mailwatch.core.model import Draft, DraftRef, SpecialUse
from mailwatch.errors import BackendError, DraftRefused, ProtocolError, TransientError

_LOOK = b"(UID BODY.PEEK[]<0.%d>)" % LARGEST


def save(draft: Draft, session: Session, folders: Folders, account: str) -> Saved:
    r"""APPEND the draft with \Draft and \Seen, then read back what the server has stored.

    Raises:
        BackendError: there is no Drafts folder, or it may send.
        DraftRefused: it can't be written to, or the mailbox is full. TransientError: the server is busy.
        ProtocolError: the server said that it stored the draft, and did not.
    """
    folder = target(folders, account)
    message = _crlf(draft.raw)
    session.confirm_drafts(folder.wire)
    session.run(*session.leaving)  # Courier appends nothing to a folder that is open for reading only
    reply = session.append(b"APPEND " + folder.wire + rb" (\Draft \Seen)", message)
    if not reply.ok:
        raise _refused(reply, folder, account)
    stored = _stored(reply, draft, session, folder, account)
    if stored is None:
        raise ProtocolError(
            account,
            f"The server of {account} said that it stored a draft in {folder.shown}, but there is none.",
            next_step=f"name another folder: drafts under [account.{account}]",
        )
    validity, uid, raw = stored
    ref = ref_of(folder.name, validity, uid)
    return Saved(DraftRef(ref), raw, stamp=ref.rpartition("#")[2])


def target(folders: Folders, account: str) -> Folder:
    """The one folder that drafts go to.

    Raises:
        BackendError: there is none, or it is called like an outbox.
    """
    folder = folders.required(SpecialUse.DRAFTS)[0]
    if folder.sends:
        raise BackendError(
            account,
            f"The Drafts folder of {account} is called {folder.shown}, and what lies in an outbox may be sent by the server.",
            next_step=f"name another folder: drafts under [account.{account}]",
        )
    return folder


def _stored(
    reply: Reply, draft: Draft, session: Session, folder: Folder, account: str
) -> tuple[int, int, bytes] | None:
    """UIDVALIDITY, UID and bytes of the message that was just stored: by APPENDUID (RFC 4315), else by looking for its id."""
    numbers = reply.argument.split() if reply.code == "APPENDUID" else []
    if len(numbers) == 2 and numbers[1].isdecimal():
        found = _read(session, folder, int(numbers[1]), account)
        if found is not None:
            return found
    examined, searched = session.run(opening(folder), b"UID SEARCH ALL")
    opened(account, folder, examined)
    for uid in sorted(replies.uids_in(searched), reverse=True)[:50]:  # the one that was just stored is the last
        found = _read(session, folder, uid, account)
        if found is not None and draft.message_id.encode() in found[2].partition(b"\r\n\r\n")[0]:
            return found
    return None


def _read(session: Session, folder: Folder, uid: int, account: str) -> tuple[int, int, bytes] | None:
    examined, reply = session.run(opening(folder), b"UID FETCH %d %s" % (uid, _LOOK))
    validity = opened(account, folder, examined)
    for message in replies.fetched_in(reply):
        if replies.number(message, b"UID") == uid:
            return validity, uid, replies.words(message, b"BODY[]")
    return None


def _refused(reply: Reply, folder: Folder, account: str) -> BackendError:
    where = f"the Drafts folder {folder.shown} of {account}"
    elsewhere = f"name another one: drafts under [account.{account}]"
    if reply.code == "OVERQUOTA":
        return DraftRefused(
            account,
            f"The mailbox of {account} is full: the draft is kept and saved later.",
            next_step="make room in the mailbox",
        )
    if reply.code == "TRYCREATE":
        message = f"There is no folder any more where {where} was, and mailwatch creates none."
        return DraftRefused(account, message, next_step=elsewhere)
    if reply.code in {"READ-ONLY", "NOPERM", "CANNOT"}:
        return DraftRefused(account, f"Nothing may be stored in {where}: it is read-only.", next_step=elsewhere)
    error = failure(account, reply, f"A draft can't be stored in {where}")
    if isinstance(error, TransientError):
        return error
    return DraftRefused(account, error.message, next_step=error.next_step)


def _crlf(raw: bytes) -> bytes:
    """Lines end in CRLF, and there is no NUL (RFC 3501 §2.3.4)."""
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n").replace(b"\0", b"")
