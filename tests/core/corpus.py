"""Reads tests/corpus/bodies: bodies as mail programs write them, with what must come out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "corpus" / "bodies"


@dataclass(frozen=True)
class Case:
    name: str
    kind: str
    body: str
    new: str
    signature: str
    quoted: tuple[str, ...]

    def raw(self) -> bytes:
        kind = {"plain": "text/plain", "flowed": "text/plain; format=flowed", "html": "text/html"}[self.kind]
        head = f"From: rita@acme.example\nMessage-ID: <1@acme.example>\nContent-Type: {kind}; charset=utf-8\n\n"
        return (head + self.body).encode()


def cases() -> list[Case]:
    found = []
    for path in sorted(FOLDER.glob("*.txt")):
        for chunk in re.split(r"^##### ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            title, _, rest = chunk.partition("\n")
            body, *sections = re.split(r"^===== ", rest, flags=re.MULTILINE)
            said = {name.strip(): text.strip("\n") for name, _, text in (part.partition("\n") for part in sections)}
            name, _, kind = title.rpartition(" ")
            quoted = tuple(line for line in said.get("quoted", "").splitlines() if line)
            found.append(
                Case(
                    f"{path.stem}: {name}",
                    kind.strip("()"),
                    body.rstrip("\n"),
                    said["new"],
                    said.get("signature", ""),
                    quoted,
                )
            )
    return found
