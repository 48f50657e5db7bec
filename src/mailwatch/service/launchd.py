"""A property list for launchd on macOS (launchd.plist(5)); generated here, and run only there."""

from __future__ import annotations

import plistlib

from mailwatch.service.job import LABEL, Job, ServiceFile


def launchd_files(job: Job) -> tuple[ServiceFile, ...]:
    """The agent's property list."""
    schedule: dict[str, object] = (
        {"KeepAlive": {"SuccessfulExit": False}, "ThrottleInterval": 60}
        if job.daemon
        else {"StartInterval": max(60, round(job.interval.total_seconds()))}
    )
    logs = job.state / "service.log"
    agent = {
        "Label": LABEL,
        "ProgramArguments": list(job.command),
        "EnvironmentVariables": {"MAILWATCH_STATE": str(job.state), "PYTHONDONTWRITEBYTECODE": "1"},
        "RunAtLoad": True,
        "ProcessType": "Background",
        "LowPriorityIO": True,
        "Nice": 10,
        "Umask": 0o077,
        "StandardErrorPath": str(logs),
        "StandardOutPath": "/dev/null",
        **schedule,
    }
    return (ServiceFile(f"{LABEL}.plist", plistlib.dumps(agent, sort_keys=False).decode()),)
