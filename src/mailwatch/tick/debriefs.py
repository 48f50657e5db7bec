"""Debriefs that the user mailed to themselves: taken once, from Sent alone, into the words that the user told us."""

from __future__ import annotations

import logging

from mailwatch.core.mailed_debriefs import debrief_from_mail, interview_meant, untaken_debriefs
from mailwatch.tick.run import Run

log = logging.getLogger("mailwatch.tick")


def take_debriefs(run: Run) -> None:
    """Keep each mailed debrief whose interview is known; one that fits none stays a question of the plan."""
    settings = run.settings
    waiting = untaken_debriefs(run.store.facts(settings.me))
    if not waiting:
        return
    applications = run.plan().applications
    for mail in waiting:
        message = run.store.mail.input_of(mail.envelope.id)
        meant = interview_meant(message, applications) if message is not None else None
        if message is not None and meant is not None:
            run.store.words.keep_debrief(debrief_from_mail(message, *meant, settings.me, settings.lexicon))
            log.info("debrief taken from=sent")
