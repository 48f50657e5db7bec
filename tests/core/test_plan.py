"""The whole pipeline: facts in, plan out."""

from __future__ import annotations

import pytest

from mailwatch.core.casebook import traces
from mailwatch.core.model import AccountCoverage, Action, Coverage, Facts, Kind, Plan, Policy, Standing
from mailwatch.core.plan import plan
from mailwatch.core.reading import read_event
from mailwatch.letters import load_letters
from tests.core import builders as b

AFTER = "2026-09-08 13:00"
LETTERS = load_letters()


def planned(facts: Facts, now: str = AFTER, *, coverage: Coverage | None = None, policy: Policy = b.RULES) -> Plan:
    return plan(facts, coverage or b.covered(now), b.at(now), policy, b.LEXICON, LETTERS)


def invitation(**more):
    meeting = b.meeting("2026-09-08 10:00", uid="u1", organizer=b.RITA)
    return b.mail(b.RITA, "2026-09-01 09:00", meeting, company="Acme", role="Data Analyst", **more)


@pytest.mark.scenario("T1")
def test_an_interview_that_is_over_brings_a_complete_letter() -> None:
    found = planned(b.facts(invitation()))
    (draft,) = found.drafts
    assert (draft.kind, draft.to.address) == (Kind.THANK_YOU, "rita@acme.example")
    assert draft.key in {decision.key for decision in found.decisions}
    assert draft.raw.count(b"rita@acme.example") == 1
    assert (found.gaps, found.stale, found.questions) == ((), (), ())


def test_before_the_interview_the_plan_says_when_it_changes() -> None:
    found = planned(b.facts(invitation()), "2026-09-07 09:00")
    assert found.drafts == ()
    assert found.next_change == b.at("2026-09-08 12:30")


def test_an_empty_mailbox_gives_an_empty_plan() -> None:
    found = planned(b.facts())
    assert (found.applications, found.decisions, found.drafts, found.next_change) == ((), (), (), None)


def test_the_same_facts_give_the_same_plan() -> None:
    facts = b.facts(invitation())
    assert planned(facts) == planned(facts)


def test_the_order_in_which_facts_are_stored_does_not_matter() -> None:
    mails = [
        invitation(),
        b.thanks(b.RITA, "2026-09-08 12:00"),
        b.reply(b.KIT, "2026-09-08 12:30", b.ReplyKind.NEUTRAL),
    ]
    assert planned(b.facts(*mails)) == planned(b.facts(*reversed(mails)))


def test_a_letter_that_cannot_be_written_becomes_a_question_with_the_reason() -> None:
    found = planned(b.facts(invitation(language="xx")))
    (decision,) = (each for each in found.decisions if each.kind is Kind.THANK_YOU)
    assert found.drafts == ()
    assert (decision.action, decision.standing) == (Action.ASK, Standing.BLOCKED)
    assert decision.reason


def test_accounts_that_were_not_read_are_named() -> None:
    coverage = b.covered(AFTER, until="2026-09-08 09:00")
    assert planned(b.facts(invitation()), coverage=coverage).gaps == ("jordan@mail.example: not read up to now",)
    failing = Coverage((AccountCoverage(b.ME.primary, problem="sign-in needed"),))
    assert planned(b.facts(invitation()), coverage=failing).gaps == ("jordan@mail.example: sign-in needed",)


def test_an_account_that_is_not_required_holds_nothing_up() -> None:
    covered = b.covered(AFTER).accounts[0]
    other = AccountCoverage(b.Address("old@mail.example"), required=False)
    found = planned(b.facts(invitation()), coverage=Coverage((covered, other)))
    assert len(found.drafts) == 1
    assert found.gaps == ("old@mail.example: not read up to now",)


def test_an_entry_of_the_calendar_is_read_once_for_all_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counting(event, context):
        read.append(event.uid)
        return read_event(event, context)

    monkeypatch.setattr(traces, "read_event", counting)
    entry = b.event("2026-09-08 10:00", uid="read-once@acme.example")
    for now in (AFTER, "2026-09-09 13:00"):
        planned(b.facts(entry), now)
    assert read == ["read-once@acme.example"]
