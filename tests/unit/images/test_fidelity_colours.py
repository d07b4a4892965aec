"""Colours through a recipe: what people see before and after, as numbers (CIE 76), and which profile goes along."""

import io
import math
import struct
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms

from core.images import notes
from core.images.profiles import mode_of, srgb_profile
from core.images.recipe import Colours, Output, Recipe
from tests.unit.images.pictures import Bench, fit, quartered, recipe, saved
from tests.unit.images.test_colour import LINEAR_GREY, SRGB, WIDE

LEVELS = (48, 96, 144, 192)
PATCHES = [(red, green, blue) for red in LEVELS for green in LEVELS for blue in LEVELS]
STEP = 8
GHOSTSCRIPTS = Path("/usr/share/color/icc/ghostscript")
KEPT: dict[str, Any] = {"colors": Colours.KEEP}


def chart(mode: str = "RGB", colours: list[tuple[int, ...]] | None = None) -> Image.Image:
    """Patches in a row, eight pixels each."""
    colours = colours or list(PATCHES)
    image = Image.new(mode, (STEP * len(colours), STEP))
    for at, colour in enumerate(colours):
        image.paste(colour, (STEP * at, 0, STEP * at + STEP, STEP))
    return image


def lab(image: Image.Image, profile: bytes) -> list[tuple[float, ...]]:
    """What the patches look like, by a profile: L 0 to 100, a and b -128 to 127."""
    opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    seen = ImageCms.profileToProfile(
        image, opened, ImageCms.createProfile("LAB"), ImageCms.Intent.RELATIVE_COLORIMETRIC, "LAB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )  # fmt: skip
    assert seen is not None
    lightness, *chroma = (band.tobytes() for band in seen.split())
    row = range(STEP // 2, image.width, STEP)
    return [(lightness[x] / 2.55, *(band[x] - 128 for band in chroma)) for x in row]


def furthest(one: list[tuple[float, ...]], other: list[tuple[float, ...]]) -> float:
    """The largest distance between patches that are the same."""
    pairs = zip(one, other, strict=True)
    return max(math.dist(*pair) for pair in pairs)


def embedded(image: Image.Image) -> bytes:
    profile = image.info["icc_profile"]
    assert isinstance(profile, bytes)
    return profile


def test_our_profile_is_srgb_and_small() -> None:
    ours = srgb_profile("RGB")
    assert len(ours) <= 480
    assert mode_of(ours) == "RGB"
    every = chart(colours=[(v, 255 - v, v * 7 % 256) for v in range(256)])
    assert (
        furthest(lab(every, ours), lab(every, SRGB)) < 1.1
    )  # a step of a and b, which are whole numbers here
    greys = srgb_profile("LA")
    assert (mode_of(greys), len(greys) < 400) == ("L", True)
    ramp = chart("L", [(v,) for v in range(256)])
    assert furthest(lab(ramp, greys), lab(ramp.convert("RGB"), SRGB)) < 1.5


@pytest.mark.parametrize("name", ["PNG", "TIFF", "JPEG", "WEBP", "AVIF"])
@pytest.mark.parametrize("output", [{}, KEPT], ids=["converted", "kept"])
def test_patches_look_the_same_afterwards(bench: Bench, name: str, output: dict[str, Any]) -> None:
    muted = [tuple(96 + value // 3 for value in patch) for patch in PATCHES]  # inside of sRGB
    original = chart(colours=muted)
    content = saved(original, "PNG", icc_profile=WIDE)
    result = bench.picture(content, recipe(format=name.lower(), quality=100, **output))
    exact = name in {"PNG", "TIFF"}
    assert furthest(lab(result, embedded(result)), lab(original, WIDE)) < (2 if exact else 3.5)
    told = bench.run(content, recipe(format=name.lower(), **output)).notes
    assert embedded(result) == (WIDE if output else srgb_profile("RGB"))
    assert told == (() if output else (notes.CONVERTED,))


@pytest.mark.parametrize("profile", ["a98.icc", "rommrgb.icc", "srgb.icc"])
def test_real_profiles(bench: Bench, profile: str) -> None:
    path = GHOSTSCRIPTS / profile
    if not path.exists():
        pytest.skip("Ghostscript's profiles are not installed")
    original = chart(colours=[tuple(110 + value // 5 for value in patch) for patch in PATCHES])
    result = bench.picture(saved(original, "TIFF", icc_profile=path.read_bytes()), recipe(format="png"))
    assert furthest(lab(result, embedded(result)), lab(original, path.read_bytes())) < 2


def press() -> bytes:
    """A CMYK profile made for this: 16 mixtures of four inks by a table (ICC.1:2001-04, section 6.5.9)."""
    table = b""
    for mixture in range(16):
        cyan, magenta, yellow, black = (mixture >> bit & 1 for bit in (3, 2, 1, 0))
        ink = 1 - 0.9 * black
        seen = tuple(round(60 + 180 * ink * (1 - 0.6 * part)) for part in (cyan, magenta, yellow))
        ((lightness, a, b),) = lab(chart(colours=[seen]), SRGB)
        table += bytes((round(lightness * 2.55), round(a + 128), round(b + 128)))
    ramp = bytes(range(256))
    identity = struct.pack(">9i", *(65536 * (at % 4 == 0) for at in range(9)))
    lut = b"mft1\0\0\0\0" + bytes((4, 3, 2, 0)) + identity + ramp * 4 + table + ramp * 3
    start, body, tags = 132 + 12, lut, struct.pack(">I4sII", 1, b"A2B0", 144, len(lut))
    head = struct.pack(">I4sI", start + len(body), b"\0" * 4, 0x02100000) + b"prtrCMYKLab "
    head += b"\x07\xd0" + b"\0\x01" * 5 + b"acsp" + b"\0" * 28 + struct.pack(">3i", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + tags + body


INKS = [tuple(255 * (at >> bit & 1) for bit in range(4)) for at in range(16)]


def cmyk_profiles() -> list[bytes]:
    real = GHOSTSCRIPTS / "default_cmyk.icc"
    return [press(), *([real.read_bytes()] if real.exists() else [])]


@pytest.mark.parametrize("which", [0, 1], ids=["made here", "Ghostscript's"])
@pytest.mark.parametrize("name", ["JPEG", "TIFF"])
def test_inks_look_the_same_afterwards(bench: Bench, name: str, which: int) -> None:
    profiles = cmyk_profiles()
    if which >= len(profiles):
        pytest.skip("Ghostscript's profiles are not installed")
    profile = profiles[which]
    inks = INKS if which == 0 else [tuple(60 + value // 4 for value in ink) for ink in INKS]
    original = chart("CMYK", inks)
    content = saved(original, name, icc_profile=profile, **({"quality": 100} if name == "JPEG" else {}))
    result = bench.picture(content, recipe(format="png"))
    assert result.mode == "RGB"
    expected = lab(original, profile)
    assert furthest(lab(result, embedded(result)), expected) < (2 if name == "TIFF" else 3)
    kept = bench.picture(content, recipe(quality=100, **KEPT))
    assert (kept.mode, embedded(kept)) == ("CMYK", profile)
    assert furthest(lab(kept, profile), expected) < 3
    assert bench.run(content, recipe(**KEPT)).notes == ()
    assert notes.CONVERTED in bench.run(content, recipe(format="webp", **KEPT)).notes  # it knows no inks


def test_inks_without_a_profile(bench: Bench) -> None:
    content = saved(chart("CMYK", INKS), "JPEG", quality=100)
    assert bench.picture(content, recipe(**KEPT)).mode == "CMYK"
    assert bench.run(content, recipe(**KEPT)).notes == ()
    assert "icc_profile" not in bench.picture(content, recipe(format="png")).info
    assert bench.run(content, recipe(format="png")).notes == (notes.NO_CMYK_PROFILE,)


def test_inks_with_a_profile_for_light_get_no_other_such(bench: Bench) -> None:
    content = saved(chart("CMYK", INKS), "JPEG", quality=100, icc_profile=srgb_profile("RGB"))
    for told in ({}, KEPT):
        result = bench.picture(content, recipe(fit(20, 20), **told))
        assert result.mode == "RGB"
        assert "icc_profile" not in result.info
        assert bench.run(content, recipe(fit(20, 20), **told)).notes == (notes.BROKEN_PROFILE,)


def test_inks_are_upside_down_only_where_adobe_says_so(bench: Bench) -> None:
    content = saved(chart("CMYK", [(0, 255, 255, 0)]), "JPEG", quality=100)
    at = content.index(b"\xff\xee")
    (length,) = struct.unpack_from(">H", content, at + 2)
    bare = content[:at] + content[at + 2 + length :]
    for file, colour in ((content, (255, 0, 0)), (bare, (0, 0, 0))):
        result = bench.picture(file, recipe(format="png"))
        assert result.getpixel((4, 4)) == colour


@pytest.mark.parametrize("output", [{}, KEPT], ids=["converted", "kept"])
@pytest.mark.parametrize("name", ["png", "jpeg", "webp", "tiff"])
def test_greys_get_a_profile_for_greys(bench: Bench, name: str, output: dict[str, Any]) -> None:
    ramp = chart("L", [(v,) for v in range(16, 256, 16)])
    result = bench.picture(
        saved(ramp, "PNG", icc_profile=LINEAR_GREY), recipe(format=name, quality=100, **output)
    )
    profile = embedded(result)
    assert mode_of(profile) == ("RGB" if name == "webp" else "L")
    assert (profile == LINEAR_GREY) == (bool(output) and name != "webp")
    assert furthest(lab(result, profile), lab(ramp, LINEAR_GREY)) < 3


@pytest.mark.parametrize("output", [{}, KEPT], ids=["converted", "kept"])
def test_what_came_without_a_profile_gets_none(bench: Bench, output: dict[str, Any]) -> None:
    content = saved(quartered(), "JPEG")
    assert "icc_profile" not in bench.picture(content, recipe(fit(256, 256), **output)).info
    assert bench.run(content, recipe(fit(256, 256), **output)).notes == ()


@pytest.mark.parametrize("output", [{}, KEPT], ids=["converted", "kept"])
@pytest.mark.parametrize("profile", [b"nonsense", SRGB[:300], b"\0" * 600, LINEAR_GREY])
def test_a_broken_profile_is_not_passed_on(bench: Bench, profile: bytes, output: dict[str, Any]) -> None:
    content = saved(quartered(), "JPEG", icc_profile=profile)
    result = bench.picture(content, recipe(fit(256, 256), **output))
    assert "icc_profile" not in result.info
    assert bench.run(content, recipe(**output)).notes == (notes.BROKEN_PROFILE,)


def test_srgb_by_another_name_is_no_conversion(bench: Bench) -> None:
    content = saved(quartered(), "PNG", icc_profile=SRGB)
    result = bench.picture(content, recipe(format="tiff"))
    assert result.tobytes() == quartered().tobytes()
    assert embedded(result) == srgb_profile("RGB")
    assert bench.run(content, recipe(format="tiff")).notes == ()
    assert bench.picture(content, recipe()).info["icc_profile"] == SRGB  # nothing to do: the original itself


@pytest.mark.parametrize(("name", "distance"), [("bmp", 2), ("gif", 8)])
def test_colours_are_not_kept_where_their_profile_has_no_room(
    bench: Bench, name: str, distance: float
) -> None:
    muted = chart(colours=[tuple(96 + value // 3 for value in patch) for patch in PATCHES])
    result = bench.picture(saved(muted, "PNG", icc_profile=WIDE), recipe(format=name, **KEPT)).convert("RGB")
    assert furthest(lab(result, SRGB), lab(muted, WIDE)) < distance
    assert (
        notes.CONVERTED in bench.run(saved(muted, "PNG", icc_profile=WIDE), recipe(format=name, **KEPT)).notes
    )


@pytest.mark.parametrize("name", ["avif", "webp", "png", "tiff", "jpeg"])
def test_greys_that_let_something_through_keep_their_look(bench: Bench, name: str) -> None:
    ramp = chart("L", [(v,) for v in range(16, 256, 16)])
    mark = Image.new("L", ramp.size, 255)
    mark.paste(0, (0, 0, 1, 1))
    content = saved(Image.merge("LA", (ramp, mark)), "PNG", icc_profile=LINEAR_GREY)
    result = bench.picture(content, recipe(format=name, quality=100, **KEPT))
    profile = embedded(result)
    seen = result.convert("L" if mode_of(profile) == "L" else "RGB")
    assert furthest(lab(seen, profile), lab(ramp, LINEAR_GREY)) < 3


def test_outputs_of_one_picture_have_their_own_colours(tmp_path: Path) -> None:
    from core.images.process import process
    from core.images.task import ProcessTask

    source, parts = tmp_path / "a", (str(tmp_path / "b"), str(tmp_path / "c"))
    source.write_bytes(saved(chart(), "PNG", icc_profile=WIDE))
    outputs = (Output("srgb"), Output("wide", colors=Colours.KEEP))
    outcome = process(ProcessTask(1, str(source), parts, Recipe("two", "Two", "", (), outputs)))
    assert (outcome.notes, outcome.others[0].notes) == ((notes.CONVERTED,), ())
    first, second = (Image.open(io.BytesIO(Path(part).read_bytes())) for part in parts)
    assert (embedded(first), embedded(second)) == (srgb_profile("RGB"), WIDE)
    assert second.tobytes() == chart().tobytes()
