"""Whole pictures, from file to file: sizes, turns, formats, colours, frames."""

import io
import random
import struct
import zlib

import pytest
from PIL import ExifTags, Image

from core.images import notes
from core.images.plugins import require_plugin
from core.images.recipe import Animation
from tests.unit.images.pictures import Bench, fill, fit, natural, png, psnr, quartered, recipe, saved


def test_a_thumbnail_is_as_good_as_the_slow_way(bench: Bench) -> None:
    content = saved(natural(2400, 1800), "JPEG", quality=92)
    result = bench.picture(content, "thumbnail-256")
    slow = Image.open(io.BytesIO(content)).convert("RGB").resize((256, 192), Image.Resampling.LANCZOS)
    assert result.size == (256, 192)
    assert psnr(result, Image.open(io.BytesIO(saved(slow, "JPEG", quality=85)))) > 40
    assert psnr(bench.picture(content, recipe(fit(256, 256), format="png")), slow) > 40


def test_a_square_is_as_good_as_the_slow_way(bench: Bench) -> None:
    content = saved(natural(1603, 1201), "JPEG", quality=92)
    result = bench.picture(content, recipe(fill(200, 200), format="png"))
    whole = Image.open(io.BytesIO(content)).convert("RGB")
    slow = whole.resize((200, 200), Image.Resampling.LANCZOS, (201, 0, 1402, 1201))
    assert psnr(result, slow) > 40


@pytest.mark.parametrize("name", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF"])
def test_orientation_is_baked_in_once(bench: Bench, name: str) -> None:
    for orientation in range(1, 9):
        _check_orientation(bench, name, orientation)


def _check_orientation(bench: Bench, name: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    content = saved(quartered(), name, exif=exif)
    result = bench.picture(content, recipe(fit(100, 80), format="png"))
    seen = _turned(quartered(), orientation)
    assert result.size == ((60, 80) if orientation >= 5 else (100, 75))
    assert ExifTags.Base.Orientation not in result.getexif()
    assert psnr(result.convert("RGB"), seen.resize(result.size, Image.Resampling.LANCZOS)) > 25
    checked = bench.run(content, "as-downloaded")
    assert (checked.width, checked.height) == seen.size


def _turned(image: Image.Image, orientation: int) -> Image.Image:
    """By the words of Exif 2.32, tag 274: where the first row and column are seen."""
    if orientation in {5, 6, 7, 8}:
        image = image.transpose(Image.Transpose.TRANSPOSE)
    if orientation in {3, 4, 7, 8}:
        image = image.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    if orientation in {2, 3, 6, 7}:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return image


@pytest.mark.parametrize("name", ["thumbnail-256", "web-1920", "square-1080", "jpeg", "webp"])
def test_nothing_is_enlarged(bench: Bench, name: str) -> None:
    for width, height in ((1, 1), (17, 5), (1, 300), (200, 200)):
        result = bench.picture(saved(Image.new("RGB", (width, height), "teal"), "PNG"), name)
        assert result.width <= width
        assert result.height <= height


@pytest.mark.parametrize(
    "name", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "JPEG2000", "ICO", "HEIF", "JXL"]
)
def test_the_format_is_kept(bench: Bench, name: str) -> None:
    require_plugin(name)
    result = bench.picture(saved(quartered(), name), "thumbnail-256")
    assert result.format == name
    assert psnr(result.convert("RGB"), quartered().resize((256, 192), Image.Resampling.LANCZOS)) > 25


@pytest.mark.parametrize(
    ("name", "mode", "what", "becomes"),
    [
        ("PPM", "RGB", "thumbnail-256", "JPEG"),
        ("JPEG2000", "RGB", "web-1920", "JPEG"),
        ("TIFF", "RGB", "web-1920", "JPEG"),
        ("TIFF", "RGBA", "web-1920", "JPEG"),
    ],
)
def test_formats_that_cannot_stay_are_noted(
    bench: Bench, name: str, mode: str, what: str, becomes: str
) -> None:
    content = saved(Image.new(mode, (64, 64), (200, 0, 0, 100)[: len(mode)]), name)
    assert bench.picture(content, what).format == becomes
    assert any(f"became a {becomes}" in note for note in bench.run(content, what).notes)


def test_jpeg_is_progressive_and_full_in_colour_from_90(bench: Bench) -> None:
    for quality, sampling in ((89, 2), (90, 1)):
        result = bench.picture(saved(quartered(), "PNG"), recipe(format="jpeg", quality=quality))
        assert result.info["progressive"]
        assert result.layer[0][1] == sampling  # type: ignore[attr-defined]  # the stubs lack it


def test_noise_is_not_too_much_for_the_encoder(bench: Bench) -> None:
    image = Image.frombytes("RGB", (500, 500), random.Random(1).randbytes(750_000))
    assert bench.picture(saved(image, "PNG"), recipe(format="jpeg", quality=100)).size == (500, 500)


@pytest.mark.parametrize(("size", "name"), [((65_501, 1), "jpeg"), ((1, 16_384), "webp")])
def test_sides_that_a_format_cannot_have(bench: Bench, size: tuple[int, int], name: str) -> None:
    assert bench.code(saved(Image.new("L", size), "PNG"), name) == "too-large"
    assert max(bench.picture(saved(Image.new("L", size), "PNG"), recipe(fit(99, 99), format=name)).size) == 99


@pytest.mark.parametrize("name", ["PNG", "TIFF", "GIF", "WEBP"])
@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_modes(bench: Bench, name: str, mode: str) -> None:
    image = quartered((300, 300)).convert(mode)
    for what in ("thumbnail-256", "jpeg", "webp", "square-1080"):
        result = bench.picture(saved(image, name), what)
        expected = image.convert("RGB").resize(result.size, Image.Resampling.LANCZOS)
        assert psnr(result.convert("RGB"), expected) > 19, what


def test_sixteen_bit_grey_is_not_white(bench: Bench) -> None:
    content = saved(Image.frombytes("I;16", (64, 64), struct.pack("<H", 32768) * 4096), "PNG")
    result = bench.picture(content, "jpeg")
    assert result.mode == "L"
    assert result.getpixel((9, 9)) == 128
    assert "Its 16 bits a channel were reduced to 8." in bench.run(content, "jpeg").notes


def test_sixteen_bit_colours_are_noted(bench: Bench) -> None:
    row = b"\0" + struct.pack(">6H", 65535, 0, 0, 0, 65535, 0)
    content = png(2, 1, 16, 2, zlib.compress(row))
    assert bench.picture(content, recipe(format="tiff")).getpixel((0, 0)) == (255, 0, 0)
    assert "Its 16 bits a channel were reduced to 8." in bench.run(content, recipe(format="tiff")).notes
    assert bench.picture(content, recipe()).size == (2, 1)
    assert bench.part.read_bytes() == content  # nothing to do: nothing is lost


def test_transparency_is_kept_or_laid_on_white(bench: Bench) -> None:
    image = Image.new("RGBA", (300, 300), (0, 0, 255, 255))
    image.paste((0, 0, 0, 0), (0, 0, 150, 300))
    for name in ("PNG", "WEBP", "GIF", "TIFF"):
        small = bench.picture(saved(image, name), "thumbnail-256").convert("RGBA")
        assert small.getchannel("A").getpixel((10, 99)) == 0
        assert psnr(small.crop((140, 0, 256, 256)).convert("RGB"), Image.new("RGB", (116, 256), "blue")) > 35
    white = bench.picture(saved(image, "PNG"), "jpeg").getpixel((10, 10))
    assert white == (255, 255, 255)
    assert "Transparent parts were laid on white." in bench.run(saved(image, "PNG"), "jpeg").notes


def test_a_palette_that_nothing_touches_stays(bench: Bench) -> None:
    image = quartered((90, 90)).quantize(4)
    for name in ("PNG", "GIF"):
        result = bench.picture(saved(image, name, transparency=2), "thumbnail-256")
        assert result.mode == "P"
        assert (
            result.convert("RGBA").tobytes()
            == Image.open(io.BytesIO(bench.source.read_bytes())).convert("RGBA").tobytes()
        )


def test_cmyk(bench: Bench) -> None:
    content = saved(Image.new("CMYK", (900, 900), (0, 255, 255, 0)), "JPEG", quality=95)
    result = bench.picture(content, "thumbnail-256")
    assert result.mode == "RGB"
    assert psnr(result, Image.new("RGB", (256, 256), "red")) > 30
    assert any("CMYK" in note for note in bench.run(content, "thumbnail-256").notes)


@pytest.mark.parametrize("name", ["GIF", "WEBP", "PNG", "TIFF", "AVIF"])
def test_only_the_first_frame_stays_and_that_is_said(bench: Bench, name: str) -> None:
    frames = [Image.new("RGB", (300, 300), colour) for colour in ("red", "lime", "blue")]
    content = saved(frames[0], name, save_all=True, append_images=frames[1:])
    first = recipe(fit(256, 256), animation=Animation.FIRST)
    result = bench.picture(content, first)
    assert psnr(result.convert("RGB"), Image.new("RGB", (256, 256), "red")) > 30
    assert getattr(result, "n_frames", 1) == 1
    for what in (first, recipe(format="jpeg")):
        assert bench.run(content, what).notes == (notes.FIRST_PAGE if name == "TIFF" else notes.FIRST_FRAME,)
    assert bench.run(content, "as-downloaded").notes == ()


def test_a_phones_mpo_is_the_jpeg_in_front(bench: Bench) -> None:
    content = saved(quartered(), "MPO", save_all=True, append_images=[Image.new("RGB", (400, 300))])
    assert bench.picture(content, "thumbnail-256").format == "JPEG"
    assert bench.run(content, "thumbnail-256").notes == (notes.SECOND_PICTURES,)
