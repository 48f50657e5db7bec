"""Every text of the corpus, answered and forwarded in every form: nothing of the quotation leaks, nothing new is lost."""

from __future__ import annotations

import html
import re

import pytest

from tests.core.corpus import cases
from tests.core.test_bodies import read

WHO = "Rita Recruiter <rita@acme.example>"
TEXTS = [
    f"{case.new}\n{case.signature}".strip()
    for case in cases()
    if len(case.new) > 60 and "From:" not in case.new and case.kind == "plain"
]


def marked(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n"))


def divs(text: str) -> str:
    return "".join(f"<div>{html.escape(line) or '<br>'}</div>" for line in text.split("\n"))


def mso(text: str) -> str:
    return "".join(f'<p class="MsoNormal">{html.escape(line) or "&nbsp;"}<o:p></o:p></p>' for line in text.split("\n"))


PLAIN = {
    "gmail": "{new}\n\nOn Mon, Sep 7, 2026 at 9:14 AM {who} wrote:\n\n{marked}\n",
    "gmail, wrapped": "{new}\n\nOn Mon, Sep 7, 2026 at 9:14 AM Rita Recruiter <\nrita@acme.example> wrote:\n\n{marked}\n",
    "below": "On 07/09/2026 09:14, Rita Recruiter wrote:\n{marked}\n\n{new}\n",
    "apple": "{new}\n\n> On 7 Sep 2026, at 09:14, {who} wrote:\n>\n{marked}\n",
    "apple without marks": "{new}\n\nOn 7 Sep 2026, at 09:14, {who} wrote:\n\n{old}\n",
    "outlook": "{new}\n\nFrom: {who}\nSent: Monday, September 7, 2026 9:14 AM\nTo: Ben\nSubject: RE: x\n\n{old}\n",
    "outlook, double spaced": "{new}\n\nFrom: {who}\n\nSent: Monday, September 7, 2026 9:14 AM\n\nTo: Ben\n\nSubject: RE: x\n\n{old}\n",
    "outlook, underscores": "{new}\n\n________________________________\nFrom: {who}\nSent: Monday 9:14 AM\nTo: Ben\nSubject: RE: x\n\n{old}\n",
    "outlook, dashes": "{new}\n\n-----Original Message-----\nFrom: {who}\nSent: Monday 9:14 AM\nTo: Ben\nSubject: RE: x\n\n{old}\n",
    "gmail forward": "{new}\n\n---------- Forwarded message ---------\nFrom: {who}\nDate: Mon, Sep 7, 2026 at 9:14 AM\nSubject: x\nTo: Ben <b@c.example>\n\n\n{old}\n",
    "apple forward": "{new}\n\nBegin forwarded message:\n\nFrom: {who}\nSubject: x\nDate: 7 September 2026 at 09:14:00 BST\nTo: Ben <b@c.example>\n\n{old}\n",
    "de": "{new}\n\nAm Mo., 7. Sept. 2026 um 09:14 Uhr schrieb {who}:\n\n{marked}\n",
    "de outlook": "{new}\n\nVon: {who}\nGesendet: Montag, 7. September 2026 09:14\nAn: Ben\nBetreff: AW: x\n\n{old}\n",
    "fr": "{new}\n\nLe lun. 7 sept. 2026 à 09:14, {who} a écrit :\n\n{marked}\n",
    "fr outlook": "{new}\n\nDe : {who}\nEnvoyé : lundi 7 septembre 2026 09:14\nÀ : Ben\nObjet : RE: x\n\n{old}\n",
    "es": "{new}\n\nEl lun, 7 sept 2026 a las 9:14, {who} escribió:\n\n{marked}\n",
    "es outlook": "{new}\n\nDe: {who}\nEnviado el: lunes, 7 de septiembre de 2026 9:14\nPara: Ben\nAsunto: RE: x\n\n{old}\n",
    "it": "{new}\n\nIl giorno lun 7 set 2026 alle ore 09:14 {who} ha scritto:\n\n{marked}\n",
    "pt": "{new}\n\nEm seg., 7 de set. de 2026 às 09:14, {who} escreveu:\n\n{marked}\n",
    "nl": "{new}\n\nOp ma 7 sep 2026 om 09:14 schreef {who}:\n\n{marked}\n",
    "nl outlook": "{new}\n\nVan: {who}\nVerzonden: maandag 7 september 2026 09:14\nAan: Ben\nOnderwerp: RE: x\n\n{old}\n",
    "ja": "{new}\n\n2026年9月7日(月) 9:14 {who}:\n\n{marked}\n",
    "ja outlook": "{new}\n\n差出人: {who}\n送信日時: 2026年9月7日 9:14\n宛先: Ben\n件名: RE: x\n\n{old}\n",
    "zh outlook": "{new}\n\n发件人: {who}\n发送时间: 2026年9月7日 9:14\n收件人: Ben\n主题: x\n\n{old}\n",
}
HTML = {
    "gmail": '<div dir="ltr">{divs_new}</div><br><div class="gmail_quote"><div class="gmail_attr">On Mon, Rita wrote:<br></div><blockquote class="gmail_quote">{divs_old}</blockquote></div>',
    "outlook": '<div class="WordSection1">{mso_new}<div><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal"><b>From:</b> Rita<br><b>Sent:</b> Monday</p></div></div>{mso_old}</div>',
    "outlook on the web": '{divs_new}<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Rita<br><b>Sent:</b> Monday</div>{divs_old}',
    "apple": '<body>{divs_new}<div><br><blockquote type="cite"><div>On 7 Sep 2026, at 09:14, Rita wrote:</div><br>{divs_old}</blockquote></div></body>',
    "thunderbird, below": '<div class="moz-cite-prefix">On 07/09/2026 09:14, Rita wrote:<br></div><blockquote type="cite" cite="mid:1@x">{divs_old}</blockquote>{divs_new}',
    "yahoo": '<div>{divs_new}</div><div class="yahoo_quoted"><div>On Monday, Rita wrote:</div>{divs_old}</div>',
}


def words(text: str) -> str:
    return re.sub(r"[\W_]+", "", re.sub(r"<?https?://\S+", "", text))


def check(kind: str, body: str, new: str) -> None:
    message = read(f"Content-Type: text/{kind}; charset=utf-8\n\n{body}".encode())
    assert words(message.new_text + message.signature) == words(new)


@pytest.mark.scenario("R17")
@pytest.mark.parametrize("form", PLAIN)
def test_plain_answers_in_every_form_keep_their_text_and_nothing_else(form):
    for new, old in zip(TEXTS, TEXTS[1:] + TEXTS[:1], strict=True):
        check("plain", PLAIN[form].format(new=new, old=old, marked=marked(old), who=WHO), new)


@pytest.mark.scenario("R17")
@pytest.mark.parametrize("form", HTML)
def test_html_answers_in_every_form_keep_their_text_and_nothing_else(form):
    for new, old in zip(TEXTS, TEXTS[1:] + TEXTS[:1], strict=True):
        check(
            "html", HTML[form].format(divs_new=divs(new), divs_old=divs(old), mso_new=mso(new), mso_old=mso(old)), new
        )
