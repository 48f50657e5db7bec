"""Origin: the development set that mailwatch was specified with. How calendar systems and mail programs put things on the wire.

render.py decides *what* a mailbox holds; this module writes it as bytes: iCalendar text with each
system's own habits (UTC, Windows zone names, DURATION, floating time ...), the wording those systems
use in their notifications, and MIME messages with any charset, transfer encoding or deliberate defect.
Standard library only.
"""
import base64
import hashlib
import html
import quopri
import re
from datetime import datetime, timedelta, timezone
from email.header import Header
from email.utils import parseaddr
from zoneinfo import ZoneInfo

UTC = timezone.utc

# Zone names as Exchange writes them.
WINDOWS_ZONE = {
    "Africa/Johannesburg": "South Africa Standard Time", "Africa/Nairobi": "E. Africa Standard Time",
    "America/Bogota": "SA Pacific Standard Time", "America/Chicago": "Central Standard Time",
    "America/Denver": "Mountain Standard Time", "America/Halifax": "Atlantic Standard Time",
    "America/Los_Angeles": "Pacific Standard Time", "America/Mexico_City": "Central Standard Time (Mexico)",
    "America/New_York": "Eastern Standard Time", "America/Phoenix": "US Mountain Standard Time",
    "America/Sao_Paulo": "E. South America Standard Time", "America/Vancouver": "Pacific Standard Time",
    "Asia/Dubai": "Arabian Standard Time", "Asia/Kolkata": "India Standard Time",
    "Asia/Singapore": "Singapore Standard Time", "Asia/Taipei": "Taipei Standard Time",
    "Asia/Tokyo": "Tokyo Standard Time", "Europe/Berlin": "W. Europe Standard Time",
    "Europe/Brussels": "Romance Standard Time", "Europe/Dublin": "GMT Standard Time",
    "Europe/Helsinki": "FLE Standard Time", "Europe/Lisbon": "GMT Standard Time",
    "Europe/London": "GMT Standard Time", "Europe/Paris": "Romance Standard Time",
    "Europe/Vienna": "W. Europe Standard Time", "Europe/Warsaw": "Central European Standard Time",
    "Europe/Zurich": "W. Europe Standard Time", "Pacific/Auckland": "New Zealand Standard Time",
}

PRODUCT_ID = {
    "ashby": "adamgibbons/ics", "calendly": "-//Calendly//EN", "goodtime": "-//GoodTime//Hire//EN",
    "google": "-//Google Inc//Google Calendar 70.9054//EN", "greenhouse": "icalendar-ruby",
    "icloud": "-//Apple Inc.//iPhone OS 18.1//EN", "lever": "-//lever.co//hire//EN",
    "modernloop": "-//ModernLoop//Scheduler//EN", "outlook": "Microsoft Exchange Server 2010",
    "smartrecruiters": "-//SmartRecruiters//Interview//EN", "teams": "Microsoft Exchange Server 2010",
    "workday": "-//Workday//Recruiting//EN", "zoom": "-//zoom.us//iCalendar Event//EN",
}
EXCHANGE = ("outlook", "teams")
ZONED = ("zoom", "icloud", "lever", "smartrecruiters")      # write TZID=<IANA name>
APPLICANT_SYSTEMS = ("greenhouse", "lever", "ashby", "goodtime", "modernloop", "workday", "smartrecruiters", "calendly", "zoom")


def digest(text, length):
    """Stable pseudo-random characters, so that rendering twice gives the same bytes."""
    return hashlib.md5(text.encode()).hexdigest()[:length]


def local_time(text, zone):
    """'2026-09-10 14:00' in ``zone`` as an aware datetime (an offset in the text wins)."""
    moment = datetime.fromisoformat(str(text))
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))


# ------------------------------------------------------------------ iCalendar
def ics_utc(moment):
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def ics_escape(text):
    return (text or "").replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\r", "").replace("\n", "\\n")


def ics_fold(line):
    """Fold at 75 octets without cutting a character in two."""
    pieces, current = [], b""
    for char in line:
        raw = char.encode()
        if len(current) + len(raw) > (74 if not pieces else 73):
            pieces.append(current.decode())
            current = b""
        current += raw
    pieces.append(current.decode())
    return "\r\n ".join(pieces)


def zone_block(tzid, zone):
    """A VTIMEZONE good enough for the years used here, computed from the zone itself."""
    info = ZoneInfo(zone)
    january = datetime(2026, 1, 15, tzinfo=info).utcoffset()
    july = datetime(2026, 7, 15, tzinfo=info).utcoffset()

    def offset(delta):
        sign, minutes = ("-" if delta < timedelta(0) else "+"), abs(delta).seconds // 60
        return "%s%02d%02d" % (sign, minutes // 60, minutes % 60)

    lines = ["BEGIN:VTIMEZONE", "TZID:" + tzid]
    if january == july:
        lines += ["BEGIN:STANDARD", "DTSTART:16010101T000000", "TZOFFSETFROM:" + offset(january), "TZOFFSETTO:" + offset(january), "END:STANDARD"]
        return lines + ["END:VTIMEZONE"]
    standard, summer = min(january, july), max(january, july)
    if zone.startswith("America/"):
        to_standard, to_summer = ("020000", "BYDAY=1SU;BYMONTH=11"), ("020000", "BYDAY=2SU;BYMONTH=3")
    elif zone == "Pacific/Auckland":
        to_standard, to_summer = ("030000", "BYDAY=1SU;BYMONTH=4"), ("020000", "BYDAY=-1SU;BYMONTH=9")
    else:                                                   # Europe switches at 01:00 UTC
        hour = lambda base: "%02d0000" % (1 + base // timedelta(hours=1))
        to_standard, to_summer = (hour(summer), "BYDAY=-1SU;BYMONTH=10"), (hour(standard), "BYDAY=-1SU;BYMONTH=3")
    for name, (clock, rule), before, after in (("STANDARD", to_standard, summer, standard), ("DAYLIGHT", to_summer, standard, summer)):
        lines += ["BEGIN:" + name, "DTSTART:16010101T" + clock, "TZOFFSETFROM:" + offset(before), "TZOFFSETTO:" + offset(after),
                  "RRULE:FREQ=YEARLY;INTERVAL=1;" + rule, "END:" + name]
    return lines + ["END:VTIMEZONE"]


def event_times(story, event, system):
    zone = event.get("zone") or story.zone
    start = local_time(event["start"], zone)
    end = start + timedelta(minutes=event.get("minutes", 60))
    wall = "%Y%m%dT%H%M%S"
    if event.get("all_day"):
        return ["DTSTART;VALUE=DATE:" + start.strftime("%Y%m%d"), "DTEND;VALUE=DATE:" + (start + timedelta(days=1)).strftime("%Y%m%d")]
    if system in EXCHANGE or system in ZONED:
        tzid = WINDOWS_ZONE[zone] if system in EXCHANGE else zone
        return ["DTSTART;TZID=%s:%s" % (tzid, start.strftime(wall)), "DTEND;TZID=%s:%s" % (tzid, end.strftime(wall))]
    if system == "floating":
        return ["DTSTART:" + start.strftime(wall), "DTEND:" + end.strftime(wall)]
    if system == "workday":
        return ["DTSTART:" + ics_utc(start), "DURATION:PT%dM" % event.get("minutes", 60)]
    return ["DTSTART:" + ics_utc(start), "DTEND:" + ics_utc(end)]


def event_block(story, event, system, method=None):
    zone = event.get("zone") or story.zone
    lines = ["BEGIN:VEVENT"] + event_times(story, event, system)
    lines += ["DTSTAMP:" + ics_utc(local_time(event.get("seen", event["start"]), zone)), "UID:" + event["uid"], "SEQUENCE:%d" % event.get("sequence", 0)]
    if event.get("repeat"):
        lines.append("RRULE:" + event["repeat"])
    organizer = event.get("organizer")
    if organizer:
        name, address = parseaddr(story.person(organizer))
        extra = ";EMAIL=" + address if system == "icloud" else ""
        lines.append('ORGANIZER;CN="%s"%s:mailto:%s' % (name or address, extra, address))
    guests = list(event.get("guests", []))
    if organizer and not event.get("without_owner"):
        guests.append("ME")
    for key in guests if method != "REPLY" else ["ME"]:
        name, address = parseaddr(story.person(key))
        role = "OPT-PARTICIPANT" if key in event.get("optional", []) else "REQ-PARTICIPANT"
        kind = "RESOURCE" if key in event.get("rooms", []) else "INDIVIDUAL"
        if key == "ME":         # an invitation is mailed before the owner can answer it
            answer = event.get("answer", "NEEDS-ACTION") if method in (None, "REPLY") else "NEEDS-ACTION"
        else:
            answer = event.get("answers", {}).get(key, "ACCEPTED")
        lines.append("ATTENDEE;CUTYPE=%s;ROLE=%s;PARTSTAT=%s;RSVP=TRUE;CN=%s:mailto:%s" % (kind, role, answer, '"%s"' % name if name else address, address))
    lines.append("SUMMARY%s:%s" % (";LANGUAGE=en-US" if system in EXCHANGE else "", ics_escape(event["title"])))
    if event.get("text"):
        lines.append("DESCRIPTION:" + ics_escape(event["text"]))
    if event.get("place"):
        lines.append("LOCATION:" + ics_escape(event["place"]))
    state = event.get("state", "confirmed")
    lines.append("STATUS:" + ("CANCELLED" if method == "CANCEL" else state.upper()))
    if system in EXCHANGE:
        lines += ["CLASS:PUBLIC", "PRIORITY:5", "TRANSP:OPAQUE", "X-MICROSOFT-CDO-BUSYSTATUS:" + ("FREE" if method == "CANCEL" else "TENTATIVE"), "X-MICROSOFT-CDO-IMPORTANCE:1"]
    if system == "teams":
        lines.append("X-MICROSOFT-SKYPETEAMSMEETINGURL:https://teams.microsoft.com/l/meetup-join/19%%3ameeting_%s%%40thread.v2/0" % digest(event["uid"], 20))
    if system == "google" and organizer:
        lines.append("X-GOOGLE-CONFERENCE:https://meet.google.com/abc-%s-xyz" % digest(event["uid"], 4))
    return lines + ["END:VEVENT"]


def calendar_text(story, events, system, method=None):
    lines = ["BEGIN:VCALENDAR", "PRODID:" + PRODUCT_ID.get(system, "-//Calendar//EN")]
    lines += ["METHOD:" + method] if method else []
    lines += ["VERSION:2.0", "CALSCALE:GREGORIAN"]
    zones = {}
    for event in events:
        zone = event.get("zone") or story.zone
        if system in EXCHANGE:
            zones[WINDOWS_ZONE[zone]] = zone
        elif system in ZONED:
            zones[zone] = zone
    for tzid, zone in zones.items():
        lines += zone_block(tzid, zone)
    for event in events:
        lines += event_block(story, event, system, method)
    return "\r\n".join(ics_fold(line) for line in lines + ["END:VCALENDAR"]) + "\r\n"


# ------------------------------------------------- wording of the systems' mails
def invitation_wording(story, event, system, method):
    """(subject, body) the way the calendar system itself words its notification."""
    zone = event.get("zone") or story.zone
    start = local_time(event["start"], zone)
    end = start + timedelta(minutes=event.get("minutes", 60))
    organizer = event.get("organizer")
    organizer_name = parseaddr(story.person(organizer))[0] if organizer else ""
    place, text, title = event.get("place", ""), event.get("text", ""), event["title"]
    if method == "REPLY":
        answer = {"ACCEPTED": "Accepted", "DECLINED": "Declined", "TENTATIVE": "Tentative"}[event.get("answer", "ACCEPTED")]
        return "%s: %s" % (answer, title), "\n"
    if system == "google":
        short = lambda moment: moment.strftime("%I:%M%p").lstrip("0").replace(":00", "").lower()
        day = start.strftime("%a %b ") + str(start.day) + start.strftime(", %Y")
        updated = bool(event.get("sequence"))
        prefix = {"CANCEL": "Canceled event", "UNKNOWN": "Invitation from an unknown sender"}.get(method, "Updated invitation" if updated else "Invitation")
        guests = [key for key in dict.fromkeys([organizer] + event.get("guests", []) + ["ME"]) if key]
        names = "\n".join((parseaddr(story.person(key))[0] or parseaddr(story.person(key))[1]) + (" - organizer" if key == organizer else "") for key in guests)
        head = "This event has been canceled.\n" + title if method == "CANCEL" else "This event has been updated\nChanged: time\n" + title if updated else title
        body = "\n".join([head, "%s⋅%s – %s (%s)" % (day, short(start), short(end), start.tzname()), "Location\n" + place if place else "", text, "", "Guests", names, "",
                          "Invitation from Google Calendar: https://calendar.google.com/calendar/", "",
                          "You are receiving this email because you are an attendee on the event."])
        return "%s: %s @ %s %s - %s (%s) (%s)" % (prefix, title, day, short(start), short(end), start.tzname(), parseaddr(story.person("ME"))[1]), body
    if system in EXCHANGE:
        rule = "_" * 80
        if system == "teams":
            text += "\n\n%s\nMicrosoft Teams meeting\nJoin: https://teams.microsoft.com/meet/%s\nMeeting ID: 274 910 336 58\nPasscode: hT3vZ9\n%s\nFor organizers: Meeting options\n%s" % (rule, digest(event["uid"], 10), "_" * 32, rule)
        return ("Canceled: " if method == "CANCEL" else "") + title, text or "\n"
    if system == "zoom":
        spoken = {"America/New_York": "Eastern Time (US and Canada)", "America/Chicago": "Central Time (US and Canada)", "America/Los_Angeles": "Pacific Time (US and Canada)",
                  "America/Vancouver": "Pacific Time (US and Canada)", "America/Halifax": "Atlantic Time (Canada)"}.get(zone, zone.split("/")[-1].replace("_", " "))
        body = "%s is inviting you to a scheduled Zoom meeting.\n\nTopic: %s\nTime: %s %s\n\nJoin Zoom Meeting\nhttps://us06web.zoom.us/j/8%s\n\nMeeting ID: 847 2290 1163\nPasscode: 091877\n\n%s" % (
            organizer_name, title, start.strftime("%b ") + str(start.day) + start.strftime(", %Y %I:%M %p"), spoken, digest(event["uid"], 9), text)
        return "%s has invited you to a scheduled Zoom meeting - %s" % (organizer_name, title), body
    if system == "icloud":
        return "%s invited you to “%s”" % (organizer_name, title), "%s has invited you to “%s”\n\nWhen: %s\nWhere: %s\n\n%s" % (
            organizer_name, title, start.strftime("%A, %d %B %Y, %H:%M"), place, text)
    return title, text


# ----------------------------------------------------------------------- MIME
def header_text(value, charset):
    return value if value.isascii() else Header(value, charset or "utf-8", maxlinelen=70).encode()


def header_address(address, charset):
    name, mail = parseaddr(address)
    if not name:
        return mail
    if name.isascii():
        return "%s <%s>" % ('"%s"' % name if re.search(r"[^\w '-]", name) else name, mail)
    return "%s <%s>" % (Header(name, charset or "utf-8").encode(), mail)


def text_part(content_type, text, charset, encoding=None, parameters=""):
    data = text.replace("\r\n", "\n").replace("\n", "\r\n").encode(charset)
    if encoding is None:
        plain = data.isascii() and max(len(line) for line in data.split(b"\r\n")) < 900
        encoding = "7bit" if plain else "quoted-printable"
    if encoding == "base64":
        payload = base64.encodebytes(data).replace(b"\n", b"\r\n")
    elif encoding == "quoted-printable":
        payload = quopri.encodestring(data.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    else:
        payload = data if data.endswith(b"\r\n") else data + b"\r\n"
    return ("Content-Type: %s; charset=%s%s\r\nContent-Transfer-Encoding: %s\r\n\r\n" % (content_type, charset, parameters, encoding)).encode() + payload


def file_part(name, content_type, data):
    head = 'Content-Type: %s; name="%s"\r\nContent-Disposition: attachment; filename="%s"\r\nContent-Transfer-Encoding: base64\r\n\r\n' % (content_type, name, name)
    return head.encode() + base64.encodebytes(data).replace(b"\n", b"\r\n")


def multipart(kind, parts, seed):
    boundary = b"=_" + digest(seed + kind, 24).encode()
    out = b"Content-Type: multipart/" + kind.encode() + b'; boundary="' + boundary + b'"\r\n\r\n'
    for part in parts:
        out += b"--" + boundary + b"\r\n" + part + (b"" if part.endswith(b"\r\n") else b"\r\n")
    return out + b"--" + boundary + b"--\r\n"


def html_from_text(text, style):
    """The text as Outlook, an applicant-tracking system or a webmail composer would mark it up."""
    def inline(paragraph):
        return re.sub(r"(https?://[^\s<]+)", r'<a href="\1">\1</a>', html.escape(paragraph)).replace("\n", "<br>\n")
    paragraphs = [inline(p) for p in text.strip().split("\n\n")]
    if style == "outlook":
        body = "\n".join('<p class="MsoNormal"><span style="font-size:11.0pt;font-family:Aptos,sans-serif">%s<o:p></o:p></span></p>\n<p class="MsoNormal"><o:p>&nbsp;</o:p></p>' % p for p in paragraphs)
        return '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{margin:0}</style></head><body lang="EN-GB"><div class="WordSection1">\n%s\n</div></body></html>' % body
    if style == "ats":
        rows = "\n".join('<tr><td style="padding:0 28px 16px;font:16px/24px Arial,sans-serif;color:#1d1d1f">%s</td></tr>' % p for p in paragraphs)
        return ('<!DOCTYPE html><html><head><title></title><style type="text/css">@media only screen{.w{width:100%%}}</style></head><body style="margin:0">'
                '<div style="display:none;max-height:0;overflow:hidden">&zwnj;&nbsp;&zwnj;&nbsp;</div><table role="presentation" width="560" align="center">'
                '<tr><td style="padding:28px"><img src="https://assets.mail-cdn.example/brand.png" width="140" alt=""></td></tr>\n%s\n'
                '<tr><td style="font-size:12px;color:#777;padding:28px">This message was sent through a recruiting platform. <a href="https://prefs.mail-cdn.example/u/3c">Notification settings</a></td></tr></table></body></html>') % rows
    return '<div dir="ltr">%s</div>' % "\n".join("<div>%s</div><div><br></div>" % p for p in paragraphs)


QUOTE_LEAD = {"de": "Am %s schrieb %s:", "fr": "Le %s, %s a écrit :", "es": "El %s, %s escribió:", "zh": "%s，%s 寫道：", "ja": "%s %s:", "pt": "Em %s, %s escreveu:"}
REPLY_PREFIX = {"de": "AW: ", "fr": "RE : ", "zh": "回覆：", "pt": "RES: "}


def quoted(text, author, moment, language):
    lead = QUOTE_LEAD.get(language, "On %s %s wrote:") % (moment.strftime("%a, %b %d, %Y at %I:%M %p"), author)
    return "\n\n" + lead + "\n" + "\n".join("> " + line for line in text.strip().split("\n"))


def quoted_outlook(text, author, recipients, subject, moment):
    return "\n\n________________________________\nFrom: %s\nSent: %s\nTo: %s\nSubject: %s\n\n%s" % (
        author, moment.strftime("%A, %B %d, %Y %I:%M %p"), "; ".join(recipients), subject, text.strip())
