"""Colours that a PNG describes by numbers: brought to sRGB as those of a profile are."""

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image

from core.images import notes
from core.images.recipe import PictureWatermark
from tests.unit.images.pictures import Bench, fit, recipe, saved
from tests.unit.images.test_animation import film, shown
from tests.unit.images.test_colour import LINEAR_GREY, SRGB, WIDE
from tests.unit.images.test_fidelity_colours import KEPT, PATCHES, chart, embedded, furthest, lab

# Adobe RGB (1998): the numbers of WIDE, which has them as an ICC profile.
ADOBE = (31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000)
OF_SRGB = (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
GAMMA = 45470  # 1 / 2.2
MUTED = [tuple(96 + value // 3 for value in patch) for patch in PATCHES]  # inside of sRGB


def described(content: bytes, gamma: int | None = None, places: tuple[int, ...] = (), *more: bytes) -> bytes:
    """A PNG with such chunks behind its header."""
    chunks = [b"gAMA" + struct.pack(">I", gamma)] if gamma is not None else []
    chunks += [b"cHRM" + struct.pack(f">{len(places)}I", *places)] if places else []
    return content[:33] + b"".join(map(_chunk, (*chunks, *more))) + content[33:]


def _chunk(body: bytes) -> bytes:
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


@pytest.mark.parametrize("output", [{}, KEPT], ids=["converted", "kept"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_they_look_as_they_are_described(bench: Bench, mode: str, output: dict[str, Any]) -> None:
    original = chart(colours=MUTED)
    content = described(
        saved(original.quantize(64) if mode == "P" else original.convert(mode), "PNG"), GAMMA, ADOBE
    )
    result = bench.picture(content, recipe(format="tiff", **output))
    assert furthest(lab(result.convert("RGB"), embedded(result)), lab(original, WIDE)) < 2
    told = bench.run(content, recipe(format="tiff", **output)).notes
    assert told == (() if output else (notes.CONVERTED,))


def test_a_curve_alone_is_heeded(bench: Bench) -> None:
    half = described(saved(Image.new("RGB", (8, 8), (128, 128, 128)), "PNG"), 100_000)
    assert abs(bench.picture(half, recipe(format="tiff")).tobytes()[0] - 188) <= 1  # half the light
    ramp = chart("L", [(v,) for v in range(16, 256, 16)])
    result = bench.picture(described(saved(ramp, "PNG"), 100_000), recipe(format="png"))
    assert result.mode == "L"
    assert furthest(lab(result, embedded(result)), lab(ramp, LINEAR_GREY)) < 2


def test_places_alone_come_with_the_curve_of_srgb(bench: Bench) -> None:
    white = described(saved(Image.new("RGB", (8, 8), (100, 100, 100)), "PNG"), None, ADOBE)
    result = bench.picture(white, recipe(format="tiff"))
    assert max(abs(value - 100) for value in result.tobytes()) <= 1


def test_every_frame_of_an_animation_is_as_described(bench: Bench) -> None:
    frames = [Image.new("RGB", (8, 8), (128, 200, 128)), Image.new("RGB", (8, 8), (200, 128, 128))]
    result = bench.picture(described(film("PNG", frames), GAMMA, ADOBE), recipe())
    (green, _), (red, _) = shown(result)
    assert green.getpixel((4, 4))[0] < 100  # type: ignore[index]  # of an RGBA picture
    assert red.getpixel((4, 4))[0] > 210  # type: ignore[index]  # as above


def test_so_is_a_watermark(bench: Bench) -> None:
    logo = bench.source.with_name("logo.png")
    logo.write_bytes(described(saved(Image.new("RGB", (20, 20), (128, 200, 128)), "PNG"), GAMMA, ADOBE))
    mark = PictureWatermark(str(logo), size=100, opacity=100)
    result = bench.picture(saved(Image.new("RGB", (20, 20)), "PNG"), recipe(mark))
    assert result.getpixel((10, 10))[0] < 100  # type: ignore[index]  # of an RGB picture


@pytest.mark.parametrize(
    ("gamma", "places", "more"),
    [
        (45455, (), ()),
        (45455, OF_SRGB, ()),
        (None, OF_SRGB, ()),
        (GAMMA, ADOBE, (b"sRGB\0",)),
    ],
)
def test_what_is_srgb_by_its_numbers_or_by_its_word_stays(
    bench: Bench, gamma: int | None, places: tuple[int, ...], more: tuple[bytes, ...]
) -> None:
    content = described(saved(chart(), "PNG"), gamma, places, *more)
    result = bench.picture(content, recipe(format="tiff"))
    assert result.tobytes() == chart().tobytes()
    assert "icc_profile" not in result.info
    assert bench.run(content, recipe(format="tiff")).notes == ()


def test_a_profile_counts_more(bench: Bench) -> None:
    content = described(saved(chart(), "PNG", icc_profile=SRGB), 100_000, ADOBE)
    assert bench.picture(content, recipe(format="tiff")).tobytes() == chart().tobytes()


@pytest.mark.parametrize(
    ("gamma", "places"),
    [
        (0, ()),
        (1, ()),
        (0xFFFFFFFF, ADOBE),
        (None, (0,) * 8),
        (None, (0xFFFFFFFF,) * 8),
        (GAMMA, (31270, 32900) * 4),  # one light thrice
        (GAMMA, (70000, 29000, *ADOBE[2:])),  # a white that they do not make
    ],
)
def test_what_makes_no_sense_is_left_alone_and_noted(
    bench: Bench, gamma: int | None, places: tuple[int, ...]
) -> None:
    content = described(saved(chart(), "PNG"), gamma, places)
    result = bench.picture(content, recipe(fit(256, 256), format="tiff"))
    assert "icc_profile" not in result.info
    assert bench.run(content, recipe(format="tiff")).notes == (notes.SENSELESS_COLOURS,)
    assert bench.picture(content, recipe(format="tiff")).tobytes() == chart().tobytes()


def test_the_profile_goes_along_where_colours_are_kept(bench: Bench) -> None:
    content = described(saved(chart(), "PNG"), GAMMA, ADOBE)
    kept = bench.picture(content, recipe(format="webp", lossless=True, **KEPT))
    assert kept.tobytes() == chart().tobytes()
    assert furthest(lab(kept, embedded(kept)), lab(chart(), WIDE)) < 2
    assert Image.open(io.BytesIO(bench.part.read_bytes())).info["icc_profile"] == embedded(kept)


def coded(content: bytes, *codes: int) -> bytes:
    return described(content, None, (), b"cICP" + bytes(codes))


@pytest.mark.parametrize("profile", [None, SRGB])
def test_codes_count_most(bench: Bench, profile: bytes | None) -> None:
    """Display P3, brought to sRGB by the matrices of CSS Color 4, section 18."""
    options = {"icc_profile": profile} if profile else {}
    for colour, expected in (((128, 200, 128), (103, 202, 120)), ((200, 128, 128), (212, 124, 126))):
        content = coded(saved(Image.new("RGB", (8, 8), colour), "PNG", **options), 12, 13, 0, 1)
        found = bench.picture(content, recipe(format="tiff")).tobytes()[:3]
        assert max(abs(a - b) for a, b in zip(found, expected, strict=True)) <= 2
        assert bench.run(content, recipe(format="tiff")).notes == (notes.CONVERTED,)


def test_codes_of_srgb_are_nothing_to_do(bench: Bench) -> None:
    content = coded(saved(chart(), "PNG", icc_profile=WIDE), 1, 13, 0, 1)
    assert bench.picture(content, recipe(format="tiff")).tobytes() == chart().tobytes()
    assert bench.run(content, recipe(format="tiff")).notes == ()


@pytest.mark.parametrize(
    "codes", [(9, 16, 0, 1), (9, 18, 0, 1), (99, 13, 0, 1), (12, 13, 1, 1), (12, 13, 0, 0)]
)
def test_codes_that_are_not_known_here_are_noted(bench: Bench, codes: tuple[int, ...]) -> None:
    content = coded(saved(chart(), "PNG"), *codes)
    assert bench.picture(content, recipe(format="tiff")).tobytes() == chart().tobytes()
    assert bench.run(content, recipe(format="tiff")).notes == (notes.OTHER_COLOURS,)
    told = bench.run(coded(saved(chart(), "PNG", icc_profile=WIDE), *codes), recipe(format="tiff")).notes
    assert told == (notes.OTHER_COLOURS, notes.CONVERTED)  # a profile beside them is the next best


@pytest.mark.parametrize("cut", range(8, 60, 5))
def test_chunks_that_end_too_early_are_no_crash(bench: Bench, cut: int) -> None:
    content = coded(saved(chart(), "PNG"), 12, 13, 0, 1)
    assert bench.run(content[:cut], recipe()).error is not None
