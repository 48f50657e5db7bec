"""Texts and calendars of messages: their structure first, then the parts worth it, grouped so that few commands do.

A structure that a look has just seen is remembered, and not asked for again: a turn less, and a tenth of the bytes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from mailwatch.backends.imap import replies
from mailwatch.backends.imap.cursor import parts_of_ref, ref_of
from mailwatch.backends.imap.folders import Folder, Folders, opened, opening
from mailwatch.backends.imap.listing import READING_HEADER, header_in
from mailwatch.backends.imap.rebuilding import message_from_parts
from mailwatch.backends.imap.replies import Value
from mailwatch.backends.imap.session import Session
from mailwatch.backends.imap.structure import Excerpt, Node, Structures, node_from_bytes, wanted_of
from mailwatch.backends.imap.trouble import failure
from mailwatch.core.model import Fetched, MessageRef

_AT_ONCE = 500
_PAYS = 20
_CUTS = b"<0."

_Place = tuple[Folder, int]
_Plan = dict[int, tuple[Node, dict[str, Excerpt]]]


class Fetch:
    """One fetch of some messages. What has vanished, moved or been numbered anew is skipped."""

    def __init__(self, account: str, session: Session, folders: Folders, seen: Structures) -> None:
        self._account = account
        self._session = session
        self._folders = folders
        self._seen = seen

    def of(self, refs: Sequence[MessageRef]) -> Iterator[Fetched]:
        """The messages, in any order."""
        wanted: defaultdict[_Place, list[int]] = defaultdict(list)
        for ref in refs:
            place = parts_of_ref(ref)
            folder = self._folders.named(place[0]) if place else None
            if place and folder:
                wanted[folder, place[1]].append(place[2])
        if len(refs) > _PAYS:
            self._session.compress()
        structures = self._structures({place: sorted(set(uids)) for place, uids in wanted.items()})
        yield from self._bodies(structures)

    def _structures(self, wanted: dict[_Place, list[int]]) -> dict[_Place, _Plan]:
        """What each message is made of, and which of its sections to ask for."""
        steps: list[tuple[_Place, bytes]] = []
        found: dict[_Place, _Plan] = {}
        for place, uids in wanted.items():
            known = {uid: seen for uid in uids if (seen := self._seen.pop(place[0].name, place[1], uid))}
            found[place] = {uid: _planned(seen) for uid, seen in known.items()}
            unknown = replies.sets_from_uids([uid for uid in uids if uid not in known], _AT_ONCE)
            if unknown:
                steps.append((place, opening(place[0])))
                steps += [(place, b"UID FETCH %s (UID BODYSTRUCTURE)" % part) for part in unknown]
        for place, items in self._messages(steps):
            found[place][replies.number(items, b"UID")] = _planned(replies.words(items, b"BODYSTRUCTURE"))
        return found

    def _bodies(self, structures: dict[_Place, _Plan]) -> Iterator[Fetched]:
        steps: list[tuple[_Place, bytes]] = []
        for place, plan in structures.items():
            groups: defaultdict[bytes, list[int]] = defaultdict(list)
            for uid, (_, sections) in plan.items():
                groups[_items_for(sections)].append(uid)
            if groups:
                steps.append((place, opening(place[0])))
            for items, uids in groups.items():
                at_once = 1 if _CUTS in items else _AT_ONCE
                steps += [
                    (place, b"UID FETCH %s %s" % (part, items))
                    for part in replies.sets_from_uids(sorted(uids), at_once)
                ]
        for place, message in self._messages(steps):
            uid = replies.number(message, b"UID")
            if uid in structures[place]:
                yield _fetched(place, uid, message, *structures[place].pop(uid))

    def _messages(self, steps: list[tuple[_Place, bytes]]) -> Iterator[tuple[_Place, dict[bytes, Value]]]:
        """Messages as they come. NO may only mean that some were expunged meanwhile (RFC 2180 §4.1)."""
        at, valid = 0, False
        for got in self._session.stream(words for _, words in steps):
            place, words = steps[at]
            if isinstance(got, bytes):
                if valid and (message := replies.message_in(got)):
                    yield place, message
                continue
            at += 1
            if words.startswith(b"EXAMINE"):
                valid = opened(self._account, place[0], got) == place[1]
            elif valid and got.status == "BAD":
                folder = place[0].shown
                raise failure(self._account, got, f"Messages in {folder} of {self._account} can't be read")


def _planned(structure: bytes) -> tuple[Node, dict[str, Excerpt]]:
    node = node_from_bytes(structure)
    return node, wanted_of(node)


def _items_for(sections: dict[str, Excerpt]) -> bytes:
    """Only what is too long is cut by the server, and one message a time: some cut only the first one's parts rightly."""
    bodies = "".join(
        f" BODY.PEEK[{section}]" + ("" if excerpt.whole else f"{_CUTS.decode()}{excerpt.limit}>")
        for section, excerpt in sections.items()
    )
    return b"(UID " + READING_HEADER + bodies.encode() + b")"


def _fetched(place: _Place, uid: int, message: dict[bytes, Value], node: Node, sections: dict[str, Excerpt]) -> Fetched:
    bodies = {
        section: replies.words(message, f"BODY[{section}]".encode())[: excerpt.limit]
        for section, excerpt in sections.items()
    }
    cut = any(len(bodies[section]) >= excerpt.limit for section, excerpt in sections.items())
    raw = message_from_parts(header_in(message), node, bodies)
    return Fetched(MessageRef(ref_of(place[0].name, place[1], uid)), complete=not cut, raw=raw)
