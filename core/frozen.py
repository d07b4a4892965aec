"""What a frozen program (PyInstaller) has to do before anything else; from source, nothing of it applies."""

import multiprocessing
import sys
from collections.abc import MutableMapping
from typing import Final

_FOR_OURSELVES: Final = (
    "QT_PLUGIN_PATH",
    "QML2_IMPORT_PATH",
)  # Qt finds its plugins without, by its own place
_SEARCH_PATH: Final = "LD_LIBRARY_PATH"


def is_frozen() -> bool:
    """Whether this is the packaged program, Python and libraries included."""
    return bool(getattr(sys, "frozen", False))


def begin(environment: MutableMapping[str, str]) -> None:
    """Become a child of multiprocessing where this was started as one; else give back the environment.

    A picture is opened by another program, which inherits ours: with the loader's variables it would load our libraries
    instead of its own (PyInstaller's manual, "Launching external programs from the frozen application").

    Args:
        environment: As ``os.environ``; changed.
    """
    multiprocessing.freeze_support()
    if not is_frozen():
        return
    for name in [name for name in environment if name.startswith("_PYI_") or name in _FOR_OURSELVES]:
        del environment[name]
    before = environment.pop(f"{_SEARCH_PATH}_ORIG", None)
    if before is not None:
        environment[_SEARCH_PATH] = before
    else:
        environment.pop(_SEARCH_PATH, None)
