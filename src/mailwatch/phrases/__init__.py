"""The words that the reader knows: one TOML file per language and topic, merged into one Lexicon.

`de.toml`, `replies_de.toml` and `promises_de.toml` are all German: what follows the last underscore is the language.
`senders.toml` holds tables about sending systems. docs/languages.md describes the layout and how to add a language.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from mailwatch.core.lexicon import Lexicon, lexicon_from_tables

SENDERS = "senders"
LEARNED = "learned.json"


@cache
def load_lexicon() -> Lexicon:
    """Every phrase file of the package, read once for the life of the process: phrases are compiled as they are needed.

    Raises:
        ValueError: a file is no TOML, or a phrase can't be compiled.
    """
    languages: dict[str, dict[str, Any]] = {}
    senders: dict[str, Any] = {}
    for stem, table in phrase_tables():
        if stem == SENDERS:
            senders = table
        else:
            merged = languages.setdefault(stem.rpartition("_")[2], {})
            _merge(merged, table)
    return lexicon_from_tables(languages, senders, learned_weights())


def learned_weights() -> dict[str, Any]:
    """What `tools/train_reader.py` wrote; empty before it ever ran."""
    entry = files(__name__) / LEARNED
    weights: dict[str, Any] = json.loads(entry.read_text(encoding="utf-8")) if entry.is_file() else {}
    return weights


def phrase_tables() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every phrase file, parsed: its name without ending, and its table; by name, so that merging is deterministic."""
    for entry in sorted(files(__name__).iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".toml"):
            yield entry.name.removesuffix(".toml"), tomllib.loads(entry.read_text(encoding="utf-8"))


def _merge(target: dict[str, Any], source: Mapping[str, Any]) -> None:
    """Add `source` to `target`: tables merge key by key, lists are joined, anything else is replaced."""
    for key, value in source.items():
        present = target.get(key)
        if isinstance(value, Mapping) and isinstance(present, dict):
            _merge(present, value)
        elif isinstance(value, Mapping):
            target[key] = {}
            _merge(target[key], value)
        elif isinstance(value, list) and isinstance(present, list):
            target[key] = present + value
        else:
            target[key] = value
