"""One decision → one letter: the composer's entry.

case      the arguments, the language, the round; or a refusal
situation what tags and values sentences may ask for, and the user's words, checked
taken     what others at this employer have had, or will have from the same panel
body      sentences, chosen
bytes     RFC 5322, parsed again, and looked through once more for private words
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailwatch.core.compose.case import THANKING, Case, holds
from mailwatch.core.compose.choose import Body
from mailwatch.core.compose.days import home_zone
from mailwatch.core.compose.fixed import fixed_body
from mailwatch.core.compose.formality import addressed
from mailwatch.core.compose.greeting import names_for
from mailwatch.core.compose.letters import Letters, names_a_form
from mailwatch.core.compose.names import LIMIT, full_name, is_traditional_chinese
from mailwatch.core.compose.panel import employer_of, prepared, taken_before, used_at
from mailwatch.core.compose.privacy import PrivacyWall
from mailwatch.core.compose.situation import Situation, situation_of
from mailwatch.core.compose.subject import new_subject, reply_subject
from mailwatch.core.compose.template import TemplateRefused, first_upper
from mailwatch.core.compose.wire import Sheet, all_text, bytes_of, references_of, usable_id, writable_address
from mailwatch.core.identity import draft_message_id, fingerprint_of
from mailwatch.core.model import (
    Address,
    Application,
    Decision,
    Draft,
    Facts,
    Interview,
    Kind,
    LedgerState,
    Mail,
    Mailbox,
    MessageId,
    Person,
    Policy,
    Refusal,
    Sentence,
)
from mailwatch.core.text import one_line

PRIVATE = "The letter would hold words from your private notes, so it was not written."


def compose(
    decision: Decision,
    application: Application,
    facts: Facts,
    policy: Policy,
    letters: Letters,
    *,
    now: datetime,
    language: str = "",
) -> Draft | Refusal:
    """The letter that a decision asks for, complete, or why it can't be written.

    The same arguments give the same bytes. Of `now` only the Date header and the wording of days depend.

    Args:
        decision: whose `recipient` the letter goes to.
        application: the process it belongs to.
        facts: debriefs, mails, the ledger, the user's own greetings.
        policy: the tone, and after how long a thank-you counts as late.
        letters: the banks.
        now: aware.
        language: a code that overrides the process's language, "" for none; "de-du" and "de-sie" also say how the
            reader is addressed.
    """
    case = _case(decision, application, facts, policy, letters, now, language)
    if isinstance(case, Refusal):
        return case
    wall = PrivacyWall.around(debrief.private for debrief in facts.debriefs)
    try:
        return _draft(case, wall)
    except TemplateRefused as refused:
        return Refusal(f"{refused}.")


def _case(
    decision: Decision,
    application: Application,
    facts: Facts,
    policy: Policy,
    letters: Letters,
    now: datetime,
    language: str,
) -> Case | Refusal:
    problem = _recipient_problem(decision, application, facts)
    if problem:
        return Refusal(problem)
    interview = _interview(decision, application, now)
    thanking = decision.kind in THANKING
    if thanking and interview is None:
        return Refusal("The interview that this letter is about is not known any more.")
    code = language or (interview.language if thanking and interview is not None else application.language)
    spoken = letters.language(_in_its_script(code, application, decision, facts))
    if spoken is None:
        return Refusal(f"There are no letters in “{code}” yet; ask for one in English with --language en.")
    if decision.kind is Kind.RELAY and not any(full_name(person.name) for person in decision.relayed):
        return Refusal("Nobody is named in full to whom thanks could be passed on.")
    used = used_at(application, facts, decision)
    one_form = bool(names_a_form(language, spoken))
    return addressed(Case(decision, application, facts, policy, letters, spoken, now, interview, used, one_form))


def _in_its_script(code: str, application: Application, decision: Decision, facts: Facts) -> str:
    """The code; for Chinese with the script in which the names of the process are written."""
    if code != "zh":
        return code
    recipient = decision.recipient.name if decision.recipient else ""
    names = f"{application.company}{application.role}{recipient}{facts.me.name}"
    return "zh-hant" if is_traditional_chinese(names) else code


def _recipient_problem(decision: Decision, application: Application, facts: Facts) -> str:
    person = decision.recipient
    if person is None or person.address is None:
        return "No address is known for this person, and none is guessed."
    if facts.me.owns(person.address):
        return "This address is your own."
    if person.address in application.unreachable:
        return "Mail to this address comes back, or its owner has left."
    if not writable_address(person.address):
        return "This address can't be written safely; write to it by hand."
    return ""


def _interview(decision: Decision, application: Application, now: datetime) -> Interview | None:
    """The round a letter is about; for a follow-up the last one with the recipient that was held, else the last."""
    named = next((interview for interview in application.interviews if interview.id == decision.interview), None)
    if decision.kind is not Kind.FOLLOW_UP:
        return named
    recipient = decision.recipient
    held = [one for one in application.interviews if one.start is not None and one.end is not None and one.end <= now]
    with_them = [one for one in held if recipient is not None and holds(one, recipient)]
    return with_them[-1] if with_them else held[-1] if held else named


@dataclass(frozen=True, slots=True)
class _Words:
    """The letter's words: the body with its sources, greeting, sign-off, name, subject."""

    greeting: str
    body: tuple[tuple[Sentence, ...], ...]
    sign_off: str
    name: str
    subject: Sentence

    @property
    def text(self) -> str:
        """One paragraph a line, a blank line between; the name under the sign-off."""
        paragraphs = [" ".join(sentence.text for sentence in paragraph) for paragraph in self.body]
        return "\n\n".join([self.greeting, *paragraphs, f"{self.sign_off}\n{self.name}"]) + "\n"


def _draft(case: Case, wall: PrivacyWall) -> Draft | Refusal:
    situation = situation_of(case)
    breach = _private_words(situation, wall)
    if breach:
        return Refusal(PRIVATE, breach)
    parent = _mail(case.facts, case.decision.parent)
    words = _words(case, situation, parent, wall)
    if words is None:
        return Refusal("No letter could be put together: the letters lack a sentence that fits.")
    sheet = _sheet(case, situation, words, parent)
    raw = bytes_of(sheet)
    if raw is None:
        return Refusal("The letter's headers could not be written safely; write this one by hand.")
    breach = wall.first_breach(all_text(raw))
    if breach:
        return Refusal(PRIVATE, breach)
    return _finished(case, situation, words, sheet, raw, parent)


def _private_words(situation: Situation, wall: PrivacyWall) -> str:
    written = [*situation.own.values(), *(words for _, words in situation.lines)]
    return next((breach for words in written if (breach := wall.first_breach(words.text))), "")


def _words(case: Case, situation: Situation, parent: Mail | None, wall: PrivacyWall) -> _Words | None:
    def avoid(text: str) -> bool:
        return bool(wall.first_breach(text))

    reply = Sentence(reply_subject(parent.envelope.subject), "the mail it answers") if parent else Sentence("", "")
    taken = taken_before(case, avoid)
    frame = prepared(case, situation, taken, avoid)
    if case.language.fixed:
        found = fixed_body(situation)
        return (
            _Words(frame.greeting, found[1], frame.sign_off, frame.name, reply if reply.text else found[0])
            if found
            else None
        )
    body = frame.chooser.body()
    new = None if reply.text else new_subject(frame.chooser, taken.subjects)
    if not body or not (reply.text or new):
        return None
    return _Words(frame.greeting, _sentences(body, situation), frame.sign_off, frame.name, new or reply)


def _sentences(body: Body, situation: Situation) -> tuple[tuple[Sentence, ...], ...]:
    """The body's sentences; where the greeting ends without a comma, the first begins with a capital."""
    paragraphs = [[sentence for piece in paragraph for sentence in piece.sentences] for paragraph in body]
    if situation.swiss:
        first = paragraphs[0][0]
        paragraphs[0][0] = Sentence(first_upper(first.text), first.source)
    return tuple(map(tuple, paragraphs))


def _sheet(case: Case, situation: Situation, words: _Words, parent: Mail | None) -> Sheet:
    address = situation.recipient.address
    assert address is not None  # noqa: S101  refused before
    parent_id = usable_id(parent.envelope.id) if parent else None
    references = references_of(_chain(parent), parent_id) if parent and parent_id else ()
    return Sheet(
        sender=Mailbox(one_line(case.facts.me.name, LIMIT), _from_address(case, situation.recipient, parent)),
        to=Mailbox(names_for(case, situation.recipient)[0], address),
        subject=words.subject.text,
        text=words.text,
        date=case.now.astimezone(home_zone(case.facts.me)),
        message_id=draft_message_id(_account(case), case.decision.key, _revision(case)),
        in_reply_to=parent_id,
        references=references,
    )


def _chain(parent: Mail) -> Sequence[MessageId]:
    envelope = parent.envelope
    return envelope.references or ((envelope.in_reply_to,) if envelope.in_reply_to else ())


def _account(case: Case) -> Address:
    return case.decision.account or case.application.account or case.facts.me.primary


def _from_address(case: Case, recipient: Person, parent: Mail | None) -> Address:
    """The user's address that the person wrote to, else the one the user wrote from, else the account's."""
    me = case.facts.me
    theirs = dict(case.application.last_messages).get(recipient.address) if recipient.address else None
    for mail in (parent, _mail(case.facts, theirs)):
        if mail is None:
            continue
        envelope = mail.envelope
        sender = envelope.sender.address if envelope.sender else None
        if sender == recipient.address:
            own = [to.address for to in envelope.recipients if me.owns(to.address)]
        else:
            own = [sender] if sender and me.owns(sender) else []
        if own and writable_address(own[0]):
            return own[0]
    return _account(case)


def _mail(facts: Facts, message_id: MessageId | None) -> Mail | None:
    return next((mail for mail in facts.mails if mail.envelope.id == message_id), None) if message_id else None


def _revision(case: Case) -> int:
    """One more than the last; a draft that was intended and never saved keeps its number."""
    rows = sorted((row for row in case.facts.ledger if row.key == case.decision.key), key=lambda row: row.revision)
    if not rows:
        return 1
    return rows[-1].revision if rows[-1].state is LedgerState.INTENDED else rows[-1].revision + 1


def _finished(case: Case, situation: Situation, words: _Words, sheet: Sheet, raw: bytes, parent: Mail | None) -> Draft:
    decision, account = case.decision, _account(case)
    place = next((place for place in parent.places if place.account == account), None) if parent else None
    subject = (words.subject,) if sheet.in_reply_to is None else ()
    return Draft(
        key=decision.key,
        revision=_revision(case),
        kind=decision.kind,
        account=account,
        sender=sheet.sender,
        to=sheet.to,
        subject=sheet.subject,
        text=sheet.text,
        message_id=sheet.message_id,
        raw=raw,
        fingerprint=fingerprint_of(raw),
        language=case.language.code,
        in_reply_to=sheet.in_reply_to,
        references=sheet.references,
        parent_ref=place.ref if place else None,
        thread=parent.envelope.thread if parent and place else None,
        sentences=(*subject, *(sentence for paragraph in words.body for sentence in paragraph)),
        application=decision.application,
        interview=decision.interview,
        anchor=decision.anchor,
        ordinal=decision.ordinal,
        evidence=decision.anchors,
        employer=employer_of(case.application),
        left_out=situation.left_out,
    )
