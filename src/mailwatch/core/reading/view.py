"""What the reader looks at: one message, or one calendar entry, with its texts, languages, sender and time made ready."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone

from mailwatch.core.addresses import (
    address_from_text,
    is_alert_sender,
    is_free_mail,
    is_machine,
    is_shared_box,
    registrable_domain,
    sending_tool,
    tool_kind,
)
from mailwatch.core.lexicon import Hit
from mailwatch.core.model import (
    Address,
    CalendarEvent,
    Evidence,
    Mailbox,
    Message,
    TimeMention,
)
from mailwatch.core.reading.context import ReadingContext
from mailwatch.core.reading.cues import TextCues
from mailwatch.core.reading.language import languages_of
from mailwatch.core.reading.names import signs_for_box
from mailwatch.core.reading.times import times_in
from mailwatch.core.text import bare_subject

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WORDS_LIMIT = 160
_ZONE_TAIL = re.compile(
    r"\)?[ \t]{0,2}\(?(?:[A-Z]{3,5}(?![\w'’])\)?|(?:time|Time)\b)?[ \t]{0,2}\(?(?:time|Time|local time)?\)?"
)
_HOST = re.compile(r"(?<![\w@.-])(?:https?://)?((?:[\w-]{1,40}\.){1,3}[a-z]{2,6})/[\w~]", re.IGNORECASE)
_SHORT_TEXT = 200
_SHORT_ANSWER = 600
"""Characters of an answer that may lean on what it answers."""
_MAIL_HOST = re.compile(r"^[^.]*(?:mail|inbox)s?\.")


@dataclass(frozen=True, slots=True)
class View:
    """One thing to read.

    source:    its MessageId or UID. written: when, on the writer's own clock; far past where unknown.
    title:     subject or summary without reply marks. head: how much of `whole` the title takes.
    whole:     title, body and the entry's text. body: what was newly written. quoted: the conversation below it.
    events:    calendar objects it carries, or the entry itself.
    sender:    who wrote it; for an entry its organizer. tool, tool_kind: the sending system's name and kind, "".
    home:      the user's own firms' domains. internal: the sender is at one of them.
    outgoing:  the user wrote it.
    named_times: what `times` has found so far, by text and zone.
    """

    context: ReadingContext
    source: str
    written: datetime
    languages: tuple[str, ...]
    title: str
    whole: TextCues
    body: TextCues
    quoted: TextCues
    events: tuple[CalendarEvent, ...]
    sender: Mailbox | None
    tool: str
    tool_kind: str
    home: frozenset[str]
    message: Message | None = None
    outgoing: bool = False
    named_times: dict[tuple[str, str], tuple[TimeMention, ...]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def language(self) -> str:
        """The main language of the text."""
        return self.languages[0]

    @property
    def head(self) -> int:
        """Where the title ends in `whole`."""
        return len(self.title)

    @property
    def answers(self) -> bool:
        """It answers something: a reply mark in the subject, or a conversation below."""
        if self.message is None:
            return False
        return bool(self.quoted.text.strip()) or self.title != self.message.envelope.subject.strip()

    @property
    def concerns(self) -> bool:
        """May it be about a job or an interview? Else nobody needs its firms, jobs and people."""
        if self.events or self.tool_kind in ("ats", "scheduling", "assessment", "signing"):
            return True
        words = ("interview", "yours", "soft", "job", "job_soft", "job_yours", "talk", "after_talk")
        asking = ("applies", "their_need", "offers_self") if self.outgoing else ("seeks",)
        if self.whole.has(*words, *asking):
            return True
        short = not self.machine and not self.bulk and len(self.body.text) <= _SHORT_ANSWER
        return self.answers and (short or self.quoted.has("interview", "yours", "job_yours"))

    @property
    def internal(self) -> bool:
        """It stays within the user's own firm: a colleague wrote it, or the user wrote it to colleagues alone."""
        if self.sender is None or not self.is_home(self.sender.address):
            return False
        recipients = self.message.envelope.recipients if self.message is not None and self.message.outgoing else ()
        return all(self.is_home(recipient.address) for recipient in recipients)

    @property
    def machine(self) -> bool:
        """No person's address wrote it."""
        lexicon = self.context.lexicon
        return self.sender is None or is_machine(self.sender.address, self.sender.name, lexicon) or bool(self.tool)

    @property
    def hiring_tool(self) -> bool:
        """An applicant tracking or scheduling system wrote it."""
        return self.tool_kind in ("ats", "scheduling")

    @property
    def booking_link(self) -> bool:
        """Does a person point to a page where a time can be booked?"""
        hosts = dict.fromkeys(_HOST.findall(self.body.text)) if not self.machine else ()
        return any(tool_kind(Address(f"x@{host}"), self.context.lexicon) == "scheduling" for host in hosts)

    @property
    def desk(self) -> bool:
        """A hiring desk wrote it, by its name or its shared box ("Acme Recruiting", jobs@…)."""
        if self.sender is None or is_alert_sender(self.sender.address, self.context.lexicon):
            return False
        name, lexicon = self.sender.name, self.context.lexicon
        titled = lexicon.mentions(("title_recruiter",), name) and not lexicon.mentions(("title_executive",), name)
        return bool(name) and titled and is_shared_box(self.sender.address, lexicon)

    @property
    def bulk(self) -> bool:
        """Sent to many: list headers or an alert sender, and no hiring system."""
        if self.message is None or self.hiring_tool or self.tool_kind in ("calendar", "video", "signing"):
            return False
        envelope = self.message.envelope
        alert = self.sender is not None and is_alert_sender(self.sender.address, self.context.lexicon)
        return envelope.automation.bulk or bool(envelope.automation.list_id) or alert

    def is_home(self, address: str) -> bool:
        """Is this address at the user's own firm?"""
        return registrable_domain(address) in self.home

    def is_person(self, address: str, name: str = "") -> bool:
        """A person's address on the other side: not the user, no robot, room, tool or shared box."""
        lexicon = self.context.lexicon
        return not (
            self.context.me.owns(address)
            or is_machine(address, name, lexicon)
            or (is_shared_box(address, lexicon) and not signs_for_box(name, address, lexicon))
            or sending_tool(address, lexicon)
        )

    def proof(self, rule: str, words: str = "") -> Evidence:
        """Evidence from this source."""
        return Evidence(self.source, rule, " ".join(words.split())[:WORDS_LIMIT])

    def cite(self, rule: str, hits: Iterable[Hit], limit: int = 3) -> tuple[Evidence, ...]:
        """Evidence for some of these cues, the sentence of each quoted."""
        return tuple(self.proof(rule, hit.words) for hit in list(hits)[:limit])

    def times(self, text: str, zone: str = "") -> tuple[TimeMention, ...]:
        """The moments and days that a text of this view names; without a zone of their own in `zone`, else the user's."""
        lexicon, home = self.context.lexicon, zone or self.context.me.zone
        if (text, home) not in self.named_times:
            found = times_in(text, written=self.written, zone=home, lexicon=lexicon, language=self.language)
            self.named_times[text, home] = found
        return self.named_times[text, home]

    def stated_times(self) -> tuple[TimeMention, ...]:
        """The moments and days of title and new text together; spans are those of the new text, negative in the title."""
        head = f"{self.title}\n\n" if self.title else ""
        found = self.times(head + self.body.text)
        cut = len(head)
        return tuple(
            replace(
                one, span=(one.span[0] - cut, one.span[1] - cut), hour_at=one.hour_at - cut if one.hour_at >= 0 else -1
            )
            for one in found
        )

    def seats(self, text: str, mentions: Iterable[TimeMention]) -> list[tuple[int, int]]:
        """Where the times of `text` stand, with the zone words behind them: "2:30 pm Eastern" is a time to its end."""
        return [(one.span[0], _behind_zone(text, one)) for one in mentions if not one.day_only and one.span[0] >= 0]


def _behind_zone(text: str, mention: TimeMention) -> int:
    end = mention.span[1]
    if mention.zone:
        found = text.find(mention.zone, end, end + len(mention.zone) + 6)
        end = found + len(mention.zone) if found >= 0 else end
    tail = _ZONE_TAIL.match(text, end)
    return tail.end() if tail else end


def view_from_message(message: Message, context: ReadingContext) -> View:
    """The view of one mail."""
    envelope, lexicon = message.envelope, context.lexicon
    title = bare_subject(envelope.subject)
    extra = [event.description for event in message.events if event.description]
    extra += [event.summary for event in message.events if event.summary and event.summary not in title]
    text = "\n\n".join([title, message.new_text, *_unsaid(extra, message.new_text)])
    languages = _languages(message.new_text if len(message.new_text) > 120 else text, context)
    sender = envelope.sender
    return View(
        context=context,
        source=envelope.id,
        written=_written(envelope.at, envelope.zone_offset_minutes),
        languages=_with_english(languages),
        title=title,
        whole=TextCues(text, lexicon, _with_english(languages)),
        body=TextCues(message.new_text, lexicon, _with_english(languages)),
        quoted=TextCues(message.quoted, lexicon, _with_english(languages)),
        events=message.events,
        sender=sender,
        tool=_tool(message, context),
        tool_kind="" if sender is None else tool_kind(sender.address, lexicon),
        home=home_domains(context),
        message=message,
        outgoing=message.outgoing,
    )


def view_from_event(event: CalendarEvent, context: ReadingContext) -> View:
    """The view of one calendar entry."""
    lexicon = context.lexicon
    text = f"{event.summary}\n\n{event.description}"
    languages = _with_english(_languages(text, context))
    organizer = event.organizer
    address = address_from_text(organizer.address) if organizer else None
    sender = Mailbox(organizer.name, address) if organizer and address else None
    return View(
        context=context,
        source=event.uid,
        written=event.dtstamp or event.start - timedelta(days=7),
        languages=languages,
        title=event.summary,
        whole=TextCues(text, lexicon, languages),
        body=TextCues(event.description, lexicon, languages),
        quoted=TextCues("", lexicon, languages),
        events=(event,),
        sender=sender,
        tool="" if sender is None else sending_tool(sender.address, lexicon),
        tool_kind="" if sender is None else tool_kind(sender.address, lexicon),
        home=home_domains(context),
    )


def _languages(text: str, context: ReadingContext) -> tuple[str, ...]:
    """The languages of a text; those of its word for an interview too, where it is too short to tell ("Zweitgespräch")."""
    lexicon = context.lexicon
    found = languages_of(text, lexicon, context.me.languages)
    if len(text) > _SHORT_TEXT:
        return found
    spoken = [
        code
        for code, language in lexicon.languages.items()
        if language.spaced and lexicon.first("interview", text, (code,)) is not None
    ]
    return tuple(dict.fromkeys([*found, *(spoken if "en" not in spoken else ())]))


def home_domains(context: ReadingContext) -> frozenset[str]:
    """The registrable domains of the user's own addresses, those of free mail left out, known ones or by their name."""
    own = (address for address in context.me.addresses if not is_free_mail(address, context.lexicon))
    return frozenset(domain for address in own if not _MAIL_HOST.search(domain := registrable_domain(address)))


def _tool(message: Message, context: ReadingContext) -> str:
    sender = message.envelope.sender
    return "" if sender is None else sending_tool(Address(sender.address), context.lexicon)


def _written(at: datetime | None, offset_minutes: int | None) -> datetime:
    moment = at or EPOCH
    return moment if offset_minutes is None else moment.astimezone(timezone(timedelta(minutes=offset_minutes)))


def _with_english(languages: Iterable[str]) -> tuple[str, ...]:
    """English cues count in every mail: tools and titles speak it."""
    return tuple(dict.fromkeys([*languages, "en"]))


def _unsaid(texts: Iterable[str], said: str) -> list[str]:
    """The texts that do not stand in `said` already, white space aside."""
    flat = " ".join(said.split())
    return [text for text in dict.fromkeys(texts) if " ".join(text.split()) not in flat]
