from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from mailwatch.config import config_schema
from mailwatch.config.models import Configuration
from tests.config.builders import settings
from tools import config_docs

TOP = Path(__file__).resolve().parents[2]
EXAMPLE = TOP / "config.example.toml"
REFERENCE = TOP / "docs" / "configuration.md"


def switched_on(text: str) -> str:
    """The example with every key switched on."""
    return re.sub(r"^#(?=\S)", "", text, flags=re.MULTILINE)


def test_the_example_and_the_reference_are_what_the_models_say(tmp_path: Path) -> None:
    config_docs.main([str(tmp_path)])
    assert EXAMPLE.read_text("utf-8") == (tmp_path / "config.example.toml").read_text("utf-8"), "run `make docs`"
    assert REFERENCE.read_text("utf-8") == (tmp_path / "docs" / "configuration.md").read_text("utf-8"), (
        "run `make docs`"
    )


def test_every_line_of_the_example_is_valid_when_it_is_switched_on() -> None:
    table = tomllib.loads(switched_on(EXAMPLE.read_text("utf-8")))
    for other in ("url", "secret_url"):  # a path or an address, not both
        del table["calendar"]["ics"][other]
    Configuration.model_validate(table)


def test_the_example_says_every_default_as_it_is() -> None:
    shown = tomllib.loads(switched_on(EXAMPLE.read_text("utf-8")))
    for section in ("rules", "privacy", "service", "notify", "drafts"):
        model = Configuration.model_fields[section].annotation
        assert model is not None
        defaults = model().model_dump(mode="json")
        without_example = [
            name for name, field in model.model_fields.items() if name in shown[section] and not field.examples
        ]
        assert without_example
        for name in without_example:
            assert isinstance(shown[section][name], dict) or shown[section][name] == defaults[name], name


def test_the_beginning_shown_in_the_reference_is_a_whole_configuration() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", REFERENCE.read_text("utf-8"), flags=re.DOTALL)
    made = settings(block)
    assert [account.name for account in made.accounts] == ["home"]
    assert [calendar.name for calendar in made.calendars] == ["own"]


def test_the_schema_describes_every_table_for_editors() -> None:
    schema = config_schema()
    assert set(schema["properties"]) == set(Configuration.model_fields)
    assert schema["$defs"]["RulesSection"]["properties"]["thank_you_after"]["pattern"]
    assert schema["$defs"]["RulesSection"]["additionalProperties"] is False
    assert "hunter2" not in json.dumps(schema)
