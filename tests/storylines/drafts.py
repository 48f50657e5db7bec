"""What is wrong with the drafts that a storyline leads to, by themselves and after a debrief with private words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from mailwatch.core.by_hand import letter_anew
from mailwatch.core.compose.lint import thanks_in
from mailwatch.core.compose.wire import HEADERS
from mailwatch.core.model import Debrief, Draft, Interview, LedgerRow, Plan, PrivateNotes, Refusal, SharedNote
from mailwatch.tick import Watched, coverage_of
from tests.storylines.run import Ticked

SECRET = "the ceiling dripped into a violet bucket while nobody smiled"
TOPICS: Mapping[str, str] = {
    "en": "your map of the late ferries",
    "de": "Ihre Karte der verspäteten Fähren",
    "fr": "votre carte des bacs en retard",
    "es": "su mapa de los transbordadores tardíos",
}
PLACEHOLDER = re.compile(r"[{}\[\]<>|_]|\.{3}|…|TODO|XXX|\bNone\b|\bNULL\b|lorem", re.IGNORECASE)
NOBODY = (
    "Hello,",
    "Guten Tag,",
    "Hallo,",
    "Bonjour,",
    "Buenos días:",
    "Hola:",
    "Buongiorno,",
    "Bom dia,",
    "Goedendag,",
    "您好：",
    "ご担当者様",
)


class Problems(list[str]):
    """Everything that is wrong with the drafts of the checks that it looked at; and how many there were of each sort."""

    def __init__(self) -> None:
        super().__init__()
        self.drafts = 0
        self.debriefed = 0
        self.personal = 0

    def __call__(self, check: Ticked) -> None:
        """Look at one check."""
        names = {
            person.name
            for application in check.plan.applications
            for one in application.interviews
            for person in one.people
        }
        for row in check.saved:
            self.drafts += 1
            self.extend(f"{row.recipient}: {problem}" for problem in problems_of(row.raw, names))
        if check.saved:
            self._debrief(check)

    def _debrief(self, check: Ticked) -> None:
        """Write a debrief with private words for every interview, and look at the letters anew."""
        for application in check.plan.applications:
            for interview in application.interviews:
                check.store.words.keep_debrief(debrief_of(interview, check.plan))
        facts = check.store.facts(check.told.me)
        watched = tuple(Watched(row.account, row.account) for row in check.saved[:1])
        for row in check.saved:
            told = check.told
            answer = letter_anew(
                row.key, check.plan, facts, coverage_of(check.store, watched), told.policy, told.letters
            )
            if isinstance(answer, Refusal):
                self.append(f"{row.recipient}: {answer.reason}")
                continue
            self.debriefed += 1
            self.personal += any(topic in answer.text for topic in TOPICS.values())
            self.extend(f"{row.recipient}, debriefed: {problem}" for problem in private_words(answer, row))


def debrief_of(interview: Interview, plan: Plan) -> Debrief:
    """What stayed with the user of each person, and what is for nobody else."""
    topic = TOPICS.get(interview.language, "")
    notes = tuple(SharedNote(person.key, topic) for person in interview.people)
    return Debrief(
        interview.anchors, plan.at, notes=notes, private=PrivateNotes({"red flag": SECRET, "stumped": f"Why {SECRET}?"})
    )


def private_words(draft: Draft, row: LedgerRow) -> Iterator[str]:
    """What a letter after a debrief must not hold."""
    if any(word in draft.text.casefold() for word in ("bucket", "violet", "dripped")):
        yield "holds private words"
    if draft.to.address != row.recipient:
        yield "goes to somebody else"
    if PLACEHOLDER.search(draft.text):
        yield f"holds a placeholder: {PLACEHOLDER.search(draft.text)}"


def problems_of(raw: bytes, names: set[str]) -> Iterator[str]:
    """What is wrong with a draft, as one clause each.

    Args:
        raw: its bytes.
        names: everybody who was met in this search.
    """
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    text = message.get_content().replace("\r\n", "\n")
    if {name.casefold() for name in message} - {name.casefold() for name in HEADERS}:
        yield "has a header of its own"
    to = message["To"].addresses
    if len(to) != 1:
        yield "goes to several"
    own_subject = "" if message["In-Reply-To"] else message["Subject"]  # an answer has its parent's
    if found := PLACEHOLDER.search(f"{own_subject}\n{text}"):
        yield f"holds a placeholder: “{found.group()}”"
    if bool(message["In-Reply-To"]) != str(message["Subject"]).startswith("Re: "):
        yield "is an answer in half"
    greeting = text.partition("\n")[0]
    theirs = set(re.findall(r"\w+", to[0].display_name.casefold()))
    if (
        not theirs & set(re.findall(r"\w+", greeting.casefold()))
        and greeting.strip() not in NOBODY
        and to[0].display_name not in greeting
    ):
        yield f"greets somebody else: {greeting}"
    others = {
        name for name in names if name and name in greeting and not theirs & set(re.findall(r"\w+", name.casefold()))
    }
    if others:
        yield f"greets {others}"
    if (
        thanks_in(text, {"thanks": ["thank", "dank", "bedank", "merci", "remerci", "gracias", "agradec", "agradez"]})
        > 3
    ):
        yield "thanks too often"
