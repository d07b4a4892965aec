"""An engine for a test, and what it said."""

from collections.abc import Iterable
from pathlib import Path

from core.engine import Engine
from core.interface import EngineInterface
from core.job import BatchReport, Drop, JobId, JobSnapshot, JobState, Order, RunState, Totals
from core.settings import Settings
from tests.support.waiting import wait_for_signal

_OWN = (".fetchmill/manifest.jsonl", ".fetchmill/journal")


class Listener:
    """Keeps what an engine says.

    Attributes:
        jobs: The latest snapshot of each job.
        history: The states each job went through, as far as they were said.
        reports: Of the batches.
        totals: The latest.
    """

    def __init__(self, engine: EngineInterface) -> None:
        self.jobs: dict[JobId, JobSnapshot] = {}
        self.history: dict[JobId, list[JobState]] = {}
        self.reports: list[BatchReport] = []
        self.totals: Totals | None = None
        engine.jobs_added.connect(self._take)
        engine.jobs_changed.connect(self._take)
        engine.jobs_removed.connect(self._forget)
        engine.batch_added.connect(self.reports.append)
        engine.totals_changed.connect(self._take_totals)

    def job(self, end_of_source: str) -> JobSnapshot:
        """The job whose source ends like this."""
        found = [job for job in self.jobs.values() if job.source.endswith(end_of_source)]
        assert len(found) == 1, f"{len(found)} jobs end in {end_of_source}"
        return found[0]

    def states(self) -> list[JobState]:
        """Of all jobs, in the order of the queue."""
        return [self.jobs[job_id].state for job_id in sorted(self.jobs)]

    def _take(self, jobs: Iterable[JobSnapshot]) -> None:
        for job in jobs:
            self.jobs[job.id] = job
            self.history.setdefault(job.id, []).append(job.state)

    def _forget(self, ids: Iterable[JobId]) -> None:
        for job_id in ids:
            del self.jobs[job_id]

    def _take_totals(self, totals: Totals) -> None:
        self.totals = totals


def close(engine: Engine, timeout_s: float = 20.0) -> None:
    """Shut the engine down and wait for it."""
    wait_for_signal(engine.closed, engine.shut_down, timeout_s=timeout_s)


def run_to_end(
    engine: EngineInterface, sources: Iterable[str], destination: Path, recipe: str = "as-downloaded"
) -> None:
    """Add the sources, start, and wait until nothing is left to do."""
    runs: list[RunState] = []

    def begin() -> None:
        engine.add(Drop(sources=tuple(sources)))
        engine.start(Order(str(destination), recipe))

    def has_ended(totals: Totals) -> bool:
        runs.append(totals.run)
        return RunState.RUNNING in runs and totals.run is RunState.IDLE

    wait_for_signal(engine.totals_changed, begin, has_ended, timeout_s=60)


def quick(**changes: object) -> Settings:
    """Settings for tests: no second tries, two workers."""
    values: dict[str, object] = {"retries": 0, "workers": 2, **changes}
    settings, refused = Settings.from_mapping(values)
    assert not refused, refused
    return settings


def files_in(folder: Path) -> list[str]:
    """All files below the folder, relative to it, part files included; without the manifest and the journal."""
    files = (str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in files if not name.startswith(_OWN))


def finished_in(folder: Path) -> list[str]:
    """As files_in, without what is incomplete and may yet be continued."""
    return [name for name in files_in(folder) if not name.startswith(".fetchmill/")]


def begin(engine: EngineInterface, destination: Path, recipe: str, *sources: str) -> Listener:
    """Add the sources and start; who listens."""
    heard = Listener(engine)
    engine.add(Drop(sources=sources))
    engine.start(Order(str(destination), recipe))
    return heard


def holds(heard: Listener, code: str) -> bool:
    """Whether the run has paused by itself for that reason."""
    totals = heard.totals
    if totals is None or totals.trouble is None:
        return False
    return totals.run is RunState.PAUSED and totals.trouble.code == code


def is_over(heard: Listener) -> bool:
    """Whether the run has ended, all jobs done, and nothing is wrong any more."""
    totals = heard.totals
    if totals is None or totals.trouble is not None:
        return False
    return totals.run is RunState.IDLE and set(heard.states()) == {JobState.DONE}


def never_failed(heard: Listener) -> bool:
    """Whether no job was ever said to have failed."""
    return not any(JobState.FAILED in states for states in heard.history.values())
