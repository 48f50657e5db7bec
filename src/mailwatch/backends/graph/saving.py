"""One draft into Outlook's Drafts, in one request that carries its Message-ID, and proof that it is there.

An answer is made with createReply on the answered message, which keeps the conversation and leaves that message as it
was; the MIME is ours, so nothing of the old text is added. Where there is nothing to answer, or the service refuses to
make an answer to it (a meeting), the draft is made by itself: its reply headers still join it to the thread.
"""

from __future__ import annotations

import logging
import re
from typing import Any

from mailwatch.backends.base import Saved
from mailwatch.backends.graph.door import GraphDoor
from mailwatch.backends.graph.drafts import MARK, DraftBox
from mailwatch.backends.graph.ids import is_id
from mailwatch.core.model import Draft, DraftRef, MessageId
from mailwatch.errors import BackendError, ProtocolError

log = logging.getLogger(__name__)

_LINK = re.compile(r"https://[!-~]{1,2000}")


def save(draft: Draft, door: GraphDoor, box: DraftBox) -> Saved:
    """Make the draft, mark it once more, and read back what the service has stored.

    Raises:
        BackendError: TransientError where the outcome is unknown; ProtocolError where nothing was stored.
    """
    fields = _made(draft, door)
    key = fields.get("id")
    if not is_id(key):
        raise ProtocolError(door.account, f"The server of {door.account} did not say where it has put a draft.")
    stamp = _marked(draft, door, str(key)) or str(fields.get("@odata.etag") or "")
    raw = box.mime(str(key))
    if raw is None:
        raise ProtocolError(
            door.account, f"The server of {door.account} said that it stored a draft, but there is none."
        )
    link = str(fields.get("webLink") or "")
    return Saved(DraftRef(str(key)), raw, link=link if _LINK.fullmatch(link) else "", stamp=stamp)


def _made(draft: Draft, door: GraphDoor) -> dict[str, Any]:
    parent = _parent(draft.in_reply_to, door) if draft.in_reply_to else ""
    answer = door.post_mime(f"/messages/{parent}/createReply", draft.raw, refusable=True) if parent else None
    answer = answer or door.post_mime("/messages", draft.raw)
    fields = answer.json() if answer is not None else {}
    return fields if isinstance(fields, dict) else {}


def _parent(message: MessageId, door: GraphDoor) -> str:
    """The id of the message that the draft answers, "" where it can't be found."""
    if "\r" in message or "\n" in message:
        return ""
    quoted = message.replace("'", "''")
    params = {"$filter": f"internetMessageId eq '{quoted}'", "$select": "isDraft,subject", "$top": "10"}
    page = door.page("/messages", params) or {"value": []}
    for each in page["value"]:
        if isinstance(each, dict) and each.get("isDraft") is False and is_id(each.get("id")):
            return str(each["id"])
    return ""


def _marked(draft: Draft, door: GraphDoor, key: str) -> str:
    """Set the mark on the draft that was just made; its new stamp. Without it the Message-ID has to do."""
    try:
        answer = door.patch(key, {"singleValueExtendedProperties": [{"id": MARK, "value": draft.message_id}]})
        fields = answer.json()
    except BackendError:
        log.info("draft_mark account=%s done=no", door.account)
        return ""
    return str(fields.get("@odata.etag") or "") if isinstance(fields, dict) else ""
