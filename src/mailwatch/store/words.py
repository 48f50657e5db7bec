"""The user's words: marks, debriefs, whom to leave alone, pauses. Private notes stand in a table of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailwatch.core.model import Debrief, Mark, PrivateNotes
from mailwatch.store.database import Database
from mailwatch.store.records import Codec

_PAUSED_UNTIL = "paused_until"
_MARKS: Codec[Mark] = Codec(Mark)
_DEBRIEFS: Codec[Debrief] = Codec(Debrief)
_NOTES: Codec[dict[str, str]] = Codec(dict[str, str])


class Words:
    """The tables of what the user told us."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def marks(self) -> tuple[Mark, ...]:
        """Every mark, the oldest first."""
        marks = [_MARKS.decode(data) for (data,) in self._database.rows("SELECT mark FROM marks")]
        return tuple(sorted(marks, key=lambda mark: (mark.at, mark.id)))

    def mark(self, mark: Mark) -> None:
        """Keep a mark; one with the same id is replaced."""
        with self._database.writing():
            self._database.write("INSERT OR REPLACE INTO marks VALUES (?, ?)", (mark.id, _MARKS.encode(mark)))

    def unmark(self, mark_id: str) -> bool:
        """Take a mark back. False: there is none with this id."""
        with self._database.writing():
            return self._database.write("DELETE FROM marks WHERE id = ?", (mark_id,)) > 0

    def debriefs(self) -> tuple[tuple[int, Debrief], ...]:
        """Every debrief with its number and its private notes, the oldest first."""
        rows = self._database.rows(
            "SELECT d.n, d.debrief, p.notes FROM debriefs d LEFT JOIN private_notes p ON p.debrief = d.n ORDER BY d.n"
        )
        return tuple(
            (number, replace(_DEBRIEFS.decode(debrief), private=PrivateNotes(_NOTES.decode(notes) if notes else {})))
            for number, debrief, notes in rows
        )

    def keep_debrief(self, debrief: Debrief, *, number: int | None = None) -> int:
        """Keep a debrief; its number.

        Args:
            number: of the debrief that it replaces, or None for a new one.
        """
        with self._database.writing():
            self._database.write(
                "INSERT OR REPLACE INTO debriefs VALUES (coalesce(?, (SELECT coalesce(max(n), 0) + 1 FROM debriefs)), ?)",
                (number, _DEBRIEFS.encode(debrief)),
            )
            row = self._database.one("SELECT coalesce(?, max(n)) FROM debriefs", (number,))
            kept = int(row[0]) if row else 0
            self._database.write("DELETE FROM private_notes WHERE debrief = ?", (kept,))
            notes = debrief.private.reveal()
            if notes:
                self._database.write("INSERT INTO private_notes VALUES (?, ?)", (kept, _NOTES.encode(notes)))
        return kept

    def muted(self) -> frozenset[str]:
        """Companies and people (names or addresses, lower case) for whom nothing is drafted."""
        return frozenset(who for (who,) in self._database.rows("SELECT who FROM muted"))

    def mute(self, who: str) -> None:
        """Draft nothing for a company or a person."""
        with self._database.writing():
            self._database.write("INSERT OR IGNORE INTO muted VALUES (?)", (who.casefold(),))

    def unmute(self, who: str) -> bool:
        """Take a mute back. False: there was none."""
        with self._database.writing():
            return self._database.write("DELETE FROM muted WHERE who = ?", (who.casefold(),)) > 0

    def paused_until(self) -> datetime | None:
        """Until when nothing is drafted, or None."""
        value = self._database.meta(_PAUSED_UNTIL)
        return datetime.fromisoformat(value) if value else None

    def pause(self, until: datetime | None) -> None:
        """Draft nothing until an instant (`datetime.max` in UTC: until told otherwise); None ends the pause."""
        with self._database.writing():
            self._database.set_meta(_PAUSED_UNTIL, until.isoformat() if until else "")
