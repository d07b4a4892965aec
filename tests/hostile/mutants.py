"""Damaged pictures without end: each follows from a seed and its number alone."""

import io
import random
import struct
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from PIL import Image, ImageCms, ImageDraw

_SIZE: Final = (52, 38)
_HEADER: Final = 600  # bytes, where most lengths and sizes stand
_LENGTHS: Final = (
    0,
    1,
    2,
    0x7F,
    0x80,
    0xFF,
    0x100,
    0x7FFF,
    0xFFFF,
    0x10000,
    0x7FFFFFFF,
    0x80000000,
    0xFFFFFFFF,
)
_DEFLATED: Final = "tiff_adobe_deflate"


def picture(mode: str = "RGB", shift: int = 0) -> Image.Image:
    """A small one with shapes and grain."""
    image = Image.effect_noise(_SIZE, 40).convert("RGB")
    draw = ImageDraw.Draw(image)
    draw.ellipse((4 + shift, 4, 30 + shift, 30), fill=(200, 30 + 40 * shift % 200, 60))
    draw.rectangle((25, 15, 48, 35), fill=(20, 120, 220))
    if mode in {"RGBA", "LA", "PA"}:
        image.putalpha(Image.linear_gradient("L").resize(_SIZE))
    if mode == "PA":
        return image.quantize(32)
    if mode.startswith("I;16"):
        return image.convert("I").point(lambda value: value * 257).convert("I;16")
    return image.convert(mode)


def _saved(name: str, mode: str = "RGB", frames: int = 1, **options: Any) -> bytes:
    buffer = io.BytesIO()
    others = [picture(mode, shift) for shift in range(1, frames)]
    if others:
        options |= {"save_all": True, "append_images": others}
    picture(mode).save(buffer, name, **options)
    return buffer.getvalue()


def _metadata() -> dict[str, Any]:
    exif = Image.Exif()
    exif.update({274: 6, 271: "Maker", 33432: "Somebody"})
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 15.0)})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return {"exif": exif.tobytes(), "icc_profile": profile}


@lru_cache(maxsize=1)
def seeds() -> dict[str, bytes]:
    """Whole pictures by name, of every kind that Pillow writes and we read."""
    told = _metadata()
    still = {
        "jpeg": _saved("JPEG", **told),
        "jpeg-progressive": _saved("JPEG", progressive=True, quality=92, subsampling=0),
        "jpeg-grey": _saved("JPEG", "L", xmp=b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"),
        "jpeg-cmyk": _saved("JPEG", "CMYK"),
        "jpeg-restarts": _saved("JPEG", restart_marker_blocks=2, comment=b"words"),
        "mpo": _saved("MPO", frames=2),
        "png": _saved("PNG", **told),
        "png-alpha": _saved("PNG", "RGBA"),
        "png-palette": _saved("PNG", "PA"),
        "png-1": _saved("PNG", "1"),
        "png-16": _saved("PNG", "I;16"),
        "png-grey-alpha": _saved("PNG", "LA"),
        "webp": _saved("WEBP", **told),
        "webp-lossless": _saved("WEBP", "RGBA", lossless=True),
        "gif": _saved("GIF", "P"),
        "bmp": _saved("BMP"),
        "bmp-palette": _saved("BMP", "P"),
        "ico": _saved("ICO", "RGBA", sizes=[(16, 16), (32, 32)]),
        "avif": _saved("AVIF", speed=10, **told),
        "avif-alpha": _saved("AVIF", "RGBA", speed=10),
        "jpeg2000": _saved("JPEG2000"),
        "jpeg2000-bare": _saved("JPEG2000", "RGBA", no_jp2=True),
        "ppm": _saved("PPM"),
        "pgm": _saved("PPM", "L"),
        "pbm": _saved("PPM", "1"),
    }
    moving = {
        "gif-film": _saved("GIF", "P", frames=4, duration=40, loop=0, disposal=2),
        "apng": _saved("PNG", "RGBA", frames=4, duration=40),
        "webp-film": _saved("WEBP", "RGBA", frames=4, duration=40),
        "avif-film": _saved("AVIF", frames=3, duration=40, speed=10),
        "tiff-pages": _saved("TIFF", frames=3),
    }
    kinds = ("RGB", "RGBA", "CMYK", "L", "LA", "P", "1", "I;16", "F", "LAB", "I")
    tiffs = {f"tiff-{mode.lower().replace(';', '')}": _saved("TIFF", mode) for mode in kinds if mode != "LAB"}
    packed = ("tiff_lzw", _DEFLATED, "packbits", "jpeg")
    tiffs |= {f"tiff-{how}": _saved("TIFF", compression=how) for how in packed}
    tiffs["tiff-fax"] = _saved("TIFF", "1", compression="group4")
    return {**still, **moving, **tiffs}


def mutant(seed: int, number: int) -> tuple[str, bytes]:
    """A damaged picture, and the name of what it was.

    Args:
        seed: Of the whole row.
        number: Its place in the row, from 0.
    """
    dice = random.Random(f"{seed}/{number}")
    whole = seeds()
    name = list(whole)[number % len(whole)]
    content = bytearray(whole[name])
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        dice.choice(_DAMAGES)(content, dice)
    return name, bytes(content)


def _flip_bits(content: bytearray, dice: random.Random) -> None:
    reach = dice.choice((_HEADER, len(content)))
    for _ in range(dice.choice((1, 2, 8, 40))):
        content[_place(content, dice, reach)] ^= 1 << dice.randrange(8)


def _set_bytes(content: bytearray, dice: random.Random) -> None:
    for _ in range(dice.randrange(1, 6)):
        content[_place(content, dice, _HEADER)] = dice.choice((0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)))


def _cut_tenth(content: bytearray, dice: random.Random) -> None:
    del content[max(1, len(content) * dice.randrange(1, 10) // 10) :]


def _cut_sixteenth(content: bytearray, dice: random.Random) -> None:
    del content[max(1, len(content) * dice.randrange(1, 16) // 16) :]


def _wrong_number(content: bytearray, dice: random.Random) -> None:
    form = dice.choice((">I", "<I", ">H", "<H"))
    place = _place(content, dice, _HEADER)
    number = dice.choice((*_LENGTHS, len(content), dice.randrange(1 << 32)))
    content[place : place + struct.calcsize(form)] = struct.pack(
        form, number % (1 << 8 * struct.calcsize(form))
    )


def _splice(content: bytearray, dice: random.Random) -> None:
    """A piece of another picture, in or over what was there."""
    other = dice.choice(list(seeds().values()))
    begin = dice.randrange(len(other))
    piece = other[begin : begin + dice.choice((4, 30, 300, 3000))]
    place = _place(content, dice, len(content))
    content[place : place + dice.choice((0, len(piece)))] = piece


def _repeat(content: bytearray, dice: random.Random) -> None:
    """A piece of its own, again and again."""
    begin = _place(content, dice, len(content))
    piece = content[begin : begin + dice.choice((8, 60, 500))]
    place = _place(content, dice, len(content))
    content[place:place] = piece * dice.choice((1, 3, 50))


def _leave_out(content: bytearray, dice: random.Random) -> None:
    begin = _place(content, dice, len(content))
    if begin:
        del content[begin : begin + dice.choice((1, 2, 12, 100))]


def _place(content: bytearray, dice: random.Random, reach: int) -> int:
    return dice.randrange(max(1, min(reach, len(content))))


_DAMAGES: Final[tuple[Callable[[bytearray, random.Random], None], ...]] = (
    _flip_bits, _set_bytes, _cut_tenth, _cut_sixteenth, _wrong_number, _splice, _repeat, _leave_out,
)  # fmt: skip
