"""What is beside the picture in a file, told as lost; and depth, which stays where it can."""

import io
import itertools
import struct
from functools import lru_cache

import pytest
from PIL import ExifTags, Image

from core.images import notes
from core.images.extras import extras_of
from core.images.recipe import Colours, Flip, Rotate
from tests.unit.images.pictures import Bench, fit, png, psnr, quartered, recipe, saved
from tests.unit.images.test_colour import LINEAR_GREY

SMALL = saved(Image.new("L", (8, 8)), "JPEG")
ULTRA = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"/></rdf:RDF></x:xmpmeta>'
)
MOTION = ULTRA.replace(b"hdr-gain-map/1.0/", b"x").replace(b'hdrgm:Version="1.0"', b'hdrgm:MotionPhoto="1"')


def marker(number: int, body: bytes) -> bytes:
    return b"\xff" + bytes((number,)) + struct.pack(">H", len(body) + 2) + body


def of_several(second: bytes, kind: int = 0x020003, xmp: bytes = b"") -> bytes:
    """A JPEG with another behind it, listed as CIPA DC-007 has it."""
    first = saved(quartered(), "JPEG", xmp=xmp) if xmp else saved(quartered(), "JPEG")
    length = 4 + 8 + 2 + 12 + 4 + 32
    listed_at = 2 + 4 + 4  # where offsets count from
    start = len(first) + length + 4 - listed_at
    listed = b"MPF\0MM\0*\0\0\0\x08" + struct.pack(">HHHII", 1, 0xB002, 7, 32, 26) + bytes(4)
    listed += struct.pack(">IIIHH", 0x030000, 0, 0, 0, 0) + struct.pack(
        ">IIIHH", kind, len(second), start, 0, 0
    )
    return first[:2] + marker(0xE2, listed) + first[2:] + second


@pytest.mark.parametrize(
    ("content", "lost"),
    [
        (saved(quartered(), "JPEG"), ()),
        (saved(quartered(), "JPEG", xmp=ULTRA), (notes.GAIN_MAP,)),
        (saved(quartered(), "JPEG", xmp=MOTION), (notes.MOVING_PART,)),
        (of_several(SMALL), (notes.SECOND_PICTURES,)),
        (of_several(SMALL, kind=0x010001), ()),  # a preview of the same
        (of_several(SMALL[:2] + marker(0xE2, b"urn:iso:std:iso:ts:21496:-1\0") + SMALL[2:]), (notes.GAIN_MAP,)),
        (of_several(SMALL[:2] + marker(0xE1, b"http://ns.apple.com/HDRGainMap/1.0/") + SMALL[2:]), (notes.GAIN_MAP,)),
        (of_several(SMALL, xmp=ULTRA), (notes.GAIN_MAP,)),
        (saved(quartered(), "JPEG") + b"film" * 99 + b"SEFH\0\0\x30\x0a" + bytes(9) + b"SEFT", (notes.MOVING_PART,)),
        (saved(quartered(), "JPEG") + b"SEFH" + bytes(9) + b"SEFT", ()),
        (saved(quartered(), "AVIF"), ()),
        (saved(quartered(), "PNG"), ()),
    ],
)  # fmt: skip
def test_what_is_lost_with_the_file_is_told(bench: Bench, content: bytes, lost: tuple[str, ...]) -> None:
    outcome = bench.run(content, recipe(fit(64, 64)))
    assert outcome.error is None
    assert outcome.notes == lost
    assert b"hdrgm:Version" not in bench.part.read_bytes()
    assert bench.run(content, "as-downloaded").notes == ()


@pytest.mark.parametrize("cut", range(4, 58, 3))
def test_lists_of_pictures_that_make_no_sense(bench: Bench, cut: int) -> None:
    content = of_several(SMALL)
    at = content.index(b"MPF\0") + 4
    for filling in (b"\0", b"\xff"):
        damaged = content[: at + cut] + filling * (58 - cut) + content[at + 58 :]
        assert bench.picture(damaged, recipe(fit(64, 64))).size == (64, 48)


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, kind) + content


@pytest.mark.parametrize(
    ("content", "lost"),
    [
        (box(b"meta", b"auxC\0\0\0\0urn:com:apple:photo:2020:aux:hdrgainmap\0"), (notes.GAIN_MAP,)),
        (box(b"meta", b"infe\2\0\0\0\0\1\0\0tmap\0"), (notes.GAIN_MAP,)),
        (box(b"meta", b"") + box(b"mpvd", b"film"), (notes.MOVING_PART,)),
        (box(b"meta", b"av1C\x81\x04\x4c\0"), (notes.HIGH_DEPTH,)),
        (box(b"meta", b"av1C\x81\x04\x0c\0"), ()),
        (box(b"mdat", b"tmap"), ()),
        (b"\0\0\0\1mdat" + struct.pack(">Q", 16) + box(b"meta", b"tmap"), (notes.GAIN_MAP,)),
        (box(b"ftyp", b"")[:6], ()),
        (b"\0\0\0\0meta", ()),
        (b"\0\0\0\1mdat" + b"\xff" * 8, ()),
    ],
)
def test_boxes(content: bytes, lost: tuple[str, ...]) -> None:
    file = io.BytesIO(box(b"ftyp", b"heic") + content)
    file.seek(3)
    assert extras_of(file, "HEIF", Image.new("L", (1, 1))) == lost
    assert file.tell() == 3


def ramp() -> Image.Image:
    """Greys of 16 bits, most of which 8 cannot tell apart."""
    values = [x * 1000 + y * 37 for y in range(48) for x in range(64)]
    return Image.frombytes("I;16", (64, 48), struct.pack(f"<{len(values)}H", *values))


def numbers(image: Image.Image) -> list[int]:
    return list(struct.unpack(f"<{image.width * image.height}H", image.tobytes()))


@pytest.mark.parametrize("order", ["II", "MM"])
@pytest.mark.parametrize("target", ["png", "tiff"])
def test_sixteen_bit_greys_stay_so(bench: Bench, target: str, order: str) -> None:
    content = saved(ramp(), "PNG")
    if order == "MM":
        swapped = struct.pack(f">{64 * 48}H", *numbers(ramp()))
        content = saved(Image.frombytes("I;16B", (64, 48), swapped), "TIFF")
    for what, size in (
        (recipe(format=target), (64, 48)),
        (recipe(Rotate(), Flip(), format=target), (48, 64)),
    ):
        result = bench.picture(content, what)
        assert (result.mode, result.size) == ("I;16", size)
        assert sorted(numbers(result)) == sorted(numbers(ramp()))
        assert bench.run(content, what).notes == ()
    small = bench.picture(content, recipe(fit(16, 16), format=target))
    assert small.mode == "I;16"
    expected = ramp().resize((16, 12), Image.Resampling.LANCZOS)
    assert max(abs(a - b) for a, b in zip(numbers(small), numbers(expected), strict=True)) <= 1


def test_sixteen_bit_greys_with_a_profile(bench: Bench) -> None:
    content = saved(ramp(), "PNG", icc_profile=LINEAR_GREY)
    assert bench.picture(content, recipe()).mode == "L"
    assert set(bench.run(content, recipe()).notes) == {notes.SIXTEEN_BIT, notes.CONVERTED}
    kept = bench.picture(content, recipe(colors=Colours.KEEP))
    assert (kept.mode, kept.info["icc_profile"]) == ("I;16", LINEAR_GREY)


@pytest.mark.parametrize("target", ["jpeg", "webp", "avif", "gif", "bmp"])
def test_sixteen_bit_greys_elsewhere(bench: Bench, target: str) -> None:
    content = saved(ramp(), "PNG")
    result = bench.picture(content, recipe(format=target, quality=95)).convert("L")
    eight = Image.frombytes("L", (64, 48), bytes((value + 128) // 257 for value in numbers(ramp())))
    assert psnr(result, eight) > 30
    assert bench.run(content, recipe(format=target)).notes == (notes.SIXTEEN_BIT,)


TURNED = {
    1: (0, 1, 2, 3), 2: (1, 0, 3, 2), 3: (3, 2, 1, 0), 4: (2, 3, 0, 1),
    5: (0, 2, 1, 3), 6: (2, 0, 3, 1), 7: (3, 1, 2, 0), 8: (1, 3, 0, 2),
}  # fmt: skip
"""Which of the stored corners is seen top left, top right, bottom left, bottom right (Exif 2.32, tag 274)."""
COLOURS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0))


@lru_cache(maxsize=64)
def lying(name: str, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    options = {"speed": 10} if name == "AVIF" else {}
    return saved(quartered((64, 32)), name, exif=exif, **options)


@pytest.mark.parametrize("target", ["jpeg", "png", "webp", "avif", "tiff", "gif", "bmp", "keep"])
@pytest.mark.parametrize("source", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF"])
def test_every_orientation_to_every_format(bench: Bench, source: str, target: str) -> None:
    for orientation in range(1, 9):
        content = lying(source, orientation)
        result = bench.picture(content, recipe(fit(48, 48), format=target, quality=95))
        width, height = (48, 24) if orientation < 5 else (24, 48)
        assert result.size == (width, height)
        assert result.getexif().get(ExifTags.Base.Orientation, 1) == 1
        seen = result.convert("RGB")
        places = itertools.product((height // 4, height * 3 // 4), (width // 4, width * 3 // 4))
        for (y, x), corner in zip(places, TURNED[orientation], strict=True):
            pixel = seen.getpixel((x, y))
            assert isinstance(pixel, tuple)
            distance = max(abs(a - b) for a, b in zip(pixel, COLOURS[corner], strict=True))
            assert distance < 40, (orientation, corner)


def test_colours_of_sixteen_bits_are_noted_once(bench: Bench) -> None:
    import zlib

    content = png(1, 1, 16, 2, zlib.compress(b"\0" + struct.pack(">3H", 65535, 0, 0)))
    assert bench.run(content, recipe(format="tiff")).notes == (notes.SIXTEEN_BIT,)
