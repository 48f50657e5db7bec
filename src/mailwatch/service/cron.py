"""A line for crontab(5), for systems without systemd or launchd."""

from __future__ import annotations

import shlex

from mailwatch.service.job import Job


def cron_line(job: Job) -> str:
    """The line; cron knows minutes only, so the interval is rounded to a divisor of the hour (or to hours)."""
    minutes = max(1, round(job.interval.total_seconds() / 60))
    when = f"*/{_divisor(minutes)} * * * *" if minutes < 60 else f"7 */{max(1, min(23, round(minutes / 60)))} * * *"
    words = [f"MAILWATCH_STATE={shlex.quote(str(job.state))}", *(shlex.quote(word) for word in job.command)]
    # A bare "%" ends the command in a crontab.
    return f"{when} {' '.join(words)} 2>/dev/null".replace("%", "\\%")


def _divisor(minutes: int) -> int:
    return max(step for step in (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30) if step <= minutes)
