"""What the command lines of both programs have in common."""

import argparse
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final, NoReturn

UNUSABLE: Final = 2  # the exit status where the arguments make no sense


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """See argparse."""
        self.exit(UNUSABLE, f"{self.prog}: {message} (see {self.prog} --help)\n")


def add_version(parser: argparse.ArgumentParser) -> None:
    """Have the parser know it."""
    parser.add_argument(
        "--version", action=_ShowVersions, nargs=0, help="show the version, and those of what is used"
    )


class _ShowVersions(argparse.Action):
    """The version in the first line, what it stands on in the others; argparse's own would run them together."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        """See argparse."""
        from core.about import NAME_AND_VERSION, versions  # noqa: PLC0415  # a normal start needs none of it

        del namespace, values, option_string
        # Whoever reads has seen enough; a window's program has no standard output on Windows.
        with suppress(OSError, AttributeError):
            sys.stdout.write("\n".join((NAME_AND_VERSION, *versions())) + "\n")
            sys.stdout.flush()
        parser.exit()
