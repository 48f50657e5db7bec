"""Which messages are worth reading whole, told from their envelopes alone; and what a server may be asked for.

Reading costs a fetch. All personal mail is read, and everything with a calendar object, from a hiring system, or from
somebody of a known process. Newsletters, lists and robots are read only where their subject speaks of the user's
application or interview.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailwatch.core.addresses import (
    is_alert_sender,
    is_free_mail,
    is_machine,
    is_shared_box,
    registrable_domain,
    sending_tool,
    tool_kind,
)
from mailwatch.core.lexicon import Lexicon
from mailwatch.core.model import (
    Address,
    Detection,
    Direction,
    Envelope,
    Facts,
    Interest,
    Mail,
    MarkKind,
    Me,
    MessageKind,
    Reading,
    SpecialUse,
)
from mailwatch.core.text import bare_subject

HIRING_TOOLS = frozenset(("ats", "scheduling", "assessment", "signing", "screening", "calendar", "video"))
"""Kinds of sending systems whose every mail is read."""
ABOUT_ME = ("yours", "job_yours", "interview", "assessment", "ack")
"""Categories of phrases: a subject with one of them is about the user's own application."""
ABOUT_JOBS = (
    *ABOUT_ME,
    "job",
    "job_soft",
    "soft",
    "talk",
    "confirm",
    "remind",
    "ask",
    "after_talk",
    "cancel",
    "move",
    "move_soft",
)
_PROCESS = frozenset(
    {
        MessageKind.INTERVIEW_REQUEST, MessageKind.INTERVIEW_CONFIRMED, MessageKind.INTERVIEW_RESCHEDULED,
        MessageKind.INTERVIEW_CANCELLED, MessageKind.NEXT_ROUND, MessageKind.REJECTION, MessageKind.OFFER,
        MessageKind.TIMELINE_UPDATE, MessageKind.NEEDS_INFO, MessageKind.APPLICATION_ACK, MessageKind.ASSESSMENT,
        MessageKind.THANK_YOU_SENT, MessageKind.FOLLOW_UP_SENT, MessageKind.SCHEDULING_SENT, MessageKind.DECLINE_SENT,
    }
)  # fmt: skip
_NOT_MINE = frozenset({Direction.INTERVIEWER, Direction.OTHER})


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known when envelopes are judged.

    addresses: people of known processes. domains: their firms' registrable domains.
    threads:   message ids, and servers' conversation ids, of known processes.
    linked:    ids of messages that the user says belong to a process.
    """

    me: Me
    lexicon: Lexicon
    detection: Detection
    addresses: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    threads: frozenset[str] = frozenset()
    linked: frozenset[str] = frozenset()


def worth_reading(envelope: Envelope, knowledge: Knowledge) -> bool:
    """Is the whole text of this message wanted?"""
    if envelope.role is SpecialUse.SENT:
        return True
    if envelope.role in (SpecialUse.JUNK, SpecialUse.DRAFTS):
        return False
    sender = envelope.sender
    if envelope.id in knowledge.linked:
        return True
    if sender is None or knowledge.me.owns(sender.address):
        return False
    if _ignored(sender.address, knowledge.detection):
        return False
    if envelope.calendar or _is_known(envelope, knowledge):
        return True
    lexicon = knowledge.lexicon
    if tool_kind(sender.address, lexicon) in HIRING_TOOLS:
        return True
    if _is_mass_mail(envelope, lexicon):
        return _speaks_of(envelope, ABOUT_ME, knowledge)
    if is_machine(sender.address, sender.name, lexicon):
        return is_shared_box(sender.address, lexicon) or _speaks_of(envelope, ABOUT_JOBS, knowledge)
    return True


def interest_from(knowledge: Knowledge) -> Interest:
    """What a server with a search of its own may be asked for: words, people, firms and hiring systems."""
    lexicon = knowledge.lexicon
    codes = dict.fromkeys([*knowledge.me.languages, "en"])
    tables = [lexicon.languages[code].tables.get("interest", {}) for code in codes if code in lexicon.languages]
    words = {word.casefold() for table in tables for word in table.get("words", ())}
    words |= {word.casefold() for word in knowledge.detection.extra_words}
    return Interest(
        words=frozenset(words),
        addresses=knowledge.addresses,
        domains=knowledge.domains | frozenset(_tool_domains(lexicon)),
    )


def knowledge_from(facts: Facts, lexicon: Lexicon, detection: Detection) -> Knowledge:
    """What the facts so far tell: who belongs to a process of the user's, and in which conversations."""
    me = facts.me
    home = {registrable_domain(address) for address in me.addresses if not is_free_mail(address, lexicon)}
    mails = [mail for mail in facts.mails if mail.reading is not None and not mail.junk and _is_process(mail.reading)]
    addresses = {address for mail in mails for address in _people(mail)}
    addresses |= {row.recipient for row in facts.ledger}
    addresses |= {Address(address) for address in _told(facts) if address}
    theirs = {a for a in addresses if not me.owns(a) and not sending_tool(a, lexicon)}
    kept = {a for a in theirs if not is_machine(a, "", lexicon)}
    firms = {registrable_domain(address) for address in theirs if not is_free_mail(address, lexicon)}
    threads = {str(key) for mail in mails for key in (mail.envelope.id, mail.envelope.thread) if key}
    linked = frozenset(mark.value for mark in facts.marks if mark.kind is MarkKind.LINKED)
    return Knowledge(me, lexicon, detection, frozenset(kept), frozenset(firms - home), frozenset(threads), linked)


def _told(facts: Facts) -> Iterator[str]:
    """Addresses of people whom the user has told us of."""
    yield from (address for debrief in facts.debriefs for _, address in debrief.added)
    yield from (mark.person for mark in facts.marks if mark.kind is MarkKind.PERSON)
    for mark in facts.marks:
        if mark.appointment is not None:
            yield from (address for _, address in mark.appointment.people)


def _ignored(address: str, detection: Detection) -> bool:
    domain = address.rpartition("@")[2]
    parents = (domain[start:] for start in range(len(domain)) if start == 0 or domain[start - 1] == ".")
    return address in detection.ignore_senders or any(parent in detection.ignore_domains for parent in parents)


def _is_known(envelope: Envelope, knowledge: Knowledge) -> bool:
    """Somebody of a known process wrote it, or it belongs to a known conversation."""
    boxes = [box for box in (envelope.sender, *envelope.reply_to) if box is not None]
    if any(box.address in knowledge.addresses or registrable_domain(box.address) in knowledge.domains for box in boxes):
        return True
    ids = (envelope.thread, envelope.in_reply_to, *envelope.references[-5:])
    return any(key is not None and str(key) in knowledge.threads for key in ids)


def _is_mass_mail(envelope: Envelope, lexicon: Lexicon) -> bool:
    automation = envelope.automation
    alert = envelope.sender is not None and is_alert_sender(envelope.sender.address, lexicon)
    return automation.bulk or bool(automation.list_id) or alert


def _speaks_of(envelope: Envelope, categories: tuple[str, ...], knowledge: Knowledge) -> bool:
    """Does the subject hold a phrase of these categories, in any language, or one of the user's own words?"""
    subject, lexicon = bare_subject(envelope.subject), knowledge.lexicon
    lowered = subject.casefold()
    if any(word.casefold() in lowered for word in knowledge.detection.extra_words):
        return True
    return lexicon.mentions(categories, subject)


def _is_process(reading: Reading) -> bool:
    return reading.kind in _PROCESS and reading.direction not in _NOT_MINE and not reading.suspicions


def _people(mail: Mail) -> Iterator[str]:
    """The addresses on the other side of a message of a process."""
    reading, envelope = mail.reading, mail.envelope
    boxes = (
        envelope.recipients if mail.outgoing else (*((envelope.sender,) if envelope.sender else ()), *envelope.reply_to)
    )
    yield from (box.address for box in boxes)
    if reading is not None:
        mentions = [*reading.people, *(person for meeting in reading.meetings for person in meeting.people)]
        yield from (mention.address for mention in mentions if mention.address)


def _tool_domains(lexicon: Lexicon) -> Iterator[str]:
    tools: dict[str, str] = lexicon.senders.get("tools", {})
    wanted = ("ats ", "scheduling ", "assessment ", "signing ")
    yield from (domain for domain, tool in tools.items() if tool.startswith(wanted))
