"""What Microsoft Graph's mail and calendar types hold, written down from its public documentation (v1.0).

Sources are pages of learn.microsoft.com/graph, named per type: resources/… for types, api/… for what can be asked of them.
The fake checks every request against this, and fails a test that asks for what the documentation does not name.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Type:
    """plain: properties that $select may name. navigation: what $expand may name. default: left out unless selected."""

    source: str
    plain: frozenset[str]
    navigation: frozenset[str] = frozenset()
    on_demand: frozenset[str] = frozenset()
    actions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Route:
    """A path template below the base URL. options: the query options it takes; scopes: any one of them is enough."""

    method: str
    path: str
    name: str
    scopes: frozenset[str]
    options: frozenset[str] = frozenset()
    source: str = ""
    prefers: frozenset[str] = field(default=frozenset({"idtype"}))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


EXTENDED = _words("singleValueExtendedProperties multiValueExtendedProperties")
MESSAGE = Type(
    source="resources/message, resources/outlookitem",
    plain=_words(
        "id createdDateTime lastModifiedDateTime changeKey categories receivedDateTime sentDateTime hasAttachments "
        "internetMessageId internetMessageHeaders subject body bodyPreview importance parentFolderId sender from "
        "toRecipients ccRecipients bccRecipients replyTo conversationId conversationIndex uniqueBody "
        "isDeliveryReceiptRequested isReadReceiptRequested isRead isDraft webLink inferenceClassification flag"
    ),
    navigation=EXTENDED | _words("attachments extensions microsoft.graph.eventMessage/event"),
    on_demand=_words("internetMessageHeaders uniqueBody"),
    actions=_words("createReply createReplyAll createForward reply replyAll forward send copy move permanentDelete"),
)
EVENT_MESSAGE = Type(
    source="resources/eventmessage, resources/eventmessagerequest, resources/eventmessageresponse",
    plain=MESSAGE.plain | _words("meetingMessageType isDelegated isAllDay isOutOfDate startDateTime endDateTime location type recurrence responseType"),
    navigation=MESSAGE.navigation | {"event"},
    on_demand=MESSAGE.on_demand,
    actions=MESSAGE.actions | _words("accept decline tentativelyAccept"),
)  # fmt: skip
MAIL_FOLDER = Type(
    source="resources/mailfolder",
    plain=_words("id displayName parentFolderId childFolderCount unreadItemCount totalItemCount isHidden sizeInBytes"),
    navigation=EXTENDED | _words("childFolders messages messageRules"),
)
EVENT = Type(
    source="resources/event",
    plain=_words(
        "id createdDateTime lastModifiedDateTime changeKey categories allowNewTimeProposals attendees body bodyPreview end "
        "hasAttachments hideAttendees iCalUId importance isAllDay isCancelled isDraft isOnlineMeeting isOrganizer "
        "isReminderOn location locations onlineMeeting onlineMeetingProvider onlineMeetingUrl organizer originalEndTimeZone "
        "originalStart originalStartTimeZone recurrence reminderMinutesBeforeStart responseRequested responseStatus "
        "sensitivity seriesMasterId showAs start subject transactionId type webLink"
    ),
    navigation=EXTENDED | _words("attachments calendar extensions instances"),
    actions=_words("accept decline tentativelyAccept cancel forward dismissReminder snoozeReminder"),
)
CALENDAR = Type(
    source="resources/calendar",
    plain=_words(
        "id name color hexColor isDefaultCalendar changeKey canShare canViewPrivateItems canEdit owner isRemovable "
        "isTallyingResponses allowedOnlineMeetingProviders defaultOnlineMeetingProvider"
    ),
    navigation=_words("calendarView events calendarPermissions"),
)
ATTACHMENT = Type(source="resources/attachment", plain=_words("id name contentType size isInline lastModifiedDateTime"))

_READ = _words("Mail.ReadBasic Mail.Read Mail.ReadWrite")
_BODY = _words("Mail.Read Mail.ReadWrite")
_WRITE = _words("Mail.ReadWrite")
_EVENTS = _words("Calendars.Read Calendars.ReadWrite")
_LISTING = _words("$select $expand $filter $orderby $top $count $search $skip $skiptoken")
_TOKENS = _words("$skiptoken $deltatoken")

ROUTES = (
    Route("GET", "/me/mailFolders", "folders", _READ, _LISTING | {"includeHiddenFolders"}, "api/user-list-mailfolders"),
    Route("GET", "/me/mailFolders/delta", "folder delta", _BODY, _TOKENS | {"$select"}, "api/mailfolder-delta"),
    Route("GET", "/me/mailFolders/{folder}", "folder", _READ, _words("$select $expand"), "api/mailfolder-get"),
    Route("GET", "/me/mailFolders/{folder}/childFolders", "child folders", _READ, _LISTING, "api/mailfolder-list-childfolders"),
    Route("GET", "/me/mailFolders/{folder}/messages", "messages of a folder", _READ, _LISTING, "api/mailfolder-list-messages"),
    Route(
        "GET", "/me/mailFolders/{folder}/messages/delta", "message delta", _READ,
        _TOKENS | _words("$select $expand $filter $orderby $top changeType"), "api/message-delta",
    ),
    Route("GET", "/me/messages", "messages", _READ, _LISTING, "api/user-list-messages"),
    Route("GET", "/me/messages/{message}", "message", _READ, _words("$select $expand"), "api/message-get"),
    Route("GET", "/me/messages/{message}/$value", "mime", _BODY, frozenset(), "api/message-get"),
    Route("GET", "/me/messages/{message}/attachments", "attachments", _BODY, _LISTING, "api/message-list-attachments"),
    Route("GET", "/me/messages/{message}/attachments/{attachment}/$value", "attachment", _BODY, frozenset(), "api/attachment-get"),
    Route("POST", "/me/messages", "new draft", _WRITE, frozenset(), "api/user-post-messages"),
    Route("POST", "/me/messages/{message}/createReply", "reply draft", _WRITE, frozenset(), "api/message-createreply"),
    Route("PATCH", "/me/messages/{message}", "change", _WRITE, frozenset(), "api/message-update"),
    Route("DELETE", "/me/messages/{message}", "delete", _WRITE, frozenset(), "api/message-delete"),
    Route("GET", "/me/calendars", "calendars", _EVENTS, _LISTING, "api/user-list-calendars"),
    Route(
        "GET", "/me/calendarView/delta", "event delta", _EVENTS,
        _TOKENS | _words("startDateTime endDateTime"), "api/event-delta",
    ),
    Route(
        "GET", "/me/calendars/{calendar}/calendarView/delta", "event delta of a calendar", _EVENTS,
        _TOKENS | _words("startDateTime endDateTime"), "api/event-delta",
    ),
    Route(
        "GET", "/me/calendarView", "event view", _EVENTS,
        _LISTING | _words("startDateTime endDateTime"), "api/user-list-calendarview",
    ),
    Route(
        "GET", "/me/calendars/{calendar}/calendarView", "event view of a calendar", _EVENTS,
        _LISTING | _words("startDateTime endDateTime"), "api/calendar-list-calendarview",
    ),
    Route("GET", "/me/events/{event}", "event", _EVENTS, _words("$select $expand"), "api/event-get"),
)  # fmt: skip

# Ways to make the service write to somebody: no request of ours may take one of these forms.
SENDING = (
    r"POST /me/sendMail",
    r"POST /me/messages/[^/]+/(send|reply|replyAll|forward|createForward|createReplyAll|move|copy)",
    r"POST /me/mailFolders/[^/]+/messages(/[^/]+/.+)?",
    r"POST /me/mailFolders/[^/]+/messageRules",
    r"POST /\$batch",
    r"(POST|PATCH|DELETE|PUT) /me/(events|calendar|calendars|calendarView|calendarGroups)(/.*)?",
    r"POST /me/messages/[^/]+/(accept|decline|tentativelyAccept)",
    r"(PATCH|PUT|POST) /me/mailboxSettings.*",
    r"PATCH /me",
)

# Names of folders that stay whatever language they are shown in (resources/mailfolder, "Well-known folder names").
WELL_KNOWN = _words(
    "archive clutter conflicts conversationhistory deleteditems drafts inbox junkemail localfailures msgfolderroot outbox "
    "recoverableitemsdeletions scheduled searchfolders sentitems serverfailures syncissues"
)
DELTA_FILTER_LIMIT = 5_000
"""concepts/delta-query-messages: "Applying $filter in a delta query returns only up to 5,000 messages"."""
