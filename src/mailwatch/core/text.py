"""Text made safe and plain: no control characters, no hidden ones, one kind of space, one kind of line end.

Everything that comes out of a mail or a calendar passes through here before anybody compares, shows or quotes it.
"""

from __future__ import annotations

import re
import unicodedata

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# C0 and C1 controls, soft hyphens, fillers, zero-width and direction marks, annotations, tags: seen by nobody, used
# by preheaders, spoofers and terminals.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
# The same for ASCII, which is most text: small sets are searched many times faster.
_ASCII_ENDS, _ASCII_UNSEEN = re.compile("[\r\v\f]"), re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_SPACES = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000\u2800]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_ONE_LINE_LIMIT = 998

# Reply and forward marks of mail programs in many languages, and the tags that gateways put in front.
_SUBJECT_MARK = re.compile(
    r"(?:re|r|aw|antw|antwort|sv|vs|vl|ref|rif|res|resp|rv|enc|wg|fw|fwd|fyi|tr|i|vb|doorst|ynt|odp|pd|ki|np|"
    r"回复|回覆|答复|答覆|转发|轉寄|转寄|返信|転送|회신|전달)\s{0,2}(?:\[\d{1,3}\]|\(\d{1,3}\))?\s{0,2}[:：]\s*"
    r"|\[(?:ext|external|extern|externe|externo|spam)\]\s*",
    re.IGNORECASE,
)


def clean_text(text: str) -> str:
    """`text` in NFC, lines ended by a newline, without anything invisible; unusual spaces become ordinary ones."""
    if text.isascii():
        return text if text.isprintable() else _ASCII_UNSEEN.sub("", _ASCII_ENDS.sub("\n", text.replace("\r\n", "\n")))
    text = _SPACES.sub(" ", _SURROGATES.sub("\ufffd", text))
    text = _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def one_line(text: str, limit: int = _ONE_LINE_LIMIT) -> str:
    """`text` cleaned, as one line with single spaces, at most `limit` characters."""
    return " ".join(clean_text(text).split())[:limit].rstrip()


def bare_subject(subject: str) -> str:
    """A subject without reply, forward and gateway marks in front: "AW: [EXT] Re: Interview" gives "Interview"."""
    start = 0
    while mark := _SUBJECT_MARK.match(subject, start):
        start = mark.end()
    return subject[start:].strip()


def columns(text: str) -> int:
    """The width of `text` on a terminal: East Asian characters count two."""
    if text.isascii():
        return len(text)
    return len(text) + sum(unicodedata.east_asian_width(char) in "WF" for char in text)
