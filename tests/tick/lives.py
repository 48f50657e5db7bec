"""Whole lives of a job search: a user, their mailbox, mailwatch, and everything that can break in between.

After every tick these must hold (RELIABILITY §4):

- at most one live copy of each of our letters lies in Drafts;
- a letter is never saved again for an obligation of which the ledger, its log or the mailbox knows one;
- whatever the user has written, edited, sent, moved or thrown away is byte for byte where they left it;
- when all is calm again, every letter that is due lies in Drafts or has its reason.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mailwatch.backends.base import Saved
from mailwatch.backends.memory import MemoryMail, MemoryMailbox
from mailwatch.core.identity import draft_key, draft_message_id
from mailwatch.core.model import Action, Draft, DraftKey, DraftRef, Fingerprint, Kind, MessageId, SpecialUse
from mailwatch.errors import TransientError
from mailwatch.store.database import Database
from mailwatch.store.drafted_log import DraftedLog
from mailwatch.tick import OpenAccount, TickReport
from tests.tick.doubles import MINE, mail, person
from tests.tick.programs import PROGRAMS, Program, written_by
from tests.tick.world import Machine, SmallWorld

FAST_DISK = Path("/dev/shm")


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Fuse:
    """Ends the process before or after its nth write, wherever that is."""

    left: int | None = None

    def burn(self) -> None:
        if self.left is None:
            return
        self.left -= 1
        if self.left < 0:
            self.left = None
            raise Killed

    @contextmanager
    def in_place(self) -> Iterator[None]:
        with (
            patch.object(Database, "_commit", self.around(Database._commit)),
            patch.object(DraftedLog, "append", self.around(DraftedLog.append)),
        ):
            yield

    def around(self, work: Callable[..., Any]) -> Callable[..., Any]:
        def burning(*arguments: Any, **named: Any) -> Any:
            self.burn()
            outcome = work(*arguments, **named)
            self.burn()
            return outcome

        return burning


class Witness(MemoryMail):
    """The account's door, which remembers what was saved and discarded in this tick, and burns the fuse."""

    def __init__(self, mailbox: MemoryMailbox, parser: Any, fuse: Fuse) -> None:
        super().__init__(mailbox, parser, page=3)
        self.fuse = fuse
        self.saved: list[tuple[MessageId, str]] = []
        self.discarded: list[str] = []
        self.before_save: Callable[[Draft], None] = lambda _: None

    def save_draft(self, draft: Draft) -> Saved:
        self.fuse.burn()
        self.before_save(draft)
        refs = {stored.ref for stored in self._mailbox.messages(SpecialUse.DRAFTS)}
        try:
            saved = super().save_draft(draft)
        finally:
            new = {stored.ref for stored in self._mailbox.messages(SpecialUse.DRAFTS)} - refs
            self.saved += [(draft.message_id, ref) for ref in new]
        self.fuse.burn()
        return saved

    def discard_draft(self, ref: DraftRef, *, unchanged_from: Fingerprint) -> bool:
        done = super().discard_draft(ref, unchanged_from=unchanged_from)
        if done:
            self.discarded.append(ref)
        return done


class Life(RuleBasedStateMachine):
    """One job search. Subclasses choose the core and take parts out."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="life", dir=FAST_DISK if FAST_DISK.is_dir() else None))
        self.world = self.new_world()
        self.fuse = Fuse()
        self.door = Witness(self.world.mailbox, self.world.parser, self.fuse)
        self.world.accounts = [OpenAccount("home", MINE, self.door)]
        self.first = self.world.machine
        self.second = Machine(self.folder / "second")
        self.yesterday: Path | None = None
        self.late: list[bytes] = []
        self.invited = 0
        self.starts: dict[MessageId, int] = {}
        self.begins: dict[int, datetime] = {}
        self.renamed: dict[MessageId, datetime] = {}
        self.saves = 0
        self.left_behind: Counter[bytes] = Counter()
        self.quiet = ExitStack()
        self.quiet.enter_context(patch("os.fsync", lambda _: None))
        self.quiet.enter_context(patch("mailwatch.store.store.back_up_daily", lambda *_: None))  # half of all the time
        self.quiet.enter_context(patch.object(logging.getLogger("mailwatch.tick"), "disabled", new=True))

    def new_world(self) -> SmallWorld:
        """The world that this life is lived in."""
        return SmallWorld(self.folder)

    def teardown(self) -> None:
        try:
            self.calm_down()
        finally:
            self.quiet.close()
            self.first.close()
            self.second.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    # What happens

    @initialize(count=st.integers(1, 3))
    def a_search_begins(self, count: int) -> None:
        for _ in range(count):
            self.an_interview_takes_place(2)

    @rule(ago=st.sampled_from([2, 2, 2, 0]))
    def an_interview_takes_place(self, ago: int) -> None:
        self.invited += 1
        start = self.world.invite(self.invited, self.world.now - timedelta(hours=ago))
        self.begins[self.invited] = start
        key = DraftKey(self._key(self.invited, start))
        for revision in range(1, 6):
            self.starts[draft_message_id(MINE, key, revision)] = self.invited

    @rule(hours=st.sampled_from([0.01, 0.05, 1, 2, 7, 25, 80]))
    def time_passes(self, hours: float) -> None:
        self.world.pass_time(hours=hours)
        self.late_bytes_arrive()

    @rule(hours=st.sampled_from([0.01, 1, 30]))
    def the_clock_is_set_back(self, hours: float) -> None:
        self.world.pass_time(hours=-hours)

    @rule()
    def mailwatch_runs(self) -> None:
        self.run(self.first)

    @rule()
    def mailwatch_runs_on_another_machine(self) -> None:
        self.late_bytes_arrive()  # nobody but the ledger of the first one tells of them
        self.run(self.second)

    @rule(steps=st.integers(0, 24))
    def mailwatch_is_killed(self, steps: int) -> None:
        self.fuse.left = steps
        self.run(self.first)
        self.fuse.left = None

    @rule(call=st.sampled_from(["save_draft", "find_draft", "drafts", "fetch", "changes", "read_draft"]))
    def a_call_fails(self, call: str) -> None:
        self.world.mailbox.faults.fail_next(call)
        self.run(self.first)
        self.forget_faults()

    @rule()
    def an_answer_is_lost(self) -> None:
        self.world.mailbox.faults.lose_reply("save_draft")
        self.run(self.first)
        self.forget_faults()

    @rule()
    def an_attempt_breaks_off_and_its_bytes_arrive_late(self) -> None:
        def break_off(draft: Draft) -> None:
            self.late.append(draft.raw)
            raise TransientError("home", "The connection broke.")

        self.door.before_save = break_off
        self.run(self.first)
        self.door.before_save = lambda _: None

    @rule()
    def the_mail_is_half_read(self) -> None:
        self.world.mailbox.faults.stop_after = 1
        self.run(self.first)
        self.world.mailbox.faults.stop_after = 0

    @rule()
    def both_machines_save_at_once(self) -> None:
        """While the first machine is about to save, the second one does."""

        def the_other_runs(_: Draft) -> None:
            self.door.before_save = lambda _: None
            self.run(self.second)

        self.late_bytes_arrive()
        self.door.before_save = the_other_runs
        self.run(self.first)
        self.door.before_save = lambda _: None

    @rule(folder=st.sampled_from(["Drafts", "INBOX", "Sent"]))
    def a_folder_is_numbered_anew(self, folder: str) -> None:
        self.world.mailbox.renumber(folder)

    @rule()
    def the_database_is_lost(self) -> None:
        self.first.lose_database()

    @rule()
    def everything_is_lost(self) -> None:
        self.late_bytes_arrive()
        self.first.lose_everything()

    @rule()
    def a_copy_is_made(self) -> None:
        self.first.open(self.world.now)
        self.yesterday = self.folder / "yesterday"
        shutil.rmtree(self.yesterday, ignore_errors=True)
        self.yesterday.mkdir()
        for path in self.first.folder.glob("mailwatch.db*"):  # nobody is writing: the files are one moment
            if not path.name.endswith("-shm"):
                shutil.copy(path, self.yesterday)

    @precondition(lambda self: self.yesterday is not None)
    @rule()
    def the_copy_is_put_back(self) -> None:
        self.first.lose_database()
        self.first.folder.mkdir(mode=0o700, exist_ok=True)
        assert self.yesterday is not None
        for path in self.yesterday.iterdir():
            shutil.copy(path, self.first.folder)

    # What the user does

    @precondition(lambda self: self.world.draft_refs())
    @rule(choice=st.integers(0, 99))
    def the_user_edits_a_draft(self, choice: int) -> None:
        ref = self.some_draft(choice)
        raw = self.world.mailbox.get(ref).raw
        written = raw + f"P.S. {choice}\r\n".encode()
        self.remember(raw, written)
        self.world.mailbox.user_edits_draft(ref, written)

    @precondition(lambda self: self.world.draft_refs())
    @rule(choice=st.integers(0, 99))
    def the_user_deletes_a_draft(self, choice: int) -> None:
        ref = self.some_draft(choice)
        self.world.mailbox.user_deletes(ref)

    @precondition(lambda self: self.world.draft_refs())
    @rule(choice=st.integers(0, 99), edited=st.booleans())
    def the_user_sends_a_draft(self, choice: int, edited: bool) -> None:
        ref = self.some_draft(choice)
        raw = self.world.mailbox.get(ref).raw
        self.world.mailbox.user_sends_draft(ref, self.world.now, raw + b"Cheers\r\n" if edited else raw)

    @precondition(lambda self: self.world.draft_refs())
    @rule(
        program=st.sampled_from(PROGRAMS),
        choice=st.integers(0, 99),
        text=st.sampled_from(["", "And one more thing."]),
        hours=st.sampled_from([0, 0, 1, 30]),
        sends=st.booleans(),
    )
    def the_user_opens_a_draft(self, program: Program, choice: int, text: str, hours: int, sends: bool) -> None:
        """In one of the programs that were watched: saved again or sent, with another sentence or without."""
        ref = self.some_draft(choice)
        raw = self.world.mailbox.get(ref).raw
        if program.takes:
            self.world.mailbox.user_takes_draft(ref)
            if self.mark_of(raw) in self.known_to(self.first):  # else nothing in the world tells of it now
                self.world.pass_time(hours=hours)
                self.late_bytes_arrive()
                self.run(self.first)
        self.saves += 1
        written = written_by(program, raw, text, self.world.now, self.saves)
        self.remember(raw, written)
        if program.takes and sends:
            self.world.mailbox.user_sends(written, self.world.now)
        elif program.takes:
            self.world.mailbox.user_begins_draft(written)
        elif sends:
            self.world.mailbox.user_sends_draft(ref, self.world.now, written)
        elif program.leaves:
            self.left_behind[raw] += 1
            self.world.mailbox.user_begins_draft(written)
        else:
            self.world.mailbox.user_edits_draft(ref, written)

    def remember(self, raw: bytes, written: bytes) -> None:
        """What a program has written anew is about the same, and left behind if the old one was."""
        number = self.starts.get(self.mark_of(raw))
        if number is not None:
            self.starts[self.mark_of(written)] = number
            if self.mark_of(written) != self.mark_of(raw):
                self.renamed[self.mark_of(written)] = self.world.now
        if self.left_behind[raw]:
            self.left_behind[raw] -= 1
            self.left_behind[written] += 1

    @rule(choice=st.integers(0, 99))
    def the_user_begins_a_draft(self, choice: int) -> None:
        to = person(choice % self.invited + 1)
        self.world.mailbox.user_begins_draft(mail(MINE, to, "Hello", f"Dear {choice}", self.world.now))

    @rule(choice=st.integers(0, 99))
    def the_user_writes_by_hand(self, choice: int) -> None:
        self.world.write_by_hand(choice % self.invited + 1)

    @precondition(lambda self: self.world.draft_refs())
    @rule(choice=st.integers(0, 99))
    def the_user_takes_a_draft_away_and_puts_it_back(self, choice: int) -> None:
        ref = self.some_draft(choice)
        raw = self.world.mailbox.user_takes_draft(ref)
        if self.mark_of(raw) in self.known_to(self.first):  # else nothing in the world tells of it now
            self.run(self.first)
        self.world.mailbox.user_begins_draft(raw)

    # What must hold

    def run(self, machine: Machine) -> TickReport | None:
        """One tick, and everything that must hold after it. None: the process ended in between."""
        outer = self.door.saved, self.door.discarded
        self.door.saved, self.door.discarded = [], []
        known = self.known_to(machine)
        before = self.everything()
        report = None
        try:
            with self.fuse.in_place():
                report = self.world.tick(machine)
        except Killed:
            machine.close()
        self.check_the_saved(known)
        self.check_the_users(before)
        self.door.saved, self.door.discarded = outer[0] + self.door.saved, outer[1] + self.door.discarded
        return report

    def check_the_saved(self, known: frozenset[MessageId]) -> None:
        again = [mark for mark, ref in self.door.saved if mark in known and ref not in self.door.discarded]
        assert not again, f"drafted again although it was known: {again}"

    def check_the_users(self, before: Counter[tuple[str, bytes]]) -> None:
        after = self.everything()
        made = Counter(
            ("Drafts", self.world.mailbox.get(ref).raw)
            for _, ref in self.door.saved
            if self.world.mailbox.find(ref) is not None
        )
        assert after == before + made, "something of the user's was changed, moved or removed"

    @invariant()
    def at_most_one_live_copy(self) -> None:
        lying = Counter(self.world.drafts()) - self.left_behind  # what aerc leaves behind is not mailwatch's doing
        live = Counter(self.obligation_of(self.mark_of(raw)) for raw in lying.elements())
        del live[""]  # drafts of the user's own
        assert max(live.values(), default=0) <= 1, f"two live drafts: {live}"

    def calm_down(self) -> None:
        """Nothing breaks any more: after the time to settle, every due letter is there or has its reason."""
        self.forget_faults()
        self.late_bytes_arrive()
        for _ in range(3):
            self.world.pass_time(minutes=3)
            report = self.run(self.first)
        assert report is not None
        assert report.plan is not None
        open_ones = [decision for decision in report.plan.decisions if decision.action is Action.DRAFT]
        assert len(open_ones) == 0 or report.waiting or len(report.saved) == 10, f"due and unexplained: {open_ones}"
        assert not any("not read" in decision.reason for decision in report.plan.decisions), "all mail has been read"

    # Helpers

    def late_bytes_arrive(self) -> None:
        for raw in self.late:
            self.world.mailbox.user_begins_draft(raw)
        self.late.clear()

    def forget_faults(self) -> None:
        self.world.mailbox.faults = type(self.world.mailbox.faults)(MINE)

    def some_draft(self, choice: int) -> str:
        refs = self.world.draft_refs()
        return refs[choice % len(refs)]

    def everything(self) -> Counter[tuple[str, bytes]]:
        return Counter((stored.folder, stored.raw) for stored in self.world.mailbox.messages())

    def known_to(self, machine: Machine) -> frozenset[MessageId]:
        """The marks of all revisions of letters of which the ledger, its log or the mailbox knows one."""
        rows = machine.open(self.world.now).ledger.rows()
        seen = {row.message_id for row in rows if row.state.value != "intended"}
        seen |= {self.mark_of(stored.raw) for stored in self.world.mailbox.messages(SpecialUse.DRAFTS)}
        away = {self.mark_of(stored.raw) for stored in self.world.mailbox.messages(SpecialUse.SENT, SpecialUse.TRASH)}
        seen |= {mark for mark in away if self.tells_of_itself(mark)}
        obligations = {self.obligation_of(mark) for mark in seen}
        return frozenset({mark for mark, number in self.starts.items() if f"person {number}" in obligations} | seen)

    def tells_of_itself(self, mark: MessageId) -> bool:
        """Not where a program gave it an id of its own while a wrong clock dated it before its interview.

        Without a ledger it is then mail to that person from before they met, and thanks from before count as none.
        """
        return mark not in self.renamed or self.renamed[mark] >= self.begins[self.starts[mark]]

    def obligation_of(self, mark: MessageId) -> str:
        """What a letter is owed for: the person of a thank-you, else the letter itself."""
        return f"person {self.starts[mark]}" if mark in self.starts else mark

    @staticmethod
    def mark_of(raw: bytes) -> MessageId:
        head, _, _ = raw.partition(b"\r\n\r\n")
        found = [line[12:] for line in head.split(b"\r\n") if line.lower().startswith(b"message-id: ")]
        return MessageId(found[0].decode() if found else "")

    @staticmethod
    def _key(number: int, start: Any) -> str:
        return draft_key(MINE, Kind.THANK_YOU, person(number), start)
