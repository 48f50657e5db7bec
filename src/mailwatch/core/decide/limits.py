"""Not too much at once: one draft a thread, one letter a day to a contact of several processes, ten a run (RULES §8)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from mailwatch.core.decide.ground import LIVE, Ground
from mailwatch.core.model import Action, Address, Decision, Kind, Standing
from mailwatch.core.workdays import next_workday

_URGENCY = {Kind.THANK_YOU: 0, Kind.RELAY: 1, Kind.WITHDRAWAL: 2, Kind.FOLLOW_UP: 3}


def limited(decisions: Iterable[Decision], ground: Ground) -> tuple[Decision, ...]:
    """The decisions with the letters put off that would be too much now."""
    decisions = _one_a_thread(tuple(decisions), ground)
    decisions = _spaced(decisions, ground)
    return _not_too_many(decisions, ground)


def _one_a_thread(decisions: tuple[Decision, ...], ground: Ground) -> tuple[Decision, ...]:
    """Never two drafts in one thread: a second thank-you begins a thread of its own, anything else waits."""
    taken = {
        thread
        for row in ground.facts.ledger
        if row.state in LIVE and row.thread_of is not None and (thread := ground.threads.get(row.thread_of))
    }
    kept: list[Decision] = []
    for decision in decisions:
        thread = ground.threads.get(decision.parent) if decision.parent is not None else None
        if decision.action is not Action.DRAFT or thread is None:
            kept.append(decision)
        elif thread not in taken:
            taken.add(thread)
            kept.append(decision)
        elif decision.kind in {Kind.THANK_YOU, Kind.RELAY}:
            kept.append(replace(decision, parent=None))
        else:
            kept.append(_put_off(decision, "Another draft lies in that thread: send or discard it first.", None))
    return tuple(kept)


def _spaced(decisions: tuple[Decision, ...], ground: Ground) -> tuple[Decision, ...]:
    """One contact in two processes: the second draft comes on the next business day."""
    today = ground.day(ground.now)
    first: dict[Address, Decision] = {}
    kept: list[Decision] = []
    for decision in decisions:
        address = decision.recipient.address if decision.recipient else None
        if decision.action is not Action.DRAFT or address is None:
            kept.append(decision)
            continue
        other = first.setdefault(address, decision)
        before = other.application != decision.application or _was_written_for_another(decision, address, ground)
        if before:
            tomorrow = ground.morning(next_workday(today + timedelta(days=1), ground.policy.holidays))
            reason = f"They get another letter of yours today; this one appears {ground.words(tomorrow)}."
            kept.append(_put_off(decision, reason, tomorrow))
        else:
            kept.append(decision)
    return tuple(kept)


def _was_written_for_another(decision: Decision, address: Address, ground: Ground) -> bool:
    """A draft of ours to this contact was saved today for another process."""
    today = ground.day(ground.now)
    rows = (row for row in ground.rows.get(address, ()) if row.state in LIVE and ground.day(row.at) == today)
    return any(row.evidence and not row.evidence & decision.anchors for row in rows)


def _not_too_many(decisions: tuple[Decision, ...], ground: Ground) -> tuple[Decision, ...]:
    """At most so many new drafts in one run, the most pressing first, but never half a panel."""
    wanted = [decision for decision in decisions if decision.action is Action.DRAFT]
    if len(wanted) <= ground.policy.max_per_run:
        return decisions
    units: dict[Hashable, list[Decision]] = {}
    for decision in sorted(wanted, key=_pressing):
        panel = decision.kind in {Kind.THANK_YOU, Kind.RELAY}
        unit: Hashable = (decision.application, decision.interview) if panel else decision.key
        units.setdefault(unit, []).append(decision)
    chosen: set[str] = set()
    for letters in units.values():
        if not chosen or len(chosen) + len(letters) <= ground.policy.max_per_run:
            chosen |= {decision.key for decision in letters}
    return tuple(
        _put_off(decision, "Enough drafts for one run: this one comes with the next.", ground.now)
        if decision.action is Action.DRAFT and decision.key not in chosen
        else decision
        for decision in decisions
    )


def _pressing(decision: Decision) -> tuple[int, float, str]:
    due = decision.due.timestamp() if decision.due else 0.0
    return _URGENCY.get(decision.kind, 9), due, decision.key


def _put_off(decision: Decision, reason: str, until: datetime | None) -> Decision:
    return replace(decision, action=Action.WAIT, standing=Standing.BLOCKED, reason=reason, until=until)
