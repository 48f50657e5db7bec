"""The scheduled life: files for systemd, launchd and the Windows Task Scheduler, a line for cron, and who installs them.

What is written here is only text made from a `Job`; `install` puts it in place and calls the scheduler's own program.
"""

from __future__ import annotations

from mailwatch.service.install import Place, installed, place_for, put, take_away
from mailwatch.service.job import Job, ServiceFile, job_from_settings

__all__ = ["Job", "Place", "ServiceFile", "installed", "job_from_settings", "place_for", "put", "take_away"]
