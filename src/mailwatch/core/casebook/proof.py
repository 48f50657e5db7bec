"""Which addresses are seen to belong to the other side, and which only stand on a guest list (RULES §2, §8).

Whoever writes an invitation can put anybody on it. A guest counts as one of them who wrote, or was written to, in
this process; whom the text names; who sits at a firm that wrote or is named; whom the user put there. Agencies, and
tools that send invitations, invite people of one other firm by trade. Everybody else is a stranger: asked about, and
not written to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from mailwatch.core.casebook.agencies import SURE_NAME
from mailwatch.core.casebook.names import company_key, label_of, same_full_name
from mailwatch.core.casebook.traces import AddressBook, Trace, mentions_of
from mailwatch.core.model import Address, Meeting

_LISTED = frozenset({"attendee", "organizer", "sender", "recipient"})
_GUESSED = "domain"
"""The source of a firm's name that was only taken from an address."""
_SHORTEST = 3


class Proof:
    """What the traces of one process show about addresses. Worked out when it is first asked for.

    Args:
        agencies: firms that arrange interviews at other firms.
    """

    def __init__(self, traces: Iterable[Trace], book: AddressBook, agencies: frozenset[str] = frozenset()) -> None:
        self._traces = [trace for trace in traces if not trace.suspicious]
        self._book = book
        self._agencies = agencies

    def address_of(self, addresses: Sequence[Address], names: Iterable[str]) -> Address | None:
        """The first address that anything but a guest list shows to be one of theirs; None: the person is a stranger.

        A name that a text gives counts only where no other address of that name does: anybody can be called Rita.
        Nor does it count for an address that goes by two names, of which the text gives one.
        """
        shown = next((address for address in addresses if self._is_shown(address)), None)
        if shown is None and self._gives([name for name in names if same_full_name(name, name)]):
            return next(iter(addresses), None)
        return shown

    def _gives(self, names: Sequence[str]) -> bool:
        """Does a text give the one name that all these full names are forms of?"""
        return bool(names) and any(all(same_full_name(name, named) for name in names) for named in self._named)

    def _is_shown(self, address: Address) -> bool:
        if address in self._seen or address in self._invited or self._book.at_home(address):
            return True
        firm = self._book.firm(address)
        return bool(firm) and (self._is_theirs(firm) or self._is_named(firm))

    def _is_theirs(self, firm: str) -> bool:
        return label_of(firm) in self._labels

    def _is_named(self, firm: str) -> bool:
        """Does a text name the firm? "Acme Robotics" may sit at acme.example, but "Acme" not at acme-careers.example."""
        label = label_of(firm)
        return len(label) >= _SHORTEST and any(key.startswith(label) for key in self._companies)

    @cached_property
    def _seen(self) -> frozenset[Address]:
        """Who wrote, whom the user wrote to, who organizes an entry of the user's calendar, whom a text gives with the address."""
        return frozenset(address for trace in self._traces for address in self._shown_by(trace))

    def _shown_by(self, trace: Trace) -> Iterator[Address]:
        if trace.sender is not None and not trace.outgoing:
            yield trace.sender.address
        if trace.outgoing and trace.envelope is not None:
            yield from (box.address for box in trace.envelope.recipients)
        for meeting in trace.reading.meetings:
            if meeting.organizer is not None and trace.envelope is None and meeting.uid not in self._mailed:
                yield meeting.organizer
        yield from (
            mention.address
            for mention in mentions_of(trace)
            if mention.address is not None and (mention.named or mention.source not in _LISTED)
        )

    @cached_property
    def _mailed(self) -> frozenset[str]:
        """Calendar objects that came by mail: their organizer is whoever that mail says."""
        mailed = (trace for trace in self._traces if trace.envelope is not None)
        return frozenset(meeting.uid for trace in mailed for meeting in trace.reading.meetings if meeting.uid)

    @cached_property
    def _labels(self) -> frozenset[str]:
        """The firms of those who were seen; the same name under another suffix is the same firm."""
        return frozenset(label_of(firm) for address in self._seen if (firm := self._book.firm(address)))

    @cached_property
    def _companies(self) -> frozenset[str]:
        """Firms that a text names; a name that was only guessed from an address shows nothing."""
        return frozenset(
            company_key(name.text)
            for trace in self._traces
            for name in trace.reading.companies
            if name.source != _GUESSED and name.confidence >= SURE_NAME
        )

    @cached_property
    def _named(self) -> tuple[str, ...]:
        """People whom a text names."""
        mentions = (mention for trace in self._traces for mention in mentions_of(trace))
        return tuple(dict.fromkeys(each.name for each in mentions if each.named or each.source not in _LISTED))

    @cached_property
    def _invited(self) -> frozenset[Address]:
        """Guests of meetings whose organizer invites people of other firms by trade, or is the user."""
        pairs = ((trace, meeting) for trace in self._traces for meeting in trace.reading.meetings)
        return frozenset(address for trace, meeting in pairs for address in self._vouched(trace, meeting))

    def _vouched(self, trace: Trace, meeting: Meeting) -> Iterator[Address]:
        guests = [person for person in meeting.people if person.address is not None]
        if self._is_own(trace, meeting):
            yield from (guest.address for guest in guests if guest.address is not None)
        elif self._goes_between(trace, meeting):
            home = label_of(self._book.firm(meeting.organizer)) if meeting.organizer else ""
            firms = {guest.address: self._book.firm(guest.address) for guest in guests if guest.address is not None}
            away = {address: label_of(firm) for address, firm in firms.items() if firm and label_of(firm) != home}
            if len(set(away.values())) == 1:
                yield from away

    def _is_own(self, trace: Trace, meeting: Meeting) -> bool:
        """An entry that the user made."""
        if meeting.organizer is None:
            return trace.envelope is None
        return self._book.is_mine(meeting.organizer) or self._book.at_home(meeting.organizer)

    def _goes_between(self, trace: Trace, meeting: Meeting) -> bool:
        organizer = meeting.organizer or (trace.sender.address if trace.sender is not None else None)
        if organizer is None or self._book.tool(organizer) or trace.tool:
            return True
        return trace.reading.agency or self._book.firm(organizer) in self._agencies or self._book.is_agency(organizer)
