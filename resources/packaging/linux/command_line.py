"""What ``fetchmill-cli`` takes, as values, told by its parser."""

import argparse
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Final, NamedTuple

from core.cli import make_parser


class Kind(Enum):
    """What is offered for a value."""

    NOTHING = "nothing"
    FILES = "files"
    FOLDERS = "folders"
    RECIPES = "recipes"
    RECIPES_AND_FILES = "recipes and files"
    EXISTING = "what to do with existing files"
    AUTO = "auto"
    PROXIES = "proxies"


_BY_METAVAR: Final = {
    "DIR": Kind.FOLDERS,
    "FILE": Kind.FILES,
    "NAME": Kind.RECIPES,
    "NAME|FILE": Kind.RECIPES_AND_FILES,
    "PAGE": Kind.FILES,
    "SOURCE": Kind.FILES,
    "WHAT": Kind.EXISTING,
}


class Option(NamedTuple):
    """An option of a command.

    Attributes:
        names: All its spellings.
        help: One line.
        kind: What its value is; None for a switch.
        metavar: What stands for the value; empty for a switch.
        repeats: Whether it may be given again.
    """

    names: tuple[str, ...]
    help: str
    kind: Kind | None
    metavar: str
    repeats: bool


class Command(NamedTuple):
    """A command, or the program before one is named.

    Attributes:
        name: As it is typed; empty for the program itself.
        help: One line.
        options: All that it takes.
        operand: What its operands are; None if it takes none.
        takes_many: Whether it takes more than one of them.
    """

    name: str
    help: str
    options: tuple[Option, ...]
    operand: Kind | None = None
    takes_many: bool = False


def commands() -> tuple[Command, ...]:
    """The program before a command is named, and then each command."""
    return tuple(_commands(make_parser()))


def _commands(parser: argparse.ArgumentParser) -> Iterator[Command]:
    yield Command("", parser.description or "", tuple(_options(parser)))
    for action in _actions(parser):
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - argparse has no public name for it
            helps = {one.dest: one.help or "" for one in action._get_subactions()}  # noqa: SLF001 - nor for these
            for name, command in action.choices.items():
                yield _command(name, helps[name], command)


def _command(name: str, said: str, parser: argparse.ArgumentParser) -> Command:
    operands = [action for action in _actions(parser) if not action.option_strings]
    first = operands[0] if operands else None
    kind = None if first is None else _kind(first)
    return Command(name, said, tuple(_options(parser)), kind, first is not None and first.nargs == "+")


def _options(parser: argparse.ArgumentParser) -> Iterator[Option]:
    for action in _actions(parser):
        if action.option_strings:
            takes_value = action.nargs != 0
            yield Option(
                tuple(action.option_strings),
                (action.help or "").replace("%%", "%"),
                _kind(action) if takes_value else None,
                str(action.metavar) if takes_value else "",
                isinstance(action, argparse._AppendAction),  # noqa: SLF001 - as above
            )


def _actions(parser: argparse.ArgumentParser) -> Sequence[argparse.Action]:
    return parser._actions  # noqa: SLF001 - argparse tells what it takes in no other way


def _kind(action: argparse.Action) -> Kind:
    if "auto or a number" in (action.help or ""):
        return Kind.AUTO
    if action.dest == "proxy":
        return Kind.PROXIES
    return _BY_METAVAR.get(str(action.metavar), Kind.NOTHING)
