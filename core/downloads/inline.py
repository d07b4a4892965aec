"""``data:`` URLs: the file stands in the link itself (RFC 2397, with the forms that browsers accept).

Where the two differ the browsers' way is taken (WHATWG Fetch, "data: URL processor"): white space within Base64 and
missing padding do no harm, and a type that cannot be read is ``text/plain``.
"""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from typing import Final, NamedTuple
from urllib.parse import unquote_to_bytes

from core.errors import BadUrlError

LONGEST_INLINE: Final = 8 << 20  # characters; a row of the list has to hold it
INSTEAD: Final = "Save the file where you found it, and drop it here."
"""What to do with a link that is too long."""

_AGAIN: Final = "Copy the URL again, all of it."
_SCHEME: Final = "data:"
_BASE64: Final = re.compile(r";\s*base64\s*\Z", re.IGNORECASE)
_TYPE: Final = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(?:\s*;.*)?", re.ASCII | re.DOTALL)
_USUAL: Final = "text/plain;charset=US-ASCII"
_SPACE: Final = re.compile(rb"[\t\n\f\r ]+")


class Inline(NamedTuple):
    """The file of such a link.

    Attributes:
        media_type: With its parameters, as Content-Type has it.
        body: Its bytes.
    """

    media_type: str
    body: bytes


def is_inline(url: str) -> bool:
    """Whether a link carries its file in itself."""
    return url[: len(_SCHEME)].lower() == _SCHEME


def media_type(url: str) -> str:
    """The type that a ``data:`` URL says its file has."""
    return _whole_type(_BASE64.sub("", url.partition(",")[0][len(_SCHEME) :].strip()))


def inline_file(url: str) -> Inline:
    """The file of a ``data:`` URL.

    Raises:
        BadUrlError: It is none, is too long, or its Base64 is broken.
    """
    if len(url) > LONGEST_INLINE:
        raise BadUrlError(
            f"The URL with the file in it is longer than {LONGEST_INLINE:,} characters.", INSTEAD
        )
    head, comma, text = url.partition("#")[0].partition(",")
    if not is_inline(head) or not comma:
        raise BadUrlError("The URL should hold a file, and holds none.", _AGAIN)
    body = unquote_to_bytes(text.encode("utf-8", "replace"))
    return Inline(media_type(url), _decoded(body) if _BASE64.search(head) is not None else body)


def _whole_type(written: str) -> str:
    """The type; parameters alone are those of ``text/plain``."""
    if written.startswith(";"):
        written = f"text/plain{written}"
    is_sound = _TYPE.fullmatch(written) is not None and written.isascii() and written.isprintable()
    return written if is_sound else _USUAL


def _decoded(text: bytes) -> bytes:
    """Base64 with or without padding (WHATWG Infra, "forgiving-base64 decode").

    Raises:
        BadUrlError: It is none.
    """
    bare = _SPACE.sub(b"", text)
    if len(bare) % 4 == 0:
        bare = re.sub(rb"={1,2}\Z", b"", bare)
    if len(bare) % 4 == 1 or b"=" in bare:
        raise BadUrlError("The file in the URL is damaged or cut short.", _AGAIN)
    try:
        return b64decode(bare + b"=" * (-len(bare) % 4), validate=True)
    except (Base64Error, ValueError) as error:
        raise BadUrlError("The file in the URL is damaged or cut short.", _AGAIN) from error
