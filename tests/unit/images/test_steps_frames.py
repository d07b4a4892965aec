"""Borders, backgrounds and rounded corners, in pixels."""

import pytest
from PIL import Image

from core.errors import PictureTooLargeError
from core.images.recipe import Background, Border, Operation, RoundedCorners
from core.images.steps import About, step
from core.images.steps_frames import framed
from tests.unit.images.pictures import natural


def done(image: Image.Image, operation: Operation) -> Image.Image:
    return step(image, operation, About())


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
@pytest.mark.parametrize(("size", "width"), [((100, 40), 4), ((30, 300), 3), ((1, 1), 1), ((4, 4), 1)])
def test_a_border_is_as_wide_as_a_share_of_the_short_edge(
    mode: str, size: tuple[int, int], width: int
) -> None:
    image = natural(*size).convert(mode)
    result = done(image, Border(10.0, "#404040"))
    assert (result.mode, result.size) == (mode, (size[0] + 2 * width, size[1] + 2 * width))
    assert result.crop((width, width, width + size[0], width + size[1])).tobytes() == image.tobytes()
    ring = result.copy()
    ring.paste(Image.new(mode, size, "#404040"), (width, width))
    assert len(ring.getcolors() or ()) == 1


def test_no_border_and_coloured_ones() -> None:
    image = Image.new("L", (10, 10), 7)
    assert done(image, Border(0.0)).size == (10, 10)
    assert done(image, Border(10.0, "#ff8800")).getpixel((0, 0)) == (255, 136, 0)
    assert done(image, Border(10.0, "#ff880080")).getpixel((0, 0)) == (255, 136, 0, 128)
    assert done(image, Border(10.0, "#11111180")).getpixel((0, 0)) == (17, 128)
    assert done(image, Border(10.0, "#ff8800")).getpixel((1, 1)) == (7, 7, 7)
    with pytest.raises(PictureTooLargeError):
        framed(image, (100_000, 100_000), (0, 0), "#000000")


def test_a_background_shows_through_as_far_as_alpha_lets_it() -> None:
    image = Image.new("RGBA", (3, 1), (200, 0, 0, 255))
    image.putpixel((1, 0), (200, 0, 0, 128))
    image.putpixel((2, 0), (200, 0, 0, 0))
    result = done(image, Background("#0000ff"))
    assert result.mode == "RGB"
    assert [result.getpixel((x, 0)) for x in range(3)] == [(200, 0, 0), (100, 0, 127), (0, 0, 255)]
    grey = Image.new("LA", (1, 1), (100, 0))
    assert done(grey, Background("#303030")).getpixel((0, 0)) == 48
    assert done(grey, Background("#00ff00")).getpixel((0, 0)) == (0, 255, 0)
    assert done(grey, Background("#30303080")).getpixel((0, 0)) == (48, 128)


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_background_is_nothing_to_what_is_opaque(mode: str) -> None:
    image = natural(20, 20).convert(mode)
    result = done(image, Background("#ff0000"))
    assert (result.mode, result.tobytes()) == (mode, image.tobytes())


@pytest.mark.parametrize(("mode", "expected"), [("L", "LA"), ("LA", "LA"), ("RGB", "RGBA"), ("RGBA", "RGBA")])
def test_corners_are_round_and_smooth(mode: str, expected: str) -> None:
    image = natural(120, 80).convert(mode)
    result = done(image, RoundedCorners(25.0))
    assert result.mode == expected
    alpha = result.getchannel("A")
    assert (
        result.convert(image.convert("RGB").mode).tobytes() == image.convert("RGB").tobytes()
    )  # colours stay
    transposed = (Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.FLIP_TOP_BOTTOM)
    assert all(alpha.transpose(turn).tobytes() == alpha.tobytes() for turn in transposed)
    assert alpha.getpixel((0, 0)) == 0
    assert {alpha.getpixel(at) for at in ((60, 0), (0, 40), (20, 0), (6, 6))} == {255}
    # A square less a quarter circle, four times, radius 20.
    missing = sum((255 - value) * count for value, count in enumerate(alpha.histogram())) / 255
    assert missing == pytest.approx(20**2 * (4 - 3.14159), rel=0.02)
    assert len(set(alpha.tobytes())) > 5


def test_fully_round_corners_make_a_circle_and_holes_stay() -> None:
    image = Image.new("RGBA", (100, 100), "red")
    image.paste((255, 0, 0, 0), (40, 40, 60, 60))
    alpha = done(image, RoundedCorners(50.0)).getchannel("A")
    assert alpha.getpixel((50, 50)) == 0
    assert alpha.getpixel((50, 0)) == 255
    assert sum(alpha.tobytes()) / 255 == pytest.approx(3.14159 * 50**2 - 400, rel=0.01)
    same = Image.new("RGB", (30, 30))
    assert done(same, RoundedCorners(0.0)).mode == "RGB"
