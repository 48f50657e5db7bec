"""Who asks for work, and who looks for somebody: the words with which a talk about a job begins when nobody says "interview".

They are evidence for the casebook: a time that is agreed in the same conversation is that of an interview.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from mailwatch.core.addresses import is_free_mail
from mailwatch.core.lexicon import Hit
from mailwatch.core.model import Direction, Evidence, Named
from mailwatch.core.reading.cues import distinct
from mailwatch.core.reading.direction import MEETS_NOBODY_FOR_A_JOB, Judged
from mailwatch.core.reading.roles import holds_role_word, with_trades
from mailwatch.core.reading.times.words import LETTER
from mailwatch.core.reading.view import View

APPLIES = "agreements.applies"
"""The rule behind a mail in which the user asks for work."""
APPLIES_PERHAPS = "agreements.applies_perhaps"
"""The same where the words may mean another ad and another need."""
ASKS_FOR_WORK = "agreements.asks_for_work"
"""The rule behind a mail in which somebody else asks the user for work."""
SEEKS = "agreements.seeks"
"""The rule behind a mail in which an employer looks for somebody and has the reader in mind."""
_SURE_ROLE = 0.6
_ENOUGH = 2
_REACH = 48
_AGENT = re.compile(rf"{LETTER}{{5,}}")


def applying(view: View, judged: Judged) -> tuple[Evidence, ...]:
    """The words in which the user applies: plain ones, or what applicants say of themselves beside a need and a job."""
    whole = view.whole
    if view.internal or whole.has("after_talk") or _is_elsewhere(judged):
        return ()
    plain = [hit for hit in whole.stated("applies") if hit.start > view.head or not view.answers]
    needs, selves = whole.stated("their_need"), whole.stated("offers_self")
    job = _names_a_job(view, needs)
    if judged.kind and not job:
        return ()
    if plain:
        return view.cite(APPLIES, plain)
    if job and selves and (needs or distinct(selves) >= _ENOUGH):
        return view.cite(APPLIES, (*needs, *selves))
    return view.cite(APPLIES_PERHAPS, (*needs, *selves)) if needs and selves else ()


def asking_for_work(view: View, judged: Judged) -> tuple[Evidence, ...]:
    """The words in which a private person asks the user for work: the user's own ad, and what applicants say or attach."""
    whole = view.whole
    if view.message is None or view.sender is None or view.machine or view.bulk or view.internal or view.answers:
        return ()
    if not is_free_mail(view.sender.address, view.context.lexicon) or whole.has("yours", "job_yours", "agency"):
        return ()
    needs = whole.stated("their_need")
    offers = whole.has("offers_self", "applies", "applicant") or bool(view.message.envelope.attachments)
    elsewhere = judged.direction is Direction.OTHER
    return view.cite(ASKS_FOR_WORK, needs) if needs and offers and not elsewhere and _names_a_job(view, needs) else ()


def seeking(view: View, judged: Judged, roles: Sequence[Named]) -> tuple[Evidence, ...]:
    """The words in which a person looks for somebody, where the job is named and more than that speaks of employment."""
    whole = view.whole
    if view.machine or view.bulk or view.internal or _is_elsewhere(judged):
        return ()
    hits = whole.stated("seeks")
    named = any(role.confidence >= _SURE_ROLE for role in roles) or _names_an_agent(view, hits)
    besides = distinct(whole.stated("job")) + distinct(whole.stated("job_soft")) + distinct(whole.stated("agency"))
    besides += distinct(hits) - 1 + whole.has("title_executive", "title_recruiter", "title_manager")
    return view.cite(SEEKS, hits) if hits and named and besides >= 1 else ()


def _is_elsewhere(judged: Judged) -> bool:
    """Another kind of talk, or the employer's side. Words of events and trade are used of a workshop's jobs as well."""
    if judged.direction is Direction.INTERVIEWER:
        return True
    trade = judged.voices.kind in MEETS_NOBODY_FOR_A_JOB
    return not trade and (judged.direction is Direction.OTHER or judged.voices.kind_weight > 1)


def _names_a_job(view: View, needs: Iterable[Hit]) -> bool:
    """Does a word name a job, or does the need name somebody who does something ("looking for a framer")?"""
    if any(holds_role_word(view.whole.text[:1_000], with_trades(table)) for table in _tables(view)):
        return True
    return _names_an_agent(view, needs)


def _names_an_agent(view: View, needs: Iterable[Hit]) -> bool:
    """Is it said of a need that somebody who does something is meant?"""
    windows = [view.whole.text[hit.start : hit.end + _REACH].split("\n")[0] for hit in needs]
    return any(_holds_agent(window, table) for window in windows for table in _tables(view))


def _holds_agent(text: str, table: Mapping[str, Any]) -> bool:
    endings, others = tuple(table.get("agents", ())), frozenset(table.get("no_agents", ()))
    words = (match.group().casefold() for match in _AGENT.finditer(text))
    return bool(endings) and any(word.endswith(endings) and word not in others for word in words)


def _tables(view: View) -> Iterator[Mapping[str, Any]]:
    languages = view.context.lexicon.languages
    yield from (languages[code].tables.get("roles", {}) for code in view.languages if code in languages)
