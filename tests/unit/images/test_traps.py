"""Small files that would cost much: each comes to an end soon, one way or the other."""

import io
import struct
import zlib
from functools import lru_cache

import pytest
from PIL import Image, PngImagePlugin

from core.images.reading import MOST_SCANS, allow_pixels, most_pixels
from core.images.task import MOST_PIXELS
from tests.unit.images.pictures import Bench, natural, png, quartered, saved
from tests.unit.images.test_colour import SRGB

_MB = 1_000_000


@lru_cache(maxsize=1)
def bomb(kind: bytes, size: int) -> tuple[bytes, bytes]:
    """A chunk that unpacks to that many bytes."""
    packed = zlib.compress(b"x" * size, 9)
    return kind, {
        b"zTXt": b"k\0\0" + packed,
        b"iTXt": b"k\0\1\0\0\0" + packed,
        b"iCCP": b"p\0\0" + packed,
    }[kind]


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"iCCP"])
@pytest.mark.parametrize(("size", "count"), [(80 * _MB, 1), (_MB, 80)])
@pytest.mark.parametrize("what", ["as-downloaded", "thumbnail-256"])
def test_chunks_that_unpack_to_much(bench: Bench, kind: bytes, size: int, count: int, what: str) -> None:
    content = png(4, 4, 8, 0, zlib.compress(b"\0\1\2\3\4" * 4), *[bomb(kind, size)] * count)
    outcome = bench.run(content, what)
    assert outcome.error is None or outcome.error.code == "too-large", outcome.error


def test_limits_for_text_are_on_and_let_large_profiles_through(bench: Bench) -> None:
    printers = SRGB.ljust(3 * _MB, b"\0")  # tables for a printer and a paper take that much
    assert bench.picture(saved(natural(64, 64), "PNG", icc_profile=printers), "jpeg").info["icc_profile"]
    assert PngImagePlugin.MAX_TEXT_CHUNK == 8 << 20
    assert PngImagePlugin.MAX_TEXT_MEMORY == 64 << 20


@pytest.mark.parametrize("what", ["as-downloaded", "thumbnail-256"])
def test_a_progressive_jpeg_of_very_many_scans(bench: Bench, what: str) -> None:
    content = saved(natural(64, 64).convert("L"), "JPEG", progressive=True)
    head, _, rest = content.partition(b"\xff\xda")
    scan = b"\xff\xda" + rest[: rest.index(b"\xff\xc4" if b"\xff\xc4" in rest else b"\xff\xda")]
    content = head + scan * 20_000 + b"\xff\xd9"
    if what == "as-downloaded":
        assert "layers" in bench.run(content, what).notes[0]
    else:
        assert bench.code(content, what) == "unsupported-image"


def test_usual_progressive_jpegs_have_few_scans(bench: Bench) -> None:
    for options in ({"subsampling": 0}, {"quality": 100}, {"optimize": True}):
        content = saved(natural(64, 64), "JPEG", progressive=True, **options)
        assert content.count(b"\xff\xda") < MOST_SCANS // 10
        assert bench.run(content, "thumbnail-256").error is None


def test_a_gif_of_a_hundred_thousand_frames(bench: Bench) -> None:
    content = saved(Image.new("P", (8, 8)), "GIF")
    start = content.index(b",\0\0\0\0")
    content = content[:start] + content[start:-1] * 100_000 + b";"
    for what in ("as-downloaded", "thumbnail-256"):
        outcome = bench.run(content, what)
        assert outcome.error is None or outcome.error.code == "too-large", outcome.error


def test_a_gif_of_many_large_frames(bench: Bench) -> None:
    content = saved(Image.new("P", (5000, 5000)), "GIF")
    start = content.index(b",\0\0\0\0")
    content = content[:start] + content[start:-1] * 300 + b";"
    outcome = bench.run(content, "thumbnail-256")
    assert outcome.error is None or outcome.error.code == "too-large", outcome.error


def test_a_tiff_of_ten_thousand_pages(bench: Bench) -> None:
    pages = 10_000
    page = struct.pack("<H", 8) + b"".join(
        struct.pack("<HHII", *tag)
        for tag in (
            (256, 4, 1, 8), (257, 4, 1, 8), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8), (278, 4, 1, 8),
            (279, 4, 1, 64),
        )
    )  # fmt: skip
    content = io.BytesIO()
    content.write(b"II*\0" + struct.pack("<I", 72) + b"\x80" * 64)
    for number in range(1, pages + 1):
        following = content.tell() + len(page) + 4
        content.write(page + struct.pack("<I", following if number < pages else 0))
    for what in ("as-downloaded", "thumbnail-256"):
        outcome = bench.run(content.getvalue(), what)
        assert outcome.error is None, outcome.error


def test_the_limit_for_pixels_says_where_it_is_set(bench: Bench) -> None:
    content = saved(quartered((400, 300)), "PNG")
    try:
        allow_pixels(120_000)
        assert bench.run(content, "thumbnail-256").error is None
        allow_pixels(119_998)
        error = bench.run(content, "thumbnail-256").error
        assert error is not None
        assert error.code == "too-large"
        assert "--max-megapixels" in error.hint
    finally:
        allow_pixels(MOST_PIXELS)
    assert most_pixels() == MOST_PIXELS
