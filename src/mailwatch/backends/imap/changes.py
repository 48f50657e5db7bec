"""What is new on the server since a bookmark: a date search where there is much, ranges of UIDs where there is little."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from mailwatch.backends.base import Changes
from mailwatch.backends.imap import replies
from mailwatch.backends.imap.cursor import Bookmark, Mark, cursor_from_bookmark
from mailwatch.backends.imap.folders import Folder, Folders, opened, opening
from mailwatch.backends.imap.listing import Listed, envelopes_of, listed_items
from mailwatch.backends.imap.session import Reply, Session
from mailwatch.backends.imap.structure import Structures
from mailwatch.backends.imap.trouble import failure
from mailwatch.core.model import Envelope, SpecialUse
from mailwatch.errors import BackendError, CursorExpired
from mailwatch.sandbox import Parser, Unreadable

PAGE = 1_000
_FEW = 500
_PAYS = 200  # messages from which compression saves more than its turn costs
_MANY = 2_000  # messages from which an extended search answer is worth its quirks
_DAY = timedelta(days=1)


@dataclass(slots=True)
class _New:
    """A folder with something new. sets: UIDs to fetch, one set a page."""

    folder: Folder
    first: int
    sets: list[bytes] = field(default_factory=list)


class Look:
    """One pass over all folders but Drafts."""

    def __init__(
        self, account: str, session: Session, folders: Folders, bookmark: Bookmark, parser: Parser, seen: Structures
    ) -> None:
        self._account = account
        self._session = session
        self._folders = watched(folders, session)
        self._bookmark = bookmark
        self._parser = parser
        self._seen = seen
        self._problems: Counter[str] = Counter()

    def pages(self) -> Iterator[Changes[Envelope]]:
        """The pages, one for each set of UIDs, and a last one that alone covers anything."""
        known = {folder.name for folder in self._folders}
        for name in set(self._bookmark.folders) - known:
            del self._bookmark.folders[name]
        news = self._searched([new for folder in self._folders if (new := self._new_in(folder)) is not None])
        if news and self._expected(news) > _PAYS:
            self._session.compress()
        yield from self._fetched(news)
        problems = tuple(_counted(count, problem) for problem, count in sorted(self._problems.items()))
        yield Changes((), cursor_from_bookmark(self._bookmark), covers_from=self._bookmark.since, problems=problems)

    def _new_in(self, folder: Folder) -> _New | None:
        mark, counts = self._bookmark.folders.get(folder.name), folder.counts
        first = mark.next_uid if mark else 1
        nothing = counts.next_uid is not None and counts.next_uid <= first
        if counts.messages == 0 and counts.next_uid is not None and counts.validity is not None:
            self._note(folder, counts.validity, counts.next_uid)
            nothing = True
        return None if nothing and counts.validity is not None else _New(folder, first)

    def _searched(self, news: list[_New]) -> list[_New]:
        """Tell what to fetch: of few all from the first new UID on, of many those that a search by date finds."""
        many = [new for new in news if not self._is_little(new)]
        for new in news:
            if self._is_little(new):
                new.sets = [b"%d:*" % new.first]
        if many:
            commands = [words for new in many for words in (opening(new.folder), self._search(new))]
            answers = iter(self._session.run(*commands))
            for new in many:
                self._take_search(new, next(answers), next(answers))
        return [new for new in news if new.sets]

    @staticmethod
    def _is_little(new: _New) -> bool:
        upper = new.folder.counts.next_uid
        return new.first > 1 and upper is not None and upper - new.first <= _FEW

    def _search(self, new: _New, *, extended: bool = True) -> bytes:
        date = replies.date_for_search(self._bookmark.since - _DAY)
        large = (new.folder.counts.messages or 0) > _MANY
        returned = "RETURN (ALL) " if extended and large and self._session.can("ESEARCH") else ""
        return f"UID SEARCH {returned}UID {new.first}:* SINCE {date}".encode()

    def _take_search(self, new: _New, examined: Reply, searched: Reply) -> None:
        validity = self._opened(new.folder, examined)
        if validity is None:
            return
        uids = self._uids(new, searched)
        new.sets = replies.sets_from_uids(uids, PAGE) if uids else []
        if not uids:
            self._note(new.folder, validity, new.folder.counts.next_uid or examined.said(b"UIDNEXT") or new.first)

    def _uids(self, new: _New, searched: Reply) -> list[int]:
        if searched.ok:
            uids = [uid for uid in replies.uids_in(searched) if uid >= new.first]
            if uids or b"RETURN" not in searched.command.words:
                return uids
        # No search by date, or an extended answer without its list: asked again in the plainest words.
        _, plain = self._session.run(opening(new.folder), self._search(new, extended=False))
        if not plain.ok:
            _, plain = self._session.run(opening(new.folder), b"UID SEARCH UID %d:*" % new.first)
        if not plain.ok:
            raise failure(self._account, plain, f"The folder {new.folder.shown} of {self._account} can't be listed")
        return [uid for uid in replies.uids_in(plain) if uid >= new.first]

    def _expected(self, news: list[_New]) -> int:
        return sum(PAGE if len(new.sets) > 1 else (new.folder.counts.next_uid or PAGE) - new.first for new in news)

    def _fetched(self, news: list[_New]) -> Iterator[Changes[Envelope]]:
        items = listed_items(self._session)
        steps = [(new, words) for new in news for words in (opening(new.folder), *(b"UID FETCH %s %s" % (uids, items) for uids in new.sets))]  # fmt: skip
        validity: int | None = None
        left = {new.folder.name: len(new.sets) for new in news}
        for (new, words), reply in zip(steps, self._session.flow(words for _, words in steps), strict=True):
            if words.startswith(b"EXAMINE"):
                validity = self._opened(new.folder, reply)
                continue
            if validity is None:
                continue
            left[new.folder.name] -= 1
            page = self._page(new, validity, reply, is_last=not left[new.folder.name])
            yield Changes(page, cursor_from_bookmark(self._bookmark))

    def _page(self, new: _New, validity: int, reply: Reply, *, is_last: bool) -> tuple[Envelope, ...]:
        found = [Listed(new.folder, validity, items) for items in replies.fetched_in(reply)]
        found = sorted((each for each in found if each.uid >= new.first), key=lambda each: each.uid)
        if not reply.ok:
            self._missed(new.folder, reply)
        mails = [each for each in found if not each.is_draft]
        envelopes = tuple(envelope for each in envelopes_of(mails, self._parser) if (envelope := self._kept(*each)))
        mark = self._bookmark.folders.get(new.folder.name)
        after = max([mark.next_uid if mark else 1, *(each.uid + 1 for each in found)])
        self._note(new.folder, validity, max(after, new.folder.counts.next_uid or 0) if is_last else after)
        return envelopes

    def _missed(self, folder: Folder, reply: Reply) -> None:
        """Some servers fetch what they can and then say NO; anything else is an error."""
        error = failure(self._account, reply, f"The folder {folder.shown} of {self._account} can't be read")
        if reply.status != "NO" or type(error) is not BackendError or not reply.untagged:
            raise error
        self._problems[f"in {folder.shown} can't be read by the server"] += 1

    def _kept(self, listed: Listed, envelope: Envelope | Unreadable) -> Envelope | None:
        if isinstance(envelope, Unreadable):
            self._problems[f"in {listed.folder.shown} can't be understood"] += 1
            return None
        self._seen.keep(listed.folder.name, listed.validity, listed.uid, replies.words(listed.items, b"BODYSTRUCTURE"))
        moments = [moment for moment in (envelope.date, envelope.received) if moment is not None]
        return envelope if not moments or max(moments) >= self._bookmark.since else None

    def _opened(self, folder: Folder, reply: Reply) -> int | None:
        """The folder's UIDVALIDITY. One of the user's own that may not be opened is named and passed over."""
        try:
            validity = opened(self._account, folder, reply)
        except BackendError as error:
            if folder.use is not SpecialUse.OTHER or type(error) is not BackendError:
                raise
            self._problems[f"folder {folder.shown} can't be opened"] += 1
            return None
        mark = self._bookmark.folders.get(folder.name)
        if mark is not None and mark.validity != validity:  # numbered anew in this very minute
            del self._bookmark.folders[folder.name]
            message = f"1 folder was numbered anew by the server of {self._account}: its mail is listed anew."
            raise CursorExpired(self._account, message, resume=cursor_from_bookmark(self._bookmark))
        return validity

    def _note(self, folder: Folder, validity: int, next_uid: int) -> None:
        self._bookmark.folders[folder.name] = Mark(validity, next_uid, folder.use)


def watched(folders: Folders, session: Session) -> tuple[Folder, ...]:
    """The folders to look into. Gmail's All Mail holds everything but Trash and Spam, with labels that tell the rest.

    One with less in it than INBOX or Sent holds not everything, whatever it is called.
    """
    everything = sum(each.counts.messages or 0 for each in folders.of(SpecialUse.ALL))
    parts = [each.counts.messages or 0 for each in folders.of(SpecialUse.INBOX, SpecialUse.SENT)]
    if session.can("X-GM-EXT-1") and folders.of(SpecialUse.ALL) and everything >= max(parts, default=0):
        return folders.of(SpecialUse.ALL, SpecialUse.TRASH, SpecialUse.JUNK)
    return tuple(each for each in folders.every if each.use is not SpecialUse.DRAFTS)


def _counted(count: int, problem: str) -> str:
    return f"{count} {'message' if count == 1 else 'messages'} {problem}" if problem.startswith("in ") else problem
