"""What a job's transfer is asked for: with what, under which conditions, and what would do instead."""

from core.asked import Asked
from core.downloads.asking import asked_of_mirror
from core.downloads.checkpoint import Whole
from core.downloads.transfer import Conditions, Kept
from core.live_job import Job, Plan


def serves(job: Job) -> bool:
    """Whether the kept original makes a download unnecessary."""
    known = job.known
    return (
        known is not None
        and known.content is not None
        and known.has_original
        and known.content.is_picture
        and not job.refresh
    )


def kept_for(job: Job) -> Kept | None:
    """The original that was kept, where nothing but a copy of it is wanted."""
    content = job.known.content if job.known is not None and serves(job) else None
    if content is None or content.original is None:
        return None
    return Kept(content.original, content.sha256, Whole(content.name, None, content.etag, content.modified))


def asked_for(job: Job) -> Asked | None:
    """What it is asked with: what is a key to its own host is none to a mirror's."""
    asked = job.common.asked
    return asked_of_mirror(asked, job.source, job.url) if asked is not None and job.mirror else asked


def conditions_for(job: Job, plan: Plan) -> Conditions | None:
    """Under which the file is wanted: where there is something to fall back on, only if it has changed."""
    known = job.known
    if not job.refresh or known is None or known.content is None or job.mirror:
        return None
    has_use = known.is_up_to_date or (known.has_original and plan.recipe.changes_pictures)
    return Conditions(known.content.etag, known.content.modified) if has_use else None
