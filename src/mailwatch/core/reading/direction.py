"""Who is being interviewed, decided before anything else: the user, somebody else, or nobody for a job.

Three voices are weighed against each other: an employer's towards a candidate ("your interview with us"), the
interviewers' among themselves ("her resume", "scorecard"), and an applicant's towards an employer ("my resume").
Beside them stand other kinds of interviews and meetings: press, research, visa, school, rehearsal, sales …
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailwatch.core.addresses import is_free_mail, registrable_domain
from mailwatch.core.lexicon import Hit
from mailwatch.core.model import Direction, Evidence, Named, ReplyKind
from mailwatch.core.reading.cues import distinct
from mailwatch.core.reading.names import same_person
from mailwatch.core.reading.replies import ReplyReading
from mailwatch.core.reading.roles import holds_role_word, without_addresses
from mailwatch.core.reading.view import View

OTHER_KINDS = (
    "press", "research", "official", "school", "medical", "insurance", "housing", "practice", "event", "vendor", "review", "informational",
)  # fmt: skip
"""Categories of phrases, each another kind of interview or meeting."""
MEETS_NOBODY_FOR_A_JOB = frozenset(("event", "vendor"))
"""Kinds that are no interview of any sort."""
EMPLOYERS_TOO = frozenset(("official", "school", "medical", "insurance", "housing"))
"""Kinds whose words an employer of that trade uses as well: a hospital, a council, a school."""
OWN_ENTRY = "direction.own_entry"
"""The rule behind an entry of the user's own that says "interview" and not whose."""
_SURE_TITLE = 0.85
_PLAIN_TITLE = 3
"""A fair or a sale that its title names, and so many words, is one whatever else is spoken of."""
_SOMEBODY = re.compile(r"\b(?:a|an|your|our|my|the) [a-z]+\b|\bwith an? (?:[A-Z][a-z]+ ?){1,3}")
"""Somebody's trade in small letters ("a banker"), or who is met ("with a Housing Officer"), is no job's title."""
_OWNER = re.compile(r"([^\W\d_]{2,30})['’]s (?:\w{2,20} )?$")
_ONE_CUE = 2.5
_OUTSIDER = 2.5
_ADJACENT = 4
_APPLIED_REACH = 20


@dataclass(frozen=True, slots=True)
class Voices:
    """How strongly each voice speaks. job: how much of the text is about the reader's own application.

    kind: the other kind of interview that fits best, "" for none; kind_weight: how strongly.
    role: the title names a job. job_besides: what is left of `job` without words like "application".
    """

    candidate: float
    staff: float
    applicant: float
    friend: float
    job: float
    kind: str
    kind_weight: float
    role: bool = False
    job_besides: float = 0.0


@dataclass(frozen=True, slots=True)
class Judged:
    """The direction, why, and the other kind where it is one."""

    direction: Direction
    voices: Voices
    kind: str = ""
    evidence: tuple[Evidence, ...] = ()


def direction_of(view: View, roles: Sequence[Named] = ()) -> Judged:
    """Who is being interviewed, with the words that tell. `roles`: the job titles that the text names."""
    voices = voices_of(view, roles)
    if _of_own_child(view, voices):
        hits = view.whole.stated("parents")
        return Judged(Direction.OTHER, replace(voices, kind="school"), "school", view.cite("direction.school", hits))
    if voices.kind and _is_other_kind(view, voices):
        return Judged(
            Direction.OTHER, voices, voices.kind, view.cite(f"direction.{voices.kind}", view.whole.stated(voices.kind))
        )
    if view.outgoing and view.body.has("hosts") and voices.applicant <= 0:  # the user invites
        return Judged(Direction.INTERVIEWER, voices, "", view.cite("direction.hosts", view.body.stated("hosts")))
    if view.outgoing and voices.applicant > 0:  # the user is the applicant
        hits = view.whole.stated("applicant")
        return Judged(Direction.CANDIDATE, voices, "", view.cite("direction.applicant", hits))
    if _is_employers_side(view, voices):
        category = "staff" if voices.staff >= voices.applicant else "applicant"
        evidence = view.cite(f"direction.{category}", view.whole.outside(category, "yours", "soft"))
        return Judged(Direction.INTERVIEWER, voices, "", evidence or (view.proof("direction.internal", view.title),))
    if voices.friend > voices.candidate and voices.friend >= voices.job:
        category = next((name for name in ("own_talk", "elsewhere", "wish") if view.whole.has(name)), "wish")
        return Judged(
            Direction.OTHER, voices, "elsewhere", view.cite(f"direction.{category}", view.whole.stated(category))
        )
    if voices.candidate > 0:
        hits = view.whole.stated("yours") or view.whole.stated("job_yours") or view.whole.stated("soft")
        return Judged(Direction.CANDIDATE, voices, "", view.cite("direction.yours", hits))
    own = _is_own_entry(view)
    return Judged(Direction.UNKNOWN, voices, "", view.cite(OWN_ENTRY, view.whole.stated("interview")) if own else ())


def told_by_answer(judged: Judged, view: View, reply: ReplyReading) -> Judged:
    """Employers thank for the interview, too, and desks sign as teams: beside an answer one such word makes no host of the user.

    An answer: when the decision will come; from a machine also what it is.
    """
    voices = judged.voices
    one_word = voices.staff <= _ONE_CUE and voices.applicant <= _ONE_CUE
    if judged.direction is not Direction.INTERVIEWER or not one_word or view.outgoing or view.internal:
        return judged
    decided = view.hiring_tool and reply.kind in {ReplyKind.REJECTION, ReplyKind.OFFER}
    told = voices.staff == 0 or view.body.has("reply.another")
    dated = reply.promise is not None and (told or reply.promise.on_hold)
    return replace(judged, direction=Direction.UNKNOWN, evidence=()) if decided or dated else judged


def _is_own_entry(view: View) -> bool:
    """A calendar entry that the user typed, without guests, and that says "interview": whose, only other facts tell."""
    own = view.message is None and view.sender is None and not any(event.attendees for event in view.events)
    return own and view.whole.has("interview") and not view.whole.has("staff", "applicant", "elsewhere")


def voices_of(view: View, roles: Sequence[Named] = ()) -> Voices:
    """Weigh the voices by their distinct words; a word in the title counts more."""
    whole, role = view.whole, _has_role(view)
    yours, job_yours = whole.stated("yours"), whole.stated("job_yours")
    outside = whole.outside("staff", "yours", "soft")
    staff = tuple(hit for hit in outside if not _means_user(view, hit) and not _names_the_desk(view, hit))
    hiring = view.tool_kind == "ats"
    named = any(title.confidence >= _SURE_TITLE for title in roles)
    job = 2.0 * min(distinct(job_yours), 3) + min(whole.count("job"), 4) + 0.5 * min(whole.count("job_soft"), 3)
    job += 2 if hiring else 1 if view.hiring_tool else 0
    job += 2 if role or named else 0
    job += 1 if view.desk and not view.internal else 0
    candidate = 2.0 * min(distinct(yours), 3) + 1.5 * min(distinct(job_yours), 3) + (1.5 if hiring and not staff else 0)
    candidate += 1.0 * min(distinct(whole.stated("soft")), 2)
    candidate += 1.5 if names_user(view) and whole.has("interview") and not view.internal else 0
    about_hiring = whole.has("interview") or whole.count("job") >= (1 if view.internal else 2) or bool(staff)
    employers = 2.0 * min(distinct(staff), 4) + (3.0 if view.internal and about_hiring else 0)
    applicant = 0.0 if view.machine else 2.5 * min(distinct(whole.outside("applicant", "yours")), 3)
    applicant += _OUTSIDER if about_hiring and _writes_to_the_firm(view) else 0
    friend = 2.0 * sum(min(distinct(whole.outside(name, "yours")), 2) for name in ("own_talk", "elsewhere", "wish"))
    friend += 2.0 * _is_somebodys(view)
    kind, weight = _strongest_kind(view)
    besides = [
        hit
        for hit in (*job_yours, *whole.stated("job"), *whole.stated("job_soft"))
        if not hit.words.casefold().rpartition(" ")[2].startswith("appl")
    ]
    return Voices(
        candidate, employers, applicant, friend, job, kind, weight, role, distinct(besides) + 2.0 * role + named
    )


def _means_user(view: View, hit: Hit) -> bool:
    """Is the candidate that the words name the user ("Candidate: Hugo Vandamme")?"""
    behind = view.whole.text[hit.end : hit.end + 40].split("\n")[0]
    return bool(view.context.me.name) and view.context.me.name.casefold() in behind.casefold()


def _names_the_desk(view: View, hit: Hit) -> bool:
    """Are the words only the name of the desk that writes ("Acme Campus Recruiting")?"""
    return view.sender is not None and not view.internal and hit.words.casefold() in view.sender.name.casefold()


def _is_somebodys(view: View) -> bool:
    """Does the title name whose interview it is, and is that not the user ("Kayleigh's interview")?"""
    for hit in view.whole.all("interview"):
        owner = _OWNER.search(view.title[: hit.start])
        if owner and not any(same_person(owner[1], name) for name in (view.context.me.name, *_home_names(view))):
            return True
    return False


def _home_names(view: View) -> list[str]:
    """The firm on the other side, as its domain spells it."""
    return [] if view.sender is None else [registrable_domain(view.sender.address).partition(".")[0]]


def _writes_to_the_firm(view: View) -> bool:
    """Does a private address write to the user's company address, or name an interview at the user's own firm?"""
    if view.message is None or view.sender is None or view.internal or view.machine or not view.home:
        return False
    to_firm = any(
        view.is_home(box.address) for box in view.message.envelope.recipients if view.context.me.owns(box.address)
    )
    return to_firm and is_free_mail(view.sender.address, view.context.lexicon)


def _is_other_kind(view: View, voices: Voices) -> bool:
    if voices.kind in MEETS_NOBODY_FOR_A_JOB:
        plain = (
            voices.kind_weight >= max(_PLAIN_TITLE, voices.job)
            and _titled(view, voices.kind)
            and not _titled(view, "interview")
        )
        return plain or (voices.kind_weight >= 2 and voices.kind_weight > voices.job + voices.candidate)
    if max(voices.staff, voices.applicant) > voices.kind_weight and not beside_interview(view, voices.kind):
        return False
    if voices.kind_weight >= 2 and voices.job_besides == 0 and (voices.candidate < 4 or voices.job < 1):
        return True
    alone = voices.job <= 1 and view.whole.has("interview", "yours")
    against = voices.job + (voices.candidate / 2 if voices.kind in EMPLOYERS_TOO else 0)
    return voices.kind_weight > against and (voices.kind_weight >= 2 or alone)


def _of_own_child(view: View, voices: Voices) -> bool:
    """Does the title say that a school talks to parents, and nothing that the reader has applied there?"""
    applied = voices.applicant > 0 or view.whole.has("job_yours", "application")
    return _titled(view, "parents") and not applied


def _titled(view: View, category: str) -> bool:
    return any(hit.start < view.head for hit in view.whole.stated(category))


def _is_employers_side(view: View, voices: Voices) -> bool:
    if voices.applicant > voices.candidate + voices.friend / 2 and voices.applicant >= 2.5:
        return True
    if view.internal and voices.staff == 3 and voices.kind_weight >= 1:
        return False
    if view.internal and voices.staff >= 3:
        return voices.staff + 1 >= voices.candidate and (voices.staff > 3 or voices.friend == 0)
    return voices.staff >= 2 and voices.staff > voices.candidate


def _strongest_kind(view: View) -> tuple[str, float]:
    weights = {kind: _kind_weight(view, kind) for kind in OTHER_KINDS}
    best = max(weights, key=lambda kind: weights[kind])
    return (best, weights[best]) if weights[best] > 0 else ("", 0.0)


def _kind_weight(view: View, kind: str) -> float:
    hits = view.whole.stated(kind)
    weight = float(min(distinct(hits), 5))
    weight += 1 if any(hit.start < view.head for hit in hits) else 0
    weight += 2 if _applied_for(view, hits) else 0
    return weight + (3 if beside_interview(view, kind) else 0)


def _applied_for(view: View, hits: Sequence[Hit]) -> bool:
    """Is it what the application is for ("application for naturalization", "your MBA application")?"""
    applications = view.whole.all("application")
    return any(_touch(hit, application, _APPLIED_REACH) for hit in hits for application in applications)


def beside_interview(view: View, kind: str) -> bool:
    """Does a word of this kind stand right beside "interview" ("visa interview"), or hold it ("mock interview")?"""
    interviews = view.whole.all("interview")
    return any(_touch(hit, interview) for hit in view.whole.stated(kind) for interview in interviews)


def _touch(one: Hit, other: Hit, reach: int = _ADJACENT) -> bool:
    return one.start - reach < other.end and other.start - reach < one.end


def names_user(view: View) -> bool:
    """Does the title name the user, by given or family name?"""
    title = view.title.casefold()
    return any(len(word) > 1 and word.casefold() in title for word in view.context.me.name.split())


def _has_role(view: View) -> bool:
    """Is there a job title in the title, or one announced as such in the text?"""
    languages = view.context.lexicon.languages
    tables = [languages[code].tables.get("roles", {}) for code in view.languages if code in languages]
    return any(holds_role_word(_SOMEBODY.sub(" ", without_addresses(view.title)), table) for table in tables)
