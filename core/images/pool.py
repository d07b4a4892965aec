"""A pool of processes in which one dead, hanging or cancelled child costs exactly the picture it had in hand.

Why not a library's: ``multiprocessing.Pool`` waits for ever for a killed child, ``ProcessPoolExecutor`` fails every
task, pebble shares one locked pipe among all children (a child killed while it holds the lock stops them all) and
breaks for good when an idle child is killed. Here each child has a pipe of its own, and one thread owns all state:
it waits on the pipes, on the children's sentinels and on a wake-up pipe through which the other threads speak.
"""

import logging
import multiprocessing
import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from queue import Empty, SimpleQueue
from typing import Final, NamedTuple

from core.errors import FetchmillError, ProcessingTimeoutError, WorkerDiedError
from core.images.task import ProcessOutcome, ProcessTask
from core.images.worker import serve
from core.processors import spread

log = logging.getLogger(__name__)

_STILLBORN_LIMIT: Final = 5
_JOIN_SECONDS: Final = 1.0


class _Drop(NamedTuple):
    """A message to the pool's thread: this ticket is not wanted any more."""

    ticket: int


class _Resize(NamedTuple):
    """A message to the pool's thread: have this many children."""

    workers: int


class _Close(NamedTuple):
    """A message to the pool's thread: end all children and yourself."""


class _Child:
    """A process, the pipe to it, and the one task it has in hand."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(
            target=serve, args=(theirs,), name="fetchmill-picture", daemon=True
        )
        spread()  # the engine's threads may be kept together, a child's are not
        self.process.start()
        theirs.close()
        self.is_warm = False
        self.task: ProcessTask | None = None
        self.since = 0.0

    def give(self, task: ProcessTask) -> bool:
        """Hand the task over; False when the child is dead already and never saw it."""
        try:
            self.pipe.send(task)
        except OSError:
            return False
        self.task, self.since = task, time.monotonic()
        return True

    def end(self) -> None:
        """Kill the process and wait for its end."""
        self.process.kill()
        self.process.join(_JOIN_SECONDS)
        self.pipe.close()


class ProcessPool:
    """Processes pictures in child processes.

    Args:
        workers: How many children, at least 1.
        deliver: Called on the pool's own thread with each answer; must not block.
        time_limit: Seconds a picture may take.
    """

    def __init__(
        self, workers: int, deliver: Callable[[ProcessOutcome], None], time_limit: float = 120.0
    ) -> None:
        self._workers = workers
        self._deliver = deliver
        self._time_limit = time_limit
        self._inbox: SimpleQueue[ProcessTask | _Drop | _Resize | _Close] = SimpleQueue()
        self._ear, self._mouth = multiprocessing.Pipe(duplex=False)
        self._waiting: deque[ProcessTask] = deque()
        self._children: list[_Child] = []
        self._stillborn = 0.0
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="process-pool", daemon=True)
        self._thread.start()

    def submit(self, task: ProcessTask) -> None:
        """Have the picture processed; the answer comes through ``deliver``."""
        self._tell(task)

    def drop(self, ticket: int) -> None:
        """Forget a task, killing the child that works on it; no answer comes."""
        self._tell(_Drop(ticket))

    def resize(self, workers: int) -> None:
        """Have this many children; one too many ends after what it has in hand."""
        self._tell(_Resize(workers))

    def close(self) -> None:
        """Kill all children; returns when they are gone, within about a second. No answers come any more."""
        self._tell(_Close())
        self._thread.join(_JOIN_SECONDS + 0.5)

    def pids(self) -> tuple[int, ...]:
        """Process ids of the children that run now."""
        return tuple(child.process.pid for child in list(self._children) if child.process.pid is not None)

    def _tell(self, message: ProcessTask | _Drop | _Resize | _Close) -> None:
        self._inbox.put(message)
        with suppress(OSError):  # closed already: nobody waits for an answer
            self._mouth.send_bytes(b"!")

    def _run(self) -> None:
        if hasattr(signal, "pthread_sigmask"):  # Ctrl-C must not hit a child before it can ignore it
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            while not self._closing:
                self._replenish()
                self._hand_out()
                self._listen()
        finally:
            self._end()

    def _end(self) -> None:
        for child in self._children:
            child.end()
            if child.task is not None and not self._closing:
                self._waiting.append(child.task)
        self._children.clear()
        if not self._closing:  # a fault of our own: no picture may wait for ever because of it
            self._give_up()
        self._ear.close()

    def _replenish(self) -> None:
        idle = [child for child in self._children if child.task is None]
        for child in idle[: max(0, len(self._children) - self._workers)]:
            self._children.remove(child)
            child.end()
        while len(self._children) < self._workers and self._stillborn < _STILLBORN_LIMIT:
            try:
                self._children.append(_Child())
            except OSError:  # the system is short of processes or files, perhaps for a moment
                log.exception("A picture process could not be started")
                self._stillborn += 1
        if not self._children:
            self._give_up()

    def _give_up(self) -> None:
        """No child lives long enough to work: fail what waits rather than start processes for ever."""
        error = WorkerDiedError("The processes that work on pictures end as soon as they are started.")
        while self._waiting:
            self._fail(self._waiting.popleft(), error, 0.0)

    def _hand_out(self) -> None:
        for child in self._children:
            if self._waiting and child.is_warm and child.task is None and not child.give(self._waiting[0]):
                continue  # its sentinel tells us in a moment
            if self._waiting and child.task is self._waiting[0]:
                self._waiting.popleft()

    def _listen(self) -> None:
        pipes = {child.pipe: child for child in self._children}
        sentinels = {child.process.sentinel: child for child in self._children}
        ready = set(wait([self._ear, *pipes, *sentinels], self._patience()))
        for pipe, child in pipes.items():
            if pipe in ready:
                self._hear(child)
        for sentinel, child in sentinels.items():
            if sentinel in ready:
                self._bury(child)
        if self._ear in ready:
            self._obey()
        self._stop_overdue()

    def _patience(self) -> float | None:
        """Seconds until the first child at work is overdue."""
        since = [child.since for child in self._children if child.task is not None]
        return max(0.0, min(since) + self._time_limit - time.monotonic()) if since else None

    def _hear(self, child: _Child) -> None:
        try:
            answer = child.pipe.recv()
        except (EOFError, OSError):
            return  # it died; its sentinel says so
        child.is_warm = True
        self._stillborn = 0.0
        if isinstance(answer, ProcessOutcome):
            child.task = None
            self._deliver(answer)

    def _bury(self, child: _Child) -> None:
        if child not in self._children:
            return
        self._hear_last_words(child)
        self._children.remove(child)
        child.end()
        if child.task is not None:
            code = child.process.exitcode
            error = WorkerDiedError(f"The process that worked on this picture ended (exit code {code}).")
            self._fail(child.task, error, time.monotonic() - child.since)
        elif not child.is_warm:  # one that was killed says less than one that failed by itself
            self._stillborn += 1.0 if (child.process.exitcode or 0) > 0 else 0.1
        log.info("A picture process ended with exit code %s", child.process.exitcode)

    def _hear_last_words(self, child: _Child) -> None:
        """An answer that was sent completely before the death counts."""
        try:
            if child.pipe.poll():
                self._hear(child)
        except OSError:
            return

    def _obey(self) -> None:
        self._ear.recv_bytes()
        try:
            message = self._inbox.get_nowait()
        except Empty:
            return
        match message:
            case ProcessTask():
                self._waiting.append(message)
                self._stillborn = 0.0 if not self._children else self._stillborn
            case _Drop():
                self._forget(message.ticket)
            case _Resize():
                self._workers = message.workers
            case _Close():
                self._closing = True

    def _forget(self, ticket: int) -> None:
        self._waiting = deque(task for task in self._waiting if task.ticket != ticket)
        for child in list(self._children):
            if child.task is not None and child.task.ticket == ticket:
                self._children.remove(child)
                child.end()

    def _stop_overdue(self) -> None:
        now = time.monotonic()
        for child in list(self._children):
            if child.task is not None and now - child.since >= self._time_limit:
                self._children.remove(child)
                child.end()
                message = f"This picture took longer than {self._time_limit:.0f} s."
                self._fail(child.task, ProcessingTimeoutError(message), now - child.since)

    def _fail(self, task: ProcessTask, error: FetchmillError, seconds: float) -> None:
        self._deliver(ProcessOutcome(task.ticket, seconds, error.report()))
