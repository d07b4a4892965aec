"""Where something is made unreadable or marked, nothing of the picture as it came is in what is given away."""

import base64
import io
import struct
import zlib
from collections.abc import Iterator

import pytest
from PIL import ExifTags, Image, JpegImagePlugin

from core.images import notes
from core.images.recipe import (
    IfLarger,
    Operation,
    Output,
    OutputFormat,
    PictureWatermark,
    Recipe,
    Redact,
    RedactMode,
    TextWatermark,
)
from core.images.task import Verdict
from tests.unit.images.pictures import Bench, fit, png, recipe, saved
from tests.unit.images.test_extras import marker

SIZE = (64, 48)
ALL = ((0.0, 0.0, 100.0, 100.0),)
# Bytes that only the original has, wherever in it: its smaller copies hold them.
SECRET = b"\xff\xd8\xff\xe0 what was there to be seen"
HEX = SECRET.hex().encode()
CODED = base64.b64encode(SECRET)
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:g="http://ns.adobe.com/xap/1.0/g/img/"'
    b' xmlns:d="http://ns.google.com/photos/1.0/depthmap/" xmp:Rating="4" d:Data="' + CODED + b'">'
    b'<xmp:Thumbnails><rdf:Alt><rdf:li rdf:parseType="Resource"><g:image>' + CODED + b"</g:image></rdf:li>"
    b"</rdf:Alt></xmp:Thumbnails><xmp:PageInfo><rdf:Seq><rdf:li><rdf:Description><g:image>" + CODED +
    b"</g:image></rdf:Description></rdf:li></rdf:Seq></xmp:PageInfo></rdf:Description></rdf:RDF></x:xmpmeta>"
)  # fmt: skip


def data_set(record: int, number: int, content: bytes) -> bytes:
    return struct.pack(">BBBH", 0x1C, record, number, len(content)) + content


def resource(number: int, content: bytes) -> bytes:
    return b"8BIM" + struct.pack(">HHI", number, 0, len(content)) + content + bytes(len(content) % 2)


def exif() -> bytes:
    """With a thumbnail behind it, and copies where makers and Photoshop have theirs."""
    tags = Image.Exif()
    tags[ExifTags.Base.Artist] = "Ann"
    tags[ExifTags.Base.ImageResources] = SECRET
    tags[0xC7AA] = SECRET
    tags.get_ifd(ExifTags.IFD.Exif).update(
        {ExifTags.Base.MakerNote: SECRET, ExifTags.Base.FNumber: 2.0, 37724: SECRET}
    )
    content = bytearray(tags.tobytes())
    at = struct.unpack_from(">I" if content[6:8] == b"MM" else "<I", content, 10)[0] + 6
    order = ">" if content[6:8] == b"MM" else "<"
    (count,) = struct.unpack_from(order + "H", content, at)
    start = len(content) - 6
    struct.pack_into(order + "I", content, at + 2 + 12 * count, start)
    thumbnail = struct.pack(order + "HHHIIHHIII", 2, 513, 4, 1, start + 30, 514, 4, 1, len(SECRET), 0)
    return bytes(content) + thumbnail + SECRET


def photograph() -> bytes:
    """A JPEG that holds copies of itself everywhere."""
    picture = Image.effect_noise(SIZE, 90).convert("RGB")
    content = saved(picture, "JPEG", exif=exif(), xmp=XMP, comment=SECRET, quality=95)
    captions = data_set(2, 120, b"a caption") + data_set(2, 202, SECRET) + data_set(8, 10, SECRET)
    photoshop = b"Photoshop 3.0\0" + resource(0x040C, SECRET) + resource(0x0404, captions)
    packed = content[:2] + marker(0xED, photoshop) + marker(0xE2, b"MPF\0" + SECRET) + content[2:]
    return packed + SECRET  # the second picture, the film, the gain map


def hiding(bench: Bench) -> Iterator[Operation]:
    for how in RedactMode:
        yield Redact(ALL, how)
    yield TextWatermark("draft")
    mark = bench.source.with_name("mark.png")
    mark.write_bytes(saved(Image.new("RGBA", (8, 8), "red"), "PNG"))
    yield PictureWatermark(str(mark))


FORMATS = ("jpeg", "png", "webp", "avif", "tiff", "gif", "jpeg2000", "bmp", "ico", "pdf", "heif", "jxl")


def test_the_photograph_is_full_of_itself() -> None:
    content = photograph()
    image = JpegImagePlugin.JpegImageFile(io.BytesIO(content))
    assert image.getexif().get_ifd(ExifTags.IFD.IFD1)[513]
    assert content.count(SECRET) > 8
    assert content.count(CODED) == 3


@pytest.mark.parametrize("form", FORMATS)
def test_no_copy_of_the_original_comes_through(bench: Bench, form: str) -> None:
    content = photograph()
    for operation in hiding(bench):
        outcome = bench.run(content, recipe(operation, format=form))
        assert outcome.error is None, outcome.error
        made = bench.part.read_bytes()
        for secret in (SECRET, HEX, CODED, b"CF" + SECRET[2:]):
            assert secret not in made, operation
        assert notes.MAKERS_NOTES in outcome.notes


def test_what_shows_nothing_stays(bench: Bench) -> None:
    made = bench.picture(photograph(), recipe(Redact(ALL), format="jpeg"))
    tags = made.getexif()
    assert tags[ExifTags.Base.Artist] == "Ann"
    assert tags.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.FNumber] == 2.0
    assert b'Rating="4"' in made.info["xmp"]
    assert made.info["photoshop"] == {0x0404: data_set(2, 120, b"a caption")}


def test_makers_notes_stay_where_nothing_is_hidden(bench: Bench) -> None:
    made = bench.picture(photograph(), recipe(fit(32, 32), format="jpeg"))
    assert made.getexif().get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.MakerNote] == SECRET


@pytest.mark.parametrize("verdict", [IfLarger.KEEP_ORIGINAL, IfLarger.SKIP])
def test_the_original_does_not_stay_because_it_is_smaller(bench: Bench, verdict: IfLarger) -> None:
    content = saved(Image.new("RGB", SIZE, "teal"), "JPEG", quality=10)
    for operation in hiding(bench):
        outcome = bench.run(content, recipe(operation, format="bmp", if_larger=verdict))
        if verdict is IfLarger.SKIP:
            assert outcome.verdict is Verdict.SKIP
            assert not bench.part.exists()
        else:
            assert outcome.verdict is Verdict.NEW
            assert bench.part.read_bytes()[:2] == b"BM"


def test_the_original_does_not_go_through_because_it_fits(bench: Bench) -> None:
    content = photograph()
    for operation in hiding(bench):
        outcome = bench.run(content, recipe(operation, target_size=len(content)))
        assert outcome.verdict is Verdict.NEW
        assert SECRET not in bench.part.read_bytes()


def test_a_mark_that_changes_no_pixel_lets_nothing_through(bench: Bench) -> None:
    content = photograph()
    nothing = Redact(((200.0, 200.0, 10.0, 10.0),))
    for kept in (IfLarger.KEEP_NEW, IfLarger.KEEP_ORIGINAL):
        assert bench.run(content, recipe(nothing, if_larger=kept)).verdict is Verdict.NEW
        assert SECRET not in bench.part.read_bytes()


def test_a_pdf_of_an_animation_has_one_page_and_that_hides(bench: Bench) -> None:
    frames = [Image.new("RGB", SIZE, color) for color in ("red", "lime", "blue")]
    content = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50)
    assert bench.run(content, recipe(Redact(ALL), format="pdf")).error is None
    made = bench.part.read_bytes()
    assert made.count(b"/Subtype /Image") == 1
    start = made.index(b"\xff\xd8\xff")
    page = Image.open(io.BytesIO(made[start : made.index(b"\xff\xd9", start) + 2]))
    assert page.convert("RGB").getcolors() == [(SIZE[0] * SIZE[1], (0, 0, 0))]


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
def test_every_frame_is_made_unreadable(bench: Bench, form: str) -> None:
    frames = [Image.new("RGB", SIZE, color) for color in ("red", "lime", "blue")]
    content = saved(frames[0], form, save_all=True, append_images=frames[1:], duration=[50, 60, 70])
    made = bench.picture(content, recipe(Redact(ALL), lossless=form == "WEBP"))
    assert getattr(made, "n_frames", 1) in {1, 3}  # equal ones may become one
    for number in range(getattr(made, "n_frames", 1)):
        made.seek(number)
        assert made.convert("RGB").getcolors() == [(SIZE[0] * SIZE[1], (0, 0, 0))]


def test_a_picture_for_those_without_animations_is_left_out(bench: Bench) -> None:
    hidden = Image.new("RGB", SIZE, "red")
    frames = [Image.new("RGB", SIZE, color) for color in ("lime", "blue")]
    content = saved(hidden, "PNG", save_all=True, append_images=frames, default_image=True)
    for form in ("png", "webp", "jpeg"):
        made = bench.picture(content, recipe(Redact(ALL), format=form, lossless=form == "webp"))
        for number in range(getattr(made, "n_frames", 1)):
            made.seek(number)
            extrema = made.convert("L").getextrema()
            assert extrema == (0, 0)


def test_only_the_output_that_is_the_original_shows_it() -> None:
    """It is asked for by its name; an operation for all outputs is done to that one as well."""
    for_one = Recipe("r", "R", "", (), (Output("hidden", (Redact(ALL),)), Output("original")))
    assert [output.name for output in for_one.made] == ["hidden"]
    assert for_one.keeps_original
    for_all = Recipe("r", "R", "", (Redact(ALL),), (Output("hidden"), Output("original")))
    assert [output.name for output in for_all.made] == ["hidden", "original"]
    assert not for_all.keeps_original


def test_texts_of_a_png_do_not_come_through(bench: Bench) -> None:
    raw = b"\0" + bytes(4) * 3
    text = (b"tEXt", b"Comment\0" + SECRET)
    private = (b"thMb", SECRET)
    content = png(4, 1, 8, 2, zlib.compress(raw), text, private)
    outcome = bench.run(content, recipe(Redact(ALL)))
    assert outcome.error is None
    assert outcome.format == OutputFormat.PNG.name
    assert SECRET not in bench.part.read_bytes()
