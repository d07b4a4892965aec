"""Says what Start would do: takes what it needs from the queue a little at a time, and has a thread plan it."""

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.forecast import Forecast
from core.forecasting import Forecasting, Waiting
from core.interface import EngineInterface
from core.job import JobState, Order, RunState, Totals
from core.job_list import JobList
from core.job_queue import JobQueue
from core.live_job import Job
from core.planner import Candidate
from core.settings import Settings
from core.store import Store

_SLICE: Final = 1_000  # jobs a turn of the event loop
_WAITING: Final = frozenset({JobState.QUEUED, JobState.PAUSED})


class ForecastStage(QObject):
    """At most one forecast at a time; the latest wish wins. Lives in the engine's thread.

    Args:
        engine: Whose ``forecast_made`` says what was found, and with whose end all of it ends.
        queue: All jobs.
        jobs: Knows what files may be named by.
        store: Has the ledger.
    """

    _found = Signal(int, object)

    def __init__(self, engine: EngineInterface, queue: JobQueue, jobs: JobList, store: Store) -> None:
        super().__init__(engine)
        self._answer = engine.forecast_made.emit
        self._queue = queue
        self._list = jobs
        self._store = store
        self._order: Order | None = None
        self._ticket = 0
        self._settings = Settings()
        self._left: Iterator[Job] = iter(())
        self._candidates: list[Candidate] = []
        self._originals: list[str] = []
        self._forecasting: Forecasting | None = None
        self._turn = QTimer(self, interval=0)
        self._turn.timeout.connect(self._gather)
        self._found.connect(self._take)
        engine.totals_changed.connect(self._follow)
        engine.closed.connect(self.stop)

    def show(self, order: Order | None, settings: Settings) -> None:
        """Begin this one, forgetting the one before; None when none is wanted any more."""
        self.stop()
        self._order, self._settings, self._ticket = order, settings, self._ticket + 1
        if order is not None:
            self._left = iter(tuple(self._queue))
            self._turn.start()

    def stop(self) -> None:
        """Nobody wants to know any more."""
        self._turn.stop()
        self._order = None
        self._left, self._candidates, self._originals = iter(()), [], []  # it would hold all jobs
        if self._forecasting is not None:
            self._forecasting.stop()
            self._forecasting = None

    def _follow(self, totals: Totals) -> None:
        if totals.run is not RunState.IDLE:
            self.stop()

    def _gather(self) -> None:
        jobs = tuple(islice(self._left, _SLICE))
        self._originals += [job.source for job in jobs if job.is_local]
        self._candidates += [
            Candidate(job.id, job.batch, job.request, job.name) for job in jobs if job.state in _WAITING
        ]
        if not jobs and self._order is not None:
            self._turn.stop()
            waiting = Waiting(tuple(self._candidates), tuple(self._originals), dict(self._list.batches))
            self._candidates, self._originals = [], []
            self._forecasting = Forecasting(
                self._order,
                self._settings,
                waiting,
                self._store.inquire,
                partial(self._found.emit, self._ticket),
            )

    @Slot(int, object)
    def _take(self, ticket: int, found: Forecast) -> None:
        if ticket == self._ticket and self._order is not None:
            self._answer(found)
