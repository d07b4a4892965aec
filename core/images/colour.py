"""Colours: every mode Pillow reads made fit for resampling, and every embedded profile brought to sRGB."""

import io
import math
from functools import lru_cache
from typing import Final, NamedTuple

from PIL import Image, ImageChops, ImageCms

from core.images import notes
from core.images.lab import WHITE, lab_to_srgb
from core.images.profiles import mode_of

# Photoshop's defaults. Perceptual tables differ from maker to maker; matrix profiles have none anyway.
_INTENT: Final = ImageCms.Intent.RELATIVE_COLORIMETRIC
_FLAGS: Final = ImageCms.Flags.BLACKPOINTCOMPENSATION
# Two steps of 255 are less than JPEG does to colours: such a profile is sRGB by another name.
_SAME: Final = 2
_BARE: Final = {"LA": "L", "RGBA": "RGB", "I;16": "L"}
_PROFILE_DAMAGE: Final = (ImageCms.PyCMSError, OSError, ValueError, TypeError, LookupError)


class Shaped(NamedTuple):
    """A picture and what was lost on the way to it.

    Attributes:
        image: The picture.
        notes: What was lost, a sentence each.
    """

    image: Image.Image
    notes: tuple[str, ...] = ()


def resizable(image: Image.Image) -> Shaped:
    """Bring a picture to a mode that can be resampled: L, LA, RGB, RGBA or CMYK.

    Greys of more than 8 bits are scaled, not clipped to white as ``convert`` does. What ``info`` says of
    transparency becomes a channel.
    """
    if image.mode.startswith("I;16"):
        return Shaped(_from_sixteen_bits(image.convert("I")), (notes.SIXTEEN_BIT,))
    if image.mode in {"I", "F"}:
        return _from_numbers(image)
    if image.mode == "LAB":
        return Shaped(_without_profile(lab_to_srgb(image, image.info.get(WHITE))))
    if image.mode in {"L", "LA", "RGB", "RGBA", "CMYK"} and "transparency" not in image.info:
        return Shaped(image)
    if image.has_transparency_data:
        return Shaped(image.convert("LA" if image.mode in {"1", "L", "LA"} else "RGBA"))
    return Shaped(image.convert("L" if image.mode in {"1", "L"} else "RGB"))


def to_srgb(image: Image.Image, profile: bytes | None) -> Shaped:
    """Bring colours to sRGB (IEC 61966-2-1).

    Args:
        image: As from :func:`resizable`.
        profile: The embedded ICC profile. None and empty mean sRGB, or CMYK of an unknown press.
    """
    if not profile:
        return _without_cmyk(image, (notes.NO_CMYK_PROFILE,))
    base = image.convert(image.mode[:-1]) if image.mode in {"LA", "RGBA"} else image
    try:
        result = _profiled(base, profile)
    except _PROFILE_DAMAGE:
        return _without_cmyk(image, (notes.BROKEN_PROFILE,))
    if result is base:
        return Shaped(image)
    if base is not image:
        result.putalpha(image.getchannel("A"))
    return Shaped(result, (notes.CONVERTED,))


def fits(profile: bytes, mode: str) -> bool:
    """Whether a profile can be used, and is for pictures of that mode."""
    try:
        return _transform(profile)[0] == _BARE.get(mode, mode)
    except _PROFILE_DAMAGE:
        return False


def flattened(image: Image.Image) -> Shaped:
    """Lay a picture on white, for formats without transparency."""
    if image.mode not in {"LA", "RGBA"}:
        return Shaped(image)
    plain = image.convert(image.mode[:-1])
    if not is_transparent(image):
        return Shaped(plain)
    flat = Image.new(plain.mode, image.size, "white")
    flat.paste(plain, mask=image.getchannel("A"))
    return Shaped(flat, (notes.FLATTENED,))


def is_transparent(image: Image.Image) -> bool:
    """Whether any pixel of an LA or RGBA picture lets something through."""
    return image.mode in {"LA", "RGBA"} and image.getchannel("A").getextrema() != (255, 255)


def _from_sixteen_bits(image: Image.Image) -> Image.Image:
    return image.point(_sixteen_to_eight(), "L")


@lru_cache(maxsize=1)
def _sixteen_to_eight() -> list[int]:
    return [(value + 128) // 257 for value in range(65536)]


def _from_numbers(image: Image.Image) -> Shaped:
    """Whole or real numbers as greys: by the range that their values are of, else stretched."""
    low, high = (float(end) for end in image.getextrema() if isinstance(end, int | float))
    if not math.isfinite(low) or not math.isfinite(high):
        return Shaped(image.convert("L"), (notes.STRETCHED,))
    if image.mode == "F" and low >= 0 and high <= 1:
        return Shaped(_stretched(image, 0, 1), (notes.STRETCHED,))
    if low >= 0 and high <= 255:
        return Shaped(_stretched(image, 0, 255))
    if low >= 0 and high <= 65535:
        return Shaped(_stretched(image, 0, 65535), (notes.SIXTEEN_BIT,))
    return Shaped(_stretched(image, low, high), (notes.STRETCHED,))


def _stretched(image: Image.Image, low: float, high: float) -> Image.Image:
    factor = 255 / ((high - low) or 1)
    # F, because I would round the factor; half a step, because L cuts off.
    scale = Image.ImagePointTransform(factor, 0.5 - low * factor)
    return image.convert("F").point(lambda _: scale).convert("L")


def _without_profile(image: Image.Image) -> Image.Image:
    image.info.pop("icc_profile", None)
    return image


def _without_cmyk(image: Image.Image, told: tuple[str, ...]) -> Shaped:
    if image.mode == "CMYK":
        return Shaped(image.convert("RGB"), told)
    return Shaped(image, told if told == (notes.BROKEN_PROFILE,) else ())


def _profiled(base: Image.Image, profile: bytes) -> Image.Image:
    """Apply a profile to L, RGB or CMYK; the same picture back where it is sRGB already."""
    mode, transform = _transform(profile)
    is_grey_on_screen = base.mode == "L" and mode == "RGB"
    if mode != base.mode and not is_grey_on_screen:
        raise ValueError("a profile for colours of another kind")
    if transform is None:
        return base
    if is_grey_on_screen:  # a grey picture saved with the profile of the screen
        return transform.apply(base.convert("RGB")).convert("L")
    result = transform.apply(base)
    return result.convert("L") if base.mode == "L" else result


@lru_cache(maxsize=16)
def _transform(profile: bytes) -> tuple[str, ImageCms.ImageCmsTransform | None]:
    """The mode that a profile is for, and the way to sRGB; None where it leads nowhere else.

    Kept, because the pictures of a batch tend to share a profile and building takes longer than a thumbnail.
    """
    opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    mode = mode_of(profile)
    if mode is None:
        raise ValueError("colours of another kind")
    srgb = ImageCms.createProfile("sRGB")
    transform = ImageCms.buildTransform(opened, srgb, mode, "RGB", _INTENT, _FLAGS)
    probe = _probe(mode)
    if mode == "CMYK" or _differ(transform.apply(probe), probe.convert("RGB")):
        return mode, transform
    return mode, None


def _probe(mode: str) -> Image.Image:
    """Colours by which a profile shows whether it is sRGB: a ramp, or a coarse cube."""
    if mode != "RGB":
        return Image.linear_gradient("L").convert(mode)
    steps = range(0, 256, 51)
    cube = bytes(value for red in steps for green in steps for blue in steps for value in (red, green, blue))
    return Image.frombytes("RGB", (len(steps), len(steps) ** 2), cube)


def _differ(one: Image.Image, other: Image.Image) -> bool:
    extrema = ImageChops.difference(one, other).getextrema()
    return any(isinstance(band, tuple) and band[1] > _SAME for band in extrema)
