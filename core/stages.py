"""The stages that a job goes through, in their order: ledger, download, picture, last step. In the engine's thread."""

import time
from collections.abc import Callable, Iterable, Iterator

from core.download_stage import DownloadStage
from core.downloads.lane import TransferOutcome
from core.downloads.names import NameBook
from core.downloads.space import Space
from core.errors import ErrorReport
from core.images.task import ProcessOutcome
from core.images.wanted import Wanted
from core.job import TRANSITIONS, JobState
from core.job_queue import JobQueue
from core.ledger import Published
from core.live_job import Job, Plan
from core.lookup_stage import LookupStage
from core.outage import Outage
from core.picture_stage import PictureStage
from core.progress import Arriving
from core.publisher import Publisher, Troubled
from core.scheduler import Limits
from core.settings import Settings
from core.store import Store
from core.store_messages import Found


class Stages:
    """Joins the stages; each job is in one of them.

    Args:
        queue: All jobs.
        store: What was made.
        troubled: Asked when a file cannot be written: whether that holds the whole run up, in which case it has put
            the job back into the queue.
        transferred: Brings outcomes from a lane's thread to ``home`` on the engine's.
        processed: Brings outcomes from the process pool's thread there.
        count_bytes: Told of bytes as they arrive.

    Attributes:
        space: From which downloads take their room on the disk.
    """

    def __init__(
        self,
        queue: JobQueue,
        store: Store,
        troubled: Troubled,
        transferred: Callable[[TransferOutcome], None],
        processed: Callable[[ProcessOutcome], None],
        count_bytes: Callable[[int], None],
    ) -> None:
        self.space = Space()
        self._queue = queue
        self._names = NameBook(queue.is_source, is_brief=queue.most is not None)
        self._lookups = LookupStage(queue, store)
        self._publisher = Publisher(queue, store, self._names, troubled)
        self._downloads = DownloadStage(
            queue,
            self._names,
            store.prefix,
            self._lookups,
            self._publisher,
            troubled,
            transferred,
            count_bytes,
            space=self.space,
        )
        self._pictures = PictureStage(queue, store.prefix, store.token, self._publisher, troubled, processed)

    def configure(self, settings: Settings) -> None:
        """Use these settings from now on."""
        limits = Limits.of(settings)
        self._downloads.configure(settings, limits)
        self._pictures.configure(limits, Wanted.of(settings))

    def look_afresh(self) -> None:
        """A new run begins: folders may hold other files than in the last one."""
        self._names.forget()

    def warm_up(self, plan: Plan) -> None:
        """Start what takes a while to start and is going to be needed."""
        if plan.recipe.changes_pictures:
            self._pictures.warm_up()

    def pump(self, plan: Plan) -> None:
        """Start what may start now."""
        self._lookups.pump(plan)
        self._downloads.pump(plan)
        self._pictures.pump()

    def finish(self) -> None:
        """Start only what is beyond the downloads: it carries its own plan."""
        self._pictures.pump()

    def tick(self) -> None:
        """What has to be done ten times a second."""
        self._downloads.tick()
        self._downloads.queue_due(time.monotonic())

    def home(self, outcome: TransferOutcome | ProcessOutcome | Published | Found, plan: Plan | None) -> None:
        """Something that was asked for has come."""
        match outcome:
            case TransferOutcome():
                self._downloads.home(outcome)
            case ProcessOutcome():
                self._pictures.home(outcome)
            case Published():
                self._publisher.home(outcome)
            case Found() if plan is not None:
                self._lookups.home(outcome, plan)

    def pause(self) -> None:
        """Cut all transfers, keeping what they received; pictures in hand are finished."""
        self._downloads.pause()

    def abandon(self, job: Job) -> None:
        """Give a job up: what there is of it goes."""
        self._pictures.abandon(job)
        self._downloads.abandon(job)

    def let_go(self, jobs: Iterable[Job]) -> tuple[Job, ...]:
        """Stop whatever is done for these jobs, keeping their part files: the user may want them back."""
        jobs = tuple(jobs)
        for job in jobs:
            self._publisher.forget(job)
            self._pictures.abandon(job)
            self._downloads.set_aside(job)
        return jobs

    def can_go_on(self, job: Job) -> bool:
        """Whether the job's transfer may be cut without losing what it has received."""
        return self._downloads.can_go_on(job)

    def fail(self, jobs: Iterable[Job], report: ErrorReport) -> None:
        """End jobs for a reason that is none of theirs."""
        for job in self.let_go(jobs):
            if JobState.FAILED in TRANSITIONS[job.state]:
                self._queue.fail(job, report)

    def arriving(self) -> Iterator[Arriving]:
        """How far each running download is; none for those of unknown size."""
        return self._downloads.arriving()

    @property
    def outage(self) -> Outage:
        """Of the network."""
        return self._downloads.outage

    @property
    def is_quiet(self) -> bool:
        """Whether no lane is at work any more."""
        return self._downloads.is_quiet

    def close(self) -> None:
        """Cut and kill everything, keeping what was received; outcomes still come while the event loop runs."""
        self._downloads.close()
        self._pictures.close()
