"""Which kinds of files are wanted at all, told by their media types (RFC 9110, section 8.3.1)."""

import mimetypes
import re
from typing import Final

from core.images.formats import FORMATS

_NAME: Final = r"(?:\*|[a-z0-9!#$&^_.+-]{1,127})"  # RFC 6838, section 4.2
_PATTERN: Final = re.compile(rf"{_NAME}/{_NAME}")
_SAYS_NOTHING: Final = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_CANONICAL: Final = {other: known.mime_types[0] for known in FORMATS.values() for other in known.mime_types}
_OF_FORMATS: Final = {
    word.lstrip(".").lower(): known.mime_types[0]
    for name, known in FORMATS.items()
    if known.mime_types
    for word in (name, *known.extensions)
}

KINDS: Final = (
    "image", "video", "audio", "text", "application", "font", "model", "message", "multipart", "haptics", "chemical",
)  # fmt: skip
"""What a media type may begin with: what is registered (RFC 6838, section 4.2.7), and what is in use; also ``x-...``."""

TYPES: Final = f"{', '.join(KINDS)}, a picture's format such as jpeg, or a whole type such as video/mp4"
"""What ``type_pattern`` reads, in words."""


def type_pattern(text: str) -> str:
    """A media type, or ``image/*`` for all of a kind; ``image`` alone means the same, and ``jpg`` image/jpeg.

    Raises:
        ValueError: It is none of them, or of a kind that nothing is of.
    """
    pattern = text.strip().lower()
    pattern = _OF_FORMATS.get(pattern, pattern)
    pattern = pattern if "/" in pattern else f"{pattern}/*"
    kind = pattern.partition("/")[0]
    if not _PATTERN.fullmatch(pattern) or not (kind in {*KINDS, "*"} or kind.startswith("x-")):
        raise ValueError(f"{text.strip()!r} is none of {TYPES}")
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
