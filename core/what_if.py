"""What would be: a recipe tried on a picture, and what Start would do. Each has a stage that is there from its first wish on.

Most runs without a window wish for neither, and start without what they take.
"""

from typing import TYPE_CHECKING

from core.interface import EngineInterface
from core.job import Order
from core.job_list import JobList
from core.job_queue import JobQueue
from core.settings import Settings
from core.store import Store

if TYPE_CHECKING:
    from core.forecast_stage import ForecastStage
    from core.preview import PreviewWish
    from core.preview_stage import PreviewStage


class WhatIf:
    """Passes wishes on.

    Args:
        engine: Whose signals answer.
        queue: All jobs.
        jobs: Knows what files may be named by.
        store: Has the ledger.
    """

    def __init__(self, engine: EngineInterface, queue: JobQueue, jobs: JobList, store: Store) -> None:
        self._engine = engine
        self._queue = queue
        self._list = jobs
        self._store = store
        self._previews: PreviewStage | None = None
        self._forecasts: ForecastStage | None = None

    def preview(self, wish: "PreviewWish | None") -> None:
        """Try a recipe on one picture; the engine answers with previewed."""
        if self._previews is None:
            from core.preview_stage import PreviewStage  # noqa: PLC0415  # as said above

            self._previews = PreviewStage(self._engine, self._queue)
        self._previews.show(wish)

    def forecast(self, order: Order | None, settings: Settings) -> None:
        """Say what Start would do; the engine answers with forecast_made."""
        if self._forecasts is None:
            from core.forecast_stage import ForecastStage  # noqa: PLC0415  # as said above

            self._forecasts = ForecastStage(self._engine, self._queue, self._list, self._store)
        self._forecasts.show(order, settings)
