"""A task for the Windows Task Scheduler (Microsoft's Task Scheduler schema, version 1.3: Windows 7 and newer); generated here, not run.

`pythonw.exe` opens no console window. The task runs with the rights of the person who is logged on, never with more.
"""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import PureWindowsPath
from xml.sax.saxutils import escape

from mailwatch.service.job import NAME, Job, ServiceFile

_TASK = """<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.3" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>mailwatch: see to the life after a job interview (saves drafts, never sends)</Description>
    <URI>\\{name}</URI>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <Enabled>true</Enabled>{repetition}
      <Delay>PT2M</Delay>
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable>
    <ExecutionTimeLimit>{limit}</ExecutionTimeLimit>
    <Priority>7</Priority>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{program}</Command>
      <Arguments>{arguments}</Arguments>
    </Exec>
  </Actions>
</Task>
"""
_REPETITION = """
      <Repetition>
        <Interval>{interval}</Interval>
        <StopAtDurationEnd>false</StopAtDurationEnd>
      </Repetition>"""


def windows_files(job: Job) -> tuple[ServiceFile, ...]:
    """The task's definition, for `schtasks /Create /XML`."""
    program, *arguments = job.command
    text = _TASK.format(
        name=NAME,
        repetition="" if job.daemon else _REPETITION.format(interval=_duration(job.interval)),
        limit="PT0S" if job.daemon else "PT10M",
        program=escape(_windowless(program)),
        arguments=escape(subprocess.list2cmdline(arguments)),
    )
    return (ServiceFile(f"{NAME}.xml", text, encoding="utf-16"),)


def _windowless(program: str) -> str:
    path = PureWindowsPath(program)
    return str(path.with_name("pythonw.exe")) if path.name.lower() == "python.exe" else program


def _duration(span: timedelta) -> str:
    """ISO 8601, as the schema's xs:duration wants it; the scheduler takes no repetition below a minute."""
    return f"PT{max(1, round(span.total_seconds() / 60))}M"
