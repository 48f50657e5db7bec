"""What a test can't do without. Where it is missing, CI fails; on a laptop the test is skipped, and says so."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest

_WHERE = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


def absent(what: str) -> NoReturn:
    """Give up: `what` is not here.

    Raises:
        pytest.fail.Exception: under CI, which brings everything along. pytest.skip.Exception: elsewhere.
    """
    if os.environ.get("CI"):
        pytest.fail(f"{what}, and CI tests with it")
    pytest.skip(what)


def needed(program: str, *others: str) -> str:
    """Where a program is; others: names that do as well.

    Raises:
        pytest.fail.Exception, pytest.skip.Exception: see absent.
    """
    found = (shutil.which(name, path=_WHERE) for name in (program, *others))
    return next(filter(None, found), None) or absent(f"{program} is not installed")
