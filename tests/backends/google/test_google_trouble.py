"""What Google refuses, in words: each reason ends in one line that says what to do, and none in a storm of requests."""

from __future__ import annotations

import pytest

from mailwatch.backends.gmail import GmailBackend
from mailwatch.backends.google.trouble import reasons_in
from mailwatch.errors import AuthError, BackendError, ConfigError, ProtocolError, RateLimited, TransientError
from mailwatch.sandbox import InlineParser
from mailwatch.transport import Response
from tests.backends.contract import look
from tests.backends.mails import ME, letter
from tests.servers.google_account import QUICK, Tokens
from tests.servers.google_server import Fault
from tests.servers.google_signin import COMPOSE, READ


@pytest.mark.parametrize(
    ("status", "reason", "error", "words", "step"),
    [
        (403, "insufficientPermissions", AuthError, "lacks a permission", "mailwatch auth login web"),
        (403, "forbidden", AuthError, "was refused", "mailwatch auth login web"),
        (403, "accessNotConfigured", BackendError, "not switched on", "step 2"),
        (403, "domainPolicy", AuthError, "organisation", "administrator"),
        (403, "dailyLimitExceeded", RateLimited, "spent for today", ""),
        (400, "failedPrecondition", BackendError, "has no mailbox", "email"),
        (400, "invalidArgument", ProtocolError, "status 400", ""),
        (412, "conditionNotMet", ProtocolError, "status 412", ""),
        (500, "backendError", TransientError, "fault of its own", ""),
        (502, "badGateway", TransientError, "fault of its own", ""),
    ],
)
def test_each_refusal_ends_in_one_line_after_one_request(world, backend, status, reason, error, words, step):
    world.google.faults += [Fault("getProfile", status=status, reason=reason) for _ in range(3)]
    with pytest.raises(error, match=words) as caught:
        look(backend)
    assert step in caught.value.next_step
    assert "\n" not in caught.value.message
    assert world.google.calls() == ["getProfile"]


@pytest.mark.scenario("S8")
def test_a_sign_in_that_is_refused_twice_is_an_end(world, backend):
    world.google.faults += [Fault("getProfile", status=401, reason="authError") for _ in range(3)]
    with pytest.raises(AuthError, match="no longer accepts the sign-in") as caught:
        look(backend)
    assert caught.value.exit_code == 4
    assert world.google.calls() == ["getProfile", "getProfile"]


def test_a_sign_in_with_too_few_permissions_is_told_by_google_itself(world, google):
    class OnlyReading(Tokens):
        def __init__(self, google):
            super().__init__(google)
            self._token = google.signin.new_access((READ,))

    reading = GmailBackend(
        ME, "web", OnlyReading(google), InlineParser(), budget=world.budget, api_url=google.url, limits=QUICK
    )
    look(reading)
    with pytest.raises(AuthError, match="lacks a permission"):
        reading.save_draft(letter())
    google.signin.access[reading._calls._wire._bearer.token()] = frozenset({COMPOSE})
    with pytest.raises(AuthError, match="lacks a permission"):
        look(reading)
    reading.close()


def test_asking_for_patience_again_and_again_ends_after_a_few_tries(world, backend):
    world.google.faults += [Fault("getProfile", status=429, retry_after="0") for _ in range(50)]
    world.google.faults.append(Fault("getProfile", status=429, retry_after="7"))
    with pytest.raises(RateLimited) as caught:
        look(backend)
    assert caught.value.retry_after.total_seconds() == 7


def test_a_page_of_the_hotels_is_no_answer_of_googles(world, backend):
    world.google.faults.append(Fault("getProfile", html=True))
    with pytest.raises(ProtocolError, match="network sign-in page"):
        look(backend)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'"x"',
        b'{"error": 1}',
        b'{"error": {"errors": 1}}',
        b'{"error": {"errors": [1]}}',
        b"<html>",
    ],
)
def test_an_error_without_reasons_has_none(body):
    assert reasons_in(Response("web", 403, {}, body)) == frozenset()


def test_the_newer_form_of_errors_is_understood_too():
    body = b'{"error": {"status": "PERMISSION_DENIED", "details": [{"reason": "SERVICE_DISABLED"}, {}]}}'
    assert reasons_in(Response("web", 403, {}, body)) == {"PERMISSION_DENIED", "SERVICE_DISABLED"}


@pytest.mark.parametrize("answer", [b"[]", b"1", b'"words"'])
def test_json_of_another_form_is_an_error(world, backend, monkeypatch, answer):
    monkeypatch.setattr(
        backend._calls._wire, "request", lambda *words, **named: (type("A", (), {"status": 200})(), answer)
    )
    with pytest.raises(ProtocolError, match="form that can't be read"):
        look(backend)


def test_without_the_extra_the_error_says_how_to_get_it(world, backend, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "googleapiclient.discovery", None)
    with pytest.raises(ConfigError, match="not installed") as caught:
        look(backend)
    assert caught.value.next_step == "pip install 'mailwatch[gmail]'"
