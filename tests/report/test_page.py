"""The report: what it shows, what it keeps to itself, and that nothing in a mail becomes more than text."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup

from mailwatch.core.model import (
    LIES_THERE,
    ApplicationState,
    Debrief,
    DecisionDate,
    Evidence,
    InterviewState,
    Kind,
    MessageId,
    Person,
    PrivateNotes,
    Question,
    Reply,
    ReplyKind,
    Sent,
    Standing,
)
from mailwatch.report import page
from mailwatch.report.moments import Sign, answer_times, moments_of
from tests.needed import needed
from tests.render.plans import NOW, RITA, acme, full_plan, interview, letter, plan

BERLIN = ZoneInfo("Europe/Berlin")
DEBRIEF = Debrief(
    frozenset({"<invite@acme.example>"}), NOW, private=PrivateNotes({"red flag": "Nobody stays", "rating pay": "4"})
)


def replied(kind: ReplyKind, *, days: float) -> Reply:
    return Reply(MessageId(f"<{kind}@acme.example>"), NOW + timedelta(days=days), kind, RITA)


def busy() -> object:
    return acme(
        interviews=(
            interview(hours_ago=24 * 30),
            interview("bb22", hours_ago=-48),
            interview("cc33", hours_ago=100, state=InterviewState.CANCELLED),
            interview("dd44", state=InterviewState.REQUESTED, start=None, end=None),
        ),
        sent=(
            Sent(
                MessageId("<t@home.example>"), NOW - timedelta(days=29), frozenset({"rita@acme.example"}), thanks=True
            ),
            Sent(
                MessageId("<w@home.example>"), NOW - timedelta(days=2), frozenset({"rita@acme.example"}), withdraws=True
            ),
        ),
        replies=(replied(ReplyKind.TIMELINE_UPDATE, days=-20), replied(ReplyKind.OFFER, days=-1)),
        promises=(DecisionDate(date(2026, 11, 20), NOW - timedelta(days=20), "by Friday", "<p@acme.example>"),),
    )


def drawn(found: object, *, private: bool = False) -> BeautifulSoup:
    return BeautifulSoup(page(found, (DEBRIEF,), BERLIN, with_private=private), "lxml")


def test_everything_that_happened_or_is_due_is_a_moment_in_order() -> None:
    found = moments_of(busy(), [letter(RITA, Standing.DUE), letter(RITA, Standing.SENT)], NOW, BERLIN)
    assert [moment.sign for moment in found] == [
        Sign.HELD,
        Sign.YOU_WROTE,
        Sign.THEY_WROTE,
        Sign.CANCELLED,
        Sign.PROMISE,
        Sign.YOU_WROTE,
        Sign.OFFER,
        Sign.DUE,
        Sign.AHEAD,
    ]
    assert [moment.at for moment in found] == sorted(moment.at for moment in found)
    texts = [moment.text for moment in found]
    assert "you said thank you" in texts
    assert "you withdrew" in texts
    assert "news promised: “by Friday”" in texts
    assert "thank-you Rita Ek due" in texts


def test_answers_are_counted_from_the_end_of_each_interview_that_was_held() -> None:
    waited = answer_times(busy(), NOW)
    assert [(answer.days, answer.open) for answer in waited] == [(9, False)]
    silent = answer_times(acme(interviews=(interview(hours_ago=24 * 5),)), NOW)
    assert [(answer.days, answer.open) for answer in silent] == [(4, True)]


def test_the_page_shows_each_process_with_its_time_line_as_picture_and_as_list() -> None:
    html = drawn(plan(busy(), decisions=(letter(RITA, Standing.DRAFT_READY),)))
    article = html.select_one("article")
    assert article.h3.get_text(strip=True).startswith("Acme Corp · Senior engineer")
    assert "9 events" in article.svg["aria-label"]
    assert next(row.get_text() for row in article.select("details time")) == "Sun 25 Oct 09:00"
    assert len(article.select("svg g title")) == len(article.select("details li time"))
    assert "thank-you Rita Ek: draft ready" in html.select_one("section[aria-labelledby=needs]").get_text()


def test_closed_processes_are_folded_and_all_are_counted_in_the_picture() -> None:
    html = drawn(full_plan())
    bar = html.select_one("svg.fits")
    assert len(bar.select("rect")) == len(html.select("section[aria-labelledby=pipeline] li"))
    closed = [one for one in full_plan().applications if one.state is ApplicationState.REJECTED]
    assert f"{len(closed)} closed" in html.get_text()


def test_each_part_of_the_picture_has_the_colour_of_its_words() -> None:
    section = drawn(full_plan()).select_one("section[aria-labelledby=pipeline]")
    colours = [rect["class"] for rect in section.select("svg.fits rect")]
    assert colours == [rect["class"] for rect in section.select("li rect")]
    assert len({tuple(one) for one in colours}) == len(colours) > 1


def test_the_page_names_processes_as_the_status_does_and_says_nothing_twice() -> None:
    long = "84d7052de56f28b3"
    one = letter(RITA, Standing.DRAFT_READY, reason=LIES_THERE, application=long)
    text = drawn(replace(plan(acme(id=long), decisions=(one,)), notes=(f"mailwatch show {long}",))).get_text()
    assert "mailwatch show 84" in text
    assert long not in text
    assert "waits in Drafts" not in text


def test_a_page_about_nothing_says_so() -> None:
    html = drawn(replace(plan(), applications=())).get_text()
    assert "No interview is known yet." in html
    assert "Nothing right now." in html


def test_ratings_and_red_flags_stand_there_only_on_request() -> None:
    assert "Nobody stays" not in drawn(plan()).get_text()
    assert "pay" not in drawn(plan()).get_text()
    private = drawn(plan(), private=True).get_text()
    assert "Nobody stays" in private
    assert "pay 4" in private


def test_the_page_loads_and_runs_nothing() -> None:
    text = page(full_plan(), (DEBRIEF,), BERLIN, with_private=True)
    html = BeautifulSoup(text, "lxml")
    assert not html.select("script, img, link, iframe, object, embed, form, a, image, use, foreignObject")
    assert not re.search(r"(?i)\son[a-z]+=|javascript:|https?://|url\(", text)
    policy = html.select_one("meta[http-equiv=Content-Security-Policy]")["content"]
    style = base64.b64encode(hashlib.sha256(html.style.string.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'"
    assert not html.select("[style]")  # the policy would refuse it


HOSTILE = "<script>alert(1)</script>\u202e\x1b[31m\"'><img src=x onerror=alert(1)>{{ 7 * 7 }}"


def hostile_plan() -> object:
    person = Person(HOSTILE, None, HOSTILE)
    process = acme(
        company=HOSTILE,
        role=HOSTILE,
        your_turn=HOSTILE,
        interviews=(interview(people=(person,), title=HOSTILE),),
        promises=(DecisionDate(date(2026, 11, 20), NOW, HOSTILE, "x"),),
        suspicions=(Evidence("x", "y", HOSTILE),),
    )
    decision = letter(person, Standing.NO_ADDRESS, reason=HOSTILE, kind=Kind.FOLLOW_UP)
    question = Question("q", HOSTILE, HOSTILE)
    return plan(process, decisions=(decision,), questions=(question,), gaps=(HOSTILE,), notes=(HOSTILE,))


def test_whatever_a_mail_says_stays_text_on_the_page() -> None:
    private = Debrief(frozenset({"<invite@acme.example>"}), NOW, private=PrivateNotes({"red flag": HOSTILE}))
    text = page(hostile_plan(), (private,), BERLIN, with_private=True)
    html = BeautifulSoup(text, "lxml")
    assert not html.select("script, img")
    assert not [tag for tag in html.find_all(True) if any(name.startswith("on") for name in tag.attrs)]
    assert "\u202e" not in text
    assert "\x1b" not in text
    assert "49" not in html.select_one("article h3").get_text()


@pytest.fixture(scope="module")
def browser() -> str:
    return needed("chromium", "chromium-browser", "google-chrome")


def test_a_browser_shows_the_page_without_a_complaint(browser: str, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(page(hostile_plan(), (), BERLIN, with_private=False))
    shot = tmp_path / "shot.png"
    ended = subprocess.run(
        [
            browser,
            *QUIET,
            f"--user-data-dir={tmp_path / 'profile'}",
            "--window-size=400,900",
            f"--screenshot={shot}",
            (tmp_path / "report.html").as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert shot.stat().st_size > 10_000, ended.stderr
    assert "CONSOLE" not in ended.stderr


QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
]
