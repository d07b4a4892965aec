"""Jobs that have ended are done again: tried again, looked at again, or gone on with by the user's answer."""

from collections.abc import Iterable
from dataclasses import replace

from core.downloads.names import was_there_before
from core.errors import FetchmillError, FileExistsAlreadyError
from core.job import UNENDED, JobState, Order
from core.job_list import JobList
from core.job_queue import JobQueue
from core.live_job import Job, NameAnswer, Plan
from core.settings import Existing
from core.stages import Stages


def queue_again(
    jobs: Iterable[Job], job_list: JobList, queue: JobQueue, stages: Stages, *, refresh: bool = False
) -> None:
    """Queue these jobs again; what could not be read before is read again.

    Args:
        jobs: Those among them that have not ended are left alone.
        job_list: Reads.
        queue: Theirs.
        stages: Let go of what is read again.
        refresh: Whether servers are to be asked if the files have changed there.
    """
    unread = []
    for job in jobs:
        if job.request.error is not None:
            unread.append(job)
        elif job.state.is_final:
            queue.queue_again(job, refresh=refresh)
    if unread:
        job_list.read_again(stages.let_go(unread))


def go_on_with(choice: Existing, jobs: Iterable[Job], queue: JobQueue) -> None:
    """Queue those again that wait for an answer; what has arrived of them is kept.

    Args:
        choice: What is to happen to names that are taken. What another job of the list has made meanwhile is never replaced:
            two jobs of a run would not write one name either.
        jobs: Those among them that do not wait for an answer are left alone.
        queue: Theirs.
    """
    made = _made(queue) if choice is Existing.REPLACE else frozenset()
    for job in jobs:
        if job.state is JobState.FAILED and job.error and job.error.code == FileExistsAlreadyError.code:
            about = job.error.message
            answer = NameAnswer(Existing.RENAME if about in made else choice, about, job.plan)
            queue.queue_again(job, refresh=job.refresh)
            job.answer = answer


def _made(queue: JobQueue) -> frozenset[str]:
    """What would be said of the finished files of the list if they were in the way."""
    done = queue.in_states(JobState.DONE)
    return frozenset(
        was_there_before(path)
        for job in done
        for path in (job.file, job.original, *(one.file for one in job.files))
        if path is not None
    )


def answered(
    choice: Existing, order: Order, plan: Plan | FetchmillError | None, queue: JobQueue
) -> tuple[Order, Plan | FetchmillError | None]:
    """The order and the plan of a run in which nobody is asked any more; jobs under way go by the answer as well.

    Those that have an answer of their own keep it.
    """
    for job in queue.in_states(*UNENDED):
        if job.plan is not None and job.plan.of(job) is job.plan:
            job.plan = replace(job.plan, existing=choice)
    order = order._replace(existing=choice)
    return order, replace(plan, existing=choice) if isinstance(plan, Plan) else plan
