from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from mailwatch.core.addresses import (
    address_from_text,
    domain_of,
    is_agency,
    is_alert_sender,
    is_free_mail,
    is_machine,
    is_shared_box,
    looks_like,
    registrable_domain,
    sending_tool,
    tool_kind,
)
from mailwatch.core.lexicon import Lexicon

TABLES = tomllib.loads((files("mailwatch.phrases") / "senders.toml").read_text(encoding="utf-8"))
LEXICON = Lexicon({}, TABLES)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" Rita@Acme.Example ", "rita@acme.example"),
        ("mailto:rita@acme.example?subject=x", "rita@acme.example"),
        ("'rita@acme.example'", "rita@acme.example"),
        ("rita+jobs@acme.example.", "rita+jobs@acme.example"),
        ("jürgen@müller.example", "jürgen@müller.example"),
    ],
)
def test_an_address_is_lower_case_and_bare(text, address):
    assert address_from_text(text) == address


@pytest.mark.parametrize(
    "text",
    ["", "rita", "@acme.example", "rita@", "rita@a..b", '"r\r\nBcc: x"@acme.example', "rita@[127.0.0.1]", "a b@acme.example",
     "a@b@acme.example", "rita@acme.example\nBcc: x@y.example", "a" * 200 + "@acme.example", "rita@" + "a" * 300],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(text):
    assert address_from_text(text) is None


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("rita@mail.acme.co.uk", "acme.co.uk"),
        ("rita@acme.com.br", "acme.com.br"),
        ("x@jobs.eu.acme.example", "acme.example"),
        ("ACME.example", "acme.example"),
        ("co.uk", "co.uk"),
        ("localhost", "localhost"),
        ("", ""),
    ],
)
def test_the_registrable_domain_honours_public_suffixes(address, domain):
    assert registrable_domain(address) == domain


def test_the_domain_of_a_domain_is_itself():
    assert domain_of("Rita@Acme.Example.") == "acme.example"
    assert domain_of("acme.example") == "acme.example"


def test_free_mail_is_told_by_the_whole_domain():
    assert is_free_mail("rita@gmail.com", LEXICON)
    assert not is_free_mail("rita@mail.gmail.com", LEXICON)
    assert not is_free_mail("rita@acme.example", LEXICON)


@pytest.mark.parametrize(
    "address",
    ["no-reply@acme.example", "NoReply2@acme.example", "acme-noreply@ats.example", "ne-pas-repondre@acme.example", "mailer-daemon@acme.example",
     "bounces+12ab@em.acme.example", "calendar-notification@google.com", "c_188@resource.calendar.google.com", "notifications@acme.example"],
)  # fmt: skip
def test_a_machine_is_known_by_its_address(address):
    assert is_machine(address, "", LEXICON)


def test_a_machine_is_known_by_its_name():
    assert is_machine("careers@acme.example", "Acme (do not reply)", LEXICON)


@pytest.mark.parametrize(
    "address", ["rita@acme.example", "reply+3fa9@ats.example", "notker@acme.example", "autumn@acme.example"]
)
def test_people_and_relays_are_no_machines(address):
    assert not is_machine(address, "Rita Recruiter", LEXICON)


@pytest.mark.parametrize(
    "address",
    ["jobs@a.example", "jobs-emea@a.example", "talent.acquisition@a.example", "HR2@a.example", "seleccion@a.example"],
)
def test_a_shared_box_is_no_person(address):
    assert is_shared_box(address, LEXICON)


@pytest.mark.parametrize("address", ["steve.jobs@a.example", "rita@a.example", "emea@a.example", "joboslav@a.example"])
def test_a_person_whose_name_holds_such_a_word_is_no_shared_box(address):
    assert not is_shared_box(address, LEXICON)


def test_tools_are_known_with_everything_below_their_domain():
    assert sending_tool("no-reply@eu.greenhouse-mail.io", LEXICON) == "greenhouse"
    assert tool_kind("no-reply@eu.greenhouse-mail.io", LEXICON) == "ats"
    assert sending_tool("calendar-notification@google.com", LEXICON) == "google-calendar"
    assert sending_tool("rita@google.com", LEXICON) == ""
    assert tool_kind("rita@notgreenhouse.io", LEXICON) == ""


def test_job_alerts_and_newsletters_are_known():
    assert is_alert_sender("jobalerts-noreply@linkedin.com", LEXICON)
    assert is_alert_sender("newsletter@acme.example", LEXICON)
    assert is_alert_sender("someone@substack.com", LEXICON)
    assert not is_alert_sender("rita@acme.example", LEXICON)


def test_agencies_are_known_by_name_and_by_word_but_a_tool_is_none():
    assert is_agency("ann@hays.co.uk", LEXICON)
    assert is_agency("ann@north-recruitment.example", LEXICON)
    assert not is_agency("no-reply@smartrecruiters.com", LEXICON)
    assert not is_agency("ann@acme.example", LEXICON)


@pytest.mark.parametrize(
    "forged",
    ["acrne-labs.example", "аcme-labs.example", "xn--" + "аcme-labs".encode("punycode").decode() + ".example", "acme-1abs.example",
     "acmelabs.example", "acme-labz.example", "acem-labs.example", "acme-labs.example.evil.test", "mail.acme-labs.example.evil.test"],
)  # fmt: skip
def test_a_look_alike_of_a_known_domain_is_told(forged):
    assert looks_like(forged, ["x.test", "acme-labs.example"]) == "acme-labs.example"


@pytest.mark.parametrize(
    "honest",
    [
        "acme-labs.example",
        "mail.acme-labs.example",
        "acme-labs.test",
        "umbrella.example",
        "x.test",
        "y.test",
        "xn--99999999999.example",
    ],
)
def test_the_domain_itself_its_sub_domains_and_strangers_are_no_look_alikes(honest):
    assert looks_like(honest, ["acme-labs.example", "x.test"]) == ""


def test_short_names_are_not_compared_letter_by_letter():
    assert looks_like("mays.example", ["hays.example"]) == ""


def test_every_table_is_written_in_the_form_it_is_compared_in():
    for table in ("machine_locals", "machine_words", "shared_locals", "shared_fillers", "alert_locals"):
        assert all(word.isalpha() and word.isascii() and word.islower() for word in TABLES[table]), table
    kinds = {value.partition(" ")[0] for value in TABLES["tools"].values()}
    assert kinds <= {"ats", "scheduling", "calendar", "video", "assessment", "job_board", "bulk", "survey", "signing", "screening", "notetaker",
                     "practice", "research", "media"}  # fmt: skip
    assert all(domain == domain.casefold() and value.count(" ") == 1 for domain, value in TABLES["tools"].items())
