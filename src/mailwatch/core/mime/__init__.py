"""Mail to records: header blocks to envelopes, fetched messages to what their author wrote now.

Own slicing instead of the standard library's tree of objects: forty times faster, and it never raises on any bytes.
"""

from __future__ import annotations

from mailwatch.core.mime.envelope import envelope_from_header, envelope_from_raw, is_calendar
from mailwatch.core.mime.message import message_from_fetched
from mailwatch.core.mime.structure import transfer_decoded
from mailwatch.core.mime.words import parameters_from_header, text_from_header

__all__ = [
    "envelope_from_header",
    "envelope_from_raw",
    "is_calendar",
    "message_from_fetched",
    "parameters_from_header",
    "text_from_header",
    "transfer_decoded",
]
