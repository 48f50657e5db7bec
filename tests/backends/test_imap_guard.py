"""What can never leave towards an IMAP server, whoever wants it to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwatch.backends.imap.guard import Guard
from mailwatch.backends.imap.listing import HEADER, READING_HEADER
from mailwatch.errors import RefusedToSend

DRAFTS = b'"Entw&APw-rfe"'
READING = [
    b"NOOP", b"CAPABILITY", b"LOGOUT", b"NAMESPACE", b"STARTTLS", b"UNSELECT", b"COMPRESS DEFLATE", b'ID ("name" "mailwatch")',
    b'LOGIN "jo" "pass \\"word\\""', b"AUTHENTICATE XOAUTH2 dXNlcj1qbw==", b'LIST "" "*"',
    b'LIST "" "*" RETURN (SPECIAL-USE STATUS (UIDVALIDITY UIDNEXT MESSAGES HIGHESTMODSEQ))',
    b'STATUS "Jobs \\\\ \\" more" (UIDNEXT)', b'EXAMINE "INBOX"', b"UID SEARCH UID 7:* SINCE 1-Nov-2026",
    b"UID SEARCH RETURN (ALL) UID 1:* SINCE 26-Aug-2026", b'UID SEARCH HEADER Message-ID "<a.b@c.example>"',
    b"UID FETCH 1:7,9 (UID FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE X-GM-THRID X-GM-LABELS " + HEADER + b")",
    b"UID FETCH 3 (UID " + READING_HEADER + b" BODY.PEEK[1] BODY.PEEK[1.2]<0.16384> BODY.PEEK[2.HEADER]<0.16384>)",
    b"UID FETCH 3 (UID FLAGS BODY.PEEK[]<0.2000000>)",
]  # fmt: skip
FORBIDDEN = [
    b'SELECT "INBOX"', b'SELECT "Sent"', b"EXPUNGE", b"CLOSE", b'CREATE "Drafts"', b'DELETE "INBOX"', b'RENAME "A" "B"', b'COPY 1 "Outbox"',
    b'MOVE 1 "Outbox"', b'UID COPY 1 "Outbox"', b'UID MOVE 1 "Outbox"', b"STORE 1 +FLAGS (\\Seen)", b"UID STORE 1 +FLAGS.SILENT (\\Seen)",
    b"UID STORE 1 +FLAGS.SILENT (\\Deleted)", b"UID EXPUNGE 1", b'APPEND "INBOX" (\\Draft \\Seen) {3}', b'APPEND "Outbox" (\\Draft \\Seen) {3}',
    b'APPEND "Sent" (\\Seen) {3+}', b'SUBSCRIBE "A"', b'SETACL "INBOX" anyone lrs', b'SETQUOTA "" (STORAGE 1)', b'SETMETADATA "" (/private/x "y")',
    b"UID FETCH 1 (BODY[])", b"UID FETCH 1 (BODY.PEEK[])", b"UID FETCH 1 (BODY.PEEK[TEXT])", b"UID FETCH 1 (BODY.PEEK[2.HEADER])",
    b"UID FETCH 1 (RFC822)", b"UID FETCH 1 (BODY[TEXT]<0.10>)", b"UID FETCH 1 (FLAGS) CHANGEDSINCE", b"FETCH 1 (FLAGS)",
    b'GENURLAUTH "imap://x" INTERNAL', b"URLFETCH x", b"NOTIFY NONE", b'REPLACE 1 "Drafts" {3}', b"UID REPLACE 1 x", b"IDLE", b"XSEND 1",
    b'LIST "" "*" RETURN (SUBSCRIBED)', b'LIST "" "#news.*"', b'UID SEARCH BODY {3}', b"LOGIN {2}", b"X", b"",
]  # fmt: skip


def admitted(guard: Guard, *lines: bytes) -> None:
    for number, line in enumerate(lines):
        guard.admit(b"A%d " % number + line + b"\r\n")


@pytest.mark.scenario("S1", "S2")
@pytest.mark.parametrize("words", READING)
def test_reading_is_let_out(words):
    admitted(Guard(), words)


@pytest.mark.scenario("S1", "S2")
@pytest.mark.parametrize("confirmed", [None, DRAFTS])
@pytest.mark.parametrize("words", FORBIDDEN)
def test_everything_else_is_stopped(words, confirmed):
    guard = Guard()
    guard.drafts = confirmed
    with pytest.raises(RefusedToSend):
        admitted(guard, words)


@pytest.mark.parametrize("words", FORBIDDEN)
def test_in_small_pieces_too(words):
    guard = Guard()
    line = b"A1 " + words + b"\r"
    for byte in line:
        guard.admit(bytes([byte]))
    with pytest.raises(RefusedToSend):
        guard.admit(b"\n")


@pytest.mark.scenario("S4")
def test_a_draft_goes_into_the_confirmed_folder_and_nowhere_else():
    guard = Guard()
    append = b"APPEND " + DRAFTS + b" (\\Draft \\Seen) "
    with pytest.raises(RefusedToSend):
        admitted(guard, append + b"{10}")
    guard = Guard()
    guard.drafts = DRAFTS
    guard.admit(b"A1 " + append + b"{15+}\r\nA2 EXPUNGE\r\nhi!\r\n" + b"A3 NOOP\r\n")
    guard.admit(b"A4 " + append + b"{4}\r\n")
    guard.admit(b"\r\n\r\n")
    guard.admit(b"\r\n")
    admitted(guard, b"NOOP")
    for flags in (b"()", b"(\\Seen)", b"(\\Draft)", b"(\\Draft \\Seen \\Deleted)"):
        with pytest.raises(RefusedToSend):
            admitted(guard, b"APPEND " + DRAFTS + b" " + flags + b" {1}")


def test_nothing_rides_behind_a_literal():
    guard = Guard()
    guard.drafts = DRAFTS
    with pytest.raises(RefusedToSend):
        guard.admit(b"A1 APPEND " + DRAFTS + b" (\\Draft \\Seen) {2+}\r\nhi (\\Seen) {3+}\r\n")


def test_single_drafts_are_removed_only_while_the_drafts_are_open():
    guard = Guard()
    guard.drafts = DRAFTS
    remove = (b"UID STORE 7 +FLAGS.SILENT (\\Deleted)", b"UID EXPUNGE 7")
    admitted(guard, b"SELECT " + DRAFTS, *remove, b"UID STORE 7 -FLAGS.SILENT (\\Deleted)")
    for several in (
        b"UID EXPUNGE 7:9",
        b"UID EXPUNGE *",
        b"UID STORE 7,8 +FLAGS.SILENT (\\Deleted)",
        b"EXPUNGE",
        b"CLOSE",
    ):
        with pytest.raises(RefusedToSend):
            admitted(guard, several)
    admitted(guard, b'EXAMINE "INBOX"', b"CLOSE", b'EXAMINE "INBOX"')
    with pytest.raises(RefusedToSend):
        admitted(guard, remove[0])


def test_a_sign_in_may_answer_the_servers_questions_and_nothing_more():
    guard = Guard()
    guard.admit(b"A1 AUTHENTICATE PLAIN\r\nAGpvAHBhc3M=\r\n\r\n*\r\n")
    admitted(guard, b"NOOP")
    with pytest.raises(RefusedToSend):
        guard.admit(b"AGpvAHBhc3M=\r\n")


def test_what_is_stopped_is_told_without_its_arguments():
    with pytest.raises(RefusedToSend, match="SETACL") as caught:
        admitted(Guard(), b'SETACL "my secret folder" anyone lrs')
    assert "secret" not in caught.value.message


def test_a_line_without_end_is_stopped():
    with pytest.raises(RefusedToSend):
        Guard().admit(b"A1 LOGIN " + b"x" * 80_000)


_VERBS = (
    "CAPABILITY",
    "NOOP",
    "LOGOUT",
    "NAMESPACE",
    "UNSELECT",
    "STARTTLS",
    "COMPRESS",
    "ENABLE",
    "ID",
    "LOGIN",
    "AUTHENTICATE",
)
_MORE = (*_VERBS, "LIST", "STATUS", "EXAMINE", "UID SEARCH", "UID FETCH")


@given(st.text(alphabet=st.characters(max_codepoint=127), max_size=60), st.sampled_from(["", "UID ", "uid "]))
def test_whatever_is_let_out_begins_with_a_verb_of_the_list(text, prefix):
    words = (prefix + text).encode("ascii", "replace")
    try:
        Guard().admit(b"A1 " + words.replace(b"\r", b"").replace(b"\n", b"") + b"\r\n")
    except RefusedToSend:
        return
    assert words.replace(b"\r", b"").replace(b"\n", b"").decode("ascii").upper().startswith(_MORE)
