"""Sums files (``SHA256SUMS``, ``photos.md5``) that lie beside what is dropped: read first, so that all links are checked."""

from itertools import islice
from pathlib import Path
from typing import Final

from core.errors import UnreadableSourceError
from core.images.formats import is_picture_name
from core.sources.encoding import decode, looks_binary
from core.sources.expected import Sums, may_hold_sums, sum_in
from core.sources.kinds import Container, list_kind
from core.sources.lines import pieces
from core.sources.opening import read_blocks
from core.sources.urls import has_url

_LARGEST: Final = 256 << 20  # bytes; one that is larger is no list of sums
_LOOKED_AT: Final = 20  # lines: before the first sum stand comments, or a signature's beginning


def gather_from_text(text: str, sums: Sums) -> None:
    """Take the sums that stand anywhere in text that was dropped."""
    for piece in pieces(text):
        if may_hold_sums(piece):
            sums.gather(piece.splitlines())


def gather_from_file(source: str, sums: Sums) -> bool:
    """Take the sums of a file that begins with one; whether that is all there is to it, so that it holds no source."""
    try:
        if not _may_be_sums(source):
            return False
        begins = False
        has_links = False
        for text in decode(read_blocks(source)):
            lines = text.splitlines()
            begins = begins or any(_is_sum(line) for line in islice(lines, _LOOKED_AT))
            if not begins:
                return False
            sums.gather(lines)
            has_links = has_links or has_url(text)
    except (OSError, ValueError, UnreadableSourceError):  # whoever reads it as a source says what is wrong
        return False
    return begins and not has_links


def _may_be_sums(source: str) -> bool:
    """Whether it is worth a look: an ordinary file, neither a picture nor a list of another kind.

    Raises:
        OSError: It cannot be asked.
        ValueError: It is no path.
        UnreadableSourceError: It cannot be read.
    """
    path = Path(source)
    is_other = is_picture_name(source) or list_kind(source) not in (None, Container.TEXT)
    if "://" in source or is_other or not path.is_file() or path.stat().st_size > _LARGEST:
        return False
    head = next(read_blocks(source), b"")[:1024]
    return not looks_binary(head) and may_hold_sums(head.decode("latin-1"))


def _is_sum(line: str) -> bool:
    found = sum_in(line)
    return found is not None and "://" not in found.path
