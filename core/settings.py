"""Every setting, declared once: name, type, default, range, title. The file, the dialog and the tests read this.

A value outside its range, of the wrong type or under an unknown name never stops the program: the default stands
in for it, and ``Settings.from_mapping`` says so.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import Any, Final, NamedTuple

from core.media_types import type_pattern
from core.speed_schedule import SpeedPeriod

AUTO: Final = None


class Existing(Enum):
    """What happens when the finished file's name is taken by a file that was there before."""

    ASK = "ask"
    SKIP = "skip"
    RENAME = "rename"
    REPLACE = "replace"


class Restart(Enum):
    """What happens at the start to jobs that were running when the program last ended."""

    GO_ON = "go-on"
    ASK = "ask"
    STAY_PAUSED = "stay-paused"


class ProxyKind(Enum):
    """Through what downloads go."""

    SYSTEM = "system"
    NONE = "no-proxy"
    MANUAL = "manual"


class Theme(Enum):
    """How the window looks."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Trait(NamedTuple):
    """What is known of a setting beside its type and default.

    Attributes:
        title: For the dialog.
        hint: One sentence on what it is for.
        least: Smallest value, for numbers.
        most: Largest value, for numbers.
        unit: For numbers.
        auto: Whether None is allowed and means "chosen for you".
        auto_word: What the dialog calls that.
        at_first: What that turns into when the user wants a number, in the unit that the dialog shows.
        decimals: Digits behind the point, for numbers that need not be whole.
        shown: Whether the settings dialog shows it.
        wanted: What a text that is not empty must be, for whoever typed something else; empty for any text.
        has_login: Whether it may hold a password, which is not written to the disk.
        each: For lists: reads one of its values from the text that ``str`` gives; ValueError for what is none.
    """

    title: str
    hint: str = ""
    least: float | None = None
    most: float | None = None
    unit: str = ""
    auto: bool = False
    auto_word: str = "Automatic"
    at_first: float = 4
    decimals: int = 0
    shown: bool = True
    wanted: str = ""
    has_login: bool = False
    each: Callable[[str], object] | None = None


def _setting(default: object, trait: Trait) -> Any:  # what dataclasses.field is typed as
    return field(default=default, metadata={"trait": trait}, repr=not trait.has_login)


def _bound(
    title: str,
    hint: str,
    least: float,
    most: float,
    unit: str = "",
    *,
    decimals: int = 0,
    at_first: float = 4,
) -> Trait:
    """What is wanted of files, if anything."""
    return Trait(title, hint, least, most, unit, True, "No limit", at_first, decimals)  # noqa: FBT003  # as the fields stand


_PROXY: Final = re.compile(
    r"(?:(?:https?|socks4a?|socks5h?)://)?(?:[^\s/?#@]*@)?(?:\w[\w.-]*|\[[0-9a-f:.]+\])(?::0*([0-9]{1,5}))?/?",
    re.IGNORECASE,
)
_LOGIN: Final = re.compile(r"^([a-z0-9]+://)?[^/?#]*@", re.IGNORECASE)


def is_proxy(url: str) -> bool:
    """Whether a text is a proxy's URL, such as ``http://host:3128``, ``socks5h://user:password@host`` or ``host:8080``."""
    found = _PROXY.fullmatch(url)
    return found is not None and 0 < int(found[1] or 1) < 65536


@dataclass(frozen=True)
class Settings:
    """All settings at one moment; the field metadata ``trait`` holds the rest of the declaration."""

    connections: int | None = _setting(
        AUTO, Trait("Simultaneous downloads", "How many files arrive at once.", 1, 64, auto=True)
    )
    per_host: int | None = _setting(
        AUTO, Trait("Downloads from one host", "How many of them from the same server.", 1, 64, auto=True)
    )
    segments: int = _setting(
        8, Trait("Connections for a large file", "From 16 MiB on, where the server gives parts.", 1, 64)
    )
    workers: int | None = _setting(
        AUTO, Trait("Pictures at once", "Processes that work on pictures.", 1, 64, auto=True)
    )
    picture_seconds: float = _setting(
        120.0, Trait("Time for a picture", "Work on one that takes longer is given up.", 1, 86_400, unit="s")
    )
    picture_memory: int | None = _setting(
        AUTO,
        Trait(
            "Memory for pictures",
            "For all at once. Automatic: half of the computer's.",
            128 << 20,
            2**50,
            unit="bytes",
            auto=True,
            at_first=4000,
        ),
    )
    most_megapixels: int = _setting(
        250, Trait("Largest picture", "One of more pixels is not worked on.", 1, 100_000, unit="MP")
    )
    limit_rate: int | None = _setting(
        AUTO,
        Trait(
            "Speed limit",
            "For all downloads together.",
            1024,
            2**40,
            unit="bytes/s",
            auto=True,
            auto_word="No limit",
        ),
    )
    speed_schedule: tuple[SpeedPeriod, ...] = _setting(
        (),
        Trait(
            "Speed at certain hours",
            "Instead of the limit above; where hours overlap, the first line counts.",
            each=SpeedPeriod.parse,
        ),
    )
    retries: int = _setting(
        5, Trait("Further tries", "After a failure that may pass, such as a busy server.", 0, 100)
    )
    timeout: float = _setting(
        30.0,
        Trait("Timeout", "Less than 1 KiB in this time counts as stalled.", 1, 3600, unit="s"),
    )
    min_bytes: int | None = _setting(
        AUTO, _bound("Smallest file", "A smaller one is skipped.", 1, 2**50, "bytes", at_first=0.05)
    )
    largest_file: int | None = _setting(
        AUTO, _bound("Largest file", "A larger one is skipped.", 1024, 2**50, "bytes")
    )
    only_types: tuple[str, ...] = _setting(
        (), Trait("Only these types", "Such as image/*, video/mp4. Others are skipped.", each=type_pattern)
    )
    min_width: int | None = _setting(
        AUTO,
        _bound("Smallest width", "A picture that is narrower is skipped.", 1, 1_000_000, "px", at_first=200),
    )
    min_height: int | None = _setting(
        AUTO,
        _bound("Smallest height", "A picture that is lower is skipped.", 1, 1_000_000, "px", at_first=200),
    )
    min_megapixels: float | None = _setting(
        AUTO, _bound("Smallest area", "Width times height.", 0.01, 10_000, "MP", decimals=2, at_first=1)
    )
    min_aspect: float | None = _setting(
        AUTO,
        _bound(
            "Smallest aspect", "Width divided by height: 1 leaves out what is higher than wide.",
            0.01, 100, decimals=2, at_first=0.5,
        ),
    )  # fmt: skip
    max_aspect: float | None = _setting(
        AUTO,
        _bound(
            "Largest aspect", "Width divided by height: 1 leaves out what is wider than high.",
            0.01, 100, decimals=2, at_first=2,
        ),
    )  # fmt: skip
    keep_free: int | None = _setting(
        AUTO,
        Trait(
            "Keep free on the disk",
            "Automatic: 1 % of it, at most 200 MB.",
            0,
            2**50,
            unit="bytes",
            auto=True,
            at_first=1000,
        ),
    )
    keeps_dates: bool = _setting(
        default=True,
        trait=Trait(
            "Dates of files",
            "A file gets the date of its original: the server's, or that of the local picture.",
        ),
    )
    proxy_kind: ProxyKind = _setting(
        ProxyKind.SYSTEM, Trait("Proxy", "Another computer that downloads go through.")
    )
    proxy: str = _setting(
        "",
        Trait(
            "Address of the proxy",
            "A user and password in it are kept until Fetchmill ends.",
            wanted="http://host:3128 or socks5h://host:1080",
            has_login=True,
        ),
    )
    proxy_exceptions: str = _setting(
        "", Trait("Not through the proxy", "Hosts, domains or networks, with commas between them.")
    )
    uses_netrc: bool = _setting(
        default=False,
        trait=Trait("Use logins from .netrc", "Each for its own host, where a URL brings none."),
    )
    allows_downgrade: bool = _setting(
        default=False,
        trait=Trait("Follow redirects out of https", "To plain http, which anybody on the way can read."),
    )
    name_template: str = _setting(
        "",
        Trait(
            "Names of files",
            "Made of {name} {ext} {host} {date} {index} {batch} {column:title}, where pictures are made also of {recipe}"
            " {output} {width} {height} {exif:Model}. / makes folders.",
        ),
    )
    existing: Existing = _setting(
        Existing.RENAME, Trait("When a file exists already", "Files that were in the destination before.")
    )
    keep_originals: bool = _setting(
        default=True,
        trait=Trait("Keep originals", "Downloads as they came, in a folder named originals."),
    )
    restart: Restart = _setting(
        Restart.GO_ON,
        Trait("After a restart", "What becomes of jobs that were running when the program ended."),
    )
    restart_seconds: int = _setting(
        5, Trait("Countdown before going on", "Time to say no, after a restart.", 0, 60, unit="s")
    )
    theme: Theme = _setting(Theme.SYSTEM, Trait("Appearance"))
    destination: str = _setting("", Trait("Destination", shown=False))
    recipe: str = _setting("web-1920", Trait("Recipe", shown=False))

    @classmethod
    def trait(cls, name: str) -> Trait:
        """The declaration of the setting of that name."""
        found: Trait = cls.__dataclass_fields__[name].metadata["trait"]
        return found

    def to_mapping(self) -> dict[str, object]:
        """The settings as JSON knows them; those at their default are left out, and so are passwords."""
        return {
            f.name: _written(value, self.trait(f.name))
            for f in fields(self)
            if (value := getattr(self, f.name)) != f.default
        }

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> tuple["Settings", tuple[str, ...]]:
        """Settings from a file's content, and the names of those that were not usable."""
        usable: dict[str, Any] = {}
        refused: list[str] = []
        for name, value in mapping.items():
            try:
                usable[name] = _checked(cls, name, value)
            except (KeyError, ValueError):
                refused.append(name)
        return cls(**usable), tuple(refused)


def _written(value: object, trait: Trait) -> object:
    if trait.has_login:
        return _LOGIN.sub(r"\1", str(value))
    if isinstance(value, tuple):
        return [str(one) for one in value]
    return value.value if isinstance(value, Enum) else value


def _checked(cls: type[Settings], name: str, value: object) -> object:
    """The value as the setting's type; KeyError for an unknown name, ValueError for a wrong value."""
    default: object = cls.__dataclass_fields__[name].default
    trait = cls.trait(name)
    if value is None and trait.auto:
        return None
    if isinstance(default, Enum):
        return type(default)(value)
    if trait.each is not None:
        if not isinstance(value, list | tuple):
            raise ValueError(value)
        return tuple(trait.each(str(one)) for one in value)
    if trait.least is not None and trait.most is not None:
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not trait.least <= value <= trait.most
        ):
            raise ValueError(value)
        return float(value) if isinstance(default, float) or trait.decimals else int(value)
    if type(value) is not type(default) or (trait.wanted and value and not is_proxy(str(value))):
        raise ValueError(value)
    return value
