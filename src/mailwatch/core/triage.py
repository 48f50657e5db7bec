"""Which messages are worth reading whole, and what a server with a search of its own should look for.

The rule errs on the side of reading: everything that a person may have written to the user, everything the user
sent, every invitation. What is left out is mass mail without a word about interviews and jobs, mail from senders the
user ignores, and junk from strangers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mailwatch.core.addresses import domain_of, is_free_mail, registrable_domain, tool_kind
from mailwatch.core.lexicon import Lexicon
from mailwatch.core.model import (
    Detection,
    Direction,
    Envelope,
    Facts,
    Interest,
    Me,
    MessageId,
    MessageKind,
    Reading,
    SpecialUse,
)

_HIRING_TOOLS = frozenset({"ats", "scheduling", "calendar", "video", "assessment", "signing", "screening"})
_CUES = ("interview", "talk", "application", "job_yours", "later_round", "confirm", "booking")
_PROCESS = frozenset(
    {
        MessageKind.INTERVIEW_REQUEST,
        MessageKind.INTERVIEW_CONFIRMED,
        MessageKind.INTERVIEW_RESCHEDULED,
        MessageKind.INTERVIEW_CANCELLED,
        MessageKind.NEXT_ROUND,
        MessageKind.REJECTION,
        MessageKind.OFFER,
        MessageKind.TIMELINE_UPDATE,
        MessageKind.NEEDS_INFO,
        MessageKind.APPLICATION_ACK,
        MessageKind.THANK_YOU_SENT,
        MessageKind.FOLLOW_UP_SENT,
    }
)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known about the user's processes so far, for judging envelopes.

    addresses: people of known processes. domains: registrable domains of their employers, free mail left out.
    threads: messages of known processes.
    """

    me: Me
    lexicon: Lexicon
    detection: Detection
    addresses: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    threads: frozenset[MessageId] = frozenset()


def knowledge_from(facts: Facts, lexicon: Lexicon, detection: Detection) -> Knowledge:
    """What the readings made so far, and the calendar, tell about people, employers and threads."""
    threads: set[MessageId] = set()
    addresses: set[str] = set()
    for mail in facts.mails:
        if mail.reading is not None and _is_about_a_process(mail.reading):
            threads.add(mail.envelope.id)
            addresses.update(_others(mail.reading, mail.envelope, facts.me))
    own = {registrable_domain(address) for address in facts.me.addresses}
    known = frozenset(address for address in addresses if not tool_kind(address, lexicon))
    domains = {registrable_domain(address) for address in known if not is_free_mail(address, lexicon)}
    return Knowledge(facts.me, lexicon, detection, known, frozenset(domains - own - {""}), frozenset(threads))


def _is_about_a_process(reading: Reading) -> bool:
    if reading.direction in {Direction.INTERVIEWER, Direction.OTHER} or reading.suspicions:
        return False
    return reading.kind in _PROCESS or bool(reading.meetings and reading.direction is Direction.CANDIDATE)


def _others(reading: Reading, envelope: Envelope, me: Me) -> Iterator[str]:
    seen = [person.address for person in reading.people] + [box.address for box in envelope.recipients]
    seen += [envelope.sender.address] if envelope.sender else []
    yield from (address for address in seen if address and not me.owns(address))


def worth_reading(envelope: Envelope, knowledge: Knowledge) -> bool:
    """Should this message be read whole?"""
    sender = envelope.sender.address if envelope.sender else ""
    if envelope.role is SpecialUse.DRAFTS:
        return False
    if envelope.role is SpecialUse.SENT:
        return True
    known = _is_known(envelope, sender, knowledge)
    if envelope.role is SpecialUse.JUNK:
        return known
    if _is_ignored(sender, knowledge.detection):
        return False
    if known or envelope.calendar or tool_kind(sender, knowledge.lexicon) in _HIRING_TOOLS:
        return True
    if envelope.automation.bulk or envelope.automation.list_id:
        return _has_cue(envelope.subject, knowledge)
    return True


def _is_known(envelope: Envelope, sender: str, knowledge: Knowledge) -> bool:
    if sender in knowledge.addresses or registrable_domain(sender) in knowledge.domains:
        return True
    answered = (envelope.in_reply_to, *envelope.references) if envelope.in_reply_to else envelope.references
    return any(identity in knowledge.threads for identity in answered)


def _is_ignored(sender: str, detection: Detection) -> bool:
    domain = domain_of(sender)
    return sender in detection.ignore_senders or any(
        domain == ignored or domain.endswith(f".{ignored}") for ignored in detection.ignore_domains
    )


def _has_cue(subject: str, knowledge: Knowledge) -> bool:
    if any(word.casefold() in subject.casefold() for word in knowledge.detection.extra_words):
        return True
    return any(knowledge.lexicon.first(category, subject) is not None for category in _CUES)


def interest_from(knowledge: Knowledge) -> Interest:
    """What a server with a search should look for: single words that carry the matter, people, employers, tools."""
    words = {*_single_words(knowledge.lexicon), *(word.casefold() for word in knowledge.detection.extra_words)}
    tools = {domain for domain, kind in knowledge.lexicon.senders.get("tools", {}).items() if _hires(str(kind))}
    domains = knowledge.domains | {domain for domain in tools if "@" not in domain}
    return Interest(frozenset(words), knowledge.addresses, frozenset(domains))


def _hires(kind: str) -> bool:
    return kind.partition(" ")[0] in _HIRING_TOOLS


def _single_words(lexicon: Lexicon) -> Iterable[str]:
    for language in lexicon.languages.values():
        for category in ("interview", "application"):
            for phrase in language.phrases.get(category, ()):
                word = phrase.source.rstrip("*").casefold()
                if word and not set(word) & set(" ()[]|."):
                    yield word
