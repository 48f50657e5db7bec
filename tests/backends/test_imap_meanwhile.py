"""What others do to a mailbox on Dovecot while mailwatch reads it, or between two looks."""

from __future__ import annotations

import pytest

from mailwatch.backends.imap import changes as changes_module
from mailwatch.core.model import SpecialUse
from mailwatch.errors import BackendError
from tests.backends.contract import ids, look
from tests.backends.imaps import DRAFTS, INBOX, OTHER, ImapWorld
from tests.backends.mails import ALL, SINCE, ago, letter, mail, mid
from tests.servers.dovecot import Setup, need_dovecot, running_dovecot


@pytest.fixture(scope="module")
def dovecot():
    need_dovecot()
    with running_dovecot(Setup(special_use=False)) as server:
        yield server


@pytest.fixture
def world(dovecot, monkeypatch):
    monkeypatch.setattr(changes_module, "PAGE", ImapWorld.page)
    world = ImapWorld(dovecot.host, dovecot.port, dovecot.new_user(), dovecot.password)
    yield world
    world.close()


@pytest.mark.scenario("S6")
def test_mail_expunged_while_it_is_listed_or_fetched_is_simply_not_there(world):
    count = world.page * 3
    for number in range(count):
        world.put(mail(number), INBOX, ago(days=2))
    backend = world.open()
    pages = backend.changes(None, since=SINCE, interest=ALL)
    seen = list(next(pages).items)
    for number in (0, world.page, count - 1):
        world.purge(mid(number))
    last = None
    for last in pages:
        seen += last.items
    kept = {mid(number) for number in range(count)} - {mid(0), mid(world.page), mid(count - 1)}
    assert kept <= ids(seen)
    assert (last.problems, last.covers_from) == ((), SINCE)
    known = {envelope.ref: envelope.id for envelope in seen}
    assert {known[fetched.ref] for fetched in backend.fetch(list(known))} == kept
    assert look(backend, last.cursor)[0] == []


@pytest.mark.scenario("S7")
def test_a_renamed_folder_is_read_under_its_new_name(world):
    world.put(mail(1), OTHER, ago(days=2))
    backend = world.open()
    (before,), first = look(backend)
    world.hands.rename_folder(world.folders[OTHER], "Jobs/Globex")
    world.hands.append("Jobs/Globex", mail(2), msg_time=ago(hours=1))
    envelopes, second = look(backend, first.cursor)
    assert ids(envelopes) == {mid(1), mid(2)}
    assert list(backend.fetch([before.ref])) == []
    assert len(list(backend.fetch([envelope.ref for envelope in envelopes]))) == 2
    assert look(backend, second.cursor)[0] == []


@pytest.mark.scenario("S4", "S7")
def test_drafts_renamed_beyond_recognition_are_asked_for_and_never_made_anew(world):
    backend = world.open()
    assert backend.find_draft(letter()) == ()
    world.hands.rename_folder(world.folders[DRAFTS], "Scraps")
    for call in (lambda: backend.find_draft(letter()), backend.drafts):
        with pytest.raises(BackendError, match="recognised as Drafts") as caught:
            call()
    assert 'drafts = "its name"' in caught.value.next_step
    assert "Scraps" in caught.value.next_step
    assert not world.hands.folder_exists(world.folders[DRAFTS])
    chosen = world.open(folders={SpecialUse.DRAFTS: "Scraps"})
    assert [found.ref for found in chosen.find_draft(letter())] == []
    assert chosen.save_draft(letter()).ref.startswith("Scraps")
