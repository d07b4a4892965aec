"""What finished files are called."""

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from core.downloads.extensions import picture_name
from core.downloads.filename import safe_name, split_name
from core.images.formats import FORMATS

if TYPE_CHECKING:
    from core.images.recipe import Output

ORIGINALS: Final = "originals"


def expected_name(name: str, output: "Output | None") -> str:
    """What the finished file will be called, as far as it can be known before the download.

    Args:
        name: Of the download, as far as that is known.
        output: What is made of it; None where nothing is.
    """
    written = str(output.format.value).upper() if output is not None else ""
    if output is not None and output.is_for_web:
        written = "" if _is_for_web(name) else "JPEG"
    return finished_name(name, written) if written in FORMATS else safe_name(name)


def finished_name(name: str, picture_format: str) -> str:
    """The picture's name with the extension of its format; one that is right already stays as it is written."""
    return picture_name(safe_name(name) or "picture", picture_format)


def _is_for_web(name: str) -> bool:
    """Whether browsers show what has such a name; where it says nothing, most likely."""
    return _is_of_web(split_name(name)[1].lower())


@lru_cache(maxsize=256)  # a long list has few
def _is_of_web(extension: str) -> bool:
    return not any(extension in one.extensions and not one.is_for_web for one in FORMATS.values())
