"""How little crosses the wire: turns, fields, structures; and that the guard sees through compression."""

from __future__ import annotations

import zlib

import pytest

from mailwatch.backends.imap import changes as changes_module
from mailwatch.backends.imap.signin import session_with
from mailwatch.backends.imap.structure import Structures
from tests.backends.contract import look
from tests.backends.imaps import INBOX, ImapWorld
from tests.backends.mails import ago, invitation, letter, mail
from tests.backends.test_imap import ALLOWED, commands_in
from tests.servers.dovecot import need_dovecot, running_dovecot
from tests.servers.proxy import Proxy

COMPRESS = b"COMPRESS DEFLATE\r\n"


@pytest.fixture(scope="module")
def dovecot():
    need_dovecot()
    with running_dovecot() as server:
        yield server


@pytest.fixture
def world(dovecot):
    world = ImapWorld(dovecot.host, dovecot.port, dovecot.new_user(), dovecot.password)
    for number in range(30):
        world.put(mail(number) if number % 5 else invitation(number), INBOX, ago(days=2))
    yield world
    world.close()


@pytest.fixture
def proxy(world):
    with Proxy(world.port) as proxy:
        world.settings = {"port": proxy.port}
        yield proxy


def far(server):
    """A session as with a server at the other end of a network."""
    session = session_with(server)
    session.remote = True
    return session


def test_a_structure_that_was_just_listed_is_not_asked_for_again(world, proxy):
    backend = world.open()
    refs = [envelope.ref for envelope in look(backend)[0]]
    proxy.counts.clear()
    after_a_look = {each.ref: each for each in backend.fetch(refs)}
    asked = bytes(proxy.counts.sent)
    again = {each.ref: each for each in backend.fetch(refs)}
    assert len(after_a_look) == 30
    assert after_a_look == again
    assert b"BODYSTRUCTURE" not in asked
    assert b"BODYSTRUCTURE" in bytes(proxy.counts.sent)
    backend.close()


def test_only_so_many_structures_are_remembered(world, monkeypatch):
    monkeypatch.setattr(Structures, "LIMIT", 7)
    backend = world.open()
    refs = [envelope.ref for envelope in look(backend)[0]]
    assert len(list(backend.fetch(refs))) == 30
    backend.close()


def test_a_first_look_with_its_texts_and_drafts_takes_at_most_ten_turns(world, proxy, monkeypatch):
    monkeypatch.setattr(changes_module, "_PAYS", 3)
    backend = world.open(connect=far)
    refs = [envelope.ref for envelope in look(backend)[0]]
    assert len(list(backend.fetch(refs))) == 30
    backend.drafts()
    backend.close()
    assert COMPRESS in proxy.counts.sent
    assert proxy.counts.turns <= 10


def test_the_list_of_fields_that_every_answer_repeats_is_short(world, proxy):
    backend = world.open()
    look(backend)
    backend.close()
    assert b"CONTENT-" not in bytes(proxy.counts.sent).upper()
    header = len(mail(1).partition(b"\r\n\r\n")[0])
    assert proxy.counts.down / 30 - header < 800


def test_commands_inside_a_compressed_stream_are_those_of_the_list(world, proxy, monkeypatch):
    monkeypatch.setattr(changes_module, "_PAYS", 3)
    backend = world.open(connect=far)
    refs = [envelope.ref for envelope in look(backend)[0]]
    assert len(list(backend.fetch(refs))) == 30
    saved = backend.save_draft(letter())
    assert backend.discard_draft(saved.ref, unchanged_from=letter().fingerprint)
    backend.close()
    plain, _, deflated = bytes(proxy.counts.sent).partition(COMPRESS)
    inside = zlib.decompressobj(-15).decompress(deflated)
    words = commands_in(plain + COMPRESS + inside)
    assert any(each.startswith(b"APPEND") for each in commands_in(inside))
    assert [each for each in words if not ALLOWED.match(each)] == []
