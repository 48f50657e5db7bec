"""Reads the package's source and names everything by which mail could leave: libraries, programs, clients, words on a wire.

Everything that reaches outside has its few files here; anywhere else it is a finding, whatever it is for.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SENDERS = frozenset(
    {"smtplib", "smtpd", "aiosmtplib", "aiosmtpd", "yagmail", "sendgrid", "redmail", "mailer", "envelopes", "marrow", "postmarker", "mailjet_rest", "boto3"}
)  # fmt: skip
# What reaches outside, and the files (or folders) that may. A client elsewhere would not pass the guards.
REACHING = {
    "subprocess": {"sandbox/child.py", "notify/tell.py", "secrets/sources.py", "cli/service.py", "cli/editor.py", "service/windows.py", "doctor/windows_rights.py"},
    "socket": {"daemon.py", "transport/connections.py", "backends/imap/wire.py"},
    "requests": {"transport/"},
    "urllib3": {"transport/"},
    "imaplib": {"backends/imap/"},
    "imapclient": {"backends/imap/"},
    "googleapiclient": {"backends/google/", "backends/gmail/"},
    "webbrowser": {"cli/auth_asker.py"},
    "desktop_notifier": {"notify/tell.py"},
    "asyncio": {"notify/tell.py"},
    **{name: set() for name in ("http.client", "urllib.request", "httplib2", "httpx", "aiohttp", "pycurl", "ftplib", "telnetlib", "nntplib", "pty", "ctypes")},
}  # fmt: skip
# Names that are called to send, and the files that call something else so.
CALLS = {
    "sendmail": set(), "send_message": set(), "sendMail": set(), "send_mail": set(), "reply_all": set(), "forward": set(), "system": set(), "popen": set(),
    "send": {"notify/tell.py", "transport/session.py", "transport/connections.py"},
    "append": set(), "copy": set(), "move": set(), "store": set(), "create_folder": set(),
}  # fmt: skip
_WORDS = re.compile(
    r"/send\b|/sendMail|\bsendmail\b|/reply(?:All)?\b|/forward\b|/\$?batch\b|sendUpdates|/upload/|autoForwarding|messageRules|\bMAIL FROM:|\bRCPT TO:",
    re.IGNORECASE,
)
_MAY_SAY = (
    "doctor/google_sends.py",
    "doctor/graph_sends.py",
    "doctor/sends.py",
    "process_guard.py",
    "phrases/",
    "letters/",
)
_OF_A_CLIENT = frozenset({"append", "copy", "move", "store", "create_folder"})
_CLIENTS = frozenset({"client", "imap", "server", "connection", "wire", "session"})
_SAVES = ("backends/imap/saving.py", "append")  # the one place that adds a message; the guard knows to which folder
_LAZY = frozenset({"cli/lazy.py", "store/__init__.py", "tick/__init__.py"})  # names out of a table beside them
_DYNAMIC = frozenset({"import_module", "__import__"})


def findings(package: Path) -> list[str]:
    """What could send in a tree of source files, as "file:line what"."""
    found = []
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package).as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            found += [f"{name}:{getattr(node, 'lineno', 0)} {what}" for what in _wrong_with(node, name)]
    return found


def _wrong_with(node: ast.AST, name: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield from _import(alias.name, name)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield from _import(node.module, name)
        yield from (
            what for alias in node.names for what in _import(f"{node.module}.{alias.name}", name) if "." in what
        )
    elif isinstance(node, ast.Call):
        yield from _call(node, name)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
        text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
        if len(text) < 300 and "\n" not in text and _WORDS.search(text) and not name.startswith(_MAY_SAY):
            yield f"says {text[:60]!r}"


def _import(module: str, name: str) -> Iterator[str]:
    if module.partition(".")[0] in SENDERS:
        yield f"imports {module}, which sends"
    for known, homes in REACHING.items():
        if (module == known or module.startswith(known + ".")) and not name.startswith(tuple(homes)):
            yield f"imports {module}, which reaches outside"


def _call(node: ast.Call, name: str) -> Iterator[str]:
    called = (
        node.func.attr
        if isinstance(node.func, ast.Attribute)
        else node.func.id
        if isinstance(node.func, ast.Name)
        else ""
    )
    first = node.args[0] if node.args else None
    if called in _DYNAMIC:
        module = first.value if isinstance(first, ast.Constant) else None
        if not isinstance(module, str):
            if name not in _LAZY:
                yield "imports something by a name that is made up at run time"
        else:
            yield from _import(module, name)
    if called in CALLS and isinstance(node.func, ast.Attribute):
        if called in _OF_A_CLIENT:
            whose = ast.unparse(node.func.value).rpartition(".")[2].lstrip("_").casefold()
            if whose in _CLIENTS and name.startswith("backends/imap/") and (name, called) != _SAVES:
                yield f"calls {whose}.{called}"
        elif not name.startswith(tuple(CALLS[called])) or not CALLS[called]:
            yield f"calls {called}"
    if called in {"execv", "execve", "execvp", "spawnv", "spawnl", "posix_spawn", "startfile", "fork"}:
        yield f"starts a program by {called}"
