"""What servers do that the standard does not foresee, one test each; docs/quirks.md lists them."""

from __future__ import annotations

from contextlib import suppress
from email import message_from_bytes
from email.policy import SMTP

import pytest

from mailwatch.backends.base import FoundPlace
from mailwatch.backends.imap import ImapBackend, Secret, Server
from mailwatch.backends.imap import changes as changes_module
from mailwatch.backends.imap.signin import session_with
from mailwatch.core.identity import fingerprint_of
from mailwatch.core.model import MessageRef, SpecialUse
from mailwatch.errors import BackendError, CursorExpired, DraftRefused, ProtocolError, RateLimited, TransientError
from mailwatch.sandbox import InlineParser
from tests.backends.contract import ids, look
from tests.backends.imaps import DRAFTS, INBOX, OTHER, SENT, TRASH, ImapWorld
from tests.backends.mails import ME, NOW, RITA, ago, invitation, letter, mail, mid
from tests.servers.dovecot import Setup, need_dovecot, running_dovecot
from tests.servers.proxy import Fault, Proxy
from tests.servers.scripted_imap import CAPABILITIES, FOLDERS, Script, scripted_server


@pytest.fixture(scope="module")
def dovecot():
    need_dovecot()
    with running_dovecot(Setup(quota="150k")) as server:
        yield server


@pytest.fixture
def world(dovecot):
    world = ImapWorld(dovecot.host, dovecot.port, dovecot.new_user(), dovecot.password)
    yield world
    world.close()


@pytest.fixture
def script():
    script = Script()
    with scripted_server(script):
        yield script


@pytest.fixture
def scripted(script):
    secret = lambda: Secret("correct-horse")  # noqa: E731
    backend = ImapBackend(
        ME, Server("web", script.host, script.port, "jo", secret, tls="none", timeout=2.0), InlineParser()
    )
    yield backend
    backend.close()


HEADER = (
    b"From: Rita <rita@acme.example>\r\nTo: jo@home.example\r\nSubject: Hi\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\n"
)
STRUCTURE = b'("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "7BIT" 12 1)'


def fetched(
    uid: int, *, flags: bytes = b"", structure: bytes = STRUCTURE, header: bytes = b"", more: bytes = b""
) -> bytes:
    """What a server answers to a listing FETCH for one message."""
    block = header or HEADER + b"Message-ID: <m%d@acme.example>\r\n\r\n" % uid
    return (
        b'* %d FETCH (UID %d FLAGS (%s) INTERNALDATE "23-Nov-2026 11:00:00 +0100" RFC822.SIZE 500 BODYSTRUCTURE %s %s'
        b"BODY[HEADER.FIELDS (FROM)]<0> {%d}\r\n%s)\r\n" % (uid, uid, flags, structure, more, len(block), block)
    )


def grows(script: Script, next_uid: int, *names: bytes) -> None:
    """The folders of these names have messages below this UID; the others are empty."""

    def status(words: bytes) -> bytes:
        name = words[len(b"STATUS ") : words.rindex(b" (")]
        count = next_uid - 1 if name.strip(b'"') in names else 0
        return b"* STATUS %s (UIDVALIDITY 1 UIDNEXT %d MESSAGES %d)\r\n{tag} OK\r\n" % (name, count + 1, count)

    script.answers[b"STATUS"] = status


# --- listing ---


def test_the_last_message_is_not_taken_for_a_new_one(script, scripted):
    """A range n:* names the last message even where its UID is below n (RFC 3501 §6.4.8)."""
    grows(script, 4, b"INBOX")
    script.answers |= {
        b"UID SEARCH": b"* SEARCH 1 2 3\r\n{tag} OK\r\n",
        b"UID FETCH": b"".join(map(fetched, (1, 2, 3))) + b"{tag} OK\r\n",
    }
    _, first = look(scripted)
    grows(script, 6, b"INBOX")  # 4 and 5 came and were expunged
    script.answers[b"UID FETCH"] = fetched(3) + b"{tag} OK\r\n"
    assert look(scripted, first.cursor)[0] == []
    assert script.asked[-1].startswith(b"UID FETCH 4:* ")


def test_an_extended_search_that_only_counts_is_asked_again_in_plain_words(script, scripted, monkeypatch):
    monkeypatch.setattr(changes_module, "_MANY", 0)
    script.answers[b"LOGIN"] = b"{tag} OK [CAPABILITY " + CAPABILITIES + b" ESEARCH] in\r\n"
    grows(script, 3, b"INBOX")
    script.answers |= {
        b"UID SEARCH RETURN": b'* ESEARCH (TAG "x") UID COUNT 2\r\n{tag} OK\r\n',
        b"UID SEARCH UID": b"* SEARCH 1 2\r\n{tag} OK\r\n",
        b"UID FETCH": fetched(1) + fetched(2) + b"{tag} OK\r\n",
    }
    assert ids(look(scripted)[0]) == {mid(1), mid(2)}


def test_a_search_by_date_that_fails_lists_everything(script, scripted):
    grows(script, 3, b"INBOX")
    script.answers |= {
        b"UID SEARCH UID": lambda words: (
            b"{tag} NO [SERVERBUG] x\r\n" if b"SINCE" in words else b"* SEARCH 1 2\r\n{tag} OK\r\n"
        ),
        b"UID FETCH": fetched(1) + fetched(2) + b"{tag} OK\r\n",
    }
    assert ids(look(scripted)[0]) == {mid(1), mid(2)}
    script.answers[b"UID SEARCH UID"] = b"{tag} NO x\r\n"
    with pytest.raises(BackendError, match="can't be listed"):
        look(scripted)


def test_a_server_without_status_counts_is_looked_into(script, scripted):
    script.answers |= {
        b"STATUS": b"{tag} NO not here\r\n",
        b"UID SEARCH": b"* SEARCH 1\r\n{tag} OK\r\n",
        b"UID FETCH": fetched(1) + b"{tag} OK\r\n",
    }
    envelopes, last = look(scripted)
    assert {envelope.role for envelope in envelopes} == {INBOX, SENT}
    script.answers |= {b"UID SEARCH": b"* SEARCH 1\r\n{tag} OK\r\n"}
    again, last = look(scripted, last.cursor)
    assert again == []
    assert last.covers_from is not None


def test_messages_that_a_server_cant_fetch_are_named_and_the_others_read(script, scripted):
    grows(script, 3, b"INBOX")
    script.answers |= {
        b"UID SEARCH": b"* SEARCH 1 2\r\n{tag} OK\r\n",
        b"UID FETCH": fetched(1) + b"{tag} NO some can't be\r\n",
    }
    envelopes, last = look(scripted)
    assert (ids(envelopes), last.problems) == ({mid(1)}, ("1 message in INBOX can't be read by the server",))
    script.answers[b"UID FETCH"] = b"{tag} NO [UNAVAILABLE] later\r\n"
    with pytest.raises(RateLimited):
        look(scripted)
    script.answers[b"UID FETCH"] = b"{tag} BAD what\r\n"
    with pytest.raises(ProtocolError):
        look(scripted)


def test_news_about_other_messages_in_between_is_no_message(script, scripted):
    grows(script, 2, b"INBOX")
    between = b"* 7 EXISTS\r\n* 3 FETCH (FLAGS (\\Seen))\r\n* 2 EXPUNGE\r\n"
    script.answers |= {
        b"UID SEARCH": b"* SEARCH 1\r\n{tag} OK\r\n",
        b"UID FETCH": between + fetched(1) + between + b"{tag} OK\r\n",
    }
    assert ids(look(scripted)[0]) == {mid(1)}


def test_a_huge_literal_is_read_past_and_one_that_nobody_could_mean_ends_the_connection(script, scripted, monkeypatch):
    monkeypatch.setattr("mailwatch.backends.imap.wire.LITERAL_LIMIT", 1000)
    grows(script, 3, b"INBOX")
    big = HEADER + b"X: " + b"x" * 5_000 + b"\r\n\r\n"
    script.answers |= {
        b"UID SEARCH": b"* SEARCH 1 2\r\n{tag} OK\r\n",
        b"UID FETCH": fetched(1, header=big) + fetched(2) + b"{tag} OK\r\n",
    }
    envelopes, _ = look(scripted)
    assert mid(2) in ids(envelopes)
    script.answers[b"UID FETCH"] = b"* 1 FETCH (UID 1 BODY[] {3000000000}\r\n"
    with pytest.raises(TransientError):
        look(scripted)


@pytest.mark.parametrize(
    "answer",
    [
        b"* \xff\xfe nonsense\r\n{tag} OK\r\n",
        b"garbage\r\n{tag} OK\r\n",
        b"* LIST\r\n{tag} OK\r\n",
        b"W999 OK\r\n",
        b"* BYE too long\r\n",
    ],
)
def test_nonsense_ends_in_one_clear_line(script, scripted, answer):
    script.answers[b"LIST"] = answer
    with pytest.raises(BackendError) as caught:
        look(scripted)
    assert caught.value.message.endswith((".", "mailwatch creates none."))


def test_broken_answers_never_break_us(script, scripted):
    grows(script, 9, b"INBOX")
    broken = [
        b"* 1 FETCH (UID 1)\r\n", b"* 2 FETCH (UID 2 FLAGS NIL INTERNALDATE NIL BODYSTRUCTURE NIL)\r\n", b"* 3 FETCH ()\r\n", b"* 4 FETCH\r\n",
        b'* 5 FETCH (UID 5 INTERNALDATE "99-Foo-2026 11:00:00 +0100" BODYSTRUCTURE (((((()\r\n', b"* 6 FETCH (UID 99999999999999999999999)\r\n",
        fetched(7, structure=b"(" * 300 + b")" * 300), fetched(8, structure=b'("TEXT" "PLAIN" ("NAME" "\\"x\\"") NIL NIL NIL x)'),
    ]  # fmt: skip
    script.answers |= {
        b"UID SEARCH": b"* SEARCH 1 2 3 4 5 6 7 8\r\n{tag} OK\r\n",
        b"UID FETCH": b"".join(broken) + b"{tag} OK\r\n",
    }
    assert {mid(7), mid(8)} <= ids(look(scripted)[0])


# --- folders ---


def folders_named(script, scripted, *lines: bytes):
    script.answers[b"LIST"] = b"".join(b"* LIST " + line + b"\r\n" for line in lines) + b"{tag} OK\r\n"
    return {folder.name: folder.use for folder in scripted._folders(anew=True).every}


def test_attributes_are_compared_without_case(script, scripted):
    found = folders_named(script, scripted, rb'(\drafts) "." "Meine Notizen"', rb'(\SENT) "." Raus', rb'() "." INBOX')
    assert found == {"Meine Notizen": DRAFTS, "Raus": SENT, "INBOX": INBOX}


def test_folder_names_are_decoded_and_go_back_as_they_came(script, scripted):
    found = folders_named(
        script,
        scripted,
        rb'() "/" "Entw&APw-rfe"',
        rb'() "/" Gesendet',
        rb'() "/" "a \"b\" \\ c"',
        b'() "/" {10}\r\n{1+} trick',
    )
    assert found == {"Entwürfe": DRAFTS, "Gesendet": SENT, 'a "b" \\ c': OTHER, "{1+} trick": OTHER}
    look_fails_or_not = scripted._folders()
    assert look_fails_or_not.named('a "b" \\ c').wire == rb'"a \"b\" \\ c"'


def test_other_peoples_and_shared_folders_are_not_read(script, scripted):
    script.answers[b"LOGIN"] = b"{tag} OK [CAPABILITY " + CAPABILITIES + b" NAMESPACE] in\r\n"
    script.answers[b"NAMESPACE"] = b'* NAMESPACE (("" "/")) (("Other Users/" "/")) (("Shared/" "/"))\r\n{tag} OK\r\n'
    found = folders_named(
        script,
        scripted,
        b'() "/" INBOX',
        b'() "/" "Other Users/bo/INBOX"',
        b'() "/" Shared/News',
        rb'(\Flagged) "/" Starred',
        rb'(\Noselect) "/" Up',
    )
    assert set(found) == {"INBOX"}


def test_a_namespace_around_all_own_folders_is_looked_through(script, scripted):
    script.answers[b"LOGIN"] = b"{tag} OK [CAPABILITY " + CAPABILITIES + b" NAMESPACE] in\r\n"
    script.answers[b"NAMESPACE"] = b'* NAMESPACE (("Post/" "/")) NIL NIL\r\n{tag} OK\r\n'
    listed = (b'() "/" INBOX', b'() "/" Post', b'() "/" Post/Sent', b'() "/" Post/Drafts', b'() "/" Post/Jobs')
    assert folders_named(script, scripted, *listed) == {
        "INBOX": INBOX, "Post": OTHER, "Post/Sent": SENT, "Post/Drafts": DRAFTS, "Post/Jobs": OTHER,
    }  # fmt: skip
    for name in ("Post/Jobs", "Post.Jobs", "jobs"):
        scripted._choices = type(scripted._choices)("web", {DRAFTS: name})
        assert folders_named(script, scripted, *listed)["Post/Jobs"] is DRAFTS


def test_an_own_folder_that_may_not_be_opened_is_named_and_passed_by(script, scripted):
    script.answers[b"LIST"] = FOLDERS + b'* LIST () "/" Closed\r\n{tag} OK\r\n'
    script.answers[b'EXAMINE "Closed"'] = b"{tag} NO [NOPERM] no\r\n"
    grows(script, 2, b"Closed")
    envelopes, last = look(scripted)
    assert (envelopes, last.problems, last.covers_from is not None) == ([], ("folder Closed can't be opened",), True)
    script.answers[b'EXAMINE "INBOX"'] = b"{tag} NO [NOPERM] no\r\n"
    grows(script, 2, b"INBOX")
    with pytest.raises(BackendError, match="folder INBOX of web can't be opened"):
        look(scripted)


def test_a_folder_renumbered_while_we_look_is_listed_anew(script, scripted):
    grows(script, 2, b"INBOX")
    script.answers |= {b"UID SEARCH": b"* SEARCH 1\r\n{tag} OK\r\n", b"UID FETCH": fetched(1) + b"{tag} OK\r\n"}
    _, first = look(scripted)
    grows(script, 3, b"INBOX")
    script.answers[b"EXAMINE"] = b"* OK [UIDVALIDITY 2] x\r\n{tag} OK\r\n"
    with pytest.raises(CursorExpired) as caught:
        look(scripted, first.cursor)
    assert "INBOX" not in caught.value.resume


def test_configured_folders_go_before_everything_and_a_missing_one_is_said(world):
    world.put(mail(1), OTHER, ago(days=1))
    backend = world.open(folders={SENT: "jobs/acme"})
    assert {envelope.role for envelope in look(backend)[0]} == {SENT}
    with pytest.raises(BackendError, match="no folder of that name") as caught:
        look(world.open(folders={DRAFTS: "Nowhere"}))
    assert "Jobs/Acme" in caught.value.next_step


def test_only_watched_folders_of_the_users_own_are_read(world):
    world.hands.create_folder("Lists")
    for folder in ("Lists", "Jobs/Acme"):
        world.hands.append(folder, mail(folder.replace("/", "")), msg_time=ago(days=1))
    assert ids(look(world.open(watched=("Jobs/Acme",)))[0]) == {mid("JobsAcme")}


def test_a_providers_folder_names_help_where_the_server_marks_nothing(script, scripted):
    scripted._choices = type(scripted._choices)("web", {}, likely={"bewerbungsablage": SENT})
    assert folders_named(script, scripted, b'() "/" Bewerbungsablage')["Bewerbungsablage"] is SENT


# --- Gmail ---


def test_gmail_is_read_in_all_mail_with_labels_for_places(script, scripted):
    script.answers[b"LOGIN"] = b"{tag} OK [CAPABILITY " + CAPABILITIES + b" X-GM-EXT-1] in\r\n"
    script.answers[b"LIST"] = (
        FOLDERS + rb'* LIST (\All) "/" "[Gmail]/All Mail"'
        b"\r\n"
        rb'* LIST (\Trash) "/" "[Gmail]/Trash"'
        b"\r\n{tag} OK\r\n"
    )
    grows(script, 6, b"[Gmail]/All Mail", b"INBOX", b"Sent")
    labelled = [(1, rb'"\\Inbox"'), (2, rb'"\\Sent" Jobs'), (3, rb'"\\Draft"'), (4, b"")]
    found = b"".join(
        fetched(uid, more=b"X-GM-THRID 17%d X-GM-LABELS (%s) " % (uid, labels)) for uid, labels in labelled
    )
    script.answers |= {b"UID SEARCH": b"* SEARCH 1 2 3 4\r\n{tag} OK\r\n", b"UID FETCH": found + b"{tag} OK\r\n"}
    envelopes, _ = look(scripted)
    assert [(envelope.id, envelope.role, envelope.thread) for envelope in envelopes] == [
        (mid(1), INBOX, "171"), (mid(2), SENT, "172"), (mid(4), SpecialUse.ALL, "174"),
    ]  # fmt: skip
    assert not any(words.startswith(b'EXAMINE "INBOX"') for words in script.asked)


def test_an_all_mail_with_less_in_it_than_inbox_is_not_believed_to_be_all(script, scripted):
    script.answers[b"LOGIN"] = b"{tag} OK [CAPABILITY " + CAPABILITIES + b" X-GM-EXT-1] in\r\n"
    script.answers[b"LIST"] = FOLDERS + b'* LIST (\\All) "/" "[Gmail]/All Mail"\r\n{tag} OK\r\n'
    grows(script, 2, b"INBOX")
    script.answers |= {b"UID SEARCH": b"* SEARCH 1\r\n{tag} OK\r\n", b"UID FETCH": fetched(1) + b"{tag} OK\r\n"}
    assert [(envelope.id, envelope.role) for envelope in look(scripted)[0]] == [(mid(1), INBOX)]


# --- drafts ---


@pytest.mark.scenario("S6")
def test_a_full_mailbox_is_said_and_tried_again_later(world):
    backend = world.open()
    with pytest.raises(DraftRefused, match="mailbox of web is full") as caught:
        backend.save_draft(letter(text="x" * 200_000))
    assert caught.value.next_step == "make room in the mailbox"
    assert backend.save_draft(letter()).ref


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (b"{tag} NO [OVERQUOTA] full\r\n", DraftRefused, "is full"),
        (b"{tag} NO [TRYCREATE] none\r\n", DraftRefused, "creates none"),
        (b"{tag} NO [READ-ONLY] no\r\n", DraftRefused, "read-only"),
        (b"{tag} NO [INUSE] later\r\n", RateLimited, "patience"),
        (b"{tag} NO whatever\r\n", DraftRefused, "refuses"),
        (b"{tag} BAD what\r\n", DraftRefused, "does not understand"),
        (b"{tag} OK done\r\n", ProtocolError, "there is none"),
        (b"{tag} OK [APPENDUID 1 77] done\r\n", ProtocolError, "there is none"),
    ],
)
def test_every_way_in_which_a_draft_is_not_stored_has_its_line(script, scripted, answer, kind, says):
    script.answers[b"APPEND"] = answer
    with pytest.raises(kind, match=says) as caught:
        scripted.save_draft(letter())
    assert type(caught.value) is kind
    assert [words[:31] for words in script.asked if words.startswith(b"APPEND")] == [
        b'APPEND "Drafts" (\\Draft \\Seen) '
    ]


def test_a_folder_is_left_before_something_is_appended_to_it(script, scripted):
    """Courier: "Current box is selected READ-ONLY"."""
    script.answers[b"APPEND"] = lambda _: (
        b"{tag} OK [APPENDUID 1 9] done\r\n"
        if script.asked[-2].startswith((b"CLOSE", b"UNSELECT"))
        else b"{tag} NO Current box is selected READ-ONLY.\r\n"
    )
    raw = letter().raw
    script.answers[b"UID FETCH 9"] = b"* 2 FETCH (UID 9 BODY[]<0> {%d}\r\n%s)\r\n{tag} OK\r\n" % (len(raw), raw)
    assert scripted.find_draft(letter()) == ()
    assert scripted.save_draft(letter()).ref == "Drafts#1.9"


def test_a_draft_is_found_by_its_id_where_the_server_tells_no_uid(script, scripted):
    draft = letter()
    script.answers |= {
        b"APPEND": b"{tag} OK done\r\n",
        b"UID SEARCH ALL": b"* SEARCH 4 9\r\n{tag} OK\r\n",
        b"UID FETCH 9": b"* 2 FETCH (UID 9 BODY[]<0> {%d}\r\n%s)\r\n{tag} OK\r\n" % (len(draft.raw), draft.raw),
    }
    saved = scripted.save_draft(draft)
    assert (saved.ref, fingerprint_of(saved.raw)) == ("Drafts#1.9", draft.fingerprint)


@pytest.mark.scenario("S1", "S4")
@pytest.mark.parametrize("name", [b"Outbox", b"INBOX.Outbox", b"Postausgang"])
def test_no_draft_goes_into_a_folder_that_may_send(script, scripted, name):
    script.answers[b"LIST"] = (
        b'* LIST () "." INBOX\r\n* LIST (\\Drafts) "." ' + name + b'\r\n* LIST (\\Sent) "." Sent\r\n{tag} OK\r\n'
    )
    with pytest.raises(BackendError, match="outbox"):
        scripted.save_draft(letter())
    assert not any(words.startswith(b"APPEND") for words in script.asked)


def test_a_literal_waits_for_the_servers_nod_where_it_wants_to_be_asked(script, scripted):
    script.answers[b"LOGIN"] = b"{tag} OK [CAPABILITY IMAP4rev1] in\r\n"
    script.answers[b"APPEND"] = b"{tag} NO [OVERQUOTA] full\r\n"
    with pytest.raises(DraftRefused):
        scripted.save_draft(letter())
    assert b"{%d}\r\n" % len(letter().raw) in next(words for words in script.asked if words.startswith(b"APPEND"))


def test_sent_mail_is_found_where_a_server_cant_search_for_ids(script, scripted):
    draft = letter()
    block = draft.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    script.answers |= {
        b"UID SEARCH HEADER": b"{tag} NO [SERVERBUG] no\r\n",
        b"UID SEARCH SINCE 22-Nov-2026 TO": b"* SEARCH\r\n{tag} OK\r\n",
        b"UID SEARCH SINCE 22-Nov-2026": b"* SEARCH 5\r\n{tag} OK\r\n",
        b"UID FETCH 5 ": fetched(5, header=block) + b"{tag} OK\r\n",
    }
    (found,) = scripted.find_draft(draft)
    assert (found.place, found.by, found.ref) == (FoundPlace.SENT, "message-id", "Sent#1.5")
    script.answers[b"UID SEARCH SINCE 22-Nov-2026"] = b"{tag} NO no\r\n"
    with pytest.raises(BackendError, match="can't be searched"):
        scripted.find_draft(draft)


def test_a_removal_that_the_server_refuses_is_taken_back(script, scripted):
    draft = letter()
    script.answers |= {
        b"SELECT": b"* OK [UIDVALIDITY 1] x\r\n{tag} OK\r\n",
        b"UID FETCH": b"* 1 FETCH (UID 9 FLAGS (\\Draft) BODY[]<0> {%d}\r\n%s)\r\n{tag} OK\r\n"
        % (len(draft.raw), draft.raw),
        b"UID STORE": b"{tag} OK\r\n",
        b"UID EXPUNGE": b"{tag} NO refused\r\n",
    }
    assert scripted.discard_draft("Drafts#1.9", unchanged_from=draft.fingerprint) is False
    assert b"UID STORE 9 -FLAGS.SILENT (\\Deleted)" in script.asked
    assert scripted.discard_draft("Drafts#2.9", unchanged_from=draft.fingerprint) is False


@pytest.mark.scenario("T6")
def test_a_draft_flagged_as_deleted_counts_as_thrown_away(world):
    backend, draft = world.open(), letter()
    saved = backend.save_draft(draft)
    folder, uid = world._place(draft.message_id, DRAFTS)
    world.hands.select_folder(folder)
    world.hands.add_flags([uid], [rb"\Deleted"])
    assert [found.place for found in backend.find_draft(draft)] == [FoundPlace.TRASH]
    assert (backend.drafts(), backend.read_draft(saved.ref)) == ((), None)


@pytest.mark.scenario("T22", "S6")
@pytest.mark.parametrize("reset", [False, True])
def test_append_done_and_answer_lost_is_one_draft(world, reset):
    with Proxy(world.port) as proxy:
        world.settings = {"port": proxy.port}
        backend = world.open()
        assert backend.drafts() == ()
        proxy.fault = Fault(lose_reply_to=b" APPEND ", reset=reset)
        with pytest.raises(TransientError, match="broke off"):
            backend.save_draft(letter())
        proxy.fault = Fault()
        assert [found.place for found in backend.find_draft(letter())] == [FoundPlace.DRAFTS]
        assert len(world.drafts()) == 1


@pytest.mark.scenario("S6")
def test_a_connection_cut_anywhere_loses_nothing(world):
    for number in range(3):
        world.put(mail(number, text="x" * 500), INBOX, ago(days=2))
    world.put(mail("sent", to=RITA), SENT, ago(days=1))
    with Proxy(world.port) as proxy:
        world.settings = {"port": proxy.port}
        whole, last = look(world.open())
        total = proxy.counts.down
        for after in range(1, total, max(1, total // 25)):
            proxy.fault = Fault(cut_after=after)
            backend, cursor, seen = world.open(), None, []
            with suppress(TransientError):
                for page in backend.changes(None, since=ago(days=90), interest=None):
                    seen += page.items
                    cursor = page.cursor
            proxy.fault = Fault()
            rest, again = look(world.open(), cursor)
            assert ids(seen) | ids(rest) == ids(whole)
            assert again.covers_from == last.covers_from
            backend.close()


def test_the_reader_is_given_the_same_text_as_from_a_file(world):
    """What is fetched in parts reads exactly like the whole message."""
    for number, raw in enumerate(_shapes()):
        world.put(raw.replace(b"<m1@", b"<m%d@" % number), INBOX, ago(days=1))
    backend, parser = world.open(), InlineParser()
    envelopes = {envelope.ref: envelope for envelope in look(backend)[0]}
    assert len(envelopes) == len(_shapes())
    raws = {raw.partition(b"Message-ID: ")[2].split(b"\r\n")[0]: raw for _, _, _, raw in world._messages("INBOX")}
    for got in backend.fetch(list(envelopes)):
        envelope = envelopes[got.ref]
        raw = raws[envelope.id.encode()]
        direct = parser.envelope(raw, ref=envelope.ref, role=INBOX, received=envelope.received)
        assert (envelope.calendar, envelope.attachments) == (direct.calendar, direct.attachments)
        assert envelope.automation == direct.automation
        mine = parser.message(got, envelope, outgoing=False, zone="UTC")
        theirs = parser.message(type(got)(got.ref, raw=raw), envelope, outgoing=False, zone="UTC")
        assert mine == theirs


def _shapes() -> list[bytes]:
    plain = mail(1, text="Hello Jo,\n\nwe would like to meet you on Tuesday.\n\n-- \nRita\nAcme")
    message = message_from_bytes(mail(1, text="Wir möchten Sie kennenlernen — am Dienstag. " * 8), policy=SMTP)
    message.add_alternative("<p>Wir möchten Sie <b>kennenlernen</b></p>" * 8, subtype="html")
    message.add_attachment(
        b"%PDF-1.4 " + bytes(range(256)) * 40,
        maintype="application",
        subtype="pdf",
        filename="Stellenbeschreibung für Jo.pdf",
    )
    html_only = message_from_bytes(mail(1), policy=SMTP)
    html_only.set_content(
        "<html><body><p>Your interview is on <b>Tuesday</b> at 10:00.</p></body></html>", subtype="html"
    )
    stub = message_from_bytes(mail(1, text="View in a browser."), policy=SMTP)
    stub.add_alternative("<p>We look forward to meeting you on Tuesday.</p>" * 5, subtype="html")
    forward = message_from_bytes(mail(1, text="See below. Can you make it?"), policy=SMTP)
    forward.add_attachment(message_from_bytes(invitation("inner"), policy=SMTP))
    flowed = (
        mail(1)
        .replace(b'charset="utf-8"', b'charset="utf-8"; format=flowed; delsp=yes')
        .replace(b"meeting you.", b"meeting \r\nyou all \r\nsoon.")
    )
    bounce = (
        b"From: MAILER-DAEMON@home.example\r\nTo: jo@home.example\r\nSubject: failed\r\nMessage-ID: <m1@acme.example>\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\n"
        b'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n'
        b"It failed.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; home.example\r\n\r\nFinal-Recipient: rfc822; rita@acme.example\r\n"
        b"Action: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: x\r\n\r\n--b--\r\n"
    )
    picture = message_from_bytes(mail(1, text=""), policy=SMTP)
    picture.add_attachment(b"\x89PNG" * 20, maintype="image", subtype="png", filename="only.png")
    answer = mail(1, text="Sure!\n\n> Are you free?\n> Rita", Auto_Submitted="auto-replied", List_Id="<x.acme.example>")
    return [
        plain,
        bytes(message),
        bytes(html_only),
        bytes(stub),
        bytes(forward),
        flowed,
        bounce,
        bytes(picture),
        answer,
        invitation(1),
    ]


def test_what_is_longer_than_anybody_reads_is_cut_and_said(world):
    for number, size in enumerate((10_000, 17_000)):
        world.put(mail(number, text="word " * (size // 5)), INBOX, ago(days=1))
    backend = world.open()
    refs = [envelope.ref for envelope in look(backend)[0]]
    assert sorted((got.complete, len(got.raw) > 17_000) for got in backend.fetch(refs)) == [
        (False, False),
        (True, False),
    ]


def test_a_server_that_cuts_only_the_first_of_several_messages_is_asked_one_by_one(script, scripted):
    """Hoodiecrow hands out the other ones' sections empty."""
    long, short = b'("TEXT" "PLAIN" NIL NIL NIL "7BIT" 90000 900)', STRUCTURE
    structures = {1: long, 2: long, 3: short, 4: short}
    text = {1: b"One", 2: b"Two", 3: b"Three", 4: b"Four"}

    def answer(words: bytes) -> bytes:
        first, last = int(words.split(b" ")[2].partition(b":")[0]), int(words.split(b" ")[2].rpartition(b":")[2])
        lines = b""
        for number, uid in enumerate(range(first, last + 1)):
            if b"BODYSTRUCTURE" in words:
                lines += b"* 1 FETCH (UID %d BODYSTRUCTURE %s)\r\n" % (uid, structures[uid])
            else:
                got = text[uid] if b"<0." not in words or not number else b""
                lines += b"* 1 FETCH (UID %d BODY[HEADER.FIELDS (FROM)] {%d}\r\n%s BODY[1] {%d}\r\n%s)\r\n" % (
                    uid, len(HEADER), HEADER, len(got), got,
                )  # fmt: skip
        return lines + b"{tag} OK\r\n"

    script.answers[b"UID FETCH"] = answer
    got = {each.ref: each.raw for each in scripted.fetch([MessageRef(f"INBOX#1.{uid}") for uid in text])}
    assert {ref: raw.rpartition(b"\r\n\r\n")[2] for ref, raw in got.items()} == {
        f"INBOX#1.{uid}": words for uid, words in text.items()
    }


def test_refs_of_somewhere_else_are_skipped(world):
    backend = world.open()
    strange = ["", "x", "INBOX#1", "INBOX#1.2", "Nowhere#1.2", "INBOX#a.b", "#1.2", "INBOX#" + "9" * 50 + ".1"]
    assert list(backend.fetch([MessageRef(ref) for ref in strange])) == []


def test_drafts_are_listed_again_only_when_something_has_changed(world):
    world.begin_draft(mail("own", to=RITA))
    with Proxy(world.port) as proxy:
        world.settings = {"port": proxy.port}
        backend = world.open()
        _, last = look(backend)
        first = backend.drafts()
        for changes in (lambda: None, lambda: world.read(mid("own")), lambda: world.begin_draft(mail("two", to=RITA))):
            changes()
            _, last = look(backend, last.cursor)
            before = proxy.counts.turns
            listed = backend.drafts()
            assert proxy.counts.turns - before == (
                0 if changes() is None and listed == first and before == proxy.counts.turns else 1
            )
        backend.close()
    assert {draft.message_id for draft in listed} == {mid("own"), mid("two")}


def test_a_message_moved_to_trash_at_once_is_found_there(world):
    draft = letter(at=NOW)
    world.open().save_draft(draft)
    world.move(draft.message_id, TRASH)
    assert [found.place for found in world.open().find_draft(draft)] == [FoundPlace.TRASH]


# --- compression ---


def _far(server):
    """A session as with a server at the other end of a network."""
    session = session_with(server)
    session.remote = True
    return session


def test_what_crosses_a_network_is_compressed_where_that_pays(world, monkeypatch):
    monkeypatch.setattr(changes_module, "_PAYS", 3)
    for number in range(30):
        world.put(mail(number, text="The same words again and again. " * 60), INBOX, ago(days=2))
    spent = {}
    for way, connect in (("near", session_with), ("far", _far)):
        with Proxy(world.port) as proxy:
            world.settings = {"port": proxy.port}
            backend = world.open(connect=connect)
            envelopes, last = look(backend)
            assert len(envelopes) == 30
            assert len(list(backend.fetch([envelope.ref for envelope in envelopes]))) == 30
            assert look(backend, last.cursor)[0] == []
            saved = backend.save_draft(letter(text=way))
            assert backend.discard_draft(saved.ref, unchanged_from=letter(text=way).fingerprint)
            backend.close()
            spent[way] = proxy.counts.down
    assert spent["far"] < spent["near"] / 4


def test_a_compressed_connection_that_is_cut_is_one_clear_line(world, monkeypatch):
    monkeypatch.setattr(changes_module, "_PAYS", 3)
    for number in range(30):
        world.put(mail(number), INBOX, ago(days=2))
    with Proxy(world.port) as proxy:
        world.settings = {"port": proxy.port}
        look(world.open(connect=_far))
        for after in range(proxy.counts.down - 1500, proxy.counts.down, 300):
            proxy.fault = Fault(cut_after=after)
            with pytest.raises(TransientError):
                look(world.open(connect=_far))


def test_a_server_that_offers_compression_and_then_refuses_is_read_plainly(script, scripted, monkeypatch):
    monkeypatch.setattr(changes_module, "_PAYS", 0)
    scripted._connect = _far
    script.answers[b"LOGIN"] = b"{tag} OK [CAPABILITY " + CAPABILITIES + b" COMPRESS=DEFLATE] in\r\n"
    script.answers[b"COMPRESS"] = b"{tag} NO [COMPRESSIONACTIVE] no\r\n"
    grows(script, 2, b"INBOX")
    script.answers |= {b"UID SEARCH": b"* SEARCH 1\r\n{tag} OK\r\n", b"UID FETCH": fetched(1) + b"{tag} OK\r\n"}
    assert ids(look(scripted)[0]) == {mid(1)}


def test_what_is_no_deflate_stream_is_one_clear_line(script, scripted, monkeypatch):
    monkeypatch.setattr(changes_module, "_PAYS", 0)
    scripted._connect = _far
    script.answers[b"LOGIN"] = b"{tag} OK [CAPABILITY " + CAPABILITIES + b" COMPRESS=DEFLATE] in\r\n"
    script.answers[b"COMPRESS"] = b"{tag} OK now\r\n" + b"\xff" * 50
    grows(script, 2, b"INBOX")
    script.answers[b"UID SEARCH"] = b"* SEARCH 1\r\n{tag} OK\r\n"
    with pytest.raises(TransientError):
        look(scripted)
