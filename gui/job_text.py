"""What a job says of itself: the same words for the eye and for a screen reader."""

from typing import Final
from urllib.parse import urlsplit

from core.asked import LOST
from core.errors import FileExistsAlreadyError
from core.job import FINAL_STATES, JobSnapshot, JobState, SourceKind, bounded
from gui.formatting import duration_text, estimate_text, percent_text, size_text, speed_text

STATE_WORDS: Final = {
    JobState.QUEUED: "Waiting",
    JobState.DOWNLOADING: "Downloading",
    JobState.RETRYING: "Retrying",
    JobState.PAUSED: "Paused",
    JobState.DOWNLOADED: "Downloaded",
    JobState.PROCESSING: "Processing",
    JobState.DONE: "Done",
    JobState.SKIPPED: "Skipped",
    JobState.FAILED: "Failed",
    JobState.CANCELLED: "Cancelled",
}

_LONGEST_TYPE: Final = 80  # characters
TAKEN: Final = FileExistsAlreadyError.code
_ASKING: Final = "Needs an answer"
_TROUBLED: Final = frozenset({JobState.FAILED, JobState.RETRYING})

# What the link or its headers are the cause of: it has expired, or there is a slip in it.
_LINK_STATUSES: Final = frozenset({401, 403, 404, 410})
_LINK_CODES: Final = frozenset(
    {"bad-url", "unsupported-scheme", "unusable-request", "keys-missing", "not-an-image"}
)

_PICTURES: Final = frozenset(
    [
        "avif",
        "bmp",
        "gif",
        "heic",
        "heif",
        "ico",
        "jfif",
        "jpe",
        "jpeg",
        "jpg",
        "jxl",
        "png",
        "ppm",
        "svg",
        "tga",
        "tif",
        "tiff",
        "webp",
    ]
)
_ARCHIVES: Final = frozenset(["7z", "bz2", "gz", "rar", "tar", "tgz", "xz", "zip", "zst"])


def download_share(job: JobSnapshot) -> float | None:
    """How much of the download is here, 0 to 1; None when the size is unknown."""
    if job.state in (JobState.DOWNLOADED, JobState.PROCESSING, JobState.DONE):
        return 1.0
    if job.received is None or not job.size:
        return None
    return min(1.0, job.received / job.size)


def seconds_left(job: JobSnapshot) -> float | None:
    """How long the download still takes at its present speed."""
    if job.state is not JobState.DOWNLOADING or not job.speed or job.size is None:
        return None
    return max(0.0, (job.size - (job.received or 0)) / job.speed)


def status_text(job: JobSnapshot) -> str:
    """The state in a word or two: ``Downloading 45 %``, ``Retrying in 4 s``."""
    word = STATE_WORDS[job.state]
    if job.state is JobState.DOWNLOADING or (job.state is JobState.PAUSED and job.received):
        share = download_share(job)
        return f"{word} {percent_text(share)}" if share is not None else word
    if job.state is JobState.RETRYING and job.retry_in is not None:
        return f"{word} in {duration_text(job.retry_in)}"
    if job.state is JobState.DOWNLOADED and job.kind is SourceKind.FILE:
        return "Ready"  # it was here all the time
    return _ASKING if waits_for_answer(job) else word


def waits_for_answer(job: JobSnapshot) -> bool:
    """Whether its name is taken, and the user is to say what is to happen."""
    return job.state is JobState.FAILED and job.error is not None and job.error.code == TAKEN


def state_icon(job: JobSnapshot) -> str:
    """The name of the drawing that stands for its state."""
    return "warning" if waits_for_answer(job) else STATE_ICONS[job.state]


def spoken_status(job: JobSnapshot) -> str:
    """The state as a screen reader says it: ``Downloading, 45 %``."""
    share = download_share(job)
    if job.state is JobState.DOWNLOADING and share is not None:
        return f"{STATE_WORDS[job.state]}, {percent_text(share)}"
    if job.state is JobState.FAILED and job.error is not None:
        return f"{status_text(job)}, {job.error.title}"
    return status_text(job)


def authority(job: JobSnapshot) -> str:
    """The host of a URL with its port, as failures are counted by; empty where there is none."""
    parts = job.source.split("/", 3)
    is_remote = job.kind is SourceKind.URL and len(parts) > 2 and not job.source.startswith("data:")
    return parts[2].rpartition("@")[2].lower() if is_remote else ""


def origin_text(job: JobSnapshot) -> str:
    """Where it comes from, short: the host, the folder of a local picture, or a ``data:`` URL up to its file."""
    if job.kind is SourceKind.URL:
        is_inline = job.source.startswith("data:")
        return job.source[:_LONGEST_TYPE].partition(",")[0] if is_inline else job.host or bounded(job.source)
    return job.source.rpartition("/")[0] or job.source


def cause_text(job: JobSnapshot) -> str:
    """The cause in a few words where something went wrong: ``Not a picture``; else empty."""
    return job.error.title if job.error is not None and job.state in _TROUBLED else ""


def second_line(job: JobSnapshot) -> str:
    """What stands below the name: the origin, or what went wrong, which ``cause_text`` sums up."""
    if job.error is not None and job.state in _TROUBLED:
        return job.error.message or job.error.title
    if job.state is JobState.SKIPPED and job.notes:
        return job.notes[0]
    if lost := lost_keys(job):
        return lost
    return origin_text(job)


def lost_keys(job: JobSnapshot) -> str:
    """What a restart took of what the job is to be asked with, a sentence; empty where nothing is missing."""
    if job.state in (JobState.DONE, JobState.SKIPPED):
        return ""
    return next((note for note in job.notes if note in LOST), "")


def wants_edit(job: JobSnapshot) -> bool:
    """Whether another URL or other headers are what helps the job next."""
    if job.kind is not SourceKind.URL:
        return False
    error = job.error if job.state is JobState.FAILED else None
    return bool(lost_keys(job)) or (
        error is not None and (error.status in _LINK_STATUSES or error.code in _LINK_CODES)
    )


def outcome_text(job: JobSnapshot) -> str:
    """The finished picture in figures: ``256 x 171 JPEG``; empty when there is none."""
    if job.state is not JobState.DONE:
        return ""
    pixels = f"{job.width} \N{MULTIPLICATION SIGN} {job.height}" if job.width and job.height else ""
    return " ".join(part for part in (pixels, job.format or "") if part)


def size_column(job: JobSnapshot) -> str:
    """The size of the source, as far as it is known."""
    if job.size is None and not job.received and job.state is not JobState.DONE:
        return ""  # nothing has come, which says nothing of the size
    return size_text(job.size if job.size is not None else job.received)


def speed_column(job: JobSnapshot) -> str:
    """The speed, while there is one."""
    return speed_text(job.speed) if job.state is JobState.DOWNLOADING else ""


def left_column(job: JobSnapshot) -> str:
    """The time left, while there is ground for an estimate."""
    return estimate_text(seconds_left(job))


def type_icon(job: JobSnapshot) -> str:
    """The name of the drawing that stands for the kind of file."""
    name = job.name or (urlsplit(job.source).path if job.kind is SourceKind.URL else job.source)
    suffix = name.rpartition(".")[2].lower()
    if suffix in _PICTURES:
        return "picture"
    if suffix in _ARCHIVES:
        return "archive"
    return "globe" if job.kind is SourceKind.URL and suffix not in _DOCUMENTS else "document"


_DOCUMENTS: Final = frozenset(["csv", "doc", "docx", "html", "json", "md", "pdf", "txt", "xml"])

STATE_ICONS: Final = {
    JobState.QUEUED: "waiting",
    JobState.DOWNLOADING: "active",
    JobState.RETRYING: "retry",
    JobState.PAUSED: "pause",
    JobState.DOWNLOADED: "waiting",
    JobState.PROCESSING: "processing",
    JobState.DONE: "done",
    JobState.SKIPPED: "skipped",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "cancelled",
}


def has_ended(job: JobSnapshot) -> bool:
    """Whether nothing more happens to it on its own."""
    return job.state in FINAL_STATES
