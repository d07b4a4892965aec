"""``python -m resources.packaging COMMAND``: makes the product, a command for each of its forms, in ``dist/``."""

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import Final, NamedTuple


class Command(NamedTuple):
    """One form of the product.

    Attributes:
        function: What makes it, in this package; its answer is printed. Each command loads only what it needs.
        help: What it makes.
        needs: Commands that are run before, where they are not already.
    """

    function: str
    help: str
    needs: tuple[str, ...] = ()

    def run(self) -> object:
        """Make it; the function's answer."""
        module, _, name = self.function.partition(".")
        return getattr(importlib.import_module(f"resources.packaging.{module}"), name)()


COMMANDS: Final = {
    "wheel": Command("freeze.wheel", "build the wheel"),
    "app": Command("freeze.app", "freeze both programs into one folder"),
    "tar": Command("archive.tar", "pack that folder, to run from where it is unpacked", needs=("app",)),
    "sbom": Command("sbom.write", "list what it is made of (CycloneDX)", needs=("app",)),
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
    for name in in_order(parser.parse_args().commands):
        print(COMMANDS[name].run())
    return 0


def in_order(names: Sequence[str]) -> list[str]:
    """Each command once, after those that it needs."""
    order: dict[str, None] = {}
    for name in names:
        order |= dict.fromkeys([*in_order(COMMANDS[name].needs), name])
    return list(order)


if __name__ == "__main__":
    sys.exit(main())
