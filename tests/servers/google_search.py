"""The part of Gmail's search language that mailwatch speaks. A word that is not known here is a violation, not a guess."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.servers.google_discovery import Violation

if TYPE_CHECKING:
    from tests.servers.google_mailbox import Mail

_TOKEN = re.compile(
    r'\s+|(?P<open>\{)|(?P<close>\})|(?P<not>-)|(?:(?P<key>[a-z0-9]+):)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s{}"]+))'
)
_PLACES = {"sent": "SENT", "inbox": "INBOX", "trash": "TRASH", "spam": "SPAM", "draft": "DRAFT", "drafts": "DRAFT"}
_CATEGORIES = {
    "promotions": "CATEGORY_PROMOTIONS",
    "social": "CATEGORY_SOCIAL",
    "forums": "CATEGORY_FORUMS",
    "updates": "CATEGORY_UPDATES",
}
LONGEST = 1_500

Test = Callable[["Mail"], bool]


class Query:
    """What stands in `q`: words and operators, `{…}` for any of them, `-` for none.

    names_a_place: it says itself that trash or spam are meant.
    """

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise Violation(f"a query of {len(text)} characters")
        self.names_a_place = bool(re.search(r"(?<!-)\bin:(?:trash|spam|anywhere)\b", text))
        self._tests = list(_tests(text))

    def matches(self, mail: Mail) -> bool:
        return all(test(mail) for test in self._tests)


def _tests(text: str) -> list[Test]:
    groups: list[list[Test]] = [[]]
    position, negative = 0, False
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise Violation(f"a query that can't be read: {text[position:]}")
        position = found.end()
        if found["not"]:
            negative = True
        elif found["open"]:
            if len(groups) > 1 or negative:
                raise Violation(f"brackets that are not understood here: {text}")
            groups.append([])
        elif found["close"]:
            inner = groups.pop()
            groups[-1].append(_any_of(inner))
        elif found["word"] is not None or found["phrase"] is not None:
            test = _test(found["key"] or "", found["word"] if found["word"] is not None else found["phrase"])
            groups[-1].append(_none_of(test) if negative else test)
            negative = False
    if len(groups) != 1:
        raise Violation(f"brackets that are not closed: {text}")
    return groups[0]


def _any_of(tests: list[Test]) -> Test:
    return lambda mail: any(test(mail) for test in tests)


def _none_of(test: Test) -> Test:
    return lambda mail: not test(mail)


def _test(key: str, value: str) -> Test:
    lowered = value.casefold()
    if key == "after":
        return lambda mail: mail.at >= int(value) * 1000
    if key == "before":
        return lambda mail: mail.at < int(value) * 1000
    if key == "rfc822msgid":
        return lambda mail: str(mail.message.get("Message-ID", "")).strip().strip("<>") == value.strip("<>")
    if key in {"from", "to", "cc", "bcc"}:
        return lambda mail: _is_in(lowered, mail.lower(key)) or (key == "to" and _is_in(lowered, mail.lower("cc")))
    if key == "subject":
        return lambda mail: _is_in(lowered, mail.lower("subject"))
    if key == "in" and lowered == "anywhere":
        return lambda mail: True
    if key == "in" and lowered in _PLACES:
        return lambda mail: _PLACES[lowered] in mail.labels
    if key == "category" and lowered in _CATEGORIES:
        return lambda mail: _CATEGORIES[lowered] in mail.labels
    if key or not lowered:
        raise Violation(f"a search word that is not known: {key}:{value}")
    return lambda mail: (
        _is_in(lowered, mail.text) or any(_is_in(lowered, mail.lower(name)) for name in ("subject", "from", "to"))
    )


def _is_in(wanted: str, text: str) -> bool:
    """As whole words. text: in lower case."""
    return wanted in text and re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", text) is not None
