"""What the fake Graph answers to each route: pages, deltas with their tokens, MIME, drafts."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.servers.graph_events import event_fields
from tests.servers.graph_mailbox import Folder, Item, body_fields, item_fields
from tests.servers.graph_odata import Query, Refused, bad, delta_query, query_from
from tests.servers.graph_schema import (
    CALENDAR,
    DELTA_FILTER_LIMIT,
    EVENT,
    EVENT_MESSAGE,
    MAIL_FOLDER,
    MESSAGE,
)

if TYPE_CHECKING:
    from tests.servers.graph import Asked, Graph

Json = dict[str, Any]
NO_QUERY = Query()


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = "application/json"


@dataclass(frozen=True)
class Round:
    """What a delta token stands for: what is still to be told of this round, and from where the next one starts."""

    place: str
    path: str
    rest: tuple[Any, ...]
    after: int
    query: Query = NO_QUERY
    change: str = ""
    window: tuple[datetime, datetime] | None = None


class Answers:
    """The routes. default_page: messages in a page where the client asks for no size."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.rounds: dict[str, Round] = {}
        self.default_page = 10
        self.largest_page = 1000
        self.hides_calendars = False
        self.hides_named_properties = False
        self.denied: set[str] = set()
        self.repeats_old = False

    def to(self, asked: Asked, ids: Mapping[str, str]) -> Answer:
        doing: dict[str, Callable[..., Answer]] = {
            "folders": self._folders, "folder": self._folder, "folder delta": self._folder_delta,
            "messages of a folder": self._messages, "messages": self._messages, "message delta": self._delta,
            "message": self._message, "mime": self._mime, "attachments": self._attachments, "attachment": self._attachment,
            "new draft": self._create, "reply draft": self._reply, "change": self._change, "delete": self._delete,
            "calendars": self._calendars, "event delta": self._event_delta, "event delta of a calendar": self._event_delta,
            "event": self._event, "event view": self._event_view, "event view of a calendar": self._event_view,
        }  # fmt: skip
        return doing[asked.name](asked, **ids)

    def expire(self, place: str) -> None:
        """Forget all tokens of a folder or calendar."""
        self.rounds = {token: each for token, each in self.rounds.items() if each.place != place}

    # folders

    def _found_folder(self, key: str) -> Folder:
        folder = self._graph.mailbox.folder(key)
        if folder is None:
            raise Refused(404, "ErrorItemNotFound", "The specified object was not found in the store.")
        if folder.id in self.denied:
            raise Refused(500, "InternalServerError")
        return folder

    def _folder(self, asked: Asked, folder: str) -> Answer:
        query = query_from(asked.options, MAIL_FOLDER)
        return _ok(_chosen(self._folder_fields(self._found_folder(folder)), query.select))

    def _folder_fields(self, folder: Folder) -> Json:
        within = self._graph.mailbox.within(folder.id)
        fields: Json = {
            "id": folder.id, "displayName": folder.name, "parentFolderId": folder.parent, "isHidden": folder.hidden,
            "childFolderCount": sum(each.parent == folder.id for each in self._graph.mailbox.folders.values()),
            "totalItemCount": len(within), "unreadItemCount": sum(not each.read for each in within), "sizeInBytes": 0,
        }  # fmt: skip
        return ({"@odata.type": "#microsoft.graph.mailSearchFolder"} if folder.search else {}) | fields

    def _folders(self, asked: Asked) -> Answer:
        query = query_from(asked.options, MAIL_FOLDER)
        shown = [each for each in self._graph.mailbox.folders.values() if each.parent == "root" and not each.hidden]
        return _ok({"value": [_chosen(self._folder_fields(each), query.select) for each in shown]})

    def _folder_delta(self, asked: Asked) -> Answer:
        known = self._known_round(asked, "folders")
        if known is None:
            query = query_from({name: text for name, text in asked.options.items() if name == "$select"}, MAIL_FOLDER)
            known = Round("folders", "/me/mailfolders/delta", (), 0, query)
        mailbox = self._graph.mailbox
        rest = known.rest
        if "$skiptoken" not in asked.options:
            changed = dict.fromkeys(key for sequence, key in mailbox.folder_log if sequence > known.after)
            rest = tuple(key for key in changed if key in mailbox.folders or known.after)
        page, left = rest[: self._size(asked)], rest[self._size(asked) :]
        value = [
            _chosen(self._folder_fields(mailbox.folders[key]), known.query.select) if key in mailbox.folders else _removed("mailFolder", key)
            for key in page
        ]  # fmt: skip
        return self._delta_page(value, left, known, mailbox.sequence)

    # messages

    def _fields(self, item: Item, asked: Asked, query: Query) -> Json:
        immutable = asked.prefers.get("idtype") == "ImmutableId"
        kind, meeting, _ = item.kind
        fields = dict(item_fields(item))
        if query.select is None or set(query.select) & {"internetMessageHeaders", "body", "bodyPreview", "uniqueBody"}:
            fields |= body_fields(item)
        typed: Json = {"@odata.type": f"#microsoft.graph.{kind}"} if kind != "message" else {}
        typed["@odata.etag"] = f'W/"{fields["changeKey"]}"'
        if meeting:
            fields["meetingMessageType"] = meeting
        if query.select is None:
            fields = {name: value for name, value in fields.items() if name not in MESSAGE.on_demand}
        result = typed | {"id": item.id if immutable else item.plain_id} | _chosen(fields, query.select)
        if asked.prefers.get("outlook.body-content-type") == "text" and "body" in result:
            result["body"] = {"contentType": "text", "content": result["body"]["content"]}
        if query.properties:
            result["singleValueExtendedProperties"] = self._properties(item, query)
            if not result["singleValueExtendedProperties"]:
                del result["singleValueExtendedProperties"]
        if query.attachments:
            result["attachments"] = self._attached(item)
        if query.event:
            found = self._graph.events.find(item.event)
            result["event"] = event_fields(found, asked.prefers.get("outlook.timezone", "UTC")) if found else None
        return result

    def _properties(self, item: Item, query: Query) -> list[Json]:
        known = item.properties()
        wanted = [name for name in query.properties if not (self.hides_named_properties and "{0002" in name)]
        return [{"id": name, "value": known[name.lower()]} for name in wanted if name.lower() in known]

    def _messages(self, asked: Asked, folder: str = "") -> Answer:
        skip = int(asked.options.get("$skip", "0"))
        query = query_from({name: value for name, value in asked.options.items() if name != "$skip"}, EVENT_MESSAGE)
        items = self._graph.mailbox.within(self._found_folder(folder).id) if folder else self._everywhere()
        known = [(item, item_fields(item)) for item in items]
        known = [pair for pair in known if query.match is None or query.match(pair[1])]
        known.sort(key=lambda pair: pair[1]["receivedDateTime"], reverse=True)
        size = min(query.top or self.default_page, self.largest_page)
        page = known[skip : skip + size]
        answer: Json = {"value": [self._fields(item, asked, query) for item, _ in page]}
        if skip + size < len(known):
            rest = {name: value for name, value in asked.options.items() if name != "$skip"} | {
                "$skip": str(skip + size)
            }
            answer["@odata.nextLink"] = self._link(asked.path, rest)
        return _ok(answer)

    def _everywhere(self) -> list[Item]:
        if self.denied:
            raise Refused(500, "InternalServerError")
        return list(self._graph.mailbox.items.values())

    def _item(self, key: str, asked: Asked) -> Item:
        item = self._graph.mailbox.item(key, immutable=asked.prefers.get("idtype") == "ImmutableId")
        if item is None:
            raise Refused(404, "ErrorItemNotFound", "The specified object was not found in the store.")
        if item.folder in self.denied:
            raise Refused(500, "InternalServerError")
        return item

    def _message(self, asked: Asked, message: str) -> Answer:
        return _ok(self._fields(self._item(message, asked), asked, query_from(asked.options, EVENT_MESSAGE)))

    def _mime(self, asked: Asked, message: str) -> Answer:
        raw = self._item(message, asked).raw
        if self.hides_calendars:
            raw = _without_calendar(raw)
        return Answer(200, raw, kind="text/plain")

    def _attachments(self, asked: Asked, message: str) -> Answer:
        names = tuple(asked.options.get("$select", "id,name,contentType,size").split(","))
        found = self._attached(self._item(message, asked))
        return _ok({"value": [_chosen(each, names) | {"id": each["id"]} for each in found]})

    @staticmethod
    def _attached(item: Item) -> list[Json]:
        return [
            {
                "@odata.type": "#microsoft.graph.fileAttachment", "id": f"AAMkAtt{number}=", "name": part.get_filename() or "",
                "contentType": part.get_content_type(), "size": len(part.get_payload(decode=True) or b""),
            }
            for number, part in enumerate(item.mime.iter_attachments())
        ]  # fmt: skip

    def _attachment(self, asked: Asked, message: str, attachment: str) -> Answer:
        parts = list(self._item(message, asked).mime.iter_attachments())
        number = int(attachment.removeprefix("AAMkAtt").rstrip("="))
        return Answer(200, bytes(parts[number].get_payload(decode=True)), kind="application/octet-stream")

    # deltas

    def _delta(self, asked: Asked, folder: str) -> Answer:
        place = self._found_folder(folder).id
        known = self._known_round(asked, place)
        if known is None:
            query, change = delta_query(asked.options, EVENT_MESSAGE)
            known = Round(place, f"/me/mailfolders('{place}')/messages/delta", (), 0, query, change)
        rest = known.rest
        if "$skiptoken" not in asked.options:
            rest = self._changed(known)
        size = self._size(asked)
        page, left = rest[:size], rest[size:]
        value = [
            self._fields(self._graph.mailbox.items[number], asked, known.query)
            if what == "in" and number in self._graph.mailbox.items
            else _removed("message", key) if what == "out" else {"@odata.type": "#microsoft.graph.message", "id": key}
            for number, what, key in page
        ]  # fmt: skip
        return self._delta_page(value, left, known, self._graph.mailbox.sequence)

    def _changed(self, known: Round) -> tuple[tuple[int, str, str], ...]:
        """(number, what, id) of what a round tells. Removals and read marks come whatever the filter says."""
        mailbox = self._graph.mailbox
        seen: dict[int, set[str]] = {}
        for sequence, number, folder, what in mailbox.log:
            if sequence > known.after and folder == known.place:
                seen.setdefault(number, set()).add(what)
        found: list[tuple[int, str, str]] = []
        for number, whats in seen.items():
            item = mailbox.items.get(number)
            if item is None or item.folder != known.place:
                if known.after:
                    found.append((number, "out", Item(number, "", b"", mailbox.now(), mailbox.now()).id))
                continue
            if item.entered <= known.after and known.change == "created":
                if "read" in whats and known.after:
                    found.append((number, "read", item.id))
                continue
            if known.query.match is None or known.query.match(
                {"receivedDateTime": item_fields(item)["receivedDateTime"]}
            ):
                found.append((number, "in", item.id))
        fresh = [each for each in found if each[1] == "in"]
        if known.query.newest_first:
            fresh.sort(key=lambda each: mailbox.items[each[0]].received, reverse=True)
        limit = DELTA_FILTER_LIMIT if known.query.match is not None and not known.after else len(fresh)
        return (*fresh[:limit], *(each for each in found if each[1] != "in"))

    def _known_round(self, asked: Asked, place: str) -> Round | None:
        token = asked.options.get("$skiptoken") or asked.options.get("$deltatoken")
        if token is None:
            return None
        if set(asked.options) - {"$skiptoken", "$deltatoken"}:
            raise bad("a token already holds the options")
        known = self.rounds.get(token)
        if known is None or known.place != place:
            raise Refused(410, "SyncStateNotFound", "The sync state generation is not found.")
        return known

    def _delta_page(self, value: list[Json], left: Sequence[Any], known: Round, sequence: int) -> Answer:
        token = secrets.token_urlsafe(120)
        after = sequence if not left else known.after
        self.rounds[token] = Round(known.place, known.path, tuple(left), after, known.query, known.change, known.window)
        kind, name = ("@odata.nextLink", "$skiptoken") if left else ("@odata.deltaLink", "$deltatoken")
        return _ok({"value": value, kind: self._link(known.path, {name: token})})

    def _size(self, asked: Asked) -> int:
        wanted = asked.prefers.get("odata.maxpagesize", "")
        return min(int(wanted) if wanted.isdecimal() else self.default_page, self.largest_page)

    def _link(self, path: str, options: Mapping[str, str]) -> str:
        query = "&".join(f"{name}={_escaped(value)}" for name, value in options.items())
        return f"{self._graph.url}/v1.0{path}?{query}"

    # drafts

    def _create(self, asked: Asked) -> Answer:
        return self._made(asked, "")

    def _reply(self, asked: Asked, message: str) -> Answer:
        parent = self._item(message, asked)
        if parent.kind[0] != "message":
            raise Refused(403, "ErrorInvalidOperation", "this item can't be answered in this way")
        return self._made(asked, parent.conversation)

    def _made(self, asked: Asked, conversation: str) -> Answer:
        from tests.servers.graph import mime_from_body

        if asked.headers.get("content-type") != "text/plain":
            raise bad("mailwatch makes drafts of MIME only")
        item = self._graph.mailbox.make_draft(mime_from_body(asked.body), conversation=conversation)
        return Answer(201, json.dumps(self._fields(item, asked, Query())).encode())

    def _change(self, asked: Asked, message: str) -> Answer:
        item = self._item(message, asked)
        wanted = json.loads(asked.body)
        if set(wanted) != {"singleValueExtendedProperties"} or not item.draft:
            raise bad("mailwatch marks its drafts and changes nothing else")
        for each in wanted["singleValueExtendedProperties"]:
            item.extended[each["id"]] = each["value"]
        self._graph.mailbox.change(item)
        return _ok(self._fields(item, asked, Query()))

    def _delete(self, asked: Asked, message: str) -> Answer:
        item = self._item(message, asked)
        wanted = asked.headers.get("if-match")
        if wanted and wanted != f'W/"{item_fields(item)["changeKey"]}"':
            raise Refused(412, "ErrorIrresolvableConflict")
        self._graph.mailbox.delete(item)
        return Answer(204)

    # calendars

    def _calendars(self, asked: Asked) -> Answer:
        query = query_from(asked.options, CALENDAR)
        events = self._graph.events
        value = [
            {"id": key, "name": name, "isDefaultCalendar": key == events.default}
            for key, name in events.calendars.items()
        ]
        return _ok({"value": [_chosen(each, query.select) for each in value]})

    def _event_delta(self, asked: Asked, calendar: str = "") -> Answer:
        events = self._graph.events
        place = calendar or events.default
        if place not in events.calendars:
            raise Refused(404, "ErrorItemNotFound")
        known = self._known_round(asked, place)
        if known is None:
            path = f"/me/calendars('{calendar}')/calendarView/delta" if calendar else "/me/calendarView/delta"
            known = Round(place, path, (), 0, window=_window(asked.options))
        rest = known.rest
        if "$skiptoken" not in asked.options:
            window = known.window or _window(asked.options)
            rest = tuple(events.since(known.after, place, window, asked.prefers.get("outlook.timezone", "UTC")))
        size = self._size(asked)
        return self._delta_page(list(rest[:size]), rest[size:], known, max(events.sequence, 1))

    def _event_view(self, asked: Asked, calendar: str = "") -> Answer:
        words = {name: value for name, value in asked.options.items() if name.startswith("$") and name != "$skip"}
        query, skip = query_from(words, EVENT), int(asked.options.get("$skip", "0"))
        events = self._graph.events
        known = events.between(
            calendar or events.default, _window(asked.options), asked.prefers.get("outlook.timezone", "UTC")
        )
        size = min(query.top or self.default_page, self.largest_page)
        value = []
        for fields, sequence in known[skip : skip + size]:
            shown = {"id": fields["id"]} | _chosen(fields, query.select)
            if query.properties and sequence:
                shown["singleValueExtendedProperties"] = [{"id": query.properties[0], "value": str(sequence)}]
            value.append(shown)
        answer: Json = {"value": value}
        if skip + size < len(known):
            answer["@odata.nextLink"] = self._link(asked.path, {**asked.options, "$skip": str(skip + size)})
        return _ok(answer)

    def _event(self, asked: Asked, event: str) -> Answer:
        query = query_from(asked.options, EVENT)
        found = self._graph.events.by_id(event)
        if found is None:
            raise Refused(404, "ErrorItemNotFound")
        fields = event_fields(found[0], asked.prefers.get("outlook.timezone", "UTC"), found[1])
        return _ok(fields if query.select is None else {"id": fields["id"]} | _chosen(fields, query.select))


def _window(options: Mapping[str, str]) -> tuple[datetime, datetime]:
    try:
        start, end = (datetime.fromisoformat(options[name]) for name in ("startDateTime", "endDateTime"))
    except (KeyError, ValueError):
        raise bad("startDateTime and endDateTime are wanted", "ErrorInvalidParameter") from None
    return tuple(each if each.tzinfo else each.replace(tzinfo=UTC) for each in (start, end))  # type: ignore[return-value]


def _chosen(fields: Json, select: tuple[str, ...] | None) -> Json:
    if select is None:
        return fields
    return {name: value for name, value in fields.items() if name in select or name.startswith("@")}


def _removed(kind: str, key: str) -> Json:
    return {"@odata.type": f"#microsoft.graph.{kind}", "id": key, "@removed": {"reason": "deleted"}}


def _ok(value: Json) -> Answer:
    return Answer(200, json.dumps(value).encode(), kind="application/json; odata.metadata=minimal")


def _escaped(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="-_.~:,$()='/")


def _without_calendar(raw: bytes) -> bytes:
    from email import message_from_bytes
    from email.policy import SMTP

    message = message_from_bytes(raw, policy=SMTP)
    if message.is_multipart():
        message.set_payload([part for part in message.get_payload() if part.get_content_type() != "text/calendar"])  # type: ignore[union-attr]
    return message.as_bytes()
