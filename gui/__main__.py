"""``fetchmill [SOURCE...]``: opens the window.

Nothing of Qt at module level: children of multiprocessing import this module again.
"""

import argparse
import gc
import multiprocessing
import os
import sys
from collections.abc import Sequence

from core.arguments import OneLineParser, add_version

_INTERRUPTED = 130


def arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line; ends the program with status 2 where it makes no sense."""
    parser = OneLineParser(
        prog="fetchmill", description="Drop lists of URLs or folders, press Start, get finished pictures."
    )
    add_version(parser)
    parser.add_argument(
        "sources",
        metavar="SOURCE",
        nargs="*",
        help="a URL, a picture, a folder, a list file, or - for standard input; added, not started",
    )
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window and return the exit status."""
    multiprocessing.freeze_support()
    chosen = arguments(argv)
    gc.disable()  # what is loaded and made from here on stays; gui.memory collects once all of it is there

    from gui.system_check import complaint  # noqa: PLC0415 - children that import this module need none of it

    problem = complaint(os.environ)
    if problem is not None:
        _say(problem)
        return 1

    return _open(tuple(chosen.sources))


def _say(problem: str) -> None:
    """On standard error, where there is one: on Windows, a window's program has none."""
    if sys.stderr is not None:
        sys.stderr.write(f"{problem}\n")


def _open(sources: tuple[str, ...]) -> int:
    """Be the one window, or hand the sources to the one that is open."""
    from gui.handover import HandoverError  # noqa: PLC0415 - as above
    from gui.instance import claim  # noqa: PLC0415 - Qt only now, when it is known to load

    try:
        instance = claim(sources)
    except HandoverError as error:
        _say(f"fetchmill: {error}")
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED
    if instance is None:
        return 0
    from gui.app import run  # noqa: PLC0415 - a start that only hands over need not wait for the widgets

    with instance:
        return run(instance)


if __name__ == "__main__":
    sys.exit(main())
