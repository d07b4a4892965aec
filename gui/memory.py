"""Keeps Python's garbage collector from holding up the window."""

import gc
from typing import Final

# Few at a time: 20,000 young objects took up to 27 ms.
_YOUNG: Final = 2_000
# The older ones hardly ever: a look at every snapshot of 100,000 jobs takes tens of milliseconds and finds nothing,
# as snapshots hold no cycles.
_MIDDLE: Final = 100_000
_OLD: Final = 1_000_000


def tune_collector() -> None:
    """To be called when everything that lives as long as the program has been made."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
