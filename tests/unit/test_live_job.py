"""A job at rest takes few bytes, and nobody can tell."""

import random
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from core.downloads.part_file import PartFile
from core.errors import BadUrlError
from core.images.task import ProcessOutcome
from core.job import BatchId, JobRequest, JobSnapshot, JobState, SourceKind
from core.job_queue import JobQueue
from core.ledger import Known
from core.live_job import Job
from tests.support.queue_files import random_job

MANY = 5_000
BATCH = BatchId(1)


def new_jobs(queue: JobQueue, count: int = 1) -> tuple[Job, ...]:
    """Queued ones with links of usual length."""
    hosts = [f"https://images-{number}.example" for number in range(5)]
    links = [f"{hosts[n % 5]}/photos/2024/{n % 100:03}/picture-{n:07}.jpg" for n in range(count)]
    return queue.add([JobRequest(link, SourceKind.URL) for link in links], BATCH)


def let_work(job: Job, like: JobSnapshot) -> None:
    """Have it look as one that was worked on, and that came to the same as the other."""
    job.name, job.attempts, job.received, job.size = like.name, like.attempts, like.received, like.size
    job.file, job.original, job.sha256, job.notes = like.file, like.original, like.sha256, like.notes
    job.seconds_download, job.error = like.seconds_download, like.error
    if like.seconds_process is not None:
        made = (like.format, ".jpg", like.width, like.height, like.bytes_out, None, "0" * 64)
        job.outcome = ProcessOutcome(1, like.seconds_process, None, *made)


def end(queue: JobQueue, job: Job) -> None:
    """As a plain download ends, in the shortest way."""
    queue.ask(job)
    queue.admit(job, Known())
    queue.move(job, JobState.DONE)


def bytes_for_each(make: Callable[[], object]) -> float:
    """What each of ``MANY`` jobs takes that are made and kept."""
    tracemalloc.start()
    try:
        kept = make()
        return tracemalloc.get_traced_memory()[0] / MANY if kept else 0.0
    finally:
        tracemalloc.stop()


def test_a_job_that_rests_says_the_same() -> None:
    chance = random.Random(4)
    for number in range(500):
        (job,) = new_jobs(JobQueue())
        let_work(job, random_job(chance, number))
        job.sha256 = chance.choice(
            [job.sha256, "0123456789abcdef" * 4, "0123456789ABCDEF" * 4, "é" * 64, None]
        )
        before = job.snapshot()
        job.rest()
        assert job.snapshot() == before
        assert (job.attempts, job.file, job.notes, job.error) == (
            before.attempts,
            before.file,
            before.notes,
            before.error,
        )


def test_a_job_that_rests_can_be_done_again() -> None:
    queue = JobQueue()
    (job,) = new_jobs(queue)
    job.sha256, job.file, job.attempts, job.notes = "ab" * 32, "/a.jpg", 2, ("so",)
    end(queue, job)
    job.rest()
    queue.queue_again(job, refresh=True)
    assert job.refresh
    again = job.snapshot()
    assert (again.sha256, again.file, again.attempts, again.notes) == ("ab" * 32, "/a.jpg", 2, ())


def test_what_is_still_to_be_gone_on_with_does_not_rest(tmp_path: Path) -> None:
    (job,) = new_jobs(JobQueue())
    part = PartFile(str(tmp_path / "a.part"))
    job.part, job.failures = part, 3
    job.rest()
    assert job.part is part
    assert job.failures == 3
    job.part, job.error = None, BadUrlError("No.").report()
    job.rest()
    assert job.failures == 3


@pytest.mark.parametrize(("is_done", "most"), [(False, 310), (True, 470)])
def test_a_long_list_takes_few_bytes_a_job(is_done: bool, most: int) -> None:
    def make() -> JobQueue:
        queue = JobQueue()
        for job in new_jobs(queue, MANY):
            if is_done:
                job.attempts, job.received, job.size, job.seconds_download = 1, 70_000, 70_000, 0.25
                job.sha256, job.file = f"{job.id:064x}", f"/home/somebody/Downloads/{job.name}"
                end(queue, job)
                job.rest()
                job.refresh = False  # it is, so nothing has to be woken
        queue.take_changed()
        return queue

    assert bytes_for_each(make) < most
