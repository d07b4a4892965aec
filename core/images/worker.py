"""What a child of the process pool imports and runs. No Qt, no requests: it starts in a tenth of a second."""

import os
import signal
import sys
import warnings
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Final

from PIL import Image, ImageCms

from core.errors import InternalError
from core.images.process import process
from core.images.task import ProcessOutcome, ProcessTask
from core.parent_watch import die_with_parent

READY: Final = "ready"
"""Sent once, when a child can begin at once."""

_NICENESS: Final = 10


def serve(connection: Connection) -> None:
    """Work on pictures until the parent says None, closes the connection or dies.

    Sends :data:`READY`, then a ProcessOutcome for every ProcessTask received, in order.

    Args:
        connection: The child's end of a two-way pipe.
    """
    _settle_in()
    try:
        connection.send(READY)
        while isinstance(task := connection.recv(), ProcessTask):
            connection.send(answer(task))
    except (EOFError, ConnectionError):
        return  # the parent has closed its end, or is no more


def answer(task: ProcessTask, work: Callable[[ProcessTask], ProcessOutcome] = process) -> ProcessOutcome:
    """Work on one picture and answer whatever happens.

    Args:
        task: What to do.
        work: How.
    """
    try:
        return work(task)
    except Exception as error:  # noqa: BLE001  # a child that raises is a child lost; the report names the fault
        fault = InternalError(f"{type(error).__name__} while working on {task.source}: {error}")
        return ProcessOutcome(task.ticket, 0, fault.report())


def _settle_in() -> None:
    # Ctrl-C reaches every process of the terminal; the engine decides what it means for us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        os.nice(_NICENESS)
    warnings.simplefilter("ignore")
    # At once, in the middle of anything: a part file may stay, which the engine sweeps.
    die_with_parent()
    Image.init()
    ImageCms.createProfile("sRGB")
