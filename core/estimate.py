"""How many bytes a recipe will make of all pictures of the list, told from a few of them. Standard library only."""

from bisect import bisect
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

MOST_SAMPLES: Final = 8


class Tried(NamedTuple):
    """A picture that a recipe was tried on.

    Attributes:
        bytes_in: Of the picture as it came, more than 0.
        bytes_out: Of all files that came of it.
    """

    bytes_in: int
    bytes_out: int


class BatchEstimate(NamedTuple):
    """What is expected of the list. ``None`` is unknown.

    Attributes:
        pictures: How many there are in it.
        bytes_in: Of all of them as they came; None as long as some have not come.
        bytes_out: Of all that will be made of them; None where none of them is there to be tried.
        samples: How many were tried.
    """

    pictures: int
    bytes_in: int | None = None
    bytes_out: int | None = None
    samples: int = 0


def spread(sizes: Sequence[int], most: int = MOST_SAMPLES) -> tuple[int, ...]:
    """Which of many pictures speak for all: as many small as large ones, none of 0 bytes; their numbers, by size.

    Args:
        sizes: Bytes of each.
        most: How many at most.
    """
    order = sorted((at for at, size in enumerate(sizes) if size > 0), key=sizes.__getitem__)
    count = min(most, len(order))
    return tuple(order[(2 * number + 1) * len(order) // (2 * count)] for number in range(count))


def estimated(sizes: Sequence[int], tried: Sequence[Tried]) -> int:
    """Bytes that will be made of pictures of these sizes.

    Each becomes what the tried one nearest to it in size has become, in proportion: so that is right for a recipe whose
    files are all alike, as thumbnails are, as well as for one whose files are as different as the pictures.

    Args:
        sizes: Bytes of each picture as it came.
        tried: At least one, in any order.
    """
    known = sorted(tried)
    borders = [(one.bytes_in * other.bytes_in) ** 0.5 for one, other in pairwise(known)]
    total = 0.0
    for size in sizes:
        near = known[bisect(borders, size)]
        total += size * near.bytes_out / near.bytes_in
    return round(total)
