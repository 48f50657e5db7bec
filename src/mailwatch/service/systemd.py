"""Units for `systemd --user`: a service that may do little, and a timer.

The directives are those of systemd.exec(5), systemd.service(5) and systemd.timer(5). A unit can't forbid single remote
ports or hosts; what keeps mailwatch from sending is described in docs/never-sends.md.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from mailwatch.service.job import NAME, Job, ServiceFile

# Signals of exit codes 3 and 4 (DESIGN: configuration wrong, sign-in needed): a restart would not help.
_NO_RESTART = "3 4"
_START_LIMIT = timedelta(minutes=10)

# What a program that reads mail and writes a few files never needs.
_HARDENING = (
    "NoNewPrivileges=yes",
    "PrivateUsers=yes",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "PrivateMounts=yes",
    "ProtectSystem=strict",
    "ProtectHome=read-only",
    "ProtectProc=invisible",
    "ProcSubset=pid",
    "ProtectKernelTunables=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelLogs=yes",
    "ProtectControlGroups=yes",
    "ProtectClock=yes",
    "ProtectHostname=yes",
    "RestrictNamespaces=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "RemoveIPC=yes",
    "LockPersonality=yes",
    "MemoryDenyWriteExecute=yes",
    "CapabilityBoundingSet=",
    "AmbientCapabilities=",
    "KeyringMode=private",
    "DevicePolicy=closed",
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
    "SocketBindDeny=any",
    "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service",
    "SystemCallFilter=~@privileged @resources @obsolete",
    "SystemCallErrorNumber=EPERM",
    "UMask=0077",
)


def systemd_files(job: Job) -> tuple[ServiceFile, ...]:
    """The service, and the timer unless the job is a daemon."""
    service = ServiceFile(f"{NAME}.service", _service(job))
    return (service,) if job.daemon else (service, ServiceFile(f"{NAME}.timer", _timer(job)))


def _service(job: Job) -> str:
    kind = _staying(job) if job.daemon else _passing()
    writable = [job.state, *job.writable, *(_homes_of_programs() if job.asks_programs else ())]
    lines = [
        "[Unit]",
        "Description=mailwatch: see to the life after a job interview (saves drafts, never sends)",
        f"StartLimitIntervalSec={_seconds(_START_LIMIT)}",
        "StartLimitBurst=5",
        "",
        "[Service]",
        *kind,
        f"ExecStart={' '.join(_word(word) for word in job.command)}",
        f"Environment={_word(f'MAILWATCH_STATE={job.state}')}",
        "Environment=PYTHONDONTWRITEBYTECODE=1",
        "Nice=10",
        "IOSchedulingClass=idle",
        *_HARDENING,
        *(f"ReadWritePaths={_path(path)}" for path in writable),
    ]
    if job.daemon:
        lines += ["", "[Install]", "WantedBy=default.target"]
    return "\n".join([*lines, ""])


def _staying(job: Job) -> list[str]:
    # Twice the longest pause, and the time that one look may take: silent for longer, it is hanging.
    watchdog = 2 * (job.interval + job.jitter) + timedelta(minutes=10)
    return [
        "Type=notify",
        "NotifyAccess=main",
        f"WatchdogSec={_seconds(watchdog)}",
        "Restart=on-failure",
        "RestartSec=60",
        f"RestartPreventExitStatus={_NO_RESTART} 6",
        "TimeoutStopSec=10",
        "ExecReload=/bin/kill -HUP $MAINPID",
    ]


def _passing() -> list[str]:
    # One account or another may fail in a look (1) or want a sign-in (4), and the next look tries again: the timer goes
    # on either way, and `systemctl --user status` should not show a failed unit for a server's bad hour.
    return ["Type=oneshot", "SuccessExitStatus=1 4 5 6", "TimeoutStartSec=600"]


def _timer(job: Job) -> str:
    return "\n".join(
        [
            "[Unit]",
            "Description=Look for interviews, replies and drafts that are due",
            "",
            "[Timer]",
            "OnStartupSec=2min",
            f"OnUnitInactiveSec={_seconds(job.interval)}",
            f"RandomizedDelaySec={_seconds(job.jitter)}",
            "AccuracySec=30s",
            "",
            "[Install]",
            "WantedBy=timers.target",
            "",
        ]
    )


def _homes_of_programs() -> tuple[Path, ...]:
    # GnuPG locks its folder even for reading; a missing one must not stop the unit, hence the "-" in _path.
    return (Path("%h/.gnupg"),)


def _path(path: Path) -> str:
    return _word(f"-{path}", keep="%h")


def _word(text: str, keep: str = "") -> str:
    """One word of a unit's command line: specifiers, variables and quotes stay text (systemd.syntax(7))."""
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$").replace("%", "%%")
    if keep:
        text = text.replace(keep.replace("%", "%%"), keep)
    return f'"{text}"' if any(char in text for char in " \t\"'\\;") else text


def _seconds(span: timedelta) -> str:
    return f"{max(1, round(span.total_seconds()))}s"
