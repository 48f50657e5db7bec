"""The worker process: reads pieces of work from its input, one at a time, and writes what came out.

A frame is four bytes of length and as many bytes of MessagePack. An answer begins with one of the marks below.
Limits are set before the first item: address space, and no core dumps. A watchdog written in C ends the process when
one item takes too long, even where Python itself no longer gets a turn.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import sys
from pathlib import Path
from typing import IO

import msgspec

from mailwatch.process_guard import guard_process
from mailwatch.sandbox.work import Work, broken_by

DONE, UNREADABLE, LAST = b"+", b"-", b"!"
"""How an answer begins: the record, a reason, a reason after which the worker leaves."""
READY = b"ready"
TIMED_OUT = 1
"""The exit code of the watchdog."""
_LENGTH = 4


def main(arguments: list[str]) -> None:
    """Work until the input ends. Arguments: seconds for an item, bytes of address space."""
    guard_process(network=False)
    seconds, memory = float(arguments[0]), int(arguments[1])
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as output, Path(os.devnull).open("r+b") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which closes our input
        _limit(memory)
        write_frame(output, READY)
        decoder, encoder = msgspec.msgpack.Decoder(Work), msgspec.msgpack.Encoder()
        while (frame := read_frame(sys.stdin.buffer)) is not None:
            faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
            answer = _answer(frame, decoder, encoder)
            faulthandler.cancel_dump_traceback_later()
            write_frame(output, answer)
            if answer.startswith(LAST):
                return


def _answer(frame: bytes, decoder: msgspec.msgpack.Decoder[Work], encoder: msgspec.msgpack.Encoder) -> bytes:
    try:
        return DONE + encoder.encode(decoder.decode(frame).done())
    except Exception as error:  # noqa: BLE001 - whatever an item does to the parser, it is named and the next one comes
        mark = LAST if isinstance(error, MemoryError) else UNREADABLE
        return mark + broken_by(error).encode()


def _limit(memory: int) -> None:
    """Where the system has such limits: Windows has none of them, macOS not all."""
    with contextlib.suppress(ImportError):
        import resource

        if hasattr(resource, "setrlimit"):
            for limit, value in (("RLIMIT_CORE", 0), ("RLIMIT_AS", memory)):
                with contextlib.suppress(ValueError, OSError, AttributeError):
                    resource.setrlimit(getattr(resource, limit), (value, value))


def write_frame(stream: IO[bytes], data: bytes) -> None:
    """One frame, at once."""
    stream.write(len(data).to_bytes(_LENGTH, "big"))
    stream.write(data)
    stream.flush()


def read_frame(stream: IO[bytes]) -> bytes | None:
    """One frame, or None where the stream has ended before it was complete."""
    head = stream.read(_LENGTH)
    if len(head) < _LENGTH:
        return None
    length = int.from_bytes(head, "big")
    data = stream.read(length)
    return data if len(data) == length else None


if __name__ == "__main__":
    main(sys.argv[1:])
