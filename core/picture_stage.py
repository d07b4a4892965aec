"""The second stage: from a whole file to the finished picture. Runs in the engine's thread; children do the work."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from core.download_stage import discard_part, end_unpublished
from core.downloads.names import NameBook
from core.errors import ErrorReport, FetchmillError, StorageError
from core.images.pool import ProcessPool
from core.images.task import ProcessOutcome, ProcessTask
from core.job import JobState
from core.job_queue import Job, JobQueue, Plan
from core.publishing import check_finished, part_path, publish_download, publish_picture
from core.scheduler import Limits, pictures_to_start

CONTENT_FAULTS: Final = frozenset({"not-an-image", "truncated", "broken-image", "unreadable"})


class PictureStage:
    """Gives pictures to the process pool and puts what comes back in its place.

    Args:
        queue: All jobs.
        names: Who may write what.
        prefix: Of part files: the engine's own, among all that write to a folder.
        deliver: Takes outcomes on the pool's thread and brings them to ``home`` on the engine's.
    """

    def __init__(
        self, queue: JobQueue, names: NameBook, prefix: str, deliver: Callable[[ProcessOutcome], None]
    ) -> None:
        self._queue = queue
        self._names = names
        self._prefix = prefix
        self._deliver = deliver
        self._pool: ProcessPool | None = None
        self._limits: Limits | None = None
        self._jobs: dict[int, tuple[Job, str]] = {}
        self._last_ticket = 0

    def configure(self, limits: Limits) -> None:
        """Use these from now on."""
        self._limits = limits
        if self._pool is not None:
            self._pool.resize(limits.workers)

    def warm_up(self) -> None:
        """Start the children, so that they are there before the first picture is."""
        if self._pool is None and self._limits is not None:
            self._pool = ProcessPool(self._limits.workers, self._deliver)

    def pump(self) -> None:
        """Give the pool what it can take."""
        if self._pool is None or self._limits is None:
            return
        for job_id in pictures_to_start(self._queue.ready, len(self._jobs), self._limits):
            job = self._queue.get(job_id)
            assert job is not None, "what is ready is in the queue"  # noqa: S101  # JobQueue's own invariant
            self._give(job, self._pool)

    def home(self, outcome: ProcessOutcome) -> None:
        """A child has answered, or died."""
        job, part = self._jobs.pop(outcome.ticket, (None, ""))
        if job is None or job.plan is None:
            return
        job.ticket, job.outcome = None, outcome
        job.sha256 = job.sha256 or outcome.sha256
        job.notes = (*job.notes, *outcome.notes)
        try:
            if outcome.error is not None:
                self._end_failed(job, job.plan, outcome.error, part)
            else:
                self._publish(job, job.plan, part, outcome)
                self._queue.move(job, JobState.DONE)
        except FetchmillError as error:
            _remove(part)
            end_unpublished(self._queue, job, error)

    def abandon(self, job: Job) -> None:
        """Give up whatever of the job is in this stage, killing the child that works on it."""
        if job.ticket is not None and job.ticket in self._jobs and self._pool is not None:
            _, part = self._jobs.pop(job.ticket)
            self._pool.drop(job.ticket)
            job.ticket = None
            _remove(part)

    def close(self) -> None:
        """Kill the children; returns when they are gone."""
        if self._pool is not None:
            self._pool.close()
        for _, part in self._jobs.values():
            _remove(part)
        self._jobs.clear()

    def _give(self, job: Job, pool: ProcessPool) -> None:
        assert job.plan is not None, "it has come through the first stage"  # noqa: S101  # the engine's own order
        self._last_ticket += 1
        job.ticket = -self._last_ticket  # transfers count upwards
        part = part_path(job.plan, f"{self._prefix}-picture-{self._last_ticket}")
        source = job.part.path if job.part is not None else job.original
        assert source is not None, "a picture is somewhere"  # noqa: S101  # as above
        with suppress(OSError):  # the child says what is wrong when it cannot write there
            Path(part).parent.mkdir(parents=True, exist_ok=True)
        self._jobs[job.ticket] = (job, part)
        self._queue.move(job, JobState.PROCESSING)
        if job.is_local:
            with suppress(OSError):
                job.received = job.size = Path(source).stat().st_size
        pool.submit(ProcessTask(job.ticket, source, part, job.plan.recipe, hash_source=job.is_local))

    def _publish(self, job: Job, plan: Plan, part: str, outcome: ProcessOutcome) -> None:
        """Put the finished picture, and the original where it is kept, under their names.

        Raises:
            StorageError: One of them cannot be put there.
        """
        if not plan.recipe.changes_pictures:
            job.file = publish_download(job, plan, self._names, apart=False)
            job.outcome = outcome._replace(bytes_out=job.received)
            return
        assert outcome.format is not None, "a picture without error has a format"  # noqa: S101  # the worker's promise
        check_finished(job, plan, self._names, outcome.format)
        # The original first: what fails here can be done again without a second finished picture.
        self._keep_original(job, plan)
        job.file = publish_picture(part, job, plan, self._names, outcome.format)

    def _keep_original(self, job: Job, plan: Plan) -> None:
        if job.part is None:
            return
        if plan.keep_originals:
            job.original = publish_download(job, plan, self._names, apart=True)
        else:
            discard_part(job)

    def _end_failed(self, job: Job, plan: Plan, error: ErrorReport, part: str) -> None:
        """What is damaged goes; a sound download that could only not be processed is kept."""
        _remove(part)
        self._queue.fail(job, error)
        if error.code in CONTENT_FAULTS:
            discard_part(job)
        elif plan.recipe.changes_pictures:
            with suppress(StorageError):  # the row has failed already, and for another reason
                self._keep_original(job, plan)


def _remove(part: str) -> None:
    with suppress(OSError):
        Path(part).unlink(missing_ok=True)
