"""TIFFs in CIE L*a*b*: every colour where the formulas have it, computed here from the specifications alone."""

import math
import random
import struct

import pytest

from core.images import notes
from tests.unit.images.pictures import Bench, recipe

# sRGB to XYZ (IEC 61966-2-1), and the same adapted to D50 by Bradford (ICC.1:2022, annex E), each with its white.
D65 = (
    ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041)),
    (0.95047, 1.0, 1.08883),
)
D50 = (
    ((0.436066, 0.385147, 0.143066), (0.222488, 0.716873, 0.060608), (0.013916, 0.097076, 0.714096)),
    (0.9642, 1.0, 0.8249),
)
Space = tuple[tuple[tuple[float, ...], ...], tuple[float, ...]]
CORNERS = [tuple(255 * (at >> bit & 1) for bit in range(3)) for at in range(8)]
GREYS = [(value,) * 3 for value in range(0, 256, 5)]
_NOISE = random.Random(3)
COLOURS = [*CORNERS, *GREYS, *(tuple(_NOISE.randrange(256) for _ in range(3)) for _ in range(500))]


def seen(colour: tuple[int, ...], space: Space) -> tuple[float, float, float]:
    """L*, a* and b* of a colour in sRGB (CIE 15, section 8.2.1)."""
    matrix, white = space
    light = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (c / 255 for c in colour)]
    parts = [sum(a * b for a, b in zip(row, light, strict=True)) for row in matrix]
    shares = [part / most for part, most in zip(parts, white, strict=True)]
    x, y, z = (v ** (1 / 3) if v > (6 / 29) ** 3 else v / (3 * (6 / 29) ** 2) + 4 / 29 for v in shares)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def tiff(space: Space, white: tuple[int, int] | None = None, kind: int = 8) -> bytes:
    """One row of all colours; L from 0 to 255, a and b with their signs (TIFF 6.0, section 23)."""
    rounded = [
        (round(lightness * 2.55), round(a), round(b)) for lightness, a, b in (seen(c, space) for c in COLOURS)
    ]
    pixels = b"".join(struct.pack("Bbb", *one) for one in rounded)
    tags = [(256, 4, len(COLOURS)), (257, 4, 1), (259, 3, 1), (262, 3, kind), (277, 3, 3), (278, 4, 1)]
    count = len(tags) + 3 + (white is not None)
    start = 8 + 2 + 12 * count + 4
    directory = [struct.pack("<HHII", tag, form, 1, value) for tag, form, value in tags]
    directory += [struct.pack("<HHII", 258, 3, 3, start), struct.pack("<HHII", 273, 4, 1, start + 22)]
    directory += [struct.pack("<HHII", 279, 4, 1, len(pixels))]
    directory += [struct.pack("<HHII", 318, 5, 2, start + 6)] if white is not None else []
    x, y = white or (0, 0)
    more = struct.pack("<3H4I", 8, 8, 8, x, 10_000, y, 10_000)
    head = struct.pack("<2sHIH", b"II", 42, 8, count) + b"".join(sorted(directory)) + bytes(4)
    return head + more + pixels


@pytest.mark.parametrize(
    ("space", "white"), [(D50, None), (D50, (3457, 3585)), (D65, (3127, 3290))], ids=["none", "D50", "D65"]
)
def test_colours_come_out_where_they_are(bench: Bench, space: Space, white: tuple[int, int] | None) -> None:
    content = tiff(space, white)
    result = bench.picture(content, recipe(format="png"))
    found = [tuple(result.tobytes()[at : at + 3]) for at in range(0, 3 * len(COLOURS), 3)]
    # what the bytes of the file say, which are whole numbers
    told = [
        tuple(round(v * s) / s for v, s in zip(seen(c, space), (2.55, 1, 1), strict=True)) for c in COLOURS
    ]
    furthest = max(math.dist(seen(one, space), other) for one, other in zip(found, told, strict=True))
    assert furthest < 1.6
    assert bench.run(content, recipe(format="png")).notes == ()


@pytest.mark.parametrize("white", [(0, 0), (9999, 9999), (3127, 0)])
def test_a_white_that_is_none_is_noted(bench: Bench, white: tuple[int, int]) -> None:
    plain = bench.picture(tiff(D50), recipe(format="png")).tobytes()
    assert bench.picture(tiff(D50, white), recipe(format="png")).tobytes() == plain
    assert bench.run(tiff(D50, white), recipe(format="png")).notes == (notes.SENSELESS_COLOURS,)


@pytest.mark.parametrize("kind", [9, 10])
def test_its_relatives_are_refused_by_name_rather_than_guessed(bench: Bench, kind: int) -> None:
    """ICC's and ITU's L*a*b* count otherwise (Adobe's technical note 4; ITU-T T.42)."""
    assert bench.code(tiff(D50, kind=kind), recipe(format="png")) == "unsupported-image"
