"""Keeps the table's rows arranged as the user asked, without ever holding up the window."""

from collections.abc import Callable, Generator
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from core.job import JobId, JobSnapshot
from gui.arrangement import Criteria, arrange
from gui.job_model import JobModel
from gui.slices import SlicedRun

_AT_MOST_EVERY: Final = 500
_AFTER_MOUSE: Final = 60
_FEW: Final = 5_000
_SOME: Final = 200


class Arranging(QObject):
    """Works out the rows anew when the criteria change, or when running jobs change what they give.

    Args:
        model: It is to be arranged.
        must_wait: Whether rows may not move at the moment unless the user asked for it.
        parent: As Qt has it.

    Signals:
        settled: nothing; the rows were brought in line with the criteria and the jobs there are.
    """

    settled = Signal()

    def __init__(
        self, model: JobModel, must_wait: Callable[[], bool] = lambda: False, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._must_wait = must_wait
        self._by_itself = False
        self._wanted_again = False
        self._arrived: list[JobId] = []
        self._removed = False
        self._run = SlicedRun(self)
        self._run.done.connect(self._take_over)
        self._waste = SlicedRun(self)
        self._broom = QTimer(self)
        self._broom.setSingleShot(True)
        self._broom.timeout.connect(self._sweep)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._after_rest)

    @property
    def criteria(self) -> Criteria:
        """What is shown, or will be in a moment."""
        return self._model.criteria

    @property
    def waits(self) -> bool:
        """Whether the rows are to be arranged anew, but not yet."""
        return self._wanted_again and self._rest.isActive()

    def ask(self, criteria: Criteria) -> None:
        """Show something else, as soon as it is worked out."""
        if criteria != self._model.criteria:
            self._model.criteria = criteria
            self._by_itself = False
            self._begin()

    def note_added(self, ids: list[JobId], *, at_end: bool = True) -> None:
        """New jobs stand at the end for now.

        Args:
            ids: Theirs.
            at_end: Whether that is where they belong as long as nothing is sorted.
        """
        if self._run.is_running:
            self._arrived += ids
        if not (at_end and self.criteria.keeps_order):
            self._soon()

    def clear(self) -> None:
        """There are no jobs any more."""
        self._run.stop()
        self._rest.stop()
        self._broom.stop()
        self._wanted_again = False
        self._waste.start(_drained(self._model.clear()))
        self.settled.emit()

    def note_removed(self) -> None:
        """Jobs were forgotten: where rows are many, theirs go at most twice a second."""
        self._removed = True
        if not self._broom.isActive():
            self._sweep()
        elif len(self._model.rows) <= _FEW:
            self._model.sweep()
            self.settled.emit()

    def note_changed(self) -> None:
        """Jobs are in other states; at most twice a second the rows follow."""
        if self.criteria.is_volatile:
            self._soon()

    def _sweep(self) -> None:
        if self._model.needs_sweep:
            self._model.sweep()
            self._broom.start(_AT_MOST_EVERY)
            self.settled.emit()

    def _soon(self) -> None:
        if self._run.is_running or self._rest.isActive():
            self._wanted_again = True
        else:
            self._by_itself = True
            self._begin()

    def _begin(self) -> None:
        self._wanted_again = False
        self._arrived.clear()
        self._removed = False
        self._rest.stop()
        model = self._model
        self._run.start(arrange(model.jobs, model.criteria, in_order=model.in_order))

    def _take_over(self, rows: list[JobId]) -> None:
        if QGuiApplication.mouseButtons().value or (self._by_itself and self._must_wait()):
            # Rows that move below a pressed button would make the user select or drag another job.
            self._wanted_again = True
            self._rest.start(_AFTER_MOUSE)
            return
        jobs, criteria = self._model.jobs, self._model.criteria
        late = [i for i in self._arrived if i in jobs and criteria.matches(jobs[i])]
        if self._removed:
            rows = [i for i in rows if i in jobs]
        self._model.replace_rows(rows + late)
        self._wanted_again = self._wanted_again or (bool(late) and not criteria.keeps_order)
        self._rest.start(_AT_MOST_EVERY)
        self.settled.emit()

    def _after_rest(self) -> None:
        if self._wanted_again:
            self._by_itself = True
            self._begin()


def _drained(jobs: dict[JobId, JobSnapshot]) -> Generator[None, None, None]:
    """Free jobs a few at a time: 100,000 at once would be felt."""
    while jobs:
        for _ in range(min(_SOME, len(jobs))):
            jobs.popitem()
        yield
