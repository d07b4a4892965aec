"""The options of ``fetchmill-cli`` that are settings: one table of them, read and checked as the settings declare.

Nothing of Qt, requests or Pillow is imported here: every child of the process pool imports this module again.
"""

import argparse
import re
from collections.abc import Callable
from typing import Final, NamedTuple

from core.media_types import type_pattern
from core.settings import Existing, ProxyKind, Settings, is_proxy
from core.speed_schedule import NO_LIMIT, SpeedPeriod

_PROXY_WORDS: Final = {"system": ProxyKind.SYSTEM, "none": ProxyKind.NONE}
_UNITS: Final = {"": 1, "K": 1000, "M": 1000**2, "G": 1000**3}
_AMOUNT: Final = re.compile(r"([0-9]{1,18}(?:\.[0-9]{1,9})?)\s*([KMG]?)(?:i?B)?(?:/s)?", re.IGNORECASE)
_RATES: Final = "a rate such as 500K or 2M"
_SIZES: Final = "a size such as 500M or 2G"


def settings_from(options: argparse.Namespace) -> Settings:
    """The engine's settings that the options mean."""
    meant = {option.setting: getattr(options, option.setting) for option in _all_options()}
    proxy = meant.pop("proxy")
    kind = _PROXY_WORDS.get(proxy, ProxyKind.MANUAL)
    return Settings(**meant, proxy_kind=kind, proxy=proxy if kind is ProxyKind.MANUAL else "")


def add_settings(command: argparse.ArgumentParser) -> None:
    """Give a command the options, each under its heading."""
    for heading, options in _GROUPS.items():
        group = command.add_argument_group(heading)
        for option in options:
            default = getattr(Settings, option.setting)
            if option.read is None:
                group.add_argument(
                    *option.flag.split(),
                    action="store_const",
                    const=not default,
                    default=default,
                    dest=option.setting,
                    help=option.help,
                )
            else:
                group.add_argument(
                    *option.flag.split(),
                    type=option.read,
                    default="system" if option.setting == "proxy" else default,
                    dest=option.setting,
                    metavar=option.metavar,
                    help=option.help,
                )


def _number(
    name: str, kind: type[int] | type[float] = int, *, or_auto: bool = False
) -> Callable[[str], float | None]:
    """A reader of numbers in the range of the setting of that name; ``auto`` is its default."""
    trait = Settings.trait(name)

    def read(text: str) -> float | None:
        if or_auto and text == "auto":
            default: int | None = getattr(Settings, name)
            return default
        try:
            number = kind(text)
        except ValueError:
            number = kind(-1)
        if trait.least is None or trait.most is None or not trait.least <= number <= trait.most:
            wanted = f"{'auto or ' if or_auto else ''}a number from {trait.least:g} to {trait.most:g}"
            raise argparse.ArgumentTypeError(f"{text!r} is not {wanted}")
        return number

    return read


def _existing(text: str) -> Existing:
    try:
        return Existing(text)
    except ValueError:
        words = ", ".join(existing.value for existing in Existing)
        raise argparse.ArgumentTypeError(f"{text!r} is none of {words}") from None


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


def _types(text: str) -> tuple[str, ...]:
    """Media types with commas between them: ``image``, ``image/*,video/mp4``."""
    found = []
    for one in _listed(text):
        try:
            found.append(type_pattern(one))
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None
    return tuple(found)


def _schedule(text: str) -> tuple[SpeedPeriod, ...]:
    """Periods with commas between them: ``weekdays 08:00-18:00 500K``."""
    found = []
    for one in _listed(text):
        hours, _, limit = one.rpartition(" ")
        try:
            found.append(SpeedPeriod.parse(f"{hours} {limit if limit == NO_LIMIT else _amount(limit)}"))
        except ValueError:
            raise argparse.ArgumentTypeError(
                f"{one!r} is no period such as 'weekdays 08:00-18:00 500K' or 'saturday 22:00-06:00 {NO_LIMIT}'"
            ) from None
    return tuple(found)


def _listed(text: str) -> list[str]:
    return [" ".join(one.split()) for one in text.split(",") if one.strip()]


def _bytes(name: str, examples: str) -> Callable[[str], int]:
    """A reader of bytes, ``500K``, ``2.5M``, in the range of the setting of that name."""
    trait = Settings.trait(name)
    least, most = int(trait.least or 0), int(trait.most or 0)

    def read(text: str) -> int:
        if (amount := _amount(text)) is None or not least <= amount <= most:
            wanted = f"{examples}, of {least} to {most // _UNITS['G']}G bytes"
            raise argparse.ArgumentTypeError(f"{text!r} is not {wanted}")
        return amount

    return read


def _amount(text: str) -> int | None:
    """A number with K, M or G as bytes; None for what is none."""
    match = _AMOUNT.fullmatch(text)
    return int(float(match[1]) * _UNITS[match[2].upper()]) if match is not None else None


class _Option(NamedTuple):
    """An option that is a setting.

    Attributes:
        flag: As it is typed; other spellings behind it.
        setting: By its name.
        help: What it says of itself.
        read: Makes the setting's value of a text; None for a switch, which turns the default over.
        metavar: What stands for the text.
    """

    flag: str
    setting: str
    help: str
    read: Callable[[str], object] | None = None
    metavar: str = ""


_GROUPS: Final = {
    "limits": (
        _Option(
            "--connections",
            "connections",
            "downloads at once: auto or a number",
            _number("connections", or_auto=True),
            "N",
        ),
        _Option(
            "--per-host",
            "per_host",
            "downloads at once from one host: auto or a number",
            _number("per_host", or_auto=True),
            "N",
        ),
        _Option(
            "--segments",
            "segments",
            "connections for one large file: auto or a number (default: auto, 8 at most)",
            _number("segments", or_auto=True),
            "N",
        ),
        _Option(
            "--workers",
            "workers",
            "pictures at once: auto or a number",
            _number("workers", or_auto=True),
            "N",
        ),
        _Option(
            "--picture-time",
            "picture_seconds",
            "seconds that work on one picture may take (default 120)",
            _number("picture_seconds", float),
            "S",
        ),
        _Option(
            "--picture-memory",
            "picture_memory",
            "bytes of memory for all pictures at once, with K, M or G (default: half of the computer's)",
            _bytes("picture_memory", _SIZES),
            "SIZE",
        ),
        _Option(
            "--max-megapixels",
            "most_megapixels",
            "no work on pictures of more than that (default 250)",
            _number("most_megapixels"),
            "N",
        ),
        _Option(
            "--limit-rate",
            "limit_rate",
            "bytes a second, with K, M or G",
            _bytes("limit_rate", _RATES),
            "RATE",
        ),
        _Option(
            "--speed-schedule",
            "speed_schedule",
            "other limits at certain hours, such as 'weekdays 08:00-18:00 500K, every-day 22:00-06:00 no-limit'",
            _schedule,
            "LIST",
        ),
        _Option(
            "--keep-free",
            "keep_free",
            "bytes to leave free on the disk, with K, M or G (default: 1 %% of it, 200M at most)",
            _bytes("keep_free", _SIZES),
            "SIZE",
        ),
        _Option("--retries", "retries", "further tries (default 5)", _number("retries"), "N"),
        _Option(
            "--timeout",
            "timeout",
            "seconds in which less than 1 KiB counts as stalled (default 30)",
            _number("timeout", float),
            "S",
        ),
    ),
    "what is wanted": (
        _Option(
            "--min-width", "min_width", "skip pictures narrower than N pixels", _number("min_width"), "N"
        ),
        _Option(
            "--min-height", "min_height", "skip pictures lower than N pixels", _number("min_height"), "N"
        ),
        _Option(
            "--min-megapixels",
            "min_megapixels",
            "skip pictures of fewer than N megapixels",
            _number("min_megapixels", float),
            "N",
        ),
        _Option(
            "--min-aspect",
            "min_aspect",
            "skip pictures whose width is less than N times their height",
            _number("min_aspect", float),
            "N",
        ),
        _Option(
            "--max-aspect",
            "max_aspect",
            "skip pictures whose width is more than N times their height",
            _number("max_aspect", float),
            "N",
        ),
        _Option(
            "--min-bytes",
            "min_bytes",
            "skip files of fewer bytes, with K, M or G",
            _bytes("min_bytes", _SIZES),
            "SIZE",
        ),
        _Option(
            "--max-bytes --max-filesize",
            "largest_file",
            "skip files of more bytes, with K, M or G",
            _bytes("largest_file", _SIZES),
            "SIZE",
        ),
        _Option(
            "--only-types",
            "only_types",
            "skip files of other types than these, such as image,video/mp4",
            _types,
            "LIST",
        ),
    ),
    "network": (
        _Option(
            "--proxy",
            "proxy",
            "http://host:port or socks5h://host:port, none, or system (default: as the system is set up)",
            _proxy,
            "URL",
        ),
        _Option(
            "--no-proxy",
            "proxy_exceptions",
            "hosts, domains or networks that are asked without the proxy, with commas between them",
            str,
            "LIST",
        ),
        _Option("--netrc", "uses_netrc", "use the logins in ~/.netrc, each for its own host"),
        _Option(
            "--allow-downgrade",
            "allows_downgrade",
            "follow redirects from https to plain http, which anybody on the way can read",
        ),
    ),
    "files": (
        _Option(
            "--overwrite",
            "existing",
            "when a file of that name was there before: ask (the job fails), skip, rename or replace "
            "(default: rename)",
            _existing,
            "WHAT",
        ),
        _Option(
            "--name",
            "name_template",
            "what files are called, made of {name} {ext} {host} {date} {index} {batch} {column:title}, of finished "
            "pictures also {recipe} {output} {width} {height} {exif:Model}; / makes folders",
            _template,
            "TEMPLATE",
        ),
        _Option("--no-originals", "keep_originals", "keep no downloads beside finished pictures"),
        _Option("--no-remote-time", "keeps_dates", "do not give files the dates that servers say they have"),
    ),
}


def _all_options() -> list[_Option]:
    return [option for options in _GROUPS.values() for option in options]
