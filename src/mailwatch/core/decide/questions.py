"""The review list as it stands now: every question is asked for a week and then dropped at its default."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from mailwatch.core.casebook.questions import question_about
from mailwatch.core.decide.ground import Ground
from mailwatch.core.ids import identity
from mailwatch.core.mailed_debriefs import untaken_debriefs
from mailwatch.core.model import Application, InterviewState, Question

ASKED_FOR = timedelta(days=7)


def open_questions(
    questions: Sequence[Question], applications: Sequence[Application], ground: Ground
) -> tuple[Question, ...]:
    """What only the user can settle, without what was asked for a week already."""
    asked = [*questions, *_did_it_happen(applications, ground), *_about_debriefs(ground)]
    return tuple(question for question in asked if question.at is None or ground.now < question.at + ASKED_FOR)


def _about_debriefs(ground: Ground) -> Iterator[Question]:
    """A debrief mailed to oneself that fits no interview: nothing of it counts until the user says which one."""
    for mail in untaken_debriefs(ground.facts):
        text = "The debrief that you mailed to yourself fits no interview: send it again with the firm in its subject."
        yield Question(identity("question", mail.envelope.id), text, "mailwatch debrief", (), mail.envelope.at)


def _did_it_happen(applications: Sequence[Application], ground: Ground) -> Iterator[Question]:
    """What was never answered counts as held, what was never confirmed does not: whether it was, only the user knows."""
    for application in applications:
        for interview in application.interviews:
            firm = application.company or interview.title or "them"
            if interview.unconfirmed is not None and interview.unconfirmed <= ground.now:
                text = f"You chose {ground.words(interview.unconfirmed)} with {firm} and nobody confirmed it: did it take place?"
                yield question_about(text, f"mailwatch confirm {interview.id}", interview, at=interview.unconfirmed)
            over = interview.end is not None and interview.end <= ground.now
            if over and interview.unanswered and interview.state is InterviewState.SCHEDULED:
                text = f"You never answered the invitation of {firm}: did it take place?"
                yield question_about(text, f"mailwatch mark {interview.id} did-not-happen", interview)
