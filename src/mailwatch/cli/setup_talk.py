"""The conversation of `setup`: what is given by options is not asked for, and nothing is written before it works."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailwatch.cli.session import Session
from mailwatch.cli.setup_calendars import CalendarTalk
from mailwatch.cli.setup_file import TYPED, secret_source, settings_with, text_before, write_config
from mailwatch.cli.setup_given import Given
from mailwatch.errors import AuthError, BackendError, UsageError
from mailwatch.render.screen import shown
from mailwatch.setup import (
    FolderChoice,
    NewAccount,
    Wishes,
    account_name,
    config_text,
    folder_choices,
    local_backend,
    server_of,
    ways_for,
)

if TYPE_CHECKING:
    from mailwatch.provider_catalogue import Provider
    from mailwatch.settings import AccountSettings, Settings

_ADDRESS = re.compile(r"[^@\s<>\"]{1,64}@[A-Za-z0-9.-]{3,253}")
_TRIES = 3
_EMPLOYER = (
    "Your employer can read drafts here and sees that mailwatch has access. Use your private address for drafts; "
    "a work calendar can be read-only."
)

_SIGN_IN = (
    "nothing was written; many providers want an app password here (docs/secrets.md), some another sign-in name "
    "(mailwatch setup --user NAME)"
)


@dataclass(slots=True)
class Talk:
    """One set-up. Nothing is asked where `session.interactive` is false."""

    session: Session
    given: Given
    _before: str = field(default="", init=False)

    def write(self) -> Path:
        """Ask, try, and write the file; its path.

        Raises:
            UsageError: an answer is missing or no use. BackendError: the mailbox can't be reached.
        """
        path = self.session.config_path
        self._before = text_before(path)
        if self.given.calendars and not self.given.email and self._before:
            return write_config(self.session, CalendarTalk(self.session, self.given, self._before).write())
        address = self._address()
        wishes, account = self._wishes(), self._account(address)
        account = self._tried(wishes, account)
        wishes = self._habits(wishes, address, account)
        text = config_text(self._before, wishes, (account,))
        return write_config(self.session, CalendarTalk(self.session, self.given, text).write())

    @property
    def _from_stdin(self) -> bool:
        return self.given.password == TYPED

    # What is asked.

    def _ask(self, question: str, missing: str, default: str = "") -> str:
        """A line from the user; where nobody can be asked, an error that names the option."""
        if not self.session.interactive:
            if default:
                return default
            raise UsageError(f"{missing} is needed and was not given", next_step="mailwatch setup --help")
        answer = click.prompt(question, default=default or None, err=True)
        return str(answer).strip()

    def _address(self) -> str:
        address = ""
        for _ in range(_TRIES):
            address = self.given.email or self._ask("Your e-mail address", "--email")
            if _ADDRESS.fullmatch(address):
                return address
            if self.given.email or not self.session.interactive:
                break
            self.session.say(f"“{shown(address, 60)}” is no e-mail address.")
        raise UsageError(
            f"“{shown(address, 60)}” is no e-mail address", next_step="mailwatch setup --email jo@example.com"
        )

    def _wishes(self) -> Wishes:
        known = self._table("me").get("name", "")
        name = self.given.name or self._ask("Your name, as it stands under letters", "--name", str(known))
        return Wishes(name, {"secrets": {"key": secret_source(self.given.key, "--key")}} if self.given.key else {})

    def _account(self, address: str) -> NewAccount:
        from mailwatch.provider_catalogue import provider_for_domain, provider_named

        provider = provider_named(self.given.provider) if self.given.provider else provider_for_domain(address)
        if self.given.provider and provider is None:
            raise UsageError(f"no provider is called {shown(self.given.provider, 40)}", next_step="ls providers/")
        name = self._name_for(address, provider)
        if self.given.path:
            return self._local(name, address, Path(self.given.path).expanduser())
        backend = self.given.backend or self._way(provider)
        if backend == "imap":
            return self._imap(name, address, provider)
        auth: dict[str, object] = {"kind": "oauth"}
        if self.given.client:
            is_file = Path(self.given.client).expanduser().is_file()
            auth["client_file" if is_file else "client_id"] = self.given.client
        return NewAccount(name, {"backend": backend, "email": address}, auth)

    def _name_for(self, address: str, provider: Provider | None) -> str:
        """The name of the account that has this address already, else a new one."""
        there = self._table("account")
        same = [name for name, table in there.items() if str(table.get("email", "")).casefold() == address.casefold()]
        if self.given.path:  # mail on this computer is called "mail", not after who delivered it once
            address, provider = "", None
        return same[0] if same else account_name(address, provider, set(there))

    def _way(self, provider: Provider | None) -> str:
        ways = ways_for(provider)
        if len(ways) == 1 or not self.session.interactive:
            return ways[0].backend
        self.session.say(f"{provider.title if provider else 'This mailbox'} can be reached in {len(ways)} ways:")
        return ways[self._choice([way.title for way in ways])].backend

    def _choice(self, titles: list[str]) -> int:
        for number, title in enumerate(titles, 1):
            self.session.say(f"  {number}  {shown(title, 200)}")
        return int(click.prompt("Which one", type=click.IntRange(1, len(titles)), default=1, err=True)) - 1

    def _local(self, name: str, address: str, path: Path) -> NewAccount:
        if not path.exists():
            raise UsageError(
                f"there is nothing at {path}", next_step="name a Maildir, an mbox file or a folder of .eml files"
            )
        chosen = {key: value for key, value in (("drafts", self.given.drafts), ("sent", self.given.sent)) if value}
        return NewAccount(
            name, {"backend": local_backend(path), "email": address, "path": str(path.absolute()), **chosen}
        )

    def _imap(self, name: str, address: str, provider: Provider | None) -> NewAccount:
        keys: dict[str, object] = {"backend": "imap", "email": address}
        if self.given.provider:
            keys["provider"] = self.given.provider
        if self.given.host:
            keys.update(_present(host=self.given.host, port=self.given.port, tls=self.given.tls))
        elif provider is None:
            keys.update(self._discovered(address))
        keys.update(_present(user=self.given.user, ca_file=self.given.ca_file))
        return NewAccount(
            name, keys, {"kind": "password", "password": secret_source(self.given.password or TYPED, "--password")}
        )

    def _discovered(self, address: str) -> dict[str, object]:
        domain = address.rpartition("@")[2]
        self.session.say(f"Looking for the mail server of {shown(domain, 100)} (only this name is asked about) …")
        server = server_of(address)
        if server is None:
            host = self._ask("It does not say. The IMAP server's name", "--host")
            return {"host": host}
        self.session.say(f"Found {server.host}.")
        user = {"user": address.partition("@")[0]} if server.login == "local-part" else {}
        return {"host": server.host, "port": server.port, "tls": server.tls, **user}

    # What is tried.

    def _tried(self, wishes: Wishes, account: NewAccount) -> NewAccount:
        """The account after a sign-in that worked, with its folders; another server's name may be given in between."""
        for left in reversed(range(_TRIES)):
            settings = self._settings(wishes, account)
            try:
                self._sign_in(settings, account.name)
                return self._with_folders(settings, account)
            except AuthError as error:
                if account.keys["backend"] == "imap":  # what it names otherwise, the configuration, is not written yet
                    error.next_step = _SIGN_IN
                raise
            except BackendError as error:
                if not left or not self.session.interactive or account.keys["backend"] != "imap":
                    raise
                self.session.say(error.message)
                host = self._ask("The IMAP server's name", "--host", str(account.keys.get("host", "")))
                account = NewAccount(account.name, {**account.keys, "host": host}, account.auth)
        raise AssertionError

    def _settings(self, wishes: Wishes, account: NewAccount) -> Settings:
        return settings_with(self.session, config_text(self._before, wishes, (account,)))

    def _sign_in(self, settings: Settings, name: str) -> None:
        from mailwatch.accounts import desk_for
        from mailwatch.auth import kind_of, sign_in_for
        from mailwatch.cli.auth import UNLOCKING
        from mailwatch.cli.auth_asker import Terminal

        account = _named(settings, name)
        if not kind_of(account):
            return
        patience = {"patience": UNLOCKING} if self.session.interactive else {}
        desk = desk_for(settings, self.session.environment, **patience)
        sign_in_for(account, desk).login(Terminal(self.session, from_stdin=self._from_stdin), now=self.session.now)

    def _with_folders(self, settings: Settings, account: NewAccount) -> NewAccount:
        if account.keys["backend"] != "imap":
            return account
        from mailwatch.accounts import desk_for
        from mailwatch.auth.imap_server import imap_server
        from mailwatch.auth.kinds import secret_of
        from mailwatch.backends.imap import Secret

        found = _named(settings, account.name)
        desk = desk_for(settings, self.session.environment)
        given = _present(drafts=self.given.drafts, sent=self.given.sent)
        choices = folder_choices(imap_server(found, lambda: Secret(secret_of(found, desk))))
        chosen = {one.use.value: self._folder(one) for one in choices if not one.sure and one.use.value not in given}
        return NewAccount(account.name, {**account.keys, **given, **chosen}, account.auth)

    def _folder(self, choice: FolderChoice) -> str:
        use = choice.use.value
        if not choice.likely or not self.session.interactive:
            there = ", ".join(choice.likely[:12])
            raise UsageError(
                f"no folder can be told to be {use.capitalize()}, and mailwatch creates none",
                next_step=f"name it: --{use} FOLDER (there are: {there})"
                if there
                else f"there is no folder but the inbox: make one called {use.capitalize()} in your mail program, then again",
            )
        self.session.say(f"Which folder is your {use.capitalize()}?")
        return choice.likely[self._choice(list(choice.likely))]

    # What is wished besides.

    def _habits(self, wishes: Wishes, address: str, account: NewAccount) -> Wishes:
        from mailwatch.provider_catalogue import provider_for_domain

        own = account.keys["backend"] in {"maildir", "mbox", "eml"} or provider_for_domain(address) is not None
        employer = (
            not own
            and self.session.interactive
            and click.confirm("Does this address come from an employer?", default=False, err=True)
        )
        if employer:
            self.session.say(_EMPLOYER)
        save = self.given.save
        if save is None and self.session.interactive:
            save = click.confirm(
                "Save drafts in this mailbox? (No only tells you what is due)", default=not employer, err=True
            )
        notify = self.given.notify
        if notify is None and self.session.interactive and find_spec("desktop_notifier") is not None:
            notify = click.confirm(
                "Notifications on this desktop? At most three a day, and they name nobody", default=True, err=True
            )
        habits = {} if save is None else {"drafts": {"create": save}}
        habits |= {} if notify is None else {"notify": {"desktop": notify}}
        return Wishes(wishes.name, {**wishes.tables, **habits})

    def _table(self, name: str) -> Mapping[str, Any]:
        import tomllib

        found = tomllib.loads(self._before).get(name, {}) if self._before else {}
        return found if isinstance(found, dict) else {}


def _present(**values: object) -> dict[str, object]:
    return {key: value for key, value in values.items() if value}


def _named(settings: Settings, name: str) -> AccountSettings:
    return next(account for account in settings.accounts if account.name == name)
