"""The sandbox of sentence templates: values are values, and nothing else is possible."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwatch.core.compose.letters import VALUES
from mailwatch.core.compose.template import OUTPUT_LIMIT, TemplateRefused, rendered, template_problem, values_named


@pytest.mark.parametrize(
    "source",
    [
        "Thank you {{ on_day }}.",
        "{{ on_day | first_upper }} we spoke.",
        "{{ the_role | first_lower }}",
        "{% if role %}About {{ role }}.{% else %}About the role.{% endif %}",
        "{{ 'a' if role and not company or weekday == 'Monday' else 'b' }}",
    ],
)
def test_what_letters_need_is_allowed(source: str) -> None:
    assert template_problem(source, VALUES) == ""


@pytest.mark.parametrize(
    "source",
    [
        "{{ 7 * 7 }}",
        "{{ role.__class__ }}",
        "{{ role['x'] }}",
        "{{ role() }}",
        "{% for a in role %}x{% endfor %}",
        "{% set a = 1 %}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% macro m() %}{% endmacro %}",
        "{{ role ~ role }}",
        "{{ [role] }}",
        "{{ role | upper }}",
        "{{ secret }}",
        "{{ range(9) }}",
        "{{ role",
        "{% if role %}",
        "x" * 5_000,
        "{{" + "(" * 3_000 + ")" * 900 + "}}",
    ],
)
def test_everything_else_is_refused_with_a_reason(source: str) -> None:
    assert template_problem(source, VALUES)


@pytest.mark.parametrize("text", ["{{ 7*7 }}", "{% raw %}", "{# x #}", "a < b & c", "Ø{{role}}"])
def test_a_value_is_never_a_template(text: str) -> None:
    assert rendered("About {{ role }}.", {"role": text}) == f"About {text}."


@given(st.text(max_size=80), st.text(max_size=80))
def test_property_different_values_give_different_texts(one: str, other: str) -> None:
    texts = {rendered("About {{ role }}.", {"role": value}) for value in (one, other)}
    assert len(texts) == (1 if one == other else 2)


def test_an_unknown_value_and_a_flood_are_refused() -> None:
    with pytest.raises(TemplateRefused, match="role"):
        rendered("{{ role }}", {})
    with pytest.raises(TemplateRefused, match="more than"):
        rendered("{{ role }}", {"role": "x" * (OUTPUT_LIMIT + 1)})


def test_the_values_a_template_prints_are_the_ones_it_needs() -> None:
    assert values_named("{{ on_day | first_upper }} and {{-  role }}") == {"on_day", "role"}
