"""The queue on disk: jobs, what was made of them, and the last step of each, on SQLite.

    engine ─► commands ─► one thread: note intents ─► rename ─► fsync folders ─► note completion ─► answers ─► engine

Whatever has gathered while the thread was busy becomes one transaction, so that the price of a commit is shared.
"""

import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final

from core.destination import part_prefix, parts_folder
from core.errors import DiskFullError, ErrorReport, InternalError, QueueFileError
from core.export import write_export
from core.folder_lock import FolderLock
from core.job import BatchId, BatchReport, JobId, JobSnapshot
from core.ledger import Inquiry, Known, Publication, Published, twin_note
from core.manifest import due_note, manifest_path, write_manifest
from core.moves import carry_out_all, discard, settle, synced
from core.report import Export
from core.store_books import Books
from core.store_messages import (
    Adding,
    Answer,
    BatchStored,
    EndBatch,
    ExportJobs,
    Found,
    Inquiring,
    ManifestWritten,
    Removing,
    Saving,
    Trouble,
    Work,
    Write,
    WriteManifest,
    Writing,
    changes_file,
)
from core.store_rescue import Opened, back_up, open_queue, rescued

log = logging.getLogger(__name__)

_TRY_AGAIN_SECONDS: Final = 1.0
_MOST_AT_ONCE: Final = 2_000


class Store:
    """Keeps the queue and the ledger in a file.

    Args:
        path: The file; None keeps them in memory.
        keeps_jobs: Whether the list itself is kept too, or only what was made.

    Attributes:
        keeps_jobs: Whether the list itself is kept too.
        prefix: Of this queue's part files: the same after a restart, and another queue has another.
        token: Of this engine's pictures in hand.
        messages: What was wrong with the file.
    """

    def __init__(self, path: Path | None = None, *, keeps_jobs: bool = False) -> None:
        self.keeps_jobs = keeps_jobs
        self._path = path
        self._lock: FolderLock | None = None
        self._work: SimpleQueue[Work] = SimpleQueue()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._deliver: Callable[[Answer], None] = lambda _: None
        self._settled: dict[JobId, JobSnapshot] = {}
        self._is_open = self._is_troubled = False
        self.messages: tuple[ErrorReport, ...] = ()
        self.token = os.urandom(4).hex()
        self.prefix = part_prefix(path, keeps_jobs=keeps_jobs)

    @property
    def is_kept(self) -> bool:
        """Whether there is a file at all."""
        return self._path is not None

    # Before the engine runs

    def lock(self, timeout: float | None = 0.0) -> bool:
        """Take the file for this process; whether it was free in that time. Never for one in memory."""
        if self._path is None:
            return True
        lock = FolderLock(self._path.with_suffix(".lock"))
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if not lock.acquire(timeout):
                return False
        except OSError:  # a folder that cannot be written: the file is not going to be either
            return True
        self._lock = lock
        return True

    def open(self) -> Iterator[list[JobSnapshot]]:
        """Open the file, finish what was cut, and give the jobs, some thousand at a time.

        What is damaged is told in ``messages`` when the iterator has ended.
        """
        opened = open_queue(self._path)
        self._take(opened)
        self._settle()
        if not self.keeps_jobs:
            return
        given: set[JobId] = set()
        try:
            is_damaged = False
            for jobs, damaged in self._books.jobs():
                is_damaged = is_damaged or bool(damaged)
                given.update(job.id for job in jobs)
                yield [self._settled.get(job.id, job) for job in jobs] if self._settled else jobs
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            log.warning("%s is damaged: %s", self._kept_at, error)
            is_damaged = True
        if is_damaged:
            yield from self._rescue(given)

    def note(self, name: str) -> Mapping[str, Any]:
        """What was kept under that name; only before ``begin``."""
        return self._books.note(name)

    def titles(self) -> dict[BatchId, str]:
        """The batches' titles; only before ``begin``."""
        return self._books.titles()

    def begin(self, deliver: Callable[[Answer], None]) -> None:
        """Start the thread.

        Args:
            deliver: Called on it with each answer; must not block.
        """
        self._deliver = deliver
        for destination in self._books.due_manifests():  # a cut came before they were written
            self._work.put(WriteManifest(destination))
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)
        self._thread.start()

    # Commands; each returns at once

    def add(
        self, batch: BatchId, jobs: tuple[JobSnapshot, ...], taken: Callable[[], None] = lambda: None
    ) -> None:
        """Take jobs of a batch that is still being read; ``taken`` is called, on any thread, when that is done."""
        if self.keeps_jobs:
            self._work.put(Adding(batch, jobs, taken))
        else:
            taken()

    def end_batch(self, report: BatchReport) -> None:
        """All of a batch is read: it is written, in one transaction. Answers with ``BatchStored``."""
        self._work.put(EndBatch(report))

    def save(self, jobs: tuple[JobSnapshot, ...]) -> None:
        """Write jobs as they stand now."""
        if self.keeps_jobs and jobs:
            self._work.put(Saving(jobs))

    def remove(self, ids: tuple[JobId, ...]) -> None:
        """Forget jobs, not what was made of them."""
        if self.keeps_jobs and ids:
            self._work.put(Removing(ids))

    def keep_note(self, name: str, value: Mapping[str, Any]) -> None:
        """Keep something under a name."""
        self._work.put(Writing(lambda books: books.keep_note(name, value)))

    def look_up(self, inquiry: Inquiry) -> None:
        """Find out what is known of sources. Answers with ``Found``."""
        self._work.put(inquiry)

    def inquire(self, inquiry: Inquiry, take: Callable[[tuple[tuple[JobId, Known], ...]], None]) -> None:
        """Find out what is known of sources; ``take`` is called with it, on the store's thread."""
        self._work.put(Inquiring(inquiry, take))

    def publish(self, publication: Publication) -> None:
        """Do a job's last step. Answers with ``Published``."""
        self._work.put(publication)

    def export(self, wish: Export, jobs: tuple[JobSnapshot, ...]) -> None:
        """Write these jobs to a file. Answers with ``Exported``."""
        self._work.put(ExportJobs(wish, jobs))

    def write_manifest(self, destination: str) -> None:
        """Write what was made there into its manifest. Answers with ``ManifestWritten``."""
        self._work.put(WriteManifest(destination))

    def close(self, timeout: float = 5.0) -> bool:
        """Write what is waiting, and give the file up; whether that was done in time.

        Args:
            timeout: Seconds.
        """
        self._closing.set()
        self._work.put(None)
        if self._thread is not None:
            self._thread.join(timeout)
            if self._thread.is_alive():
                return False
        elif self._is_open:
            self._connection.close()
        if self._lock is not None:
            self._lock.release()
        return True

    # Opening

    def _take(self, opened: Opened) -> None:
        self._is_open = True
        self._connection = opened.connection
        self._books = Books(opened.connection)
        self._kept_at = opened.path
        self.messages += opened.messages

    def _rescue(self, given: set[JobId]) -> Iterator[list[JobSnapshot]]:
        """Make the file anew, and give the jobs that were hidden by the damage."""
        self._connection.close()
        assert self._kept_at is not None, "nothing in memory is damaged"  # noqa: S101  # SQLite's own promise
        self._take(rescued(self._kept_at))
        for jobs, _ in self._books.jobs():
            yield [job for job in jobs if job.id not in given]

    def _settle(self) -> None:
        """Finish the last steps that were cut; what cannot be finished is simply not done."""
        here = [intent for intent in self._books.intents() if parts_folder(intent.destination).is_dir()]
        done = [publication for publication in here if settle(publication)]

        def write(books: Books) -> None:
            _note_due(books, done)
            for publication in done:
                self._note_done(books, publication)
            books.drop_intents(
                [intent.job.id for intent in here]
            )  # the others' disk may be back the next time

        try:
            self._transaction(write)
        except sqlite3.Error:  # a full disk: it is noted as soon as there is room
            log.exception("%s: what was cut", self._kept_at)
            self._settled = {publication.job.id: publication.job for publication in done}
            self._work.put(Writing(write))
        else:
            for publication in done:
                discard(publication.leftovers)

    # The thread

    def _run(self) -> None:
        has_ended = False
        try:
            self._back_up()
            while (work := self._gather()) is not None:
                self._carry_out(work)
            self._connection.close()
            has_ended = True
        finally:
            if (
                not has_ended
            ):  # a fault of our own, which the log has: nothing is kept any more, and that is said
                self._deliver(Trouble(InternalError("The list is no longer being written.").report()))

    def _gather(self) -> list[Work] | None:
        """All that has come; None when the end has come. Waits for the first."""
        work = [self._work.get()]
        while work[-1] is not None and len(work) < _MOST_AT_ONCE:
            try:
                work.append(self._work.get_nowait())
            except Empty:
                break
        if work[-1] is None:
            work.pop()
            self._work.put(None)
            return work or None
        return work

    def _carry_out(self, work: list[Work]) -> None:
        publications, refused = synced(one for one in work if isinstance(one, Publication))
        if publications and not self._persist(lambda books: books.intend(publications)):
            return  # closing: the part files stay, and with them all that is needed to go on
        answers, done = carry_out_all(publications)
        answers += refused
        ended = {publication.job.id for publication in done}
        undone = [answer.job for answer in answers if not answer.done]  # the rest: at the next start
        twins: dict[JobId, str | None] = {}

        def write(books: Books) -> None:
            books.drop_intents(undone)
            _note_due(books, done)
            for one in work:
                if not isinstance(one, Publication):
                    self._write(books, one)
                elif one.job.id in ended:
                    twins[one.job.id] = self._note_done(books, one)

        if any(changes_file(one) for one in work) and not self._persist(write):
            return
        for publication in done:
            discard(publication.leftovers)
            self._deliver(Published(publication.job.id, publication.moves, twins.get(publication.job.id)))
        for answer in answers:
            self._deliver(answer)
        for one in work:
            self._answer(one)

    def _write(self, books: Books, one: Work) -> None:
        match one:
            case Adding(batch, jobs, _):
                books.stage(batch, jobs)
            case Saving(jobs):
                books.save(jobs)
            case Removing(ids):
                books.remove(ids)
            case EndBatch(report) if self.keeps_jobs:
                books.add_batch(report.batch, report.title)
            case Writing(write):
                write(books)

    def _note_done(self, books: Books, publication: Publication) -> str | None:
        """Note a last step; another source that gave the same bytes."""
        twin = books.complete(publication)
        if self.keeps_jobs:
            job = publication.job
            notes = job.notes if twin is None else (*job.notes, twin_note(twin))
            books.save([job._replace(notes=notes)])
        return twin

    def _answer(self, one: Work) -> None:
        match one:
            case Adding(_, _, taken):
                taken()
            case EndBatch(report):
                self._deliver(BatchStored(report))
            case Inquiry():
                self._deliver(Found(one, tuple(self._books.look_up(one))))
            case Inquiring(inquiry, take):
                take(tuple(self._books.look_up(inquiry)))
            case ExportJobs(wish, jobs):
                self._deliver(write_export(wish, jobs))
            case WriteManifest(destination):
                is_due = self._books.note(due_note(destination)) or manifest_path(destination) is None
                path = write_manifest(destination, self._books) if is_due else manifest_path(destination)
                if path is not None and is_due:
                    self._persist(lambda books: books.keep_note(due_note(destination), {}))
                self._deliver(ManifestWritten(destination, path))

    # The disk may refuse

    def _persist(self, write: Write) -> bool:
        """Write in one transaction, as often as it takes; False when the end comes first."""
        while True:
            try:
                self._transaction(write)
            except sqlite3.Error as error:
                self._tell_trouble(error)
                if self._closing.wait(_TRY_AGAIN_SECONDS):
                    return False
            else:
                if self._is_troubled:
                    self._is_troubled = False
                    self._deliver(Trouble(None))
                return True

    def _transaction(self, write: Callable[[Books], object]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        with self._connection:  # commits, or rolls back
            write(self._books)

    def _tell_trouble(self, error: sqlite3.Error) -> None:
        if not self._is_troubled:
            self._is_troubled = True
            log.warning("%s cannot be written: %s", self._kept_at, error)
            is_full = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
            kind = DiskFullError if is_full else QueueFileError
            self._deliver(
                Trouble(kind(f"{self._kept_at or 'The list'} cannot be written: {error}.").report())
            )

    def _back_up(self) -> None:
        if self._kept_at is not None:
            try:
                back_up(self._connection, self._kept_at)
            except (sqlite3.Error, OSError, ValueError) as error:
                log.warning("no backup of %s: %s", self._kept_at, error)


def _note_due(books: Books, done: Iterable[Publication]) -> None:
    """The manifests of these destinations are to be written."""
    for destination in {publication.destination for publication in done}:
        books.keep_note(due_note(destination), {"due": destination})
