"""The kinds of values that the configuration knows, each with the sentence that says how to write it."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from mailwatch.config.durations import business_days_from_text, duration_from_text, text_from_duration
from mailwatch.core.text import clean_text
from mailwatch.process_guard import MAILERS, SUBMISSION_PORTS, program_name

_ADDRESS = re.compile(r"[^@\s<>\",;:]{1,64}@[^@\s<>\",;:]{1,255}")
_LANGUAGE = re.compile(r"[a-z]{2}")
_POINT = re.compile(r"[^\W\d_][\w -]{0,28}")
_HOST = re.compile(r"[A-Za-z0-9.:_-]{1,253}")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def wrong(sentence: str, **details: Any) -> PydanticCustomError:
    """A refusal: the rest of a sentence that begins with the key's name."""
    return PydanticCustomError("wrong", "{sentence}", {"sentence": sentence, **details})


def _duration(value: object) -> timedelta:
    if not isinstance(value, str):
        raise wrong('must be text in quotes with a unit, such as "90m", "24h" or "14d"')
    try:
        return duration_from_text(value)
    except ValueError as error:
        raise wrong(str(error)) from error


def _business_days(value: object) -> int:
    if not isinstance(value, str):
        raise wrong('must be a number of business days in quotes, such as "3bd"')
    try:
        return business_days_from_text(value)
    except ValueError as error:
        raise wrong(str(error)) from error


def _address(value: str) -> str:
    if not _ADDRESS.fullmatch(value.strip()) or clean_text(value) != value:
        raise wrong('must be one mail address, such as "jordan@example.com"')
    return value.strip().casefold()


def _points(values: list[str]) -> list[str]:
    points = list(dict.fromkeys(value.strip().casefold() for value in values))
    if len(points) > 8 or not all(map(_POINT.fullmatch, points)):
        raise wrong('must be at most 8 short words in a list, such as ["work", "people"]')
    return points


def _zone(value: str) -> str:
    if value and value not in available_timezones():
        raise wrong(
            f'names no time zone that is known here ("{value}"), such as "Europe/Berlin"',
            choices=sorted(available_timezones()),
            given=value,
        )
    return value


def _language(value: str) -> str:
    if not _LANGUAGE.fullmatch(value):
        raise wrong('must be languages by their two letters, such as "en"')
    return value


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _command(words: list[str]) -> list[str]:
    if words and program_name(words[0]) in MAILERS:
        raise wrong(f'starts "{words[0]}", a program that can send mail; mailwatch never starts one')
    if any(not word for word in words[:1]):
        raise wrong("has an empty first word, so there is no program to start")
    return words


def _quiet(value: object) -> tuple[time, time]:
    found = re.fullmatch(r"(\d\d):(\d\d)-(\d\d):(\d\d)", value) if isinstance(value, str) else None
    numbers = [int(text) for text in found.groups()] if found else []
    if len(numbers) != 4 or numbers[0] > 23 or numbers[2] > 23 or numbers[1] > 59 or numbers[3] > 59:
        raise wrong('must be two times of day, such as "21:00-08:00"')
    return time(numbers[0], numbers[1]), time(numbers[2], numbers[3])


def _text_from_quiet(span: tuple[time, time]) -> str:
    return f"{span[0]:%H:%M}-{span[1]:%H:%M}"


def _url(value: str) -> str:
    parts = urlsplit(value)
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if value and not (secure and parts.hostname):
        raise wrong("must be an https address, so that nobody on the way can read or change it")
    return value


def _feed(value: str) -> str:
    """A feed, whose https is often spelt webcal."""
    scheme, _, rest = value.partition("://")
    _url(f"https://{rest}" if scheme.casefold() in {"webcal", "webcals"} else value)
    return value


def _host(value: str) -> str:
    if value and not _HOST.fullmatch(value):
        raise wrong('must be the name of a server, such as "imap.example.com"')
    return value


def _port(value: int) -> int:
    if value in SUBMISSION_PORTS:
        raise wrong("is a port where mail is handed in for sending; mailwatch never goes there. IMAP has 993, or 143")
    return value


_TIMESPAN = WithJsonSchema({"type": "string", "pattern": r"^\d{1,6}[smhd]$"})
Duration = Annotated[timedelta, BeforeValidator(_duration), PlainSerializer(text_from_duration), _TIMESPAN]
BusinessDays = Annotated[
    int,
    BeforeValidator(_business_days),
    PlainSerializer(lambda days: f"{days}bd"),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,3}bd$"}),
]
QuietHours = Annotated[
    tuple[time, time],
    BeforeValidator(_quiet),
    PlainSerializer(_text_from_quiet),
    WithJsonSchema({"type": "string", "pattern": r"^\d\d:\d\d-\d\d:\d\d$"}),
]
MailAddress = Annotated[str, AfterValidator(_address)]
Zone = Annotated[str, AfterValidator(_zone)]
Points = Annotated[list[str], AfterValidator(_points)]
Languages = Annotated[list[Annotated[str, AfterValidator(_language)]], BeforeValidator(_listed)]
Command = Annotated[list[str], AfterValidator(_command)]
Url = Annotated[str, AfterValidator(_url)]
FeedUrl = Annotated[str, AfterValidator(_feed)]
Port = Annotated[int, AfterValidator(_port)]
Host = Annotated[str, AfterValidator(_host)]
