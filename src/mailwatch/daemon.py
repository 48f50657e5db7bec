"""The bare daemon: look, wait, look again, until told to stop.

SIGTERM and SIGINT (on Windows Ctrl-C and Ctrl-Break) end it within moments, in the middle of a look too: what a look has begun, the next one settles
(the journal of `tick`). SIGHUP asks for a look as soon as the present one is over. A service manager that wants to
know is told when it is ready, what it does, and that it is alive (sd_notify(3)).
"""

from __future__ import annotations

import logging
import os
import random
import select
import signal
import socket
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from types import FrameType

from mailwatch.errors import MailwatchError, RefusedToSend

log = logging.getLogger("mailwatch.daemon")
_ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGBREAK") if hasattr(signal, name))
_WAKING = tuple(getattr(signal, name) for name in ("SIGHUP",) if hasattr(signal, name))  # Windows has none
_SLICE = 45.0
"""Seconds between two glances at the clock while waiting: a machine that slept wakes up to a look."""


class _Ended(BaseException):
    """A signal asked for the end. Not an Exception, so that nothing on the way takes it for a failure."""


def watch(look: Callable[[], object], *, interval: timedelta, jitter: timedelta = timedelta(0)) -> int:
    """Call `look` again and again, from the main thread; 0 when a signal has ended it.

    A failure of one look is logged, and the next look tries again.

    Args:
        look: one tick. It reads the configuration itself, so that a changed one counts at once.
        interval: from the end of one look to the beginning of the next.
        jitter: up to so much shorter or longer, by chance, so that many machines do not knock at the same moment.

    Raises:
        RefusedToSend: a request that could send was stopped: a bug, after which nothing goes on.
    """
    try:
        with _calls() as calls:
            announce("READY=1")
            while True:
                calls.again = False
                announce("STATUS=looking", "WATCHDOG=1")
                _look_once(look)
                announce("STATUS=waiting for the next look", "WATCHDOG=1")
                _wait(calls, interval.total_seconds() + random.uniform(-1, 1) * jitter.total_seconds())  # noqa: S311 - no secret
    except _Ended:
        announce("STOPPING=1")
        log.info("stopped")
        return 0


@dataclass(slots=True)
class _Calls:
    """What signals have asked for.

    A handler runs between any two steps of the main thread: it may take no lock (so no threading.Event), and what it
    raises is lost where Python is just clearing something away. So it leaves a note here, and a byte in the socket: not
    a pipe, because Windows waits for sockets alone.

    bell: becomes readable at a signal. again: another look. ended: the end.
    """

    bell: socket.socket
    again: bool = False
    ended: bool = False

    def sleep(self, seconds: float) -> None:
        """Sleep until a signal comes, and no longer than so many seconds."""
        if select.select([self.bell], [], [], seconds)[0]:
            self.bell.recv(4096)


def _wait(calls: _Calls, seconds: float) -> None:
    """Wait by the clock that never jumps, or by the one on the wall if that gets there first: the other stands still
    while a machine sleeps.
    """
    steady, wall = time.monotonic() + seconds, time.time() + seconds
    while (left := min(steady - time.monotonic(), wall - time.time())) > 0 and not (calls.again or calls.ended):
        calls.sleep(min(left, _SLICE))
        announce("WATCHDOG=1")
    if calls.ended:
        raise _Ended


def announce(*lines: str) -> None:
    """Tell the service manager something, where there is one that listens (sd_notify(3)); a failure changes nothing."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address or not hasattr(socket, "AF_UNIX"):
        return
    name = "\0" + address[1:] if address.startswith("@") else address  # "@" stands for Linux's abstract names
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as door:
        door.sendto("\n".join(lines).encode(), name)


def _look_once(look: Callable[[], object]) -> None:
    try:
        look()
    except RefusedToSend:
        raise
    except MailwatchError as error:
        log.warning("look failed error=%s message=%s next=%s", type(error).__name__, error.message, error.next_step)
    except Exception as error:  # noqa: BLE001 - a daemon outlives a bug in one look; the next one may do better
        last = traceback.extract_tb(error.__traceback__)[-1]  # its place, not its words: they may be a mail's
        log.warning("look failed error=%s file=%s line=%s", type(error).__name__, last.filename, last.lineno)


@contextmanager
def _calls() -> Iterator[_Calls]:
    """Listen for signals; handlers are as before afterwards."""
    bell, button = socket.socketpair()
    button.setblocking(False)
    calls = _Calls(bell)

    def end(number: int, _frame: FrameType | None) -> None:
        for one in _ENDING:  # a second one must not interrupt the way out
            signal.signal(one, signal.SIG_IGN)
        calls.ended = True
        raise _Ended(number)

    def wake(_number: int, _frame: FrameType | None) -> None:
        calls.again = True

    handlers = {**dict.fromkeys(_ENDING, end), **dict.fromkeys(_WAKING, wake)}
    woken_before = signal.set_wakeup_fd(button.fileno(), warn_on_full_buffer=False)
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield calls
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(woken_before)
        bell.close()
        button.close()
