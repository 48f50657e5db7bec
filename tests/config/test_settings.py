from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from mailwatch.config.days_off import days_off
from mailwatch.core.model import Detection, Policy
from mailwatch.errors import ConfigError
from mailwatch.places import config_path, state_folder
from mailwatch.settings import Endpoints, SecretSource, ServerSettings, SignInSettings
from tests.config.builders import HOME, MAILDIR, ME, SMALL, settings

IMAP = '[account.home]\nbackend = "imap"\n'


def test_a_small_file_means_the_documented_defaults() -> None:
    made = settings(SMALL)
    assert made.policy == Policy()
    assert made.first_run == "ask"
    assert made.privacy.keep_days == 180
    assert made.service.interval == timedelta(minutes=15)
    assert made.notify.quiet == (time(21), time(8))
    assert made.warnings == ()
    assert made.path == str(HOME)


def test_the_user_is_known_by_every_address_in_the_file() -> None:
    made = settings(
        '[me]\nname = "Jordan Reyes"\naddresses = ["Jordan@Reyes.example"]\nlanguage = ["de", "en"]\nsignature = "Jordan"\n'
        + MAILDIR
    )
    assert made.me.addresses == {"jordan@reyes.example", "jordan@example.com"}
    assert made.me.primary == "jordan@example.com"
    assert made.me.languages == ("de", "en")
    assert made.me.signature == "Jordan"


def test_what_is_rated_in_a_debrief_is_the_users_choice() -> None:
    assert settings(SMALL).ratings == ("work", "people", "pay", "place")
    made = settings(SMALL + '[debrief]\nratings = ["Sense", "way there", "sense"]\n')
    assert made.ratings == ("sense", "way there")
    assert settings(SMALL + "[debrief]\nratings = []\n").ratings == ()


def test_one_language_needs_no_brackets() -> None:
    assert settings('[me]\nname = "J"\nlanguage = "fr"\n' + MAILDIR).me.languages == ("fr",)


def test_without_a_zone_in_the_file_the_computers_counts() -> None:
    assert settings(SMALL).me.zone == "Europe/Lisbon"
    assert settings(ME + 'timezone = "Asia/Tokyo"\n' + MAILDIR).me.zone == "Asia/Tokyo"


def test_every_rule_of_the_policy_can_be_set() -> None:
    made = settings(
        SMALL
        + """
[rules]
thank_you_after = "60m"
followup_after_promise = "5bd"
away_return = "1bd"
max_followups = 1
informational_thanks = true
[drafts]
create = false
account = "home"
tone = "formal"
first_run = "save"
max_per_run = 4
settle = "300s"
[detect]
extra_words = ["casting"]
ignore_senders = ["Events@School.example"]
ignore_domains = ["@Club.example"]
"""
    )
    assert made.policy == Policy(
        thank_you_after=timedelta(hours=1),
        followup_after_promise_bd=5,
        away_return_bd=1,
        max_followups=1,
        informational_thanks=True,
        create_drafts=False,
        draft_account="jordan@example.com",
        tone="formal",
        max_per_run=4,
        settle=timedelta(minutes=5),
        detection=Detection(("casting",), frozenset({"events@school.example"}), frozenset({"club.example"})),
    )
    assert made.first_run == "save"


def test_no_number_of_the_policy_is_out_of_the_users_reach() -> None:
    from mailwatch.config.models import DraftsSection, RulesSection

    by_command_or_account = {"paused_until", "muted", "look_back", "detection", "create_drafts", "draft_account"}
    settable = set(RulesSection.model_fields) | set(DraftsSection.model_fields) | by_command_or_account
    assert {name.removesuffix("_bd") for name in Policy.__dataclass_fields__} <= settable


def test_the_account_for_drafts_gives_the_users_main_address() -> None:
    other = (
        '[account.private]\nbackend = "maildir"\nemail = "j@reyes.example"\npath = "p"\n[drafts]\naccount = "private"\n'
    )
    assert settings(SMALL + other).me.primary == "j@reyes.example"


def test_the_look_back_is_that_of_the_account_that_looks_back_furthest() -> None:
    other = '[account.private]\nbackend = "maildir"\nemail = "j@reyes.example"\npath = "p"\nsince = "120d"\n'
    assert settings(SMALL + other).policy.look_back == timedelta(days=120)


def test_paths_start_at_home_or_at_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/jordan")
    made = settings(
        ME
        + '[account.home]\nbackend = "maildir"\nemail = "a@b.example"\npath = "~/Mail"\ndrafts = "Entwürfe"\n'
        + '[account.old]\nbackend = "mbox"\nemail = "c@b.example"\npath = "old.mbox"\ndrafts = "~/Drafts"\n'
        + '[calendar.own]\nbackend = "ics"\npath = "cal.ics"\n'
    )
    home, old = made.accounts
    assert (home.path, home.drafts) == ("/home/jordan/Mail", "Entwürfe")
    assert (old.path, old.drafts, old.sent) == (str(HOME.parent / "old.mbox"), "/home/jordan/Drafts", "")
    assert made.calendars[0].path == str(HOME.parent / "cal.ics")


@pytest.mark.parametrize(
    ("lines", "server"),
    [
        ('email = "j@icloud.com"', ServerSettings("imap.mail.me.com", 993, "implicit", "j")),
        (
            'email = "j@x.example"\nprovider = "fastmail"',
            ServerSettings("imap.fastmail.com", 993, "implicit", "j@x.example"),
        ),
        ('email = "j@proton.me"', ServerSettings("127.0.0.1", 1143, "starttls", "j@proton.me")),
        (
            'email = "j@x.example"\nhost = "mail.x.example"',
            ServerSettings("mail.x.example", 993, "implicit", "j@x.example"),
        ),
        (
            'email = "j@x.example"\nhost = "mail.x.example"\ntls = "starttls"\nuser = "jr"',
            ServerSettings("mail.x.example", 143, "starttls", "jr"),
        ),
        (
            'email = "j@gmail.com"\nhost = "127.0.0.1"\nport = 10143',
            ServerSettings("127.0.0.1", 10143, "implicit", "j@gmail.com"),
        ),
    ],
)
def test_an_imap_server_comes_from_the_file_or_from_its_provider(lines: str, server: ServerSettings) -> None:
    assert settings(ME + IMAP + lines).accounts[0].server == server


@pytest.mark.parametrize(
    ("written", "source"),
    [
        ("{ keyring = true }", SecretSource("keyring")),
        ('{ command = ["pass", "mail/home"] }', SecretSource("command", ("pass", "mail/home"))),
        ('{ env = "MAIL_PASSWORD" }', SecretSource("env", ("MAIL_PASSWORD",))),
        ('{ file = "~/.secret" }', SecretSource("file", ("{home}/.secret",))),
        ('{ credential = "mail" }', SecretSource("credential", ("mail",))),
    ],
)
def test_a_password_can_be_kept_in_five_places(written: str, source: SecretSource) -> None:
    made = settings(ME + IMAP + f'email = "j@icloud.com"\n[account.home.auth]\nkind = "password"\npassword = {written}')
    meant = replace(source, value=tuple(word.format(home=Path.home()) for word in source.value))
    assert made.accounts[0].sign_in == SignInSettings("password", password=meant)


def test_a_relative_file_with_a_password_lies_beside_the_configuration(tmp_path: Path) -> None:
    text = ME + IMAP + 'email = "j@icloud.com"\n[account.home.auth]\nkind = "password"\npassword = { file = "pw" }'
    (account,) = settings(text, path=tmp_path / "config.toml").accounts
    assert account.sign_in
    assert account.sign_in.password == SecretSource("file", (str(tmp_path / "pw"),))


def test_the_key_of_the_sealed_file_can_be_kept_elsewhere_but_not_in_the_configuration() -> None:
    text = ME + IMAP + 'email = "j@icloud.com"\n[secrets]\nkey = '
    assert settings(text + '{ command = ["pass", "mailwatch"] }').secret_key == SecretSource(
        "command", ("pass", "mailwatch")
    )
    with pytest.raises(ConfigError, match="protects nothing"):
        settings(text + '"0123456789abcdef"')


def test_a_password_in_the_file_itself_is_allowed_with_a_warning_and_not_carried_along() -> None:
    made = settings(
        ME + IMAP + 'email = "j@icloud.com"\nauth = { kind = "password", password = "hunter2" }', mode=0o600
    )
    assert made.accounts[0].sign_in == SignInSettings("password", password=SecretSource("config"))
    assert "hunter2" not in repr(made)
    assert "a better place" in made.warnings[0]


def test_browser_sign_in_carries_the_users_own_registration() -> None:
    made = settings(
        ME
        + '[account.work]\nbackend = "graph"\nemail = "j@outlook.com"\nauthority_url = "http://127.0.0.1:8000"\n'
        + 'auth = { kind = "oauth", client_id = "123", tenant = "consumers" }\n'
        + '[calendar.work]\nbackend = "graph"\naccount = "work"\ncalendars = ["Calendar"]\n'
    )
    assert made.accounts[0].sign_in == SignInSettings("oauth", client_id="123", tenant="consumers")
    assert made.accounts[0].endpoints == Endpoints(authority="http://127.0.0.1:8000")
    assert made.calendars[0].account == "work"
    assert made.calendars[0].calendars == ("Calendar",)


def test_gmail_signs_in_through_the_browser_unless_told_otherwise() -> None:
    made = settings(ME + '[account.g]\nbackend = "gmail"\nemail = "j@gmail.com"\n')
    assert made.accounts[0].sign_in == SignInSettings("oauth")


def test_a_feed_in_a_readable_file_gets_a_warning() -> None:
    feed = '[calendar.web]\nbackend = "ics"\nurl = "https://calendar.example/private-1/me.ics"\n'
    assert settings(SMALL + feed, mode=0o600).warnings == ()
    assert "may be a secret" in settings(SMALL + feed, mode=0o644).warnings[0]


def test_a_feed_may_be_spelt_webcal() -> None:
    feed = '[calendar.web]\nbackend = "ics"\nurl = "webcal://calendar.example/me.ics"\n'
    assert settings(SMALL + feed).calendars[0].url == "webcal://calendar.example/me.ics"


@pytest.mark.scenario("F5")
def test_holidays_of_the_users_region_and_of_others_become_days_off() -> None:
    made = settings(SMALL + '[rules.holidays]\ncountry = "DE"\nregion = "BE"\nalso = ["us-ca"]\n')
    assert date(2026, 3, 8) in made.policy.holidays  # Women's Day: Berlin, not all of Germany
    assert date(2026, 7, 4) in made.policy.holidays
    assert date(2026, 3, 8) not in days_off(["DE"])


def test_without_a_country_no_day_is_off() -> None:
    assert days_off([]) == frozenset()


def test_files_lie_where_the_environment_says() -> None:
    assert config_path({"MAILWATCH_CONFIG": "/tmp/a.toml"}) == Path("/tmp/a.toml")
    assert state_folder({"MAILWATCH_STATE": "/tmp/state"}) == Path("/tmp/state")


def test_files_lie_in_the_platforms_folders_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/tmp/c")
    monkeypatch.setenv("XDG_STATE_HOME", "/tmp/s")
    assert config_path({}).name == "config.toml"
    assert config_path({}).parent.name == "mailwatch"
    assert state_folder({}).name == "mailwatch"


def test_a_caldav_calendar_signs_in_with_its_account_or_by_itself() -> None:
    shared = '[calendar.a]\nbackend = "caldav"\naccount = "home"\ncalendars = ["Work"]\n'
    own = '[calendar.b]\nbackend = "caldav"\nurl = "https://dav.example/"\nuser = "jordan"\n'
    open_ = '[calendar.c]\nbackend = "caldav"\nurl = "http://127.0.0.1:5232/"\n'
    home = '[account.home]\nbackend = "imap"\nemail = "j@icloud.com"\n'
    made = {each.name: each for each in settings(ME + home + shared + own + open_).calendars}
    assert (made["a"].account, made["a"].calendars, made["a"].sign_in) == ("home", ("Work",), None)
    assert made["b"].sign_in == SignInSettings("password", password=SecretSource("keyring"))
    assert made["b"].user == "jordan"
    assert made["c"].sign_in is None


def test_the_secret_address_of_a_feed_can_be_kept_with_the_secrets(tmp_path: Path) -> None:
    feed = '[calendar.web]\nbackend = "ics"\nsecret_url = '
    (made,) = settings(SMALL + feed + "{ keyring = true }").calendars
    assert made.secret_url == SecretSource("keyring")
    (made,) = settings(SMALL + feed + '{ file = "feed" }', path=tmp_path / "c.toml").calendars
    assert made.secret_url == SecretSource("file", (str(tmp_path / "feed"),))
