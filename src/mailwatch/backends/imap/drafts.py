"""Drafts on a server: listed, found again wherever they went, read, and discarded while untouched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from mailwatch.backends.base import Found, FoundPlace
from mailwatch.backends.evidence import draft_seen, evidence_for, written_at
from mailwatch.backends.imap import replies
from mailwatch.backends.imap.cursor import parts_of_ref
from mailwatch.backends.imap.folders import Folder, Folders, opened, opening
from mailwatch.backends.imap.listing import DRAFT_HEADER, Listed, envelopes_of
from mailwatch.backends.imap.replies import date_for_search
from mailwatch.backends.imap.session import Reply, Session
from mailwatch.backends.imap.trouble import failure
from mailwatch.core.identity import fingerprint_of
from mailwatch.core.model import Address, Draft, DraftRef, DraftSeen, Envelope, Fingerprint, SpecialUse
from mailwatch.sandbox import Parser, Unreadable

LARGEST = 2_000_000
_PLACES = {
    SpecialUse.DRAFTS: FoundPlace.DRAFTS,
    SpecialUse.SENT: FoundPlace.SENT,
    SpecialUse.TRASH: FoundPlace.TRASH,
}
_ITEMS = b"(UID FLAGS INTERNALDATE RFC822.SIZE " + DRAFT_HEADER + b")"
_WHOLE = b"(UID FLAGS BODY.PEEK[]<0.%d>)" % LARGEST
_SLACK = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class DraftBox:
    """The drafts of one account. name: the account's name in the configuration."""

    account: Address
    name: str
    session: Session
    folders: Folders
    parser: Parser

    def listing(self) -> tuple[DraftSeen, ...]:
        """Every draft in the Drafts folders that is not flagged as deleted.

        Raises:
            BackendError: there is no Drafts folder, or one can't be listed.
        """
        drafts = self.folders.required(SpecialUse.DRAFTS)
        listed = self._listed([(folder, b"1:*") for folder in drafts])
        live = [each for each in listed if rb"\deleted" not in each.flags]
        return tuple(
            draft_seen(self.account, DraftRef(each.ref), each.ref.rpartition("#")[2], _readable(envelope))
            for each, envelope in envelopes_of(live, self.parser)
        )

    def find(self, draft: Draft) -> tuple[Found, ...]:
        """Where the draft lies in Drafts, Sent and Trash, within one folder the oldest first.

        Raises:
            BackendError: there is no Drafts or Sent folder, or one of the three can't be listed.
        """
        drafts = self.folders.required(SpecialUse.DRAFTS)
        self.folders.required(SpecialUse.SENT)
        others = self.folders.of(SpecialUse.SENT, SpecialUse.TRASH)
        wanted = [(folder, b"1:*") for folder in drafts] + self._candidates(draft, others)
        found: list[Found] = []
        for each, envelope in envelopes_of(list(self._listed(wanted)), self.parser):
            place = _place_of(each)
            by = "" if isinstance(envelope, Unreadable) else evidence_for(draft, envelope, place)
            if by and not isinstance(envelope, Unreadable):
                stamp = each.ref.rpartition("#")[2]
                found.append(Found(place, DraftRef(each.ref), by, date=envelope.at, stamp=stamp))
        return tuple(found)

    def read(self, ref: DraftRef) -> bytes | None:
        """The draft's bytes as they are now; None where it is gone or flagged as deleted."""
        place = self._place(ref)
        if place is None:
            return None
        examined, reply = self.session.run(opening(place[0]), b"UID FETCH %d %s" % (place[2], _WHOLE))
        if opened(self.name, place[0], examined) != place[1]:
            return None
        if reply.status == "BAD":
            raise failure(self.name, reply, f"A draft of {self.name} can't be read")
        found = [each for each in replies.fetched_in(reply) if replies.number(each, b"UID") == place[2]]
        if not found or rb"\deleted" in replies.flags(found[0]):
            return None
        return replies.words(found[0], b"BODY[]")

    def discard(self, ref: DraftRef, unchanged_from: Fingerprint) -> bool:
        """Delete the draft if its fingerprint is this one. A message never changes under its UID: an edit has another one.

        Without UIDPLUS nothing is deleted: a plain EXPUNGE would take other messages with it.
        """
        place = self._place(ref)
        raw = self.read(ref) if place and self.session.can("UIDPLUS") else None
        if place is None or raw is None or fingerprint_of(raw) != unchanged_from:
            return False
        folder, validity, uid = place
        self.session.confirm_drafts(folder.wire)
        (selected,) = self.session.run(b"SELECT " + folder.wire)
        if opened(self.name, folder, selected) != validity:
            return False
        marked, expunged = self.session.run(b"UID STORE %d +FLAGS.SILENT (\\Deleted)" % uid, b"UID EXPUNGE %d" % uid)
        if marked.ok and not expunged.ok:
            self.session.run(b"UID STORE %d -FLAGS.SILENT (\\Deleted)" % uid)
        self.session.run(opening(folder))
        return marked.ok and expunged.ok

    def _candidates(self, draft: Draft, others: Sequence[Folder]) -> list[tuple[Folder, bytes]]:
        """Messages in Sent and Trash that could be the draft: those with its id, and those to that person since it was written.

        A server that can't search for the id is asked for everything since then.
        """
        written = written_at(draft)
        since = date_for_search(written - _SLACK) if written else ""
        by_id = f'UID SEARCH HEADER Message-ID "{draft.message_id}"'.encode()
        by_person = f'UID SEARCH SINCE {since} TO "{draft.to.address}"'.encode() if since else by_id
        searches = [words for words in (by_id, by_person) if words.isascii() and _is_clean(words)]
        commands = [words for folder in others for words in (opening(folder), *searches)]
        answers = iter(self.session.run(*commands))
        wanted: list[tuple[Folder, bytes]] = []
        for folder in others:
            opened(self.name, folder, next(answers))
            found = [next(answers) for _ in searches]
            if len(found) < 2 or not all(reply.ok for reply in found):
                found = [self._since(folder, since)]
            uids = sorted({uid for reply in found for uid in replies.uids_in(reply)})
            wanted += [(folder, part) for part in replies.sets_from_uids(uids, 1_000)] if uids else []
        return wanted

    def _since(self, folder: Folder, since: str) -> Reply:
        examined, searched = self.session.run(
            opening(folder), f"UID SEARCH SINCE {since}".encode() if since else b"UID SEARCH ALL"
        )
        opened(self.name, folder, examined)
        if not searched.ok:
            raise failure(self.name, searched, f"The folder {folder.shown} of {self.name} can't be searched")
        return searched

    def _listed(self, wanted: Sequence[tuple[Folder, bytes]]) -> Iterator[Listed]:
        """The messages of some folders, in order of UID."""
        commands = [
            words for folder, uids in wanted for words in (opening(folder), b"UID FETCH %s %s" % (uids, _ITEMS))
        ]
        answers = iter(self.session.run(*commands))
        for folder, _ in wanted:
            validity = opened(self.name, folder, next(answers))
            reply = next(answers)
            found = [Listed(folder, validity, items) for items in replies.fetched_in(reply)]
            if not reply.ok and not _is_empty(reply):
                raise failure(self.name, reply, f"The folder {folder.shown} of {self.name} can't be listed")
            yield from sorted(found, key=lambda each: each.uid)

    def _place(self, ref: DraftRef) -> tuple[Folder, int, int] | None:
        parts = parts_of_ref(ref)
        folder = self.folders.named(parts[0]) if parts else None
        if parts is None or folder is None or folder.use is not SpecialUse.DRAFTS:
            return None
        return folder, parts[1], parts[2]


def _readable(envelope: Envelope | Unreadable) -> Envelope | None:
    return None if isinstance(envelope, Unreadable) else envelope


def _place_of(listed: Listed) -> FoundPlace:
    if listed.folder.use is SpecialUse.DRAFTS and rb"\deleted" in listed.flags:
        return FoundPlace.TRASH
    return _PLACES[listed.folder.use]


def _is_clean(words: bytes) -> bool:
    """Two quotation marks and no way out of them."""
    return words.count(b'"') == 2 and b"\\" not in words and words.isascii() and all(byte >= 32 for byte in words)


def _is_empty(reply: Reply) -> bool:
    """Some servers refuse "1:*" where there is nothing to fetch."""
    return not reply.untagged or any(b" 0 EXISTS" in line.upper() for line in reply.untagged)
