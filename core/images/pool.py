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
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import wait
from queue import Empty, SimpleQueue
from typing import Final, NamedTuple

from core.errors import FetchmillError, ProcessingTimeoutError, WorkerDiedError
from core.images.budget import Waiting
from core.images.child import Child
from core.images.reading import short_of_memory
from core.images.task import PoolLimits, ProcessOutcome, ProcessTask, RoomNeeded, is_short

log = logging.getLogger(__name__)

_STILLBORN_LIMIT: Final = 5
_JOIN_SECONDS: Final = 1.0
_START_SECONDS: Final = 60.0
_TIME_HINT: Final = (
    "Raise 'Time for a picture' in the settings (--picture-time), or retry when less is going on."
)


class _Drop(NamedTuple):
    """A message to the pool's thread: this ticket is not wanted any more."""

    ticket: int


class _Configure(NamedTuple):
    """A message to the pool's thread: use these limits from now on."""

    limits: PoolLimits


class _Close(NamedTuple):
    """A message to the pool's thread: end all children and yourself."""


class ProcessPool:
    """Processes pictures in child processes.

    Args:
        limits: What holds for all pictures together.
        deliver: Called on the pool's own thread with each answer; must not block.
    """

    def __init__(self, limits: PoolLimits, deliver: Callable[[ProcessOutcome], None]) -> None:
        self._limits = limits
        self._deliver = deliver
        self._inbox: SimpleQueue[ProcessTask | _Drop | _Configure | _Close] = SimpleQueue()
        self._ear, self._mouth = multiprocessing.Pipe(duplex=False)
        self._waiting = Waiting()
        self._children: list[Child] = []
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

    def configure(self, limits: PoolLimits) -> None:
        """Use these limits from now on; a child that they do not suit ends after what it has in hand."""
        self._tell(_Configure(limits))

    def close(self) -> None:
        """Kill all children; returns when they are gone, within about a second. No answers come any more."""
        self._tell(_Close())
        self._thread.join(_JOIN_SECONDS + 0.5)

    def pids(self) -> tuple[int, ...]:
        """Process ids of the children that run now."""
        return tuple(child.process.pid for child in list(self._children) if child.process.pid is not None)

    def _tell(self, message: ProcessTask | _Drop | _Configure | _Close) -> None:
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
                self._waiting.add(child.task)
        self._children.clear()
        if not self._closing:  # a fault of our own: no picture may wait for ever because of it
            self._give_up()
        self._ear.close()

    def _replenish(self) -> None:
        """Have as many children as are wanted. A worn one goes when another is ready in its place."""
        staying = [child for child in self._children if not self._is_leaving(child)]
        leaving = [child for child in self._children if self._is_leaving(child)]
        ready = sum(child.is_warm for child in staying)
        self._dismiss(staying, self._limits.workers)
        self._dismiss(leaving, max(0, self._limits.workers - ready))
        missing = self._limits.workers - len(staying)
        if leaving:  # one after another: what works now goes on meanwhile
            missing = min(missing, 1 - (len(staying) - ready))
        while missing > 0 and self._stillborn < _STILLBORN_LIMIT:
            try:
                self._children.append(Child(self._limits.terms))
                missing -= 1
            except OSError:  # the system is short of processes or files, perhaps for a moment
                log.exception("A picture process could not be started")
                self._stillborn += 1
        if not self._children:
            self._give_up()

    def _is_leaving(self, child: Child) -> bool:
        return child.terms != self._limits.terms or child.is_worn(self._limits.pictures)

    def _dismiss(self, children: list[Child], most: int) -> None:
        """End those that have nothing in hand, as far as there are more of these children than that."""
        idle = [child for child in children if child.task is None]
        for child in idle[: max(0, len(children) - most)]:
            self._children.remove(child)
            child.end()

    def _give_up(self) -> None:
        """No child lives long enough to work: fail what waits rather than start processes for ever."""
        error = WorkerDiedError("The processes that work on pictures end as soon as they are started.")
        for task in self._waiting.clear():
            self._fail(task, error, 0.0)

    def _hand_out(self) -> None:
        for child in self._children:
            if child.is_busy:
                continue
            taken = sum(child.reserved for child in self._children)
            admitted = self._waiting.take(taken, self._limits.terms.memory, self._limits.workers)
            if admitted is None:
                return
            if not child.give(admitted):  # its sentinel tells us in a moment
                self._waiting.put_back(admitted.task, admitted.reserved)

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
        """Seconds until the first child that owes us something is overdue."""
        ends = [self._deadline(child) for child in self._children if child.is_busy]
        return max(0.0, min(ends) - time.monotonic()) if ends else None

    def _deadline(self, child: Child) -> float:
        return child.since + (self._limits.seconds if child.task is not None else _START_SECONDS)

    def _hear(self, child: Child) -> None:
        try:
            answer = child.pipe.recv()
        except (EOFError, OSError):
            return  # it died; its sentinel says so
        self._stillborn = 0.0
        task = child.task
        child.release()
        if task is None:
            log.info("picture process %s ready after %.3f s", child.process.pid, child.greet())
        elif isinstance(answer, RoomNeeded):
            self._waiting.put_back(task, answer.need)
        else:
            self._waiting.done(task.ticket)
            child.note(self._limits.growth)
            self._deliver(answer)

    def _bury(self, child: Child) -> None:
        if child not in self._children:
            return
        self._hear_last_words(child)
        self._children.remove(child)
        child.end()
        if child.task is not None:
            self._fail(child.task, _why_it_died(child), time.monotonic() - child.since)
        elif not child.is_warm:  # one that was killed says less than one that failed by itself
            self._stillborn += 1.0 if (child.process.exitcode or 0) > 0 else 0.1
        log.info("A picture process ended with exit code %s", child.process.exitcode)

    def _hear_last_words(self, child: Child) -> None:
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
                self._waiting.add(message)
                self._stillborn = 0.0 if not self._children else self._stillborn
            case _Drop():
                self._forget(message.ticket)
            case _Configure():
                self._limits = message.limits
            case _Close():
                self._closing = True

    def _forget(self, ticket: int) -> None:
        self._waiting.forget(ticket)
        for child in list(self._children):
            if child.task is not None and child.task.ticket == ticket:
                self._children.remove(child)
                child.end()

    def _stop_overdue(self) -> None:
        now, limit = time.monotonic(), self._limits.seconds
        for child in list(self._children):
            if not child.is_busy or now < self._deadline(child):
                continue
            self._children.remove(child)
            child.end()
            if child.task is None:
                self._stillborn += 1.0
            else:
                message = f"This picture took longer than {limit:g} s."
                self._fail(child.task, ProcessingTimeoutError(message, _TIME_HINT), now - child.since)

    def _fail(self, task: ProcessTask, error: FetchmillError, seconds: float) -> None:
        self._waiting.done(task.ticket)
        self._deliver(ProcessOutcome(task.ticket, seconds, error.report()))


def _why_it_died(child: Child) -> FetchmillError:
    """What a picture fails with whose process has ended; some encoders crash where they get no more memory."""
    if child.task is not None and is_short(child.task, child.terms):
        return short_of_memory()
    code = child.process.exitcode
    return WorkerDiedError(f"The process that worked on this picture ended (exit code {code}).")
