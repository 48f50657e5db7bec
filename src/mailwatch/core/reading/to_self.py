"""Mail that the user wrote to nobody but themselves: a debrief from the phone (RULES §3)."""

from __future__ import annotations

import re

from mailwatch.core.model import Envelope, Me

_SUBJECT = re.compile(r"debrief\b[\s:–—-]{0,5}(.{0,200})", re.IGNORECASE)


def is_debrief_mail(envelope: Envelope, me: Me) -> bool:
    """Does it begin its subject with "debrief", and go from the user to the user alone?

    Whether it lies in Sent is another question: only there nobody else can have put it.
    """
    boxes = [*((envelope.sender,) if envelope.sender else ()), *envelope.recipients]
    addressed = envelope.sender is not None and bool(envelope.recipients)
    return (
        addressed
        and _SUBJECT.match(envelope.subject.strip()) is not None
        and all(me.owns(box.address) for box in boxes)
    )


def words_after_debrief(subject: str) -> str:
    """What the subject says besides "debrief": "debrief: Acme, Rita" gives "Acme, Rita"."""
    found = _SUBJECT.match(subject.strip())
    return found[1].strip() if found else ""
