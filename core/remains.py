"""What is left of a job that has ended well, in few bytes: of a long list most jobs have, and all stay in memory.

It is what the queue file keeps of such a job, too; how it was worked on is of no use to anybody any more.
"""

import marshal
from typing import Any, Final, NamedTuple

from core.finished import FinishedFile, files_of
from core.images.task import ProcessOutcome

_SHA256_DIGITS: Final = 64


class Remains(NamedTuple):
    """The fields of a ``Job`` that are of use after its end; what they mean is said there."""

    attempts: int
    received: int | None
    size: int | None
    sha256: str | None
    original: str | None
    file: str | None
    outcome: ProcessOutcome | None
    seconds_download: float | None
    notes: tuple[str, ...]
    files: tuple[FinishedFile, ...] = ()


def packed(remains: Remains) -> bytes:
    """All of it in one value of some 150 bytes, where the fields and their values take 500."""
    attempts, received, size, sha256, original, file, outcome, seconds, notes, files = remains
    made = None
    rows = tuple(map(tuple, files))
    if outcome is not None:
        made = (outcome.seconds, outcome.format, outcome.width, outcome.height, outcome.bytes_out)
    return marshal.dumps(
        (attempts, received, size, _halved(sha256), original, file, made, seconds, notes, rows)
    )


def unpacked(few: bytes) -> Remains:
    """What was packed, in this very process."""
    fields: tuple[Any, ...] = marshal.loads(few)  # noqa: S302  # made by ``packed`` and by nobody else
    attempts, received, size, digest, original, file, made, seconds, notes, rows = fields
    sha256 = digest.hex() if isinstance(digest, bytes) else digest
    outcome = None if made is None else _outcome(*made)
    return Remains(attempts, received, size, sha256, original, file, outcome, seconds, notes, files_of(rows))


def _outcome(
    seconds: float, picture_format: str | None, width: int | None, height: int | None, bytes_out: int | None
) -> ProcessOutcome:
    return ProcessOutcome(0, seconds, format=picture_format, width=width, height=height, bytes_out=bytes_out)


def _halved(sha256: str | None) -> bytes | str | None:
    """Its 32 bytes, unless it is written as nobody but an imported list would write it."""
    if sha256 is None or len(sha256) != _SHA256_DIGITS:
        return sha256
    try:
        digest = bytes.fromhex(sha256)
    except ValueError:
        return sha256
    return digest if digest.hex() == sha256 else sha256
