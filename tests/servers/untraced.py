"""Processes that no tracer enters: coverage would look at every line of a server that others wrote, and count none."""

from __future__ import annotations

import os

TRACED_BY = "COVERAGE_PROCESS_CONFIG"
"""The variable by which coverage tells the processes that a traced one starts to trace themselves."""


def environment() -> dict[str, str]:
    """Ours, without that."""
    return {name: value for name, value in os.environ.items() if name != TRACED_BY}
