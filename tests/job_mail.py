"""Whole job searches as mail, made up from parts: the same ones for the same number. For growth, load and triage.

An application is four to twenty messages between the user and one firm: an acknowledgement, a proposal, the user's answer,
an invitation with a calendar object, thanks, a promise, the next round, an end. Nothing of it is tuned to what the reader knows: the
sentences are ordinary ones, and with `innocent` the subjects say nothing about jobs.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

USER, NAME = "jo@home.example", "Jo Berg"
_FIRST = "Ada Ben Cleo Dev Ella Finn Gita Hugo Iris Jack Kira Liam Mina Noel Olga Paul Rosa Sami Tara Uwe Vera Wim Xenia Yuri Zoe".split()
_LAST = "Abel Berger Costa Diaz Ek Fischer Gupta Holm Ito Jansen Kowal Lind Moreau Nagy Okafor Petrov Quist Rossi Sato Thorn Ueda Varga Weiss Yilmaz Zhou".split()
_FIRMS = "Amber Birch Cobalt Delta Ember Falcon Garnet Harbor Indigo Juniper Kestrel Lumen Maple Nimbus Onyx Pine Quartz River Summit Tidal Umber Violet Willow Xenon Yarrow".split()
_KINDS = "Systems Foods Robotics Logistics Health Energy Books Motors Cloud Studios Optics Labs Freight Paper Media Glass Power Tools Marine Air".split()
_ROLES = "Data Engineer|Backend Developer|Product Manager|Project Coordinator|UX Designer|Accountant|Office Manager|Mechanical Engineer|Nurse|Copywriter".split(
    "|"
)
_INNOCENT = "Hello|Tuesday|Quick question|A short note|Re: Hello|Next week|Following up|Time|From our side|News|Our call|Jo".split(
    "|"
)
_ROUNDS = ("first conversation", "technical round", "meeting with the team", "final round")


@dataclass(frozen=True, slots=True)
class Post:
    """One message: when it was sent, by the user or to the user, and its bytes."""

    at: datetime
    outgoing: bool
    raw: bytes


@dataclass(frozen=True, slots=True)
class _Case:
    """The fixed parts of one application."""

    number: int
    firm: str
    domain: str
    role: str
    recruiter: tuple[str, str]
    panel: tuple[tuple[str, str], ...]
    innocent: bool


def application(number: int, begun: datetime, *, rounds: int = 4, innocent: bool = False) -> Iterator[Post]:
    """The mail of one application, in order.

    Args:
        begun: when it was acknowledged, aware UTC. A round follows every eight days.
        innocent: subjects without any word of jobs.
    """
    dice = random.Random(number)
    case = _case(number, dice, innocent=innocent)
    yield _mail(case, dice, begun, 0, _acknowledged(case, dice), ("jobs", f"jobs@{case.domain}"))
    at = begun + timedelta(days=2, hours=dice.randint(1, 5))
    for turn in range(rounds):
        yield from _round(case, dice, at, turn)
        at += timedelta(days=8)
    if number % 3 == 0:
        text = f"Hi Jo,\n\nthank you for the time you took to speak with us. We have decided to move forward with another candidate for the {case.role} position.\n\nAll the best,\n{case.recruiter[0]}"
        yield _mail(case, dice, at, 90, text, case.recruiter, f"Your application at {case.firm}")


def _case(number: int, dice: random.Random, *, innocent: bool) -> _Case:
    firm = f"{_FIRMS[number % 25]} {_KINDS[number // 25 % 20]}"
    domain = f"{firm.lower().replace(' ', '')}{number // 500 or ''}.example"
    names = [f"{dice.choice(_FIRST)} {dice.choice(_LAST)}" for _ in range(4)]
    people = [(name, f"{name.lower().replace(' ', '.')}@{domain}") for name in dict.fromkeys(names)]
    return _Case(
        number, firm, domain, _ROLES[dice.randrange(10)], people[0], tuple(people[1:]) or (people[0],), innocent
    )


def _acknowledged(case: _Case, dice: random.Random) -> str:
    opening = dice.choice(
        (
            "Thank you for applying",
            "We have received your application",
            "Thanks for your interest in us and for applying",
        )
    )
    return f"Hello Jo,\n\n{opening} for the {case.role} role at {case.firm}. We will review it and get back to you.\n\nThe {case.firm} team"


def _round(case: _Case, dice: random.Random, at: datetime, turn: int) -> Iterator[Post]:
    host = case.panel[turn % len(case.panel)]
    meet = (at + timedelta(days=3)).replace(hour=9 + dice.randrange(8), minute=0, second=0)
    when = f"{meet:%A, %B} {meet.day} at {meet:%H:%M} UTC"
    name, first = _ROUNDS[turn % 4], case.recruiter[0].split()[0]
    text = f"Hi Jo,\n\nwe would like to invite you to an interview, the {name}, for the {case.role} role. Would {when} work for you? You would meet {host[0]}.\n\nBest,\n{case.recruiter[0]}\n{case.firm}"
    yield _mail(case, dice, at, turn * 10 + 1, text, case.recruiter, f"Interview for {case.role} at {case.firm}")
    answer = f"Hi {first},\n\nyes, {when} works well for me.\n\nBest regards,\nJo"
    yield _mail(
        case,
        dice,
        at + timedelta(hours=3),
        turn * 10 + 2,
        answer,
        None,
        f"Re: Interview for {case.role} at {case.firm}",
    )
    text = (
        f"Great, Jo. You will speak with {host[0]} on {when}. The invitation is attached.\n\nBest,\n{case.recruiter[0]}"
    )
    post = _mail(
        case,
        dice,
        at + timedelta(hours=5),
        turn * 10 + 3,
        text,
        case.recruiter,
        f"Interview {case.firm}: {when}",
        _invitation(case, turn, meet, host),
    )
    yield post
    thanks = f"Hi {host[0].split()[0]},\n\nthank you for taking the time to talk with me about the {case.role} role. I enjoyed our conversation.\n\nBest regards,\nJo"
    if turn % 2 == 0:
        yield _mail(
            case,
            dice,
            meet + timedelta(hours=4),
            turn * 10 + 4,
            thanks,
            None,
            f"Thank you, {host[0].split()[0]}",
            to=host,
        )
    text = f"Hi Jo,\n\nthank you for the good talk. We will let you know how things go by {meet + timedelta(days=4):%A}.\n\nBest,\n{case.recruiter[0]}"
    yield _mail(
        case, dice, meet + timedelta(hours=6), turn * 10 + 5, text, case.recruiter, f"Next steps at {case.firm}"
    )


def _invitation(case: _Case, turn: int, meet: datetime, host: tuple[str, str]) -> str:
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n"
        f"UID:{case.number}.{turn}@{case.domain}\r\nDTSTAMP:{meet - timedelta(days=2):%Y%m%dT%H%M%SZ}\r\nDTSTART:{meet:%Y%m%dT%H%M%SZ}\r\n"
        f"DTEND:{meet + timedelta(minutes=45):%Y%m%dT%H%M%SZ}\r\nSUMMARY:Interview Jo Berg / {case.firm}\r\n"
        f"ORGANIZER;CN={case.recruiter[0]}:mailto:{case.recruiter[1]}\r\nATTENDEE;CN={host[0]}:mailto:{host[1]}\r\n"
        f"ATTENDEE;CN={NAME}:mailto:{USER}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def _mail(
    case: _Case, dice: random.Random, at: datetime, step: int, text: str, sender: tuple[str, str] | None,
    subject: str = "", calendar: str = "", to: tuple[str, str] | None = None,
) -> Post:  # fmt: skip
    source, target = (sender, (NAME, USER)) if sender else ((NAME, USER), to or case.recruiter)
    said = dice.choice(_INNOCENT) if case.innocent else subject or f"We have received your application, {case.firm}"
    head = (
        f"From: {source[0]} <{source[1]}>\r\nTo: {target[0]} <{target[1]}>\r\nSubject: {said}\r\nDate: {format_datetime(at)}\r\n"
        f"Message-ID: <{case.number}.{step}@{source[1].partition('@')[2]}>\r\nMIME-Version: 1.0\r\n"
    )
    if step > 1:
        head += f"In-Reply-To: <{case.number}.1@{case.domain}>\r\nReferences: <{case.number}.1@{case.domain}>\r\n"
    if sender:
        head = f"Received: from mx.{case.domain} by home.example; {format_datetime(at)}\r\n{head}"
    body = text.replace("\n", "\r\n")
    plain = f"Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    if not calendar:
        return Post(at.astimezone(UTC), sender is None, (head + plain).encode())
    mark = f"=_{case.number}_{step}"
    whole = f'{head}Content-Type: multipart/mixed; boundary="{mark}"\r\n\r\n--{mark}\r\n{plain}--{mark}\r\n'
    whole += f"Content-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n{calendar}--{mark}--\r\n"
    return Post(at.astimezone(UTC), sender is None, whole.encode())
