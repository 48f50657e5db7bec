"""The parent's side of the worker: starts it when it is needed, talks to it, buries it."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import weakref
from typing import IO, TypeVar

import msgspec

from mailwatch.errors import MailwatchError
from mailwatch.process_guard import starting
from mailwatch.sandbox.work import Unreadable, Work
from mailwatch.sandbox.worker import DONE, LAST, READY, TIMED_OUT, read_frame, write_frame

T = TypeVar("T")
_PATIENCE = 5.0


class Worker:
    """One worker process at a time. Not for several threads at once.

    Args:
        seconds: the longest an item may take.
        memory: bytes of address space, where the system can limit it.
    """

    def __init__(self, seconds: float, memory: int) -> None:
        self._command = [sys.executable, "-P", "-m", "mailwatch.sandbox.worker", str(seconds), str(memory)]
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._burial: weakref.finalize[[subprocess.Popen[bytes]], Worker] | None = None
        self._encoder = msgspec.msgpack.Encoder()

    def done(self, work: Work, kind: type[T]) -> T:
        """The record that comes of a piece of work.

        Raises:
            Unreadable: the item can't be read, or the worker died of it.
            MailwatchError: no worker can be started.
        """
        answer = self._asked(self._encoder.encode(work))
        if answer[:1] == LAST:
            self.close()
        if answer[:1] != DONE:
            raise Unreadable(answer[1:].decode("utf-8", "replace"))
        return msgspec.msgpack.decode(memoryview(answer)[1:], type=kind)

    def close(self) -> None:
        """End the worker, if there is one. Safe to call twice."""
        if self._burial is not None:
            self._burial()
        self._process = self._burial = None

    def _asked(self, frame: bytes) -> bytes:
        process = self._running()
        with contextlib.suppress(OSError):  # it may die while we still write: no answer says so below
            write_frame(_open(process.stdin), frame)
            answer = read_frame(_open(process.stdout))
            if answer:
                return answer
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE)
        late = process.poll() == TIMED_OUT
        self.close()
        raise Unreadable(f"takes longer than {self._seconds:g} seconds" if late else "makes the parser crash")

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        process = _started(self._command)
        self._process, self._burial = process, weakref.finalize(self, _buried, process)
        if read_frame(_open(process.stdout)) != READY:
            self.close()
            raise _unstartable()
        return process


def _started(command: list[str]) -> subprocess.Popen[bytes]:
    try:
        with starting():
            return subprocess.Popen(  # noqa: S603 - this interpreter, and nothing from outside in the arguments
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, close_fds=True
            )
    except OSError as error:
        raise _unstartable() from error


def _unstartable() -> MailwatchError:
    return MailwatchError(
        "The process that reads mail can't be started, so nothing was read.",
        next_step=f"see whether you may run {sys.executable}, and whether memory is left",
    )


def _buried(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):
            _open(stream).close()
    try:
        process.wait(_PATIENCE / 5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _open(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # noqa: S101 - both were asked for as pipes
    return stream
