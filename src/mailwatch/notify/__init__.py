"""Telling the user something: a program of theirs, or the desktop. What to say and when is the core's business."""

from __future__ import annotations

from mailwatch.notify.tell import Teller, tell, teller_for

__all__ = ["Teller", "tell", "teller_for"]
