"""Watermarks, in pixels: places, sizes, opacity, fonts and pictures that can and cannot be used."""

import os
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw

from core.errors import RecipeError
from core.images.fonts import font_for
from core.images.recipe import Gravity, Operation, PictureWatermark, TextWatermark
from core.images.steps import About, step
from tests.unit.images.pictures import quartered

ALL = ("L", "LA", "RGB", "RGBA")
Box = tuple[int, int, int, int]


def done(image: Image.Image, operation: Operation, about: About | None = None) -> Image.Image:
    return step(image, operation, about or About("beach", "2024"))


def changed(before: Image.Image, after: Image.Image) -> Box:
    """Where a mark is."""
    box = ImageChops.difference(before.convert("RGB"), after.convert("RGB")).getbbox()
    assert box is not None
    return box


@pytest.fixture
def logo(tmp_path: Path) -> str:
    """Twice as wide as high; its left half is lime, its right half is not there."""
    image = Image.new("RGBA", (200, 100), (0, 0, 0, 0))
    image.paste("lime", (0, 0, 100, 100))
    path = tmp_path / "logo.png"
    image.save(path)
    return str(path)


@pytest.mark.parametrize("mode", ALL)
def test_a_text_is_written_as_large_and_as_opaque_as_told(mode: str) -> None:
    black = Image.new(mode, (400, 200), "black")
    result = done(black, TextWatermark("HHH", size=20.0, opacity=50.0, margin=5.0))
    assert (result.mode, result.size) == (mode, black.size)
    left, top, right, bottom = changed(black, result)
    assert (right, bottom) == (390, 190)  # 5 % of 200 from the edges
    assert 26 <= bottom - top <= 32  # capitals are 0.73 of 40 px
    assert left > 250
    assert result.convert("RGB").getextrema() == ((0, 128),) * 3


def test_colours_of_texts() -> None:
    grey = Image.new("L", (200, 100), 0)
    assert done(grey, TextWatermark("X", color="#ffffff")).mode == "L"
    red = done(grey, TextWatermark("X", size=50.0, color="#ff0000", opacity=100.0))
    assert red.mode == "RGB"
    assert red.getextrema() == ((0, 255), (0, 0), (0, 0))
    half = done(grey, TextWatermark("X", size=50.0, color="#ffffff80", opacity=50.0))
    assert half.getextrema() == (0, 64)
    nothing = done(grey, TextWatermark("X", opacity=0.0))
    assert nothing.tobytes() == grey.tobytes()


@pytest.mark.parametrize("gravity", list(Gravity))
def test_nine_places(gravity: Gravity, logo: str) -> None:
    image = Image.new("RGB", (300, 200), "black")
    marks: tuple[Operation, ...] = (
        TextWatermark("HH", size=10.0, gravity=gravity, margin=10.0),
        PictureWatermark(logo, size=20.0, gravity=gravity, margin=10.0),
    )
    for operation in marks:
        left, top, right, bottom = changed(image, done(image, operation))
        if isinstance(operation, PictureWatermark):
            right = left + 60  # half of it is not there
        assert ("left" in gravity.value) == (left == 20)
        assert ("right" in gravity.value) == (right == 280)
        assert ("top" in gravity.value) == (top == 20)
        assert ("bottom" in gravity.value) == (bottom == 180)
        if gravity is Gravity.CENTER:
            assert abs(left + right - 300) <= 2
            assert abs(top + bottom - 200) <= 2


def test_fields_are_filled_in() -> None:
    image = Image.new("L", (300, 60), 0)
    told = done(image, TextWatermark("© {year} {name}", size=30.0))
    assert told.tobytes() == done(image, TextWatermark("© 2024 beach", size=30.0)).tobytes()
    assert done(image, TextWatermark("{year}"), About("a", "")).tobytes() == image.tobytes()
    with pytest.raises(RecipeError, match="author"):
        done(image, TextWatermark("{author}"))


def test_a_long_text_is_made_to_fit_and_lines_are_kept() -> None:
    image = Image.new("L", (200, 200), 0)
    left, _, right, _ = changed(image, done(image, TextWatermark("W" * 200, size=50.0)))
    assert left >= 0
    assert right <= 200
    assert right - left > 150
    _, top, _, bottom = changed(image, done(image, TextWatermark("H\nH\n\nH", size=10.0)))
    assert bottom - top > 60


def test_letters_of_many_scripts_are_no_boxes() -> None:
    letters = "éüßñØžłşőЖукΩαא€—…™©®"
    font = font_for(letters, "", 40.0)
    box = bytes(font.getmask("\U0010ffff"))
    assert all(bytes(font.getmask(letter)) != box for letter in letters)


def test_letters_that_no_font_has_are_an_error_and_not_boxes() -> None:
    with pytest.raises(RecipeError) as caught:
        done(Image.new("L", (50, 50)), TextWatermark("\u0378"))
    assert "\\u0378" in caught.value.message
    assert "font" in caught.value.hint


def test_a_font_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "own.ttf"
    own.write_bytes(Path("resources/fonts/DejaVuSans.ttf").read_bytes())
    image = Image.new("L", (99, 99))
    assert done(image, TextWatermark("é", str(own))).getbbox() == done(image, TextWatermark("é")).getbbox()
    for path in (tmp_path / "gone.ttf", Path("DejaVuSans.ttf"), tmp_path, tmp_path / "text.ttf"):
        (tmp_path / "text.ttf").write_text("no font")
        with pytest.raises(RecipeError, match="font") as caught:
            done(image, TextWatermark("é", str(path)))
        assert str(path) in caught.value.message


@pytest.mark.parametrize("mode", ALL)
def test_all_over_the_picture(mode: str, logo: str) -> None:
    image = Image.new(mode, (400, 300), "black")
    for operation in (
        TextWatermark("draft", size=6.0, tiled=True, opacity=100.0),
        PictureWatermark(logo, size=8.0, tiled=True),
    ):
        result = done(image, operation)
        for left in range(0, 400, 100):
            for top in range(0, 300, 100):
                box = (left, top, left + 100, top + 100)
                changed(image.crop(box), result.crop(box))
        share = sum(result.convert("L").histogram()[8:]) / (400 * 300)
        assert 0.02 < share < 0.6


def test_tiles_are_tilted() -> None:
    image = Image.new("L", (300, 300), 0)
    result = done(image, TextWatermark("—————", size=20.0, tiled=True, opacity=100.0, margin=50.0))
    first = result.crop((0, 0, 150, 100))
    box = first.getbbox()
    assert box is not None
    left_half = first.crop((box[0], 0, box[0] + 10, 100)).getbbox()
    right_half = first.crop((box[2] - 10, 0, box[2], 100)).getbbox()
    assert left_half is not None
    assert right_half is not None
    assert left_half[1] > right_half[3]  # it rises to the right


@pytest.mark.parametrize("mode", ALL)
def test_a_picture_is_laid_on_with_its_alpha(mode: str, logo: str) -> None:
    image = Image.new(mode, (400, 400), "black")
    result = done(image, PictureWatermark(logo, 50.0, 50.0, Gravity.TOP_LEFT, 0.0))
    assert result.mode == ("RGBA" if "A" in mode else "RGB")
    assert changed(image, result) in {(0, 0, x, 100) for x in range(99, 104)}
    assert result.convert("RGB").getpixel((50, 50)) == (0, 128, 0)
    assert result.convert("RGB").getpixel((150, 50)) == (0, 0, 0)


def test_a_grey_picture_stays_grey_under_a_grey_one(tmp_path: Path) -> None:
    Image.new("L", (10, 10), 200).save(tmp_path / "grey.png")
    operation = PictureWatermark(str(tmp_path / "grey.png"), opacity=100.0)
    assert done(Image.new("L", (100, 100)), operation).getextrema() == (0, 200)
    assert done(Image.new("LA", (100, 100), (0, 0)), operation).getchannel("A").getextrema() == (0, 255)
    assert done(Image.new("RGB", (100, 100)), operation).mode == "RGB"


def test_a_high_picture_is_no_higher_than_the_one_below(tmp_path: Path) -> None:
    Image.new("RGB", (10, 200), "red").save(tmp_path / "high.png")
    image = Image.new("RGB", (400, 100))
    left, top, right, bottom = changed(
        image, done(image, PictureWatermark(str(tmp_path / "high.png"), 100.0))
    )
    assert (right - left, top, bottom) == (5, 0, 100)


def test_a_picture_is_upright_and_a_changed_one_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "mark.jpg"
    exif = Image.Exif()
    exif[0x0112] = 3
    quartered((80, 60)).save(path, exif=exif, quality=95)
    operation = PictureWatermark(str(path), 50.0, 100.0, Gravity.TOP_LEFT, 0.0)
    image = Image.new("RGB", (160, 120))
    red, green, _ = done(image, operation).getpixel((5, 5))  # type: ignore[misc]  # three bands
    assert min(red, green) > 240  # yellow, which was the last
    Image.new("RGB", (80, 60), "blue").save(path)
    os.utime(path, ns=(1, 1))
    assert done(image, operation).getpixel((5, 5))[2] > 240  # type: ignore[index]  # three bands


@pytest.mark.parametrize(
    "content", [b"", b"<html></html>", b"\x89PNG\r\n\x1a\n broken", None, "cut", "folder"]
)
def test_pictures_that_cannot_be_used(content: bytes | str | None, tmp_path: Path, logo: str) -> None:
    path = tmp_path / "mark.png"
    if content == "folder":
        path.mkdir()
    elif content == "cut":
        path.write_bytes(Path(logo).read_bytes()[:120])
    elif isinstance(content, bytes):
        path.write_bytes(content)
    with pytest.raises(RecipeError) as caught:
        done(Image.new("RGB", (50, 50)), PictureWatermark(str(path)))
    assert str(path) in caught.value.message
    assert "picture" in caught.value.hint


def test_what_is_written_on_nothing_is_seen() -> None:
    image = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    result = done(image, TextWatermark("X", size=60.0, opacity=100.0))
    assert result.getchannel("A").getextrema() == (0, 255)
    seen = {color[:3] for _, color in result.getcolors(9999) or [] if color[3]}  # type: ignore[index]  # a tuple of bands
    assert seen == {(255, 255, 255)}


def test_letters_are_drawn_where_the_font_says() -> None:
    """Against Pillow alone: the same letters, white on black."""
    image = Image.new("L", (200, 100), 0)
    result = done(image, TextWatermark("Ág", size=40.0, opacity=100.0, gravity=Gravity.CENTER))
    alone = Image.new("L", (200, 100), 0)
    ImageDraw.Draw(alone).text((50, 20), "Ág", 255, font_for("Ág", "", 40.0))
    assert result.crop(result.getbbox()).tobytes() == alone.crop(alone.getbbox()).tobytes()
