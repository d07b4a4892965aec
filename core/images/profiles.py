"""Colour profiles as bytes: sRGB as small as it can be, and what an embedded one is for. Standard library only.

480 bytes, and 360 for greys, where ImageCms writes 588: a twentieth of a thumbnail of 11 kB, too much to give it to those that
came without a profile, which are sRGB anyway (CSS Color 4, section 13).
"""

import struct
from functools import cache
from typing import Final

# IEC 61966-2-1 adapted to D50 with Bradford's matrix, as ICC.1:2022, annex E, has it.
_D50: Final = (0.9642, 1.0, 0.8249)
_RED: Final = (0.436066, 0.222488, 0.013916)
_GREEN: Final = (0.385147, 0.716873, 0.097076)
_BLUE: Final = (0.143066, 0.060608, 0.714096)
_ADAPTED: Final = (
    1.047882, 0.022919, -0.050201,
    0.029587, 0.990479, -0.017059,
    -0.009232, 0.015076, 0.751678,
)  # fmt: skip
_CURVE: Final = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)

_HEADER: Final = 128
_VERSION: Final = 0x04400000
_SPACES: Final = {b"RGB ": "RGB", b"GRAY": "L", b"CMYK": "CMYK"}


def mode_of(profile: bytes) -> str | None:
    """The mode of pictures that a profile is for, by its data colour space (ICC.1:2022, table 19); None for others."""
    is_profile = len(profile) > _HEADER and profile[36:40] == b"acsp"
    return _SPACES.get(profile[16:20]) if is_profile else None


@cache
def srgb_profile(mode: str) -> bytes:
    """A profile that says sRGB (ICC.1:2022, section 8), for greys their own: others must not be embedded in a PNG.

    Args:
        mode: Of the picture; of CMYK there is none.
    """
    tags = {
        b"desc": _text("sRGB"),
        b"cprt": _text("CC0"),
        b"wtpt": _xyz(_D50),
        b"chad": _fixed(b"sf32", _ADAPTED),
    }
    curve = _fixed(b"para", _CURVE, kind=struct.pack(">HH", 3, 0))
    if mode in {"L", "LA"}:
        return _profile(b"GRAY", tags | {b"kTRC": curve})
    colours = {b"rXYZ": _xyz(_RED), b"gXYZ": _xyz(_GREEN), b"bXYZ": _xyz(_BLUE)}
    return _profile(b"RGB ", tags | colours | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve))


def _profile(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    start = _HEADER + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    places: dict[bytes, int] = {}
    for name, content in tags.items():
        if content not in places:  # the three curves are one
            places[content] = start + len(body)
            body += content
        table += name + struct.pack(">II", places[content], len(content))
    head = struct.pack(">I4xI", start + len(body), _VERSION) + b"mntr" + space + b"XYZ "
    head += struct.pack(">6H", 2000, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + _numbers(_D50)
    return head.ljust(_HEADER, b"\0") + table + body


def _numbers(values: tuple[float, ...]) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def _fixed(signature: bytes, values: tuple[float, ...], kind: bytes = b"") -> bytes:
    return signature + bytes(4) + kind + _numbers(values)


def _xyz(values: tuple[float, ...]) -> bytes:
    return _fixed(b"XYZ ", values)


def _text(words: str) -> bytes:
    letters = words.encode("utf-16-be")
    return (
        b"mluc"
        + struct.pack(">IIIHHII", 0, 1, 12, 0x656E, 0x5553, len(letters), 28)
        + letters
        + bytes(-len(letters) % 4)
    )
