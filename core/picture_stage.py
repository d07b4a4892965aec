"""The second stage: from a whole file to the finished picture. Runs in the engine's thread; children do the work."""

from collections.abc import Callable
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.destination import picture_part
from core.errors import ErrorReport, WorkerDiedError
from core.images.notes import STILL_SHOWN
from core.images.task import Made, ProcessOutcome, ProcessTask, Verdict
from core.images.wanted import Wanted
from core.job import JobState
from core.job_queue import JobQueue
from core.ledger import Stamp
from core.live_job import Job, Plan
from core.publisher import Publisher, Troubled, discard_part
from core.scheduler import Limits, pictures_to_start

if TYPE_CHECKING:
    from core.images.pool import ProcessPool

_MOST_DEATHS: Final = 2
_NOT_WRITTEN: Final = "It was not written, as it would have been no smaller than the original."
CONTENT_FAULTS: Final = frozenset({"not-an-image", "truncated", "broken-image", "unreadable"})


class PictureStage:
    """Gives pictures to the process pool and passes on what comes back.

    Args:
        queue: All jobs.
        prefix: Of part files: the queue's own, among all that write to a folder.
        token: The engine's own: a child of a dead one may still be writing.
        publisher: Puts what is finished in its place.
        troubled: Asked when a file cannot be written: whether that holds the whole run up, in which case it has put
            the job back into the queue.
        deliver: Takes outcomes on the pool's thread and brings them to ``home`` on the engine's.
    """

    def __init__(
        self,
        queue: JobQueue,
        prefix: str,
        token: str,
        publisher: Publisher,
        troubled: Troubled,
        deliver: Callable[[ProcessOutcome], None],
    ) -> None:
        self._queue = queue
        self._prefix = prefix
        self._token = token
        self._publisher = publisher
        self._troubled = troubled
        self._deliver = deliver
        self._pool: ProcessPool | None = None
        self._limits: Limits | None = None
        self._wanted = Wanted()
        self._jobs: dict[int, tuple[Job, tuple[str, ...]]] = {}
        self._last_ticket = 0
        self._last_part = 0

    def configure(self, limits: Limits, wanted: Wanted) -> None:
        """Use these from now on."""
        self._limits, self._wanted = limits, wanted
        if self._pool is not None:
            self._pool.configure(limits.pictures)

    def warm_up(self) -> None:
        """Start the children, so that they are there before the first picture is."""
        if self._pool is None and self._limits is not None:
            from core.images.pool import ProcessPool  # noqa: PLC0415  # with Pillow: mere downloads start without

            self._pool = ProcessPool(self._limits.pictures, self._deliver)

    def pump(self) -> None:
        """Give the pool what it can take."""
        if self._queue.ready:
            self.warm_up()
        if self._pool is None or self._limits is None:
            return
        for job_id in pictures_to_start(self._queue.ready, len(self._jobs), self._limits):
            job = self._queue.get(job_id)
            assert job is not None, "what is ready is in the queue"  # noqa: S101  # JobQueue's own invariant
            self._give(job, self._pool)

    def home(self, outcome: ProcessOutcome) -> None:
        """A child has answered, or died."""
        job, parts = self._jobs.pop(outcome.ticket, (None, ()))
        if job is None or job.plan is None:
            return
        job.ticket, job.outcome = None, outcome
        job.sha256 = outcome.sha256 or job.sha256
        if outcome.unwanted is not None:
            _remove(parts)
            self._publisher.skip(job, outcome.unwanted)
            return
        if outcome.error is not None:
            _remove(parts)
            self._end_failed(job, job.plan, outcome.error)
            return
        if not job.plan.recipe.changes_pictures:
            job.notes = _together(job.notes, outcome.notes)
            job.outcome = outcome._replace(bytes_out=job.received)
            self._publisher.finish_download(job, job.plan)
        else:
            finished = _all_made(job.plan.recipe.made[0].name, parts[0], outcome)
            job.notes = _together(job.notes, *(one.notes for one in finished), _still_shown(job, job.plan))
            if not self._publisher.finish_picture(job, job.plan, finished, outcome):
                _remove(parts)

    def abandon(self, job: Job) -> None:
        """Give up whatever of the job is in this stage, killing the child that works on it."""
        if job.ticket is not None and job.ticket in self._jobs and self._pool is not None:
            _, parts = self._jobs.pop(job.ticket)
            self._pool.drop(job.ticket)
            job.ticket = None
            _remove(parts)

    def close(self) -> None:
        """Kill the children; returns when they are gone."""
        if self._pool is not None:
            self._pool.close()
        for _, parts in self._jobs.values():
            _remove(parts)
        self._jobs.clear()

    def _give(self, job: Job, pool: "ProcessPool") -> None:
        assert job.plan is not None, "it has come through the first stage"  # noqa: S101  # the engine's own order
        self._last_ticket += 1
        job.ticket = -self._last_ticket  # transfers count upwards
        recipe = job.plan.recipe
        parts = tuple(self._new_part(job.plan.destination) for _ in recipe.made)
        source = job.part.path if job.part is not None else job.original
        assert source is not None, "a picture is somewhere"  # noqa: S101  # as above
        self._jobs[job.ticket] = (job, parts)
        self._queue.move(job, JobState.PROCESSING)
        if job.is_local:
            job.stamp = Stamp.of(source)
            job.received = job.size = job.stamp.size if job.stamp is not None else None
        made = recipe._replace(outputs=recipe.made)
        tags = job.plan.naming.tags
        task = ProcessTask(job.ticket, source, parts, made, hash_source=job.is_local, tags=tags)
        pool.submit(task._replace(wanted=self._wanted))

    def _new_part(self, destination: str) -> str:
        self._last_part += 1
        return picture_part(destination, self._prefix, self._token, self._last_part)

    def _end_failed(self, job: Job, plan: Plan, error: ErrorReport) -> None:
        """What is damaged goes; a sound download that could only not be processed is kept."""
        if self._troubled(job, error):
            return
        if error.code == WorkerDiedError.code and job.deaths < _MOST_DEATHS:
            job.deaths += 1  # it may have been killed for nothing that the picture did
            job.outcome = None
            self._queue.move(job, JobState.DOWNLOADED)
            return
        if error.code in CONTENT_FAULTS:
            discard_part(job)
            self._queue.fail(job, error)
        elif plan.recipe.changes_pictures:
            self._publisher.keep_original(job, plan, error)
        else:
            self._queue.fail(job, error)


def _all_made(name: str, part: str, outcome: ProcessOutcome) -> tuple[Made, ...]:
    """What all outputs came to, the first one, which the outcome itself speaks of, among them."""
    size = (outcome.width or 0, outcome.height or 0, outcome.bytes_out or 0)
    first = Made(
        name, part, outcome.format or "", *size, outcome.sha256_out or "", outcome.notes, outcome.verdict
    )
    return tuple(
        one._replace(notes=_together(one.notes, (_NOT_WRITTEN,))) if one.verdict is Verdict.SKIP else one
        for one in (first, *outcome.others)
    )


def _still_shown(job: Job, plan: Plan) -> tuple[str, ...]:
    """Originals are the user's own downloads and stay; but who has something made unreadable is told of them."""
    from core.images.recipe import Redact  # noqa: PLC0415  # with all steps: mere downloads start without

    recipe = plan.recipe
    is_kept = not job.is_local and (plan.keep_originals or job.part is None)
    done = chain(recipe.operations, *(output.operations for output in recipe.outputs))
    is_told = is_kept and not recipe.keeps_original and any(isinstance(one, Redact) for one in done)
    return (STILL_SHOWN,) if is_told else ()


def _together(*notes: tuple[str, ...]) -> tuple[str, ...]:
    """Each once: it may be the second time that a picture is made, or true of several outputs."""
    return tuple(dict.fromkeys(note for some in notes for note in some))


def _remove(parts: tuple[str, ...]) -> None:
    for part in parts:
        with suppress(OSError):
            Path(part).unlink(missing_ok=True)
