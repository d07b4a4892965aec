"""IPTC captions: a row of data sets (IPTC-IIM 4.2, section 1.5). Standard library only."""

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

_MARK: Final = 0x1C
_LONG: Final = 0x8000
_APPLICATION: Final = 2
# By number in record 2, the application record. Where: content location, city, sublocation, state, country.
_PLACES: Final = frozenset({26, 27, 90, 92, 95, 100, 101})
# A smaller copy of the picture, which shows what was cut off or hidden; so may whole files in the records after this one.
_PREVIEWS: Final = frozenset({200, 201, 202})
_OF_FILES: Final = frozenset({7, 8, 9})
# Byline and its title, credit, source and the copyright notice.
_RIGHTS: Final = frozenset({80, 85, 110, 115, 116})
# The character set, and the versions of the records, without which the rest is not understood.
_FRAME: Final = frozenset({(1, 0), (1, 90), (2, 0)})


class _Set(NamedTuple):
    """One data set: its record, its number in it, and its bytes, those of its head included."""

    record: int
    number: int
    raw: bytes


def chosen(captions: bytes, *, others: bool, rights: bool, places: bool) -> tuple[bytes, bool]:
    """Choose what is kept; unchanged, byte by byte, where that is all. Previews never are.

    Args:
        captions: Data sets; empty for none.
        others: Whether all is kept that is neither of the two below.
        rights: Whether author and copyright are.
        places: Whether it is kept where the picture was taken; what is stripped as a whole goes with it.

    Returns:
        What is kept, and whether a place was removed because places are not wanted.
    """
    found = list(_sets(captions))
    fresh = [one for one in found if not _is_preview(one)]
    if others and rights and places and fresh == found:
        return captions, False
    kept, has_content, lost_place = b"", False, False
    for one in fresh:
        kind = (one.record, one.number)
        is_place = one.record == _APPLICATION and one.number in _PLACES
        is_right = one.record == _APPLICATION and one.number in _RIGHTS
        lost_place |= is_place and not places
        is_wanted = rights if is_right else others and (places or not is_place)
        if is_wanted or kind in _FRAME:
            kept += one.raw
            has_content |= kind not in _FRAME
    return kept if has_content else b"", lost_place


def _is_preview(one: _Set) -> bool:
    return one.record in _OF_FILES or (one.record == _APPLICATION and one.number in _PREVIEWS)


def _sets(captions: bytes) -> Iterator[_Set]:
    """The data sets up to the first that makes no sense: what follows it is padding, or cannot be understood."""
    at = 0
    while at + 5 <= len(captions) and captions[at] == _MARK:
        record, number, length = struct.unpack_from(">BBH", captions, at + 1)
        head = 5
        if length & _LONG:  # the length's own length
            digits = length & ~_LONG
            head += digits
            length = int.from_bytes(captions[at + 5 : at + head], "big")
        end = at + head + length
        if end > len(captions):
            return
        yield _Set(record, number, captions[at:end])
        at = end
