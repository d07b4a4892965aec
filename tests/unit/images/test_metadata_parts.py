"""EXIF, XMP and IPTC apart from each other: what is kept of which, to every format, and what is said."""

import io
import struct

import pytest
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from core.images import iptc, notes, xmp
from core.images.metadata import carried, year_of
from core.images.process import about_of
from core.images.recipe import Keeping, Output
from tests.unit.images.pictures import Bench, fit, quartered, recipe, saved

SECRET = b"Hidden Valley"
HEAD = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
)
SPACES = (
    b' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"'
    b' xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"'
    b' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"'
    b' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:xmpNote="http://ns.adobe.com/xmp/note/"'
    b' xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/"'
)
BODY = (
    b' tiff:Orientation="6" tiff:Make="ACME" exif:GPSLatitude="48,12.5N" photoshop:City="Hidden Valley"'
    b' xmpRights:Marked="True">'
    b"<dc:rights><rdf:Alt><rdf:li xml:lang='x-default'>(c) Ann Other</rdf:li></rdf:Alt></dc:rights>"
    b"<dc:creator><rdf:Seq><rdf:li>Ann Other</rdf:li></rdf:Seq></dc:creator>"
    b"<dc:title><rdf:Alt><rdf:li>A title</rdf:li></rdf:Alt></dc:title>"
    b"<Iptc4xmpExt:LocationShown><rdf:Bag><rdf:li Iptc4xmpExt:City='Hidden Valley'/></rdf:Bag></Iptc4xmpExt:LocationShown>"
    b"<xmp:Thumbnails><rdf:Alt><rdf:li>AAAA</rdf:li></rdf:Alt></xmp:Thumbnails>"
)
TAIL = b"</rdf:Description></rdf:RDF></x:xmpmeta>"
XMP = HEAD + b"<rdf:Description" + SPACES + BODY + TAIL

ALL = {"others": True, "rights": True, "places": True}


def data_set(number: int, content: bytes, record: int = 2) -> bytes:
    return struct.pack(">BBBH", 0x1C, record, number, len(content)) + content


CAPTIONS = b"".join(
    (
        data_set(90, b"\x1b%G", 1), data_set(0, b"\0\4"), data_set(5, b"A title"), data_set(80, b"Ann Other"),
        data_set(90, SECRET), data_set(101, b"Nowhere"), data_set(116, b"(c) Ann Other"),
    )
)  # fmt: skip


def exif_of() -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "ACME"
    exif[ExifTags.Base.Orientation] = 1
    exif[ExifTags.Base.Artist] = "Ann Other"
    exif[ExifTags.Base.Copyright] = "(c) Ann Other"
    exif[ExifTags.Base.DateTime] = "2021:05:06 07:08:09"
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = "1999:05:06 07:08:09"
    details[ExifTags.Base.MakerNote] = b"ACME\0\1\2\3secret sauce"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (48.0, 12.0, 30.0)
    return exif


def full(name: str) -> bytes:
    """A picture with all three."""
    exif, image = exif_of(), quartered((64, 48))
    if name == "TIFF":
        exif[700], exif[33723] = XMP, CAPTIONS
        return saved(image, name, exif=exif.tobytes())
    if name == "PNG":
        text = PngInfo()
        text.add_itxt("XML:com.adobe.xmp", XMP.decode())
        text.add_text("Raw profile type iptc", f"\niptc\n{len(CAPTIONS):8}\n{CAPTIONS.hex()}\n")
        return saved(image, name, exif=exif, pnginfo=text)
    if name == "JPEG":
        marker = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(CAPTIONS)) + CAPTIONS
        extra = b"\xff\xed" + struct.pack(">H", len(marker) + 2) + marker
        return saved(image, name, exif=exif, xmp=XMP, extra=extra)
    return saved(image, name, exif=exif, xmp=XMP)


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def strip(*kinds: str) -> Output:
    return Output(**dict.fromkeys(kinds, Keeping.STRIP))  # type: ignore[arg-type]  # all of them are of that kind


SOURCES = ["JPEG", "PNG", "TIFF", "WEBP", "AVIF"]
HAS_CAPTIONS = {"JPEG", "PNG", "TIFF"}


@pytest.mark.parametrize("name", SOURCES)
def test_each_kind_goes_alone(name: str) -> None:
    image = opened(full(name))
    whole = carried(image, Output(), (64, 48), recoloured=False)
    assert whole.exif
    assert whole.xmp
    assert (whole.iptc == CAPTIONS) == (name in HAS_CAPTIONS)
    for kind in ("exif", "xmp", "iptc"):
        left = carried(image, strip(kind, "copyright"), (64, 48), recoloured=False)
        assert not getattr(left, kind)
        for other in {"exif", "xmp", "iptc"} - {kind}:
            assert bool(getattr(left, other)) == bool(getattr(whole, other))
            assert b"Ann Other" not in getattr(left, other)
        assert left.notes == ()
    assert carried(image, Output(), (64, 48), recoloured=False) == whole  # the picture is as it was


@pytest.mark.parametrize("name", SOURCES)
def test_copyright_stays_where_the_rest_goes(name: str) -> None:
    left = carried(opened(full(name)), strip("exif", "xmp", "iptc", "gps"), (64, 48), recoloured=False)
    exif = Image.Exif()
    exif.load(left.exif)
    assert dict(exif) == {ExifTags.Base.Artist: "Ann Other", ExifTags.Base.Copyright: "(c) Ann Other"}
    assert left.xmp.count(b"Ann Other") == 2
    assert b"xmpRights:Marked" in left.xmp
    for gone in (b"ACME", b"A title", SECRET, b"GPS", b"AAAA"):
        assert gone not in left.exif + left.xmp + left.iptc
    if name in HAS_CAPTIONS:
        assert left.iptc == b"".join(
            (data_set(90, b"\x1b%G", 1), data_set(0, b"\0\4"), data_set(80, b"Ann Other"), data_set(116, b"(c) Ann Other"))
        )  # fmt: skip
    assert left.notes == (notes.PLACE_REMOVED,)


@pytest.mark.parametrize("name", SOURCES)
def test_where_it_was_taken_goes_alone(name: str) -> None:
    left = carried(opened(full(name)), strip("gps"), (64, 48), recoloured=False)
    exif = Image.Exif()
    exif.load(left.exif)
    assert ExifTags.IFD.GPSInfo not in exif
    assert exif[ExifTags.Base.Make] == "ACME"
    for part in left[:3]:
        assert SECRET not in part
        assert b"GPSL" not in part
    assert b"A title" in left.xmp
    assert (b"A title" in left.iptc) == (name in HAS_CAPTIONS)
    assert b"secret sauce" not in left.exif  # makers write cities and coordinates into their notes
    assert set(left.notes) == {notes.PLACE_REMOVED, notes.MAKERS_NOTES}


def test_xmp_and_captions_in_the_directory_of_exif_do_not_slip_through() -> None:
    exif = exif_of()
    exif[700], exif[33723] = XMP, CAPTIONS
    left = carried(opened(saved(quartered(), "JPEG", exif=exif)), strip("gps"), (4, 3), recoloured=False)
    assert b"ACME" in left.exif
    assert SECRET not in left.exif


@pytest.mark.parametrize(
    "place",
    [
        b"<dc:coverage>Hidden Valley</dc:coverage>",
        b"<xmpDM:shotLocation>Hidden Valley</xmpDM:shotLocation>",
        b"<Iptc4xmpCore:Location>Hidden Valley</Iptc4xmpCore:Location>",
    ],
)
def test_places_have_many_names(place: bytes) -> None:
    spaces = (
        SPACES + b' xmlns:xmpDM="http://ns.adobe.com/xmp/1.0/DynamicMedia/"'
        b' xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"'
    )
    title = b"<dc:title><rdf:Alt><rdf:li>A title</rdf:li></rdf:Alt></dc:title>"
    left = xmp.chosen(
        HEAD + b"<rdf:Description" + spaces + b">" + title + place + TAIL, **ALL | {"places": False}
    )
    assert SECRET not in left.packet
    assert b"A title" in left.packet
    assert left.notes == (notes.PLACE_REMOVED,)


def test_nothing_is_said_where_there_was_no_place() -> None:
    assert carried(opened(saved(quartered(), "JPEG")), strip("gps"), (4, 3), recoloured=False).notes == ()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_makers_notes_stay_byte_by_byte(bench: Bench, name: str, order: str) -> None:
    exif = exif_of()
    exif.endian = order
    content = saved(quartered(), "JPEG", exif=exif)
    kept = bench.picture(content, recipe(fit(64, 64), format=name.lower())).getexif()
    assert kept.endian == order
    assert kept.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.MakerNote] == b"ACME\0\1\2\3secret sauce"


def test_the_old_thumbnail_goes(bench: Bench) -> None:
    inner = saved(Image.new("RGB", (16, 16), "red"), "JPEG")
    body = struct.pack("<HHHIIHHII", 2, 0x201, 4, 1, 56, 0x202, 4, 1, len(inner)) + bytes(4)
    first = struct.pack("<HHHI4sI", 1, 271, 2, 4, b"ACM\0", 26)
    exif = b"Exif\0\0II*\0\x08\0\0\0" + first + body + inner
    content = saved(quartered(), "JPEG", exif=exif)
    assert inner in content
    for what in (recipe(fit(64, 64)), recipe(fit(64, 64), gps=Keeping.STRIP)):
        result = bench.picture(content, what)
        assert result.getexif()[ExifTags.Base.Make] == "ACM"
        assert bench.part.read_bytes().count(b"\xff\xd8\xff") == 1


@pytest.mark.parametrize("target", ["jpeg", "png", "webp", "avif", "tiff", "gif", "bmp"])
@pytest.mark.parametrize("source", SOURCES)
def test_what_a_format_cannot_hold_is_told(bench: Bench, source: str, target: str) -> None:
    """Kept in the file, or named in a note: for each kind and format."""
    what = recipe(fit(32, 32), format=target)
    image = bench.picture(full(source), what)
    told = " ".join(bench.run(full(source), what).notes)
    assert (image.getexif().get(ExifTags.Base.Make) == "ACME") != ("EXIF" in told)
    assert (b"A title" in bytes(image.info.get("xmp") or b"")) != ("XMP" in told)
    if source in HAS_CAPTIONS:
        assert (CAPTIONS in bench.part.read_bytes()) != ("IPTC" in told)
    assert b'Orientation="6"' not in bench.part.read_bytes()


@pytest.mark.parametrize(
    ("packet", "others"),
    [(XMP, True), (XMP, False), (b"", True), (b"no XML at all", True), (b"\0" * 50, False)],
)
def test_packets_as_they_come(packet: bytes, others: bool) -> None:
    first = xmp.chosen(packet, others=others, rights=True, places=True)
    assert xmp.chosen(first.packet, others=others, rights=True, places=True).packet == first.packet


def test_a_packet_with_nothing_to_change_stays_byte_by_byte() -> None:
    plain = (
        HEAD
        + b"<rdf:Description"
        + SPACES.replace(b"hdr-gain-map", b"x")
        + b" tiff:Make='A'  />  "
        + TAIL[18:]
    )
    assert xmp.chosen(plain, **ALL).packet == plain


def test_a_packets_coding_and_wrapping_are_understood() -> None:
    wrapped = b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>' + XMP + b'<?xpacket end="w"?>'
    kept = xmp.chosen(wrapped, others=True, rights=True, places=False)
    assert kept.packet.startswith(b"<?xpacket begin=")
    assert kept.packet.endswith(b'<?xpacket end="w"?>')
    wide = xmp.chosen(XMP.decode().encode("utf-16"), others=True, rights=True, places=False)
    assert b"A title" in wide.packet
    assert b'tiff:Orientation="1"' in wide.packet
    assert SECRET not in wide.packet


def test_what_spoke_of_the_old_file_goes() -> None:
    stale = XMP.replace(b' tiff:Make="ACME"', b' hdrgm:Version="1.0" xmpNote:HasExtendedXMP="0123"')
    kept = xmp.chosen(stale, **ALL)
    assert b"hdrgm:Version" not in kept.packet
    assert b"Thumbnails" not in kept.packet
    assert kept.notes == (notes.MORE_XMP,)


def test_very_large_packets_are_left_out() -> None:
    kept = xmp.chosen(XMP.replace(b"A title", b"A" * 3_000_000), **ALL)
    assert kept == (b"", (notes.LARGE_XMP,))


@pytest.mark.parametrize("cut", range(0, len(CAPTIONS), 3))
def test_captions_that_are_cut_are_read_up_to_there(cut: int) -> None:
    kept, _ = iptc.chosen(CAPTIONS[:cut], others=True, rights=False, places=False)
    assert b"Ann" not in kept
    assert SECRET not in kept


def test_captions_longer_than_a_word_can_tell() -> None:
    long = b"\x1c\x02\x78\x80\x04" + struct.pack(">I", 40_000) + b"t" * 40_000
    kept, lost = iptc.chosen(long + data_set(90, SECRET), others=True, rights=True, places=False)
    assert (kept, lost) == (long, True)


def test_the_year_is_that_of_the_photograph() -> None:
    exif = exif_of()
    image = opened(saved(quartered(), "JPEG", exif=exif))
    assert year_of(image) == "1999"
    assert about_of(image, "/a/b.c.jpg") == ("b.c", "1999")
    assert year_of(opened(saved(quartered(), "PNG"))) == ""
    for date, year in (("0000:00:00 00:00:00", "2021"), ("    :  :  ", "2021"), ("2010-01-01", "2010")):
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = date
        assert year_of(opened(saved(quartered(), "JPEG", exif=exif))) == year
