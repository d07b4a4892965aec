"""What other programs write into their files: it is carried over, or it is said that it was not."""

import io
import struct

import pytest
from PIL import ExifTags, Image, ImageOps
from PIL.PngImagePlugin import PngInfo

from core.images import notes
from core.images.recipe import Keeping
from tests.unit.images.pictures import Bench, fit, quartered, recipe, saved
from tests.unit.images.test_colour import SRGB

_KEYWORD = b"\x1c\x02\x19\x00\x05lakes"  # 2:25, as IPTC-IIM counts
_IPTC_TAG = 33723


def _captions_of(jpeg: bytes) -> bytes:
    resources = Image.open(io.BytesIO(jpeg)).info.get("photoshop") or {}
    return bytes(resources.get(0x0404, b""))


@pytest.mark.parametrize("order", ["<", ">"])
def test_captions_of_a_tiff_are_kept_although_they_are_called_numbers(bench: Bench, order: str) -> None:
    padded = _KEYWORD + b"\0" * (-len(_KEYWORD) % 4)
    pixels = b"\xff" * 64
    at = 8 + 2 + 12 * 8 + 4
    tags = [
        (256, 3, 1, 8), (257, 3, 1, 8), (258, 3, 1, 8), (262, 3, 1, 1),
        (273, 4, 1, at), (278, 3, 1, 8), (279, 4, 1, 64), (_IPTC_TAG, 4, len(padded) // 4, at + 64),
    ]  # fmt: skip
    body = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "IH", 8, len(tags))
    for tag, kind, count, value in tags:
        short = struct.pack(order + "HH", value, 0) if kind == 3 else struct.pack(order + "I", value)
        body += struct.pack(order + "HHI", tag, kind, count) + short
    bench.picture(body + b"\0\0\0\0" + pixels + padded, recipe(format="jpeg"))
    assert _captions_of(bench.part.read_bytes()).startswith(_KEYWORD)


@pytest.mark.parametrize("head", [b"Photoshop 3.0\0", b""])
def test_captions_of_a_png_are_kept_with_and_without_photoshops_name(bench: Bench, head: bytes) -> None:
    resource = head + b"8BIM\x04\x04\0\0" + struct.pack(">I", len(_KEYWORD)) + _KEYWORD
    text = PngInfo()
    text.add_text("Raw profile type iptc", f"\nIPTC profile\n{len(resource):8}\n{resource.hex()}\n", zip=True)
    bench.picture(saved(quartered(), "PNG", pnginfo=text), recipe(format="jpeg"))
    assert _captions_of(bench.part.read_bytes()) == _KEYWORD


def test_texts_of_people_that_are_left_out_are_noted(bench: Bench) -> None:
    text = PngInfo()
    text.add_text("Copyright", "Ann")
    assert bench.run(saved(quartered(), "PNG", pnginfo=text), recipe(fit(50, 50))).notes == (notes.TEXTS,)
    text = PngInfo()
    text.add_text("tiff:rows-per-strip", "8")  # what only programs care for
    assert bench.run(saved(quartered(), "PNG", pnginfo=text), recipe(fit(50, 50))).notes == ()


def test_a_profile_of_which_pieces_are_missing_is_noted(bench: Bench) -> None:
    content = saved(quartered(), "JPEG", icc_profile=SRGB.ljust(100_000, b"\0"))
    at = content.index(b"ICC_PROFILE")
    (length,) = struct.unpack_from(">H", content, at - 2)
    broken = content[: at - 4] + content[at - 2 + length :]
    assert broken.count(b"ICC_PROFILE") == 1
    assert bench.run(broken, recipe(fit(50, 50))).notes == (notes.BROKEN_PROFILE,)
    assert "icc_profile" not in bench.picture(broken, recipe(fit(50, 50))).info


@pytest.mark.parametrize("name", ["xmp", "APP1", "8bim"])
def test_metadata_as_texts_that_are_not_read_is_noted(bench: Bench, name: str) -> None:
    text = PngInfo()
    text.add_text(f"Raw profile type {name}", f"\n{name}\n{4:8}\n00112233\n")
    assert bench.run(saved(quartered(), "PNG", pnginfo=text), recipe(fit(50, 50))).notes == (notes.TEXTS,)


def test_metadata_of_a_jpeg_2000_is_left_out_and_noted(bench: Bench) -> None:
    content = saved(quartered(), "JPEG2000")
    assert (
        bench.run(content, recipe(fit(50, 50), format="jpeg")).notes == ()
    )  # not even what its writer is called
    exif = b"JpgTiffExif->JP2" + exif_of_somebody()
    box = struct.pack(">I4s", 8 + len(exif), b"uuid") + exif
    for more in (box, struct.pack(">I4s", 14, b"xml ") + b"<about"):
        assert bench.run(content + more, recipe(fit(50, 50))).notes == (notes.METADATA_OF_JPEG2000,)


def exif_of_somebody() -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "Ann"
    return exif.tobytes()[6:]


def test_xmp_of_a_gif_is_left_out_and_noted(bench: Bench) -> None:
    content = saved(quartered(), "GIF")
    extension = b"!\xff\x0bXMP DataXMP\x05hello\0"
    at = content.index(b",\0\0\0\0")
    outcome = bench.run(content[:at] + extension + content[at:], recipe(fit(50, 50)))
    assert notes.XMP_OF_GIF in outcome.notes


def test_exif_of_which_nothing_can_be_read_is_noted(bench: Bench) -> None:
    content = saved(quartered(), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x01\x12\0\x03" * 20)
    assert bench.run(content, recipe(fit(50, 50))).notes == (notes.BROKEN_EXIF,)
    assert bench.run(content, recipe(fit(50, 50), exif=Keeping.STRIP)).notes == ()
    nothing = saved(quartered(), "JPEG", exif=Image.Exif().tobytes())
    assert bench.run(nothing, recipe(fit(50, 50))).notes == ()


@pytest.mark.parametrize("target", ["jpeg", "png", "tiff", "bmp"])
def test_pixels_an_inch_stay(bench: Bench, target: str) -> None:
    result = bench.picture(saved(quartered(), "PNG", dpi=(300, 150)), recipe(fit(50, 50), format=target))
    assert [round(float(one)) for one in result.info["dpi"]] == [300, 150]


def test_pixels_an_inch_that_make_no_sense_are_none(bench: Bench) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.XResolution] = 1
    exif[ExifTags.Base.ResolutionUnit] = 2
    result = bench.picture(saved(quartered(), "JPEG", exif=exif), recipe(fit(50, 50), exif=Keeping.STRIP))
    assert "jfif_unit" not in result.info or result.info["jfif_unit"] == 0


def test_a_png_whose_checksum_is_wrong_is_damaged(bench: Bench) -> None:
    content = bytearray(saved(quartered(), "PNG"))
    at = content.index(b"IDAT")
    content[at + 4 + int.from_bytes(content[at - 4 : at], "big")] ^= 1
    for what in ("as-downloaded", recipe(fit(50, 50))):
        error = bench.run(bytes(content), what).error
        assert error is not None
        assert error.code == "broken-image"


def test_a_sound_tiff_of_an_unknown_kind_is_not_called_damaged(bench: Bench) -> None:
    tiff = bytearray(saved(ImageOps.grayscale(quartered((8, 8))), "TIFF"))
    at = struct.unpack_from("<I", tiff, 4)[0] + 2
    while struct.unpack_from("<H", tiff, at)[0] != 258:  # bits a sample
        at += 12
    struct.pack_into("<H", tiff, at + 8, 24)
    outcome = bench.run(bytes(tiff), recipe(fit(50, 50)))
    assert outcome.error is not None
    assert outcome.error.code == "unsupported-image"
    kept = bench.run(bytes(tiff), "as-downloaded")
    assert kept.error is None
    assert kept.notes
    assert kept.notes[0].startswith("It was not checked.")
