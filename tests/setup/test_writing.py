"""The configuration that set-up writes is in order, and what the user wrote in it stays."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from mailwatch.config import settings_from_text
from mailwatch.errors import ConfigError
from mailwatch.provider_catalogue import provider_named
from mailwatch.setup import NewAccount, NewCalendar, Wishes, account_name, config_text, local_backend, ways_for

IMAP = NewAccount(
    "home",
    {"backend": "imap", "email": "jo@home.example", "host": "imap.home.example"},
    {"kind": "password", "password": {"keyring": True}},
)


def settings(text: str, tmp_path: Path) -> object:
    return settings_from_text(text.encode(), path=tmp_path / "config.toml", mode=0o600, zone="UTC")


def test_a_new_file_is_a_configuration_in_order(tmp_path: Path) -> None:
    wishes = Wishes("Jo Park", {"drafts": {"create": False}})
    calendar = NewCalendar("plans", {"backend": "ics", "path": "/home/jo/plans.ics"})
    found = settings(config_text("", wishes, (IMAP,), (calendar,)), tmp_path)
    assert found.me.name == "Jo Park"
    assert found.policy.create_drafts is False
    assert found.accounts[0].server.host == "imap.home.example"
    assert found.accounts[0].sign_in.password.kind == "keyring"
    assert found.calendars[0].name == "plans"


def test_comments_order_and_other_keys_stay_when_an_account_is_brought_up_to_date(tmp_path: Path) -> None:
    before = config_text("", Wishes("Jo Park"), (IMAP,)).replace(
        'email = "jo@home.example"', 'email = "jo@home.example"  # the old one\nsince = "30d"'
    )
    moved = NewAccount("home", {**IMAP.keys, "host": "mail.home.example"}, IMAP.auth)
    after = config_text(before, Wishes(), (moved,))
    assert after == before.replace("imap.home.example", "mail.home.example")


def test_a_second_account_stands_beside_the_first(tmp_path: Path) -> None:
    second = NewAccount("mail", {"backend": "maildir", "email": "jo@work.example", "path": "/m"})
    found = settings(config_text(config_text("", Wishes("Jo"), (IMAP,)), Wishes(), (second,)), tmp_path)
    assert [account.name for account in found.accounts] == ["home", "mail"]


def test_a_key_that_is_in_the_way_is_an_error() -> None:
    with pytest.raises(ConfigError, match="“account” is no table"):
        config_text('account = "x"\n', Wishes(), (IMAP,))


def test_text_that_toml_must_quote_is_quoted() -> None:
    name = 'Jo "the\\Tester"\n[evil]'
    assert tomllib.loads(config_text("", Wishes(name)))["me"]["name"] == name


def test_an_account_is_called_after_its_provider_or_its_domain_and_numbered_when_taken() -> None:
    assert account_name("jo@fastmail.com", provider_named("fastmail"), ()) == "fastmail"
    assert account_name("jo@Home.example", None, ()) == "home"
    assert account_name("jo@home.example", None, {"home", "home2"}) == "home3"
    assert account_name("jo@例え.example", None, ()) == "mail"


def test_the_easiest_way_of_a_provider_comes_first() -> None:
    assert [way.backend for way in ways_for(None)] == ["imap"]
    assert "app password" in ways_for(provider_named("icloud"))[0].title
    assert ways_for(provider_named("gmail"))[0].backend == "imap"
    assert ways_for(provider_named("outlook"))[0].backend == "graph"


def test_local_mail_is_recognised_by_what_lies_there(tmp_path: Path) -> None:
    (tmp_path / "maildir" / "cur").mkdir(parents=True)
    (tmp_path / "eml").mkdir()
    (tmp_path / "eml" / "1.eml").touch()
    (tmp_path / "mbox").touch()
    kinds = {name: local_backend(tmp_path / name) for name in ("maildir", "eml", "mbox")}
    assert kinds == {name: name for name in kinds}
