"""Sharpening, blurring, tones and colours, in pixels."""

import random

import pytest
from PIL import Image, ImageChops, ImageOps

from core.images.recipe import Adjust, AutoContrast, Blur, Greyscale, Operation, Sepia, Sharpen
from core.images.steps import About, step
from tests.unit.images.pictures import natural

ALL = ("L", "LA", "RGB", "RGBA")


def done(image: Image.Image, operation: Operation) -> Image.Image:
    return step(image, operation, About())


def edge(mode: str, dark: int = 100, light: int = 160) -> Image.Image:
    """Dark on the left, light on the right."""
    image = Image.new("L", (40, 20), dark)
    image.paste(light, (20, 0, 40, 20))
    return image.convert(mode)


def greys(image: Image.Image) -> list[int]:
    """Of the row in the middle."""
    row = image.convert("L").crop((0, image.height // 2, image.width, image.height // 2 + 1))
    return list(row.tobytes())


def half_there(mode: str) -> Image.Image:
    """White on the left, hidden black on the right."""
    image = Image.new(mode, (40, 20), "white")
    image.paste(Image.new(mode, (20, 20), 0), (20, 0))
    return image


# Sharpen


@pytest.mark.parametrize("mode", ALL)
def test_sharpening_steepens_an_edge_and_leaves_flat_parts(mode: str) -> None:
    image = edge(mode)
    result = greys(done(image, Sharpen(100.0, 1.0, 0)))
    assert result[19] < 90
    assert result[20] > 170
    assert result[:14] == [100] * 14
    assert result[26:] == [160] * 14


def test_sharpening_lets_alone_what_differs_by_less_than_the_threshold() -> None:
    grain = Image.frombytes("L", (50, 50), bytes(random.Random(1).choices(range(120, 128), k=2500)))
    assert done(grain, Sharpen(500.0, 2.0, 8)).tobytes() == grain.tobytes()
    assert done(grain, Sharpen(500.0, 2.0, 0)).tobytes() != grain.tobytes()
    faint = edge("RGB", 100, 106)
    assert done(faint, Sharpen(300.0, 1.0, 5)).tobytes() == faint.tobytes()


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_sharpening_makes_no_rim_of_what_is_hidden(mode: str) -> None:
    image = half_there(mode)
    image.paste(Image.new(mode, (20, 20), "#808080"), (0, 0))
    result = done(image, Sharpen(300.0, 2.0, 0))
    assert greys(result)[:20] == [128] * 20
    assert result.getchannel("A").tobytes() == image.getchannel("A").tobytes()


# Blur


@pytest.mark.parametrize("mode", ALL)
def test_blurring_softens_an_edge_evenly(mode: str) -> None:
    result = greys(done(edge(mode), Blur(3.0)))
    assert result == sorted(result)
    assert len(set(result)) > 8
    assert abs((result[19] + result[20]) / 2 - 130) <= 1
    assert (result[0], result[-1]) == (100, 160)


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_blurring_fades_white_into_nothing_without_grey(mode: str) -> None:
    result = done(half_there(mode), Blur(3.0))
    alphas = greys(result.getchannel("A"))
    assert alphas == sorted(alphas, reverse=True)
    assert 100 < alphas[20] < 150
    assert {color[0] for _, color in result.getcolors(9999) or [] if color[-1] > 1} == {255}  # type: ignore[index]  # a tuple of bands


# Adjust


@pytest.mark.parametrize("mode", ALL)
def test_adjusting_nothing_changes_nothing(mode: str) -> None:
    image = natural(40, 30).convert(mode)
    assert done(image, Adjust()).tobytes() == image.tobytes()


@pytest.mark.parametrize(
    ("operation", "tones"),
    [
        (Adjust(brightness=50.0), {0: 0, 100: 150, 200: 255}),
        (Adjust(brightness=-50.0), {0: 0, 100: 50, 200: 100}),
        (Adjust(brightness=-100.0), {0: 0, 255: 0}),
        (Adjust(contrast=-100.0), {0: 128, 100: 128, 255: 128}),
        (Adjust(contrast=100.0), {0: 0, 127: 0, 128: 255, 255: 255}),
        (Adjust(contrast=50.0), {0: 0, 127: 126, 128: 129, 168: 225, 255: 255}),
        (Adjust(gamma=2.0), {0: 0, 64: 128, 255: 255}),
        (Adjust(gamma=0.5), {0: 0, 128: 64, 255: 255}),
    ],
)
def test_tones_go_where_they_are_sent(operation: Adjust, tones: dict[int, int]) -> None:
    for before, after in tones.items():
        for mode in ALL:
            result = done(Image.new(mode, (1, 1), (before,) * len(mode)), operation).getpixel((0, 0))
            first = result if isinstance(result, int) else result[0]  # type: ignore[index]  # a tuple of bands
            assert abs(first - after) <= 1, (mode, before, result)
            assert mode not in {"LA", "RGBA"} or result[-1] == before  # type: ignore[index]  # alpha stays


def test_saturation() -> None:
    image = Image.new("RGBA", (1, 1), (200, 100, 50, 77))
    assert done(image, Adjust(saturation=-100.0)).getpixel((0, 0)) == (124, 124, 124, 77)
    red, green, blue, alpha = done(image, Adjust(saturation=50.0)).getpixel((0, 0))  # type: ignore[misc]  # a tuple of bands
    assert (red, green, blue, alpha) == (238, 88, 13, 77)
    assert done(Image.new("L", (1, 1), 9), Adjust(saturation=50.0)).getpixel((0, 0)) == 9


# Auto-contrast


@pytest.mark.parametrize("mode", ALL)
def test_auto_contrast_uses_all_tones(mode: str) -> None:
    image = edge(mode)
    assert set(greys(done(image, AutoContrast(0.0)))) == {0, 255}
    flat = Image.new(mode, (5, 5), "#555555")
    assert done(flat, AutoContrast()).tobytes() == flat.tobytes()


def test_auto_contrast_casts_no_colour_and_ignores_a_few_outliers() -> None:
    image = Image.new("RGB", (100, 10), (120, 100, 100))
    image.paste((90, 70, 70), (0, 0, 50, 10))
    image.putpixel((0, 0), (0, 0, 0))
    image.putpixel((99, 9), (255, 255, 255))
    assert done(image, AutoContrast(0.0)).tobytes() == image.tobytes()
    result = done(image, AutoContrast(0.5))
    dark, light = result.getpixel((10, 5)), result.getpixel((90, 5))
    assert dark[1] == dark[2] < 2  # type: ignore[index]  # three bands
    assert light[0] == 255  # type: ignore[index]  # three bands


def test_auto_contrast_counts_only_what_is_seen() -> None:
    image = half_there("LA")
    image.paste(edge("LA").crop((10, 0, 30, 20)), (0, 0))
    assert greys(done(image, AutoContrast(0.0)))[:20] == [0] * 10 + [255] * 10


# Colours


@pytest.mark.parametrize(("mode", "expected"), [("L", "L"), ("LA", "LA"), ("RGB", "L"), ("RGBA", "LA")])
def test_greyscale_keeps_brightness_and_alpha(mode: str, expected: str) -> None:
    image = natural(30, 20).convert(mode)
    if "A" in mode:
        image.putalpha(Image.linear_gradient("L").resize((30, 20)))
    result = done(image, Greyscale())
    assert result.mode == expected
    opaque = image.convert("RGB" if "RGB" in mode else "L")
    assert result.convert("L").tobytes() == opaque.convert("L").tobytes()
    if "A" in mode:
        assert result.getchannel("A").tobytes() == image.getchannel("A").tobytes()


@pytest.mark.parametrize(
    ("mode", "expected"), [("L", "RGB"), ("LA", "RGBA"), ("RGB", "RGB"), ("RGBA", "RGBA")]
)
def test_sepia_is_brown_and_keeps_alpha(mode: str, expected: str) -> None:
    image = Image.new("L", (1, 1), 100).convert(mode)
    if "A" in mode:
        image.putalpha(50)
    result = done(image, Sepia())
    assert result.mode == expected
    assert result.getpixel((0, 0)) == (135, 120, 94) + ((50,) if "A" in mode else ())
    assert done(image, Sepia(0.0)).convert("L").getpixel((0, 0)) == 100


def test_sepia_by_half_lies_in_the_middle() -> None:
    image = natural(30, 20)
    middle = Image.blend(image, done(image, Sepia()), 0.5)
    difference = ImageChops.difference(middle, done(image, Sepia(50.0)))
    assert max(high for _, high in difference.getextrema()) <= 1  # type: ignore[misc]  # pairs, one a band


@pytest.mark.parametrize("cutoff", [0.0, 0.5, 5.0, 20.0])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_auto_contrast_is_as_pillow_has_it(mode: str, cutoff: float) -> None:
    image = natural(120, 90).point([40 + value // 2 for value in range(256)] * 3).convert(mode)
    expected = ImageOps.autocontrast(image, cutoff, preserve_tone=True)
    assert done(image, AutoContrast(cutoff)).tobytes() == expected.tobytes()
