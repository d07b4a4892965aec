"""The first stage: from a queued job to a whole file on disk. Runs in the engine's thread; the lanes do the work."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from core.asked import LOST
from core.destination import download_part
from core.downloads.asking import KeysLostError
from core.downloads.assists import Assists
from core.downloads.extensions import with_extension
from core.downloads.filename import suggested_name
from core.downloads.lane import TransferOutcome
from core.downloads.lanes import Lanes
from core.downloads.names import NameBook
from core.downloads.pace import Paces
from core.downloads.part_file import PartFile
from core.downloads.redirects import Rules
from core.downloads.retry import ELSEWHERE
from core.downloads.session import Stop
from core.downloads.space import Space
from core.downloads.template import Place
from core.downloads.transfer import Arrival
from core.images.formats import claims_picture
from core.job import JobState, bounded
from core.job_queue import JobQueue
from core.live_job import Job, Plan
from core.lookup_stage import LookupStage, use_original
from core.outage import Outage
from core.patience import Patience
from core.processors import Processors
from core.progress import Arriving, smoothed
from core.publisher import Publisher, Troubled, discard_part
from core.scheduler import LOCAL, Limits, connections_to_add, downloads_to_start
from core.settings import Existing, Settings
from core.sources.urls import without_login
from core.speed_schedule import limit_at, wall_clock
from core.transfer_wish import asked_for, conditions_for, kept_for, serves

_LOOK_AT_CLOCK = 10.0  # seconds; the computer may have slept, and the clock have been set
_NOTHING_TO_DO = "It is on this computer already, and the recipe changes nothing."


class DownloadStage:
    """Starts, watches, retries and ends downloads.

    Args:
        queue: All jobs.
        names: Who may write what.
        prefix: Of part files: the queue's own, among all that write to a folder.
        lookups: Told what servers say of files that have not changed.
        publisher: Takes what is finished without being processed.
        troubled: Asked when a file cannot be written: whether that holds the whole run up, in which case it has put
            the job back into the queue.
        deliver: Takes outcomes on a lane's thread and brings them to ``home`` on the engine's.
        count_bytes: Told of bytes as they arrive.
        space: From which room on the disk is taken.
    """

    def __init__(
        self,
        queue: JobQueue,
        names: NameBook,
        prefix: str,
        lookups: LookupStage,
        publisher: Publisher,
        troubled: Troubled,
        deliver: Callable[[TransferOutcome], None],
        count_bytes: Callable[[int], None],
        *,
        space: Space,
    ) -> None:
        self._queue = queue
        self._names = names
        self._prefix = prefix
        self._lookups = lookups
        self._publisher = publisher
        self._troubled = troubled
        self._lanes = Lanes(deliver)
        self._count_bytes = count_bytes
        self._space = space
        self._settings = Settings()
        self._limits = Limits.of(self._settings)
        self._jobs: dict[int, Job] = {}
        self._busy: set[str] = set()
        self._set_aside: set[int] = set()
        self._running: Counter[str] = Counter()
        self._paces = Paces()
        self._assists = Assists()
        self._processors = Processors()
        self._patience = Patience(queue)
        self._last_ticket = self._ended_bytes = 0
        self._sampled = time.monotonic()
        self._look_at_clock = 0.0

    def configure(self, settings: Settings, limits: Limits) -> None:
        """Use these from now on."""
        self._settings, self._limits = settings, limits
        self._lanes.resize(min(limits.connections, self._lanes.count))
        self._follow_clock()
        self._lanes.set_rules(Rules.of(settings, self._space))
        self._space.keep_free(settings.keep_free)

    def pump(self, plan: Plan) -> None:
        """Start what may start now."""
        if time.monotonic() >= self._look_at_clock:
            self._follow_clock()
        self._take_local(plan)
        unprocessed = self._queue.count(JobState.DOWNLOADED, JobState.PROCESSING)
        waiting, holds = self._queue.waiting, self._patience.holds
        for scout in self._patience.take_scouts():
            self._launch(scout, plan.of(scout))
        for job_id in downloads_to_start(
            waiting, self._running, self._paces, unprocessed, self._limits, holds
        ):
            job = self._queue.get(job_id)
            assert job is not None, "what waits is in the queue"  # noqa: S101  # JobQueue's own invariant
            if not self._is_skipped(job, plan.of(job)):
                self._launch(job, plan.of(job))

    def tick(self) -> None:
        """What has to be done ten times a second: look at the gauges, cut what stalled, queue what is due."""
        now = time.monotonic()
        seconds, self._sampled = now - self._sampled, now
        flows: Counter[str] = Counter()
        for ticket, gauge in tuple(self._lanes.gauges()):
            job = self._jobs.get(ticket)
            if job is None or job.state is not JobState.DOWNLOADING:
                continue
            new = gauge.received - (job.received or 0)
            self._count_bytes(new)
            flows[job.host] += new
            if new > 0:
                self._patience.heard(job.host)
            job.speed = smoothed(job.speed, max(0, new), seconds)
            job.received, job.size = gauge.received, gauge.size
            job.name = gauge.name or job.name
            self._queue.touch(job)
            is_alone = not self._queue.waiting.get(job.host)
            if gauge.is_shared and seconds:
                self._assists.flowed(ticket, new / seconds)
            if gauge.is_shared and is_alone and self._assists.may_begin(ticket, now):
                self._help(job, ticket)
        for host, count in flows.items():
            self._paces[host].flowed(count, self._running[host], now)
        came, self._ended_bytes = flows.total() + self._ended_bytes, 0
        self._processors.suit(self._running.total(), came / seconds if seconds else 0.0)
        self._lanes.cut_stalled()

    def queue_due(self, now: float) -> None:
        """Queue again what has waited long enough."""
        self._patience.queue_due(self._running, now)

    def home(self, outcome: TransferOutcome) -> None:
        """A transfer has ended."""
        self._lanes.ended(outcome.ticket)
        if (host := self._assists.ended(outcome.ticket, time.monotonic())) is not None:
            self._count_ended(host, outcome)
            return
        self._assists.forget(outcome.ticket)
        self._busy.discard(outcome.part.path)
        job = self._jobs.pop(outcome.ticket, None)
        if job is None:
            if outcome.ticket in self._set_aside:
                self._set_aside.discard(outcome.ticket)
            else:
                outcome.part.discard()
            return
        self._count_ended(job.host, outcome)
        begun = job.begun
        begun.ticket, begun.speed, begun.part = None, None, outcome.part
        begun.seconds_download = (begun.seconds_download or 0.0) + outcome.seconds
        if outcome.arrival is not None:
            self._arrived(job, outcome.arrival)
        elif outcome.is_unchanged:
            job.part = None
            if job.state is JobState.DOWNLOADING:
                self._lookups.unchanged(job)
        elif outcome.unwanted is not None and job.state is JobState.DOWNLOADING:
            job.received = outcome.part.total
            self._publisher.skip(job, outcome.unwanted)
        elif outcome.error is not None and job.state is JobState.DOWNLOADING:
            self._failed(job, outcome)
        self._queue.touch(job)

    def _follow_clock(self) -> None:
        """Limit the speed to what is allowed at this hour."""
        self._look_at_clock = time.monotonic() + _LOOK_AT_CLOCK
        settings = self._settings
        self._lanes.set_rate(limit_at(wall_clock(), settings.limit_rate, settings.speed_schedule))

    def _help(self, job: Job, ticket: int) -> None:
        """Have more connections fetch parts of a large file, where that pays."""
        left = (job.size or 0) - (job.received or 0)
        host, running = self._running[job.host], self._running.total()
        pace = self._paces[job.host].limit
        assistants = self._assists.count(ticket)
        for _ in range(connections_to_add(left, job.speed, assistants, running, host, pace, self._limits)):
            self._last_ticket += 1
            self._assists.began(self._last_ticket, ticket, job.host)
            self._running[job.host] += 1
            self._lanes.have(self._running.total())
            self._lanes.help(self._last_ticket, ticket)

    def _count_ended(self, host: str, outcome: TransferOutcome) -> None:
        self._running[host] -= 1
        self._running += Counter()  # forget hosts at zero
        self._paces.learn(host, outcome, self._running[host])
        self._patience.ended(host, outcome)

    def arriving(self) -> Iterator[Arriving]:
        """How far each running download is; none for those of unknown size."""
        for _, gauge in self._lanes.gauges():
            if gauge.size:
                yield Arriving(gauge.received, gauge.size)

    def pause(self) -> None:
        """Cut all transfers, keeping what they received."""
        for job in self._queue.in_states(JobState.DOWNLOADING, JobState.RETRYING):
            if job.ticket is not None:
                self._lanes.cut(job.ticket, Stop.PAUSE)
            job.retry_at, job.speed = None, None
            self._queue.move(job, JobState.PAUSED)
        self.outage.ends()

    def abandon(self, job: Job) -> None:
        """Give up whatever of the job is in this stage: its transfer, its part file."""
        if job.ticket is not None and self._jobs.pop(job.ticket, None) is not None:
            self._running[job.host] -= 1
            self._lanes.cut(job.ticket, Stop.DISCARD)
            job.ticket, job.part = None, None  # the lane still holds it; home() removes it
        discard_part(job)
        job.retry_at, job.speed = None, None

    def set_aside(self, job: Job) -> None:
        """Stop whatever of the job is in this stage, keeping its part file: the user may want the job back."""
        if job.ticket is not None and self._jobs.pop(job.ticket, None) is not None:
            self._running[job.host] -= 1
            self._set_aside.add(job.ticket)
            self._lanes.cut(job.ticket, Stop.PAUSE)
            job.ticket = None

    def can_go_on(self, job: Job) -> bool:
        """Whether the job's transfer may be cut without losing what it has received."""
        return job.ticket in self._jobs and self._lanes.can_go_on(job.ticket)

    @property
    def outage(self) -> Outage:
        """Of the network."""
        return self._patience.outage

    @property
    def is_quiet(self) -> bool:
        """Whether no lane is at work any more."""
        return self._lanes.is_quiet

    def close(self) -> None:
        """Cut everything; outcomes still come home while the event loop runs."""
        self._lanes.close()

    def _take_local(self, plan: Plan) -> None:
        free = max(0, 2 * self._limits.workers - len(self._queue.ready))
        while local := list(islice(self._queue.waiting.get(LOCAL, ()), free)):
            for job_id in local:
                job = self._queue.get(job_id)
                assert job is not None, "what waits is in the queue"  # noqa: S101  # JobQueue's own invariant
                if not self._is_skipped(job, plan.of(job)):
                    job.plan, job.original = plan.of(job), job.request.source
                    self._queue.move(job, JobState.DOWNLOADED)
            free = max(0, 2 * self._limits.workers - len(self._queue.ready))

    def _is_skipped(self, job: Job, plan: Plan) -> bool:
        """Whether there is nothing to do for the job; decided before a byte is downloaded."""
        if job.is_local and not plan.recipe.changes_pictures:
            job.file, job.notes = job.request.source, (_NOTHING_TO_DO,)
        elif plan.existing is Existing.SKIP:
            places = plan.expected(job)
            if not all(place and self._is_taken(plan, place) for place in places):
                return False
            job.notes = tuple(f"{place.name} was in the destination before." for place in places if place)
        else:
            return False
        if job.part is None and not job.is_local:  # an earlier run may have kept what it could not name
            PartFile(download_part(plan.destination, self._prefix, job.keys[0])).discard()
        discard_part(job)
        self._queue.move(job, JobState.SKIPPED)
        return True

    def _is_taken(self, plan: Plan, place: Place) -> bool:
        return self._names.was_there(str(Path(plan.destination, place.folder)), place.name)

    def _launch(self, job: Job, plan: Plan) -> None:
        if job.ticket is not None:
            return  # a transfer that was cut has not come home yet
        if job.plan is not None and job.plan.destination != plan.destination:
            discard_part(job)
        job.plan, job.error = plan, None
        known = job.known
        if plan.recipe.changes_pictures and known is not None and serves(job):
            discard_part(job)
            use_original(job, known)
            self._queue.move(job, JobState.DOWNLOADED)  # only the picture is to be made again
        elif job.is_picture is not None and job.part is not None and job.part.is_there:
            self._pass_on(job, plan)
        else:
            self._begin(job, plan)

    def _begin(self, job: Job, plan: Plan) -> None:
        path = (
            download_part(plan.destination, self._prefix, job.keys[0]) if job.part is None else job.part.path
        )
        if path in self._busy:
            return  # a transfer that was cut has not let go of it yet; the job goes on waiting until it has
        if self._lacks_keys(job):
            return
        self._last_ticket += 1
        ticket = self._last_ticket
        begun = job.begun
        part = begun.part or PartFile(
            path, bounded(without_login(job.url)), takes_over=bool(job.common.added_as)
        )
        begun.part = None
        begun.ticket, begun.original, begun.is_picture = ticket, None, None
        begun.received, begun.size, begun.speed = part.total, part.size, None
        begun.attempts += 1
        self._jobs[ticket] = job
        self._busy.add(path)
        self._running[job.host] += 1
        self._lanes.have(self._running.total())
        self._queue.move(job, JobState.DOWNLOADING)
        self._lanes.start(
            ticket,
            job.url,
            part,
            self._settings.timeout,
            conditions_for(job, plan),
            kept_for(job),
            asked_for(job),
        )

    def _lacks_keys(self, job: Job) -> bool:
        """Whether a restart took what the job is to be asked with: then it ends here, with what has arrived kept."""
        if lost := [note for note in job.notes if note in LOST]:
            job.notes = tuple(note for note in job.notes if note not in LOST)
            self._queue.fail(job, KeysLostError(" ".join(lost)).report())
        return bool(lost)

    def _arrived(self, job: Job, arrival: Arrival) -> None:
        begun = job.begun
        new = arrival.size - (begun.received or 0)
        self._count_bytes(new)
        self._ended_bytes += new  # since the last tick
        begun.received = begun.size = arrival.size
        begun.sha256, begun.error = arrival.sha256, None
        picture_format = arrival.picture_format
        job.name = with_extension(
            arrival.whole.name or suggested_name(None, job.source),
            arrival.whole.content_type,
            picture_format,
        )
        begun.is_picture = picture_format is not None or claims_picture(job.name, arrival.whole.content_type)
        if (
            job.state is JobState.DOWNLOADING and job.plan is not None
        ):  # not when it was paused in the last moment
            self._pass_on(job, job.plan)

    def _pass_on(self, job: Job, plan: Plan) -> None:
        """Pictures go to the next stage; what is no picture has arrived where it belongs."""
        self._queue.move(job, JobState.DOWNLOADED)
        if not job.is_picture:
            self._publisher.finish_download(job, plan)

    def _failed(self, job: Job, outcome: TransferOutcome) -> None:
        assert outcome.error is not None, "that is why it failed"  # noqa: S101  # home's own order
        job.received, job.size = outcome.part.total or None, outcome.part.size or job.size
        if outcome.part.validator is None:
            discard_part(job)
            job.received = None
        if self._troubled(job, outcome.error):
            return
        now = time.monotonic()
        if outcome.is_away and job.plan is not None and job.plan.holds:
            self._patience.await_network(job, now)
            return
        job.error = outcome.error
        job.failures += 1
        if self._patience.try_again(job, outcome, self._settings.retries, now):
            return
        if outcome.error.code in ELSEWHERE and job.mirror < len(job.mirrors):
            discard_part(job)  # it is the beginning of another server's file
            self._queue.turn_to_mirror(job)
        else:
            self._queue.move(job, JobState.FAILED)
