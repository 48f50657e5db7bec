"""Models → records: what the rest of mailwatch works with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from mailwatch.config import accounts as account_models
from mailwatch.config import models
from mailwatch.config.day_names import day_names
from mailwatch.core.model import Address, Detection, Me, Policy
from mailwatch.provider_catalogue import Provider, provider_for_domain, provider_named
from mailwatch.settings import (
    AccountSettings,
    CalendarSettings,
    Endpoints,
    NotifySettings,
    PrivacySettings,
    SecretSource,
    ServerSettings,
    ServiceSettings,
    Settings,
    SignInSettings,
)

# Keys whose value means the same under the same name in the record; the others are named below.
_SAME_RULES = tuple(sorted((set(models.RulesSection.model_fields) & set(Policy.__dataclass_fields__)) - {"holidays"}))


def settings_from_models(
    configuration: models.Configuration, *, path: Path, zone: str, holidays: frozenset[date], warnings: tuple[str, ...]
) -> Settings:
    """The whole configuration as records.

    Args:
        path: the file; relative paths in it start at its folder.
        zone: IANA name of this computer's zone, for a file that names none.
        holidays: the days off that its [rules.holidays] means.
    """
    base = path.parent
    accounts = tuple(_account(name, model, base) for name, model in configuration.account.items())
    return Settings(
        path=str(path),
        me=_me(configuration, accounts, zone),
        policy=_policy(configuration, accounts, holidays),
        accounts=accounts,
        calendars=tuple(_calendar(name, model, base) for name, model in configuration.calendar.items()),
        first_run=configuration.drafts.first_run,
        ratings=tuple(configuration.debrief.ratings),
        templates=_expanded(configuration.templates.folder, base),
        privacy=PrivacySettings(configuration.privacy.keep_days, configuration.privacy.redact_logs),
        notify=_notify(configuration.notify),
        service=ServiceSettings(configuration.service.interval, configuration.service.jitter),
        secret_key=_kept(configuration.secrets.key, base) if configuration.secrets.key else None,
        warnings=warnings,
    )


def imap_provider(account: account_models.ImapAccount) -> Provider | None:
    """The provider that an IMAP account names, else the one that hosts its address, or None."""
    return provider_named(account.provider) if account.provider else provider_for_domain(account.email)


def _draft_account(configuration: models.Configuration) -> Address | None:
    """The address of the account that [drafts] names."""
    account = configuration.account.get(configuration.drafts.account)
    return Address(account.email) if account else None


def _me(configuration: models.Configuration, accounts: tuple[AccountSettings, ...], zone: str) -> Me:
    me = configuration.me
    own = [account.email for account in accounts]
    return Me(
        name=me.name,
        primary=_draft_account(configuration) or own[0],
        addresses=frozenset(own) | frozenset(Address(address) for address in me.addresses),
        zone=me.timezone or zone,
        languages=tuple(me.language),
        signature=me.signature,
        days=day_names(me.dates or next(iter(me.language), "")),
    )


def _policy(
    configuration: models.Configuration, accounts: tuple[AccountSettings, ...], holidays: frozenset[date]
) -> Policy:
    rules, drafts, detect = configuration.rules, configuration.drafts, configuration.detect
    return Policy(
        **{name: getattr(rules, name) for name in _SAME_RULES},
        followup_after_promise_bd=rules.followup_after_promise,
        away_return_bd=rules.away_return,
        create_drafts=drafts.create,
        max_per_run=drafts.max_per_run,
        tone=drafts.tone,
        settle=drafts.settle,
        gone_is_removed_after=drafts.gone_is_removed_after,
        draft_account=_draft_account(configuration) or "",
        holidays=holidays,
        look_back=max(account.since for account in accounts),
        detection=Detection(
            extra_words=tuple(detect.extra_words),
            ignore_senders=frozenset(detect.ignore_senders),
            ignore_domains=frozenset(domain.casefold().lstrip("@") for domain in detect.ignore_domains),
        ),
    )


def _account(name: str, model: account_models.Account, base: Path) -> AccountSettings:
    common = AccountSettings(
        name=name,
        backend=model.backend,
        email=Address(model.email),
        drafts=model.drafts,
        sent=model.sent,
        folders=tuple(model.folders),
        since=model.since,
        required=model.required,
        endpoints=_endpoints(model, base),
    )
    match model:
        case account_models.MaildirAccount():
            return replace(common, path=_expanded(model.path, base))
        case account_models.MboxAccount() | account_models.EmlAccount():
            drafts, sent = _expanded(model.drafts, base), _expanded(model.sent, base)
            return replace(common, path=_expanded(model.path, base), drafts=drafts, sent=sent)
        case account_models.ImapAccount():
            provider = imap_provider(model)
            server, sign_in = _server(model, provider), _sign_in(model.auth, base)
            return replace(common, provider=provider.name if provider else "", server=server, sign_in=sign_in)
        case account_models.GmailAccount():
            return replace(common, quota=model.quota, sign_in=_sign_in(model.auth, base))
        case _:
            return replace(common, sign_in=_sign_in(model.auth, base))


def _server(model: account_models.ImapAccount, provider: Provider | None) -> ServerSettings:
    """What the account says, else what its provider's file says, else the usual (RFC 8314)."""
    known = provider.imap if provider and not model.host else None
    tls = model.tls or (known.tls if known else "implicit")
    port = model.port or (known.port if known else (143 if tls == "starttls" else 993))
    by_local_part = known is not None and known.login == "local-part"
    user = model.user or (model.email.partition("@")[0] if by_local_part else model.email)
    return ServerSettings(host=model.host or (known.host if known else ""), port=port, tls=tls, user=user)


def _sign_in(auth: account_models.PasswordAuth | account_models.OauthAuth, base: Path) -> SignInSettings:
    if isinstance(auth, account_models.PasswordAuth):
        return SignInSettings("password", password=_kept(auth.password, base))
    return SignInSettings(
        "oauth", client_file=_expanded(auth.client_file, base), client_id=auth.client_id, tenant=auth.tenant
    )


def _kept(source: SecretSource, base: Path) -> SecretSource:
    """A file's path as it is meant."""
    return SecretSource("file", (_expanded(source.value[0], base),)) if source.kind == "file" else source


def _endpoints(model: account_models.Account | account_models.Calendar, base: Path) -> Endpoints:
    return Endpoints(
        api=getattr(model, "api_url", ""),
        token=getattr(model, "token_url", ""),
        authority=getattr(model, "authority_url", ""),
        ca_file=_expanded(getattr(model, "ca_file", ""), base),
    )


def _calendar(name: str, model: account_models.Calendar, base: Path) -> CalendarSettings:
    user, secret_url, auth = (getattr(model, key, None) for key in ("user", "secret_url", "auth"))
    if user and not getattr(model, "account", ""):
        auth = auth or account_models.PasswordAuth()
    return CalendarSettings(
        name=name,
        backend=model.backend,
        account=getattr(model, "account", ""),
        url=getattr(model, "url", ""),
        path=_expanded(getattr(model, "path", ""), base),
        calendars=tuple(getattr(model, "calendars", ())),
        endpoints=_endpoints(model, base),
        user=user or "",
        sign_in=_sign_in(auth, base) if auth else None,
        secret_url=_kept(secret_url, base) if secret_url else None,
    )


def _notify(section: models.NotifySection) -> NotifySettings:
    return NotifySettings(
        command=tuple(section.command),
        desktop=section.desktop,
        detail=section.detail,
        quiet=section.quiet,
        per_day=section.per_day,
    )


def _expanded(path: str, base: Path) -> str:
    return str(base / Path(path).expanduser()) if path else ""
