"""``python -m resources.packaging COMMAND``: makes the product, a command for each of its forms, in ``dist/``."""

import argparse
import sys
from collections.abc import Callable
from typing import Final, NamedTuple


class Command(NamedTuple):
    """One form of the product.

    Attributes:
        run: Makes it.
        help: What it makes.
    """

    run: Callable[[], None]
    help: str


def _version() -> None:
    from resources.packaging.layout import VERSION  # noqa: PLC0415 - each command loads what it needs

    print(VERSION)


def _deb() -> None:
    from resources.packaging.debian import deb  # noqa: PLC0415 - as above

    print(deb())


def _wheel() -> None:
    from resources.packaging.freeze import wheel  # noqa: PLC0415 - as above

    print(wheel())


def _app() -> None:
    from resources.packaging.freeze import app  # noqa: PLC0415 - as above

    print(app())


def _sbom() -> None:
    from resources.packaging.sbom import write  # noqa: PLC0415 - as above

    print(write())


COMMANDS: Final = {
    "wheel": Command(_wheel, "build the wheel"),
    "app": Command(_app, "freeze both programs into one folder"),
    "sbom": Command(_sbom, "list what the frozen folder is made of (CycloneDX)"),
    "deb": Command(_deb, "make the Debian package of the frozen folder (needs dpkg-deb)"),
    "version": Command(_version, "print the version"),
}


def main() -> int:
    """Run the commands that are named, in their order."""
    parser = argparse.ArgumentParser(prog="python -m resources.packaging", description=__doc__)
    parser.add_argument(
        "commands",
        nargs="+",
        choices=COMMANDS,
        metavar="COMMAND",
        help="; ".join(f"{name}: {command.help}" for name, command in COMMANDS.items()),
    )
    for name in parser.parse_args().commands:
        COMMANDS[name].run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
