"""EXIF, XMP and IPTC: what stays, what goes, and what is said of it."""

import io
import re
import struct

import pytest
from PIL import ExifTags, Image

from core.images import notes
from core.images.recipe import Keeping
from tests.unit.images.pictures import STRIPPED, Bench, fit, quartered, recipe, saved

XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"'
    b' exif:GPSLatitude="48,12.5N" tiff:Orientation="6" tiff:Make="ACME">'
    b"<exif:GPSLongitude>16,22.1E</exif:GPSLongitude></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def documented(name: str, xmp: bytes = XMP) -> bytes:
    """A picture with all the metadata that phones write, a thumbnail included."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "ACME"
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (48.0, 12.0, 30.0)
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.LensModel] = "Glass 50"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ExifImageWidth] = 400
    if name == "TIFF":
        exif[700] = xmp
        return saved(quartered(), name, exif=exif.tobytes())
    if name == "PNG":
        from PIL.PngImagePlugin import PngInfo

        text = PngInfo()
        text.add_itxt("XML:com.adobe.xmp", xmp.decode())
        return saved(quartered(), name, exif=exif, pnginfo=text)
    return saved(quartered(), name, exif=exif, xmp=xmp)


WANTED: dict[str, dict[str, Keeping]] = {
    "keep": {},
    "without-gps": {"gps": Keeping.STRIP},
    "strip": STRIPPED,
}


@pytest.mark.parametrize("source", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("wanted", WANTED)
def test_metadata(bench: Bench, source: str, wanted: str) -> None:
    for target in ("jpeg", "png", "webp", "keep"):
        _check_metadata(bench, source, target, wanted)


def _check_metadata(bench: Bench, source: str, target: str, wanted: str) -> None:
    result = bench.picture(documented(source), recipe(fit(100, 100), format=target, **WANTED[wanted]))
    exif, xmp, content = result.getexif(), result.info.get("xmp") or b"", bench.part.read_bytes()
    details, places = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    stays = wanted != "strip"
    assert (exif.get(ExifTags.Base.Make) == "ACME") == stays
    assert (details.get(ExifTags.Base.LensModel) == "Glass 50") == stays
    assert (b"ACME" in bytes(xmp)) == stays
    assert details.get(ExifTags.Base.ExifImageWidth, 75) == 75
    assert exif.get(ExifTags.Base.Orientation, 1) == 1
    assert not re.search(rb'Orientation="[^1]', bytes(xmp))
    if wanted == "keep":
        assert places[ExifTags.GPS.GPSLatitude] == (48.0, 12.0, 30.0)
        assert b"GPSLatitude" in bytes(xmp)
    else:
        assert not places
        assert b"GPSL" not in content
    assert result.size == (75, 100)


@pytest.mark.parametrize(
    "xmp",
    [
        XMP.replace(b"exif:GPSLatitude", b"exif:GPSDestLatitude"),
        XMP.replace(b"exif:GPSLatitude", b"tiff:Latitude"),
        XMP.decode().encode("utf-16"),
    ],
)
def test_places_in_any_form_are_taken_out(bench: Bench, xmp: bytes) -> None:
    outcome = bench.run(documented("JPEG", xmp), "web-1920")
    kept = Image.open(io.BytesIO(bench.part.read_bytes())).info["xmp"]
    assert b"ACME" in kept
    assert not re.search(rb"itude|48,12|16,22", kept)
    assert outcome.notes == (notes.PLACE_REMOVED,)


@pytest.mark.parametrize(
    "xmp",
    [
        XMP.replace(b"</exif:GPSLongitude>", b""),
        b'<!DOCTYPE a [<!ENTITY b "GPS">]>' + XMP,
        XMP.replace(b"x:xmpmeta>", b"y:xmpmeta>"),
        b"<a>" * 4000 + b"GPS" + b"</a>" * 4000,
    ],
)
def test_xmp_that_cannot_be_understood_goes_where_places_are_not_wanted(bench: Bench, xmp: bytes) -> None:
    outcome = bench.run(documented("JPEG", xmp), "web-1920")
    assert outcome.error is None
    assert "xmp" not in Image.open(io.BytesIO(bench.part.read_bytes())).info
    assert set(outcome.notes) == {notes.PLACE_REMOVED, notes.BROKEN_XMP}


def test_captions_stay_between_jpegs(bench: Bench) -> None:
    captions = b"\x1c\x02\x78\0\x05hello"
    marker = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(captions)) + captions
    content = saved(quartered(), "JPEG", extra=b"\xff\xed" + struct.pack(">H", len(marker) + 2) + marker)
    result = bench.picture(content, "thumbnail-256")
    assert result.info["photoshop"] == {0x0404: captions}
    assert "IPTC" in bench.run(content, "webp").notes[0]


def test_metadata_without_a_place_to_go_is_noted(bench: Bench) -> None:
    content = saved(
        quartered(),
        "PNG",
        exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x0f\0\x02\0\0\xff\xf0\0\0\0\x1a\0\0\0\0" + b"A" * 65520,
    )
    outcome = bench.run(content, "jpeg")
    assert outcome.error is None
    assert "EXIF" in outcome.notes[0]


def test_broken_exif_costs_only_the_exif(bench: Bench) -> None:
    good = saved(quartered(), "JPEG")
    for body in (
        b"Exif\0\0rubbish",
        b"Exif\0\0MM\0*\xff\xff\xff\xff",
        b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\x12" * 40,
    ):
        content = good[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + good[2:]
        assert bench.picture(content, "thumbnail-256").size == (256, 192)
        assert bench.run(content, "as-downloaded").error is None
