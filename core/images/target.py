"""A file of no more than so many bytes: first by quality, then by size."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Final, NamedTuple

from core.images.geometry import Size
from core.images.recipe import Output

MOST_ENCODES: Final = 9
LEAST_EDGE: Final = 64
"""The long edge is never made shorter than that to get there, pixels."""

# Encoded size goes with the area, a little slower: aim below what the square root says.
_AIM: Final = 0.95
_GOOD_ENOUGH: Final = 0.8


class Tried(NamedTuple):
    """One way to encode the picture and what came of it.

    Attributes:
        content: The file.
        quality: 1 to 100.
        scale: 0 to 1, of the picture's size.
    """

    content: memoryview
    quality: int
    scale: float


Encode = Callable[[Output, float], memoryview]
"""Encodes the picture by an output's quality, scaled by a factor."""


def within_target(target: int, output: Output, size: Size, encode: Encode, *, is_lossy: bool) -> Tried:
    """The best picture that fits: the highest quality that does, else the largest at the lowest quality.

    The same picture gives the same file; it is encoded :data:`MOST_ENCODES` times at most.

    Args:
        target: Bytes that it may have.
        output: With the quality to begin with, and the least.
        size: Of the picture, pixels.
        encode: Called for every try.
        is_lossy: Whether quality changes anything.

    Returns:
        What fits, or, where nothing does, the smallest there is.
    """
    first = _try(encode, output, output.quality, 1.0)
    if len(first.content) <= target:
        return first
    lowest, used = first, 1
    if is_lossy and output.least_quality < output.quality:
        lowest, used = _try(encode, output, output.least_quality, 1.0), 2
        if len(lowest.content) <= target:
            return _by_quality(target, output, encode, lowest, MOST_ENCODES - used)
    return _by_scale(target, output, encode, lowest, MOST_ENCODES - used, LEAST_EDGE / max(size))


def _try(encode: Encode, output: Output, quality: int, scale: float) -> Tried:
    return Tried(encode(replace(output, quality=quality), scale), quality, scale)


def _by_quality(target: int, output: Output, encode: Encode, fits: Tried, tries: int) -> Tried:
    above = output.quality
    while tries and above - fits.quality > 1:
        tries -= 1
        tried = _try(encode, output, (above + fits.quality) // 2, 1.0)
        if len(tried.content) <= target:
            fits = tried
        else:
            above = tried.quality
    return fits


def _by_scale(target: int, output: Output, encode: Encode, above: Tried, tries: int, least: float) -> Tried:
    fits: Tried | None = None
    while tries and above.scale > least:
        tries -= 1
        if fits is None:  # the last try is the smallest there may be
            guess = above.scale * math.sqrt(target / len(above.content)) * _AIM
            scale = max(least, guess) if tries else least
        else:
            scale = (fits.scale + above.scale) / 2
        tried = _try(encode, output, above.quality, scale)
        if len(tried.content) > target:
            above = tried
        else:
            fits = tried
        if fits is not None and len(fits.content) >= target * _GOOD_ENOUGH:
            break
    return fits or above
