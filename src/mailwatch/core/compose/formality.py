"""Sie or du: a letter addresses its reader as the two write to each other; where nothing tells, politely.

How the user last wrote to the person counts first, then how the person writes, then how their colleagues do in the
same process. Somebody to whom a mail gives a title is addressed politely in any case.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mailwatch.core.compose.case import Case
from mailwatch.core.compose.letters import LetterLanguage, Letters
from mailwatch.core.compose.names import person_name
from mailwatch.core.compose.seen import post_of, titled_as
from mailwatch.core.model import Application, Facts, Mail, Person


def addressed(case: Case) -> Case:
    """The case in the language as its reader is addressed in it; as it is where the user has said how."""
    if case.one_form:
        return case
    recipient = case.decision.recipient
    assert recipient is not None  # noqa: S101  the composer has refused a letter to nobody
    polite = case.letters.languages[case.language.code]
    return replace(case, language=in_form(polite, recipient, case.application, case.facts))


def language_for(
    person: Person, code: str, letters: Letters, application: Application, facts: Facts
) -> LetterLanguage | None:
    """The language of letters to this person, as they are addressed in it; None where there are no letters in it.

    Args:
        person: who need not have an address yet.
        code: the language that is spoken with this employer.
        letters: the banks.
        application: the process.
        facts: the mails with the person and their colleagues.
    """
    spoken = letters.language(code)
    return in_form(spoken, person, application, facts) if spoken else None


def in_form(polite: LetterLanguage, person: Person, application: Application, facts: Facts) -> LetterLanguage:
    """The language as this person is to be addressed in it."""
    if polite.familiar is None or person.address is None:
        return polite
    honorifics = polite.words["names"]["honorifics"]
    if titled_as(facts, application, person.address, person_name(person.name), honorifics)[0]:
        return polite
    return polite.familiar if _form_between(polite, person, application, facts) == "familiar" else polite


def _form_between(language: LetterLanguage, person: Person, application: Application, facts: Facts) -> str:
    post = post_of(facts)
    theirs = (side.get(person.address, ()) for side in (post.to_them, post.from_them))
    by_user, by_person = (_first(mail for mail in side if _is_in(mail, language)) for side in theirs)
    mails = (mail for mail in facts.mails if _is_in(mail, language))
    return by_user or by_person or _form_of_colleagues(mails, person, application)


def _is_in(mail: Mail, language: LetterLanguage) -> bool:
    return mail.reading is not None and mail.reading.language == language.code


def _first(mails: Iterable[Mail]) -> str:
    return next((mail.reading.voice.form for mail in mails if mail.reading and mail.reading.voice.form), "")


def _form_of_colleagues(mails: Iterable[Mail], person: Person, application: Application) -> str:
    """How everybody of the person's domain writes in this process, "" where they differ or none shows it."""
    domain = (person.address or "").rpartition("@")[2]
    forms = {
        mail.reading.voice.form
        for mail in mails
        if mail.reading
        and mail.reading.voice.form
        and mail.envelope.id in application.messages
        and mail.envelope.sender
        and mail.envelope.sender.address.rpartition("@")[2] == domain
    }
    return forms.pop() if len(forms) == 1 else ""
