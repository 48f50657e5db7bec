"""The configuration file as pydantic models: the one place where keys, defaults and their meaning are written down.

config.example.toml and docs/configuration.md are generated from here, and `mailwatch config schema` prints its JSON
Schema. Defaults of rules come from `Policy`, so that a number is written once.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from mailwatch.config.accounts import Account, Calendar, Secret, Table
from mailwatch.config.fields import (
    BusinessDays,
    Command,
    Duration,
    Languages,
    MailAddress,
    Points,
    QuietHours,
    Zone,
    wrong,
)
from mailwatch.core.model import Policy
from mailwatch.settings import DEFAULT_RATINGS, NotifySettings, PrivacySettings, ServiceSettings

_RULES = Policy()
_PRIVACY = PrivacySettings()
_NOTIFY = NotifySettings()
_SERVICE = ServiceSettings()


class MeSection(Table):
    """Who you are. mailwatch has to tell you from everybody else."""

    name: Annotated[
        str, Field(min_length=1, description="Your name as colleagues write it.", examples=["Jordan Reyes"])
    ]
    addresses: list[MailAddress] = Field(
        default=[],
        description="Your other addresses and aliases; those of the accounts below are known already.",
        examples=[["jordan@reyes.example"]],
    )
    timezone: Zone = Field(
        default="",
        description="Your home time zone; empty means this computer's.",
        examples=["Europe/Berlin"],
    )
    language: Languages = Field(
        default=["en"], description="Your languages, the preferred one first. A letter follows its thread's language."
    )
    dates: Annotated[str, Field(pattern=r"^([a-z]{2}(-[a-z]+)?)?$")] = Field(
        default="",
        description="The language of dates on your screen (en, de, es, fr, it, ja, nl, pt, zh); empty means your first language.",
        examples=["de"],
    )
    signature: str = Field(default="", description="The name under letters; empty means your name.")


class HolidaysSection(Table):
    """Public holidays on which nobody answers. Needs mailwatch[holidays]; without it 24 December to 1 January count."""

    country: str = Field(default="", description="Country by its two letters; empty means none.", examples=["DE"])
    region: str = Field(
        default="", description="Part of the country, as the holidays package names it.", examples=["BE"]
    )
    also: list[str] = Field(
        default=[],
        description="More countries, or countries with region, whose holidays count too.",
        examples=[["FR", "US-CA"]],
    )

    @model_validator(mode="after")
    def _region_needs_a_country(self) -> Self:
        if self.region and not self.country:
            raise wrong("has a region without a country")
        return self

    @property
    def places(self) -> tuple[str, ...]:
        """Every place as one word: country, or country-region."""
        home = (f"{self.country}-{self.region}" if self.region else self.country,) if self.country else ()
        return home + tuple(self.also)


class RulesSection(Table):
    """When letters are due and how long to wait. Times are a number with s, m, h or d; bd are business days."""

    thank_you_after: Duration = Field(
        default=_RULES.thank_you_after, description="After the day's last session at an employer, without a debrief."
    )
    thank_you_after_debrief: Duration = Field(
        default=_RULES.thank_you_after_debrief, description="After the end, once a debrief is saved."
    )
    thank_you_within: Duration = Field(
        default=_RULES.thank_you_within, description="A thank-you is best sent within this."
    )
    thank_you_latest: Duration = Field(default=_RULES.thank_you_latest, description="After this it is late.")
    thank_you_last: Duration = Field(default=_RULES.thank_you_last, description="After this no draft is made any more.")
    unsure_zone_wait: Duration = Field(
        default=_RULES.unsure_zone_wait,
        description="More patience where the time zone of an interview is not understood.",
    )
    followup_after_promise: BusinessDays = Field(
        default=_RULES.followup_after_promise_bd, description="A follow-up is due this long after the date they named."
    )
    followup_without_promise: Duration = Field(
        default=_RULES.followup_without_promise,
        description="… or this long after the last interview, where they named none.",
    )
    undated_delay: Duration = Field(
        default=_RULES.undated_delay, description='"We need more time", without a date, is read as this much.'
    )
    away_return: BusinessDays = Field(
        default=_RULES.away_return_bd, description="Somebody back from absence gets this long before a follow-up."
    )
    away_cap_after_promise: Duration = Field(
        default=_RULES.away_cap_after_promise,
        description="An absence delays a follow-up at most this far past the named date.",
    )
    away_cap_after_interview: Duration = Field(
        default=_RULES.away_cap_after_interview, description="… or this far past the interview."
    )
    max_followups: int = Field(
        default=_RULES.max_followups, ge=0, le=5, description="Follow-ups per stage of a process."
    )
    min_gap: Duration = Field(default=_RULES.min_gap, description="Between the first follow-up and the second.")
    quiet_gap: Duration = Field(
        default=_RULES.quiet_gap, description="No follow-up so soon after any mail of yours to them."
    )
    close_after: Duration = Field(
        default=_RULES.close_after, description="After the last follow-up without an answer: closed, keep searching."
    )
    on_hold_line_after: Duration = Field(
        default=_RULES.on_hold_line_after, description="A process on hold is mentioned again after this."
    )
    first_run_thank_you: Duration = Field(
        default=_RULES.first_run_thank_you,
        description="The first run proposes thank-yous for interviews up to this old.",
    )
    first_run_followup: Duration = Field(
        default=_RULES.first_run_followup, description="… and follow-ups that fell due up to this long ago."
    )
    informational_thanks: bool = Field(
        default=_RULES.informational_thanks, description="Thank-yous for informational chats too."
    )
    holidays: HolidaysSection = HolidaysSection()

    @model_validator(mode="after")
    def _thank_yous_in_order(self) -> Self:
        if not self.thank_you_within <= self.thank_you_latest <= self.thank_you_last:
            raise wrong("needs thank_you_within ≤ thank_you_latest ≤ thank_you_last")
        return self


class DetectSection(Table):
    """What to know beyond the built-in words, and whom to leave out."""

    extra_words: list[str] = Field(
        default=[], description="More words that mean an interview.", examples=[["casting", "trial day"]]
    )
    ignore_senders: list[MailAddress] = Field(
        default=[],
        description="Addresses whose mail is never about your interviews.",
        examples=[["events@school.example"]],
    )
    ignore_domains: list[str] = Field(
        default=[], description="The same for whole domains.", examples=[["club.example"]]
    )


class PrivacySection(Table):
    """What is kept, and what logs may say."""

    keep_days: int = Field(
        default=_PRIVACY.keep_days, ge=1, le=3650, description="How long the text of mail is kept, in days."
    )
    redact_logs: bool = Field(default=_PRIVACY.redact_logs, description="No addresses in logs, at any level.")


class DraftsSection(Table):
    """What is written into your Drafts folder. mailwatch never sends."""

    create: bool = Field(
        default=_RULES.create_drafts, description="Save drafts; false only tells you what would be due."
    )
    account: str = Field(
        default="", description="The account for letters in processes that belong to none.", examples=["home"]
    )
    tone: Literal["warm", "plain", "formal"] = Field(
        default="warm", description="How letters sound: warm, plain or formal."
    )
    first_run: Literal["ask", "save", "thank-yous"] = Field(
        default="ask", description="What the first run does with what it finds: ask, save, or only thank-yous."
    )
    max_per_run: int = Field(
        default=_RULES.max_per_run, ge=1, le=100, description="At most this many new drafts in one run."
    )
    settle: Duration = Field(
        default=_RULES.settle, description="After a save with an unknown outcome, look again only after this."
    )
    gone_is_removed_after: Duration = Field(
        default=_RULES.gone_is_removed_after,
        description="A draft gone from Drafts counts as deleted by you after this.",
    )


class DebriefSection(Table):
    """What a debrief asks."""

    ratings: Points = Field(
        default=list(DEFAULT_RATINGS),
        description="What `debrief --full` lets you rate from 1 to 5, and `compare` shows: what matters to you in a job.",
    )


class TemplatesSection(Table):
    """Your own letters."""

    folder: str = Field(default="", description="A folder with your own letter files.", examples=["~/letters"])


class NotifySection(Table):
    """How to tell you something. Notifications name no person and no company unless you want them to."""

    command: Command = Field(
        default=[],
        description="A program and its words; it gets the text as its input.",
        examples=[["/usr/local/bin/tell-me"]],
    )
    desktop: bool = Field(default=_NOTIFY.desktop, description="Desktop notifications (they need mailwatch[desktop]).")
    detail: bool = Field(default=_NOTIFY.detail, description="Name people and companies.")
    quiet: QuietHours = Field(default=_NOTIFY.quiet, description="No notifications between these times.")
    per_day: int = Field(default=_NOTIFY.per_day, ge=0, le=20, description="At most this many a day.")


class ServiceSection(Table):
    """How often the daemon looks."""

    interval: Duration = Field(default=_SERVICE.interval, description="Time between two looks, at least one minute.")
    jitter: Duration = Field(default=_SERVICE.jitter, description="Each look comes up to this much earlier or later.")

    @model_validator(mode="after")
    def _patient(self) -> Self:
        if self.interval.total_seconds() < 60:
            raise wrong("has an interval below one minute, which mail servers do not like")
        return self


class SecretsSection(Table):
    """Where the key is kept that seals passwords and sign-ins. The system's keyring does it where there is one."""

    key: Secret | None = Field(
        default=None,
        description="A command, variable, file or credential that holds the key; left out: the system's keyring.",
        examples=[{"command": ["pass", "show", "mailwatch"]}],
    )

    @model_validator(mode="after")
    def _not_in_the_file(self) -> Self:
        if self.key is not None and self.key.kind == "config":
            raise wrong("has the key itself in this file, where it protects nothing")
        return self


class Configuration(Table):
    """The whole file."""

    me: MeSection
    account: dict[str, Account] = Field(min_length=1)
    calendar: dict[str, Calendar] = Field(default={})
    drafts: DraftsSection = DraftsSection()
    rules: RulesSection = RulesSection()
    detect: DetectSection = DetectSection()
    privacy: PrivacySection = PrivacySection()
    debrief: DebriefSection = DebriefSection()
    templates: TemplatesSection = TemplatesSection()
    notify: NotifySection = NotifySection()
    service: ServiceSection = ServiceSection()
    secrets: SecretsSection = SecretsSection()


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the file (2020-12), for editors."""
    return Configuration.model_json_schema() | {"title": "mailwatch configuration"}
