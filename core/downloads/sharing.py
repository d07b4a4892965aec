"""One file over several connections: the first asks for it as ever, the others fetch parts of what it has not got to.

Each answer is checked to be the very bytes that were asked for, of the very file. A server that no longer gives parts
is asked for the whole, of which what is missing is taken: nothing that is right is fetched into its place again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core.downloads.acceptance import is_run, is_same_file, refusal
from core.downloads.line import Line
from core.downloads.part_file import PartFile
from core.downloads.runs import Run, Runs
from core.downloads.translation import translated
from core.errors import DownloadError, ProtocolError, TruncatedError


@contextmanager
def sharing(line: Line, url: str, part: PartFile, timeout: float) -> Iterator[None]:
    """While the first connection copies, others may help; then it fetches what is left, and waits for them.

    Where it breaks off, its end is fetched as if it were another's: once, for the next time ends the try.

    Raises:
        DownloadError: It failed; what is there stays usable.
    """
    runs = part.share()
    runs.begin(line.wire)
    line.gauge.is_shared = True
    try:
        try:
            yield
        except (DownloadError, OSError) as error:
            ours = error if isinstance(error, DownloadError) else translated(error, url)
            if line.wire.stop is not None or not ours.is_passing:
                raise
        if part.received != runs.prefix.end:
            runs.leave_prefix()
        while not runs.is_complete:
            _fetch_some(line, url, part, runs, timeout)
            line.gauge.is_held = True
            _tell(line, part)
    finally:
        runs.stop()
        line.gauge.received = part.total
        line.gauge.is_shared = False
    part.join()


def help_with(line: Line, url: str, part: PartFile, timeout: float) -> None:
    """Fetch parts of a file until there is nothing left that pays.

    Raises:
        DownloadError: It failed; the first connection goes on.
        ConnectionAbortedError: The first connection has ended.
    """
    runs = part.runs
    while runs is not None and (run := runs.take(line.wire)) is not None:
        if not _fill(line, url, part, runs, run, timeout, lambda: None):
            raise ProtocolError("The server no longer gives parts of the file.")
    line.check()


def _fetch_some(line: Line, url: str, part: PartFile, runs: Runs, timeout: float) -> None:
    line.check()
    if (run := runs.take(line.wire)) is not None:
        _fill(line, url, part, runs, run, timeout, lambda: _tell(line, part))
    elif not runs.wait() and runs.is_whole_only and not runs.is_complete:
        _fill_from_whole(line, url, part, runs, timeout)


def _tell(line: Line, part: PartFile) -> None:
    """Say how far the whole is, to who looks on and to the next run; the first connection's task."""
    line.gauge.received = part.total
    part.note_if_due()


def _fill(
    line: Line, url: str, part: PartFile, runs: Runs, run: Run, timeout: float, tell: Callable[[], None]
) -> bool:
    """Fetch what a run lacks, or as much of it as is still its own; whether the server gives parts of the very file."""
    begun, is_refused = run.position, False
    headers = {"Range": f"bytes={run.position}-{run.end - 1}", "If-Range": part.validator or ""}
    try:
        response = line.ask(url, headers, timeout)
        try:
            line.check()  # the first connection may have ended meanwhile, and the file have got its name
            if response.status not in (200, 206, 416):
                raise refusal(response)
            if not is_run(response, part, run):
                is_refused = True
                return False
            with part.filling(runs, run) as write:
                for chunk in line.blocks(response.read):
                    has_more = write(chunk)
                    tell()
                    if not has_more:
                        break
        finally:
            response.close()
    finally:
        runs.give_back(run, is_refused=is_refused)
    if run.position == begun:
        raise TruncatedError("The server sent nothing of a part of the file.")
    return True


def _fill_from_whole(line: Line, url: str, part: PartFile, runs: Runs, timeout: float) -> None:
    response, position = line.ask(url, {}, timeout), 0
    try:
        if response.status not in (200, 206):
            raise refusal(response)
        if not is_same_file(response, part):
            part.start_over()
            raise TruncatedError("The file on the server has changed; the next try starts over.")
        for chunk in line.blocks(response.read):
            for run in runs.missing(position, position + len(chunk)):
                with part.filling(runs, run) as write:
                    write(chunk[run.position - position :])
            position += len(chunk)
            _tell(line, part)
    finally:
        response.close()
    if not runs.is_complete:
        raise TruncatedError(f"{part.total:,} of {part.size:,} bytes arrived.")
