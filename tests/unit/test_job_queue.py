"""The queue: every count, index and state agrees, whatever happens."""

import random

import pytest

from core.errors import BadUrlError
from core.job import TRANSITIONS, BatchId, JobRequest, JobState, SourceKind
from core.job_queue import JobQueue
from core.ledger import Known
from core.live_job import Job, display_name
from core.scheduler import LOCAL

REQUESTS = [
    JobRequest("http://a.example/1.jpg", SourceKind.URL),
    JobRequest("http://A.example/2.jpg", SourceKind.URL),
    JobRequest("/pictures/3.jpg", SourceKind.FILE),
    JobRequest("rubbish", SourceKind.URL, error=BadUrlError("No.").report()),
]


@pytest.fixture
def queue() -> JobQueue:
    queue = JobQueue()
    queue.add(REQUESTS, BatchId(1))
    return queue


def check(queue: JobQueue) -> None:
    """Everything the queue says follows from its jobs."""
    jobs = list(queue)
    assert len(queue) == len(jobs)
    for state in JobState:
        assert queue.count(state) == sum(job.state is state for job in jobs)
    waiting = [job_id for host in queue.waiting.values() for job_id in host]
    waiting += [*queue.unasked, *queue.asked]
    assert len(waiting) == len(set(waiting))
    assert set(waiting) == {job.id for job in jobs if job.state is JobState.QUEUED}
    assert all(queue.waiting.values())
    assert set(queue.ready) == {job.id for job in jobs if job.state is JobState.DOWNLOADED}


def admit(queue: JobQueue) -> None:
    """As if the ledger had been asked, and knew nothing."""
    for job_id in tuple(queue.unasked):
        job = queue.get(job_id)
        assert job is not None
        queue.ask(job)
        queue.admit(job, Known())


def test_jobs_are_filed_by_host(queue: JobQueue) -> None:
    admit(queue)
    assert {host: list(ids) for host, ids in queue.waiting.items()} == {"a.example": [1, 2], LOCAL: [3]}
    assert [job.state for job in queue] == [JobState.QUEUED] * 3 + [JobState.FAILED]
    check(queue)


def test_an_impossible_move_is_refused(queue: JobQueue) -> None:
    job = next(iter(queue))
    with pytest.raises(ValueError, match="QUEUED -> PROCESSING"):
        queue.move(job, JobState.PROCESSING)
    assert job.state is JobState.QUEUED
    check(queue)


def test_a_thousand_random_moves(queue: JobQueue) -> None:
    chance = random.Random(7)
    for _ in range(1000):
        jobs = list(queue)
        if not jobs or chance.random() < 0.05:
            queue.add(REQUESTS, BatchId(2))
            chance.choice([admit, JobQueue.ask_again])(queue)
            check(queue)
            continue
        job = chance.choice(jobs)
        moves = sorted(TRANSITIONS[job.state], key=lambda state: state.name)
        if not moves or chance.random() < 0.05:
            queue.remove(job)
        else:
            queue.move(job, chance.choice(moves))
    check(queue)


def test_restoring_keeps_ids_and_queues_what_had_begun(queue: JobQueue) -> None:
    job = next(iter(queue))
    queue.move(job, JobState.DOWNLOADING)
    other = JobQueue()
    for snapshot in [job.snapshot() for job in queue]:
        other.restore(snapshot)
    check(other)
    assert [(job.id, job.state) for job in other] == [
        (1, JobState.QUEUED),
        (2, JobState.QUEUED),
        (3, JobState.QUEUED),
        (4, JobState.FAILED),
    ]
    (new,) = other.add(REQUESTS[:1], BatchId(3))
    assert new.id == 5


@pytest.mark.parametrize(
    ("source", "kind", "name"),
    [
        ("http://h/a/b%20c.jpg?x=1", SourceKind.URL, "b c.jpg"),
        ("http://h/", SourceKind.URL, "http://h"),
        ("http://h/a/", SourceKind.URL, "a"),
        ("/a/b.jpg", SourceKind.FILE, "b.jpg"),
        ("C:\\a\\b.jpg", SourceKind.FILE, "b.jpg"),
    ],
)
def test_what_a_job_is_called_before_it_begins(source: str, kind: SourceKind, name: str) -> None:
    assert display_name(JobRequest(source, kind)) == name


def test_a_job_is_small() -> None:
    assert not hasattr(Job, "__dict__") or "__dict__" not in Job.__slots__
