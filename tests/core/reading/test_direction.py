"""Who is interviewed: the user, a candidate of the user's firm, or somebody for something else."""

from __future__ import annotations

from typing import Any

import pytest

from mailwatch.core.model import Direction, MessageKind, Reading, ReplyKind
from mailwatch.core.reading import read
from tests.core.reading.mails import context, incoming

KIT = "Kit Moss <kit.moss@brightwater.example>"


def told(text: str, *, me: str = "home", subject: str = "", **more: Any) -> Reading:
    return read(incoming(text, me=me, subject=subject, **more), context(me))


@pytest.mark.parametrize(
    "text",
    [
        "We'd like to invite you to interview for the Data Analyst position.",
        "Your interview with us is on Tuesday at 2 pm. We have your resume.",
        "You have been shortlisted for the post of Physiotherapist at Northmoor Hospital. Please select an interview slot.",
        "Thank you for your application as a Year 2 teacher at St Aidan's. You are invited to interview for the post on Monday at 9.",
        "Your interview for the immigration lawyer position at our firm is on Tuesday at 2 pm.",
        "got ur cv for the shop job. can u pop in thurs at 2 for a quick interview?",
    ],
)
def test_the_user_is_the_candidate(text: str) -> None:
    assert told(text).direction is Direction.CANDIDATE


@pytest.mark.scenario("D11", "D12")
@pytest.mark.parametrize(
    "text",
    [
        "You are interviewing Nia Paz on Tuesday at 2. Her resume is attached, please submit your scorecard.",
        "Can you interview the candidate for the Data Analyst role on Tuesday?",
        "Hiring debrief for Nia on Friday. Let's compare scorecards.",
        "We have four candidates coming in next week. The interview schedule is attached.",
        "Could you join the interview panel for our Data Analyst opening?",
    ],
)
def test_colleagues_talk_about_a_candidate(text: str) -> None:
    reading = told(text, me="work", sender=KIT)
    assert (reading.direction, reading.kind) == (Direction.INTERVIEWER, MessageKind.INTERVIEWER_SIDE)


@pytest.mark.scenario("D11")
@pytest.mark.parametrize(
    "text",
    [
        "Please find attached my resume. I would like to apply for the Data Analyst position.",
        "Thank you for taking the time to interview me yesterday. I remain very interested in the position.",
    ],
)
def test_an_applicant_writes_to_the_users_firm(text: str) -> None:
    reading = told(
        text, me="work", sender="Nia Paz <nia.paz@gmail.com>", to="Sam Okafor <sam.okafor@brightwater.example>"
    )
    assert reading.direction is Direction.INTERVIEWER


@pytest.mark.scenario("D11")
@pytest.mark.parametrize(
    "text",
    [
        "The Institute would be grateful if you would act as external member of the selection board. Interviews are on 18 November.",
        "Dear Board Members, please find attached the four shortlisted candidates' CVs and the marking sheets. Return your scores before leaving.",
    ],
)
def test_a_seat_on_somebodys_board_is_no_interview_of_the_users(text: str) -> None:
    reading = told(text, subject="Interviews: Lecturer in Planning Law (selection board)")
    assert reading.direction is Direction.INTERVIEWER


@pytest.mark.parametrize(
    ("kind", "subject", "text"),
    [
        ("press", "Interview request", "I am a reporter with the Daily Ledger. Could I interview you for an article? You'd be quoted by name."),
        ("press", "Podcast", "We'd love to have you as a guest on our podcast. The interview takes an hour."),
        ("research", "Paid interview", "You qualified for our user research study. The interview takes 30 minutes, participants receive a gift card."),
        ("official", "Visa interview", "Your visa interview at the embassy is on Tuesday at 9. Bring your passport."),
        ("official", "Convocation à un entretien - naturalisation", "Vous êtes convoquée à un entretien d'assimilation le jeudi 19 novembre à 9 h 15. Munissez-vous de votre titre de séjour."),
        ("school", "Year 2 parents' evening", "Your ten minute interview with Miss Adjei about Alfie is on Wednesday at 4.40pm."),
        ("school", "Entrance interview", "Your entrance interview for the evening certificate is Monday at 6:30 PM. Tuition is due at registration."),
        ("medical", "Appointment", "The nurse will interview you before your clinic appointment. Bring your medication list, patient."),
        ("insurance", "Your claim", "Our claims adjuster would like to interview you about your insurance claim on Tuesday at 2."),
        ("housing", "Your interview with a Housing Officer", "You are invited to attend a housing needs interview on Tuesday at 10am. Bring your tenancy agreement and two payslips."),
        ("housing", "Tenant interview - Flat 4", "The landlord likes to meet applicants. Tenant interview Thursday 5pm at the flat."),
        ("practice", "Mock interview", "Your mock interview with the career center is on Tuesday at 2."),
        ("review", "Exit interview", "Your exit interview with HR is on Tuesday at 2."),
        ("informational", "Coffee chat", "Happy to have an informational interview. We have no openings just now."),
    ],
)  # fmt: skip
def test_other_kinds_of_interviews(kind: str, subject: str, text: str) -> None:
    reading = told(text, subject=subject)
    assert reading.direction is Direction.OTHER
    assert reading.kind in (MessageKind.INTERVIEW_OTHER, MessageKind.OTHER)
    assert f"direction.{kind}" in [evidence.rule for evidence in reading.evidence]


@pytest.mark.scenario("D18")
@pytest.mark.parametrize(
    ("me", "subject", "text"),
    [
        ("home", "Parent–teacher conference for Milo (4A)", "I'd like to see you both on Tuesday at 4 pm in room 6. We'll talk about his reading. Does the time work?"),
        ("lena", "Eltern-Lehrer-Gespräch, Mia (2b)", "ich lade Sie am Dienstag, 15. September um 16 Uhr in Raum 12 ein. Bitte bestätigen Sie den Termin."),
        ("noe", "Rencontre parents–professeurs, Léo (CE1)", "je vous propose un entretien le mardi 15 septembre à 16 h en salle 12. Merci de confirmer."),
        ("ines", "Tutoría con la profesora de Leo (2.º B)", "Le propongo una entrevista el martes 15 de septiembre a las 16:00 en el aula 12. Por favor, confirme."),
        ("gia", "Colloquio genitori-insegnanti, Leo (2B)", "Le propongo un colloquio martedì 15 settembre alle 16 in aula 12. Confermi per favore."),
        ("rui", "Reunião de pais e professores, Leo", "Proponho uma entrevista na terça-feira, 15 de setembro às 16h na sala 12. Por favor, confirme."),
        ("daan", "Ouder-leerkrachtgesprek Leo (groep 4)", "Graag nodig ik je uit voor een gesprek op dinsdag 15 september om 16:00 in lokaal 12."),
        ("aya", "三者面談のお願い（2年3組）", "9月15日（火）16:00に教室で面談を行います。ご都合をお知らせください。"),
        ("zh", "家长与老师面谈（二年级三班）", "想与您约9月15日（周二）16:00在教室面谈。请确认时间。"),
    ],
)  # fmt: skip
def test_a_school_that_talks_to_parents_interviews_nobody(me: str, subject: str, text: str) -> None:
    reading = told(text, me=me, subject=subject, sender="Ada Holm <a.holm@marshschool.example>")
    assert (reading.direction, reading.kind) == (Direction.OTHER, MessageKind.INTERVIEW_OTHER)


def test_a_teachers_own_interview_may_speak_of_parents() -> None:
    text = "Thank you for your application. You are invited to interview for the post of class teacher on Monday at 9."
    reading = told(text, subject="Parents' evening lead and class teacher: your application")
    assert reading.direction is not Direction.OTHER


@pytest.mark.parametrize(
    "text",
    [
        "My interview went well, they want me!",
        "Good luck with your interview tomorrow! Tell me how it goes.",
        "John has a job interview on Tuesday, can you look after the kids?",
    ],
)
def test_a_friends_words(text: str) -> None:
    assert told(text, sender="Nia <nia@gmail.com>").direction is Direction.OTHER


def test_the_users_own_application_is_the_users() -> None:
    reading = told("Please find attached my resume for the position.", outgoing=True, to="Rita <rita@acme.example>")
    assert reading.direction is Direction.CANDIDATE


def test_an_address_that_looks_like_a_mail_service_is_no_firm() -> None:
    text = "eeek look!! can u drive me x"
    reading = told(text, sender="Nia <nia@gmail.com>", subject="Fwd: Interview invitation - Service Advisor")
    assert reading.direction is not Direction.INTERVIEWER


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Based on your profile: 14 new jobs near you. See all jobs. Apply now. Urgently hiring.", MessageKind.JOB_ALERT),
        ("We have received your application for the Data Analyst position and will review it.", MessageKind.APPLICATION_ACK),
        ("Please complete the online coding assessment for the Data Analyst role by Friday.", MessageKind.ASSESSMENT),
        ("We received your video interview. Your recording was submitted on October 9 at 11:48 AM.", MessageKind.ASSESSMENT),
        ("I came across your profile and have an exciting opportunity for a Data Analyst. Would you be open to a chat?", MessageKind.COLD_OUTREACH),
        ("How was your interview experience? Please take our two minute survey about the hiring process.", MessageKind.OTHER),
        ("Download Telegram and message the hiring manager for your interview. A check will be mailed to you for office equipment.", MessageKind.OTHER),
        ("Dinner on Friday?", MessageKind.OTHER),
    ],
)  # fmt: skip
def test_mail_that_arranges_nothing(text: str, kind: MessageKind) -> None:
    assert told(text, sender="Acme <hr@acme.example>").kind is kind


def test_a_newsletter_about_interviews_is_nothing() -> None:
    text = "Ace your next interview! Five questions every interviewer asks. View in browser. Unsubscribe."
    assert told(text, subject="Interview tips").kind in (MessageKind.OTHER, MessageKind.INTERVIEW_OTHER)


def test_no_words_at_all() -> None:
    reading = told("")
    assert (reading.kind, reading.direction, reading.meetings) == (MessageKind.OTHER, Direction.UNKNOWN, ())


@pytest.mark.scenario("R5")
@pytest.mark.parametrize(
    ("me", "text"),
    [
        ("home", "Thank you for coming in yesterday. Nothing is settled yet, as another candidate's interview had to be moved. We expect to let everybody know by 26 October."),
        ("lena", "Vielen Dank für Ihren Besuch. Das Gespräch mit einem anderen Bewerber musste verschoben werden, wir melden uns bis zum 2. Oktober bei Ihnen."),
        ("noe", "Merci de votre visite. L'entretien d'un autre candidat a dû être reporté ; nous reviendrons vers vous d'ici le 2 octobre."),
        ("ines", "Gracias por venir. Tuvimos que aplazar la entrevista de otra candidata; le diremos algo antes del 2 de octubre."),
        ("gia", "Grazie per la visita. Abbiamo dovuto rinviare il colloquio con un altro candidato; le faremo sapere entro il 2 ottobre."),
        ("daan", "Bedankt voor je komst. Het gesprek met een andere kandidaat is verplaatst; je hoort voor 2 oktober van ons."),
    ],
)  # fmt: skip
def test_another_candidates_moved_interview_moves_nothing_of_the_readers(me: str, text: str) -> None:
    reading = told(text, me=me, subject="Re: Interview")
    assert reading.reply is ReplyKind.TIMELINE_UPDATE
    assert reading.direction is not Direction.INTERVIEWER


def test_the_readers_own_interview_still_moves_beside_another_candidates() -> None:
    text = "Another candidate's interview ran over. We have to move your interview. Would Thursday at 2 work?"
    assert told(text, subject="Re: Interview").reply is ReplyKind.SCHEDULING
