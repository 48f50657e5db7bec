"""The shapes of letters: which slots, in which paragraphs, and how many words the whole letter may have.

A shape is a tuple of paragraphs, a paragraph a tuple of slots. For each letter the shapes stand in the order in which
they are tried; a slot for which nothing fits is left out, never filled.
"""

from __future__ import annotations

from mailwatch.core.compose.situation import Situation
from mailwatch.core.model import Kind

Shape = tuple[tuple[str, ...], ...]
Limits = tuple[int, int]

WORDS_PER_LINE = 30

_THANK_YOU: dict[str, tuple[Limits, Limits]] = {  # with a debrief, without
    "recruiter": ((45, 80), (30, 60)),
    "hiring_manager": ((80, 130), (40, 65)),
    "peer": ((60, 110), (35, 55)),
    "executive": ((50, 90), (35, 55)),
    "unknown": ((60, 120), (35, 65)),
}
_CHAT: Limits = (20, 80)
_SHORT_NOTE: Limits = (35, 70)


def limits_for(situation: Situation) -> Limits:
    """The fewest and most words of the whole letter, greeting and name included."""
    if situation.kind not in {Kind.THANK_YOU, Kind.RELAY}:
        return _SHORT_NOTE
    if situation.informational:
        return _CHAT
    personal, bare = _THANK_YOU[situation.traits["to"]]
    low, high = personal if situation.personal else bare
    return low, high + WORDS_PER_LINE * len(situation.lines)


def shapes_for(situation: Situation) -> tuple[Shape, ...]:
    """The shapes to try, best first."""
    match situation.kind:
        case Kind.FOLLOW_UP:
            return _follow_up(situation)
        case Kind.WITHDRAWAL:
            return (
                (("withdraw.decision", "withdraw.freed"), ("by_name", "wish")),
                (("withdraw.decision", "withdraw.freed"), ("by_name",)),
            )
        case Kind.DECLINE:
            return ((("decline.decision",), ("by_name", "wish")), (("decline.decision",), ("wish",)))
        case Kind.THANKS_ANYWAY:
            return ((("anyway.opening", "anyway.regret"), ("anyway.future",)),)
        case Kind.DEADLINE:
            return ((("deadline.news", "deadline.interest"), ("deadline.question",)),)
        case _:
            return _thank_you(situation)


def _follow_up(situation: Situation) -> tuple[Shape, ...]:
    if situation.asking > 1:
        return (
            ((situation.opening, "second.interest"), ("chase.question", "second.exit")),
            ((situation.opening,), ("chase.question", "second.exit")),
        )
    return (((situation.opening, "chase.interest", "chase.question"),),)


def _thank_you(situation: Situation) -> tuple[Shape, ...]:
    opening = situation.opening
    relay = (("relay.ask",), *((f"relay.line:{index}",) for index in range(len(situation.lines))))
    if situation.informational:
        return (((opening, "topic", "thought"), ("interest.chat",), *relay),)
    role = situation.traits["to"]
    interest = "interest.next" if situation.traits["stage"] == "next" else _interest(role)
    if role == "recruiter":
        return _to_recruiter(opening, interest, relay)
    if situation.personal:
        fit = "fit" in situation.own
        shapes = _personal(role, opening, interest, relay, fit=fit)
        # Where the user wrote little, the longer openings, which name the role, make the letter whole.
        return (
            (*shapes, *_personal(role, "opening.bare", interest, relay, fit=fit))
            if opening == "opening.short"
            else shapes
        )
    return _bare(role, opening, interest, relay)


def _interest(role: str) -> str:
    return {"recruiter": "interest.recruiter", "peer": "interest.peer"}.get(role, "interest.strong")


def _to_recruiter(opening: str, interest: str, relay: Shape) -> tuple[Shape, ...]:
    body: Shape = ((opening, "topic", "thought"), ("better",))
    short: Shape = ((opening, "topic", "thought", interest), ("better",))
    return (
        (*short, *relay),
        (*short, ("thanks",), *relay),
        (*body, (interest, "thanks"), *relay),
        (*body, *relay),
    )


def _personal(role: str, opening: str, interest: str, relay: Shape, *, fit: bool) -> tuple[Shape, ...]:
    own = (opening, "topic", "thought")
    if role == "peer":
        return (
            (own, ("better",), (interest,), *relay),
            (own, ("better",), (interest, "thanks"), *relay),
            (own, ("better",), (interest,), ("offer",), *relay),
            (own, ("better",), *relay),
        )
    if not fit:
        return (
            (own, ("better",), (interest, "thanks"), *relay),
            (own, ("better",), (interest,), ("offer",), *relay),
            (own, ("better",), (interest, "offer"), ("thanks",), *relay),
            (own, ("better",), (interest,), *relay),
            (own, ("better",), *relay),
        )
    return (
        (own, ("better",), ("fit", "fit.link"), ("thanks",), *relay),
        (own, ("better",), ("fit", "fit.link"), (interest, "thanks"), *relay),
        (own, ("better",), ("fit", "fit.link"), ("offer", "thanks"), *relay),
        (own, ("better",), ("fit", "fit.link"), *relay),
        (own, ("better",), ("fit",), *relay),
    )


def _bare(role: str, opening: str, interest: str, relay: Shape) -> tuple[Shape, ...]:
    if role == "hiring_manager":
        return (
            ((opening, interest), ("offer",), *relay),
            ((opening, interest), ("thanks",), *relay),
            ((opening, interest), *relay),
        )
    return (
        ((opening, interest), *relay),
        ((opening, interest), ("offer",), *relay),
        ((opening, interest), ("thanks",), *relay),
    )
