"""Follow-ups, withdrawals, declined offers, answers to a refusal, deadlines: what they name, and in which thread."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailwatch.core.compose.lint import style_problems, thanks_in, word_count
from mailwatch.core.model import Address, DecisionDate, Draft, Kind, MessageId, SpecialUse, ThreadId
from tests.core.builders import ANA, BO, KIT, RITA, application, at, box, facts, interview, mail, person, sent
from tests.core.compose.writing import LATER, LETTERS, body, day, debrief, letter, me, note, saved, signed

FULL = ("en", "de", "fr", "es")
FORMAL = ("it", "pt", "nl", "ja", "zh", "zh-hant")
PROMISED = day("2026-09-18")


def promise(by_whom: str) -> DecisionDate:
    return DecisionDate(PROMISED, at("2026-09-08 12:00"), "by Friday week", "m", by_whom=box(by_whom).address)


@pytest.mark.scenario("F1")
@pytest.mark.parametrize("language", FULL)
def test_a_follow_up_names_role_and_date_and_asks_one_question(language: str) -> None:
    round_ = interview(people=[RITA], language=language)
    for spoken_by in (KIT, RITA):
        process = application(round_, language=language, decision=promise(spoken_by))
        draft = letter(Kind.FOLLOW_UP, KIT, round_=round_, process=process, ordinal=1, promised=PROMISED, now=LATER)
        opening = "chase.you" if spoken_by == KIT else "chase.date"
        assert draft.sentences[1].source.startswith(f"{language}.{opening}.")
        assert "18" in draft.text
        assert "Data Analyst" in draft.text
        assert draft.text.count("?") == 1
        assert 35 <= word_count(draft.text) <= 70
        lint = LETTERS.languages[language].words["lint"]
        assert not [found for part in draft.sentences[1:] if (found := style_problems(part.text, lint, chasing=True))]


@pytest.mark.scenario("F2")
@pytest.mark.parametrize("language", FULL)
def test_without_a_date_a_follow_up_names_the_day_of_the_conversation(language: str) -> None:
    round_ = interview(people=[RITA], language=language)
    process = application(round_, language=language)
    spoke = letter(Kind.FOLLOW_UP, RITA, round_=round_, process=process, ordinal=1, now=LATER)
    met = letter(Kind.FOLLOW_UP, KIT, round_=round_, process=process, ordinal=1, now=LATER, interview=None)
    assert spoke.sentences[1].source.startswith(f"{language}.chase.spoke.")
    assert met.sentences[1].source.startswith(f"{language}.chase.met.")
    assert ("8" in spoke.text) == ("interview day" in " ".join(part.source for part in spoke.sentences[1:]))


def test_a_follow_up_without_any_interview_on_record_speaks_of_the_process() -> None:
    draft = letter(Kind.FOLLOW_UP, KIT, process=application(), ordinal=1, now=LATER, interview=None)
    assert "Data Analyst" in draft.text


@pytest.mark.scenario("F2")
@pytest.mark.parametrize("language", FULL)
def test_the_second_follow_up_offers_a_way_out_and_repeats_nothing_of_the_first(language: str) -> None:
    round_ = interview(people=[RITA], language=language)
    process = application(round_, language=language)
    thanks = letter(to=RITA, round_=round_, process=process)
    first = letter(
        Kind.FOLLOW_UP, KIT, round_=round_, process=process, ordinal=1, now=LATER, known=facts(saved(thanks))
    )
    known = facts(saved(thanks), saved(first))
    second = letter(
        Kind.FOLLOW_UP,
        KIT,
        round_=round_,
        process=process,
        ordinal=2,
        unanswered=1,
        now="2026-10-12 09:00",
        known=known,
    )
    assert any(part.source.startswith(f"{language}.second.exit.") for part in second.sentences)
    told = [part.text for draft in (thanks, first, second) for part in draft.sentences[1:]]
    assert len(told) == len(set(told))
    assert 35 <= word_count(second.text) <= 70


@pytest.mark.scenario("F8")
@pytest.mark.parametrize("language", FULL)
def test_a_withdrawal_gives_the_decision_the_freed_time_and_thanks_by_name(language: str) -> None:
    held, ahead = interview(people=[RITA, BO], language=language), interview("2026-09-29 10:00", anchors=["next"])
    process = application(held, ahead, language=language)
    draft = letter(Kind.WITHDRAWAL, KIT, process=process, freed=(ahead.id,), now=LATER)
    assert "Rita Ek" in draft.text
    assert "Bo Lind" in draft.text
    assert "29" in draft.text
    assert 35 <= word_count(draft.text) <= 70
    two = letter(
        Kind.WITHDRAWAL,
        KIT,
        process=application(held, ahead, replace(ahead, id="later", start=at("2026-09-30 10:00")), language=language),
        freed=(ahead.id, "later"),
        now=LATER,
    )
    assert "29" in two.text
    assert "30" in two.text


def test_a_round_without_a_time_frees_none() -> None:
    open_ended = replace(interview(anchors=["next"]), start=None, end=None)
    draft = letter(Kind.WITHDRAWAL, KIT, process=application(open_ended), freed=(open_ended.id,), now=LATER)
    assert "withdraw.freed" not in " ".join(part.source for part in draft.sentences)


def test_a_withdrawal_without_anything_ahead_and_with_many_people_stays_general() -> None:
    crowd = interview(people=[RITA, BO, ANA, "Lou Tsang"])
    draft = letter(Kind.WITHDRAWAL, KIT, process=application(crowd), now=LATER)
    assert "Rita" not in draft.text
    assert "free" not in body(draft)


@pytest.mark.parametrize("language", FULL)
@pytest.mark.parametrize("kind", [Kind.DECLINE, Kind.THANKS_ANYWAY, Kind.DEADLINE])
@pytest.mark.scenario("T14", "F10")
def test_letters_on_request_are_short_and_whole(language: str, kind: Kind) -> None:
    process = application(interview(people=[RITA]), language=language)
    draft = letter(kind, KIT, process=process, promised=PROMISED if kind is Kind.DEADLINE else None, now=LATER)
    assert 35 <= word_count(draft.text) <= 70
    assert thanks_in(draft.text, LETTERS.languages[language].words["lint"]) <= 2
    assert ("18" in draft.text) == (kind is Kind.DEADLINE)
    assert draft.sentences[0].source.startswith(f"{language}.subject.{kind.value.removeprefix('thanks_')}.")


@pytest.mark.parametrize("language", FULL)
def test_a_deadline_without_a_date_says_soon(language: str) -> None:
    draft = letter(Kind.DEADLINE, KIT, process=application(language=language), now=LATER)
    assert not any(char.isdigit() for char in draft.text)


@pytest.mark.parametrize("language", FORMAL)
def test_formal_languages_have_one_whole_letter_per_kind(language: str) -> None:
    held, ahead = interview(people=[RITA], language=language), interview("2026-09-29 10:00", anchors=["next"])
    process = application(held, ahead, language=language)
    lou = person("Lou Tsang")
    drafts = [
        letter(to=RITA, round_=held, process=process),
        letter(Kind.RELAY, KIT, round_=replace(held, people=(lou,)), relayed=(lou,)),
        letter(Kind.FOLLOW_UP, KIT, round_=held, process=process, ordinal=1, promised=PROMISED, now=LATER),
        letter(Kind.FOLLOW_UP, KIT, round_=held, process=process, ordinal=2, unanswered=1, now=LATER),
        letter(Kind.WITHDRAWAL, KIT, process=process, freed=(ahead.id,), now=LATER),
        letter(Kind.DECLINE, KIT, process=process, now=LATER),
        letter(Kind.THANKS_ANYWAY, KIT, process=process, now=LATER),
        letter(Kind.DEADLINE, KIT, process=process, promised=PROMISED, now=LATER),
    ]
    assert len({draft.text for draft in drafts}) == len(drafts)
    assert "Lou Tsang" in drafts[1].text
    assert "29" in drafts[4].text
    for draft in drafts:
        assert draft.language == language
        assert len(draft.subject) <= 60
        assert "Jordan Reyes" in draft.text
        assert {part.source.split(".")[1] for part in draft.sentences} == {"letter"}


@pytest.mark.parametrize("language", FORMAL)
def test_formal_letters_do_without_what_is_unknown(language: str) -> None:
    round_ = interview("2026-09-08 02:00", people=[RITA], language=language, zone="America/New_York")
    draft = letter(round_=round_, process=application(round_, role="", company=""))
    assert "Data Analyst" not in draft.text
    chat = letter(round_=interview(people=[RITA], language=language, informational=True))
    assert "Data Analyst" not in chat.text


def test_chinese_is_written_in_the_script_of_the_names() -> None:
    round_ = interview(people=[person("王敏 <w@acme.example>")], language="zh")
    taipei = letter(to=round_.people[0], round_=round_, process=application(round_, company="玉山半導體"))
    shanghai = letter(to=round_.people[0], round_=round_, process=application(round_, company="港湾物流"))
    assert (taipei.language, shanghai.language) == ("zh-hant", "zh")
    assert "感謝" in taipei.text
    assert "感谢" in shanghai.text


def test_a_formal_letter_says_that_the_users_words_are_not_in_it() -> None:
    round_ = interview(people=[RITA], language="nl")
    draft = letter(round_=round_, known=facts(debrief(note(RITA, "uw kaart van late pakketten"))))
    assert "kaart" not in draft.text
    assert "only a short formal one" in draft.left_out[0]


# ── Threads, senders, keys ───────────────────────────────────────────────────────────────────────────────────────────


def _reply_to(parent_subject: str = "AW: Re: Interview", **more: object) -> Draft:
    first = mail(KIT, "2026-09-01 09:00", subject="Interview", ident="<a@acme.example>")
    parent = mail(KIT, "2026-09-02 09:00", subject=parent_subject, ident="<b@acme.example>", answers=first)
    known = facts(first, replace(parent, envelope=replace(parent.envelope, thread=ThreadId("t7"), **more)))
    return letter(Kind.FOLLOW_UP, KIT, ordinal=1, now=LATER, known=known, parent=MessageId("<b@acme.example>"))


@pytest.mark.scenario("S4")
def test_an_answer_stays_in_its_thread() -> None:
    draft = _reply_to()
    assert draft.subject == "Re: Interview"
    assert draft.in_reply_to == "<b@acme.example>"
    assert draft.references == ("<a@acme.example>", "<b@acme.example>")
    assert draft.thread == "t7"
    assert draft.parent_ref is not None
    assert b"In-Reply-To: <b@acme.example>\r\nReferences: <a@acme.example>\r\n <b@acme.example>\r\n" in draft.raw


def test_an_answer_to_a_mail_without_references_names_what_it_answered() -> None:
    assert _reply_to(references=(), in_reply_to="<z@acme.example>").references == (
        "<z@acme.example>",
        "<b@acme.example>",
    )


def test_an_answer_to_a_mail_without_subject_gets_one_of_its_own() -> None:
    draft = _reply_to("")
    assert draft.subject
    assert not draft.subject.startswith("Re:")
    assert draft.in_reply_to == "<b@acme.example>"


def test_a_parent_that_is_unknown_or_has_no_id_begins_a_new_thread() -> None:
    gone = letter(Kind.FOLLOW_UP, KIT, ordinal=1, now=LATER, parent=MessageId("<gone@acme.example>"))
    assert gone.in_reply_to is None
    made_up = mail(KIT, "2026-09-02 09:00", ident="<sha256:12@mailwatch.invalid>")
    known = facts(made_up)
    draft = letter(Kind.FOLLOW_UP, KIT, ordinal=1, now=LATER, known=known, parent=made_up.envelope.id)
    assert draft.in_reply_to is None
    assert draft.references == ()
    assert draft.subject == "Re: Interview"


@pytest.mark.scenario("S8")
def test_the_sender_is_the_address_the_person_wrote_to() -> None:
    parent = mail(KIT, "2026-09-02 09:00", to=["Jordan <jr@alias.example>"])
    known = facts(parent)
    assert letter(Kind.FOLLOW_UP, KIT, ordinal=1, now=LATER, known=known, parent=parent.envelope.id).sender.address == (
        "jr@alias.example"
    )
    process = application(interview(people=[RITA]), last_messages=((person(KIT).address, parent.envelope.id),))
    assert letter(Kind.DECLINE, KIT, process=process, now=LATER, known=known).sender.address == "jr@alias.example"


def test_in_a_thread_the_user_began_the_sender_is_the_one_they_used() -> None:
    own = replace(sent(KIT, "2026-09-02 09:00"))
    own = replace(own, envelope=replace(own.envelope, sender=box("Jordan <jr@alias.example>")))
    known = facts(own)
    draft = letter(Kind.FOLLOW_UP, KIT, ordinal=1, now=LATER, known=known, parent=own.envelope.id)
    assert draft.sender.address == "jr@alias.example"


def test_a_mail_by_somebody_else_settles_no_sender() -> None:
    other = mail(BO, "2026-09-02 09:00", to=["Jordan <jr@alias.example>"])
    known = facts(other)
    draft = letter(Kind.FOLLOW_UP, KIT, ordinal=1, now=LATER, known=known, parent=other.envelope.id)
    assert draft.sender.address == "jordan@mail.example"


def test_the_account_falls_back_from_decision_to_process_to_the_user() -> None:
    process = application(interview(people=[RITA]), account=Address("jr@alias.example"))
    assert letter(process=process, account=None).account == "jr@alias.example"
    assert letter(process=replace(process, account=None), account=None).account == "jordan@mail.example"


def test_the_draft_carries_what_the_ledger_needs() -> None:
    draft = letter(anchors=frozenset({"uid-1@acme.example"}))
    assert draft.employer == "acme"
    assert draft.evidence == {"uid-1@acme.example"}
    assert draft.anchor == at("2026-09-08 10:00")
    nameless = letter(process=application(interview(people=[RITA]), company=""))
    assert nameless.employer == "acme.example"
    bare = letter(process=application(interview(people=[RITA]), company="", domains=frozenset()))
    assert bare.employer == "a1"


def test_letters_to_an_employers_domain_count_whatever_the_firm_was_called_then() -> None:
    first = letter(to=RITA)
    row = replace(saved(first), employer="acme incorporated")
    second = letter(to=BO, known=facts(row))
    assert not {part.text for part in first.sentences} & {part.text for part in second.sentences}


def test_a_draft_in_trash_is_still_a_letter_and_mail_in_junk_no_parent_place() -> None:
    parent = mail(KIT, "2026-09-02 09:00", account="jr@alias.example", place=SpecialUse.JUNK)
    known = facts(parent, signed(KIT, "Kit"), me=me())
    draft = letter(Kind.FOLLOW_UP, KIT, ordinal=1, now=LATER, known=known, parent=parent.envelope.id)
    assert draft.parent_ref is None
    assert draft.thread is None
    assert draft.in_reply_to == parent.envelope.id


@pytest.mark.scenario("F4")
def test_a_later_question_after_an_answer_is_as_calm_as_a_first_one() -> None:
    process = application(company="Acme")
    texts = [
        letter(Kind.FOLLOW_UP, KIT, process=process, ordinal=ordinal, unanswered=unanswered, now=LATER).text
        for ordinal, unanswered in ((1, 0), (2, 0), (2, 1))
    ]
    first, after_an_answer, second = texts
    exits = ("someone else", "another candidate", "one line")
    assert not any(words in after_an_answer for words in exits)
    assert not any(words in first for words in exits)
    assert any(words in second for words in exits), second
