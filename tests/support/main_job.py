"""The main job: 300 real photographs on a local nginx, and what their thumbnails have to look like."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from PIL import Image, ImageCms, ImageOps

from tests.support.nginx import nginx_serving
from tests.support.photographs import ENDINGS, link_photographs
from tests.support.pictures import encoded, psnr

COUNT: Final = 300
SIDE: Final = 256  # pixels: the box of the recipe thumbnail-256
_LEAST_PSNR: Final = 30.0  # dB
_CODEC_SLACK: Final = 0.5  # dB
_QUALITY: Final = 85
_SRGB: Final = ImageCms.createProfile("sRGB")


class Site(NamedTuple):
    """Photographs that are being served.

    Attributes:
        urls: One a photograph.
        photographs: The original of each name.
        list_file: A text file with the URLs, a line each.
    """

    urls: tuple[str, ...]
    photographs: dict[str, Path]
    list_file: Path


@contextmanager
def site_of_photographs(
    photographs: Path, folder: Path, count: int = COUNT, endings: tuple[str, ...] = ENDINGS
) -> Iterator[Site]:
    """Serve that many photographs; the folder takes what is needed for it."""
    names = link_photographs(photographs, folder / "site", count, endings)
    with nginx_serving(folder / "site") as base:
        urls = tuple(f"{base}/{name}" for name in names)
        list_file = folder / "photographs.txt"
        list_file.write_text("".join(f"{url}\n" for url in urls))
        yield Site(urls, names, list_file)


def wrong_thumbnails(destination: Path, photographs: dict[str, Path]) -> list[str]:
    """What is wrong with the thumbnails of these photographs, and what else lies there; empty when all is right."""
    found = {path.name for path in destination.iterdir() if path.is_file()}
    strangers = [f"{name}: who is this?" for name in sorted(found - photographs.keys())]
    faults = (_fault(destination / name, photo) for name, photo in photographs.items())
    return strangers + [fault for fault in faults if fault]


def _fault(path: Path, photo: Path) -> str | None:
    if not path.exists():
        return f"{path.name}: missing"
    wanted = _reference(photo)
    with Image.open(path) as image:
        thumbnail = _shown(image)
    if thumbnail.size != wanted.size:
        return f"{path.name}: {thumbnail.size}, not {wanted.size}"
    ratio, least = psnr(thumbnail, wanted), _LEAST_PSNR
    if ratio <= least:  # sand and fine grids: JPEG and WebP themselves leave less of them
        least = min(least, _after_codec(photo) - _CODEC_SLACK)
    return f"{path.name}: PSNR {ratio:.1f} dB, not {least:.1f}" if ratio <= least else None


@cache
def _after_codec(photo: Path) -> float:
    """What the format at the recipe's quality leaves of the plain resize, dB."""
    with Image.open(photo) as image:
        form = image.format or ""
    with Image.open(io.BytesIO(encoded(_reference(photo), form, quality=_QUALITY))) as saved:
        return psnr(saved, _reference(photo))


@cache
def _reference(photo: Path) -> Image.Image:
    """A plain resize of the whole picture, as Pillow does it."""
    with Image.open(photo) as image:
        shown = _shown(image)
    scale = min(SIDE / shown.width, SIDE / shown.height, 1.0)
    size = (max(1, round(shown.width * scale)), max(1, round(shown.height * scale)))
    return shown.resize(size, Image.Resampling.LANCZOS)


def _shown(image: Image.Image) -> Image.Image:
    """The picture as people see it: upright, in sRGB, on white."""
    upright = ImageOps.exif_transpose(image)
    profile = upright.info.get("icc_profile")
    if upright.has_transparency_data:
        white = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(white, upright.convert("RGBA"))
    colour = upright.convert("RGB")
    if not profile or upright.mode not in {"RGB", "RGBA"}:
        return colour
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    return ImageCms.profileToProfile(colour, source, _SRGB) or colour
