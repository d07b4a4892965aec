"""Resizing in linear light and after other steps, trimming, and turning by any angle."""

import math

import pytest
from PIL import Image, ImageChops

from core.images.recipe import (
    Axis,
    Crop,
    CropRatio,
    Flip,
    Gravity,
    Operation,
    Resize,
    ResizeMode,
    Rotate,
    Straighten,
    Trim,
    Turn,
)
from core.images.steps import About, step
from tests.unit.images.pictures import natural, psnr, quartered


def done(image: Image.Image, operation: Operation) -> Image.Image:
    return step(image, operation, About())


def checkerboard(mode: str, size: tuple[int, int]) -> Image.Image:
    cell = Image.new("L", (2, 2), 0)
    cell.putpixel((0, 0), 255)
    cell.putpixel((1, 1), 255)
    board = Image.new("L", size)
    for x in range(0, size[0], 2):
        for y in range(0, size[1], 2):
            board.paste(cell, (x, y))
    return board.convert(mode)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_a_fine_checkerboard_keeps_its_light(mode: str) -> None:
    accurate = Resize(ResizeMode.FIT, 16, 16, accurate=True)
    result = done(checkerboard(mode, (64, 64)), accurate)
    assert (result.mode, result.size) == (mode, (16, 16))
    for x in range(2, 14):
        value = result.getchannel(0).getpixel((x, 8))
        assert value in range(187, 190)  # IEC 61966-2-1: half the light is 188
    plain = done(checkerboard("L", (64, 64)), Resize(ResizeMode.FIT, 16, 16)).getpixel((8, 8))
    assert plain in range(126, 130)  # what is wrong with scaling the numbers


def test_linear_light_keeps_flat_colours_exactly() -> None:
    for value in range(0, 256, 5):
        flat = Image.new("RGB", (9, 9), (value, 255 - value, 77))
        result = done(flat, Resize(ResizeMode.FIT, 4, 4, accurate=True))
        assert result.getcolors() == [(16, (value, 255 - value, 77))]


def test_linear_light_is_near_the_usual_way_on_photographs() -> None:
    photograph = natural(300, 200)
    fine = done(photograph, Resize(ResizeMode.LONG_EDGE, edge=100, accurate=True))
    assert psnr(fine, done(photograph, Resize(ResizeMode.LONG_EDGE, edge=100))) > 35


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
@pytest.mark.parametrize("accurate", [False, True])
def test_transparent_parts_have_no_say_in_colours(mode: str, *, accurate: bool) -> None:
    image = Image.new(mode, (64, 64), (0,) * len(Image.new(mode, (1, 1)).getbands()))
    image.paste(Image.new(mode, (30, 64), "white"), (0, 0))
    result = done(image, Resize(ResizeMode.FIT, 20, 20, accurate=accurate))
    alphas = set(result.getchannel("A").tobytes())
    assert {0, 255} < alphas  # there is an edge
    seen = {color[0] for _, color in result.getcolors(999) or [] if color[-1] > 8}  # type: ignore[index]  # a tuple of bands
    assert min(seen) >= 250


MODES = [
    (Resize(ResizeMode.FIT, 100, 100), (100, 75)),
    (Resize(ResizeMode.FILL, 100, 100), (100, 100)),
    (Resize(ResizeMode.STRETCH, 90, 30), (90, 30)),
    (Resize(ResizeMode.PAD, 100, 100), (100, 100)),
    (Resize(ResizeMode.LONG_EDGE, edge=200), (200, 150)),
    (Resize(ResizeMode.SHORT_EDGE, edge=150), (200, 150)),
    (Resize(ResizeMode.WIDTH, width=40), (40, 30)),
    (Resize(ResizeMode.HEIGHT, height=30), (40, 30)),
    (Resize(ResizeMode.PERCENT, percent=25.0), (100, 75)),
    (Resize(ResizeMode.MEGAPIXELS, megapixels=0.03), (200, 150)),
]


@pytest.mark.parametrize(("operation", "size"), MODES, ids=[one.mode.value for one, _ in MODES])
@pytest.mark.parametrize("accurate", [False, True])
def test_every_way_to_resize(operation: Resize, size: tuple[int, int], *, accurate: bool) -> None:
    wanted = Resize(
        operation.mode, operation.width, operation.height, operation.edge, operation.percent, operation.megapixels,
        accurate=accurate,
    )  # fmt: skip
    result = done(quartered(), wanted)
    assert result.size == size
    middle = size[1] // 2
    assert result.getpixel((2, middle - 5)) == (255, 0, 0)
    assert result.getpixel((size[0] - 3, middle + 5)) == (255, 255, 0)


@pytest.mark.parametrize(
    ("gravity", "top"), [(Gravity.TOP, 0), (Gravity.CENTER, 12), (Gravity.BOTTOM, 25), (Gravity.LEFT, 12)]
)
def test_margins_lie_where_they_are_told(gravity: Gravity, top: int) -> None:
    result = done(quartered(), Resize(ResizeMode.PAD, 100, 100, gravity=gravity, color="#0a141e"))
    box = ImageChops.difference(result, Image.new("RGB", (100, 100), "#0a141e")).getbbox()
    assert box == (0, top, 100, top + 75)


def test_margins_may_be_transparent_and_coloured() -> None:
    pad = Resize(ResizeMode.PAD, 50, 90, color="#ff000000")
    result = done(Image.new("L", (30, 30), 99), pad)
    assert (result.mode, result.size) == ("RGBA", (50, 90))  # not enlarged, but margins all around
    assert result.getpixel((0, 0)) == (255, 0, 0, 0)
    assert result.getpixel((25, 45)) == (99, 99, 99, 255)
    assert result.getchannel("A").getbbox() == (10, 30, 40, 60)


def test_what_comes_after_other_steps_is_done_as_before_them() -> None:
    image = quartered((40, 30))
    assert done(image, Rotate(Turn.RIGHT)).getpixel((0, 0)) == (0, 0, 255)
    assert done(image, Flip(Axis.HORIZONTAL)).getpixel((0, 0)) == (0, 255, 0)
    assert done(image, Crop(10, 10, Gravity.BOTTOM_RIGHT)).getcolors() == [(100, (255, 255, 0))]
    assert done(image, CropRatio(1.0, 1.0, Gravity.LEFT)).size == (30, 30)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_trim_cuts_to_what_is_not_border(mode: str) -> None:
    image = Image.new(mode, (50, 40), "white")
    image.paste(Image.new(mode, (11, 7), "black"), (20, 30))
    image.putpixel((3, 3), Image.new(mode, (1, 1), "#fafafa").getpixel((0, 0)))  # type: ignore[arg-type]  # a pixel's value
    result = done(image, Trim(5.0))
    assert result.size == (11, 7)
    assert result.convert("L").getextrema() == (0, 0)
    assert done(image, Trim(0.0)).size == (28, 34)


def test_trim_takes_transparent_for_one_colour_and_leaves_what_is_of_one() -> None:
    image = Image.effect_noise((30, 30), 90).convert("RGBA")
    image.putalpha(0)
    image.paste((1, 2, 3, 255), (5, 6, 15, 26))
    assert done(image, Trim()).size == (10, 20)
    flat = Image.new("RGB", (30, 20), "red")
    assert done(flat, Trim()).size == (30, 20)
    object_in_corner = Image.new("RGB", (30, 20), "red")
    object_in_corner.paste("blue", (0, 0, 4, 3))
    assert done(object_in_corner, Trim()).size == (4, 3)


@pytest.mark.parametrize("turns", range(-2, 3))
def test_straightening_by_quarters_is_without_loss(turns: int) -> None:
    image = quartered((40, 30))
    expected = image.rotate(-90 * turns, expand=True)
    for cut in (False, True):
        assert done(image, Straighten(90.0 * turns, cut=cut)).tobytes() == expected.tobytes()


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
@pytest.mark.parametrize("degrees", [-170.0, -45.0, -3.0, 0.01, 89.9, 135.0])
@pytest.mark.parametrize("size", [(120, 80), (80, 120), (300, 10)])
def test_cutting_leaves_nothing_of_the_corners(size: tuple[int, int], degrees: float, mode: str) -> None:
    grey = Image.new(mode, size, "#808080")
    result = done(grey, Straighten(degrees, "#ff0000", cut=True))
    assert result.mode == mode
    assert len(result.getcolors() or ()) == 1
    whole = done(grey, Straighten(degrees, "#000000"))
    assert whole.size[0] >= result.size[0]
    angle = math.radians(degrees)
    across, down = abs(math.cos(angle)), abs(math.sin(angle))
    assert whole.size == (
        math.ceil(size[0] * across + size[1] * down - 1e-6),
        math.ceil(size[0] * down + size[1] * across - 1e-6),
    )
    # As large as can be: a pixel more each way would reach a corner.
    larger = whole.convert("L").crop(
        (
            (whole.width - result.width) // 2 - 2,
            (whole.height - result.height) // 2 - 2,
            (whole.width + result.width) // 2 + 2,
            (whole.height + result.height) // 2 + 2,
        )
    )
    assert larger.getextrema() != (128, 128)


def test_straightening_is_clockwise_and_fills_the_corners() -> None:
    image = Image.new("RGB", (101, 101), "white")
    image.paste("blue", (48, 0, 53, 50))  # from the middle up
    result = done(image, Straighten(45.0, "#ff0000"))
    assert result.size == (143, 143)
    assert result.getpixel((0, 0)) == (255, 0, 0)
    red, _, blue = result.getpixel((71 + 25, 71 - 25))  # type: ignore[misc]  # three bands
    assert (red, blue) == (0, 255)


def test_straightening_mixes_no_black_into_edges() -> None:
    image = Image.new("RGBA", (60, 60), "white")
    result = done(image, Straighten(20.0, "#ffffff00"))
    alphas = result.getchannel("A")
    assert alphas.getextrema() == (0, 255)
    assert 40 < sum(alphas.histogram()[1:255]) < 600  # smooth edges
    colors = {color[:3] for _, color in result.getcolors(9999) or [] if color[3]}  # type: ignore[index]  # a tuple of bands
    assert colors == {(255, 255, 255)}
    filled = done(image.convert("RGB"), Straighten(20.0, "#ffffff"))
    assert filled.getextrema() == ((255, 255),) * 3
