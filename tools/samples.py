"""Write docs/samples.md, letters as mailwatch would draft them: `samples.py OUT.md`.

The situations stand in samples.toml; people and firms are invented. Under each letter its sentences are listed with
their sources: a sentence id of the bank with the values it prints, or the user's own words from the debrief.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mailwatch.core.compose import Letters, compose
from mailwatch.core.identity import draft_key
from mailwatch.core.model import (
    Action,
    Address,
    Application,
    ApplicationId,
    ApplicationState,
    Debrief,
    Decision,
    DecisionDate,
    Draft,
    Envelope,
    Facts,
    Interview,
    InterviewId,
    InterviewState,
    Kind,
    Mail,
    Mailbox,
    Me,
    MessageId,
    MessageKind,
    MessageRef,
    Person,
    PersonKind,
    PersonMention,
    Place,
    Policy,
    Reading,
    Refusal,
    SharedNote,
    SpecialUse,
    Standing,
    Voice,
)
from mailwatch.core.model import Direction as Side
from mailwatch.letters import load_letters

DATA = Path(__file__).with_name("samples.toml")
ROUND = InterviewId("round")
FIRST_ROUND = InterviewId("first-round")
PARENT = MessageId("<parent@mail.example>")


def rows_from_file(path: Path = DATA) -> list[dict[str, Any]]:
    """The situations: one table for each letter; what it shares with others, and the language's defaults, filled in."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    defaults, shared = table["defaults"], table["shared"]
    return [{**defaults[row["language"]], **shared.get(row.get("shares", ""), {}), **row} for row in table["letter"]]


def person_from_row(row: Mapping[str, Any]) -> Person:
    """One person of a situation."""
    kind = PersonKind(row.get("kind", "unknown"))
    address = Address(row["address"]) if "address" in row else None
    return Person(name=row["name"], address=address, kind=kind)


def letter_from_row(row: Mapping[str, Any], letters: Letters) -> Draft | Refusal:
    """The letter that a situation gives."""
    zone = ZoneInfo(row["zone"])
    now = datetime.fromisoformat(row["now"]).replace(tzinfo=zone)
    recipient = person_from_row(row["to"])
    kind = Kind(row["kind"])
    application = _application(row, zone, recipient)
    facts = _facts(row, recipient, now)
    decision = Decision(
        key=draft_key(
            facts.me.primary,
            kind,
            recipient.key,
            application.interviews[-1].start or recipient.key,
            row.get("ordinal", 0),
        ),
        kind=kind,
        action=Action.DRAFT,
        standing=Standing.DUE,
        application=application.id,
        reason="",
        interview=ROUND,
        recipient=recipient,
        account=facts.me.primary,
        ordinal=row.get("ordinal", 0),
        unanswered=max(row.get("ordinal", 0) - 1, 0),
        anchor=application.interviews[-1].start,
        relayed=tuple(Person(name=name) for name in row.get("relayed", ())),
        parent=PARENT if "parent" in row else None,
        promised=date.fromisoformat(row["promised"]) if "promised" in row else None,
        freed=tuple(InterviewId(f"freed{index}") for index, _ in enumerate(row.get("freed", ()))),
    )
    return compose(decision, application, facts, Policy(tone=row.get("tone", "warm")), letters, now=now)


def _application(row: Mapping[str, Any], zone: ZoneInfo, recipient: Person) -> Application:
    start = datetime.fromisoformat(row["start"]).replace(tzinfo=zone)
    panel = [person_from_row(person) for person in row.get("panel", ())]
    people = panel or ([recipient] if row.get("held", True) else [])
    people += [Person(name=name) for name in row.get("relayed", ())]
    rounds = [_interview(ROUND, start, tuple(people), row)]
    if row.get("met_before"):
        rounds.insert(0, _interview(FIRST_ROUND, start - timedelta(days=12), (recipient,), row))
    for index, day in enumerate(row.get("freed", ())):
        rounds.append(
            _interview(InterviewId(f"freed{index}"), datetime.fromisoformat(day).replace(tzinfo=zone), (), row)
        )
    promise = _promise(row, start, recipient)
    return Application(
        id=ApplicationId("process"),
        company=row["company"],
        role=row.get("job", ""),
        state=ApplicationState.OPEN,
        interviews=tuple(rounds),
        language=row["language"],
        decision=promise,
        messages=frozenset({PARENT}),
        last_messages=((recipient.address, PARENT),) if recipient.address and "parent" in row else (),
    )


def _interview(name: InterviewId, start: datetime, people: tuple[Person, ...], row: Mapping[str, Any]) -> Interview:
    return Interview(
        id=name,
        state=InterviewState.SCHEDULED,
        start=start,
        end=start + timedelta(minutes=50),
        people=people,
        medium=row.get("medium", ""),
        language=row["language"],
        informational=row.get("informational", False),
        anchors=frozenset({str(name)}),
    )


def _promise(row: Mapping[str, Any], start: datetime, recipient: Person) -> DecisionDate | None:
    if "promised" not in row:
        return None
    speaker = recipient.address if row.get("promised_by_them", True) else None
    return DecisionDate(date.fromisoformat(row["promised"]), start, "", str(PARENT), by_whom=speaker)


def _facts(row: Mapping[str, Any], recipient: Person, now: datetime) -> Facts:
    me = Me(row["me"], Address(row["my_address"]), frozenset({Address(row["my_address"])}), zone=row["zone"])
    notes = [SharedNote(recipient.key, **row.get("note", {}))]
    notes += [SharedNote(person, **note) for person, note in row.get("notes", {}).items()]
    debrief = Debrief(frozenset({str(ROUND)}), now, notes=tuple(notes), fit=row.get("fit", ""))
    voice = {row["language"]: (row["voice"][0], row["voice"][1])} if "voice" in row else {}
    return Facts(me, mails=_mails(row, me, now), debriefs=(debrief,), greetings=voice)


def _mails(row: Mapping[str, Any], me: Me, now: datetime) -> tuple[Mail, ...]:
    """A mail from each person who is said to have written one; the recipient's is the parent."""
    return tuple(
        _mail(
            person,
            PARENT if person["address"] == row["to"].get("address") else MessageId(f"<{person['address']}>"),
            row,
            me,
            now,
        )
        for person in [
            row["to"],
            *(one for one in row.get("panel", ()) if one.get("address") != row["to"].get("address")),
        ]
        if "address" in person
        and (person.keys() & {"signed", "titled", "form"} or (person is row["to"] and "parent" in row))
    )


def _mail(person: Mapping[str, Any], name: MessageId, row: Mapping[str, Any], me: Me, now: datetime) -> Mail:
    address, signed, titled = Address(person["address"]), person.get("signed"), person.get("titled")
    mentions = (PersonMention(titled, None, source="body"),) if titled else ()
    sender = address if signed or "parent" in row else Address("office@mail.example")
    envelope = Envelope(
        id=name,
        ref=MessageRef("1"),
        role=SpecialUse.INBOX,
        subject=row.get("parent", ""),
        sender=Mailbox(person["name"], sender),
        to=(Mailbox(me.name, me.primary),),
        date=now - timedelta(days=6),
    )
    voice = Voice(signed=signed or "", form=person.get("form", ""))
    reading = Reading(name, MessageKind.OTHER, Side.CANDIDATE, language=row["language"], people=mentions, voice=voice)
    return Mail(envelope, (Place(me.primary, SpecialUse.INBOX, MessageRef("1")),), reading)


def page(rows: Sequence[Mapping[str, Any]], letters: Letters) -> Iterator[str]:
    """The page, line by line.

    Raises:
        SystemExit: a situation gives no letter.
    """
    yield "# Letters\n"
    yield "Written by `make samples` from `tools/samples.toml`: what mailwatch would lay into the Drafts folder. People and firms are"
    yield "invented. Lines in the user's own words carry the source `debrief`; everything else names its sentence in `src/mailwatch/letters`."
    for number, row in enumerate(rows, 1):
        draft = letter_from_row(row, letters)
        if isinstance(draft, Refusal):
            raise SystemExit(f"{row['title']}: {draft.reason}")
        yield f"\n## {number}. {row['title']}\n"
        yield f"To: {draft.to.name} <{draft.to.address}>  "
        yield f"Subject: {draft.subject}\n"
        yield from (f"> {line}" if line else ">" for line in draft.text.rstrip("\n").split("\n\n")[0].splitlines())
        for paragraph in draft.text.rstrip("\n").split("\n\n")[1:]:
            yield ">"
            yield from (f"> {line}  " for line in paragraph.splitlines())
        yield "\n<details><summary>Where each sentence comes from</summary>\n"
        yield from (f"- {sentence.text} ← `{sentence.source}`" for sentence in draft.sentences)
        yield "\n</details>"


def main(arguments: Sequence[str]) -> int:
    """Write the page to the file named."""
    text = "\n".join(page(rows_from_file(), load_letters())) + "\n"
    Path(arguments[0]).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
