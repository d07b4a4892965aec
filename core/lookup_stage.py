"""Before anything else: what the ledger knows of each job, so that nothing is done twice. In the engine's thread.

The store's thread reads and looks at the disk; here the answer becomes a state.
"""

from itertools import islice
from typing import Final

from core.images.task import ProcessOutcome
from core.job import JobState
from core.job_queue import JobQueue
from core.ledger import MADE_HERE, NOT_CHANGED, UP_TO_DATE, Known, finished_files, inquiry
from core.live_job import Job, Plan
from core.store import Store
from core.store_messages import Found

_CHUNK: Final = 500
_MOST_ASKED: Final = 2_000


class LookupStage:
    """Asks the store of queued jobs, ends those that are up to date and lets the others go on.

    Args:
        queue: All jobs.
        store: What was made.
    """

    def __init__(self, queue: JobQueue, store: Store) -> None:
        self._queue = queue
        self._store = store

    def pump(self, plan: Plan) -> None:
        """Ask of what nobody has asked yet."""
        while self._queue.unasked and len(self._queue.asked) < _MOST_ASKED:
            asked = []
            for job_id in list(islice(self._queue.unasked, _CHUNK)):
                job = self._queue.get(job_id)
                assert job is not None, "what is queued is in the queue"  # noqa: S101  # JobQueue's own invariant
                self._queue.ask(job)
                asked.append((job.id, job.key, job.source if job.is_local else None))
            self._store.look_up(inquiry(tuple(asked), plan.destination, plan.recipe, plan.fingerprint))

    def home(self, found: Found, plan: Plan) -> None:
        """The store has answered."""
        if (found.inquiry.destination, found.inquiry.recipe) != (plan.destination, plan.fingerprint):
            return  # something else is to be made by now
        keys = {job_id: key for job_id, key, _ in found.inquiry.jobs}
        for job_id, known in found.known:
            job = self._queue.get(job_id)
            if (
                job is not None and job_id in self._queue.asked and job.key == keys[job_id]
            ):  # no other URL meanwhile
                self._take(job, known)

    def _take(self, job: Job, known: Known) -> None:
        if known.is_made_here:
            job.notes, job.error = (MADE_HERE,), None
            self._queue.move(job, JobState.SKIPPED)
        elif known.is_up_to_date and (job.is_local or not job.refresh):
            end_up_to_date(self._queue, job, known, UP_TO_DATE)
        else:
            self._queue.admit(job, known)

    def unchanged(self, job: Job) -> None:
        """The server has said so of a job that is being downloaded."""
        known = job.known
        assert known is not None, "it was asked on condition of what is known"  # noqa: S101  # the stages' own order
        job.attempts -= 1  # a question, and no download
        if known.is_up_to_date:
            end_up_to_date(self._queue, job, known, NOT_CHANGED)
            return
        assert known.content is not None, "as above"  # noqa: S101  # as above
        use_original(job, known)
        self._queue.move(job, JobState.DOWNLOADED)


def use_original(job: Job, known: Known) -> None:
    """The picture is made from the original that was kept, without the network."""
    assert known.content is not None, "an original is that of a content"  # noqa: S101  # the ledger's own promise
    job.original, job.sha256, job.size = known.content.original, known.content.sha256, known.content.size
    job.name = known.content.name or job.name
    job.is_picture = True


def end_up_to_date(queue: JobQueue, job: Job, known: Known, note: str) -> None:
    """End a job whose finished files are there: done again where it was done before, else skipped."""
    output = next((one for one in known.outputs if one.path), known.outputs[0])
    was_done = job.file is not None and job.file == output.path
    content = known.content
    assert content is not None, "an output is that of a content"  # noqa: S101  # the ledger's own promise
    job.file, job.original = output.path or None, content.original
    job.files = finished_files(known.outputs)
    job.sha256, job.size, job.received = content.sha256, content.size, None
    job.name, job.refresh, job.error = content.name or job.name, False, None
    job.outcome = ProcessOutcome(
        0,
        0.0,
        format=output.format,
        width=output.width,
        height=output.height,
        bytes_out=output.stamp.size if output.stamp else None,
        sha256_out=output.sha256,
    )
    job.notes = tuple(dict.fromkeys((note, *(word for one in known.outputs for word in one.notes))))
    queue.move(job, JobState.DONE if was_done else JobState.SKIPPED)
