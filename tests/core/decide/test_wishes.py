"""Letters that only the user can ask for: when they make sense, and what forbids them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mailwatch.core.decide import decisions_on, ground_of
from mailwatch.core.decide.wishes import wished_letter, wished_thanks
from mailwatch.core.model import (
    Action,
    Application,
    Decision,
    InterviewState,
    Kind,
    LedgerState,
    MarkKind,
    Person,
    Policy,
    Refusal,
    Standing,
)
from tests.core import builders as b

SOON, LATE = "2026-09-08 14:00", "2026-09-20 09:00"


def ground_at(now: str, *items, policy: Policy = b.RULES, applications=()):
    return ground_of(b.facts(*items), applications, b.covered(now), b.at(now), policy)


def thanks(
    *items, now: str = LATE, policy: Policy = b.RULES, application: Application | None = None, standing=None
) -> Decision | Refusal:
    """What asking for Rita's thank-you leads to."""
    process = application or b.application(b.interview(people=(b.RITA,)))
    ground = ground_at(now, *items, policy=policy, applications=(process,))
    decision = next(each for each in decisions_on([process], ground) if each.kind is Kind.THANK_YOU)
    return wished_thanks(replace(decision, standing=standing) if standing else decision, process, ground)


def key_of_thanks() -> str:
    asked = thanks()
    assert isinstance(asked, Decision)
    return asked.key


@pytest.mark.scenario("T15")
def test_a_thank_you_that_is_too_late_is_written_when_the_user_asks() -> None:
    asked = thanks()
    assert isinstance(asked, Decision)
    assert (asked.action, asked.standing, asked.reason) == (Action.DRAFT, Standing.DUE, "You asked for it.")


def test_a_thank_you_before_its_time_is_written_once_the_interview_is_over() -> None:
    assert isinstance(thanks(now="2026-09-08 11:05"), Decision)
    asked = thanks(now="2026-09-08 10:30")
    assert isinstance(asked, Refusal)


def test_a_thank_you_that_was_sent_is_not_written_again() -> None:
    asked = thanks(b.thanks(b.RITA, "2026-09-08 20:00"))
    assert asked == Refusal("You thanked Tue 8 Sep 20:00.")


def test_an_untouched_draft_may_be_replaced_and_an_edited_one_may_not() -> None:
    row = b.row(Kind.THANK_YOU, b.RITA, LedgerState.SAVED, key=key_of_thanks())
    assert isinstance(thanks(row, now=SOON), Decision)
    assert thanks(replace(row, state=LedgerState.EDITED), now=SOON) == Refusal("A draft of it lies in Drafts already.")


def test_a_draft_that_lies_there_without_the_ledger_knowing_is_left_alone() -> None:
    assert thanks(standing=Standing.DRAFT_READY) == Refusal("A draft of it lies in Drafts already.")


def test_a_deleted_thank_you_is_written_when_the_user_asks() -> None:
    row = b.row(Kind.THANK_YOU, b.RITA, LedgerState.REMOVED, key=key_of_thanks())
    assert isinstance(thanks(row, now=SOON), Decision)


def test_nobody_without_an_address_gets_one() -> None:
    process = b.application(b.interview(people=("Rita Ek",)))
    ground = ground_at(LATE, applications=(process,))
    decision = next(each for each in decisions_on([process], ground) if each.kind is Kind.THANK_YOU)
    asked = wished_thanks(replace(decision, standing=Standing.LATE), process, ground)
    assert asked == Refusal("No address is known for this person.")


@pytest.mark.parametrize(
    ("items", "policy", "why"),
    [
        ((b.draft_seen(b.RITA),), Policy(), "You have begun a draft there yourself"),
        ((), Policy(paused_until=b.at("2026-12-01 09:00")), "Paused until"),
        ((), Policy(muted=frozenset({"acme"})), "You muted this"),
        ((), Policy(create_drafts=False), "switched off"),
    ],
)
def test_what_forbids_every_letter_forbids_a_wish_too(items, policy: Policy, why: str) -> None:
    asked = thanks(*items, policy=policy)
    assert isinstance(asked, Refusal)
    assert why in asked.reason


def wished(
    kind: Kind,
    process: Application,
    *items,
    person: Person | None = None,
    others: tuple[Application, ...] = (),
    now: str = LATE,
) -> Decision | Refusal:
    return wished_letter(kind, process, person, (process, *others), ground_at(now, *items, applications=(process,)))


def process(state: str, *interviews, **more) -> Application:
    return b.application(*(interviews or (b.interview(),)), state=state, **more)


@pytest.mark.scenario("R8")
@pytest.mark.parametrize(
    ("kind", "fits", "does_not", "why"),
    [
        (Kind.DECLINE, "offered", "open", "No offer is known there: mailwatch mark ID offer."),
        (Kind.THANKS_ANYWAY, "rejected", "open", "No refusal is known there: mailwatch mark ID rejected."),
        (Kind.WITHDRAWAL, "on_hold", "rejected", "That process is over: there is nothing to withdraw."),
    ],
)
def test_a_letter_is_written_where_it_makes_sense(kind: Kind, fits: str, does_not: str, why: str) -> None:
    asked = wished(kind, process(fits))
    assert isinstance(asked, Decision)
    assert (asked.action, asked.recipient.address) == (Action.DRAFT, "kit@acme.example")
    assert wished(kind, process(does_not)) == Refusal(why)


def test_it_goes_to_whom_the_user_names() -> None:
    asked = wished(Kind.DECLINE, process("offered"), person=b.person(b.RITA))
    assert isinstance(asked, Decision)
    assert asked.recipient.address == "rita@acme.example"


def test_where_nobody_is_known_it_goes_to_nobody() -> None:
    nobody = process("offered", b.interview(people=()), contact=None, contacts=())
    assert wished(Kind.DECLINE, nobody) == Refusal("Nobody is known there to whom it could go.")
    unnamed = wished(Kind.DECLINE, process("offered"), person=b.person("Rita Ek"))
    assert unnamed == Refusal("Nobody is known there to whom it could go.")


@pytest.mark.scenario("R7")
def test_a_deadline_is_that_of_another_firms_offer_and_the_first_of_several() -> None:
    assert wished(Kind.DEADLINE, process("open")) == Refusal(
        "No offer of another firm is known: mailwatch mark ID offer."
    )
    offers = (
        process("offered", id="o1", offer_deadline=date(2026, 10, 2)),
        process("offered", id="o2", offer_deadline=date(2026, 9, 30)),
        process("offered", id="o3"),
    )
    asked = wished(Kind.DEADLINE, process("open"), others=offers)
    assert isinstance(asked, Decision)
    assert asked.promised == date(2026, 9, 30)
    undated = wished(Kind.DEADLINE, process("open"), others=offers[2:])
    assert isinstance(undated, Decision)
    assert undated.promised is None


def test_a_withdrawal_names_the_meetings_that_it_frees() -> None:
    ahead = b.interview("2026-09-25 10:00", anchors=("uid-2",))
    called_off = b.interview("2026-09-26 10:00", state=InterviewState.CANCELLED, anchors=("uid-3",))
    asked = wished(Kind.WITHDRAWAL, process("open", b.interview(), ahead, called_off))
    assert isinstance(asked, Decision)
    assert asked.freed == (ahead.id,)
    assert wished(Kind.DECLINE, process("offered", ahead)).freed == ()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (LedgerState.SAVED, "A draft of it lies in Drafts already."),
        (LedgerState.EDITED, "A draft of it lies in Drafts already."),
        (LedgerState.SENT, "You have sent it already."),
    ],
)
def test_a_letter_is_asked_for_once(state: LedgerState, why: str) -> None:
    asked = wished(Kind.DECLINE, process("offered"))
    assert isinstance(asked, Decision)
    row = b.row(Kind.DECLINE, b.KIT, state, key=asked.key, anchor=None)
    assert wished(Kind.DECLINE, process("offered"), row) == Refusal(why)
    deleted = replace(row, state=LedgerState.REMOVED)
    assert isinstance(wished(Kind.DECLINE, process("offered"), deleted), Decision)


def test_thanks_given_otherwise_are_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    mark = b.mark(
        MarkKind.DONE, "uid-1@acme.example", kind_of_letter=Kind.THANK_YOU, person="rita@acme.example", value="card"
    )
    asked = thanks(mark, application=b.application(b.interview(people=(b.RITA,), anchors=("uid-1@acme.example",))))
    assert isinstance(asked, Refusal)
