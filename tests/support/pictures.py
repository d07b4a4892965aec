"""Real pictures that look like photographs to a codec: gradients, shapes and grain, the same for the same seed."""

import io
import math
import random
from functools import lru_cache
from typing import Final

from PIL import Image, ImageChops, ImageDraw

_GRAIN: Final = 256  # pixels: side of the tile of noise
_LARGE: Final = 1_000_000  # pixels: each costs 4 bytes for as long as it is kept


def photo(width: int = 640, height: int = 480, seed: int = 0) -> Image.Image:
    """An RGB picture of that size, pixels; yours to change."""
    return _photo(width, height, seed).copy()


@lru_cache(maxsize=256)
def jpeg_bytes(width: int = 640, height: int = 480, seed: int = 0, *, quality: int = 85) -> bytes:
    """The picture of that seed as a JPEG file."""
    return encoded(_photo(width, height, seed), "JPEG", quality=quality)


@lru_cache(maxsize=256)
def png_bytes(width: int = 640, height: int = 480, seed: int = 0) -> bytes:
    """The picture of that seed as a PNG file."""
    return encoded(_photo(width, height, seed), "PNG", compress_level=1)


@lru_cache(maxsize=256)
def webp_bytes(width: int = 640, height: int = 480, seed: int = 0, *, quality: int = 85) -> bytes:
    """The picture of that seed as a WebP file."""
    return encoded(_photo(width, height, seed), "WEBP", quality=quality, method=0)


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    """The picture as a file of Pillow's format ``form``, saved with these options."""
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def _photo(width: int, height: int, seed: int) -> Image.Image:
    return (_drawn if width * height > _LARGE else _kept)(width, height, seed)


@lru_cache(maxsize=16)
def _kept(width: int, height: int, seed: int) -> Image.Image:
    return _drawn(width, height, seed)


def _drawn(width: int, height: int, seed: int) -> Image.Image:
    dice = random.Random(seed)  # deterministic by intent
    size = (width, height)
    sky = Image.linear_gradient("L").rotate(90 * dice.randrange(4)).resize(size)
    light = Image.radial_gradient("L").resize(size)
    warm = Image.blend(sky, ImageChops.invert(light), dice.uniform(0.2, 0.8))
    image = Image.merge("RGB", (warm, sky, Image.blend(sky, light, dice.uniform(0.2, 0.8))))
    _draw_shapes(image, dice)
    grain = _tiled(dice.randbytes(_GRAIN * _GRAIN), size)
    return Image.blend(image, Image.merge("RGB", (grain, grain, grain)), 0.06)


def _draw_shapes(image: Image.Image, dice: random.Random) -> None:
    draw = ImageDraw.Draw(image)
    width, height = image.size
    for number in range(24):
        x, y = dice.randrange(width), dice.randrange(height)
        reach = max(2, round(min(width, height) * dice.uniform(0.02, 0.25)))
        box = (x - reach, y - reach // 2, x + reach, y + reach // 2)
        colour = (dice.randrange(256), dice.randrange(256), dice.randrange(256))
        (draw.ellipse if number % 2 else draw.rectangle)(box, fill=colour)


def _tiled(noise: bytes, size: tuple[int, int]) -> Image.Image:
    tile = Image.frombytes("L", (_GRAIN, _GRAIN), noise)
    grain = Image.new("L", size)
    for left in range(0, size[0], _GRAIN):
        for top in range(0, size[1], _GRAIN):
            grain.paste(tile, (left, top))
    return grain


def psnr(one: Image.Image, other: Image.Image) -> float:
    """Peak signal-to-noise ratio of two pictures of one size, in dB over RGB; infinite where they are equal."""
    difference = ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
    histogram = difference.histogram()
    squares = sum(count * (value % 256) ** 2 for value, count in enumerate(histogram))
    mean = squares / (3 * one.width * one.height)
    return math.inf if mean == 0 else 10 * math.log10(255**2 / mean)
