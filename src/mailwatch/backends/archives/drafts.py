"""The Maildir beside an archive that takes its drafts."""

from __future__ import annotations

import shlex
from pathlib import Path

from mailwatch.backends.base import Found, Saved
from mailwatch.backends.maildir import writing
from mailwatch.backends.maildir.drafts import DraftBox
from mailwatch.backends.maildir.layout import Folder, Layout
from mailwatch.core.model import Address, Draft, SpecialUse
from mailwatch.errors import BackendError
from mailwatch.sandbox import Parser

_NAME = "drafts"


class DraftsMaildir:
    """One Maildir that holds drafts and nothing else.

    Args:
        name: the account's name in the configuration.
    """

    def __init__(self, account: Address, path: Path, parser: Parser, *, name: str) -> None:
        self._account = account
        self._path = path
        self._parser = parser
        self._name = name

    def box(self) -> DraftBox:
        """The drafts as they lie there now.

        Raises:
            BackendError: it is no Maildir; mailwatch makes none.
        """
        return DraftBox(self._account, self._name, self._path, self._layout(), self._parser)

    def found(self, draft: Draft) -> tuple[Found, ...]:
        """Where the draft lies here, the oldest first."""
        return self.box().found_in(draft, self._layout().folders)

    def save(self, draft: Draft) -> Saved:
        """Write the draft. Raises: see maildir.writing.save."""
        return writing.save(draft, self._layout(), self._path, self._name)

    def _layout(self) -> Layout:
        missing = [inside for inside in ("cur", "new", "tmp") if not (self._path / inside).is_dir()]
        if missing:
            command = shlex.join(["mkdir", "-p", *(str(self._path / inside) for inside in missing)])
            raise BackendError(
                self._name,
                f"The folder for drafts of {self._name} is no Maildir, and mailwatch makes none.",
                next_step=f"name another as drafts under [account.{self._name}], or make it one: {command}",
            )
        return Layout((Folder(self._path, _NAME, (self._path.name,), SpecialUse.DRAFTS, 0),))
