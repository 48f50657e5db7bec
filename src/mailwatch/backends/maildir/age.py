"""Is a message older than a moment? Told from its header's raw dates, so that old mail need not be parsed at all.

A mailbox holds years of mail, and a first look wants the last three months of it. In any doubt the answer is no, and the
parser decides.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_DATE = re.compile(rb"^Date:[ \t]{0,20}([ -~]{1,120}?)\r?$", re.IGNORECASE | re.MULTILINE)
_RECEIVED = re.compile(rb"^Received:((?:[^\n]{0,998}\n[ \t]){0,30}[^\n]{0,998})", re.IGNORECASE | re.MULTILINE)
_SLACK = timedelta(days=2)


def surely_older(header: bytes, moment: datetime) -> bool:
    """Was the message written, and received where that is noted, more than two days before the moment?

    Args:
        header: the message's header block, and nothing of its body.
        moment: aware.
    """
    dates = _DATE.findall(header)
    received = _RECEIVED.search(header)
    if len(dates) != 1:
        return False
    last = received[1].rpartition(b";")[2] if received else dates[0]
    return all(_is_before(date, moment - _SLACK) for date in (dates[0], last))


def _is_before(date: bytes, moment: datetime) -> bool:
    try:
        written = parsedate_to_datetime(date.decode("ascii").strip())
    except (ValueError, OverflowError, TypeError, IndexError):
        return False
    return (written if written.tzinfo else written.replace(tzinfo=UTC)) < moment
