"""An ended job as one line of JSON: what ``--json`` prints. The keys are a promise to scripts."""

import json

from core.errors import ErrorReport
from core.job import JobSnapshot, bounded


def json_line(job: JobSnapshot) -> str:
    """One JSON object in one line; unknown values are null."""
    content: dict[str, object] = {
        "source": bounded(job.source),
        "state": job.state.value,
        "file": job.file,
        "original": job.original,
        "bytes_in": job.received,
        "bytes_out": job.bytes_out,
        "sha256": job.sha256,
        "width": job.width,
        "height": job.height,
        "format": job.format,
        "seconds_download": _rounded(job.seconds_download),
        "seconds_process": _rounded(job.seconds_process),
        "attempts": job.attempts,
        "error": None if job.error is None else error_words(job.error),
    }
    if job.files:
        content["outputs"] = [one._asdict() for one in job.files]
    if job.notes:
        content["notes"] = list(job.notes)
    return json.dumps(content)


def error_words(error: ErrorReport) -> dict[str, object]:
    """An error as JSON has it; the HTTP status only where there is one."""
    words: dict[str, object] = {
        "code": error.code,
        "title": error.title,
        "message": error.message,
        "hint": error.hint,
    }
    return words if error.status is None else {**words, "status": error.status}


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 6)
