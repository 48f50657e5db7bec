"""IMAP commands made up at random, and a judge of its own that knows which may leave."""

from __future__ import annotations

import random
from dataclasses import dataclass

DRAFTS = b'"Entw&APw-rfe"'
WANTED = (
    b"NOOP", b"CAPABILITY", b"LOGOUT", b"NAMESPACE", b"STARTTLS", b"UNSELECT", b"COMPRESS DEFLATE", b'ID ("name" "mailwatch")', b'LOGIN "jo" "pass"',
    b"AUTHENTICATE XOAUTH2 dXNlcj1qbw==", b'LIST "" "*"', b'STATUS "INBOX" (UIDNEXT)', b'EXAMINE "INBOX"', b"UID SEARCH UID 7:* SINCE 1-Nov-2026",
    b"UID FETCH 1:7,9 (UID FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE BODY.PEEK[HEADER])", b"UID FETCH 3 (UID BODY.PEEK[1] BODY.PEEK[1.2]<0.16384>)",
    b"SELECT " + DRAFTS, b"APPEND " + DRAFTS + b" (\\Draft \\Seen) {5}",
)  # fmt: skip
_VERBS = (
    b"APPEND", b"COPY", b"MOVE", b"UID COPY", b"UID MOVE", b"STORE", b"UID STORE", b"EXPUNGE", b"UID EXPUNGE", b"CLOSE", b"CREATE", b"DELETE", b"RENAME",
    b"SELECT", b"SUBSCRIBE", b"SETACL", b"SETMETADATA", b"SETQUOTA", b"REPLACE", b"UID REPLACE", b"BURL", b"URLFETCH", b"GENURLAUTH", b"NOTIFY SET",
    b"IDLE", b"FETCH", b"MULTIAPPEND", b"XSEND", b"MAIL FROM:<a@b.example>", b"RCPT TO:<a@b.example>", b"DATA", b"EHLO x", b"GETMETADATA",
)  # fmt: skip
_PIECES = (
    b' "Outbox"', b' "Sent"', b' "INBOX"', b" " + DRAFTS, b" 1", b" 1:*", b" +FLAGS (\\Seen)", b" +FLAGS.SILENT (\\Deleted)", b" -FLAGS (\\Answered)",
    b" (\\Draft \\Seen)", b" (\\Seen)", b" {3}", b" {5+}", b" (BODY[])", b" (RFC822)", b" (BODY[TEXT])", b" (BODY.PEEK[])", b"\r\nA2 EXPUNGE", b"\nA2 EXPUNGE",
    b"\rA2 EXPUNGE", b"\0", b"\xff", b'"', b"\\", b"(", b")", b" RETURN (SUBSCRIBED)", b" $", b"  ",
)  # fmt: skip
_READS = frozenset(
    {
        b"NOOP",
        b"CAPABILITY",
        b"LOGOUT",
        b"NAMESPACE",
        b"STARTTLS",
        b"UNSELECT",
        b"COMPRESS",
        b"ID",
        b"LOGIN",
        b"AUTHENTICATE",
        b"LIST",
        b"STATUS",
    }
    | {b"EXAMINE", b"ENABLE"}
)


@dataclass(frozen=True)
class Line:
    """A command without its tag. wanted: as mailwatch gives it."""

    words: bytes
    wanted: bool = False


def line(dice: random.Random) -> Line:
    """A wanted command, or one that was changed or put together from what can hurt."""
    chosen = dice.choice(WANTED)
    match dice.randrange(5):
        case 0:
            return Line(chosen, wanted=True)
        case 1:
            return Line(dice.choice(_VERBS) + b"".join(dice.choices(_PIECES, k=dice.randint(0, 4))))
        case 2:
            at = dice.randrange(len(chosen) + 1)
            return Line(chosen[:at] + dice.choice(_PIECES) + chosen[at:])
        case 3:
            at = dice.randrange(len(chosen))
            return Line(chosen[:at] + bytes([dice.randrange(256)]) + chosen[at + 1 :])
    return Line(chosen + b"".join(dice.choices(_PIECES, k=dice.randint(1, 2))))


def may_pass(words: bytes) -> bool:
    """May this leave right after the connection was made, with the Drafts folder confirmed? Judged word by word."""
    if b"\r" in words or b"\n" in words:
        return False
    verb, _, rest = words.partition(b" ")
    if verb in {b"SELECT", b"APPEND"}:
        return rest == DRAFTS if verb == b"SELECT" else rest.startswith(DRAFTS + b" (\\Draft \\Seen) {")
    if verb == b"UID":
        verb, _, rest = rest.partition(b" ")
        reads_unseen = verb == b"FETCH" and b"BODY[" not in rest and b"RFC822)" not in rest and b"RFC822 " not in rest
        return reads_unseen or verb == b"SEARCH"
    return verb in _READS and not (b"{" in rest and rest.endswith((b"}", b"+}")))  # a literal would bring more words
