"""The list: what is taken off it and what stays on disk meanwhile."""

import threading
import tracemalloc
from pathlib import Path
from queue import SimpleQueue

import pytest

from core.errors import BadUrlError
from core.export import write_export
from core.job import UNENDED, BatchId, Drop, JobState
from core.job_list import JobList
from core.job_queue import JobQueue
from core.reading import Reading, ReadPart
from core.report import Export, ExportForm
from core.store import Store
from tests.support.queue_files import ANSWER_S, job, opened


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
    jobs.end_batch(part.report, part.repeated)


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


def test_a_list_is_read_no_faster_than_it_is_taken(tmp_path: Path) -> None:
    listing = tmp_path / "list.txt"
    listing.write_text("\n".join(f"http://host.example/{number}.jpg" for number in range(20_000)))
    parts, most = SimpleQueue[ReadPart](), 0

    def deliver(part: ReadPart) -> None:
        nonlocal most
        parts.put(part)
        most = max(most, parts.qsize())

    reading = Reading(BatchId(1), Drop(sources=(str(listing),)), set(), deliver)
    thread = threading.Thread(target=reading.run)
    thread.start()
    jobs = 0
    while (part := parts.get(timeout=ANSWER_S)).report is None:
        jobs += len(part.requests)
        if jobs < 10_000:
            reading.make_room()
        else:
            reading.stop()  # whatever it waits for
    thread.join(ANSWER_S)
    assert 10_000 <= jobs < 20_000
    assert most <= 5  # the report needs no room


def test_exports_with_nothing_new_take_no_room(tmp_path: Path, path: Path) -> None:
    names = []
    for number in range(10):
        listing = tmp_path / f"{number}.jsonl"
        write_export(Export(str(listing), ExportForm.STATE), (job(1),))
        names.append(str(listing))
    store, parts = Store(path, keeps_jobs=True), SimpleQueue[ReadPart]()
    jobs = JobList(JobQueue(), store, parts.put, lambda _: None, lambda _: None)
    jobs.load()
    store.begin(lambda _: None)
    jobs.add(Drop(sources=tuple(names)))
    take_all(jobs, parts)
    assert store.close(ANSWER_S)
    assert [one.source for one in opened(path)[0]] == [job(1).source]


def test_a_list_without_end_takes_few_bytes_a_job(tmp_path: Path) -> None:
    many = 20_000
    listing = tmp_path / "list.txt"
    listing.write_text("\n".join(f"http://host.example/photos/{number:07}.jpg" for number in range(many)))
    parts, queue = SimpleQueue[ReadPart](), JobQueue(1_000)
    tracemalloc.start()
    try:
        jobs = JobList(queue, Store(), parts.put, lambda _: None, lambda _: None)
        jobs.add(Drop(sources=(str(listing),)))
        take_all(jobs, parts)
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert taken / many < 60
    assert queue.count(JobState.QUEUED) == many
    found = []
    while queue.count(*UNENDED):
        for one in tuple(queue) or jobs.more():
            found.append((one.id, one.source))
            queue.fail(one, BadUrlError("No.").report())
            queue.forget(one)
    assert found == [(n + 1, f"http://host.example/photos/{n:07}.jpg") for n in range(many)]
    assert queue.count(JobState.FAILED) == many
