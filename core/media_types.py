"""Which kinds of files are wanted at all, told by their media types (RFC 9110, section 8.3.1)."""

import mimetypes
import re
from typing import Final

from core.images.formats import FORMATS

_NAME: Final = r"(?:\*|[a-z0-9!#$&^_.+-]{1,127})"  # RFC 6838, section 4.2
_PATTERN: Final = re.compile(rf"{_NAME}/{_NAME}")
_SAYS_NOTHING: Final = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_CANONICAL: Final = {other: known.mime_types[0] for known in FORMATS.values() for other in known.mime_types}


def type_pattern(text: str) -> str:
    """A media type, or ``image/*`` for all of a kind; ``image`` alone means the same.

    Raises:
        ValueError: It is neither.
    """
    pattern = text.strip().lower()
    pattern = pattern if "/" in pattern else f"{pattern}/*"
    if not _PATTERN.fullmatch(pattern):
        raise ValueError(text)
    return pattern


def unwanted_type(patterns: tuple[str, ...], content_type: str | None, name: str) -> str:
    """What a file is that is of none of the wanted types, by what its server says of it before it sends it.

    A server that says nothing of use (no type, or "some bytes") is taken to mean what the name says.

    Args:
        patterns: Of the types that are wanted, as ``type_pattern`` gives them.
        content_type: The Content-Type header's value.
        name: Of the file, with its extension.

    Returns:
        "It is application/pdf"; empty where it is wanted.
    """
    said = (content_type or "").partition(";")[0].strip().lower()
    found = _type_of_name(name) if said in _SAYS_NOTHING else said
    if _matches(patterns, found):
        return ""
    return f"It is {found[:80]}" if found else "Its server does not say what it is"


def is_wanted_picture(patterns: tuple[str, ...], picture_format: str) -> bool:
    """Whether a picture is of a wanted type, by what its content shows it to be.

    Args:
        patterns: As ``type_pattern`` gives them; none wants all.
        picture_format: A key of ``FORMATS``. A camera's raw data may look like TIFF, which is let pass.
    """
    if not patterns or picture_format == "TIFF":
        return True
    return any(_matches(patterns, found) for found in FORMATS[picture_format].mime_types)


def _matches(patterns: tuple[str, ...], found: str) -> bool:
    wanted = {_CANONICAL.get(pattern, pattern) for pattern in patterns}
    kind = found.partition("/")[0]
    return not wanted.isdisjoint({_CANONICAL.get(found, found), f"{kind}/*", "*/*"} if found else {"*/*"})


def _type_of_name(name: str) -> str:
    """By our own table of pictures, then by Python's, which is the same on every system; empty for unknown."""
    extension = name[name.rfind(".") :].lower() if "." in name else ""
    for known in FORMATS.values():
        if extension in known.extensions:
            return known.mime_types[0]
    return mimetypes.MimeTypes().guess_type(f"name{extension}", strict=False)[0] or ""
