"""What an element is for: quotation, signature, hidden text. Learnt from what mail programs write.

A class or id that Outlook has met in a quoted mail comes back with `x_` in front; that is taken off first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4.element import Tag

_NEVER = frozenset(
    {
        "head",
        "style",
        "script",
        "title",
        "meta",
        "link",
        "template",
        "svg",
        "object",
        "iframe",
        "audio",
        "video",
        "select",
        "textarea",
    }
    | {"map", "canvas", "math", "base", "input"}
)
_OUTLOOK_PREFIX = re.compile(r"^(?:x_)+")

# Containers whose whole content is the mail that is answered or forwarded.
_QUOTES = frozenset(
    {
        "gmail_quote",
        "gmail_quote_container",
        "gmail_attr",
        "moz-cite-prefix",
        "moz-email-headers-table",
        "yahoo_quoted",
        "protonmail_quote",
    }
    | {
        "tutanota_quote",
        "zmail_extra",
        "zmail_extra_hr",
        "front-blockquote",
        "missive_quote",
        "freshdesk_quote",
        "replyquote",
        "hs_reply",
    }
    | {
        "messagereplysection",
        "mail-editor-reference-message-container",
        "ms-outlook-mobile-reference-message",
        "olk_src_body_section",
    }
    | {
        "isreplycontent",
        "isforwardcontent",
        "wordsection1_quote",
        "quoted-text",
        "quotedtext",
        "mcntmcntquote",
        "edo-original-message",
    }
)
# Elements after which, to the end, everything is that mail.
_BELOW = frozenset(
    {"divrplyfwdmsg", "appendonsend", "outlookmessageheader", "stopspelling", "yahoo_quoted_begin", "origbody"}
)
_SIGNATURES = frozenset(
    {"gmail_signature", "moz-signature", "signature", "ms-outlook-mobile-signature"}
    | {
        "protonmail_signature_block",
        "protonmail_signature_block-user",
        "applemailsignature",
        "messagesignaturesection",
        "email-signature",
    }
    | {"tutanota_signature", "mailsignature", "hs_signature"}
)
_PREHEADERS = ("preheader", "preview-text", "previewtext", "preview_text", "mcnpreviewtext", "hidden-preview")

_BORDER_TOP = re.compile(r"border-top\s{0,3}:\s{0,3}solid", re.IGNORECASE)
_BORDER_LEFT = re.compile(r"border-left(?:-width)?\s{0,3}:", re.IGNORECASE)
_HEADER_LABEL = re.compile(
    r"(?:from|von|de|da|van|från|fra|lähettäjä|od|от|kimden|发件人|寄件者|寄件人|差出人|送信元|보낸 ?사람)\s{0,3}[:：]",
    re.IGNORECASE,
)
_HIDING = re.compile(
    r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden|mso-hide\s{0,3}:\s{0,3}all"
    r"|max-height\s{0,3}:\s{0,3}0(?:px|pt|em)?\s{0,3}(?:;|!|$)|opacity\s{0,3}:\s{0,3}0\s{0,3}(?:;|!|$)",
    re.IGNORECASE,
)
_TINY = re.compile(r"font-size\s{0,3}:\s{0,3}[01](?:px|pt|em)?\s{0,3}(?:;|!|$)", re.IGNORECASE)
_FONT = re.compile(r"font-size|(?:^|;)\s{0,3}font\s{0,3}:", re.IGNORECASE)
_NO_MARGIN = re.compile(r"margin\s{0,3}:\s{0,3}0|margin-bottom\s{0,3}:\s{0,3}0", re.IGNORECASE)
_PRE = re.compile(r"white-space\s{0,3}:\s{0,3}(?:pre|break-spaces)", re.IGNORECASE)
_STYLE_LIMIT = 2_000
_LOOK_AHEAD = 30


def is_hidden(tag: Tag) -> bool:
    """Would no reader see it? Preheaders, hidden blocks, scripts, what is written in no size."""
    if tag.name in _NEVER:
        return True
    if not tag.attrs:
        return False
    if "hidden" in tag.attrs or any(mark in name for name in _names(tag) for mark in _PREHEADERS):
        return True
    style = _style(tag)
    if not style:
        return False
    return bool(_HIDING.search(style)) or bool(_TINY.search(style) and not _resized_inside(tag))


def role_of(tag: Tag, before: str) -> str:
    """What an element is for: "quote", "below", "signature" or "" for nothing of these.

    Args:
        before: the last line of text in front of it.
    """
    if tag.name == "blockquote":
        return "quote" if _quotes(tag, before) else ""
    if not tag.attrs:
        return ""
    names = _names(tag)
    if names & _BELOW:
        return "below"
    if names & _SIGNATURES or tag.get("data-smartmail") == "gmail_signature":
        return "signature"
    if names & _QUOTES:
        return "" if _is_open_container(tag, names) else "quote"
    if tag.name in ("div", "td", "table") and _BORDER_TOP.search(_style(tag)) and _HEADER_LABEL.match(_beginning(tag)):
        return "below"
    return ""


def is_plain_line(tag: Tag) -> bool:
    """A paragraph without room around it: the way Outlook writes lines."""
    return tag.name == "p" and bool(tag.attrs) and (
        any(name.startswith("mso") for name in _names(tag)) or bool(_NO_MARGIN.search(_style(tag)))
    )  # fmt: skip


def keeps_spaces(tag: Tag) -> bool:
    """Are its line ends meant as such?"""
    return tag.name == "pre" or bool(tag.attrs and _PRE.search(_style(tag)))


def _quotes(tag: Tag, before: str) -> bool:
    """A blockquote quotes if it says so, if it is drawn with a bar at its left, or if a line with a colon leads to it."""
    if (
        str(tag.get("type", "")).lower() == "cite"
        or tag.get("cite")
        or any("quote" in name or "cite" in name for name in _names(tag))
    ):
        return True
    return bool(_BORDER_LEFT.search(_style(tag))) or before.rstrip().endswith((":", "："))


def _is_open_container(tag: Tag, names: set[str]) -> bool:
    """Gmail's box around quotations: with blockquotes inside, answers may stand between them."""
    if not names & {"gmail_quote", "gmail_quote_container", "yahoo_quoted"}:
        return False
    return any(isinstance(child, Tag) and child.name == "blockquote" for child in tag.contents[:_LOOK_AHEAD])


def _resized_inside(tag: Tag) -> bool:
    """Layouts set a size of nothing on a container and the real one inside it."""
    return any(_FONT.search(_style(child)) for child in _inside(tag))


def _inside(tag: Tag) -> Iterator[Tag]:
    """The first elements inside; bs4's own `descendants` looks for the last one first, which is slow where they are many."""
    waiting = [tag]
    for _ in range(_LOOK_AHEAD):
        if not waiting:
            return
        children = [child for child in waiting.pop().contents[:_LOOK_AHEAD] if isinstance(child, Tag)]
        yield from children
        waiting.extend(reversed(children))


def _names(tag: Tag) -> set[str]:
    found = [tag.get("id"), tag.get("name"), *(tag.get_attribute_list("class"))]
    return {_OUTLOOK_PREFIX.sub("", name.lower()) for name in found[:24] if isinstance(name, str)}


def _style(tag: Tag) -> str:
    style = tag.get("style")
    return style[:_STYLE_LIMIT] if isinstance(style, str) else ""


def _beginning(tag: Tag) -> str:
    words, waiting = "", [*tag.contents[:_LOOK_AHEAD][::-1]]
    for _ in range(_LOOK_AHEAD):
        if not waiting or len(words) > 200:
            break
        node = waiting.pop()
        if isinstance(node, Tag):
            waiting.extend(node.contents[:_LOOK_AHEAD][::-1])
        else:
            words += str(node)[:200]
    return words.lstrip().strip("* ")
