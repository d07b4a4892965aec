"""A picture of every format that the product reads, a page that only claims to be one, and a recipe that uses all it writes."""

from collections.abc import Callable, Mapping
from typing import Final

import pillow_heif
from PIL import Image, ImageCms

from tests.support.pictures import encoded, photo

PAGE: Final = "page.jpg"  # a login page, as a server gives it under a picture's name
FORMATS: Final = (
    "jpeg",
    "png",
    "webp",
    "avif",
    "heif",
    "jxl",
    "tiff",
    "gif",
    "jpeg2000",
    "bmp",
    "ico",
    "pdf",
)
_SIDES: Final = (320, 240)
# Each output is another format; the text is written with the font that is brought along.
RECIPE: Final = """
schema = 2
name = "everything"
title = "Everything"
summary = "Every format that can be written."

[[operations]]
type = "resize"
width = 160
height = 160

[[operations]]
type = "text-watermark"
text = "© Ærø Łódź"
size = 20
""" + "".join(f'\n[[outputs]]\nname = "{name}"\nformat = "{name}"\n' for name in FORMATS)


def served_pictures() -> Mapping[str, bytes]:
    """The content of each file name."""
    makers: dict[str, Callable[[Image.Image], bytes]] = {
        "jpeg.jpg": lambda image: encoded(image, "JPEG", icc_profile=_swapped_colours()),
        "cmyk.jpg": lambda image: encoded(image.convert("CMYK"), "JPEG"),
        "png.png": lambda image: encoded(image, "PNG"),
        "webp.webp": lambda image: encoded(image, "WEBP"),
        "avif.avif": lambda image: encoded(image, "AVIF"),
        "heif.heic": _heif,
        "jxl.jxl": _jxl,
        "gif.gif": lambda image: encoded(image.quantize(64), "GIF"),
        "tiff.tif": lambda image: encoded(image, "TIFF", compression="tiff_lzw"),
        "jpeg2000.jp2": lambda image: encoded(image, "JPEG2000"),
        "bmp.bmp": lambda image: encoded(image, "BMP"),
    }
    pictures = {name: make(photo(*_SIDES, seed)) for seed, (name, make) in enumerate(makers.items())}
    large = encoded(photo(2400, 1600), "JPEG", quality=85)
    return pictures | {"large.jpg": large, PAGE: b"<!DOCTYPE html><title>Sign in</title><form></form>"}


def _swapped_colours() -> bytes:
    """A profile in which red is green and green is red: whoever does not look at it shows wrong colours."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"----").replace(b"gXYZ", b"rXYZ").replace(b"----", b"gXYZ")


def _heif(image: Image.Image) -> bytes:
    pillow_heif.register_heif_opener()
    return encoded(image, "HEIF")


def _jxl(image: Image.Image) -> bytes:
    __import__("pillow_jxl")  # registers itself
    return encoded(image, "JXL")
