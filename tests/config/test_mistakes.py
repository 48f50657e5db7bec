from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mailwatch.errors import ConfigError
from tests.config.builders import MAILDIR, ME, SMALL, settings

IMAP = '[account.home]\nbackend = "imap"\nemail = "j@icloud.com"\n'


def complaint(text: str, **options: object) -> str:
    with pytest.raises(ConfigError) as caught:
        settings(text, **options)
    assert caught.value.exit_code == 3
    return caught.value.message


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            SMALL + '[rules]\nthankyou_after = "1h"',
            '[rules] thankyou_after is not a setting; did you mean "thank_you_after"?',
        ),
        (SMALL + 'draft = "x"', '[account.home] draft is not a setting; did you mean "drafts"?'),
        (SMALL + "[ruels]\nx = 1", '[ruels] is not a setting; did you mean "rules"?'),
        ("verbose = true\n" + SMALL, "verbose is not a setting."),
        (SMALL + '[drafts]\nmin_gap = "3d"', "[drafts] min_gap is not a setting; it belongs in [rules]."),
        (
            SMALL + "[rules.holidays]\ncuntry = 'DE'",
            '[rules.holidays] cuntry is not a setting; did you mean "country"?',
        ),
        (MAILDIR, "[me] is missing."),
        ("[me]\n" + MAILDIR, "[me] name is missing."),
        ('[me]\nname = ""\n' + MAILDIR, "[me] name must not be empty."),
        (ME, "There is no [account.NAME], so there is no mail to read."),
        (ME + "[account]", "[account] must not be empty."),
        (ME + "[account]\nhome = 3", "[account.home] must be a table."),
        (ME + '[account.home]\nemail = "a@b.example"', "[account.home] backend is missing."),
        (ME + '[account.home]\nbackend = "maildr"', 'imap, gmail, graph, mbox, eml; did you mean "maildir"?'),
        (ME + '[account.home]\nbackend = "maildir"\nemail = "a@b.example"', "[account.home] path is missing."),
        (
            SMALL.replace("@example", " at example"),
            '[account.home] email must be one mail address, such as "jordan@example.com".',
        ),
        (SMALL + '[drafts]\ntone = "warn"', '[drafts] tone must be one of warm, plain, formal; did you mean "warm"?'),
        (SMALL + '[drafts]\ncreate = "yes"', "[drafts] create must be true or false, without quotes."),
        (SMALL + '[rules]\nmax_followups = "2"', "[rules] max_followups must be a whole number, without quotes."),
        (SMALL + "[rules]\nmax_followups = 9", "[rules] max_followups must be at most 5."),
        (SMALL + "[rules]\nmax_followups = -1", "[rules] max_followups must be at least 0."),
        (
            SMALL + '[rules]\nmin_gap = "2w"',
            '[rules] min_gap must be a number with its unit, such as "90m", "24h" or "14d".',
        ),
        (SMALL + "[rules]\nmin_gap = 14", "[rules] min_gap must be text in quotes with a unit"),
        (
            SMALL + '[rules]\naway_return = "2d"',
            '[rules] away_return must be a number of business days, such as "3bd".',
        ),
        (SMALL + "[rules]\naway_return = 2", "[rules] away_return must be a number of business days in quotes"),
        (
            SMALL + '[rules]\nthank_you_within = "9d"',
            "[rules] needs thank_you_within ≤ thank_you_latest ≤ thank_you_last.",
        ),
        (SMALL + '[service]\ninterval = "10s"', "[service] has an interval below one minute"),
        (ME + 'timezone = "Berlin"\n' + MAILDIR, 'did you mean "Europe/Berlin"?'),
        (ME + 'timezone = "../../etc/passwd"\n' + MAILDIR, "names no time zone that is known here"),
        (
            ME + 'language = "english"\n' + MAILDIR,
            '[me] language, entry 1, must be languages by their two letters, such as "en".',
        ),
        (ME + 'addresses = ["x@y.example", 3]\n' + MAILDIR, "[me] addresses, entry 2, must be text in quotes."),
        (ME + 'addresses = "x@y.example"\n' + MAILDIR, "[me] addresses must be a list in square brackets."),
        (
            SMALL + '[notify]\ncommand = ["/usr/sbin/sendmail", "-t"]',
            "a program that can send mail; mailwatch never starts one.",
        ),
        (
            SMALL + '[notify]\ncommand = [""]',
            "[notify] command has an empty first word, so there is no program to start.",
        ),
        (SMALL + '[notify]\nquiet = "21-8"', '[notify] quiet must be two times of day, such as "21:00-08:00".'),
        (SMALL + '[notify]\nquiet = "25:00-08:00"', "[notify] quiet must be two times of day"),
        (SMALL + "[notify]\nquiet = 21", "[notify] quiet must be two times of day"),
        (SMALL + '[rules.holidays]\nregion = "BE"', "[rules.holidays] has a region without a country."),
        (SMALL + '[rules.holidays]\ncountry = "DEU"', '[rules.holidays] knows no country "DEU"; did you mean "DE"?'),
        (
            SMALL + '[rules.holidays]\ncountry = "DE"\nregion = "XX"',
            '[rules.holidays] knows no part "XX" of DE, only BB, BE',
        ),
        (IMAP + 'auth = { kind = "password", password = { keyrin = true } }\n' + ME, 'did you mean "keyring"?'),
        (
            IMAP + 'auth = { kind = "password", password = {} }\n' + ME,
            "[account.home.auth] password must be one of { keyring",
        ),
        (
            IMAP + 'auth = { kind = "password", password = { env = "A", file = "b" } }\n' + ME,
            "password must be one of { keyring",
        ),
        (
            IMAP + 'auth = { kind = "password", password = { command = ["msmtp"] } }\n' + ME,
            "a program that can send mail",
        ),
        (IMAP + 'auth = { kind = "token" }\n' + ME, "[account.home.auth] kind must be one of password, oauth."),
        (IMAP + "auth = { password = { keyring = true } }\n" + ME, "[account.home.auth] kind is missing."),
        (
            IMAP + 'host = "imap example"\n' + ME,
            '[account.home] host must be the name of a server, such as "imap.example.com".',
        ),
        (IMAP + 'provider = "icloud mail"\n' + ME, "[account.home] provider must be one of"),
        (
            ME + '[account.home]\nbackend = "imap"\nemail = "j@own.example"',
            "host is missing, and no known provider hosts own.example.",
        ),
        (
            SMALL + '[account.Two]\nbackend = "maildir"\nemail = "x@y.example"\npath = "p"',
            "[account.Two] must be named with small letters",
        ),
        (SMALL + MAILDIR.replace("home", "two"), "[account.home] and [account.two] have the same email"),
        (SMALL + '[calendar.c]\nbackend = "ics"', "[calendar.c] needs one of path, url and secret_url."),
        (
            SMALL + '[calendar.c]\nbackend = "ics"\nurl = "http://cal.example/x"',
            "[calendar.c] url must be an https address",
        ),
        (SMALL + '[calendar.c]\nbackend = "google"\naccount = "hmoe"', '("hmoe"); did you mean "home"?'),
        (
            SMALL + '[calendar.c]\nbackend = "google"\naccount = "home"',
            "account must be a gmail account, and home is maildir.",
        ),
        (SMALL + '[calendar.c]\nbackend = "ics"\nurl = "webcal:cal"', "[calendar.c] url must be an https address"),
        (SMALL + '[calendar.c]\nbackend = "caldav"', "[calendar.c] needs an account or a url."),
        (
            SMALL + '[calendar.c]\nbackend = "caldav"\nurl = "https://dav.example/"\nauth = { kind = "password" }',
            "[calendar.c] has a password and no user.",
        ),
        (
            SMALL + '[calendar.c]\nbackend = "caldav"\naccount = "home"\nuser = "j"\nauth = { kind = "password" }',
            "[calendar.c] shares the sign-in of its account, so it has none of its own.",
        ),
        (
            SMALL + '[calendar.c]\nbackend = "caldav"\naccount = "home"',
            "account must be an imap account, and home is maildir.",
        ),
        (
            SMALL + '[calendar.c]\nbackend = "ics"\nsecret_url = "https://cal.example/x"',
            "[calendar.c] has the address itself as secret_url; that is what url is for.",
        ),
        (SMALL + '[drafts]\naccount = "other"', '[drafts] account names no account here ("other").'),
        (SMALL + '[templates]\nfolder = "letters"', "[templates] folder names no folder that exists (letters)."),
        ("x = [", "It is not valid TOML: invalid value (at end of document)."),
    ],
)
def test_a_mistake_is_one_sentence_that_says_where_and_what(text: str, sentence: str) -> None:
    assert sentence in complaint(text)


def test_several_mistakes_are_all_named_at_once() -> None:
    message = complaint(SMALL + '[drafts]\ntone = "loud"\ncreat = true\n[rules]\nmax_followups = 7\n')
    assert "has 3 mistakes" in message
    assert len(message.splitlines()) == 4


def test_the_next_step_is_to_mend_the_file() -> None:
    with pytest.raises(ConfigError) as caught:
        settings(ME)
    assert "mailwatch config check" in caught.value.next_step


def test_a_read_only_account_without_a_drafts_folder_can_not_be_the_one_for_drafts() -> None:
    mbox = '[account.old]\nbackend = "mbox"\nemail = "j@old.example"\npath = "old"\n[drafts]\naccount = "old"\n'
    assert "[drafts] account names old, which is read-only and has no drafts folder." in complaint(SMALL + mbox)


def test_a_password_that_others_can_read_is_refused_and_never_shown() -> None:
    text = ME + IMAP + 'auth = { kind = "password", password = "hunter2" }\n'
    message = complaint(text, mode=0o644)
    assert "which others can read" in message
    assert "hunter2" not in message


def test_a_calendars_password_that_others_can_read_is_refused_too() -> None:
    auth = 'auth = { kind = "password", password = "hunter2" }\n'
    text = SMALL + f'[calendar.c]\nbackend = "caldav"\nurl = "https://dav.example/"\nuser = "j"\n{auth}'
    assert "[calendar.c] has its password in" in complaint(text, mode=0o644)
    assert settings(text).warnings[0].startswith("[calendar.c] has its password in")


def test_a_wrong_password_entry_does_not_show_what_was_typed() -> None:
    assert "hunter2" not in complaint(ME + IMAP + 'auth = { kind = "password", password = ["hunter2"] }\n')


def test_holidays_without_their_package_say_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(ConfigError, match="not installed") as caught:
        settings(SMALL + '[rules.holidays]\ncountry = "DE"\n')
    assert "inject mailwatch holidays" in caught.value.next_step


def test_a_file_that_is_no_text_is_refused() -> None:
    from mailwatch.config import settings_from_text

    with pytest.raises(ConfigError, match="not UTF-8"):
        settings_from_text(b"\xff\xfe", path=Path("config.toml"), mode=0o600, zone="UTC")
