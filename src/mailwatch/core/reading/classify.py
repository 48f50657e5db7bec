"""What an incoming message is, taken as a whole: one kind, decided by rules in a fixed order, the surest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mailwatch.core.addresses import is_free_mail
from mailwatch.core.model import Direction, Evidence, Meeting, MeetingState, MessageKind, ReplyKind
from mailwatch.core.reading.agreements import coming
from mailwatch.core.reading.direction import MEETS_NOBODY_FOR_A_JOB, Judged
from mailwatch.core.reading.employer import is_from_agency
from mailwatch.core.reading.outgoing import SHORT
from mailwatch.core.reading.replies import Automatic, ReplyReading
from mailwatch.core.reading.view import View
from mailwatch.core.reading.weighing import HALF, RULED, SHOWN, SILENT, STATED, Weighed, weighed

_REQUEST, _CONFIRMED = 4.5, 4.5


@dataclass(frozen=True, slots=True)
class Sighted:
    """What the rules look at: the view and all that has been read out of it so far."""

    view: View
    judged: Judged
    meetings: Sequence[Meeting]
    answer: ReplyReading
    suspicious: bool

    @property
    def reply(self) -> ReplyKind:
        """What it means as an answer to an interview."""
        return self.answer.kind

    @property
    def calendar(self) -> tuple[Meeting, ...]:
        """Meetings of calendar objects."""
        return tuple(meeting for meeting in self.meetings if meeting.uid)


Verdict = tuple[MessageKind, tuple[Evidence, ...]]


def incoming_kind(sighted: Sighted) -> Weighed:
    """The kind of an incoming message, with the words that decided it."""
    ruled, evidence, trust = _ruled(sighted)
    if trust is None:
        return Weighed(ruled, 1.0, evidence, ruled)
    return weighed(sighted.view, sighted.judged, ruled, evidence, trust)


def event_kind(sighted: Sighted) -> Verdict:
    """The same for a calendar entry: what a mail that carries it would be, by the rules alone."""
    kind, evidence, _ = _ruled(sighted)
    return kind, evidence


def _ruled(sighted: Sighted) -> tuple[MessageKind, tuple[Evidence, ...], float | None]:
    """What the rules say, and how much that weighs: None where nothing can outweigh it."""
    for rule in _RULES:
        verdict = rule(sighted)
        if verdict is not None:
            sure = rule is _automatic or (rule is _other_side and sighted.suspicious)
            trust = STATED if rule is _calendar and verdict[0] is MessageKind.OTHER else _TRUST.get(rule, RULED)
            return *verdict, None if sure else trust
    return MessageKind.OTHER, (), SILENT


def _automatic(sighted: Sighted) -> Verdict | None:
    view = sighted.view
    automatic = sighted.answer.automatic
    if automatic is Automatic.AUTO_REPLY:
        return MessageKind.AUTO_REPLY, (view.proof("classify.auto_reply", view.title),)
    if automatic is Automatic.BOUNCE:
        return MessageKind.OTHER, (view.proof("classify.bounce", view.title),)
    asked = any(event.method in ("REQUEST", "CANCEL", "PUBLISH") for event in view.events)
    answered = any(event.method == "REPLY" for event in view.events) or any(
        hit.start < view.head for hit in view.whole.stated("answer_notice")
    )
    if answered and not asked:
        return MessageKind.OTHER, (view.proof("classify.calendar_answer", view.title),)
    return None


def _other_side(sighted: Sighted) -> Verdict | None:
    """Somebody else is interviewed, or it is another kind of talk."""
    judged, view = sighted.judged, sighted.view
    dubious = view.whole.count("scam") >= 2 and not view.hiring_tool and judged.direction is not Direction.OTHER
    if sighted.suspicious or dubious:
        return MessageKind.OTHER, (view.proof("classify.suspicious", view.title),)
    if judged.direction is Direction.INTERVIEWER:
        hiring = view.whole.has("interview", "staff", "applicant") or view.whole.count("job") >= 2
        mass = view.bulk or view.whole.count("bulk") >= 2
        return (MessageKind.INTERVIEWER_SIDE if hiring and not mass else MessageKind.OTHER), judged.evidence
    if judged.direction is not Direction.OTHER:
        return None
    meets = (
        bool(sighted.meetings) or bool(view.events) or view.whole.has("interview", "yours", "ask", "confirm", "talk")
    )
    nobody = (
        judged.kind in MEETS_NOBODY_FOR_A_JOB
        or judged.kind == "elsewhere"
        or view.bulk
        or view.whole.count("bulk") >= 1
    )
    return (MessageKind.OTHER if nobody or not meets else MessageKind.INTERVIEW_OTHER), judged.evidence


def _mass_mail(sighted: Sighted) -> Verdict | None:
    """Job alerts, newsletters, surveys: whatever they say about interviews."""
    view = sighted.view
    whole = view.whole
    alerts, jobs = whole.stated("alert"), whole.stated("job_yours")
    listed = bool(view.message and view.message.envelope.automation.list_id)
    wanted = 1 if view.bulk and not listed and any(hit.start < view.head for hit in alerts) else 2
    own = any(hit.start < view.head for hit in jobs)
    if len(alerts) >= wanted and not sighted.calendar and len(alerts) > len(jobs) and not own:
        return MessageKind.JOB_ALERT, view.cite("classify.alert", alerts)
    surveys = whole.stated("survey")
    if (
        (surveys or sighted.answer.automatic is Automatic.SURVEY)
        and not sighted.calendar
        and not _future(sighted)
        and not whole.has("ask", "booking")
    ):
        return MessageKind.OTHER, view.cite("classify.survey", surveys)
    if _is_bulk(sighted) and not _is_addressed_calendar(sighted) and sighted.reply is not ReplyKind.REJECTION:
        return MessageKind.OTHER, view.cite("classify.bulk", whole.stated("bulk"))
    return None


def _is_bulk(sighted: Sighted) -> bool:
    view = sighted.view
    if view.hiring_tool:
        return False
    marks = view.whole.count("bulk") + (2 if view.bulk else 0)
    return marks >= 2 and not (view.whole.has("yours") and _future(sighted) and view.whole.count("bulk") < 2)


def _is_addressed_calendar(sighted: Sighted) -> bool:
    """A calendar object with the user among its guests."""
    me = sighted.view.context.me
    return any(me.owns(guest.address) for event in sighted.view.events for guest in event.attendees)


def _future(sighted: Sighted) -> bool:
    return any(not mention.day_only for mention in coming(sighted.view)) if not sighted.view.events else True


def _assessment(sighted: Sighted) -> Verdict | None:
    """A test, a recording, a take-home: nobody is met."""
    view = sighted.view
    hits = view.whole.stated("assessment")
    if not hits or any(not meeting.assessed for meeting in sighted.calendar):
        return None
    sure = view.tool_kind == "assessment" or any(hit.start < view.head for hit in hits) or len(hits) >= 2
    if sure and not (view.body.has("talk") and _future(sighted)):
        done = sighted.reply is ReplyKind.REJECTION
        return None if done else (MessageKind.ASSESSMENT, view.cite("classify.assessment", hits))
    return None


def _calendar(sighted: Sighted) -> Verdict | None:
    """A calendar object that speaks of an interview, or of a job."""
    calendar, view = sighted.calendar, sighted.view
    if not calendar or not (
        _is_addressed_calendar(sighted) or sighted.judged.voices.candidate >= 2 or view.hiring_tool
    ):
        return None
    if not _about_interview(sighted):
        return None
    evidence = tuple(item for meeting in calendar[:2] for item in meeting.evidence)
    if all(meeting.state is MeetingState.CANCELLED for meeting in calendar):
        return MessageKind.INTERVIEW_CANCELLED, evidence
    if all(meeting.state is MeetingState.PROPOSED for meeting in calendar):
        return MessageKind.OTHER, evidence
    titled = any(hit.start < view.head for hit in view.whole.stated("move"))
    moved = (
        any(meeting.sequence > 0 for meeting in calendar)
        or titled
        or (view.body.has("move") and not view.body.has("confirm"))
    )
    return (MessageKind.INTERVIEW_RESCHEDULED if moved else MessageKind.INTERVIEW_CONFIRMED), evidence


def _about_interview(sighted: Sighted) -> bool:
    voices, view = sighted.judged.voices, sighted.view
    if view.whole.has("interview", "yours"):
        return not view.internal or voices.candidate >= 4
    return not view.internal and (voices.job >= 2 or view.hiring_tool) and not view.whole.has("vendor")


def _outcome(sighted: Sighted) -> Verdict | None:
    """A refusal or an offer."""
    if sighted.reply is ReplyKind.REJECTION and _in_process(sighted):
        return MessageKind.REJECTION, ()
    if sighted.reply is ReplyKind.OFFER and _in_process(sighted):
        return MessageKind.OFFER, ()
    return None


def _changed(sighted: Sighted) -> Verdict | None:
    """An interview moved or called off in words."""
    view = sighted.view
    untimely = sighted.reply is ReplyKind.TIMELINE_UPDATE and not view.body.has("interview", "talk", "yours")
    if untimely or not _interviewish(sighted):
        return None
    cancelled = view.whole.stated("cancel")
    moved = (*view.whole.stated("move"), *view.whole.stated("move_soft"))
    if cancelled and not (moved and _future(sighted)) and not view.body.has("booking"):
        return MessageKind.INTERVIEW_CANCELLED, view.cite("classify.cancel", cancelled)
    beside = ("move", "move_soft")
    timed = any(view.body.beside(mention.span[0], *beside) for mention in coming(view) if mention.span[0] >= 0)
    if view.whole.has("move") or (moved and timed):
        return MessageKind.INTERVIEW_RESCHEDULED, view.cite("classify.move", moved)
    return None


def _arranged(sighted: Sighted) -> Verdict | None:
    """An interview asked for, or fixed, in words."""
    view, voices = sighted.view, sighted.judged.voices
    if not _interviewish(sighted) or _is_circular(sighted):
        return None
    weight = _weight(sighted)
    states = {meeting.state for meeting in sighted.meetings if not meeting.day_only}
    fixed = bool(states & {MeetingState.CONFIRMED, MeetingState.ACCEPTED})
    timed = bool(states)
    confirms = view.body.has("confirm", "remind") or (view.whole.has("confirm") and fixed)
    asks = view.whole.has("ask", "booking") or view.booking_link or MeetingState.PROPOSED in states
    leaning = _leans(view)
    if (fixed and confirms and weight >= _CONFIRMED) or (
        leaning and confirms and not asks and view.body.has("assent", "confirm")
    ):
        return MessageKind.INTERVIEW_CONFIRMED, view.cite(
            "classify.confirm", view.whole.stated("confirm") or view.whole.stated("remind")
        )
    if (_was_met(view) or view.whole.has("later_round")) and (
        sighted.reply is ReplyKind.NEXT_ROUND or (asks and weight >= _REQUEST)
    ):
        return MessageKind.NEXT_ROUND, view.cite("classify.next_round", view.whole.stated("after_talk"))
    if _reaches_out(sighted) and voices.candidate < 4:
        return MessageKind.COLD_OUTREACH, view.cite("classify.outreach", view.whole.stated("outreach"))
    if (asks or (timed and weight >= _REQUEST + 1)) and weight >= _REQUEST:
        return MessageKind.INTERVIEW_REQUEST, view.cite(
            "classify.ask", view.whole.stated("ask") or view.whole.stated("booking")
        )
    return None


def _interviewish(sighted: Sighted) -> bool:
    """Does it speak of an interview of the user, or of a talk about the user's application?"""
    view, voices, whole = sighted.view, sighted.judged.voices, sighted.view.whole
    if sighted.judged.direction in (Direction.INTERVIEWER, Direction.OTHER) or (view.internal and voices.candidate < 6):
        return False
    if whole.has("yours") or (whole.has("interview") and (voices.job >= 2 or voices.candidate > 0)):
        return True
    if whole.has("soft") and (
        view.hiring_tool or (voices.job >= 2 and whole.has("job", "job_soft", "job_yours", "interview"))
    ):
        return True
    if whole.has("interview") and not view.machine and not view.bulk and whole.has("move", "cancel", "ask"):
        return True
    if _leans(view) and (
        view.quoted.has("yours", "interview")
        or (view.quoted.has("job_yours", "job") and view.quoted.has("talk", "ask"))
    ):
        return True
    arranged = whole.has("talk") or (
        view.answers and whole.has("confirm", "assent", "ask", "move") and _future(sighted)
    )
    return (voices.job >= 2 and arranged) or (view.hiring_tool and whole.has("talk", "soft"))


def _leans(view: View) -> bool:
    """A short answer whose meaning lies in what it answers."""
    return view.answers and len(view.body.text) <= SHORT and not view.machine


def _weight(sighted: Sighted) -> float:
    """How much speaks for an interview being arranged with the user."""
    view, voices, whole = sighted.view, sighted.judged.voices, sighted.view.whole
    weight = 3.0 * bool(whole.stated("yours")) + 1.0 * (whole.count("yours") > 1) + 1.0 * whole.has("soft")
    weight += 1.0 * whole.has("interview") + 1.0 * whole.has("talk")
    weight += 1.0 * any(hit.start < view.head for hit in whole.stated("interview"))
    weight += min(voices.job, 4) * 0.75
    weight += 1.0 * whole.has("ask") + 1.5 * whole.has("booking") + 1.0 * whole.has("confirm")
    mentions = coming(view)
    weight += 1.5 if any(not mention.day_only for mention in mentions) else 0.5 if mentions else 0
    weight += 1.0 * view.hiring_tool + 0.5 * view.answers + (1.0 if voices.role else 0)
    weight -= 1.5 * min(whole.count("bulk"), 3) + 1.5 * min(whole.count("alert"), 2) + 1.0 * min(whole.count("scam"), 3)
    weight -= voices.kind_weight * 0.75 + voices.friend * 0.5
    weight -= 2.0 * (whole.has("bulk") and not view.hiring_tool and not _greets(view))
    return weight - (2.0 if view.bulk else 0)


def _greets(view: View) -> bool:
    """Does the text call the user by name, near its beginning?"""
    head = view.body.text[:120].casefold()
    return any(len(name) > 1 and name.casefold() in head for name in view.context.me.name.split())


def _is_circular(sighted: Sighted) -> bool:
    """A letter to many that speaks of interviews at large: it can be unsubscribed, and names no job and no application."""
    view, voices = sighted.view, sighted.judged.voices
    return view.whole.has("bulk") and not view.hiring_tool and not (voices.role or view.whole.has("job_yours"))


def _was_met(view: View) -> bool:
    """Have they spoken before? An answer to thanks says so by its title."""
    return view.body.has("after_talk") or (view.answers and view.whole.has("after_talk"))


def _reaches_out(sighted: Sighted) -> bool:
    """An unasked approach: no word of an application, no earlier conversation."""
    view = sighted.view
    hits = view.whole.stated("outreach")
    found = any("profil" in hit.words.casefold() for hit in hits)
    if view.whole.has("yours") and len(hits) < 2 and not found:
        return False
    applied = any("appl" in hit.words.casefold() for hit in view.whole.stated("job_yours"))
    return bool(hits) and not applied and not view.quoted.text.strip()


def _answers(sighted: Sighted) -> Verdict | None:
    """What an employer answers after an interview."""
    kinds = {
        ReplyKind.NEXT_ROUND: MessageKind.NEXT_ROUND,
        ReplyKind.NEEDS_INFO: MessageKind.NEEDS_INFO,
        ReplyKind.TIMELINE_UPDATE: MessageKind.TIMELINE_UPDATE,
    }
    kind = kinds.get(sighted.reply)
    return (kind, ()) if kind is not None and not sighted.view.bulk and _in_process(sighted) else None


def _in_process(sighted: Sighted) -> bool:
    """Is it about the user's candidacy, by its words, its title or what it answers?"""
    view, voices = sighted.view, sighted.judged.voices
    if (view.whole.has("vendor") and voices.job < 2) or (view.internal and voices.candidate < 4):
        return False
    about = voices.job >= 1 or voices.candidate >= 1.5 or view.whole.has("interview") or is_from_agency(view)
    after = _was_met(view) and not is_free_mail(view.sender.address if view.sender else "", view.context.lexicon)
    titled = [hit for name in ("thanks", "talk", "interview", "after_talk") for hit in view.whole.stated(name)]
    answers = view.answers and (
        any(hit.start < view.head for hit in titled) or view.quoted.has("interview", "yours", "job_yours", "job")
    )
    return about or ((answers or after) and not view.internal)


def _applied(sighted: Sighted) -> Verdict | None:
    """The application has arrived."""
    view = sighted.view
    hits = view.whole.all("ack")
    if (
        hits
        and not _was_met(view)
        and not view.quoted.has("interview")
        and (sighted.judged.voices.job >= (1 if view.answers else 2) or view.tool_kind == "ats")
    ):
        return MessageKind.APPLICATION_ACK, view.cite("classify.ack", hits)
    return None


def _approached(sighted: Sighted) -> Verdict | None:
    view, voices = sighted.view, sighted.judged.voices
    hits = view.whole.stated("outreach")
    hiring = voices.role or view.whole.has("agency", "job", "job_soft")
    hiring = hiring or (len(hits) >= 3 and not view.whole.has("vendor"))
    if hits and hiring and not view.internal and not view.bulk:
        return MessageKind.COLD_OUTREACH, view.cite("classify.outreach", hits)
    return None


_RULES: tuple[Callable[[Sighted], Verdict | None], ...] = (
    _automatic,
    _other_side,
    _assessment,
    _calendar,
    _mass_mail,
    _outcome,
    _changed,
    _arranged,
    _applied,
    _answers,
    _approached,
)
_TRUST: dict[Callable[[Sighted], Verdict | None], float] = {_calendar: SHOWN, _assessment: STATED, _arranged: HALF}
