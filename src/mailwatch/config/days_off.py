"""Public holidays as dates, from the optional holidays package."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from mailwatch.config.guesses import meant
from mailwatch.errors import ConfigError

# No clock is read here, so a span of years is computed that outlives any job search.
YEARS = range(2015, 2051)


def days_off(places: Iterable[str]) -> frozenset[date]:
    """All public holidays of countries ("DE") or of parts of them ("DE-BE"), in YEARS.

    Raises:
        ConfigError: the package is not installed.
        ValueError: it knows no such place; the message is the rest of a sentence.
    """
    wanted = tuple(places)
    if not wanted:
        return frozenset()
    try:
        import holidays
    except ImportError as error:
        raise ConfigError(
            "[rules.holidays] needs the holidays package, which is not installed.",
            next_step="pipx inject mailwatch holidays",
        ) from error
    known: dict[str, list[str]] = holidays.list_supported_countries(include_aliases=False)
    days: set[date] = set()
    for place in wanted:
        country, region = _known_place(place, known)
        days.update(holidays.country_holidays(country, subdiv=region, years=YEARS))
    return frozenset(days)


def _known_place(place: str, known: dict[str, list[str]]) -> tuple[str, str | None]:
    written, _, part = place.partition("-")
    country = written.upper()
    if country not in known:
        raise ValueError(f'knows no country "{written}"{meant(country, known)} Countries are written like "DE".')
    if not part:
        return country, None
    regions = {region.casefold(): region for region in known[country]}
    if part.casefold() not in regions:
        raise ValueError(f'knows no part "{part}" of {country}, only {", ".join(regions.values()) or "the whole"}.')
    return country, regions[part.casefold()]
