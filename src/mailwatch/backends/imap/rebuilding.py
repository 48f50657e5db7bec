"""A message put together again from the parts that were fetched, so that it is read exactly like one that lies in a file.

Attachments are there with their names and types and nothing in them; an HTML part that was left out because its plain
alternative says the same is not there at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from mailwatch.backends.imap.structure import Node

_OWN_FIELDS = re.compile(
    rb"^(?:content-[a-z-]{1,40}|mime-version)[ \t]*:.*\r?\n(?:[ \t].*\r?\n)*", re.IGNORECASE | re.MULTILINE
)
_UNSAFE = re.compile(rb"[\x00-\x1f\x7f]")
_TOKEN = re.compile(rb"[A-Za-z0-9!#$&*+.^_`|~-]{1,80}")


def message_from_parts(header: bytes, node: Node, bodies: Mapping[str, bytes]) -> bytes:
    """The message. bodies: by section, still encoded, ".HEADER" for those of attached messages."""
    mark = b"=_parts"
    while any(mark in body for body in bodies.values()):
        mark += b"_"
    top = _OWN_FIELDS.sub(b"", header.rstrip(b"\r\n") + b"\r\n")
    return top + b"MIME-Version: 1.0\r\n" + _part(node, bodies, mark)


def _part(node: Node, bodies: Mapping[str, bytes], mark: bytes) -> bytes:
    """Header and body of one part."""
    if node.children:
        own = mark + b"." + node.section.encode()
        parts = [_part(child, bodies, mark) for child in node.children if not _is_left_out(child, bodies)]
        table = {name: value for name, value in node.parameters.items() if name != b"boundary"}
        body = b"".join(b"--" + own + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + own + b"--\r\n"
        return _field(b"Content-Type", node.kind, {**table, b"boundary": own}) + b"\r\n" + body
    fields = _field(b"Content-Type", node.kind, node.parameters)
    if node.disposition:
        fields += _field(b"Content-Disposition", node.disposition, node.more)
    if node.message is not None:
        inner = _OWN_FIELDS.sub(b"", bodies.get(f"{node.section}.HEADER", b"").rstrip(b"\r\n") + b"\r\n").lstrip(
            b"\r\n"
        )
        return fields + b"\r\n" + inner + _part(node.message, bodies, mark)
    if node.encoding and _TOKEN.fullmatch(node.encoding.encode()):
        fields += b"Content-Transfer-Encoding: " + node.encoding.encode() + b"\r\n"
    return fields + b"\r\n" + bodies.get(node.section, b"")


def _is_left_out(node: Node, bodies: Mapping[str, bytes]) -> bool:
    is_text = node.kind in ("text/html", "text/plain") and node.disposition != "attachment"
    return is_text and not node.children and node.section not in bodies


def _field(name: bytes, value: str, table: Mapping[bytes, bytes]) -> bytes:
    clean = value.encode("ascii", "replace")
    if not re.fullmatch(rb"[A-Za-z0-9!#$&*+.^_`|~/-]{1,160}", clean):
        clean = b"application/octet-stream"
    line = name + b": " + clean
    for key, given in table.items():
        if _TOKEN.fullmatch(key):
            text = _UNSAFE.sub(b"", given)[:1000]
            extended = key.endswith(b"*") and _TOKEN.fullmatch(text.replace(b"'", b"").replace(b"%", b""))
            quoted = text if extended else b'"' + text.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
            line += b";\r\n " + key + b"=" + quoted
    return line + b"\r\n"
