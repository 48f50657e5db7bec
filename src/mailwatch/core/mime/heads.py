"""The heads of quoted mails: dividers, and the header lines that mail programs repeat above what is answered or forwarded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mailwatch.core.html import Line
from mailwatch.core.mime.phrases import DIVIDERS, FORWARDS, LABELS

_LABEL = re.compile(
    r"[\s*_•]{0,6}([^\W\d_](?:[\w .'’()-]{0,26}[\w.)])?)\s{0,2}[*_]{0,2}\s?[:：]\s?[*_]{0,2}\s{0,4}(.{0,60})"
)
_INLINE_LABEL = re.compile(r"(?<!\S)[*_]{0,2}([^\W\d_][\w.'’-]{0,20}(?: [\w.'’-]{1,12})?)\s?[*_]{0,2}[:：](?!//)")
_EDGES = " \t-_=*—–─<>|·#:："
_FORWARDED_BY = re.compile(
    r"-{5,80}\s{0,3}(?:forwarded by|weitergeleitet von|transféré par|reenviado por|inoltrato da|doorgestuurd door)\s",
    re.IGNORECASE,
)
_NOTES_DATE = re.compile(r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\s{1,20}\d{1,2}:\d{2}(?::\d{2})?(?:\s[AP]M)?")
_COLON = (":", "：")
BLOCK = 16
_CONTINUED = 2


def is_divider(text: str) -> bool:
    """Does a line say that the original, or a forwarded, message begins below?"""
    bare = text.strip()
    if _FORWARDED_BY.match(bare):
        return True
    if not bare or len(bare) > 120:
        return False
    core = " ".join(bare.strip(_EDGES).casefold().split())
    ruled = not any(char.isalnum() for char in bare[:2])
    return (core in DIVIDERS and ruled) or (core in FORWARDS and (ruled or bare.endswith(_COLON)))


def label_of(text: str) -> tuple[str, str]:
    """Which header line this is ("from", "date" …) and how its value begins; empty where it is none."""
    found = _LABEL.match(text)
    kind = LABELS.get(" ".join(found.group(1).casefold().split()), "") if found else ""
    return (kind, found.group(2)) if found and kind else ("", "")


def is_header_block(lines: Sequence[Line], place: int) -> bool:
    """From, date, and recipient or subject, in lines that belong together: the head of a mail that is quoted below."""
    kind, value = label_of(lines[place].text)
    if kind not in ("from", "date", "subject"):
        return False
    kinds = {kind, *(_inline_kinds(lines[place].text) if kind == "from" else ())}
    values = [value] if kind == "from" else []
    gap, unlabelled = False, 0
    for line in lines[place + 1 : place + BLOCK]:
        kind, value = label_of(line.text)
        if kind:
            kinds.add(kind)
            values += [value] if kind == "from" else []
            gap, unlabelled = False, 0
        elif line.depth or line.mark or gap or unlabelled >= _CONTINUED:
            break
        elif line.text.strip():
            unlabelled += 1
        elif "from" not in kinds:
            break
        else:
            gap = True
    complete = {"from", "date"} <= kinds and bool(kinds & {"to", "subject"})
    return complete and not any(value[:1].isdigit() for value in values)


def _inline_kinds(text: str) -> Iterator[str]:
    """The kinds of a whole head that has been written into one line."""
    for found in _INLINE_LABEL.finditer(text[:2_000]):
        words = " ".join(found.group(1).casefold().split())
        yield LABELS.get(words) or LABELS.get(words.rpartition(" ")[2], "")


def notes_head(lines: Sequence[Line], place: int) -> int | None:
    """Where Lotus Notes' head of a quoted mail begins whose "To:" stands at `place`, or None.

    Notes writes no "From:": a name, or a name and an address, then the date, then To, cc and Subject.
    """
    if label_of(lines[place].text)[0] != "to":
        return None
    if "subject" not in {label_of(line.text)[0] for line in lines[place : place + 8]}:
        return None
    for above in range(place - 1, max(-1, place - 5), -1):
        text = lines[above].text
        if not lines[above].depth and _NOTES_DATE.search(text):
            alone = not any(char.isalpha() for char in _NOTES_DATE.sub("", text))
            return above - 1 if alone and above and lines[above - 1].text.strip() else above
    return None
