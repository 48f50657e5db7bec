"""A worker that a message can hurt, as its text says: the real process, with the real limits. Started as a program."""

from __future__ import annotations

import sys

from mailwatch.sandbox import work, worker

_real = work.MessageWork.done


def done(piece: work.MessageWork) -> object:
    """Hang for ever, take all memory, or crash in C; else read."""
    raw = piece.fetched.raw or b""
    if b"hang-here" in raw:
        while True:
            pass
    if b"bloat-here" in raw:
        bytearray(2 << 30)
    if b"crash-here" in raw:
        import ctypes

        ctypes.string_at(0)
    return _real(piece)


if __name__ == "__main__":
    work.MessageWork.done = done  # type: ignore[method-assign,assignment]
    worker.main(sys.argv[1:])
