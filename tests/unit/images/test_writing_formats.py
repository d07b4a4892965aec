"""Every format that is written, read again: pixels, transparency, metadata, profile, depth, and what it cannot hold."""

import io
import re
import struct
import zlib
from typing import Any

import pytest
from PIL import ExifTags, Image, ImageCms, JpegImagePlugin

from core.errors import PictureTooLargeError
from core.images.encoders import ENCODERS
from core.images.encoding import Encoded, encoded
from core.images.formats import FORMATS, sniff
from core.images.frames import Frames
from core.images.metadata import Carried
from core.images.plugins import require_plugin
from core.images.recipe import Output, OutputFormat, Subsampling
from core.images.writing import shaped_for
from tests.unit.images.pictures import Bench, natural, psnr, recipe, saved

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF/></x:xmpmeta>'
READ_AGAIN = sorted(set(ENCODERS) - {"PDF"})
# At quality 90 on 200 x 150 pixels of fine grain; a mistake in colours or places comes to less than 20.
LEAST_PSNR = {
    "JPEG": 33, "WEBP": 31, "AVIF": 35, "HEIF": 35, "JXL": 31, "JPEG2000": 35, "GIF": 29, "PNG": 99, "TIFF": 99,
    "BMP": 99, "ICO": 99,
}  # fmt: skip


def written(image: Image.Image, name: str, metadata: Carried | None = None, **told: Any) -> Encoded:
    fitting = shaped_for(image, name).image
    return encoded(Frames((fitting,)), name, Output(**{"quality": 90} | told), metadata or Carried())


def read(made: Encoded) -> Image.Image:
    image = Image.open(io.BytesIO(made.content))
    image.load()
    assert image.format == made.format
    assert image.size == made.size
    return image


def faded(image: Image.Image) -> Image.Image:
    """Clear at the top, solid at the bottom."""
    image = image.copy()
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    return image


def test_every_output_has_a_writer() -> None:
    named = {str(one.value).upper() for one in OutputFormat} - {"KEEP", "KEEP-FOR-WEB"}
    assert named == set(ENCODERS) == {one.name for one in FORMATS.values() if one.is_written}


@pytest.mark.parametrize("name", READ_AGAIN)
def test_pixels(name: str) -> None:
    for picture in (natural(200, 150), natural(201, 77), natural(200, 150).convert("L")):
        made = written(picture, name)
        assert sniff(bytes(made.content[:64])) == name
        assert psnr(read(made).convert("RGB"), picture.convert("RGB")) > LEAST_PSNR[name]
    for size in ((1, 1), (3, 1), (1, 3)):
        assert read(written(Image.new("RGB", size, "teal"), name)).size == size


@pytest.mark.parametrize("name", READ_AGAIN)
def test_transparency(name: str) -> None:
    picture = faded(natural(200, 150))
    result = read(written(picture, name))
    if not FORMATS[name].has_alpha:
        white = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
        assert psnr(result.convert("RGB"), white) > 34
        assert "Transparent parts were laid on white." in shaped_for(picture, name).notes
        return
    alpha = result.convert("RGBA").getchannel("A")
    if name == "GIF":
        assert set(alpha.tobytes()) == {0, 255}
        assert any("nothing between" in note for note in shaped_for(picture, name).notes)
    else:
        assert psnr(alpha, picture.getchannel("A")) > 40


@pytest.mark.parametrize("name", sorted(ENCODERS))
def test_metadata_is_held_or_said_to_be_lost(name: str) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "ACME"
    metadata = Carried(
        b"Exif\0\0" + exif.tobytes().removeprefix(b"Exif\0\0"), XMP, b"\x1c\x02\x78\0\x05hello", SRGB
    )
    made = written(natural(64, 48), name, metadata)
    content, holds, notes = bytes(made.content), ENCODERS[name].holds, " ".join(made.notes)
    assert (b"ACME" in content) == ("exif" in holds) == ("EXIF" not in notes)
    assert (b"xmpmeta" in content) == ("xmp" in holds) == ("XMP" not in notes)
    assert (b"hello" in content) == ("iptc" in holds) == ("IPTC" not in notes)
    assert ("profile" not in notes) == ("icc" in holds)
    if name == "PDF":
        return
    result = read(made)
    assert (result.getexif().get(ExifTags.Base.Make) == "ACME") == ("exif" in holds)
    if name == "JPEG2000":  # Pillow does not read it
        assert b"colr\2\0\0" + SRGB in content
        assert psnr(result, natural(64, 48)) > 35
    elif name != "JXL":  # its reader makes one up
        assert (result.info.get("icc_profile") == SRGB) == ("icc" in holds)


def test_a_long_profile_is_in_pieces() -> None:
    import random

    profile = SRGB + random.Random(2).randbytes(700_000)
    result = read(written(natural(64, 48), "JPEG", Carried(icc=profile)))
    assert result.info["icc_profile"] == profile


@pytest.mark.parametrize("name", ["WEBP", "HEIF", "JXL", "JPEG2000", "AVIF", "JPEG"])
def test_lossless(name: str) -> None:
    picture = faded(natural(99, 75)) if FORMATS[name].has_alpha else natural(99, 75)
    made = written(picture, name, lossless=True)
    if name in {"AVIF", "JPEG"}:
        assert len(made.notes) == 1
        assert psnr(read(made).convert("RGB"), picture.convert("RGB")) > (48 if name == "AVIF" else 33)
    else:
        assert made.notes == ()
        assert read(made).convert("RGBA").tobytes() == picture.convert("RGBA").tobytes()


@pytest.mark.parametrize("name", ["PNG", "TIFF", "JPEG2000"])
def test_sixteen_bits_stay(name: str) -> None:
    values = b"".join(struct.pack("<H", at * 29) for at in range(60 * 37))
    picture = Image.frombytes("I;16", (60, 37), values)
    result = read(written(picture, name, lossless=True))
    assert result.mode == "I;16"
    assert result.tobytes() == values


def test_sixteen_bits_become_eight_where_there_is_no_room() -> None:
    picture = Image.frombytes("I;16", (8, 8), struct.pack("<H", 32768) * 64)
    for name in ("JPEG", "GIF", "WEBP"):
        shaped = shaped_for(picture, name)
        assert shaped.notes == ("Its 16 bits a channel were reduced to 8.",)
        assert read(written(picture, name)).convert("L").getpixel((3, 3)) in range(127, 130)


@pytest.mark.parametrize("name", sorted(set(ENCODERS) - {"BMP", "GIF", "ICO", "PDF", "TIFF", "JPEG2000"}))
def test_effort_changes_how_hard_it_tries(name: str) -> None:
    picture = natural(160, 120)
    plain: dict[str, Any] = {"progressive": False}  # what is progressive has its own tables anyway
    sizes = {effort: len(written(picture, name, effort=effort, **plain).content) for effort in (0, 10)}
    assert sizes[10] != sizes[0]
    if name in {"PNG", "JPEG", "WEBP"}:
        assert sizes[10] <= sizes[0]
        assert len(written(picture, name).content) <= sizes[0] * 1.01


@pytest.mark.parametrize("name", sorted(one for one in ENCODERS if ENCODERS[one].is_lossy))
def test_quality_makes_files_smaller(name: str) -> None:
    picture = natural(160, 120)
    low, high = (len(written(picture, name, quality=quality).content) for quality in (30, 90))
    assert low < high * 0.7


def test_jpeg_is_as_it_is_told() -> None:
    picture = natural(64, 48)
    for told, layers in (
        ({"subsampling": Subsampling.FULL, "quality": 50}, 0),
        ({"subsampling": Subsampling.HALF}, 1),
        ({"subsampling": Subsampling.QUARTER, "quality": 95}, 2),
        ({"quality": 90}, 0),
        ({"quality": 89}, 2),
    ):
        result = read(written(picture, "JPEG", **told))
        assert isinstance(result, JpegImagePlugin.JpegImageFile)
        assert JpegImagePlugin.get_sampling(result) == layers
    assert "progressive" in read(written(picture, "JPEG")).info
    assert "progressive" not in read(written(picture, "JPEG", progressive=False)).info


def test_an_icon_has_several_sizes() -> None:
    result = read(written(natural(200, 200), "ICO"))
    assert result.info["sizes"] == {(side, side) for side in (16, 24, 32, 48, 64, 128, 200)}
    assert read(written(natural(256, 100), "ICO")).size == (256, 100)


@pytest.mark.parametrize("size", [(300, 150), (65_000, 1)])
def test_a_pdf_has_one_page_with_the_picture_once(size: tuple[int, int]) -> None:
    picture = Image.new("RGB", size, "teal")
    content = bytes(written(picture, "PDF").content)
    assert content.startswith(b"%PDF-")
    assert content.count(b"/Subtype /Image") == content.count(b"/Type /Page\n") == 1
    assert b"Date" not in content
    assert content == bytes(written(picture, "PDF").content)
    found = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", content)
    assert found
    assert float(found[1]) == pytest.approx(min(14_400, size[0] * 72 / 300), rel=1e-3)
    start = content.index(b"\xff\xd8\xff")
    assert Image.open(io.BytesIO(content[start:])).size == size


@pytest.mark.parametrize(
    ("name", "longest"),
    [
        ("JPEG", 65_500),
        ("WEBP", 16_383),
        ("AVIF", 32_768),
        ("GIF", 65_535),
        ("ICO", 256),
        ("PDF", 65_500),
        ("HEIF", 16_888),
    ],
)
def test_limits(name: str, longest: int) -> None:
    high = 64 if name == "HEIF" else 1  # x265 opens no picture that is longer and thinner
    made = written(Image.new("L", (longest, high)), name)
    assert made.size == (longest, high)
    if name != "PDF":
        assert read(made).size == (longest, high)
    for size in ((longest + 1, 1), (1, longest + 1)):
        for step in (shaped_for, written):
            with pytest.raises(PictureTooLargeError, match=str(longest)) as caught:
                step(Image.new("L", size), name)
            assert "scales it down" in caught.value.hint
        with pytest.raises(PictureTooLargeError, match=str(longest)):
            encoded(Frames((Image.new("L", size),)), name, Output(), Carried())


def test_an_encoder_that_fails_leaves_nothing_of_its_own(bench: Bench) -> None:
    long = saved(Image.new("L", (16_800, 1)), "PNG")
    assert bench.code(long, recipe(format="heif")) == "unsupported-image"


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["HEIF", "JXL"])
def test_plugins_turn_pictures_themselves(bench: Bench, name: str, orientation: int) -> None:
    require_plugin(name)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    picture = natural(60, 40)
    content = saved(picture, name, quality=95, exif=exif.tobytes())
    opened = Image.open(io.BytesIO(content))
    assert opened.size == ((40, 60) if name == "HEIF" and orientation >= 5 else (60, 40))
    result = bench.picture(content, recipe(format="png"))
    assert psnr(result.convert("RGB"), opened.convert("RGB")) > 60
    assert result.getexif().get(ExifTags.Base.Orientation, 1) == 1


def test_a_jpeg_xl_that_is_too_large_is_not_decoded(bench: Bench) -> None:
    # Bare: not small, height and width of 30 bits each, no ratio (ISO/IEC 18181-1, annex D.2).
    bits = 3 << 1 | (65_535 - 1) << 3 | 0 << 33 | 3 << 36 | (65_535 - 1) << 38
    bomb = b"\xff\x0a" + bits.to_bytes(9, "little") + bytes(30)
    assert bench.code(bomb, "thumbnail-256") == "too-large"
    box = struct.pack(">I4s", 8 + len(bomb), b"jxlc") + bomb
    assert bench.code(b"\0\0\0\x0cJXL \r\n\x87\n" + box, "thumbnail-256") == "too-large"


@pytest.mark.parametrize(
    "size", [(8, 8), (256, 64), (300, 200), (257, 1), (9_000, 1), (640, 480), (1200, 1000), (400, 200)]
)
def test_the_size_in_a_jpeg_xls_header(size: tuple[int, int]) -> None:
    from core.images.jxl import jxl_size

    for metadata in (Carried(), Carried(xmp=XMP)):
        content = bytes(written(Image.new("L", size), "JXL", metadata).content)
        assert jxl_size(io.BytesIO(content)) == size
        assert jxl_size(io.BytesIO(zlib.compress(content))) is None
