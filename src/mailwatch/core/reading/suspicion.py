"""Why a message may be a forgery or a scam. A process with a suspicion gets no draft, so a sign must be worth that.

A strong sign stands alone: failed DMARC, a domain that passes for another one, a reply address on free mail behind a
firm's, a "personnel department" on free mail, money that goes from the candidate, an interview on a messenger, text
that gives orders to programs. Weak signs (a phone app, big promises, a reply address elsewhere) count from two on:
a small firm on free mail that talks about WhatsApp is just a small firm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailwatch.core.addresses import domain_of, is_free_mail, looks_like, registrable_domain, sending_tool
from mailwatch.core.lexicon import Lexicon
from mailwatch.core.model import Evidence, Message
from mailwatch.core.reading.context import ReadingContext
from mailwatch.core.reading.replies.scope import negated
from mailwatch.core.reading.sentences import TEXT_LIMIT, cues_in

_STRONG = ("suspicion.money", "suspicion.messenger", "suspicion.orders")
_WEAK = ("suspicion.chat", "suspicion.lure")
_OFFICE = "suspicion.office"
_DOMAIN = re.compile(r"(?:@|https?://|www\.)([a-z0-9][a-z0-9.-]{1,80}\.[a-z]{2,24})(?![\w.-]*@)", re.IGNORECASE)
_DOMAINS_READ = 40
_OFFICE_LOCAL = re.compile(r"(?:^|[._-])(?:hr|hrdept|humanresources?|recruit(?:ment|ing)|careers|hiring)(?:$|[._-]|\d)")


def suspicions_in(message: Message, context: ReadingContext) -> tuple[Evidence, ...]:
    """The reasons to distrust an incoming message, strongest first; () for the user's own mail."""
    if message.outgoing:
        return ()
    strong = [*_headers(message, context.lexicon), *_words(message, context.lexicon, _STRONG)]
    weak = [*_elsewhere(message, context.lexicon), *_words(message, context.lexicon, _WEAK)]
    kinds = {evidence.rule for evidence in weak}
    return tuple(strong + weak) if strong or len(kinds) >= 2 else ()


def _headers(message: Message, lexicon: Lexicon) -> Iterator[Evidence]:
    sender = message.envelope.sender
    if message.dmarc == "fail":
        yield _evidence(message, "suspicion.dmarc", sender.address if sender else "")
    if sender is None:
        return
    if passes_for := _passes_for(message, sender.address):
        yield _evidence(message, "suspicion.look_alike", f"{domain_of(sender.address)} / {passes_for}")
    free = is_free_mail(sender.address, lexicon)
    for reply_to in message.envelope.reply_to:
        if not free and not sending_tool(sender.address, lexicon) and is_free_mail(reply_to.address, lexicon):
            yield _evidence(message, "suspicion.reply_to", reply_to.address)
    local = sender.address.partition("@")[0]
    if free and (_OFFICE_LOCAL.search(local) or lexicon.first(_OFFICE, sender.name)):
        yield _evidence(message, "suspicion.free_mail_office", f"{sender.name} <{sender.address}>".strip())


def _passes_for(message: Message, sender: str) -> str:
    """A domain that the mail itself names and the sender's own passes for; a missing hyphen is no forgery."""
    domain = domain_of(sender)
    text = f"{message.new_text}\n{message.signature}\n{message.quoted}"[:TEXT_LIMIT]
    named = [match.group(1).casefold() for match in _DOMAIN.finditer(text)][:_DOMAINS_READ]
    named += [domain_of(mailbox.address) for mailbox in message.envelope.reply_to]
    plain = registrable_domain(domain).replace("-", "")
    known = [other for other in named if registrable_domain(other).replace("-", "") != plain]
    return looks_like(domain, known)


def _elsewhere(message: Message, lexicon: Lexicon) -> Iterator[Evidence]:
    """A reply address on a foreign domain; sending systems do that by trade, and firms have domains in many countries."""
    sender = message.envelope.sender
    if sender is None or sending_tool(sender.address, lexicon):
        return
    name = registrable_domain(sender.address).partition(".")[0]
    for reply_to in message.envelope.reply_to:
        other = registrable_domain(reply_to.address)
        if not sending_tool(reply_to.address, lexicon) and other.partition(".")[0] != name:
            yield _evidence(message, "suspicion.reply_to_elsewhere", reply_to.address)


def _words(message: Message, lexicon: Lexicon, categories: tuple[str, ...]) -> Iterator[Evidence]:
    """Cues in the text, one for each category; "we never ask for a fee" is a warning, not a demand."""
    text = f"{message.new_text}\n\n{message.signature}" if message.signature else message.new_text
    cues = cues_in(text, (*categories, "scope.not"), lexicon)
    for category in categories:
        for index in range(len(cues.sentences)):
            hit = next((hit for hit in cues.hits(index, category) if not negated(cues, index, hit)), None)
            if hit:
                yield _evidence(message, category, hit.words)
                break


def _evidence(message: Message, rule: str, words: str) -> Evidence:
    return Evidence(message.envelope.id, rule, words[:160])
