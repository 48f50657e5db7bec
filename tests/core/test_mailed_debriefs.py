"""A debrief mailed to oneself: which interview it is about, what is for letters, what stays private."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailwatch.core.mailed_debriefs import debrief_from_mail, interview_meant, untaken_debriefs
from mailwatch.core.model import (
    Debrief,
    Detection,
    Envelope,
    Mailbox,
    Message,
    MessageId,
    MessageKind,
    MessageRef,
    SharedNote,
    SpecialUse,
)
from mailwatch.core.reading import ReadingContext, read
from mailwatch.core.reading.to_self import is_debrief_mail, words_after_debrief
from mailwatch.phrases import load_lexicon
from tests.core.builders import BO, ME, RITA, application, at, facts, interview, mail, person, sent

LEXICON = load_lexicon()
ROUND = interview(people=[RITA, BO])
PROCESS = application(ROUND)
MINE = f"Jordan Reyes <{ME.primary}>"


def note_to_self(text: str, subject: str = "debrief", when: str = "2026-09-08 12:30") -> Message:
    """A mail from the user to the user; 8 September 2026 is the Tuesday of the interview."""
    box = Mailbox("Jordan Reyes", ME.primary)
    envelope = Envelope(
        id=MessageId("<note@mail.example>"),
        ref=MessageRef("1"),
        role=SpecialUse.SENT,
        subject=subject,
        sender=box,
        to=(box,),
        date=at(when),
    )
    return Message(envelope, text, outgoing=True)


def told(text: str) -> Debrief:
    return debrief_from_mail(note_to_self(text), PROCESS, ROUND, ME, LEXICON)


def test_labelled_lines_are_for_letters_and_everything_else_is_private() -> None:
    debrief = told(
        "Rita: your map of late parcels\n"
        "Rita: I would begin with one depot.\n"
        "bo lind: how you let new people break the test line\n"
        "fit: In Lisbon I ran the parcel desk for four years.\n"
        "decide: Friday\n"
        "private: they seem tired\n"
        "\n"
        "The office smelled of paint.\n"
        "Zed: who was that?\n"
        "keen: 4\n"
        "red flag: three left since summer\n"
        "stumped: how many lifts Berlin has\n"
    )
    assert debrief.notes == (
        SharedNote(person(RITA).key, "your map of late parcels", "I would begin with one depot."),
        SharedNote(person(BO).key, "how you let new people break the test line"),
    )
    assert debrief.fit == "In Lisbon I ran the parcel desk for four years."
    assert str(debrief.decide_by) == "2026-09-11"
    assert debrief.private.reveal() == {
        "note": "they seem tired The office smelled of paint. Zed: who was that?",
        "keen": "4",
        "red flag": "three left since summer",
        "stumped": "how many lifts Berlin has",
    }
    assert debrief.evidence == ROUND.anchors | {"<note@mail.example>"}
    assert debrief.at == at("2026-09-08 12:30")


def test_who_was_absent_and_who_else_was_there() -> None:
    debrief = told("absent: Bo, Nobody\nalso: Ana Ruiz <Ana@Acme.example>; Lou Tsang")
    assert debrief.absent == (person(BO).key,)
    assert debrief.added == (("Ana Ruiz", "ana@acme.example"), ("Lou Tsang", ""))


def test_a_day_that_is_not_understood_is_kept_as_written() -> None:
    debrief = told("decide: when the moon is right\ndecide: or later\ncovered: pipelines")
    assert (debrief.decide_by, debrief.decide_words) == (None, "when the moon is right or later")
    assert debrief.covered == "pipelines"


def test_a_line_that_the_mail_program_broke_is_put_together() -> None:
    debrief = told(
        "Rita: your point that the people on the night shift own none of the\n"
        "figures that they are asked about in the morning, every single day of\n"
        "the week\n"
        "and this is mine\n"
    )
    topic = debrief.notes[0].topic
    assert topic.startswith("your point that the people on the night shift own none of the figures")
    assert topic.endswith("of the week")
    assert debrief.private.reveal() == {"note": "and this is mine"}


def test_where_it_is_unsure_whether_a_line_goes_on_nothing_of_it_is_for_letters() -> None:
    debrief = told("Rita: your point that the people on the night shift own none of the\nThey all looked exhausted.")
    assert debrief.notes == ()
    assert "They all looked exhausted." in debrief.private.reveal()["note"]
    short = told("Rita: your map of late parcels\nThey all looked exhausted.")
    assert short.notes[0].topic == "your map of late parcels"


def test_a_first_name_of_two_people_means_neither() -> None:
    twins = interview(people=["Rita Ek <rita@acme.example>", "Rita Berg <berg@acme.example>"])
    debrief = debrief_from_mail(note_to_self("Rita: your map\nRita Berg: your desk"), PROCESS, twins, ME, LEXICON)
    assert [note.topic for note in debrief.notes] == ["your desk"]
    assert debrief.private.reveal() == {"note": "Rita: your map"}


@pytest.mark.parametrize(
    ("subject", "lines", "expected"),
    [
        ("Debrief", "nothing labelled", "uid-second"),
        ("debrief acme", "", "uid-first"),
        ("debrief: Rita", "", "uid-first"),
        ("debrief Globex", "", "uid-second"),
        ("debrief Initech", "", None),
        ("debrief", "Rita: your map", "uid-first"),
    ],
)
def test_the_interview_is_the_one_named_else_the_one_with_these_people_else_the_last(
    subject: str, lines: str, expected: str | None
) -> None:
    first = application(interview("2026-09-08 10:00", people=[RITA], anchors=["uid-first"]), company="Acme")
    second = application(
        interview("2026-09-08 11:00", people=[BO], anchors=["uid-second"]),
        company="Globex",
        id="a2",
        domains=("globex.example",),
    )
    meant = interview_meant(note_to_self(lines, subject), [first, second])
    assert (meant and set(meant[1].anchors)) == (expected and {expected})


def test_only_an_interview_of_the_two_weeks_before_is_meant() -> None:
    assert interview_meant(note_to_self("", when="2026-09-08 09:00"), [PROCESS]) is None
    assert interview_meant(note_to_self("", when="2026-09-25 09:00"), [PROCESS]) is None
    undated = replace(note_to_self(""), envelope=replace(note_to_self("").envelope, date=None))
    assert interview_meant(undated, [PROCESS]) is None


def test_it_is_one_only_from_the_user_to_the_user_alone() -> None:
    envelope = note_to_self("").envelope
    assert is_debrief_mail(envelope, ME)
    assert is_debrief_mail(replace(envelope, subject=" DEBRIEF: Acme"), ME)
    other = Mailbox("Rita Ek", person(RITA).address or ME.primary)
    for changed in (
        replace(envelope, subject="Re: debrief"),
        replace(envelope, subject="debriefing tomorrow"),
        replace(envelope, sender=None),
        replace(envelope, sender=other),
        replace(envelope, to=()),
        replace(envelope, cc=(other,)),
    ):
        assert not is_debrief_mail(changed, ME)
    assert words_after_debrief("Debrief – Acme, Rita") == "Acme, Rita"
    assert words_after_debrief("Lunch") == ""


def test_its_reading_says_nothing() -> None:
    message = note_to_self("Rita: they will decide on Friday. Interview tomorrow at 10:00 with Zed. Thank you!")
    reading = read(message, ReadingContext(ME, LEXICON, Detection()))
    assert reading.kind is MessageKind.OTHER_SENT
    assert (reading.people, reading.meetings, reading.promise, reading.evidence) == ((), (), None, ())


def test_it_counts_once_and_only_from_sent() -> None:
    mine = sent(MINE, "2026-09-08 12:30", subject="debrief", ident="<note@mail.example>")
    assert [found.envelope.id for found in untaken_debriefs(facts(mine))] == ["<note@mail.example>"]
    assert untaken_debriefs(facts(mine, Debrief(frozenset({"<note@mail.example>"}), at("2026-09-08 13:00")))) == ()
    forged = mail(MINE, "2026-09-08 12:30", to=MINE, subject="debrief", ident="<forged@mail.example>")
    assert untaken_debriefs(facts(forged)) == ()
