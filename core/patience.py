"""When failed downloads are tried again, and from whom nothing is asked meanwhile. In the engine's thread.

Jobs are held back where asking is of no use: from all servers while the network is away, and from a host that fails for
everything. Then one of the jobs that wait finds out from time to time whether that is over.
"""

import random
from collections.abc import Iterable, Mapping
from typing import Final

from core.downloads.breaker import Breaker
from core.downloads.lane import TransferOutcome
from core.downloads.retry import backoff
from core.job import JobId, JobState
from core.job_queue import JobQueue
from core.live_job import Job
from core.outage import Outage

_MOST_COUNTDOWNS: Final = 500


class Patience:
    """Jobs between two tries. All times are monotonic seconds.

    Args:
        queue: All jobs.

    Attributes:
        outage: Of the network.
    """

    def __init__(self, queue: JobQueue) -> None:
        self.outage = Outage()
        self._queue = queue
        self._breakers: dict[str, Breaker] = {}
        self._held: set[JobId] = set()
        self._scouts: list[JobId] = []
        self._told_countdowns = 0.0
        self._chance = random.Random()  # noqa: S311  # spreads retries, keeps no secret

    def holds(self, host: str) -> bool:
        """Whether nothing is asked from a host at the moment, but by a scout."""
        breaker = self._breakers.get(host)
        return self.outage.concerns(host) or (breaker is not None and breaker.is_open)

    def heard(self, host: str) -> None:
        """Bytes of a file have come from a host."""
        if self.outage.concerns(host):
            self.outage.ends()
        if (breaker := self._breakers.get(host)) is not None and breaker.is_open:
            breaker.answered()

    def ended(self, host: str, outcome: TransferOutcome) -> None:
        """A transfer from a host has ended."""
        has_answered = outcome.arrival or outcome.error or outcome.is_unchanged or outcome.unwanted
        if not has_answered or outcome.is_away:
            return
        if self.outage.concerns(host):
            self.outage.ends()
        if not outcome.is_passing and host in self._breakers:
            self._breakers[host].answered()

    def try_again(self, job: Job, outcome: TransferOutcome, tries: int, now: float) -> bool:
        """Let a job that has failed wait for another try; False where it has none left.

        Args:
            job: Whose failures count this one.
            outcome: How it failed.
            tries: After the first.
            now: The time.
        """
        if not outcome.is_passing:
            return False
        breaker = self._breaker(job.host)
        breaker.failed(now)
        if job.failures > tries:
            breaker.used_up()
        if job.failures > tries or not breaker.allows_tries:
            return False
        wait = max(outcome.retry_after or 0.0, backoff(job.failures, self._chance))
        breaker.rest(now + wait)
        self._wait(job, now + wait)
        return True

    def await_network(self, job: Job, now: float) -> None:
        """Let a job wait until the network is back."""
        self.outage.begins(job.host, now)
        job.error = self.outage.report
        self._wait(job, self.outage.look_at)
        self._held.add(job.id)

    def queue_due(self, running: Mapping[str, int], now: float) -> None:
        """Queue again what has waited long enough; the others' countdown is told once a second, if they are few."""
        self.outage.look(now)
        tells = len(self._queue.retrying) <= _MOST_COUNTDOWNS and now - self._told_countdowns >= 1.0
        self._told_countdowns = now if tells else self._told_countdowns
        held: list[Job] = []
        for job_id in tuple(self._queue.retrying):
            job = self._queue.get(job_id)
            assert job is not None, "what is tried again is in the queue"  # noqa: S101  # JobQueue's own invariant
            is_due = job_id in self._held or (job.retry_at is not None and job.retry_at <= now)
            if is_due and self.holds(job.host):
                held.append(job)
            elif is_due:
                self._queue_again(job)
            if tells:
                self._queue.touch(job)
        self._held = {job.id for job in held}
        busy = {host for host, count in running.items() if count > 0}
        self._send_scouts(held, busy, now)
        self._give_up_waiting(busy)

    def take_scouts(self) -> list[Job]:
        """The queued jobs that may begin although their hosts are not to be asked for more."""
        found, self._scouts = self._scouts, []
        jobs = (self._queue.get(job_id) for job_id in found)
        return [job for job in jobs if job is not None and job.id in self._queue.waiting.get(job.host, ())]

    def _send_scouts(self, held: Iterable[Job], busy: set[str], now: float) -> None:
        """Of each host, and of the whole network, the one that has failed most often: its tries stand for all of them."""
        for job in sorted(held, key=lambda job: -job.failures):
            is_away = self.outage.concerns(job.host)
            breaker = self._breaker(job.host)
            if self.outage.is_due if is_away else job.host not in busy and now >= breaker.look_at:
                self._held.discard(job.id)
                self._queue_again(job)
                self._scouts.append(job.id)
                busy.add(job.host)
                if is_away:
                    self.outage.tried(now)
            else:
                job.retry_at = self.outage.look_at if is_away else max(now, breaker.look_at)

    def _give_up_waiting(self, busy: set[str]) -> None:
        """Where nobody is left who would find out, nobody is held back."""
        held = [host for host, breaker in self._breakers.items() if breaker.is_open]
        if not held and self.outage.report is None:
            return
        waiting = (self._queue.get(job_id) for job_id in (*self._queue.retrying, *self._scouts))
        hosts = {job.host for job in waiting if job is not None} | busy
        if not any(map(self.outage.concerns, hosts)):
            self.outage.ends()
        for host in held:
            if host not in hosts:
                self._breakers[host].answered()

    def _wait(self, job: Job, until: float) -> None:
        job.retry_at = until
        self._queue.move(job, JobState.RETRYING)

    def _queue_again(self, job: Job) -> None:
        job.retry_at = None
        self._queue.move(job, JobState.QUEUED)

    def _breaker(self, host: str) -> Breaker:
        return self._breakers.setdefault(host, Breaker())
