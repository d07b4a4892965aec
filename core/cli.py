"""``fetchmill-cli``: the engine without a window.

Nothing of Qt, requests or Pillow is imported here at module level: every child of the process pool imports this
module again.
"""

import argparse
import io
import os
import re
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, NoReturn

from core import __version__
from core.errors import FetchmillError
from core.settings import Existing, ProxyKind, Settings, is_proxy

DONE: Final = 0
SOME_FAILED: Final = 1
UNUSABLE: Final = 2
INTERRUPTED: Final = 130
SIGNALS: Final = ("SIGINT", "SIGTERM", "SIGHUP")

_PROXY_WORDS: Final = {"system": ProxyKind.SYSTEM, "none": ProxyKind.NONE}
_UNITS: Final = {"": 1, "K": 1000, "M": 1000**2, "G": 1000**3}
_SOURCE_HELP: Final = (
    "URL, image file, folder, list file (.txt .csv .tsv .md .html .json .jsonl .url .webloc .metalink, plain or "
    "gzipped), or - for standard input"
)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(UNUSABLE, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    _leave_at_once_on_signals()
    _fill_missing_streams()
    parser = _parser()
    options = parser.parse_args(argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a name that the terminal cannot show costs no other line
    if options.command == "scan":
        parser.exit(UNUSABLE, "fetchmill-cli: scan is not there yet; run and plan take lists of links.\n")
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
    if options.command == "recipes":
        from core.cli_recipes import show_recipes  # noqa: PLC0415  # children import this module: keep it light

        return show_recipes(options.name)
    if options.command == "plan":
        from core.cli_plan import show_plan  # noqa: PLC0415  # as above

        return show_plan(options)
    from core.cli_run import run  # noqa: PLC0415  # as above

    return run(options)


def settings_from(options: argparse.Namespace) -> Settings:
    """The engine's settings that the options mean."""
    return Settings(
        connections=options.connections,
        per_host=options.per_host,
        workers=options.workers,
        limit_rate=options.limit_rate,
        keep_free=options.keep_free,
        retries=options.retries,
        timeout=options.timeout,
        existing=Existing(options.overwrite),
        keep_originals=not options.no_originals,
        proxy_kind=_PROXY_WORDS.get(options.proxy, ProxyKind.MANUAL),
        proxy="" if options.proxy in _PROXY_WORDS else options.proxy,
        name_template=options.name_template,
    )


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="fetchmill-cli",
        description="Download lists of URLs, or take folders, and make finished pictures of them.",
        epilog="Exit status: 0 all done, 1 some failed, 2 unusable arguments, 130 interrupted.",
    )
    parser.add_argument("--version", action="version", version=f"fetchmill {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)
    _add_work(commands.add_parser("run", help="download and process", description="Download and process."))
    _add_work(
        commands.add_parser(
            "plan", help="what run would do", description="Say what run would do; touches nothing."
        )
    )
    scan = commands.add_parser("scan", help="image links found in pages (not there yet)")
    scan.add_argument("page", nargs="+", metavar="PAGE")
    scan.add_argument("--json", action="store_true", help="one JSON object a line")
    recipes = commands.add_parser("recipes", help="the recipes by name; one, printed as its file")
    recipes.add_argument("name", nargs="?", metavar="NAME")
    return parser


def _add_work(command: argparse.ArgumentParser) -> None:
    command.add_argument("source", nargs="+", metavar="SOURCE", help=_SOURCE_HELP)
    command.add_argument("--to", required=True, metavar="DIR", help="folder for the finished files")
    command.add_argument(
        "--recipe", default="as-downloaded", metavar="NAME|FILE", help="what to make (default: as-downloaded)"
    )
    command.add_argument("--json", action="store_true", help="one JSON object a line as each job ends")
    command.add_argument("--quiet", action="store_true", help="no progress")
    for name, meaning in (
        ("connections", "downloads at once"),
        ("per-host", "downloads at once from one host"),
        ("workers", "pictures at once"),
    ):
        command.add_argument(
            f"--{name}",
            type=_number(name.replace("-", "_"), int, or_auto=True),
            metavar="N",
            help=f"{meaning}: auto or a number",
        )
    command.add_argument("--limit-rate", type=_rate, metavar="RATE", help="bytes a second, with K, M or G")
    command.add_argument(
        "--keep-free",
        type=_size,
        metavar="SIZE",
        help="bytes to leave free on the disk, with K, M or G (default: 1 %% of it, 200M at most)",
    )
    command.add_argument("--retries", type=_number("retries", int), default=5, metavar="N", help="default 5")
    command.add_argument(
        "--timeout",
        type=_number("timeout", float),
        default=30.0,
        metavar="S",
        help="seconds in which less than 1 KiB counts as stalled (default 30)",
    )
    command.add_argument(
        "--proxy",
        type=_proxy,
        default="system",
        metavar="URL",
        help="http://host:port or socks5h://host:port, none, or system (default: as the system is set up)",
    )
    _add_files(command)
    _add_asked(command)


def _add_files(command: argparse.ArgumentParser) -> None:
    """What the files are called, and which are kept."""
    command.add_argument(
        "--overwrite",
        choices=[existing.value for existing in Existing],
        default=Existing.RENAME.value,
        help="what to do when a file of that name was there before; ask fails the job (default: rename)",
    )
    command.add_argument(
        "--name",
        type=_template,
        default="",
        dest="name_template",
        metavar="TEMPLATE",
        help="what files are called, made of {name} {ext} {host} {date} {index} {batch} {column:title}, for finished pictures also {recipe} {output} {width} {height} {exif:Model}; / makes folders",
    )
    command.add_argument(
        "--no-originals", action="store_true", help="keep no downloads beside finished pictures"
    )
    command.add_argument(
        "--refresh",
        action="store_true",
        help="ask the servers whether what is done already has changed there",
    )


def _add_asked(command: argparse.ArgumentParser) -> None:
    """What all links are asked with."""
    command.add_argument(
        "--header",
        action="append",
        default=[],
        metavar="LINE",
        help="send this header with every link: 'Name: value'; may be given again",
    )
    command.add_argument("--referer", default="", metavar="URL", help="the page that links to the files")
    command.add_argument("--user-agent", default="", metavar="TEXT", help="the program to call itself")
    command.add_argument("--cookies", default="", metavar="FILE", help="a Netscape cookie file (cookies.txt)")


def _number(
    name: str, kind: type[int] | type[float], *, or_auto: bool = False
) -> Callable[[str], float | None]:
    """A reader of numbers in the range of the setting of that name."""
    trait = Settings.trait(name)

    def read(text: str) -> float | None:
        if or_auto and text == "auto":
            return None
        try:
            number = kind(text)
        except ValueError:
            number = kind(-1)
        if trait.least is None or trait.most is None or not trait.least <= number <= trait.most:
            wanted = f"{'auto or ' if or_auto else ''}a number from {trait.least:g} to {trait.most:g}"
            raise argparse.ArgumentTypeError(f"{text!r} is not {wanted}")
        return number

    return read


def _proxy(text: str) -> str:
    """A proxy's URL or one of our words; it is not repeated when it is neither, as it may hold a password."""
    if text not in _PROXY_WORDS and not is_proxy(text):
        raise argparse.ArgumentTypeError(
            "this is no proxy such as http://host:port or socks5h://host:port, nor none or system"
        )
    return text


def _template(text: str) -> str:
    """A template for names that can be used; empty for none."""
    from core.downloads.template import Template, TemplateError  # noqa: PLC0415  # children import this module

    try:
        return Template.parse(text).text if text else text
    except TemplateError as error:
        raise argparse.ArgumentTypeError(f"{error.message} {error.hint}") from error


def _rate(text: str) -> int:
    """Bytes a second: ``500K``, ``2.5M``."""
    if (rate := _amount(text)) is None or rate < 1024:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a rate such as 500K or 2M, of 1024 bytes a second at least"
        )
    return rate


def _size(text: str) -> int:
    """Bytes: ``0``, ``500M``, ``2G``."""
    if (size := _amount(text)) is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size such as 0, 500M or 2G")
    return size


def _amount(text: str) -> int | None:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMG]?)(?:i?B)?(?:/s)?", text, re.IGNORECASE)
    return int(float(match[1]) * _UNITS[match[2].upper()]) if match is not None else None


def program() -> NoReturn:
    """What the command runs: when all is done, nothing is gained by taking the interpreter apart."""
    status = main()
    with suppress(OSError):  # whoever read our output has seen enough
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    program()
