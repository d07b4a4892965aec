"""No orphans: a process that was started for another ends when that one is gone, however it went."""

import multiprocessing
import os
import threading
from multiprocessing.connection import wait


def die_with_parent(grace: float = 0.0) -> None:
    """From now on, end this process when the one that started it has ended.

    Args:
        grace: Seconds given to end in order before.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    sentinel = parent.sentinel

    def watch() -> None:
        wait([sentinel])
        threading.Event().wait(grace)
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
