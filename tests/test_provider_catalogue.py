from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from mailwatch.errors import MailwatchError
from mailwatch.provider_catalogue import (
    Provider,
    provider_for_domain,
    provider_from_text,
    provider_named,
    providers,
    providers_folder,
)

TOP = Path(__file__).resolve().parent.parent
SMALL = 'title = "T"\ndomains = ["t.example"]\nbackends = ["imap"]\nsign_in = ["password"]\n'


def every_provider() -> list[pytest.param]:
    return [pytest.param(provider, id=provider.name) for provider in providers()]


def test_the_best_known_providers_are_there() -> None:
    known = {provider.name for provider in providers()}
    assert {"gmail", "outlook", "icloud", "fastmail", "yahoo", "gmx", "proton-bridge"} <= known


def test_there_are_providers_on_every_continent_that_has_many_of_them() -> None:
    assert len(providers()) >= 50
    addresses = ["j@aol.com", "j@web.de", "j@orange.fr", "j@libero.it", "j@ziggo.nl", "j@onet.pl", "j@yandex.ru", "j@naver.com", "j@qq.com",
                 "j@uol.com.br", "j@bigpond.com", "j@zoho.in"]  # fmt: skip
    assert [address for address in addresses if provider_for_domain(address) is None] == []


@pytest.mark.parametrize("provider", every_provider())
def test_texts_for_the_user_are_sentences_and_calendars_whole_addresses(provider: Provider) -> None:
    assert not provider.note or provider.note.endswith(".")
    assert not provider.calendar.caldav or provider.calendar.caldav.endswith("/")
    assert bool(provider.oauth) == ("oauth" in provider.sign_in)


@pytest.mark.parametrize("provider", every_provider())
def test_every_provider_can_be_reached_and_explained(provider: Provider) -> None:
    assert provider.title
    assert provider.imap is not None
    assert re.fullmatch(r"[a-z0-9.-]+", provider.imap.host)
    assert 0 < provider.imap.port < 65536
    assert provider.folders.drafts
    assert provider.folders.sent
    links = [
        provider.calendar.caldav,
        provider.calendar.secret_ics_page,
        provider.pages.app_password,
        provider.pages.enable_imap,
    ]
    assert all(link.startswith("https://") for link in links if link)


@pytest.mark.parametrize("provider", every_provider())
def test_a_provider_that_wants_an_app_password_says_where_to_get_one(provider: Provider) -> None:
    if provider.sign_in[0] == "app-password":
        assert provider.pages.app_password


@pytest.mark.parametrize("provider", every_provider())
def test_names_and_domains_are_written_in_the_one_form_that_is_looked_up(provider: Provider) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", provider.name)
    assert all(domain == domain.casefold().strip() and "@" not in domain for domain in provider.domains)


def test_no_domain_belongs_to_two_providers() -> None:
    domains = [domain for provider in providers() for domain in provider.domains]
    assert len(domains) == len(set(domains))


@pytest.mark.parametrize("text", ["gmail.com", "GMail.COM", "jordan@gmail.com", " gmail.com "])
def test_a_domain_is_found_however_it_is_typed(text: str) -> None:
    provider = provider_for_domain(text)
    assert provider is not None
    assert provider.name == "gmail"


@pytest.mark.parametrize("text", ["", "notgmail.com", "gmail.com.example", "acme.example"])
def test_a_domain_that_only_resembles_a_known_one_has_no_provider(text: str) -> None:
    assert provider_for_domain(text) is None


def test_a_provider_is_found_by_its_name_only() -> None:
    assert provider_named("fastmail") is not None
    assert provider_named("Fastmail Inc") is None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (SMALL + "prot = 993\n", "prot"),
        (SMALL.replace('"imap"', '"smtp"'), "smtp"),
        (SMALL + '[imap]\nhost = "h"\nport = "993"\n', "port"),
        (SMALL + 'quirks = ["slow"]\n', "slow"),
        ("title = ", "can't be used"),
    ],
)
def test_a_broken_provider_file_is_named_with_what_is_wrong(text: str, complaint: str) -> None:
    with pytest.raises(MailwatchError, match=complaint) as caught:
        provider_from_text("some", text)
    assert "providers/some.toml" in caught.value.message


def test_an_editable_install_reads_the_source_tree() -> None:
    assert providers_folder(TOP / "src" / "mailwatch") == TOP / "providers"


def test_an_installation_without_provider_files_says_so(tmp_path: Path) -> None:
    with pytest.raises(MailwatchError, match="no provider files"):
        providers_folder(tmp_path / "lib" / "mailwatch")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package folder as a wheel installs it: built here, unpacked like pip does."""
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(TOP)],
        check=True,
        capture_output=True,
    )
    (wheel,) = out.glob("mailwatch-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(out / "site")
    return out / "site" / "mailwatch"


def test_a_wheel_carries_every_provider_file_unchanged(installed: Path) -> None:
    folder = providers_folder(installed)
    assert folder == installed / "providers"
    shipped = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert shipped == {file.name: file.read_bytes() for file in (TOP / "providers").iterdir()}


def test_an_installed_package_answers_from_its_own_files(installed: Path) -> None:
    code = "import mailwatch.provider_catalogue as c; print(c.__file__, c.provider_for_domain('me.com').name)"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=installed.parent,
        env={"PYTHONPATH": str(installed.parent)},
        check=True,
        capture_output=True,
        text=True,
    )
    where, name = ran.stdout.split()
    assert Path(where).parent == installed
    assert name == "icloud"
