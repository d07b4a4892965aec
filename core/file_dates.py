"""What date a finished file gets, where files are to keep the dates of what they come from."""

from typing import Final

from core.downloads.http_date import header_date
from core.live_job import Job, Plan

_NANOSECONDS: Final = 1_000_000_000


def original_date(job: Job, plan: Plan) -> str | None:
    """When a job's original was made, in the form of a Last-Modified header; None where that is unknown or not wanted.

    Args:
        job: Its file is whole.
        plan: What is wanted.
    """
    if not plan.keeps_dates:
        return None
    if job.is_local:
        return _spelled(job.stamp.modified / _NANOSECONDS) if job.stamp is not None else None
    if job.part is not None:
        return job.part.whole.modified if job.part.whole is not None else None
    content = job.known.content if job.known is not None else None
    return content.modified if content is not None else None  # made again from what was kept


def _spelled(seconds: float) -> str | None:
    try:
        return header_date(seconds)
    except ValueError:  # file systems know dates that calendars do not
        return None
