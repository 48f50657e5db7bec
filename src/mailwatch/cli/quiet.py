"""`pause` and `mute`: what mailwatch leaves alone. Both are honoured before anything is written."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from mailwatch.cli.planning import plan_of
from mailwatch.cli.session import Session, instant_from_text
from mailwatch.core.model import Plan
from mailwatch.errors import UsageError
from mailwatch.render.ids import SHORTEST
from mailwatch.render.jsonform import document, instant
from mailwatch.render.screen import shown
from mailwatch.render.words import day_time

FOR_EVER = datetime.max.replace(tzinfo=UTC)


@click.command()
@click.option("--until", metavar="TIME", help="Until this time (ISO 8601); without it, until `pause --off`.")
@click.option("--off", is_flag=True, help="End the pause.")
@click.pass_obj
def pause(session: Session, until: str | None, off: bool) -> None:
    """Save nothing for a while. Mail is read and the status goes on; no letter is laid into Drafts."""
    if off and until:
        raise UsageError("--off and --until exclude each other", next_step="mailwatch pause --off")
    end = None if off else instant_from_text(until, session.zone) if until else FOR_EVER
    if end is not None and end <= session.now:
        raise UsageError("that time is over already", next_step="mailwatch pause --until 2030-01-01")
    with session.store() as store:
        store.words.pause(end)
    if session.json:
        session.write(document("pause", session.now, paused=end is not None, until=instant(end) if until else None))
    elif end is None:
        session.say("The pause is over.")
    else:
        when = f" until {day_time(end, session.zone, session.now, session.days)}" if until else ""
        session.say(f"Paused{when}. End it: mailwatch pause --off")


@click.command()
@click.argument("who", metavar="[COMPANY|PERSON]", default="")
@click.option("--off", is_flag=True, help="Write to them again.")
@click.pass_obj
def mute(session: Session, who: str, off: bool) -> None:
    """Write nothing to a company or a person any more. Without a name: list who is muted.

    The name is a word of what the status shows, an ID or an address.
    """
    with session.store() as store:
        if not who:
            if off:
                raise UsageError("--off needs a name", next_step="mailwatch mute lists them")
        elif off:
            name = _muted_name(store.words.muted(), who)
            store.words.unmute(name)
            session.say(f"{shown(name, 60)} is no longer muted.")
        else:
            name = _name_meant(plan_of(session, store), who)
            store.words.mute(name)
            session.say(f"{shown(name, 60)} is muted. Take it back: mailwatch mute --off {shown(who, 60)}")
        muted = sorted(store.words.muted())
    if session.json:
        session.write(document("mute", session.now, muted=muted))
    elif not who:
        session.say("\n".join(shown(name, 60) for name in muted) or "Nobody is muted.")


def _muted_name(muted: frozenset[str], word: str) -> str:
    wanted = word.casefold()
    matches = [name for name in muted if name == wanted] or [name for name in muted if wanted in name]
    if len(matches) != 1:
        raise UsageError(
            f"“{shown(word, 60)}” is not one of the muted",
            next_step=f"muted are: {', '.join(sorted(muted)) or 'nobody'}",
        )
    return matches[0]


def _name_meant(plan: Plan, word: str) -> str:
    """The company or person that a word points to, as the rules know it: its name, or an address."""
    wanted = word.casefold()
    found: dict[str, str] = {}
    for application in plan.applications:
        ids = (application.id, *(interview.id for interview in application.interviews))
        named = any(len(word) >= SHORTEST and identity.startswith(word) for identity in ids)
        if application.company and (named or _begins(application.company, wanted) or wanted in application.domains):
            found[application.company.casefold()] = application.company
        people = [person for interview in application.interviews for person in interview.people]
        for person in (*people, *application.contacts):
            if person.address == wanted or (person.name and _begins(person.name, wanted)):
                found[person.key] = person.address or person.name
    if len(found) == 1:
        return next(iter(found.values()))
    if not found:
        raise UsageError(
            f"nobody known is called “{shown(word, 60)}”", next_step="mailwatch status --all shows every name"
        )
    choices = ", ".join(shown(name, 60) for name in sorted(found.values())[:6])
    raise UsageError(f"“{shown(word, 60)}” may mean {choices}", next_step="give the whole name, or the address")


def _begins(text: str, wanted: str) -> bool:
    return f" {wanted}" in f" {text.casefold()}"
