"""Whether a file is wanted, found out while it comes: what is not is not downloaded."""

from collections.abc import Callable
from typing import Final

from core.downloads.coding import Read
from core.downloads.part_file import PartFile
from core.images.facts import MOST_BYTES, facts
from core.images.wanted import Wanted

_STEP: Final = 16 << 10  # bytes: most heads are shorter, and what is not wanted costs no more than that


def look(
    wanted: Wanted, part: PartFile, read: Read, copy: Callable[[Read, int], bool], *, claims: bool
) -> None:
    """Copy the beginning of a file until it is known whether it is wanted, or cannot be known by that.

    Bytes that an earlier try has left are looked at first.

    Args:
        wanted: What it must be.
        part: Where it is copied to; open.
        read: Its body.
        copy: Copies on until the part file has so many bytes; whether there may be more.
        claims: Whether it says that it is a picture.

    Raises:
        NotWantedError: It is not wanted.
        FetchmillError: As ``copy`` does.
    """
    needs: int | None = 1
    while needs is not None and part.runs is None:  # those have been looked at, and come in no order
        if part.received < needs and not copy(lambda count: read(min(count, _STEP)), needs):
            return  # the file has ended before: a child sees what it is, if anything
        found = facts(part.head(min(part.received, MOST_BYTES)), claims=claims)
        wanted.require_picture(found)
        needs = found.needs
