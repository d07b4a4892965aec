"""Which files are wanted at all, by facts: how large, of what shape, of which type. Standard library only."""

import os
import stat
from typing import TYPE_CHECKING, Final, NamedTuple

from core.images.facts import MOST_BYTES, Facts, facts
from core.media_types import is_wanted_picture, unwanted_type

if TYPE_CHECKING:
    from core.settings import Settings

_SKIPPED: Final = "Skipped: "
_BETWEEN: Final = "; "
_END: Final = " wanted."


class NotWantedError(Exception):
    """A file is none of those that are wanted; which is no failure. Its text says why, in one sentence.

    Args:
        fact: What it is.
        wish: What is wanted.
    """

    def __init__(self, fact: str, wish: str) -> None:
        super().__init__(f"{fact}{_BETWEEN}{wish}{_END}")


class Wanted(NamedTuple):
    """What a file must be; None asks for nothing.

    Attributes:
        min_width: Pixels, as shown.
        min_height: Pixels, as shown.
        min_megapixels: Millions of pixels.
        min_aspect: Width divided by height.
        max_aspect: Likewise.
        min_bytes: Of any file.
        max_bytes: Of any file.
        types: As ``type_pattern`` gives them; none wants all.
    """

    min_width: int | None = None
    min_height: int | None = None
    min_megapixels: float | None = None
    min_aspect: float | None = None
    max_aspect: float | None = None
    min_bytes: int | None = None
    max_bytes: int | None = None
    types: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: "Settings") -> "Wanted":
        """What the settings say."""
        return cls(
            settings.min_width,
            settings.min_height,
            settings.min_megapixels,
            settings.min_aspect,
            settings.max_aspect,
            settings.min_bytes,
            settings.largest_file,
            settings.only_types,
        )

    @property
    def concerns_pictures(self) -> bool:
        """Whether there is anything to be looked for in a picture."""
        return bool(self.types) or self[:_FACTS] != _NO_FACTS

    def require_type(self, content_type: str | None, name: str) -> None:
        """See that a file is of a wanted type, by what its server says of it: see ``unwanted_type``.

        Raises:
            NotWantedError: It is not.
        """
        if self.types and (fact := unwanted_type(self.types, content_type, name)):
            raise NotWantedError(fact, f"only {' or '.join(self.types)} is")

    def require_bytes(self, size: int | None, *, so_far: bool = False) -> None:
        """See that a file is of a wanted size.

        Args:
            size: Bytes; None for unknown.
            so_far: Whether there may be more to come.

        Raises:
            NotWantedError: It is not.
        """
        if size is None:
            return
        if self.max_bytes is not None and size > self.max_bytes:
            fact = "It has more bytes than that" if so_far else f"It has {size:,} bytes"
            raise NotWantedError(fact, f"at most {self.max_bytes:,} bytes are")
        if self.min_bytes is not None and size < self.min_bytes and not so_far:
            raise NotWantedError(f"It has {size:,} bytes", f"at least {self.min_bytes:,} bytes are")

    def require_picture(self, facts: Facts) -> None:
        """See that a picture is as it is wanted, as far as that is known; what is no picture is.

        Raises:
            NotWantedError: It is not.
        """
        if facts.format is not None and not is_wanted_picture(self.types, facts.format):
            raise NotWantedError(f"It is a {facts.format}", f"only {' or '.join(self.types)} is")
        if facts.width is None or facts.height is None:
            return
        width, height = facts.width, facts.height
        wish = self._missed(width, height)
        if wish and facts.may_be_turned:
            wish = self._missed(height, width)
        if wish:
            raise NotWantedError(f"It is {width:,} x {height:,} pixels", wish)

    def _missed(self, width: int, height: int) -> str:
        """Which wish a size does not meet; empty where it meets all."""
        if self.min_width is not None and width < self.min_width:
            return f"at least {self.min_width:,} pixels wide are"
        if self.min_height is not None and height < self.min_height:
            return f"at least {self.min_height:,} pixels high are"
        if self.min_megapixels is not None and width * height < self.min_megapixels * 1_000_000:
            return f"at least {self.min_megapixels:g} megapixels are"
        if self.min_aspect is not None and width < self.min_aspect * height:
            return f"a width of at least {self.min_aspect:g} times the height is"
        if self.max_aspect is not None and width > self.max_aspect * height:
            return f"a width of at most {self.max_aspect:g} times the height is"
        return ""


def why_unwanted(wanted: Wanted, path: str) -> str | None:
    """Why a local picture would be skipped, by its first kilobytes; None for one that is wanted, or that cannot be told.

    Args:
        wanted: What it must be.
        path: Absolute; of one that cannot be read nothing is said: what comes of it says more.
    """
    try:
        status = os.stat(path)  # noqa: PTH116  # a string path as it came
        if not stat.S_ISREG(status.st_mode):
            return None
        wanted.require_bytes(status.st_size)
        if wanted.concerns_pictures:
            with open(path, "rb") as file:  # noqa: PTH123  # as above
                wanted.require_picture(facts(file.read(MOST_BYTES)))
    except NotWantedError as refused:
        return str(refused)
    except (OSError, ValueError):
        return None
    return None


def general_wish(note: str) -> str | None:
    """What was wanted, of a note that ``NotWantedError`` has made: by it skipped jobs are counted; None for others."""
    fact, between, wish = note.partition(_BETWEEN)
    if not (between and note.endswith(_END) and fact.startswith("It")):
        return None
    return f"{_SKIPPED}{wish}"


_FACTS: Final = Wanted._fields.index("min_bytes")
_NO_FACTS: Final = (None,) * _FACTS
