"""Makes a Python process poorer by what Windows lacks, as far as another system can: found on PYTHONPATH, so that the
processes it starts are as poor.

What can't be had here: backslashes, drives, real access lists, locks that nobody reads past, the console, sys.platform.
"""

from __future__ import annotations

import builtins
import io
import os
import select
import signal
import socket
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

FORBIDDEN = frozenset('<>:"|?*')
MODULES = ("fcntl", "grp", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty")
ABSENT = {
    os: (
        "O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "chown", "fchdir", "fchmod", "fchown", "fork", "forkpty",
        "getegid", "geteuid", "getgid", "getgroups", "getpgid", "getuid", "killpg", "lchown", "mkfifo", "mknod", "nice", "pread",
        "preadv", "pwrite", "pwritev", "setsid", "statvfs", "sync",
    ),
    signal: ("SIGALRM", "SIGCHLD", "SIGHUP", "SIGPIPE", "SIGUSR1", "SIGUSR2", "setitimer"),
    socket: ("AF_UNIX",),
}  # fmt: skip


def _poor() -> None:
    os.supports_dir_fd.clear()
    os.supports_fd.clear()
    import asyncio
    import multiprocessing.util
    import shutil
    import ssl
    import subprocess
    import tempfile

    import filelock  # its own branch for Windows can't run here, so it keeps what it has found

    _ = (asyncio, multiprocessing, shutil, ssl, subprocess, tempfile, filelock)
    for name in MODULES:
        sys.modules[name] = None  # type: ignore[assignment] - this is how an import is made to fail
    for module, names in ABSENT.items():
        for name in names:
            vars(module).pop(name, None)
    os.altsep = "/"
    _poor_files()
    _poor_stat()
    _poor_waiting()


def _allowed(path: object) -> None:
    """Names that Windows takes, of files that lie where a user's files lie."""
    if not isinstance(path, str | os.PathLike) or str(path).startswith(("/proc/", "/dev/")):
        return
    for name in Path(path).parts:
        if FORBIDDEN & set(name) or (name.endswith((" ", ".")) and name.strip(".")):
            raise OSError(22, "Invalid argument", str(path))


def _unopened(path: str | os.PathLike[str]) -> None:
    """Windows neither removes nor replaces a file that somebody has open."""
    whole = os.path.realpath(path)
    for number in os.listdir("/proc/self/fd"):  # noqa: PTH208 - as cheap as can be
        try:
            if str(Path(f"/proc/self/fd/{number}").readlink()) == whole:
                raise PermissionError(13, "The process cannot access the file", str(path))
        except FileNotFoundError:
            continue


def _poor_files() -> None:
    real_open, real_rename, real_replace, real_unlink = os.open, os.rename, os.replace, os.unlink
    real_mkdir, real_stream = os.mkdir, io.open

    def open_(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        _allowed(path)
        if dir_fd is not None:
            raise NotImplementedError("dir_fd unavailable on this platform")
        if Path(path).is_dir():
            raise PermissionError(13, "Permission denied", str(path))
        return real_open(path, flags, mode)

    def moved(real: Callable[..., None], *, over: bool) -> Callable[..., None]:
        def move(old: Any, new: Any, *, src_dir_fd: int | None = None, dst_dir_fd: int | None = None) -> None:
            _allowed(new)
            if src_dir_fd is not None or dst_dir_fd is not None:
                raise NotImplementedError("dir_fd unavailable on this platform")
            if not over and Path(new).exists():
                raise FileExistsError(17, "File exists", str(new))
            _unopened(old)
            _unopened(new)
            real(old, new)

        return move

    def unlink(path: Any, *, dir_fd: int | None = None) -> None:
        if dir_fd is not None:
            raise NotImplementedError("dir_fd unavailable on this platform")
        _unopened(path)
        real_unlink(path)

    def mkdir(path: Any, mode: int = 0o777, *, dir_fd: int | None = None) -> None:
        _allowed(path)
        real_mkdir(path, mode, dir_fd=dir_fd)

    def stream(file: Any, *arguments: Any, **named: Any) -> Any:
        _allowed(file)
        return real_stream(file, *arguments, **named)

    os.open, os.mkdir = open_, mkdir
    os.rename, os.replace = moved(real_rename, over=False), moved(real_replace, over=True)
    os.unlink = os.remove = unlink
    io.open = builtins.open = stream


def _poor_stat() -> None:
    def seen(real: Callable[..., os.stat_result]) -> Callable[..., os.stat_result]:
        def look(*arguments: Any, **named: Any) -> os.stat_result:
            found = real(*arguments, **named)
            rights = 0o777 if stat.S_ISDIR(found.st_mode) else 0o666 if found.st_mode & 0o200 else 0o444
            mode = stat.S_IFMT(found.st_mode) | rights
            fields = {name: getattr(found, name) for name in dir(found) if name.startswith("st_")}
            return os.stat_result((mode, found.st_ino, found.st_dev, found.st_nlink, 0, 0, *found[6:]), fields)

        return look

    os.stat, os.lstat, os.fstat = seen(os.stat), seen(os.lstat), seen(os.fstat)


def _poor_waiting() -> None:
    real_select = select.select

    def wait(reading: Any, writing: Any, failing: Any, timeout: float | None = None) -> Any:
        if any(not isinstance(one, socket.socket) for one in (*reading, *writing, *failing)):
            raise OSError(10038, "An operation was attempted on something that is not a socket")
        return real_select(reading, writing, failing, timeout)

    def pair(*_: object) -> tuple[socket.socket, socket.socket]:
        with socket.create_server(("127.0.0.1", 0)) as server:
            one = socket.create_connection(server.getsockname())
            return one, server.accept()[0]

    select.select, socket.socketpair = wait, pair


_poor()
