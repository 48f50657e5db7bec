"""What is wrong with a configuration, in sentences: where it stands, what it must be, and what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from mailwatch.config.guesses import meant
from mailwatch.config.models import Configuration

_MUST_BE = {
    "string_type": "must be text in quotes",
    "bool_type": "must be true or false, without quotes",
    "int_type": "must be a whole number, without quotes",
    "list_type": "must be a list in square brackets",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "missing": "is missing",
}


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in the file something stands.

    words: the names of tables and the key, as written. table: the last word is a table itself.
    entry: which entry of a list, from 1; 0 for none. model: the table's model that the last word belongs to.
    """

    words: tuple[str, ...]
    table: bool
    entry: int
    model: type[BaseModel] | None

    def __str__(self) -> str:
        words = [word if word.isprintable() else word.encode("unicode_escape").decode() for word in self.words]
        tables, key = (words, "") if self.table else (words[:-1], words[-1])
        shown = " ".join(part for part in (f"[{'.'.join(tables)}]" if tables else "", key) if part)
        return shown + (f", entry {self.entry}," if self.entry else "")


def sentences(error: ValidationError) -> list[str]:
    """One sentence for each thing that is wrong."""
    return [_sentence(problem) for problem in error.errors(include_url=False)]


def _sentence(problem: Mapping[str, Any]) -> str:
    kind, context = problem["type"], problem.get("ctx", {})
    spot = spot_from_location(problem["loc"], problem["input"])
    if kind == "extra_forbidden":
        return f"{spot} is not a setting{_instead(spot)}"
    if kind == "missing" and spot.words == ("account",):
        return "There is no [account.NAME], so there is no mail to read."
    if kind == "union_tag_not_found":
        return f"{spot} {_unquoted(context['discriminator'])[0]} is missing."
    if kind == "union_tag_invalid":
        key, choices = _unquoted(context["discriminator"])[0], _unquoted(context["expected_tags"])
        return f"{spot} {key} must be one of {', '.join(choices)}{meant(context['tag'], choices)}"
    if kind == "literal_error":
        choices = _unquoted(context["expected"])
        return f"{spot} must be one of {', '.join(choices)}{meant(problem['input'], choices)}"
    if kind == "wrong":
        return f"{spot} {context['sentence']}{meant(context.get('given'), context.get('choices', ()))}"
    words = _MUST_BE.get(kind)
    return f"{spot} {words.format(**context) if words else problem['msg'][0].lower() + problem['msg'][1:]}."


def spot_from_location(location: tuple[int | str, ...], value: object) -> Spot:
    """The place in the file that a pydantic location means: the names of union members in it are no part of the file."""
    words: list[str] = []
    entry = 0
    here: Any = Configuration
    parent: type[BaseModel] | None = None
    for step in location:
        if isinstance(step, int):
            entry = step + 1
        elif _is_model(here):
            parent = here
            words.append(step)
            here = here.model_fields[step].annotation if step in here.model_fields else None
        elif get_origin(here) is dict:
            words.append(step)
            here = get_args(get_args(here)[1])[0]
        else:
            here = _member(here, step)
    return Spot(tuple(words), _is_table(here, value), entry, parent)


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _is_table(kind: Any, value: object) -> bool:
    if kind is None:
        return isinstance(value, dict)
    return _is_model(kind) or get_origin(kind) is dict or all(_is_model(member) for member in get_args(kind) or (None,))


def _member(union: Any, tag: str) -> Any:
    """The model in a union whose discriminating field has the value `tag`."""
    tagged = (
        model
        for model in get_args(union)
        if any(get_args(field.annotation) == (tag,) for field in model.model_fields.values())
    )
    return next(tagged, None)


def _instead(spot: Spot) -> str:
    """What was probably meant by an unknown key: a similar one here, or the same one elsewhere."""
    name = spot.words[-1]
    known = list(spot.model.model_fields) if spot.model else []
    if (near := meant(name, known)) != ".":
        return near
    homes = [
        section
        for section, field in Configuration.model_fields.items()
        if _is_model(field.annotation) and name in field.annotation.model_fields  # type: ignore[union-attr]
    ]
    return f"; it belongs in [{homes[0]}]." if homes else "."


def _unquoted(text: str) -> list[str]:
    return re.findall(r"'([^']*)'", text)
