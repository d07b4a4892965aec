"""Asks what is to happen to files whose names are taken: once for all, for one, or for those that are selected."""

from collections.abc import Iterable
from functools import partial
from typing import Final

from PySide6.QtCore import QObject

from core.interface import EngineInterface
from core.job import JobId, JobSnapshot, RunState, Totals
from core.settings import Existing
from gui.answers import ANSWERS
from gui.banner import Banner, Choice, Notice
from gui.commands import Commands
from gui.job_table import JobTable
from gui.job_text import waits_for_answer
from gui.notices import taken_notice

_TOPIC: Final = "taken"


class NameQuestion(QObject):
    """Knows which jobs wait for an answer; has slots of ``actions.ACTIONS``.

    Args:
        engine: Whose jobs they are.
        banner: Where it is asked.
        commands: By which a run begins where nothing runs.
        table: Shows them; it has the keys once the buttons of a question have gone.
        parent: As Qt has it.
    """

    def __init__(
        self,
        engine: EngineInterface,
        banner: Banner,
        commands: Commands,
        table: JobTable,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._banner = banner
        self._commands = commands
        self._table = table
        self._waiting: set[JobId] = set()
        self._told = 0
        self._run = RunState.IDLE
        self._is_put_away = False
        engine.jobs_added.connect(self._take)
        engine.jobs_changed.connect(self._take)
        engine.jobs_removed.connect(self._take_removed)
        engine.totals_changed.connect(self._follow)
        banner.closed.connect(self._take_closed)

    @property
    def count(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def answer(self, choice: Existing, job: JobId | None = None) -> None:
        """Go on with a job; for None with all that wait, and all that are to come in this run."""
        self._answer(choice, None if job is None else (job,))

    def skip_taken(self) -> None:
        """Leave the files that are there in place of what the selected jobs bring."""
        self._answer(Existing.SKIP, self._table.selected_ids())

    def rename_taken(self) -> None:
        """Give what the selected jobs bring names with numbers."""
        self._answer(Existing.RENAME, self._table.selected_ids())

    def replace_taken(self) -> None:
        """Put what the selected jobs bring in place of the files that are there."""
        self._answer(Existing.REPLACE, self._table.selected_ids())

    def _answer(self, choice: Existing, ids: tuple[JobId, ...] | None) -> None:
        if ids != ():
            self._engine.answer(choice, ids)
            self._commands.begin_if_idle()
            self._table.setFocus()

    def forget(self) -> None:
        """The engine is gone; the next one tells its jobs anew."""
        self._waiting.clear()
        self._tell()

    def _take(self, jobs: Iterable[JobSnapshot]) -> None:
        for job in jobs:
            if waits_for_answer(job):
                self._waiting.add(job.id)
            else:
                self._waiting.discard(job.id)

    def _take_removed(self, ids: Iterable[JobId]) -> None:
        self._waiting.difference_update(ids)

    def _follow(self, totals: Totals) -> None:
        if totals.run is not self._run:
            self._run, self._is_put_away = totals.run, False
            if self._waiting:
                self._banner.renew(self._notice(len(self._waiting)))
        self._tell()

    def _tell(self) -> None:
        count, told = len(self._waiting), self._told
        if count == told:
            return
        self._told = count
        if not count:
            self._banner.forget(_TOPIC)
        elif self._banner.notice_of(_TOPIC) is not None:
            self._banner.renew(self._notice(count))
        elif count > told and not self._is_put_away:
            self._banner.tell(self._notice(count))

    def _notice(self, count: int) -> Notice:
        choices = (Choice(words, partial(self.answer, choice)) for choice, words in ANSWERS)
        return taken_notice(count, tuple(choices), runs=self._run is not RunState.IDLE)

    def _take_closed(self, notice: Notice) -> None:
        self._is_put_away = self._is_put_away or notice.topic == _TOPIC
