"""A file that stands in its address: ``data:image/png;base64,...`` (RFC 2397)."""

import base64
import binascii
from urllib.parse import unquote_to_bytes

from core.errors import BadUrlError


def unpacked(url: str) -> tuple[str, bytes]:
    """Its Content-Type and its bytes.

    Raises:
        BadUrlError: There are none in it.
    """
    head, comma, packed = url[5:].partition(",")
    if not comma:
        raise BadUrlError("The data: link holds no file.")
    content_type, mark, coding = head.strip().rpartition(";")
    content = unquote_to_bytes(packed)
    if coding.strip().lower() != "base64":
        content_type = head.strip()
    else:
        content_type = content_type if mark else ""
        content = b"".join(content.split())
        try:
            content = base64.b64decode(content + b"=" * (-len(content) % 4), validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadUrlError("The data: link is damaged.") from error
    return content_type or "text/plain;charset=US-ASCII", content
