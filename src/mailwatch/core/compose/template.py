"""Sentence templates: a small, sandboxed part of Jinja2, in which a value is only ever a value.

A template may name values, choose by `{% if %}` and use the filters of FILTERS. Loops, calls, arithmetic, attributes,
includes and assignments are refused when the template is checked, so nothing a template says can grow, reach out or
look inside a value. What comes out of a mail enters as a value and is never read as a template.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

OUTPUT_LIMIT = 2_000
SOURCE_LIMIT = 4_000

_ALLOWED_NODES = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.If,
    nodes.CondExpr,
    nodes.Not,
    nodes.And,
    nodes.Or,
    nodes.Compare,
    nodes.Operand,
    nodes.Filter,
)
_VALUE = re.compile(r"\{\{-?\s{0,9}(\w{1,40})")


class TemplateRefused(ValueError):
    """A template can't be used; the message says why."""


def first_upper(text: str) -> str:
    """`text` with its first letter in upper case and the rest as it is."""
    return text[:1].upper() + text[1:]


def first_lower(text: str) -> str:
    """`text` with its first letter in lower case and the rest as it is."""
    return text[:1].lower() + text[1:]


FILTERS = {"first_upper": first_upper, "first_lower": first_lower}


def _sandbox() -> ImmutableSandboxedEnvironment:
    # Not a page: what it renders is plain text, and escaping would change people's names.
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.globals.clear()
    environment.tests.clear()
    environment.filters.clear()
    environment.filters.update(FILTERS)
    return environment


_ENVIRONMENT = _sandbox()


def values_named(source: str) -> frozenset[str]:
    """The values a template prints: it can be used only where all of them are known."""
    return frozenset(_VALUE.findall(source))


def template_problem(source: str, known: frozenset[str]) -> str:
    """Why a template can't be used, or "".

    Args:
        source: the template.
        known: the names of all values that letters may print.
    """
    if len(source) > SOURCE_LIMIT:
        return f"it is longer than {SOURCE_LIMIT} characters"
    try:
        tree = _ENVIRONMENT.parse(source)
    except TemplateError as error:
        return f"its syntax is wrong ({error.message})"
    except RecursionError:
        return "it is nested too deeply"
    for node in _nodes_below(tree):
        if not isinstance(node, _ALLOWED_NODES):
            return f"it uses something that letters don't have ({type(node).__name__.lower()})"
        if isinstance(node, nodes.Filter) and node.name not in FILTERS:
            return f"there is no filter “{node.name}”; there are {', '.join(sorted(FILTERS))}"
        if isinstance(node, nodes.Name) and node.name not in known:
            return f"there is no value “{node.name}”"
    return ""


def _nodes_below(tree: nodes.Template) -> list[nodes.Node]:
    waiting: list[nodes.Node] = [tree]
    found: list[nodes.Node] = []
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting.extend(node.iter_child_nodes())
    return found


@lru_cache(maxsize=2_048)
def _compiled(source: str) -> Template:
    return _ENVIRONMENT.from_string(source)


def rendered(source: str, values: Mapping[str, str]) -> str:
    """The text of a template with these values in it.

    Raises:
        TemplateRefused: the template is broken, names an unknown value, or its text is longer than OUTPUT_LIMIT.
    """
    try:
        text = _compiled(source).render(values)
    except TemplateError as error:
        raise TemplateRefused(f"a letter's template can't be used: {error.message}") from error
    if len(text) > OUTPUT_LIMIT:
        raise TemplateRefused(f"a letter's template gave more than {OUTPUT_LIMIT} characters")
    return text
