"""How an engine's process deals with memory: Python's collector, and the C library, of which only glibc is told anything."""

import gc
import sys
from typing import Final

_MMAP_THRESHOLD: Final = -3  # M_MMAP_THRESHOLD of malloc.h
_COLLECT_AFTER: Final = (5_000, 20, 1_000)  # a long list is a million objects that all stay
_LARGE: Final = 128 * 1024  # bytes; where glibc begins


def give_back_large_blocks() -> None:
    """Have whatever is large go back to the system once it is free.

    Left alone, glibc takes the largest block that was freed for the measure of what is large, up to 32 MiB
    (mallopt(3), M_MMAP_THRESHOLD). The tables of a long list double as they grow, and would leave their earlier places
    as holes among what stays: 150 bytes for each of 100,000 jobs.
    """
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415  # children of the process pool import this module, and need it not

        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none, and no such measure
        if mallopt is not None:
            mallopt(_MMAP_THRESHOLD, _LARGE)


def collect_seldom() -> None:
    """Look for garbage less often, and never again among what is there already: modules, which stay.

    Of use before most modules are loaded, and again once they are: looking among them takes a tenth of that time.
    """
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)
