"""What a frozen program (PyInstaller) has to do before anything else; from source, nothing of it applies."""

import sys
from collections.abc import MutableMapping
from typing import Final

_FOR_OURSELVES: Final = ("QT_PLUGIN_PATH", "QML2_IMPORT_PATH")  # Qt finds its plugins by its own place
_LOCALES: Final = ("LC_ALL", "LC_CTYPE", "LANG")
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
    import multiprocessing  # noqa: PLC0415  # whoever asks only whether this is frozen needs none of it

    multiprocessing.freeze_support()
    if not is_frozen():
        return
    _coerce_locale(environment)
    for name in [name for name in environment if name.startswith("_PYI_") or name in _FOR_OURSELVES]:
        del environment[name]
    before = environment.pop(f"{_SEARCH_PATH}_ORIG", None)
    if before is not None:
        environment[_SEARCH_PATH] = before
    else:
        environment.pop(_SEARCH_PATH, None)


def _coerce_locale(environment: MutableMapping[str, str]) -> None:
    """Speak UTF-8 where no language is set, as Python itself does (PEP 538), but not when it is frozen."""
    chosen = next((value for name in _LOCALES if (value := environment.get(name))), "C")
    if sys.platform == "linux" and chosen in ("C", "POSIX") and not environment.get("LC_ALL"):
        environment["LC_CTYPE"] = "C.UTF-8"
