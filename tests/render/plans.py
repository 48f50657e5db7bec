"""A small plan for what shows plans: one process with a panel, one that waits, one that is closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from mailwatch.core.model import (
    Action,
    Address,
    Application,
    ApplicationId,
    ApplicationState,
    Decision,
    DecisionDate,
    DraftKey,
    Evidence,
    Interview,
    InterviewId,
    InterviewState,
    Kind,
    Person,
    Plan,
    Question,
    Standing,
)

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
RITA = Person("Rita Ek", Address("rita@acme.example"), "Head of Data")
BO = Person("Bo Lind", Address("bo@acme.example"))
ANA = Person("Ana Ruiz")


def interview(identity: str = "aa11", *, hours_ago: float = 20, **changes: object) -> Interview:
    start = NOW - timedelta(hours=hours_ago)
    base = Interview(
        InterviewId(identity),
        InterviewState.SCHEDULED,
        start,
        start + timedelta(minutes=90),
        people=(RITA, BO, ANA),
        anchors=frozenset({"<invite@acme.example>"}),
        evidence=(Evidence("<invite@acme.example>", "invitations.request", "Interview with Acme"),),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def letter(person: Person | None, standing: Standing, **changes: object) -> Decision:
    base = Decision(
        DraftKey("k" + (person.key if person else "")),
        Kind.THANK_YOU,
        Action.DRAFT if standing is Standing.DRAFT_READY else Action.WAIT,
        standing,
        ApplicationId("acme0"),
        "no personal line yet: mailwatch debrief",
        interview=InterviewId("aa11"),
        recipient=person,
        due=NOW + timedelta(hours=6),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def acme(**changes: object) -> Application:
    base = Application(
        ApplicationId("acme0"),
        "Acme Corp",
        "Senior engineer",
        ApplicationState.OPEN,
        interviews=(interview(),),
        contact=RITA,
        messages=frozenset(),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def plan(*applications: Application, **changes: object) -> Plan:
    base = Plan(NOW, applications or (acme(),))
    return replace(base, **changes)  # type: ignore[arg-type]


def full_plan() -> Plan:
    globex = Application(
        ApplicationId("glob0"),
        "Globex",
        "Data analyst",
        ApplicationState.OPEN,
        interviews=(interview("bb22", hours_ago=400, medium="phone", people=(BO,)),),
        decision=DecisionDate(date(2026, 11, 13), NOW - timedelta(days=20), "by Friday", "<p@globex.example>"),
    )
    initech = Application(ApplicationId("init0"), "Initech", "", ApplicationState.REJECTED)
    decisions = (
        letter(RITA, Standing.DRAFT_READY),
        letter(BO, Standing.SENT, reason="you wrote on Monday", due=None),
        letter(ANA, Standing.NO_ADDRESS, reason="your letter to Kit asks to pass thanks on", due=None),
        letter(
            BO,
            Standing.DRAFT_READY,
            key=DraftKey("f1"),
            kind=Kind.FOLLOW_UP,
            application=ApplicationId("glob0"),
            interview=InterviewId("bb22"),
            reason="no reply seen since Wed 18 Nov",
            due=None,
        ),
    )
    question = Question("q1", "Two times are named for Hooli", "mailwatch confirm h1")
    return plan(acme(), globex, initech, decisions=decisions, questions=(question,), notes=("Keep applying.",))
