"""Calendars in `setup`: found or named, signed in to, tried, and only then written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from mailwatch.cli.auth_asker import Terminal, nobody
from mailwatch.cli.session import Session
from mailwatch.cli.setup_file import secret_source, settings_with
from mailwatch.core.addresses import registrable_domain
from mailwatch.errors import UsageError
from mailwatch.render.screen import shown
from mailwatch.setup import NewCalendar, Wishes, calendar_offers, config_text

if TYPE_CHECKING:
    from mailwatch.cli.setup_given import Given
    from mailwatch.settings import AccountSettings, CalendarSettings, Settings

_FILE, _FEED, _SERVER = "an .ics file, or a folder of them", "a feed: a secret .ics address", "a CalDAV server"


@dataclass(slots=True)
class _Handed:
    """A secret that was given as an option, for a sign-in that would ask for it (satisfies auth.Asker)."""

    session: Session
    text: str
    interactive: bool = False

    def say(self, text: str) -> None:
        """Talk, on standard error."""
        self.session.say(text)

    def line(self, question: str) -> str:  # noqa: ARG002
        """Nobody is asked."""
        nobody()

    def secret(self, question: str) -> str:  # noqa: ARG002
        """The secret."""
        return self.text

    def browse(self, url: str) -> bool:  # noqa: ARG002
        """No browser."""
        return False


@dataclass(slots=True)
class CalendarTalk:
    """The calendars of one set-up. text: the configuration up to now, without them."""

    session: Session
    given: Given
    text: str

    def write(self) -> str:
        """The configuration with the calendars that were given or chosen; each has been read once.

        Raises:
            UsageError: an answer is missing or no use. BackendError: a calendar can't be read.
        """
        for address in self.given.calendars:
            self.text = self._with(address) if address else self._chosen()
        return self.text

    def _chosen(self) -> str:
        """A calendar chosen from what the accounts have, or described by answers."""
        if not self.session.interactive:
            raise UsageError("--calendar needs an address here", next_step="mailwatch setup --calendar ADDRESS")
        settings = self._settings()
        offers = calendar_offers(settings)
        pages = [one.page for one in offers if one.page]
        ways = [one for one in offers if not one.page]
        titles = [*(one.title for one in ways), _FILE, _FEED, _SERVER]
        self.session.say("Which calendar?")
        for number, title in enumerate(titles, 1):
            self.session.say(f"  {number}  {shown(title, 200)}")
        number = int(click.prompt("Which one", type=click.IntRange(1, len(titles)), default=1, err=True))
        if number <= len(ways):
            offer = ways[number - 1]
            return self._tried(NewCalendar(self._name(offer.account), offer.keys))
        if titles[number - 1] == _FEED:
            for page in pages:
                self.session.say(f"The secret address stands here: {page}")
            return self._feed(Terminal(self.session))
        what = "Its place" if titles[number - 1] == _FILE else "Its address"
        return self._with(str(click.prompt(what, err=True)).strip())

    def _with(self, address: str) -> str:
        scheme, colon, rest = address.partition("://")
        if not colon:
            path = Path(address).expanduser().absolute()
            if not path.exists():
                raise UsageError(f"there is no calendar at {path}", next_step="name an .ics file or a folder of them")
            return self._tried(NewCalendar(self._name(), {"backend": "ics", "path": str(path)}))
        if scheme.casefold() in {"webcal", "webcals"} or rest.partition("?")[0].casefold().endswith(".ics"):
            return self._feed(_Handed(self.session, address))
        return self._server(address)

    def _feed(self, asker: Terminal | _Handed) -> str:
        """A feed. Knowing its address is often enough to read it, so the address is kept like a password."""
        calendar = NewCalendar(self._name(), {"backend": "ics", **self._ca(), "secret_url": {"keyring": True}})
        self._sign_in(calendar, asker)
        self.session.say(f"The address of {calendar.name} is kept among the secrets, not in the configuration.")
        return self._put(calendar)

    def _server(self, url: str) -> str:
        """A CalDAV server, with the sign-in of an account where it is the same, else with one of its own."""
        keys: dict[str, object] = {"backend": "caldav", "url": url, **self._ca()}
        account = self._sharing(url)
        if account:
            return self._tried(NewCalendar(self._name(), {**keys, "account": account}))
        user = self.given.calendar_user or ""
        if not user and self.session.interactive:
            user = str(
                click.prompt(
                    "Your sign-in name there (empty: it asks for none)", default="", show_default=False, err=True
                )
            )
        if not user:
            return self._tried(NewCalendar(self._name(), keys))
        source = secret_source(self.given.calendar_password or "stdin", "--calendar-password")
        calendar = NewCalendar(self._name(), {**keys, "user": user.strip()}, {"kind": "password", "password": source})
        self._sign_in(calendar, Terminal(self.session, from_stdin=self.given.calendar_password == "stdin"))  # noqa: S105
        return self._tried(calendar)

    def _sharing(self, url: str) -> str:
        """The account whose password opens this server too; a password goes nowhere else unless the user says so."""
        if self.given.calendar_user:
            return ""
        host = urlsplit(url).hostname or ""
        for account in self._settings().accounts:
            if account.sign_in is None or account.sign_in.kind != "password":
                continue
            same = _same_owner(host, account)
            if not self.session.interactive:
                if same:
                    return account.name
            elif click.confirm(f"Does {shown(host, 100)} take the sign-in of {account.email}?", default=same, err=True):
                return account.name
        return ""

    # What is tried, and written down.

    def _sign_in(self, calendar: NewCalendar, asker: Terminal | _Handed) -> None:
        from mailwatch.accounts import desk_for
        from mailwatch.auth import sign_in_for
        from mailwatch.cli.auth import UNLOCKING

        settings = self._settings(calendar)
        patience = {"patience": UNLOCKING} if self.session.interactive else {}
        desk = desk_for(settings, self.session.environment, **patience)
        sign_in_for(_named(settings, calendar.name), desk).login(asker, now=self.session.now)

    def _tried(self, calendar: NewCalendar) -> str:
        """The configuration with a calendar that could be read."""
        found = self._titles(calendar)
        if found:
            self.session.say(f"Found {', '.join(shown(title, 60) for title in found[:12])}.")
        return self._put(calendar)

    def _titles(self, calendar: NewCalendar) -> tuple[str, ...]:
        from mailwatch.accounts import desk_for, open_accounts
        from mailwatch.sandbox import WorkerParser
        from mailwatch.setup import titles_of

        settings = self._settings(calendar)
        with WorkerParser() as parser:
            opened = open_accounts(settings, parser, desk=desk_for(settings, self.session.environment))
            try:
                one = next(item for item in opened.calendars if item.name == calendar.name)
                return titles_of(one, now=self.session.now)
            finally:
                opened.close()

    def _put(self, calendar: NewCalendar) -> str:
        return config_text(self.text, Wishes(), (), (calendar,))

    def _settings(self, calendar: NewCalendar | None = None) -> Settings:
        return settings_with(self.session, self._put(calendar) if calendar else self.text)

    def _ca(self) -> Mapping[str, object]:
        return {"ca_file": self.given.ca_file} if self.given.ca_file else {}

    def _name(self, wish: str = "") -> str:
        taken = {one.name for one in self._settings().calendars}
        return next(name for name in _names(wish or "calendar") if name not in taken)


def _names(base: str) -> Iterator[str]:
    yield base
    yield from (f"{base}{number}" for number in range(2, 100))


def _named(settings: Settings, name: str) -> CalendarSettings:
    return next(one for one in settings.calendars if one.name == name)


def _same_owner(host: str, account: AccountSettings) -> bool:
    """Does a server belong to whom the account's own server belongs, or to the address's domain?"""
    own = {account.server.host if account.server else "", account.email.rpartition("@")[2]} - {""}
    if host in own or host.replace(".", "").isdecimal() or ":" in host:  # numbers have no owner that could be told
        return host in own
    return registrable_domain(host) in {registrable_domain(name) for name in own}
