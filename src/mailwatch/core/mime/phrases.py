"""The words that mail programs put around quotations, forwarded mails and signatures, in many languages.

These belong to programs, not to people: they are part of the format, so they live here and not with the phrases that
say what a message means.
"""

from __future__ import annotations


def _words(table: str) -> frozenset[str]:
    return frozenset(word for line in table.split("\n") for word in line.split("|") if word)


# Between rows of dashes, or on a line of their own that ends in a colon.
DIVIDERS = _words(
    """original message|original email|original e-mail|original|original appointment|forwarded message|forwarded email|forward message|reply message
ursprüngliche nachricht|originalnachricht|original-nachricht|ursprüngliche mail|ursprünglicher termin
weitergeleitete nachricht|weitergeleitete mail
message d'origine|message d’origine|message original|message initial|message transféré|message réexpédié
rendez-vous d'origine|rendez-vous d’origine|courriel original
mensaje original|mensaje reenviado|correo original|cita original|messaggio originale|messaggio inoltrato
appuntamento originale
mensagem original|mensagem encaminhada|mensagem reencaminhada|compromisso original|oorspronkelijk bericht
origineel bericht|doorgestuurd bericht
oorspronkelijke afspraak|oprindelig besked|videresendt besked|ursprungligt meddelande|vidarebefordrat meddelande|oprindelig meddelelse
videresendt meddelelse|opprinnelig melding|videresendt melding
alkuperäinen viesti|välitetty viesti|oryginalna wiadomość|wiadomość oryginalna|przekazana wiadomość
wiadomość przekazana dalej|původní zpráva|přeposlaná zpráva
původní e-mail|исходное сообщение|пересылаемое сообщение|перенаправленное сообщение|özgün ileti|orijinal mesaj
iletilmiş mesaj|mesaj original|mesaj redirecționat
eredeti üzenet|továbbított üzenet|αρχικό μήνυμα|προωθημένο μήνυμα|missatge original|missatge reenviat|thư gốc
原始邮件|原邮件|原始信息|转发邮件|转发的邮件|轉寄的郵件
原始郵件|轉寄郵件|转发邮件信息|原始约会|元のメッセージ|元の予定|転送メッセージ|転送されたメッセージ|원본 메시지|원본 메일|전달된 메시지|전달된 메일"""
)
FORWARDS = _words(
    """begin forwarded message|anfang der weitergeleiteten nachricht|anfang der weitergeleiteten e-mail|début du message transféré|début du message réexpédié
inicio del mensaje reenviado|inizio messaggio inoltrato|início da mensagem reencaminhada
início da mensagem encaminhada|begin doorgestuurd bericht
vidarebefordrat brev|start på videresendt besked|videresendt melding|välitetty viesti alkaa
początek przekazywanej wiadomości|začátek přeposílané zprávy
начало переадресованного сообщения|iletilen mesajın başlangıcı|开始转发邮件|开始转发的邮件|開始轉寄郵件|転送されたメッセージ
전달된 메시지 시작"""
)
# Words with which a program says that somebody wrote something, before or after who and when.
WROTE = _words(
    "wrote|writes|schrieb|schreibt|hat geschrieben|a écrit|écrit|écrivait|escribió|escribio|escribe|"
    "ha escrito|ha scritto|scrive|scriveva|escreveu|escreve"
    "|schreef|heeft geschreven|skrev|skrev følgende|skriver|kirjoitti|napisał|napisała|napisał(a)|pisze|"
    "napsal|napsala|napsal(a)|napísal|napísal(a)|написал|написала"
    "|написал(а)|пишет|пише|написав|yazdı|şunu yazdı|şunları yazdı|a scris|írta|έγραψε|va escriure|đã viết|写道|"
    "寫道|写到|님이 작성|さんは書きました|のメール|さんからのメール"
)
# The labels of the header lines that Outlook and others repeat above a quoted mail.
_LABELS = {
    "from": "from|von|de|da|van|från|fra|lähettäjä|od|от|от кого|kimden|de la|feladó|από|발신|보낸 사람|보낸사람|发件人|寄件者|寄件人|"
    "差出人|送信者|from address|expéditeur|remitente|mittente",
    "date": "sent|date|message du|gesendet|datum|gesendet am|envoyé|envoyé le|date d'envoi|enviado|enviado el|fecha|inviato|data|"
    "enviada em|enviado em|enviada|verzonden|skickat|sendt|dato|lähetetty|päivä"
    "|wysłano|data wysłania|odesláno|отправлено|дата|gönderildi|tarih|gönderme tarihi|trimis|elküldve|dátum|"
    "발송|보낸 날짜|날짜|发送时间|发送日期|日期|时间|寄件日期|傳送時間|送信日時|日時|日付|sent at|date sent|sent on",
    "to": "to|an|à|a|para|aan|till|til|vastaanottaja|do|komu|кому|kime|către|címzett|προς|받는 사람|받는사람|收件人|收件者|宛先|"
    "recipient|destinataire|destinatario",
    "cc": "cc|kopie|kopie (cc)|copie|copie à|copia|kopi|kopia|kopio|dw|копия|bilgi|másolat|참조|抄送|副本|c.c.|ccへ|ccn|bcc",
    "subject": "subject|betreff|objet|sujet|asunto|oggetto|assunto|onderwerp|ämne|emne|aihe|temat|předmět|predmet|тема|"
    "konu|subiect|tárgy|θέμα|제목|主题|主旨|主題|件名|betr|re",
    "reply": "reply-to|reply to|antwort an|répondre à|responder a|rispondi a|antwoord aan|答复|返信先|organization|"
    "importance|priority|wichtigkeit|importancia|attachments|anlagen",
}
LABELS = {label: kind for kind, labels in _LABELS.items() for label in _words(labels)}
# Automatic last lines of telephones and apps.
MOBILE = _words(
    "sent from my|sent from mail for|sent from outlook|sent from yahoo|sent from proton|sent via|"
    "get outlook for|sent with proton|download outlook for|von meinem|gesendet von|gesendet mit der|"
    "diese nachricht wurde von meinem|holen sie sich outlook|outlook für|envoyé de mon|envoyé depuis|"
    "envoyé à partir de|obtenez outlook|télécharger outlook|enviado desde|enviado do meu|enviado de mi|"
    "obtener outlook|"
    "obter o outlook|inviato da|scarica outlook|ottieni outlook|verstuurd vanaf|verzonden vanaf|outlook voor|"
    "skickat från|sendt fra|lähetetty|wysłane z|odesláno z|отправлено с|发自我的|從我的|从我的|來自我的|iphoneから送信|"
    "androidから送信|나의 iphone"
)
# Words above a name at the end of a letter.
SIGN_OFFS = _words(
    "best|best regards|with best wishes|with warm regards|with warmest regards|with all best wishes|ngā mihi|kind regards|warm regards|warmest regards|regards|with kind regards|with best regards|"
    "kindest regards|many regards|best wishes|all the best|warmly|warm wishes|sincerely|sincerely yours|"
    "yours sincerely|yours faithfully|yours truly|yours|cheers|thanks|thanks again|thank you|thank you again|"
    "thanks so much|thanks very much|many thanks|thank you so much|thank you very much|with thanks|"
    "with gratitude|"
    "gratefully|respectfully|cordially|take care|talk soon|speak soon|see you soon|see you then|"
    "looking forward|br|kr|rgds|thx|mit freundlichen grüßen|mit freundlichen grüssen|mit freundlichem gruß|"
    "mit freundlichem gruss|"
    "freundliche grüße|freundliche grüsse|freundlicher gruß|freundlicher gruss|beste grüße|beste grüsse|"
    "herzliche grüße|herzliche grüsse|bis bald|bis dann|viele grüße|viele grüsse|liebe grüße|liebe grüsse|schöne grüße|"
    "schöne grüsse|"
    "mit besten grüßen|mit besten grüssen|mit herzlichen grüßen|grüße|gruß|gruss|besten dank|vielen dank|mfg|"
    "vg|lg|bg|hochachtungsvoll|cordialement|bien cordialement|très cordialement|sincères salutations|"
    "salutations distinguées|meilleures salutations|bien à vous|bonne journée|bonne soirée|merci|"
    "merci d'avance|merci beaucoup|à bientôt|belle journée|saludos|un saludo|saludos cordiales|"
    "un cordial saludo|cordiales saludos|"
    "atentamente|muy atentamente|cordialmente|un abrazo|gracias|muchas gracias|quedo atento|quedo atenta|"
    "cordiali saluti|distinti saluti|un cordiale saluto|saluti|un saluto|grazie|grazie mille|a presto|"
    "até lá|até breve|atenciosamente|att|"
    "cumprimentos|com os melhores cumprimentos|melhores cumprimentos|abraço|abraços|um abraço|obrigado|"
    "obrigada|muito obrigado|muito obrigada|met vriendelijke groet|met vriendelijke groeten|"
    "vriendelijke groet|vriendelijke groeten|"
    "hartelijke groet|groet|groeten|groetjes|bedankt|alvast bedankt|mvg|med vänlig hälsning|"
    "vänliga hälsningar|hälsningar|med venlig hilsen|venlig hilsen|hilsen|kh|mvh|vennlig hilsen|ystävällisin terveisin|pozdrawiam|"
    "z poważaniem|s pozdravem|"
    "с уважением|saygılarımla|祝好|此致|顺祝商祺|順頌商祺|敬上|谢谢|謝謝|敬具|以上|よろしくお願いいたします|よろしくお願い致します|宜しくお願い致します|宜しくお願いいたします|"
    "何卒よろしくお願いいたします|감사합니다"
)
# A plain-text part that only says that there is an HTML one.
STUBS = _words(
    "view this email in|view this message in|view in your browser|view in browser|view it in your browser|"
    "in your browser|html version|html format|does not support html|doesn't support html|html-enabled|"
    "im browser|browser ansehen|html-format|html-version|html-ansicht|version en ligne|dans votre navigateur|"
    "version html|format html|en su navegador|en tu navegador|versión html|nel browser|versione html|"
    "no seu navegador|versão html|"
    "in je browser|in uw browser|在浏览器中|在瀏覽器中|ブラウザで|htmlメール"
)
