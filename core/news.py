"""What changed since it was last told: jobs in portions, and the totals. In the engine's thread."""

from collections.abc import Callable

from core.job import JobSnapshot, Totals
from core.job_list import CHUNK
from core.job_queue import JobQueue
from core.run_record import RunRecord
from core.store import Store


class News:
    """Tells the window, the store and the record of the run what came of jobs.

    Args:
        queue: All jobs.
        store: Where those are written that have ended, or are queued again.
        record: Of the run.
        tell_jobs: Called with some jobs at a time.
        tell_totals: Called with new totals.
    """

    def __init__(
        self,
        queue: JobQueue,
        store: Store,
        record: RunRecord,
        tell_jobs: Callable[[tuple[JobSnapshot, ...]], None],
        tell_totals: Callable[[Totals], None],
    ) -> None:
        self._queue = queue
        self._store = store
        self._record = record
        self._tell_jobs = tell_jobs
        self._tell_totals = tell_totals
        self._told: Totals | None = None

    def tell(self, totals: Callable[[], Totals]) -> bool:
        """Tell what changed; whether there was anything.

        Args:
            totals: Gives them as they are once the jobs are told.
        """
        jobs, unsaved = self._queue.take_changed()
        for begin in range(0, len(jobs), CHUNK):
            news = tuple(job.snapshot() for job in jobs[begin : begin + CHUNK])
            self._tell_jobs(news)
            self._store.save(tuple(job for job in news if job.id in unsaved))
        self._record.add_ended(jobs)
        if (found := totals()) == self._told:
            return bool(jobs)
        self._told = found
        self._tell_totals(found)
        return True
