"""Jobs that have ended are done again: tried again, looked at again, or gone on with by the user's answer."""

from collections.abc import Iterable
from dataclasses import replace

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
        choice: What is to happen to names that are taken.
        jobs: Those among them that do not wait for an answer are left alone.
        queue: Theirs.
    """
    for job in jobs:
        if job.state is JobState.FAILED and job.error and job.error.code == FileExistsAlreadyError.code:
            answer = NameAnswer(choice, job.error.message, job.plan)
            queue.queue_again(job, refresh=job.refresh)
            job.answer = answer


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
