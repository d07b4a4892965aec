"""A queue file with an engine that can be ended and begun again, and jobs whose links expire in the middle."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from core.asked import Asked
from core.engine import Engine
from core.job import BatchReport, Drop, Edit, Edited, JobSnapshot, Order, RunState
from core.store import Store
from tests.support.engines import Listener, close, quick
from tests.support.server import Answer, Server, failure
from tests.support.waiting import wait_for_signal

BODY: Final = os.urandom(300_000)
CUT: Final = 200_000
CUT_SHORT: Final = Answer(BODY, cut_after=CUT)
EXPIRED: Final = failure(403)
MakeEngine = Callable[..., Engine]


class Held:
    """An engine on a queue file, that can be ended and begun again.

    Attributes:
        path: The queue file.
        out: The destination.
        engine: The one that runs.
        heard: What it said.
    """

    def __init__(self, make_engine: MakeEngine, folder: Path) -> None:
        self._make = make_engine
        self.path = folder / "state" / "queue.sqlite"
        self.out = folder / "out"
        self.open()

    def open(self) -> None:
        """Begin an engine."""
        store = Store(self.path, keeps_jobs=True)
        assert store.lock()
        self.engine = self._make(quick(retries=0), store)
        self.heard = Listener(self.engine)
        wait_for_signal(self.engine.recovered, self.engine.announce)

    def restart(self) -> None:
        """End the engine and begin the next."""
        close(self.engine)
        self.open()

    def add(self, *sources: str, asked: Asked | None = None) -> BatchReport:
        """Add links; what came of it."""
        (report,) = wait_for_signal(
            self.engine.batch_added, lambda: self.engine.add(Drop(sources=sources, asked=asked))
        )
        assert isinstance(report, BatchReport)
        return report

    def start(self) -> None:
        """Have it download into ``out``."""
        self.engine.start(Order(str(self.out), "as-downloaded"))

    def run(self) -> None:
        """Start, and wait for the end."""
        wait_for_signal(self.engine.totals_changed, self.start, lambda totals: totals.run is RunState.IDLE)

    def fail_halfway(self, server: Server, *answers: Answer) -> JobSnapshot:
        """Have a job whose link expires after ``CUT`` bytes."""
        url = server.serve("/old.bin", *(answers or (CUT_SHORT,)), EXPIRED)
        self.engine.add(Drop(url))
        self.run()
        self.engine.retry()
        self.run()
        job = self.only()
        assert job.error is not None
        assert job.error.status == 403
        return job

    def only(self) -> JobSnapshot:
        """The only job there is."""
        (job,) = self.heard.jobs.values()
        return job

    def edit(self, source: str | None = None, asked: Asked | None = None, *, applies: bool = True) -> Edited:
        """Edit all jobs."""
        return edit(self.engine, Edit(tuple(self.heard.jobs), source, asked, applies))


def edit(engine: Engine, wish: Edit) -> Edited:
    """Edit; the answer."""
    (answer,) = wait_for_signal(engine.edited, lambda: engine.edit(wish))
    assert isinstance(answer, Edited)
    return answer


def ranges(server: Server, path: str) -> list[str | None]:
    """Range of each request for that path."""
    return [request.headers.get("Range") for request in server.received(path)]
