"""Whether bytes that came from one URL are the beginning of what another URL has.

An ETag is unique among the versions of one resource only (RFC 9110, section 8.8.3): of another URL it says little by
itself. So the validator, the size and the bytes at three places have to agree; else the file is begun anew. Size and
bytes without the validator are not taken for proof: a disk image of which something in the middle was changed agrees
in both.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from core.downloads.acceptance import is_run, refusal
from core.downloads.line import Line
from core.downloads.part_file import PartFile
from core.downloads.runs import Run, RunNote

_SAMPLE: Final = 1024  # bytes at each place
_NOT_THE_SAME: Final = frozenset({200, 416})  # If-Range is not met, or there are no ranges, or not these


def compare(line: Line, url: str, part: PartFile, timeout: float) -> None:
    """Keep what a part file has taken over where it is the same file at this URL; start it over where it is not.

    Args:
        line: To the server.
        url: http or https.
        part: What it holds came from another URL.
        timeout: Seconds without a byte.

    Raises:
        DownloadError: The server does not answer, or refuses; what is there stays.
        StorageError: The old bytes cannot be read or removed.
    """
    if part.validator is None or not all(_agrees(line, url, part, timeout, place) for place in _places(part)):
        part.start_over()
    part.is_taken_over = False


def _places(part: PartFile) -> Iterator[tuple[int, int]]:
    """Begin and end of what is compared: at the beginning, in the middle and at the end of the longest run."""
    notes = part.runs.notes() if part.runs is not None else []
    spans = [(0, part.received), *((note.begin, note.position) for note in notes)]
    begin, end = max(spans, key=lambda span: span[1] - span[0])
    last = max(begin, end - _SAMPLE)  # the last one first: it is what the rest is going to follow
    for at in dict.fromkeys((last, begin, begin + (last - begin) // 2)):
        yield at, min(at + _SAMPLE, end)


def _agrees(line: Line, url: str, part: PartFile, timeout: float, place: tuple[int, int]) -> bool:
    begin, end = place
    headers = {"Range": f"bytes={begin}-{end - 1}", "If-Range": part.validator or ""}
    response = line.ask(url, headers, timeout)
    try:
        if response.status in _NOT_THE_SAME:
            return False
        if response.status != 206:
            raise refusal(response)
        if not is_run(response, part, Run(RunNote(begin, begin, 0), end, is_taken=True)):
            return False
        found = bytearray()
        for chunk in line.blocks(response.read):
            found += chunk
            if len(found) > end - begin:
                return False
        with Path(part.path).open("rb") as file:
            file.seek(begin)
            return found == file.read(end - begin)
    finally:
        response.close()
