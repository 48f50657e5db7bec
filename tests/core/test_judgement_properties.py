"""Whatever mail says, in whatever order: what the judgement never does."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from mailwatch.core.casebook import assemble
from mailwatch.core.decide import decide
from mailwatch.core.model import (
    Action,
    ApplicationState,
    Casebook,
    Coverage,
    Decision,
    Direction,
    Facts,
    InterviewState,
    Kind,
    LedgerState,
    MarkKind,
    MeetingState,
    MessageKind,
    ReplyKind,
    SpecialUse,
)
from tests.core import builders as b

PEOPLE = (b.RITA, b.BO, b.KIT, "Eve <eve@evil.test>", "Max <max@gmail.com>", "Acme <noreply@acme.example>")
ROBOT = "Acme <noreply@greenhouse-mail.test>"
DAYS = [f"2026-09-{day:02} {hour}:00" for day in (1, 3, 8, 8, 10, 15) for hour in ("09", "14")]
INCOMING = tuple(kind for kind in MessageKind if not kind.value.endswith("_sent"))

moments = st.sampled_from(DAYS)
meetings = st.builds(
    b.meeting,
    st.none() | moments,
    state=st.sampled_from(MeetingState),
    uid=st.sampled_from(("", "", "u1", "u2")),
    sequence=st.integers(0, 2),
    day_only=st.booleans(),
    agenda=st.booleans(),
    assessed=st.sampled_from((False, False, True)),
    informational=st.sampled_from((False, False, True)),
    organizer=st.sampled_from(("", b.RITA, b.KIT)),
    people=st.lists(
        st.sampled_from((*PEOPLE, b.named_interviewer("Lou Tsang"), b.mention(b.BO, declined=True))), max_size=2
    ),
)
when = st.sampled_from(
    [f"2026-09-{day:02} {hour}:{minute}" for day in range(1, 25, 2) for hour in ("08", "20") for minute in ("00", "30")]
)
role = st.sampled_from(("", "Data Analyst", "Night Guard"))


@st.composite
def incoming(draw: st.DrawFn):
    return b.mail(
        draw(st.sampled_from((*PEOPLE, ROBOT))),
        draw(when),
        *draw(st.lists(meetings, max_size=2)),
        kind=draw(st.sampled_from(INCOMING)),
        direction=draw(st.sampled_from((Direction.CANDIDATE, Direction.CANDIDATE, *Direction))),
        reply=draw(st.sampled_from(ReplyKind)),
        promise=draw(st.none() | st.just(b.promise("2026-09-18")) | st.just(b.promise(None))),
        assent=draw(st.booleans()),
        company=draw(st.sampled_from(("", "Acme", "Globex"))),
        role=draw(role),
        place=draw(st.sampled_from((SpecialUse.INBOX, SpecialUse.INBOX, SpecialUse.JUNK))),
        suspicions=draw(st.sampled_from(((), (), (b.Evidence("<m>", "suspicion.test"),)))),
    )


@st.composite
def outgoing(draw: st.DrawFn):
    gratitude = draw(st.none() | st.just(b.Gratitude(sure=True, cause="conversation", words="thank you")))
    return b.sent(
        draw(st.sampled_from(PEOPLE)),
        draw(when),
        *draw(st.lists(meetings, max_size=1)),
        gratitude=gratitude,
        follow_up=draw(st.booleans()),
        accepts_offer=draw(st.sampled_from((False, False, False, True))),
        withdraws=draw(st.sampled_from((False, False, False, True))),
        assent=draw(st.booleans()),
    )


entries = st.builds(
    b.event,
    moments,
    title=st.sampled_from(("Interview – Data Analyst – Jordan Reyes", "Jordan + Rita", "Dentist")),
    uid=st.sampled_from(("u1", "u2", "u3")),
    organizer=st.sampled_from(("", b.RITA)),
    answer=st.sampled_from(("ACCEPTED", "NEEDS-ACTION", "DECLINED")),
    seen=when,
    removed=st.booleans(),
    sequence=st.integers(0, 2),
)
rows = st.builds(
    b.row,
    st.sampled_from((Kind.THANK_YOU, Kind.FOLLOW_UP, Kind.RELAY, Kind.WITHDRAWAL)),
    st.sampled_from((b.RITA, b.BO, b.KIT)),
    st.sampled_from(LedgerState),
    anchor=moments,
    evidence=st.sampled_from((("u1",), ("u2",), ())),
    when=when,
    ordinal=st.integers(0, 2),
)
marks = st.builds(b.mark, st.sampled_from(MarkKind), st.sampled_from(("u1", "u2", "u3")), when=when)
drafts = st.builds(b.draft_seen, st.sampled_from(PEOPLE[:3]))


@st.composite
def invitations(draw: st.DrawFn):
    """A plain invitation, so that most worlds hold an interview that something can happen to."""
    sender = draw(st.sampled_from(PEOPLE[:3]))
    guests = draw(st.lists(st.sampled_from((*PEOPLE[:3], b.named_interviewer("Lou Tsang"))), max_size=2))
    meeting = b.meeting(draw(moments), uid=draw(st.sampled_from(("u1", "u2"))), organizer=sender, people=guests)
    return b.mail(sender, "2026-08-31 09:00", meeting, company="Acme", role=draw(role))


noise = st.lists(incoming() | outgoing() | entries | rows | marks | drafts, max_size=5)
worlds = st.tuples(st.lists(invitations(), min_size=1, max_size=2), noise).map(lambda pair: b.facts(*pair[0], *pair[1]))


def judged(facts: Facts, now: str, coverage: Coverage | None = None) -> tuple[Casebook, tuple[Decision, ...]]:
    casebook = assemble(facts, b.LEXICON)
    return casebook, decide(casebook, facts, coverage or b.covered(now), b.at(now), b.RULES)


@given(worlds, when)
def test_no_draft_goes_to_anybody_whose_address_was_not_seen(facts: Facts, now: str) -> None:
    seen = {box.address for mail in facts.mails for box in (mail.envelope.sender, *mail.envelope.recipients) if box}
    seen |= {
        person.address
        for mail in facts.mails
        if mail.reading
        for each in mail.reading.meetings
        for person in each.people
    }
    seen |= {each.event.organizer.address for each in facts.events if each.event.organizer}
    for decision in judged(facts, now)[1]:
        if decision.action is Action.DRAFT:
            assert decision.recipient.address in seen
            assert not facts.me.owns(decision.recipient.address)
            assert "noreply" not in decision.recipient.address


@given(worlds, when)
def test_a_thank_you_is_written_only_for_a_held_interview_of_a_process_that_is_not_over(facts: Facts, now: str) -> None:
    casebook, decisions = judged(facts, now)
    interviews = {item.id: item for application in casebook.applications for item in application.interviews}
    states = {application.id: application.state for application in casebook.applications}
    for decision in decisions:
        if decision.action is Action.DRAFT and decision.kind in {Kind.THANK_YOU, Kind.RELAY}:
            interview = interviews[decision.interview]
            assert interview.state is InterviewState.SCHEDULED
            assert interview.draftable
            assert interview.end + timedelta(minutes=20) <= b.at(now) < interview.end + timedelta(days=5)
            assert states[decision.application] in {
                ApplicationState.OPEN,
                ApplicationState.ON_HOLD,
                ApplicationState.OFFERED,
            }


@given(worlds, when)
def test_no_second_draft_beside_one_that_lives_or_was_removed(facts: Facts, now: str) -> None:
    settled = {row.key for row in facts.ledger if row.state is not LedgerState.INTENDED}
    for decision in judged(facts, now)[1]:
        if decision.action is Action.DRAFT:
            assert decision.key not in settled
            assert not any(
                row.recipient == decision.recipient.address
                and row.kind is decision.kind is Kind.THANK_YOU
                and row.state is not LedgerState.INTENDED
                and abs(row.anchor - decision.anchor) <= timedelta(hours=36)
                for row in facts.ledger
            )


@given(worlds, when)
def test_nothing_is_drafted_where_nobody_looked(facts: Facts, now: str) -> None:
    blind = b.covered(now, since="2026-09-24 00:00")
    assert not [each for each in judged(facts, now, blind)[1] if each.action is Action.DRAFT]


@given(worlds, when)
def test_at_most_one_draft_to_one_person_for_one_session(facts: Facts, now: str) -> None:
    drafts = [each for each in judged(facts, now)[1] if each.action is Action.DRAFT]
    assert len({each.key for each in drafts}) == len(drafts)


@given(worlds, when, st.randoms(use_true_random=False))
def test_the_order_of_the_facts_does_not_matter(facts: Facts, now: str, random) -> None:
    shuffled = list(facts.mails)
    random.shuffle(shuffled)
    times = [mail.envelope.at for mail in facts.mails]
    if len(set(times)) == len(times):  # what was written at the same moment has no order
        again = Facts(
            facts.me,
            tuple(shuffled),
            facts.events,
            facts.marks,
            facts.debriefs,
            facts.ledger,
            facts.drafts,
            facts.greetings,
        )
        assert judged(again, now) == judged(facts, now)


@given(worlds, when)
def test_every_decision_says_why_in_a_sentence(facts: Facts, now: str) -> None:
    for decision in judged(facts, now)[1]:
        assert decision.reason[0].isupper() or decision.reason[0].isdigit()
        assert len(decision.reason.split()) > 2
