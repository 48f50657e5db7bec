"""The nouns: frozen records that everything else speaks in."""

from mailwatch.core.model.calendar import Attendee, CalendarEvent, EventRef, EventVersion, Window, ZoneState
from mailwatch.core.model.casebook import (
    Application,
    ApplicationId,
    ApplicationState,
    Casebook,
    DecisionDate,
    Doubt,
    Interview,
    InterviewId,
    InterviewState,
    Person,
    Question,
    Reply,
    Sent,
    Session,
)
from mailwatch.core.model.dates import ENGLISH, DayNames
from mailwatch.core.model.decision import LIES_THERE, Action, Decision, Draft, Plan, Refusal, Sentence, Stale, Standing
from mailwatch.core.model.facts import (
    AccountCoverage,
    Appointment,
    Coverage,
    Debrief,
    DraftKey,
    DraftSeen,
    Facts,
    Kind,
    LedgerRow,
    LedgerState,
    Mail,
    Mark,
    MarkKind,
    Me,
    PrivateNotes,
    Reach,
    SharedNote,
)
from mailwatch.core.model.mail import (
    Address,
    Automation,
    Cursor,
    DraftRef,
    Envelope,
    Fetched,
    Fingerprint,
    Interest,
    Mailbox,
    Message,
    MessageId,
    MessageRef,
    Part,
    Place,
    SpecialUse,
    ThreadId,
)
from mailwatch.core.model.policy import Detection, Policy
from mailwatch.core.model.reading import (
    Direction,
    Evidence,
    Gratitude,
    Meeting,
    MeetingState,
    MessageKind,
    Named,
    PersonKind,
    PersonMention,
    Promise,
    Reading,
    ReplyKind,
    TimeMention,
    Voice,
)
from mailwatch.core.model.reading import Part as PersonPart

__all__ = [
    "ENGLISH",
    "LIES_THERE",
    "AccountCoverage", "Action", "Address", "Application", "ApplicationId", "ApplicationState", "Appointment", "Attendee", "Automation",
    "CalendarEvent", "Casebook", "Coverage", "Cursor", "DayNames", "Debrief", "Decision", "DecisionDate", "Detection", "Direction",
    "Doubt", "Draft", "DraftKey", "DraftRef", "DraftSeen", "Envelope", "EventRef", "EventVersion", "Evidence", "Facts", "Fetched",
    "Fingerprint", "Gratitude", "Interest", "Interview", "InterviewId", "InterviewState", "Kind", "LedgerRow", "LedgerState", "Mail",
    "Mailbox", "Mark", "MarkKind", "Me", "Meeting", "MeetingState", "Message", "MessageId", "MessageKind", "MessageRef",
    "Named", "Part", "Person", "PersonKind", "PersonMention", "PersonPart", "Place", "Plan", "Policy", "PrivateNotes",
    "Promise", "Question", "Reach", "Reading", "Refusal", "Reply", "ReplyKind", "Sent", "Sentence", "Session", "SharedNote",
    "SpecialUse", "Stale", "Standing", "ThreadId", "TimeMention", "Voice", "Window", "ZoneState",
]  # fmt: skip
