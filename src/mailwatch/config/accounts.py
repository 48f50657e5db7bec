"""Accounts and calendars in the configuration file: one model per backend, so that a key in the wrong one is an error."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from mailwatch.config.fields import Duration, FeedUrl, Host, MailAddress, Port, Url, wrong
from mailwatch.process_guard import MAILERS, program_name
from mailwatch.settings import SecretSource

_SINCE = timedelta(days=90)
_KEPT_KINDS = ("keyring", "command", "env", "file", "credential")
_KEPT_IN = 'must be one of { keyring = true }, { command = ["program", "word"] }, { env = "NAME" }, { file = "path" }, { credential = "name" }'


class Table(BaseModel):
    """A table of the file: unknown keys are errors, and a wrong type is never bent into the right one."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _secret(value: object) -> SecretSource:
    """Where a password is kept. One that is written into the file itself is left there: the record only says so."""
    if isinstance(value, str) and value:
        return SecretSource("config")
    match value:
        case {"keyring": True, **rest} if not rest:
            return SecretSource("keyring")
        case {"command": [str(program), *words], **rest} if not rest and all(isinstance(word, str) for word in words):
            if program_name(program) in MAILERS:
                raise wrong(f'starts "{program}", a program that can send mail; mailwatch never starts one')
            return SecretSource("command", (program, *words))
        case {"env": str(name), **rest} if name and not rest:
            return SecretSource("env", (name,))
        case {"file": str(name), **rest} if name and not rest:
            return SecretSource("file", (name,))
        case {"credential": str(name), **rest} if name and not rest:
            return SecretSource("credential", (name,))
    keys = [key for key in value if key not in _KEPT_KINDS] if isinstance(value, dict) else []
    raise wrong(_KEPT_IN, choices=_KEPT_KINDS, given=str(keys[0])) if keys else wrong(_KEPT_IN)


_SECRET_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "string", "description": "the password itself; the file must then be readable by you alone"},
        {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
            "properties": {
                "keyring": {"const": True},
                "command": {"type": "array", "items": {"type": "string"}, "minItems": 1},
                "env": {"type": "string"},
                "file": {"type": "string"},
                "credential": {"type": "string"},
            },
        },
    ]
}
Secret = Annotated[SecretSource, BeforeValidator(_secret), WithJsonSchema(_SECRET_SCHEMA)]


class PasswordAuth(Table):
    """Sign-in with a password, best one made for mailwatch alone (an app password)."""

    kind: Literal["password"] = Field(default="password", description="A password.")
    password: Secret = Field(
        default=SecretSource("keyring"),
        description="Where the password is kept: a keyring, a command, a variable, a file or a systemd credential.",
        examples=[{"keyring": True}],
    )


class OauthAuth(Table):
    """Sign-in in the browser, with a client registration of your own."""

    kind: Literal["oauth"] = Field(default="oauth", description="Sign-in in the browser.")
    client_file: str = Field(
        default="", description="The client file that Google gave you.", examples=["~/client.json"]
    )
    client_id: str = Field(default="", description="… or the id of your registration.", examples=["00000000-…"])
    tenant: str = Field(default="common", description="Microsoft only: common, consumers, or a tenant.")


Auth = Annotated[PasswordAuth | OauthAuth, Field(discriminator="kind")]


class MailAccount(Table):
    """What every mail account has."""

    email: MailAddress = Field(description="The address of this mailbox.", examples=["jordan@example.com"])
    since: Duration = Field(default=_SINCE, description="How far back the first look goes.")
    required: bool = Field(
        default=True, description='Letters that rest on "no answer came" wait until this account has been read.'
    )
    drafts: str = Field(default="", description="The folder for drafts; empty finds it.", examples=["Drafts"])
    sent: str = Field(default="", description="The folder with sent mail; empty finds it.", examples=["Sent"])
    folders: list[str] = Field(
        default=[], description="Incoming folders to watch; empty watches all that matter.", examples=[["INBOX"]]
    )


class MaildirAccount(MailAccount):
    """A Maildir, as mbsync, offlineimap or a mail server write it."""

    title: ClassVar = "mail in a Maildir on this computer"
    backend: Literal["maildir"] = Field(description="A Maildir on this computer.")
    path: str = Field(min_length=1, description="The mail folder.", examples=["~/Mail"])


class MboxAccount(MailAccount):
    """An mbox file. Read-only: drafts go to a Maildir beside it."""

    title: ClassVar = "mail in mbox files"
    backend: Literal["mbox"] = Field(description="An mbox file, read-only.")
    path: str = Field(
        min_length=1, description="The file with incoming mail, or a folder of mbox files.", examples=["~/mbox"]
    )
    drafts: str = Field(default="", description="A Maildir for drafts; empty makes none.", examples=["~/Mail/Drafts"])
    sent: str = Field(
        default="", description="The mbox file with sent mail; empty finds it in the folder.", examples=["~/sent"]
    )


class EmlAccount(MailAccount):
    """A folder of .eml files. Read-only: drafts go to a Maildir beside it."""

    title: ClassVar = "mail in a folder of .eml files"
    backend: Literal["eml"] = Field(description="A folder of .eml files, read-only.")
    path: str = Field(min_length=1, description="The folder with incoming mail.", examples=["~/eml/inbox"])
    drafts: str = Field(default="", description="A Maildir for drafts; empty makes none.", examples=["~/Mail/Drafts"])
    sent: str = Field(
        default="", description="The folder with sent mail; empty finds it below path.", examples=["~/eml/sent"]
    )


class ImapAccount(MailAccount):
    """An IMAP server."""

    title: ClassVar = "mail on an IMAP server"
    backend: Literal["imap"] = Field(description="An IMAP server.")
    provider: str = Field(
        default="", description="A provider from providers/; empty goes by the address.", examples=["fastmail"]
    )
    host: Host = Field(default="", description="The server, where no provider is known.", examples=["imap.example.com"])
    port: Port = Field(default=0, ge=0, le=65535, description="0 means the provider's, or 993.", examples=[993])
    tls: Literal["implicit", "starttls"] | None = Field(
        default=None, description="How the connection is secured; never not at all.", examples=["implicit"]
    )
    user: str = Field(default="", description="The sign-in name; empty means the address.", examples=["jordan"])
    ca_file: str = Field(default="", description="Certificates to trust besides the system's.", examples=["~/ca.pem"])
    auth: Auth = PasswordAuth()


class GmailAccount(MailAccount):
    """Gmail through Google's own interface. Needs mailwatch[gmail]."""

    title: ClassVar = "Gmail through its API; needs mailwatch[gmail]"
    backend: Literal["gmail"] = Field(description="Gmail's API.")
    api_url: Url = Field(default="", description="Another address for the API, for tests.")
    token_url: Url = Field(default="", description="Another address for tokens, for tests.")
    quota: Literal["since-2026", "before-2026"] = Field(
        default="since-2026",
        description="Google's quota for your Cloud project: projects in use before May 2026 may spend more.",
    )
    ca_file: str = Field(default="", description="Certificates to trust besides the system's.")
    auth: OauthAuth = OauthAuth()


class GraphAccount(MailAccount):
    """Outlook and Microsoft 365 through Microsoft Graph. Needs mailwatch[outlook]."""

    title: ClassVar = "Outlook and Microsoft 365; needs mailwatch[outlook]"
    backend: Literal["graph"] = Field(description="Microsoft Graph.")
    api_url: Url = Field(default="", description="Another address for Graph, for tests and national clouds.")
    authority_url: Url = Field(default="", description="Another address for sign-in.")
    ca_file: str = Field(default="", description="Certificates to trust besides the system's.")
    auth: OauthAuth = OauthAuth()


Account = Annotated[
    MaildirAccount | ImapAccount | GmailAccount | GraphAccount | MboxAccount | EmlAccount,
    Field(discriminator="backend"),
]


class IcsCalendar(Table):
    """Calendar files, or the feed of a calendar on the web."""

    title: ClassVar = "an .ics file, a folder of them, or a feed"
    backend: Literal["ics"] = Field(description="iCalendar files or a feed.")
    path: str = Field(default="", description="An .ics file or a folder of them.", examples=["~/calendar.ics"])
    url: FeedUrl = Field(
        default="", description="… or the https address of a feed.", examples=["https://calendar.example/me.ics"]
    )
    secret_url: Secret | None = Field(
        default=None,
        description="… or where that address is kept, if it is a secret; with a keyring, `mailwatch auth login` asks for it.",
        examples=[{"keyring": True}],
    )
    ca_file: str = Field(default="", description="Certificates to trust besides the system's.")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if sum(map(bool, (self.path, self.url, self.secret_url))) != 1:
            raise wrong("needs one of path, url and secret_url")
        if self.secret_url is not None and self.secret_url.kind == "config":
            raise wrong("has the address itself as secret_url; that is what url is for")
        return self


class CaldavCalendar(Table):
    """A CalDAV server. Only read."""

    title: ClassVar = "a CalDAV server"
    backend: Literal["caldav"] = Field(description="A CalDAV server.")
    account: str = Field(default="", description="The account whose sign-in it shares.", examples=["home"])
    url: Url = Field(
        default="",
        description="The server, or one calendar there; empty means the provider's, or what the address's domain names.",
        examples=["https://dav.example/"],
    )
    user: str = Field(
        default="", description="The sign-in name; empty means the account's, or none.", examples=["jordan"]
    )
    calendars: list[str] = Field(
        default=[], description="Names of calendars to read; empty reads all.", examples=[["Home"]]
    )
    ca_file: str = Field(default="", description="Certificates to trust besides the system's.")
    auth: PasswordAuth | None = None

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if not self.account and not self.url:
            raise wrong("needs an account or a url")
        if self.account and self.auth:
            raise wrong("shares the sign-in of its account, so it has none of its own")
        if self.auth and not self.user:
            raise wrong("has a password and no user")
        return self


class GoogleCalendar(Table):
    """Google Calendar. Only read."""

    title: ClassVar = "Google Calendar; needs mailwatch[gmail]"
    backend: Literal["google"] = Field(description="Google Calendar.")
    account: str = Field(min_length=1, description="The Gmail account whose sign-in it shares.", examples=["work"])
    calendars: list[str] = Field(
        default=[], description="Names of calendars to read; empty reads all.", examples=[["Home"]]
    )
    api_url: Url = Field(default="", description="Another address for the API, for tests.")
    ca_file: str = Field(default="", description="Certificates to trust besides the system's.")


class GraphCalendar(Table):
    """The calendar of an Outlook or Microsoft 365 account. Only read."""

    title: ClassVar = "the Outlook calendar; needs mailwatch[outlook]"
    backend: Literal["graph"] = Field(description="Microsoft Graph.")
    account: str = Field(min_length=1, description="The account whose sign-in it shares.", examples=["office"])
    calendars: list[str] = Field(
        default=[], description="Names of calendars to read; empty reads all.", examples=[["Home"]]
    )
    api_url: Url = Field(default="", description="Another address for Graph, for tests and national clouds.")
    ca_file: str = Field(default="", description="Certificates to trust besides the system's.")


Calendar = Annotated[IcsCalendar | CaldavCalendar | GoogleCalendar | GraphCalendar, Field(discriminator="backend")]
ACCOUNTS = (MaildirAccount, ImapAccount, GmailAccount, GraphAccount, MboxAccount, EmlAccount)
CALENDARS = (IcsCalendar, CaldavCalendar, GoogleCalendar, GraphCalendar)
