"""Which folders there are and what each is for. Told by well-known names, which are the same in every language.

A survey asks for the ids of the well-known folders once, and for all folders with a delta of its own, so that later
surveys cost one request. A folder's id never changes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from mailwatch.backends.folder_names import folded
from mailwatch.backends.graph.door import GraphDoor, Stale
from mailwatch.backends.graph.ids import is_id
from mailwatch.core.model import SpecialUse
from mailwatch.errors import ConfigError, ProtocolError

# learn.microsoft.com/graph/api/resources/mailfolder, "Well-known folder names". None: nobody's mail lies there.
_KNOWN = {
    "inbox": SpecialUse.INBOX,
    "sentitems": SpecialUse.SENT,
    "deleteditems": SpecialUse.TRASH,
    "drafts": SpecialUse.DRAFTS,
    "archive": SpecialUse.ARCHIVE,
    "junkemail": SpecialUse.JUNK,
    "outbox": None,
    "conversationhistory": None,
    "syncissues": None,
}
_ALWAYS_THERE = ("inbox", "sentitems", "deleteditems", "drafts")
_INHERITED = frozenset({SpecialUse.SENT, SpecialUse.TRASH, SpecialUse.JUNK, SpecialUse.DRAFTS, None})
_DEPTH = 30
_SELECT = "id,displayName,parentFolderId,isHidden"


@dataclass(slots=True)
class Survey:
    """What is known of the folders.

    known: ids of the well-known ones by name, "" for one that does not exist. tree: (name, parent's id) by id, of those
    that are neither hidden nor a saved search. link: where the next survey begins.
    """

    known: dict[str, str] = field(default_factory=dict)
    tree: dict[str, tuple[str, str]] = field(default_factory=dict)
    link: str = ""

    def id_of(self, use: SpecialUse) -> str:
        """The id of the well-known folder for a use, or ""."""
        return next((self.known.get(name, "") for name, known in _KNOWN.items() if known is use), "")

    def use_of(self, key: str) -> SpecialUse | None:
        """What a folder is for; None where nobody's mail lies. Folders below Sent, Trash and Junk are for the same."""
        names = {self.known[name]: use for name, use in _KNOWN.items() if self.known.get(name)}
        if key in names:
            return names[key]
        for _ in range(_DEPTH):
            key = self.tree.get(key, ("", ""))[1]
            if key in names:
                return names[key] if names[key] in _INHERITED else SpecialUse.OTHER
            if not key:
                break
        return SpecialUse.OTHER

    def watched(self, chosen: Collection[str], *, sent: str = "") -> Mapping[str, SpecialUse]:
        """The folders to read, by id.

        Args:
            chosen: names of the user's own folders to read (as shown, or as a path with slashes); none: all of them.
            sent: the name of a folder of the user's own with sent mail, "" for none.
        """
        names = {folded(name) for name in chosen}
        found = {}
        for key in dict.fromkeys([*self.known.values(), *self.tree]):
            use = self.use_of(key) if key else None
            shown = {folded(name) for name in self._names_of(key)}
            if sent and folded(sent) in shown:
                use = SpecialUse.SENT
            if use is None or use is SpecialUse.DRAFTS:
                continue
            if use is SpecialUse.OTHER and names and not shown & names:
                continue
            found[key] = use
        return found

    def shown(self, key: str) -> str:
        """The name for a status line: printable, short."""
        name = self.tree.get(key, ("a folder", ""))[0]
        return "".join(letter if letter.isprintable() else "?" for letter in name)[:60]

    def _names_of(self, key: str) -> tuple[str, str]:
        """The name, and the path of names with slashes."""
        path: list[str] = []
        for _ in range(_DEPTH):
            if key not in self.tree:
                break
            name, key = self.tree[key]
            path.insert(0, name)
        return (path[-1] if path else "", "/".join(path))


def surveyed(door: GraphDoor, before: Survey | None = None) -> Survey:
    """Ask for the folders, or for what has changed among them.

    Raises:
        BackendError: they can't be listed, or one that every mailbox has is missing.
    """
    survey = Survey(dict(before.known), dict(before.tree), before.link) if before else Survey()
    for name in _KNOWN:
        if not survey.known.get(name):
            survey.known[name] = _well_known(door, name)
    try:
        _list(door, survey)
    except Stale:
        survey.tree.clear()
        survey.link = ""
        _list(door, survey)
    return survey


def _well_known(door: GraphDoor, name: str) -> str:
    answer = door.get(f"/mailFolders/{name}", {"$select": "id"}, missing=True)
    fields = answer.json() if answer is not None else {}
    key = fields.get("id") if isinstance(fields, dict) else None
    if is_id(key):
        return str(key)
    if name in _ALWAYS_THERE:
        raise ProtocolError(
            door.account, f"The server of {door.account} knows no folder {name}, which every mailbox has."
        )
    return ""


def _list(door: GraphDoor, survey: Survey) -> None:
    path, params = survey.link or "/mailFolders/delta", None if survey.link else {"$select": _SELECT}
    prefer = ("odata.maxpagesize=500",)
    while True:
        page = door.page(path, params, prefer=prefer) or {"value": []}
        for fields in page["value"]:
            _note(survey, fields)
        survey.link = str(page.get("@odata.nextLink") or page.get("@odata.deltaLink") or "")
        if "@odata.nextLink" not in page:
            return
        path, params = survey.link, None


def _note(survey: Survey, fields: object) -> None:
    key = fields.get("id") if isinstance(fields, dict) else None
    if not isinstance(fields, dict) or not is_id(key):
        return
    searches = "SearchFolder" in str(fields.get("@odata.type", ""))
    if "@removed" in fields or fields.get("isHidden") is True or searches:
        survey.tree.pop(str(key), None)
    else:
        survey.tree[str(key)] = (str(fields.get("displayName") or "")[:200], str(fields.get("parentFolderId") or ""))


def refuse_choice(account: str, drafts: str) -> ConfigError:
    """Outlook keeps drafts in one folder of its own; a configuration that names another one can't be honoured."""
    return ConfigError(
        f"Drafts of {account} always lie in Outlook's own Drafts folder, so {drafts!r} can't be used.",
        next_step=f"take drafts out of [account.{account}]",
    )
