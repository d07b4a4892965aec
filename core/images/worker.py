"""What a child of the process pool imports and runs. No Qt, no requests: it starts in a tenth of a second."""

import faulthandler
import os
import re
import signal
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from PIL import Image, ImageCms

from core.errors import BrokenPictureError, InternalError, UnsupportedPictureError
from core.images.need import RoomNeededError
from core.images.process import process
from core.images.reading import allow_pixels, short_of_memory
from core.images.task import ProcessOutcome, ProcessTask, RoomNeeded, Terms, is_short
from core.parent_watch import die_with_parent

if sys.platform == "win32":
    import msvcrt
else:
    import resource

READY: Final = "ready"
"""Sent once, when a child can begin at once."""

_NICENESS: Final = 10
_LOWEST: Final = 19
_STDERR: Final = 2
_TOLD_FOR_SHORTAGE: Final = frozenset({BrokenPictureError.code, UnsupportedPictureError.code})
_MUCH: Final = 4  # a quarter of what there is
_VM_PEAK: Final = re.compile(rb"VmPeak:\s*(\d+) kB")
_ASIDE: Final = (
    256 << 20
)  # address space that is set aside without being memory: stacks of threads, arenas of malloc


def serve(
    connection: Connection,
    terms: Terms | None = None,
    *,
    is_silent: bool = False,
    mouth: Connection | None = None,
) -> None:
    """Work on pictures until the parent says None, closes the connection or dies.

    Sends :data:`READY`, then a ProcessOutcome or RoomNeeded for every ProcessTask received, in order.

    Args:
        connection: The child's end of a two-way pipe.
        terms: What holds for all pictures; the usual where none are given.
        is_silent: Whether nothing is to come through on standard error, of which libtiff and others make use.
        mouth: Takes Python's own account of a crash; the parent makes a report of it.
    """
    terms = terms or Terms()
    if mouth is not None:
        faulthandler.enable(_descriptor(mouth))
    _settle_in(is_idle=terms.is_idle)
    if is_silent:
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123  # by its number
            os.dup2(nowhere.fileno(), _STDERR)
    allow_pixels(terms.most_pixels)
    if terms.memory is not None:
        _limit_memory(terms.memory)
    try:
        connection.send(READY)
        while isinstance(task := connection.recv(), ProcessTask):
            connection.send(_answered(task, terms))
    except (EOFError, ConnectionError):
        return  # the parent has closed its end, or is no more


def answer(
    task: ProcessTask, work: Callable[[ProcessTask], ProcessOutcome] = process
) -> ProcessOutcome | RoomNeeded:
    """Work on one picture and answer whatever happens.

    Args:
        task: What to do.
        work: How.
    """
    try:
        return work(task)
    except RoomNeededError as error:
        return RoomNeeded(task.ticket, error.count)
    except Exception as error:  # noqa: BLE001  # a child that raises is a child lost; the report names the fault
        fault = InternalError(f"{type(error).__name__} while working on {task.source}: {error}")
        return ProcessOutcome(task.ticket, 0, fault.report())


def _settle_in(*, is_idle: bool) -> None:
    # Ctrl-C reaches every process of the terminal; the engine decides what it means for us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        os.nice(_LOWEST if is_idle else _NICENESS)
    if is_idle and sys.platform == "linux":
        with suppress(OSError):  # a sandbox may forbid it
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))  # sched(7): less than nice(2) knows
    warnings.simplefilter("ignore")
    # At once, in the middle of anything: a part file may stay, which the engine sweeps.
    die_with_parent()
    Image.init()
    ImageCms.createProfile("sRGB")


def _descriptor(pipe: Connection) -> int:
    """By its number as Python's own functions know it."""
    if sys.platform == "win32":
        return msvcrt.open_osfhandle(pipe.fileno(), 0)
    return pipe.fileno()


def _answered(task: ProcessTask, terms: Terms) -> ProcessOutcome | RoomNeeded:
    """The answer; what codecs call damage when the limit for memory stopped them is called by its name."""
    if terms.memory is None:
        return answer(task)
    peak = _peak()
    outcome = answer(task)
    if isinstance(outcome, ProcessOutcome) and outcome.error is not None:
        is_much = is_short(task, terms) or _peak() > max(peak, terms.memory // _MUCH)
        if outcome.error.code in _TOLD_FOR_SHORTAGE and is_much:
            return outcome._replace(error=short_of_memory().report())
    return outcome


def _peak() -> int:
    """The most address space that there has been (proc(5), VmPeak), bytes; 0 where the system does not say."""
    if sys.platform != "linux":
        return 0
    found = _VM_PEAK.search(Path("/proc/self/status").read_bytes())
    return int(found[1]) * 1024 if found is not None else 0


def _limit_memory(count: int) -> None:
    """Let allocations fail beyond that many bytes, so that a bomb is an error and not the end of a process.

    Linux alone keeps such a limit (setrlimit(2), RLIMIT_AS).
    """
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + _ASIDE + count
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        with suppress(ValueError, OSError):  # there is a lower one already
            resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
