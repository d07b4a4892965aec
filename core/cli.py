"""``fetchmill-cli``: the engine without a window.

Nothing of Qt, requests or Pillow is imported here at module level: every child of the process pool imports this
module again.
"""

import argparse
import io
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, NoReturn

from core.allocation import collect_seldom
from core.arguments import UNUSABLE, OneLineParser, add_version
from core.cli_settings import add_settings
from core.errors import FetchmillError

DONE: Final = 0
SOME_FAILED: Final = 1
INTERRUPTED: Final = 130
SIGNALS: Final = ("SIGINT", "SIGTERM", "SIGHUP")

_SOURCE_HELP: Final = (
    "URL, image file, folder, list file (.txt .csv .tsv .md .html .json .jsonl .url .webloc .metalink, plain or "
    "gzipped), or - for standard input"
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    _leave_at_once_on_signals()
    _fill_missing_streams()
    parser = make_parser()
    options = parser.parse_args(argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a name that the terminal cannot show costs no other line
    if options.command == "scan":
        parser.exit(UNUSABLE, "fetchmill-cli: scan is not there yet; run and plan take lists of URLs.\n")
    try:
        return _run(options)
    except FetchmillError as error:
        parser.exit(UNUSABLE, f"fetchmill-cli: {error.message}\n")
    except ImportError as error:
        parser.exit(UNUSABLE, f"fetchmill-cli: something that Fetchmill needs cannot be loaded: {error}\n")
    except OSError as error:  # standard output cannot be written
        close_stdout()
        if not isinstance(error, BrokenPipeError):
            sys.stderr.write(f"fetchmill-cli: {error.strerror}\n")
        return SOME_FAILED


def _leave_at_once_on_signals() -> None:
    """Until there is something to end in order; a signal that is ignored from outside (nohup) stays ignored."""
    for name in SIGNALS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: os._exit(INTERRUPTED))


def _fill_missing_streams() -> None:
    """Whoever started us may have closed what Python expects to be there."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115, PTH123 - open as long as the program runs


def close_stdout() -> None:
    """Whoever read our output has seen enough: write no more, and let nothing fail because of that."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(options: argparse.Namespace) -> int:
    collect_seldom()  # what is loaded from here on stays
    if options.command == "recipes":
        from core.cli_recipes import show_recipes  # noqa: PLC0415  # children import this module: keep it light

        return show_recipes(options.name, is_reference=options.reference)
    if options.command == "plan":
        from core.cli_plan import show_plan  # noqa: PLC0415  # as above

        return show_plan(options)
    from core.cli_run import run  # noqa: PLC0415  # as above

    return run(options)


def make_parser() -> argparse.ArgumentParser:
    """What the command line takes; the packages make completion and check manual pages by it."""
    parser = OneLineParser(
        prog="fetchmill-cli",
        description="Download lists of URLs, or take folders, and make finished pictures of them.",
        epilog="Exit status: 0 all done, 1 some failed, 2 unusable arguments, 130 interrupted.",
    )
    add_version(parser)
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="COMMAND", parser_class=OneLineParser
    )
    _add_work(commands.add_parser("run", help="download and process", description="Download and process."))
    _add_work(
        commands.add_parser(
            "plan", help="what run would do", description="Say what run would do; touches nothing."
        )
    )
    scan = commands.add_parser("scan", help="image URLs found in pages (not there yet)")
    scan.add_argument("page", nargs="+", metavar="PAGE")
    scan.add_argument("--json", action="store_true", help="one JSON object a line")
    recipes = commands.add_parser("recipes", help="the recipes by name; one, printed as its file")
    recipes.add_argument("name", nargs="?", metavar="NAME")
    recipes.add_argument("--reference", action="store_true", help="all that may stand in a recipe's file")
    return parser


def _add_work(command: argparse.ArgumentParser) -> None:
    command.add_argument("source", nargs="+", metavar="SOURCE", help=_SOURCE_HELP)
    command.add_argument("--to", required=True, metavar="DIR", help="folder for the finished files")
    command.add_argument(
        "--recipe", default="as-downloaded", metavar="NAME|FILE", help="what to make (default: as-downloaded)"
    )
    command.add_argument("--json", action="store_true", help="one JSON object a line as each job ends")
    command.add_argument("--quiet", action="store_true", help="no progress")
    command.add_argument(
        "--refresh",
        action="store_true",
        help="ask the servers whether what is done already has changed there",
    )
    add_settings(command)
    _add_asked(command)


def _add_asked(command: argparse.ArgumentParser) -> None:
    """What all links are asked with."""
    group = command.add_argument_group("asking")
    group.add_argument(
        "--header",
        action="append",
        default=[],
        metavar="LINE",
        help="send this header with every URL: 'Name: value'; may be given again",
    )
    group.add_argument("--referer", default="", metavar="URL", help="the page that links to the files")
    group.add_argument("--user-agent", default="", metavar="TEXT", help="the program to call itself")
    group.add_argument("--cookies", default="", metavar="FILE", help="a Netscape cookie file (cookies.txt)")


def program() -> NoReturn:
    """What the command runs: when all is done, nothing is gained by taking the interpreter apart."""
    status = main()
    with suppress(OSError):  # whoever read our output has seen enough
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    program()
