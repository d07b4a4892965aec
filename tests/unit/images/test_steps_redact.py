"""Redaction: what was there cannot be told any more, and all else is untouched."""

import random

import pytest
from PIL import Image

from core.images.recipe import Redact, RedactMode
from core.images.steps import About, step
from core.images.steps_redact import pixels_of
from tests.unit.images.pictures import natural

ALL = ("L", "LA", "RGB", "RGBA")
MIXED = (RedactMode.PIXELATE, RedactMode.BLUR)


def done(image: Image.Image, operation: Redact) -> Image.Image:
    return step(image, operation, About())


@pytest.mark.parametrize(
    ("region", "size", "box"),
    [
        ((10.0, 20.0, 30.0, 40.0), (100, 100), (10, 20, 40, 60)),
        ((10.1, 20.9, 30.0, 40.0), (100, 100), (10, 20, 41, 61)),
        ((0.1, 0.1, 0.1, 0.1), (10, 10), (0, 0, 1, 1)),
        ((0.0, 0.0, 100.0, 100.0), (7, 3), (0, 0, 7, 3)),
        ((99.99, 99.99, 0.01, 0.01), (333, 777), (332, 776, 333, 777)),
        ((30.0, 30.0, 40.0, 40.0), (70, 70), (21, 21, 49, 49)),
        ((70.0, 70.0, 60.0, 60.0), (10, 10), (7, 7, 10, 10)),
    ],
)
def test_boxes_are_rounded_outwards(
    region: tuple[float, float, float, float], size: tuple[int, int], box: tuple[int, int, int, int]
) -> None:
    assert pixels_of(region, size) == box


@pytest.mark.parametrize("mode", ALL)
def test_a_fill_is_exact_and_all_else_stays(mode: str) -> None:
    image = natural(90, 70).convert(mode)
    result = done(image, Redact(((10.0, 10.0, 20.0, 20.0), (50.0, 50.0, 50.0, 50.0)), color="#404040"))
    expected = image.copy()
    for box in ((9, 7, 27, 21), (45, 35, 90, 70)):
        expected.paste(Image.new(mode, (box[2] - box[0], box[3] - box[1]), "#404040"), box)
    assert (result.mode, result.tobytes()) == (mode, expected.tobytes())


def test_a_see_through_fill_shows_nothing_of_what_was_there() -> None:
    result = done(natural(40, 40), Redact(((0.0, 0.0, 50.0, 100.0),), color="#ff000010"))
    assert result.crop((0, 0, 20, 40)).getcolors() == [(800, (255, 0, 0, 16))]
    assert result.getchannel("A").crop((20, 0, 40, 40)).getextrema() == (255, 255)


@pytest.mark.parametrize("how", MIXED)
@pytest.mark.parametrize("mode", ALL)
def test_outside_of_regions_nothing_changes(how: RedactMode, mode: str) -> None:
    image = natural(100, 100).convert(mode)
    result = done(image, Redact(((20.0, 20.0, 50.0, 50.0),), how))
    for one in (image, result):
        one.paste(Image.new(mode, (50, 50)), (20, 20))
    assert result.tobytes() == image.tobytes()


@pytest.mark.parametrize("how", MIXED)
@pytest.mark.parametrize("mode", ALL)
def test_different_contents_become_the_same(how: RedactMode, mode: str) -> None:
    """All places within a cell are alike to it: whatever the order of its pixels, the result is one and the same."""
    before = natural(96, 96).convert(mode)
    if "A" in mode:
        before.putalpha(Image.effect_noise((96, 96), 60))
    after = before.copy()
    order = random.Random(3)
    for left in range(0, 96, 16):
        for top in range(0, 96, 16):
            cell = [(left + x, top + y) for x in range(16) for y in range(16)]
            for one, other in zip(cell, order.sample(cell, len(cell)), strict=True):
                after.putpixel(one, before.getpixel(other))  # type: ignore[arg-type]  # a pixel's value
    assert before.tobytes() != after.tobytes()
    whole = Redact(((0.0, 0.0, 100.0, 100.0),), how)
    assert done(before, whole).tobytes() == done(after, whole).tobytes()


@pytest.mark.parametrize("how", MIXED)
@pytest.mark.parametrize("size", [(600, 400), (100, 100), (50, 400), (64, 9), (5000, 6)])
def test_no_more_than_a_few_coarse_values_are_left(how: RedactMode, size: tuple[int, int]) -> None:
    noise = random.Random(5)
    image = Image.frombytes("L", size, noise.randbytes(size[0] * size[1])).convert("RGB")
    mosaic = done(image, Redact(((0.0, 0.0, 100.0, 100.0),), RedactMode.PIXELATE))
    assert len(mosaic.getcolors(9999) or ()) <= 16
    assert all(value % 17 == 0 for value in set(mosaic.tobytes()))
    edges = sum(
        mosaic.getpixel((x, y)) != mosaic.getpixel((x - 1, y)) for x in range(1, size[0]) for y in (0,)
    )
    assert edges <= 5
    fine = done(image, Redact(((0.0, 0.0, 100.0, 100.0),), how)).convert("L")
    shrunk = fine.resize((max(1, size[0] // 4), max(1, size[1] // 4)), Image.Resampling.BOX).resize(size)
    difference = [abs(a - b) for a, b in zip(fine.tobytes(), shrunk.tobytes(), strict=True)]
    # Hardly any detail; on a mosaic, only along the edges of its cells.
    assert sum(difference) / len(difference) < 2


@pytest.mark.parametrize("how", MIXED)
@pytest.mark.parametrize("size", [(1, 1), (3, 2), (15, 1), (3, 5)])
def test_regions_too_small_to_be_mixed_are_filled(how: RedactMode, size: tuple[int, int]) -> None:
    image = Image.new("RGB", size, "white")
    result = done(image, Redact(((0.0, 0.0, 100.0, 100.0),), how, "#123456"))
    assert result.getcolors() == [(size[0] * size[1], (0x12, 0x34, 0x56))]


@pytest.mark.parametrize("how", list(RedactMode))
def test_shapes_and_colours_in_what_is_transparent_go_too(how: RedactMode) -> None:
    hidden = natural(64, 64).convert("RGBA")
    hidden.putalpha(0)
    hidden.paste((0, 0, 0, 255), (0, 0, 64, 32))
    letters = hidden.copy()
    letters.putpixel((3, 3), (255, 255, 255, 0))
    region = Redact(((0.0, 0.0, 100.0, 100.0),), how)
    result = done(hidden, region)
    assert result.tobytes() == done(letters, region).tobytes()
    assert len(result.getcolors(9999) or ()) <= 64


def test_overlapping_regions_and_none() -> None:
    image = natural(40, 40)
    both = Redact(((0.0, 0.0, 60.0, 60.0), (40.0, 40.0, 60.0, 60.0)), color="#ffffff")
    assert done(image, both).getpixel((20, 20)) == (255, 255, 255)
    assert done(image, Redact()).tobytes() == image.tobytes()
