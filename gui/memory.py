"""Keeps Python's garbage collector from holding up the window, and from working in other threads.

The collector runs in whichever thread allocates, which is often the one that reads from the engine; a QObject that it
found there would be destroyed in the wrong thread.
"""

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

_EVERY_MS: Final = 1000
# Never the oldest: that is every snapshot of 100,000 jobs (tens of milliseconds), and they hold no cycles.
_GENERATION: Final = 1


def tune_collector(parent: QObject) -> None:
    """To be called when everything that lives as long as the program has been made.

    Args:
        parent: As long as it lives, the UI thread collects once a second.
    """
    gc.collect()
    gc.freeze()
    gc.disable()
    timer = QTimer(parent)
    timer.timeout.connect(lambda: gc.collect(_GENERATION))
    timer.start(_EVERY_MS)
