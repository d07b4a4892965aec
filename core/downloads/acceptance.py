"""What an answer means for a part file (RFC 9110, sections 13 to 15): whole, rest, or not the file at all."""

import re
from typing import Final

from core.downloads.connection import Answer
from core.downloads.http_date import http_date
from core.downloads.part_file import PartFile
from core.downloads.retry import asked_delay
from core.downloads.runs import Run
from core.errors import HttpStatusError, ProtocolError

_CONTENT_RANGE: Final = re.compile(r"bytes ([0-9]{1,19})-([0-9]{1,19})/([0-9]{1,19}|\*)")
SHARED_FROM: Final = 16 << 20  # bytes; a smaller file is there before it pays
_UNSATISFIED: Final = re.compile(r"bytes \*/([0-9]{1,19})")
_SAID: Final = {
    401: "The server wants a login",
    403: "The server does not allow it",
    404: "There is no such file on the server",
    407: "The proxy wants a login",
    410: "The file is no longer on the server",
    429: "The server has had too many requests",
    500: "The server has an internal fault",
    503: "The server is overloaded or being maintained",
}


class MismatchError(Exception):
    """What is in the part file is not the beginning of what the server has now: it has to be fetched anew."""


def range_headers(part: PartFile) -> dict[str, str]:
    """By which the rest is asked for; empty where there is no beginning, or nothing that ties it to its rest."""
    if not part.total or part.validator is None:
        return {}
    return {"Range": f"bytes={part.received}-", "If-Range": part.validator}


def is_everything_there(response: Answer, part: PartFile) -> bool:
    """Whether a 416 says that nothing is missing: the size is what was announced, and what we have."""
    found = _UNSATISFIED.fullmatch(response.headers.get("Content-Range", "").strip())
    return found is not None and part.received == part.size == int(found[1])


def accept_rest(response: Answer, part: PartFile) -> None:
    """Take a 206 that is exactly what was asked for.

    Raises:
        MismatchError: It is something else.
        ProtocolError: No part was asked for.
    """
    if not part.total:
        raise ProtocolError("The server sent a part of the file that was not asked for.")
    found = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
    if found is None or response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise MismatchError
    first, last = int(found[1]), int(found[2])
    total = part.size if found[3] == "*" else int(found[3])
    length = body_length(response)
    kind = "ETag" if _is_strong(part.validator) else "Last-Modified"
    validator = response.headers.get(kind, part.validator)
    if (
        not part.received == first <= last
        or (total is not None and last >= total)
        or (part.size is not None and part.size != total)
        or length not in (None, last - first + 1)
        or validator != part.validator
    ):
        raise MismatchError
    part.size = total


def may_be_shared(response: Answer, part: PartFile) -> bool:
    """Whether other connections may fetch parts of the file: it is large, and the server says that it gives them."""
    gives = response.status == 206 or response.headers.get("Accept-Ranges", "").strip().lower() == "bytes"
    return gives and part.validator is not None and part.size is not None and part.size >= SHARED_FROM


def is_run(response: Answer, part: PartFile, run: Run) -> bool:
    """Whether an answer is what a run lacks, of the very file that the rest of the bytes are of (RFC 9110, 15.3.7)."""
    found = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
    if response.status != 206 or found is None:
        return False
    first, last = int(found[1]), int(found[2])
    etag = response.headers.get("ETag")
    modified = response.headers.get(
        "Last-Modified", part.validator
    )  # which an answer to If-Range may leave out
    return (
        first == run.position <= last < (part.size or 0)
        and found[3] in ("*", str(part.size))
        and body_length(response) in (None, last - first + 1)
        and (etag if _is_strong(part.validator) else modified) == part.validator
        and response.headers.get("Content-Encoding", "identity").strip().lower() == "identity"
    )


def is_same_file(response: Answer, part: PartFile) -> bool:
    """Whether an answer is the whole file that the bytes are of."""
    is_plain = response.headers.get("Content-Encoding", "identity").strip().lower() == "identity"
    is_whole = response.status == 200 and is_plain and body_length(response) in (None, part.size)
    return is_whole and _validator(response) == part.validator


def accept_whole(response: Answer, part: PartFile, *, is_coded: bool) -> None:
    """Take a 200: the bytes come from the beginning. A coded one is never continued.

    Raises:
        StorageError: The old bytes cannot be removed.
    """
    part.start_over()
    if not is_coded:
        part.size, part.validator = body_length(response), _validator(response)


def refusal(response: Answer) -> HttpStatusError:
    """The error that any other status means."""
    status = response.status
    said = _SAID.get(status, f"The server answered {response.reason or 'without a reason'}")
    delay = asked_delay(response.headers.get("Retry-After"))
    later = ""
    if delay is not None and delay > HttpStatusError.longest_wait:
        later = f", and asks to come back in {_days(delay)}"
    error = HttpStatusError(status, f"{said} (HTTP {status}){later}.")
    error.retry_after = delay
    return error


def body_length(response: Answer) -> int | None:
    """Bytes that the body has as it is sent; None when only its end tells. ``framing`` has seen that it is sound."""
    length = response.headers.get("Content-Length")
    return None if length is None else int(length)


def _validator(response: Answer) -> str | None:
    """What If-Range may carry: a strong ETag, else a Last-Modified older than Date by a minute (RFC 9110, 8.8.2.2)."""
    etag = response.headers.get("ETag", "").strip()
    if _is_strong(etag):
        return etag
    modified = response.headers.get("Last-Modified", "")
    try:
        age = http_date(response.headers.get("Date", "")) - http_date(modified)
    except ValueError:
        return None
    return modified if not etag and age >= 60 else None


def _is_strong(validator: str | None) -> bool:
    return validator is not None and validator.startswith('"')


def _days(seconds: float) -> str:
    days = seconds / 86400
    return f"{days:,.0f} days" if days >= 2 else f"{seconds / 3600:.0f} hours"
