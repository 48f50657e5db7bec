"""Words that end things, said in passing: who gets the seat, a role on hold, the user's own no and yes, when news comes."""

from __future__ import annotations

from datetime import date

import pytest

from mailwatch.core.model import Direction, MessageKind, Reading, ReplyKind
from mailwatch.core.reading import read
from mailwatch.core.reading.sent import YES
from mailwatch.core.reading.weighing import MAYBE_OVER, UNREAD
from tests.core.reading.answers import context, mail


def said(text: str, **more: object) -> Reading:
    return read(mail(text, **more), context())


def wrote(text: str, subject: str = "Re: Donnerstag") -> Reading:
    return read(
        mail(
            text, subject=subject, sender="dana@home.example", name="Dana Ito", outgoing=True, answers="<a@b.example>"
        ),
        context(),
    )


@pytest.mark.scenario("R3")
@pytest.mark.parametrize(
    "text",
    [
        "Hello Dana,\n\nthe archive post is going to an internal applicant. It was good to meet you.",
        "Hi Dana, we went ahead with one of our own in the end. Take care!",
        "Hi Dana,\n\nwe gave the early shifts to a neighbour of the shop. You were lovely.",
        "Dear Dana,\n\nthe post has been filled by a colleague from another branch.",
        "Hallo Frau Ito,\n\ndie Schichten haben wir einer Studentin gegeben, die nebenan wohnt.",
        "Guten Tag,\n\nwir haben die Stelle mit jemandem aus den eigenen Reihen besetzt.",
        "Bonjour Dana, j'ai confié le remplacement à quelqu'un du quartier. Merci encore.",
        "Bonjour, la place reviendra à une collègue. Bien à vous.",
        "Hola Dana, la vacante se cubre con alguien del equipo. Gracias por venir.",
        "Hola Dana, dimos las horas a una chica que ya conocía el horno.",
        "Ciao Dana, il ruolo andrà a una collega. Grazie di essere passata.",
        "Ciao Dana, abbiamo affidato i turni a un vicino.",
        "Olá Dana, o lugar vai para um colega da casa. Obrigada pela visita.",
        "Hoi Dana, de baan gaat naar iemand die al bij ons invalt.",
        "Hoi Dana, we gaan toch verder met iemand uit ons team.",
        "伊藤様\n\n今回の募集は他の方に決まりました。",
        "伊藤女士:您好，这个岗位给了另一位同事。",
    ],
)
def test_whoever_says_who_gets_the_seat_refuses(text: str) -> None:
    assert said(text).reply is ReplyKind.REJECTION


@pytest.mark.scenario("R3")
def test_a_desk_that_signs_as_a_recruiting_team_makes_no_interviewer_of_the_refused() -> None:
    told = said(
        "Hi Dana,\n\nthe Data Engineer seat is going to someone with more years in shipping.\n\nHalden Recruiting Team",
        sender="no-reply@us.greenhouse-mail.io", name="Halden", subject="Data Engineer: news",
    )  # fmt: skip
    assert (told.kind, told.reply, told.direction) == (MessageKind.REJECTION, ReplyKind.REJECTION, Direction.UNKNOWN)


@pytest.mark.scenario("R8")
@pytest.mark.parametrize(
    "text",
    [
        "Hi Dana, finance has put all new headcount on pause, so we cannot go on for now.",
        "Hi Dana, we had to pull the role for now; nothing about you.",
        "Hallo Dana, die Stelle wurde vorerst leider verschoben, das Verfahren ruht.",
        "Bonjour Dana, le recrutement est en pause.",
    ],
)
def test_a_role_that_is_pulled_for_now_is_on_hold(text: str) -> None:
    told = said(text)
    assert told.promise is not None
    assert told.promise.on_hold
    assert told.direction is not Direction.INTERVIEWER


@pytest.mark.scenario("D20")
@pytest.mark.parametrize(
    "text",
    [
        "Hi Mel,\n\nmy father is ill, so I won't be coming in tomorrow. Please pass the slot to someone else.\n\nDana",
        "Hi Mel,\n\nI have to call off our interview. I am sorry.\n\nDana",
        "Hallo Mel,\n\nich komme am Freitag leider nicht. Gib den Platz bitte jemand anderem.\n\nDana",
        "Bonjour,\n\nje ne viendrai pas demain, laissez la place à quelqu'un d'autre.\n\nDana",
        "Hola Mel:\n\nno iré el jueves, dale la hora a otra persona.\n\nDana",
        "Ciao Mel,\n\npurtroppo devo annullare il colloquio.\n\nDana",
        "Olá Mel,\n\nnão comparecerei amanhã, tenho de cancelar a entrevista.\n\nDana",
        "Hoi Mel,\n\nik wil het gesprek afzeggen.\n\nDana",
        "Hi Mel,\n\nthe numbers don't add up for us, so I have decided to pass on the offer.\n\nDana",
        "Hallo Mel,\n\nich habe mich entschieden, abzusagen.\n\nDana",
    ],
)
def test_the_users_own_no_is_a_no_whatever_it_is_like(text: str) -> None:
    assert wrote(text).kind is MessageKind.DECLINE_SENT


@pytest.mark.scenario("D20")
@pytest.mark.parametrize(
    "text",
    [
        "Hi Mel,\n\nI'm stuck in traffic and won't be there until ten past.\n\nDana",
        "Hi Mel,\n\nI won't be coming by car, is there a bus?\n\nDana",
        "Hi Mel,\n\ntomorrow doesn't work, could we meet on Friday instead?\n\nDana",
    ],
)
def test_a_late_arrival_or_another_time_is_no_no(text: str) -> None:
    assert wrote(text).kind is not MessageKind.DECLINE_SENT


@pytest.mark.scenario("R7")
@pytest.mark.parametrize(
    ("text", "yes"),
    [
        ("Hi Mel,\n\nI'm in! The papers are in the post.\n\nDana", True),
        ("Hi Mel,\n\nI have just signed it.\n\nDana", True),
        ("Hallo Mel,\n\nich bin dabei und habe heute unterschrieben.\n\nDana", True),
        ("Hola Mel:\n\n¡cuenta conmigo!\n\nDana", True),
        ("Hi Mel,\n\nI'm in Oslo until Friday and will read it there.\n\nDana", False),
        ("Hi Mel,\n\nI haven't signed it yet.\n\nDana", False),
        ("Hi Mel,\n\nI'm delighted to accept another position, so thank you and goodbye.\n\nDana", False),
    ],
)
def test_a_plain_yes_is_marked_as_one(text: str, yes: bool) -> None:
    assert any(item.rule == YES for item in wrote(text).evidence) is yes


@pytest.mark.scenario("R7")
@pytest.mark.parametrize(
    "text",
    [
        "Dear Dana,\n\nafter long thought we would like you for the post.",
        "Dana! We'd love to have you. Salary as discussed. Take a few days to think about it.",
        "Guten Tag Frau Ito, wir hätten Sie gern für die Stelle.",
        "Hola Dana, te queremos para el puesto.",
    ],
)
def test_an_offer_in_plain_words_is_one(text: str) -> None:
    assert said(text).reply is ReplyKind.OFFER


@pytest.mark.scenario("R4")
@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("Dear Dana, you will hear from us by the second of November.", "2026-11-02"),
        ("Dear Dana, we will decide by Friday the twenty-third of October.", "2026-10-23"),
        ("Liebe Frau Ito, wir melden uns bis zum zwölften Oktober.", "2026-10-12"),
        ("Hola Dana, te diremos algo antes del veintidós de octubre.", "2026-10-22"),
        ("Bonjour, nous vous répondrons avant le neuf octobre.", "2026-10-09"),
        ("Buongiorno, le faremo sapere entro il nove ottobre.", "2026-10-09"),
        ("Olá, daremos resposta até nove de outubro.", "2026-10-09"),
        ("Beste Dana, je hoort voor negen oktober van ons.", "2026-10-09"),
        ("Dear Dana, thank you for the interview. We will let you know by Friday, 23 October.", "2026-10-23"),
        ("Beste Dana, bedankt voor het gesprek. Je hoort uiterlijk 9 oktober van ons.", "2026-10-09"),
    ],
)
def test_a_promised_day_counts_in_words_and_beside_thanks_for_the_interview(text: str, by: str) -> None:
    told = said(text)
    assert told.promise is not None
    assert told.promise.by == date.fromisoformat(by)
    assert told.direction is not Direction.INTERVIEWER


@pytest.mark.scenario("R6")
@pytest.mark.parametrize(
    "text",
    [
        "Estimada Dana: le pedimos el certificado de estudios, su número de afiliación y la fecha en que podría empezar.",
        "Hola Dana, ¿nos mandas el NIF y una copia del título? Gracias.",
    ],
)
def test_a_spanish_request_for_papers_asks_for_something(text: str) -> None:
    assert said(text).reply is ReplyKind.NEEDS_INFO


@pytest.mark.scenario("R1")
def test_a_friendly_line_above_the_users_own_thanks_promises_no_next_round() -> None:
    below = "Dear Mel,\n\nThank you for the talk on Thursday. I would love to come back for the second round."
    told = said(
        "What a nice note to find on a Monday! Have a good week.",
        quoted=below,
        subject="RE: Thank you",
        answers="<a@b.example>",
    )
    assert told.reply is ReplyKind.NEUTRAL


LONG = "The workshop was full of visitors again, and the cat has had kittens under the lathe. We spent the week moving benches, painting doors and looking for the key of the old press. Otto sends his best."


def test_a_long_mail_of_which_nothing_is_understood_is_marked_and_a_line_of_thanks_is_not() -> None:
    marks = {item.rule for item in said(LONG).evidence}
    assert marks & {UNREAD, MAYBE_OVER}
    assert UNREAD not in {item.rule for item in said("Thank you, Dana. It was lovely to meet you too!").evidence}
    assert UNREAD not in {item.rule for item in said(f"{LONG} You will hear from us by Friday.").evidence}
