"""The list: what is taken off it and what stays on disk meanwhile."""

from pathlib import Path
from queue import SimpleQueue

import pytest

from core.job import BatchId, Drop, JobState
from core.job_list import JobList
from core.job_queue import JobQueue
from core.reading import ReadPart
from core.store import Store
from tests.support.queue_files import ANSWER_S, opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The queue file."""
    return tmp_path / "queue.sqlite"


def take_all(jobs: JobList, parts: SimpleQueue[ReadPart]) -> None:
    """Take what is read until all of it is."""
    part = ReadPart(BatchId(0))
    while part.report is None:
        part = parts.get(timeout=ANSWER_S)
        jobs.take(part)
    jobs.end_batch(part.report)


@pytest.mark.parametrize("is_read", [False, True])
def test_what_is_read_again_stays_on_disk_until_it_is_there_anew(path: Path, is_read: bool) -> None:
    store, parts = Store(path, keeps_jobs=True), SimpleQueue[ReadPart]()
    queue = JobQueue()
    jobs = JobList(queue, store, parts.put, lambda _: None, lambda _: None)
    jobs.load()
    store.begin(lambda _: None)
    jobs.add(Drop(sources=("/no/such/list.txt",)))
    take_all(jobs, parts)
    (failed,) = queue.in_states(JobState.FAILED)
    jobs.add(Drop(sources=(failed.request.source,)), instead_of=[failed])
    assert queue.get(failed.id) is None
    if is_read:
        take_all(jobs, parts)
    else:
        parts.get(timeout=ANSWER_S)  # it is cut before anybody has taken it
    assert store.close(ANSWER_S)
    (found,) = opened(path)[0]
    assert found.source == failed.request.source
    assert (found.id == failed.id) is not is_read
