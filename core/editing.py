"""Jobs are given another URL, or are asked for with other headers, and keep the bytes they have. In the engine's thread.

Of a new URL nothing is believed: what was received is compared with what it has before it is gone on with
(``core.downloads.elsewhere``), and what had arrived whole is asked for once more.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NamedTuple

from core.asked import LOST, NOTHING, Asked
from core.errors import ErrorReport, FetchmillError, UnusableRequestError
from core.job import Edit, Edited, JobRequest, JobState, SourceKind
from core.job_list import JobList
from core.job_queue import JobQueue
from core.live_job import Job, display_name
from core.sources.places import is_command
from core.sources.urls import clean_url, is_foreign, is_web, not_a_source, unsupported, url_key, without_login
from core.stages import Stages

_UNDER_WAY: Final = frozenset(
    {JobState.DOWNLOADING, JobState.RETRYING, JobState.DOWNLOADED, JobState.PROCESSING}
)


class Understood(NamedTuple):
    """An edit that has been looked at.

    Attributes:
        edit: As it was wished.
        source: The URL in it; None where it leaves the URLs as they are.
        said: What the curl command in it asks with; None where there is none.
        error: Why it cannot be done at all.
    """

    edit: Edit
    source: str | None = None
    said: Asked | None = None
    error: ErrorReport | None = None

    @property
    def asked(self) -> Asked | None:
        """What jobs are to be asked with; None leaves that as it is."""
        return self.edit.asked if self.said is None else self.said


def understand(edit: Edit, answer: Callable[[Understood], None]) -> Understood | None:
    """Look at an edit; where a cookie file is to be read, that takes a thread, as its disk may be away.

    Args:
        edit: What is wished.
        answer: Called on that thread with what else is returned at once.
    """
    try:
        found = Understood(edit, *_understood(edit.source))
    except FetchmillError as error:
        found = Understood(edit, error=error.report())
    if found.asked is not None and found.asked.cookies_file:
        threading.Thread(target=_look_at_cookies, args=(found, answer), daemon=True).start()
        return None
    return found


def _look_at_cookies(found: Understood, answer: Callable[[Understood], None]) -> None:
    from core.downloads.cookies import require_cookies  # noqa: PLC0415  # most jobs do without

    try:
        require_cookies(found.asked.cookies_file if found.asked is not None else "")
    except FetchmillError as error:
        found = found._replace(error=error.report())
    with suppress(RuntimeError):  # the engine has gone meanwhile
        answer(found)


def carry_out(found: Understood, jobs: JobList, queue: JobQueue, stages: Stages) -> Edited:
    """Do an edit, or find out whether it could be done."""
    edit, source, said, error = found
    if error is not None:
        return Edited(edit.ticket, error=error)
    chosen = [job for job in jobs.chosen(edit.ids) if _may_be_edited(job)]
    try:
        _check(edit, source, chosen, jobs)
    except FetchmillError as refusal:
        return Edited(edit.ticket, error=refusal.report())
    if edit.applies:
        for job in chosen:
            _change(job, source, found.asked, jobs, queue, stages)
    return Edited(edit.ticket, len(chosen), None, source, said)


def _understood(text: str | None) -> tuple[str | None, Asked | None]:
    """The URL in what was typed, and what the curl command that it may be asks with.

    Raises:
        SourceError: There is none.
    """
    if text is None:
        return None, None
    text, asked = text.strip(), None
    if is_command(text):
        from core.sources.curl_command import wanted_by  # noqa: PLC0415  # with its tables: few jobs are changed so

        wanted = wanted_by(text)
        if len(wanted) != 1:
            raise UnusableRequestError("The command names no URL, or several: it has to be one.")
        if wanted[0].error is not None:
            raise wanted[0].error
        text, asked = wanted[0].source, wanted[0].asked
    if not is_web(text):
        raise unsupported(text) if is_foreign(text) else not_a_source(text)
    source = clean_url(text)
    url_key(source)  # finds out whether it can be one
    return source, asked


def _check(edit: Edit, source: str | None, chosen: list[Job], jobs: JobList) -> None:
    """See that the jobs may be changed like that.

    Raises:
        UnusableRequestError: They may not.
    """
    if edit.ids and not chosen:
        raise UnusableRequestError("It is done, or no longer on the list.", "Add the new URL by itself.")
    if source is None:
        return
    if len(chosen) != 1:
        raise UnusableRequestError("Only one job at a time can get another URL.", "Choose one row.")
    if jobs.holds(source, besides=chosen[0]):
        raise UnusableRequestError("That URL is on the list already.", "Remove one of the two rows.")


def _may_be_edited(job: Job) -> bool:
    is_done = job.state is JobState.DONE or job.publication is not None  # or is in a moment
    return job.request.kind is SourceKind.URL and not is_done


def _change(
    job: Job, source: str | None, asked: Asked | None, jobs: JobList, queue: JobQueue, stages: Stages
) -> None:
    is_moved = source is not None and source != job.request.source
    has_failed = (
        job.state is JobState.FAILED and job.request.error is None
    )  # else no header makes a link of it
    if is_moved or stages.can_go_on(job):
        _stop(job, queue, stages)
    name = job.name if job.received or job.size is not None else None
    jobs.change(job, _request(job, source, asked, name))
    if is_moved:
        job.name = name or display_name(job.request)
    job.notes = tuple(note for note in job.notes if note not in LOST)
    if job.state.is_final and (is_moved or has_failed):
        queue.queue_again(job, refresh=job.refresh)


def _stop(job: Job, queue: JobQueue, stages: Stages) -> None:
    """Cut what is done for it. Its part file is found again by its checkpoint, which says what it is of."""
    stages.let_go((job,))
    job.part = job.is_picture = job.outcome = job.original = job.retry_at = job.speed = job.error = None
    job.failures = job.deaths = 0
    if job.state in _UNDER_WAY:
        queue.move(job, JobState.QUEUED)


def _request(job: Job, source: str | None, asked: Asked | None, name: str | None) -> JobRequest:
    """What the job is to ask for from now on.

    Args:
        job: As it is.
        source: Another URL.
        asked: Other headers and cookies.
        name: What the file is called, where a server has said it: it is called so whatever the new URL ends in.
    """
    request, own = job.request, job.request.asked or NOTHING
    if asked is not None:
        own = own._replace(headers=asked.headers, cookies_file=asked.cookies_file)
    if source is not None and source != request.source:
        own = own._replace(name=own.name or name or "")
        added_as = request.added_as or without_login(request.source)
        request = request._replace(source=source, added_as=added_as, error=None)
    return request._replace(asked=None if own == NOTHING else own)
