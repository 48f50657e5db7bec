"""What one message says by itself, with the words that say it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from mailwatch.core.model.calendar import ZoneState
from mailwatch.core.model.mail import Address, MessageId


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for a conclusion.

    source: a MessageId or an iCalendar UID.
    rule:   the rule's name, dotted: "promises.within_days".
    words:  the words quoted from the source, one line, at most 160 characters; may be "".
    """

    source: str
    rule: str
    words: str = ""


class MessageKind(StrEnum):
    """What a message is, taken as a whole. The first block comes in, the second goes out."""

    INTERVIEW_REQUEST = "interview_request"
    INTERVIEW_CONFIRMED = "interview_confirmed"
    INTERVIEW_RESCHEDULED = "interview_rescheduled"
    INTERVIEW_CANCELLED = "interview_cancelled"
    NEXT_ROUND = "next_round"
    REJECTION = "rejection"
    OFFER = "offer"
    TIMELINE_UPDATE = "timeline_update"
    NEEDS_INFO = "needs_info"
    AUTO_REPLY = "auto_reply"
    APPLICATION_ACK = "application_ack"
    ASSESSMENT = "assessment"
    COLD_OUTREACH = "cold_outreach"
    JOB_ALERT = "job_alert"
    INTERVIEWER_SIDE = "interviewer_side"
    INTERVIEW_OTHER = "interview_other"
    OTHER = "other"

    THANK_YOU_SENT = "thank_you_sent"
    FOLLOW_UP_SENT = "follow_up_sent"
    SCHEDULING_SENT = "scheduling_sent"
    DECLINE_SENT = "decline_sent"
    OTHER_SENT = "other_sent"


class Direction(StrEnum):
    """Who is being interviewed, if anybody: decided before anything else."""

    CANDIDATE = "candidate"  # the user is
    INTERVIEWER = "interviewer"  # somebody else is, and the user is on the employer's side
    OTHER = "other"  # another kind of interview or meeting: press, research, visa, school, vendor …
    UNKNOWN = "unknown"  # nothing said either way


class MeetingState(StrEnum):
    """What a message says about a time."""

    CONFIRMED = "confirmed"
    PROPOSED = "proposed"  # by whoever wrote it
    ACCEPTED = "accepted"  # the writer agrees to a time named here
    CANCELLED = "cancelled"
    DECLINED = "declined"


class Part(StrEnum):
    """The part a person plays in a process."""

    INTERVIEWER = "interviewer"
    CONTACT = "contact"  # recruiter, scheduler, coordinator: a human on the employer's side who is not (known to be) an interviewer
    CANDIDATE = "candidate"  # somebody other than the user who is being interviewed
    UNSURE = "unsure"


class PersonKind(StrEnum):
    """What somebody is to a candidate; decides the shape of a letter."""

    RECRUITER = "recruiter"
    HIRING_MANAGER = "hiring_manager"
    PEER = "peer"
    EXECUTIVE = "executive"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PersonMention:
    """Somebody a message names.

    name:    as written, cleaned; "" where only an address is seen.
    address: only from a seen source; never made up.
    title:   role words as written ("Engineering Manager"), "".
    source:  where it was seen: organizer, attendee, sender, recipient, body, agenda, signature.
    declined: PARTSTAT=DECLINED or words to that effect.
    named:   a text names them too, not only a header or a guest list.
    """

    name: str
    address: Address | None = None
    title: str = ""
    part: Part = Part.UNSURE
    kind: PersonKind = PersonKind.UNKNOWN
    source: str = "body"
    declined: bool = False
    named: bool = False


@dataclass(frozen=True, slots=True)
class TimeMention:
    """A moment, or a day, named in text.

    start/end: aware UTC; `end` None where only a start is named. For a day without a time, `start` is its local midnight.
    day_only:  no time of day was named.
    zone:      as written, "" where none.
    weekday_conflict: the weekday written does not fall on that date.
    span:      character range in the text it came from. hour_at: where its time of day stands in it, -1 for none.
    """

    start: datetime
    end: datetime | None = None
    day_only: bool = False
    zone: str = ""
    zone_state: ZoneState = ZoneState.FLOATING
    weekday_conflict: bool = False
    words: str = ""
    span: tuple[int, int] = (0, 0)
    hour_at: int = -1


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting that a message states, proposes, accepts, moves or calls off.

    uid, recurrence_id, sequence, method, organizer: from its calendar object, where there is one.
    previous_start: the old time, where the message says that the meeting moved.
    title:    the event's SUMMARY or what the message calls it.
    medium:   "video", "phone", "onsite" or "".
    agenda:   this is one session out of several that one message lists.
    assessed: it is an assessment, a take-home, a one-way recording: nobody is met.
    informational: an informational or coffee chat.
    Without a `start`, what only the conversation can make one of: shift: so much later than it was. clock: a time of
    day whose day is known; clock_before: the one that it had. nth: one of the times offered before: 1 is the first, -1
    the last.
    """

    state: MeetingState
    start: datetime | None
    end: datetime | None = None
    zone: str = ""
    zone_state: ZoneState = ZoneState.KNOWN
    uid: str = ""
    recurrence_id: datetime | None = None
    sequence: int = 0
    method: str = ""
    organizer: Address | None = None
    previous_start: datetime | None = None
    title: str = ""
    medium: str = ""
    people: tuple[PersonMention, ...] = ()
    user_declined: bool = False
    unanswered: bool = False
    agenda: bool = False
    assessed: bool = False
    informational: bool = False
    day_only: bool = False
    shift: timedelta | None = None
    clock: time | None = None
    clock_before: time | None = None
    nth: int = 0
    evidence: tuple[Evidence, ...] = ()

    @property
    def relative(self) -> bool:
        """It names no moment by itself, only one that can be told from what was said before."""
        return self.shift is not None or self.clock is not None or self.nth != 0


@dataclass(frozen=True, slots=True)
class Promise:
    """A stated timeframe for the decision, or for the next word.

    by:       the last day it covers, in the sender's calendar (RULES 6); None: "needs more time" without a date.
    after_interview: it is relative to the interview, and `business_days`/`days` count from there instead of `by`.
    on_hold:  the process is frozen: no clock.
    """

    by: date | None
    words: str
    rule: str
    after_interview: bool = False
    days: int | None = None
    business_days: int | None = None
    on_hold: bool = False


class ReplyKind(StrEnum):
    """What an employer's message means for the process (RULES 5)."""

    NONE = "none"
    NEUTRAL = "neutral"
    NEXT_ROUND = "next_round"
    SCHEDULING = "scheduling"
    REJECTION = "rejection"
    OFFER = "offer"
    TIMELINE_UPDATE = "timeline_update"
    NEEDS_INFO = "needs_info"


@dataclass(frozen=True, slots=True)
class Gratitude:
    """Thanks in a message that the user sent.

    sure:  it clearly thanks for, or refers back to, a conversation.
    cause: what it thanks for: "conversation", "scheduling", "invitation", "form", "unclear".
    elsewhere: the mail speaks of orders, deals or family and nowhere of a job: to anybody but an interviewer it is
        ordinary mail.
    """

    sure: bool
    cause: str
    words: str
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A company's or a job's name with the place it was found in: body, subject, signature, domain, event, sender."""

    text: str
    source: str
    confidence: float = 0.5


@dataclass(frozen=True, slots=True)
class Voice:
    """How a letter begins and ends, as written: "Hi", "Priya", "Best", "Noor". Each is "" where the letter has none.

    greeting:  the greeting word. addressed: the name behind it.
    sign_off:  the closing formula. signed: the name below it, where it is the writer's.
    form:      how it addresses its reader: "familiar" (du), "polite" (Sie), "" where it does not show.
    """

    greeting: str = ""
    addressed: str = ""
    sign_off: str = ""
    signed: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one message says by itself.

    language:  ISO 639-1 code of its new text.
    kind, direction: see there.
    meetings:  every meeting time it states; `reply` what it means as an answer to an interview.
    promise:   see Promise.
    gratitude: only for sent mail.
    follow_up: sent mail: the user asks for news. accepts_offer/withdraws: sent mail: the user's own decision.
    assent:    the writer agrees to something proposed before, without naming it ("that works for me", "perfect, talk then").
    people:    everybody named, addressed or writing on the other side.
    companies, roles: candidates for the employer's name and the job's title, best first.
    agency:    the sender recruits for somebody else. jobless: nothing in it speaks of a job.
    away_until: the return date in an away notice. gone: the notice says that the person has left.
    offer_deadline: the last day to answer an offer.
    asked_for: what the employer asks the user for ("references"), "".
    suspicions: why this may be a forgery or a scam.
    readable:  False where the body could not be read.
    voice:     how it greets and is signed.
    """

    message: MessageId
    kind: MessageKind
    direction: Direction
    language: str = "en"
    meetings: tuple[Meeting, ...] = ()
    reply: ReplyKind = ReplyKind.NONE
    promise: Promise | None = None
    gratitude: Gratitude | None = None
    follow_up: bool = False
    accepts_offer: bool = False
    withdraws: bool = False
    assent: bool = False
    people: tuple[PersonMention, ...] = ()
    companies: tuple[Named, ...] = ()
    roles: tuple[Named, ...] = ()
    agency: bool = False
    jobless: bool = False
    away_until: date | None = None
    gone: bool = False
    offer_deadline: date | None = None
    asked_for: str = ""
    suspicions: tuple[Evidence, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    readable: bool = True
    voice: Voice = Voice()
