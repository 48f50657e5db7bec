from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mailwatch import accounts
from mailwatch.accounts import open_accounts
from mailwatch.backends.base import CalendarBackend, MailBackend
from mailwatch.errors import BackendError, UsageError
from mailwatch.sandbox import InlineParser
from mailwatch.settings import Settings
from tests.config.builders import ME, settings

HOME = '[account.home]\nbackend = "maildir"\nemail = "jordan@example.com"\npath = "Mail"\ndrafts = "Entwürfe"\nsince = "30d"\n'
OWN = '[calendar.own]\nbackend = "ics"\npath = "own.ics"\n'
IMAP = '[account.web]\nbackend = "imap"\nemail = "jordan@icloud.com"\nrequired = false\n'
GOOGLE = '[account.g]\nbackend = "gmail"\nemail = "jordan@gmail.com"\n[calendar.g]\nbackend = "google"\naccount = "g"\n'


@pytest.fixture
def parser() -> InlineParser:
    return InlineParser()


def made(tmp_path: Path, text: str) -> Settings:
    return settings(ME + text, path=tmp_path / "config.toml", zone="Europe/Lisbon")


def maildir(root: Path, *folders: str) -> None:
    for folder in folders:
        for inside in ("cur", "new", "tmp"):
            (root / folder / inside).mkdir(parents=True)


def test_local_mail_and_calendars_are_opened_as_configured(tmp_path: Path, parser: InlineParser) -> None:
    opened = open_accounts(made(tmp_path, HOME + OWN), parser)
    (account,), (calendar,) = opened.accounts, opened.calendars
    assert (account.name, account.address, account.required, account.look_back.days) == (
        "home", "jordan@example.com", True, 30,
    )  # fmt: skip
    assert not isinstance(account.backend, BackendError)
    assert account.backend.account == "jordan@example.com"
    assert not isinstance(calendar.backend, BackendError)
    assert calendar.backend.name == "own"
    assert opened.problems == ()
    opened.close()
    opened.close()


def test_the_configured_folder_for_drafts_is_the_one_that_is_listed(tmp_path: Path, parser: InlineParser) -> None:
    maildir(tmp_path / "Mail", "INBOX", "Sent", "Entwürfe", "Drafts")
    draft = b"Message-ID: <a@b.example>\nTo: rita@acme.example\nSubject: Thanks\n\nDear Rita\n"
    (tmp_path / "Mail" / "Entwürfe" / "cur" / "1:2,D").write_bytes(draft)
    (account,) = open_accounts(made(tmp_path, HOME), parser).accounts
    assert not isinstance(account.backend, BackendError)
    assert [seen.subject for seen in account.backend.drafts()] == ["Thanks"]


def test_a_folder_that_does_not_exist_is_that_accounts_problem_alone(tmp_path: Path, parser: InlineParser) -> None:
    maildir(tmp_path / "Other", "INBOX", "Sent", "Drafts")
    other = '[account.other]\nbackend = "maildir"\nemail = "j@reyes.example"\npath = "Other"\n'
    home, good = open_accounts(made(tmp_path, HOME + other), parser).accounts
    assert not isinstance(home.backend, BackendError)
    assert not isinstance(good.backend, BackendError)
    with pytest.raises(BackendError, match="Mail"):
        home.backend.drafts()
    assert good.backend.drafts() == ()


def test_what_this_version_can_not_open_stops_nothing_else(
    tmp_path: Path, parser: InlineParser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(accounts._MAIL, "gmail")
    monkeypatch.delitem(accounts._CALENDARS, "google")
    opened = open_accounts(made(tmp_path, GOOGLE + HOME + OWN), parser)
    assert [item.name for item in opened.accounts] == ["g", "home"]
    assert [item.name for item in opened.calendars] == ["g", "own"]
    assert [problem.account for problem in opened.problems] == ["g", "g"]
    assert all("can't open" in problem.message and problem.next_step for problem in opened.problems)
    opened.close()


def test_an_extra_that_is_not_installed_is_named_and_stops_nothing_else(
    tmp_path: Path, parser: InlineParser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "find_spec", lambda name: None)
    opened = open_accounts(made(tmp_path, GOOGLE + HOME + OWN), parser)
    assert [problem.account for problem in opened.problems] == ["g", "g"]
    assert {problem.next_step for problem in opened.problems} == {"pip install 'mailwatch[gmail]'"}
    opened.close()


def test_google_is_opened_without_a_connection_and_nothing_of_googles_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(ME + GOOGLE, encoding="utf-8")
    (tmp_path / "config.toml").chmod(0o600)
    code = (
        "import sys, mailwatch.cli; from pathlib import Path; from mailwatch.accounts import open_accounts; from mailwatch.config import load_settings\n"
        "from mailwatch.sandbox import InlineParser\n"
        f"opened = open_accounts(load_settings(Path({str(tmp_path / 'config.toml')!r}), None), InlineParser())\n"
        "assert opened.problems == (), opened.problems\n"
        "print(*(name for name in sys.modules if name.startswith(('google', 'httplib2', 'oauthlib', 'requests_oauthlib'))))"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout.split() == []


def test_an_imap_account_is_opened_without_a_connection_and_without_its_password(
    tmp_path: Path, parser: InlineParser
) -> None:
    (account,) = open_accounts(made(tmp_path, IMAP), parser).accounts
    assert (account.name, account.required) == ("web", False)
    assert not isinstance(account.backend, BackendError)
    assert account.backend.account == "jordan@icloud.com"
    account.backend.close()


def test_one_account_can_be_opened_alone(tmp_path: Path, parser: InlineParser) -> None:
    opened = open_accounts(made(tmp_path, HOME + IMAP + OWN), parser, only="home")
    assert [item.name for item in opened.accounts] == ["home"]
    assert opened.calendars == ()


@pytest.mark.parametrize(("name", "hint"), [("hoem", "did you mean home?"), ("office", "there are: home, web")])
def test_an_account_that_is_not_there_is_answered_with_those_that_are(
    name: str, hint: str, tmp_path: Path, parser: InlineParser
) -> None:
    with pytest.raises(UsageError, match="no account called") as caught:
        open_accounts(made(tmp_path, HOME + IMAP), parser, only=name)
    assert caught.value.next_step == hint
    assert caught.value.exit_code == 2


def test_a_feed_is_opened_without_being_asked_and_its_address_stays_hidden(
    tmp_path: Path, parser: InlineParser
) -> None:
    feed = '[calendar.web]\nbackend = "ics"\nurl = "https://calendar.example/private-1/me.ics"\nca_file = "ca.pem"\n'
    (calendar,) = open_accounts(made(tmp_path, HOME + feed), parser).calendars
    assert not isinstance(calendar.backend, BackendError)
    assert "private-1" not in repr(vars(calendar.backend))


def test_a_folder_of_files_is_a_calendar_too(tmp_path: Path, parser: InlineParser) -> None:
    (tmp_path / "own.ics").mkdir()
    (calendar,) = open_accounts(made(tmp_path, HOME + OWN), parser).calendars
    assert not isinstance(calendar.backend, BackendError)


def test_open_backends_satisfy_the_protocols(tmp_path: Path, parser: InlineParser) -> None:
    opened = open_accounts(made(tmp_path, HOME + OWN), parser)
    mail_verbs = {name for name in vars(MailBackend) if not name.startswith("_")}
    calendar_verbs = {name for name in vars(CalendarBackend) if not name.startswith("_")}
    assert mail_verbs <= set(dir(opened.accounts[0].backend))
    assert calendar_verbs <= set(dir(opened.calendars[0].backend))


OFFICE = '[account.office]\nbackend = "graph"\nemail = "jordan@outlook.com"\n[account.office.auth]\nclient_id = "8a1c2f34-56de-4b7a-9c01-23456789abcd"\n'
CALENDAR = '[calendar.office]\nbackend = "graph"\naccount = "office"\n'


def test_an_outlook_account_and_its_calendar_share_one_sign_in_and_load_no_library(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(f"[me]\nname = 'Jordan'\n{OFFICE}{CALENDAR}", encoding="utf-8")
    code = """
import sys
import subprocess
import sys
from pathlib import Path
from mailwatch.accounts import open_accounts
from mailwatch.config import load_settings
from mailwatch.sandbox import InlineParser
opened = open_accounts(load_settings(Path(sys.argv[1]), None), InlineParser())
(account,), (calendar,) = opened.accounts, opened.calendars
assert account.backend.account == "jordan@outlook.com", account.backend
assert account.backend._door._access is calendar.backend._door._access
opened.close()
print(*sys.modules)
"""
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "config.toml")], check=True, capture_output=True, text=True
    )
    assert "msal" not in ran.stdout.split()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (OFFICE.replace('outlook.com"', 'outlook.com"\ndrafts = "Entwürfe"'), "own Drafts folder"),
        (OFFICE.replace('outlook.com"', 'outlook.com"\nca_file = "missing.pem"'), "does not exist"),
    ],
)
def test_an_outlook_account_that_can_not_work_as_configured_says_so_and_stops_nothing_else(
    tmp_path: Path, parser: InlineParser, text: str, words: str
) -> None:
    opened = open_accounts(made(tmp_path, text + HOME), parser)
    (problem,) = opened.problems
    assert problem.account == "office"
    assert words in problem.message
    assert problem.next_step


def test_without_the_library_an_outlook_account_is_not_opened(
    tmp_path: Path, parser: InlineParser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailwatch.accounts.find_spec", lambda name: None)
    problems = open_accounts(made(tmp_path, OFFICE + CALENDAR), parser).problems
    assert [problem.account for problem in problems] == ["office", "office"]
    assert all("mailwatch[outlook]" in problem.next_step for problem in problems)


@pytest.mark.parametrize("kind", ["mbox", "eml"])
def test_archives_are_opened_with_their_maildir_for_drafts(kind: str, tmp_path: Path, parser: InlineParser) -> None:
    maildir(tmp_path, "Drafts")
    for name in ("old", "sent"):
        (tmp_path / name).touch() if kind == "mbox" else (tmp_path / name).mkdir()
    table = f'[account.old]\nbackend = "{kind}"\nemail = "j@old.example"\npath = "old"\nsent = "sent"\n'
    (account,) = open_accounts(made(tmp_path, table + 'drafts = "Drafts"\n'), parser).accounts
    assert not isinstance(account.backend, BackendError)
    assert account.backend.capabilities.drafts
    assert account.backend.drafts() == ()
    (account,) = open_accounts(made(tmp_path, table), parser).accounts
    assert not isinstance(account.backend, BackendError)
    assert not account.backend.capabilities.drafts


def test_a_caldav_calendar_is_opened_without_being_asked(tmp_path: Path, parser: InlineParser) -> None:
    calendar = '[calendar.dav]\nbackend = "caldav"\naccount = "web"\n'
    (opened,) = open_accounts(made(tmp_path, IMAP + calendar), parser).calendars
    assert not isinstance(opened.backend, BackendError)
    opened.backend.close()


def test_knowing_all_backends_loads_none_of_what_they_stand_on() -> None:
    code = "import sys, mailwatch.accounts; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=dict(os.environ))
    heavy = {"keyring", "cryptography", "requests", "lxml", "imapclient", "msal", "googleapiclient", "dns"}
    assert set(ran.stdout.split()) & heavy == set()
