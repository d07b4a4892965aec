"""What a file's beginning tells, compared with what Pillow reads of the whole."""

import io
import struct
from functools import lru_cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile, PngImagePlugin

from core.images.decoding import shown_size
from core.images.facts import MOST_BYTES, Facts, facts
from core.images.formats import FORMATS
from tests.support.pictures import encoded, photo

WIDTH, HEIGHT = 150, 100


def exif(orientation: int) -> bytes:
    tags = Image.Exif()
    tags[274] = orientation
    return tags.tobytes()


MADE: dict[str, tuple[str, str, dict[str, object]]] = {  # format, mode, options
    "jpeg": ("JPEG", "RGB", {}),
    "jpeg progressive": ("JPEG", "RGB", {"progressive": True, "comment": b"c" * 900}),
    "jpeg icc": ("JPEG", "RGB", {"icc_profile": b"p" * 150_000}),
    "png": ("PNG", "RGB", {}),
    "png icc": ("PNG", "RGB", {"icc_profile": bytes(range(256)) * 40}),
    "gif": ("GIF", "P", {"comment": b"c" * 700}),
    "webp lossy": ("WEBP", "RGB", {}),
    "webp lossless": ("WEBP", "RGB", {"lossless": True}),
    "webp alpha": ("WEBP", "RGBA", {}),
    "webp animated": ("WEBP", "RGB", {"save_all": True, "append_images": [photo(WIDTH, HEIGHT, 1)]}),
    "avif": ("AVIF", "RGB", {"speed": 10}),
    "avif alpha": ("AVIF", "RGBA", {"speed": 10}),
    "avif animated": ("AVIF", "RGB", {"save_all": True, "append_images": [photo(WIDTH, HEIGHT, 1)]}),
    "bmp": ("BMP", "RGB", {}),
    "tiff": ("TIFF", "L", {}),
    "tiff big": ("TIFF", "L", {"big_tiff": True}),
    "ico": ("ICO", "RGB", {"sizes": [(16, 16), (64, 42), (32, 32)]}),
    "ico bmp": ("ICO", "RGB", {"sizes": [(16, 16), (64, 42)], "bitmap_format": "bmp"}),
    "jp2": ("JPEG2000", "RGB", {}),
    "j2k": ("JPEG2000", "RGB", {"no_jp2": True}),
    "ppm": ("PPM", "RGB", {}),
    "pgm": ("PPM", "L", {}),
    "mpo": ("MPO", "RGB", {"save_all": True, "append_images": [photo(WIDTH, HEIGHT, 1)]}),
}
MADE.update(
    (f"{form} lying {orientation}", (form, "RGB", {"exif": exif(orientation), "speed": 10}))
    for form in ("JPEG", "PNG", "WEBP", "AVIF", "TIFF")
    for orientation in range(10)
)


@lru_cache
def sample(name: str) -> bytes:
    """A file of a format that Pillow writes and we know."""
    form, mode, options = MADE[name]
    return encoded(photo(WIDTH, HEIGHT).convert(mode), form, **options)


def pillow_size(content: bytes) -> tuple[int, int]:
    image = Image.open(io.BytesIO(content))
    assert isinstance(image, ImageFile.ImageFile)
    return shown_size(image)


def agrees(found: Facts, size: tuple[int, int]) -> bool:
    """Whether what is said of the size is right."""
    return (found.width, found.height) in ((size, size[::-1]) if found.may_be_turned else (size,))


@pytest.mark.parametrize("name", MADE)
def test_every_beginning_needs_more_or_is_right(name: str) -> None:
    content = sample(name)
    size = pillow_size(content)
    told = facts(content[:MOST_BYTES])
    assert told.width is not None
    assert agrees(told, size)
    assert told.may_be_turned == (name.startswith("WEBP lying"))
    # How it lies changes little of a file: those are cut at fewer places.
    step = 17 if "lying" in name else 1
    ends = [*range(0, min(2000, len(content)), step), *range(2000, min(len(content), MOST_BYTES), 4999)]
    for end in ends:
        found = facts(content[:end])
        if found.needs is None:
            assert found == told, end
        else:
            assert end < found.needs <= MOST_BYTES
            assert found.width is None


@pytest.mark.parametrize("name", [name for name in MADE if name != "jpeg icc"])
def test_the_first_kilobytes_do(name: str) -> None:
    assert facts(sample(name)[:16384]).width is not None


def test_what_is_asked_for_is_enough() -> None:
    for content in map(sample, MADE):
        needs: int | None = 0
        tries = 0
        while needs is not None:
            needs, tries = facts(content[:needs]).needs, tries + 1
        assert tries < 60


def segment(code: int, content: bytes) -> bytes:
    return b"\xff" + bytes([code]) + struct.pack(">H", len(content) + 2) + content


def test_a_frame_header_behind_much_else() -> None:
    jpeg = sample("jpeg")
    much = segment(0xE2, b"MPF\0" + bytes(60_000))
    found = facts((jpeg[:2] + much * 3 + b"\xff" * 9 + jpeg[2:])[:MOST_BYTES])
    assert (found.width, found.height, found.needs) == (WIDTH, HEIGHT, None)
    assert facts((jpeg[:2] + much * 5 + jpeg[2:])[:MOST_BYTES]) == Facts("JPEG"), "it is too far"
    assert facts(jpeg[:2] + much * 2 + much[:9]).needs == 2 + 3 * len(much) + 2


XMP = b"http://ns.adobe.com/xap/1.0/\0" + b'<x tiff:Orientation="6"/>'


@pytest.mark.parametrize(
    ("extra", "turned"),
    [
        (segment(0xE1, XMP), True),
        (segment(0xE1, exif(1)) + segment(0xE1, XMP), False),
        (segment(0xE1, XMP) + segment(0xE1, exif(8)), True),
        (segment(0xE1, exif(3)), False),
    ],
)
def test_how_a_jpeg_lies(extra: bytes, turned: bool) -> None:
    jpeg = sample("jpeg")
    content = jpeg[:2] + extra + jpeg[2:]
    found = facts(content)
    assert (found.width, found.height) == ((HEIGHT, WIDTH) if turned else (WIDTH, HEIGHT))
    assert pillow_size(content) == (found.width, found.height)


@pytest.mark.parametrize("packed", [False, True])
def test_how_a_png_lies_by_its_xmp(packed: bool) -> None:
    about = PngImagePlugin.PngInfo()
    about.add_itxt("XML:com.adobe.xmp", '<x tiff:Orientation="6"/>', zip=packed)
    content = encoded(photo(WIDTH, HEIGHT), "PNG", pnginfo=about)
    found = facts(content)
    assert agrees(found, pillow_size(content))
    assert found.may_be_turned is packed


def test_damaged_exif_leaves_open_how_it_lies() -> None:
    jpeg = sample("jpeg")
    found = facts(jpeg[:2] + segment(0xE1, b"Exif\0\0II*\0\xff\xff\xff\xff") + jpeg[2:])
    assert (found.width, found.height, found.may_be_turned) == (WIDTH, HEIGHT, True)


@pytest.mark.parametrize("path_tags", [{254: 1}, {330: 8}, {50706: 1}])
def test_a_preview_says_nothing_of_the_picture(path_tags: dict[int, int]) -> None:
    tags = Image.Exif()
    tags.update(path_tags)
    content = encoded(photo(WIDTH, HEIGHT), "TIFF", tiffinfo=tags)
    assert facts(content) == Facts("TIFF")


def test_a_tiff_whose_directory_is_at_its_end() -> None:
    assert facts(b"II*\0" + struct.pack("<I", MOST_BYTES + 1) + bytes(100)) == Facts("TIFF")


# Bits of SizeHeader and ImageMetadata (ISO/IEC 18181-1, D.2 and D.3), the lowest first.
@pytest.mark.parametrize(
    ("fields", "size"),
    [
        (((1, 1), (7, 5), (1, 3), (1, 1)), (64, 64)),
        (((1, 1), (7, 5), (0, 3), (15, 5), (1, 1)), (128, 64)),
        (((0, 1), (1, 2), (2159, 13), (5, 3), (1, 1)), (3840, 2160)),
        (((0, 1), (2, 2), (9999, 18), (0, 3), (0, 2), (99, 9), (0, 1), (1, 1), (5, 3)), (10000, 100)),
    ],
)
@pytest.mark.parametrize("boxed", [False, True])
def test_jpeg_xl(fields: tuple[tuple[int, int], ...], size: tuple[int, int], boxed: bool) -> None:
    bits, place = 0, 0
    for value, count in fields:
        bits, place = bits | value << place, place + count
    content = b"\xff\x0a" + bits.to_bytes(100, "little")
    if boxed:
        start = b"\0\0\0\x0cJXL \r\n\x87\n" + b"\0\0\0\x14ftypjxl \0\0\0\0jxl "
        content = start + struct.pack(">I4sI", 12 + len(content), b"jxlp", 0) + content
    assert facts(content) == Facts("JXL", *size)


def box(kind: bytes, *contents: bytes) -> bytes:
    content = b"".join(contents)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def ispe(width: int, height: int) -> bytes:
    return box(b"ispe", bytes(4), struct.pack(">II", width, height))


@pytest.mark.parametrize(
    ("shared", "size"),
    [
        (b"\x02\x00\x07\x01\x81\x00\x09\x02\x82\x03", (2000, 3000)),
        (b"\x01\x00\x09\x01\x82", (3000, 2000)),
        (b"\x01\x00\x09\x01\x81", (4000, 100)),
        (b"\x01\x00\x07\x01\x81", (3000, 2000)),
    ],
)
def test_the_primary_item_counts(shared: bytes, size: tuple[int, int]) -> None:
    properties = box(b"ipco", ispe(4000, 100), ispe(3000, 2000), box(b"irot", b"\1"))
    parts = (
        box(b"pitm", bytes(4), b"\0\x09"),
        box(b"iprp", properties, box(b"ipma", bytes(4), b"\0\0\0" + shared)),
    )
    content = box(b"ftyp", b"heic", bytes(4), b"mif1") + box(b"meta", bytes(4), *parts)
    assert facts(content) == Facts("HEIF", *size)


def test_a_clean_aperture_crops() -> None:
    crop = box(b"clap", struct.pack(">8I", 2999, 1, 3998, 2, 0, 1, 0, 1))
    properties = box(b"ipco", ispe(3000, 2000), crop, box(b"irot", b"\1"))
    shared = box(b"ipma", bytes(4), b"\0\0\0\x01\0\x09\x03\x01\x02\x03")
    parts = (box(b"pitm", bytes(4), b"\0\x09"), box(b"iprp", properties, shared))
    for brand, size in ((b"heic", (1999, 2999)), (b"avif", (2000, 3000))):
        content = box(b"ftyp", brand, bytes(4), b"mif1") + box(b"meta", bytes(4), *parts)
        assert facts(content)[1:3] == size


@pytest.mark.parametrize("inner", [box(b"ihdr", b"abc"), box(b"ihdr"), b"\0\0\0\x20ihdr", b""])
def test_a_box_that_is_too_small_for_its_content(inner: bytes) -> None:
    start = b"\0\0\0\x0cjP  \r\n\x87\n" + box(b"ftyp", b"jp2 ", bytes(4), b"jp2 ")
    assert facts(start + box(b"jp2h", inner) + bytes(100)) == Facts("JPEG2000")


def test_photoshop() -> None:
    assert facts(b"8BPS\0\1" + bytes(6) + b"\0\3" + struct.pack(">II", 480, 640) + bytes(80)) == Facts(
        "PSD", 640, 480
    )


@pytest.mark.parametrize("content", [b"PK\3\4", b"<html>", b"", b"%PDF-1.7", b"\0"])
def test_what_is_no_picture(content: bytes) -> None:
    assert facts(content + bytes(300), claims=False) == Facts()


_STARTS = st.sampled_from(
    [
        bytes(offset) if not magic else magic.rjust(offset + len(magic), b"\0")
        for form in FORMATS.values()
        for signature in form.signatures
        for offset, magic in signature
    ]
)


@settings(max_examples=200, deadline=None)
@given(start=_STARTS, rest=st.binary(max_size=600), cut=st.integers(0, 400))
@example(start=b"\xff\xd8", rest=b"\xff" * 600, cut=2)
@example(start=b"GIF89a", rest=b"!" * 600, cut=6)
@example(start=b"\0\0\1\0\1\0\0\0\0\0", rest=bytes(600), cut=10)
def test_any_bytes_come_to_an_end(start: bytes, rest: bytes, cut: int) -> None:
    found = facts(start[:cut] + rest)
    assert found.needs is None or len(start[:cut] + rest) < found.needs <= MOST_BYTES
    assert (found.width is None) == (found.height is None)
    assert found.width is None or found.width > 0


@settings(max_examples=100, deadline=None)
@given(name=st.sampled_from(sorted(MADE)), place=st.integers(0, 700), value=st.integers(0, 255))
def test_a_changed_byte_comes_to_an_end(name: str, place: int, value: int) -> None:
    content = bytearray(sample(name)[:4000])
    content[min(place, len(content) - 1)] = value
    found = facts(bytes(content))
    assert found.needs is None or len(content) < found.needs
