"""Colour profiles as bytes: sRGB as small as it can be, and what an embedded one is for. Standard library only.

480 bytes, and 360 for greys, where ImageCms writes 588: a twentieth of a thumbnail of 11 kB, too much to give it to those that
came without a profile, which are sRGB anyway (CSS Color 4, section 13).
"""

import struct
from functools import cache
from typing import Final

Triple = tuple[float, float, float]

# IEC 61966-2-1 adapted to D50 with Bradford's matrix, as ICC.1:2022, annex E, has it.
D50: Final = (0.9642, 1.0, 0.8249)
_RED: Final = (0.436066, 0.222488, 0.013916)
_GREEN: Final = (0.385147, 0.716873, 0.097076)
_BLUE: Final = (0.143066, 0.060608, 0.714096)
_ADAPTED: Final = (
    1.047882, 0.022919, -0.050201,
    0.029587, 0.990479, -0.017059,
    -0.009232, 0.015076, 0.751678,
)  # fmt: skip
_CURVE: Final = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)

# Bradford's, by which whites are adapted (ICC.1:2022, annex E.3).
_CONES: Final = (
    (0.8951, 0.2664, -0.1614),
    (-0.7502, 1.7135, 0.0367),
    (0.0389, -0.0685, 1.0296),
)  # fmt: skip
_MOST_PLACE: Final = 1.0001  # x + y, with what rounding makes of 1
_FLAT: Final = 1e-6  # primaries on one line span no colours

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
        b"wtpt": _xyz(D50),
        b"chad": _fixed(b"sf32", _ADAPTED),
    }
    curve = _fixed(b"para", _CURVE, kind=struct.pack(">HH", 3, 0))
    if mode in {"L", "LA"}:
        return _profile(b"GRAY", tags | {b"kTRC": curve})
    colours = {b"rXYZ": _xyz(_RED), b"gXYZ": _xyz(_GREEN), b"bXYZ": _xyz(_BLUE)}
    return _profile(b"RGB ", tags | colours | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve))


def profile_of_light(mode: str, gamma: float | None, places: tuple[float, ...]) -> bytes:
    """A profile of three lights that are mixed (ICC.1:2022, section 8.3; for greys 8.5).

    Args:
        mode: Of the picture: greys need no lights.
        gamma: The exponent from values to light; None for the curve of sRGB.
        places: x and y of white, red, green and blue (CIE 1931).

    Raises:
        ValueError: There are no such lights.
    """
    curve = _fixed(b"para", _CURVE, kind=struct.pack(">HH", 3, 0))
    if gamma is not None:
        curve = _fixed(b"para", (gamma,), kind=struct.pack(">HH", 0, 0))
    tags = {b"desc": _text("As described"), b"cprt": _text("CC0"), b"wtpt": _xyz(D50)}
    if mode in {"L", "LA"}:
        return _profile(b"GRAY", tags | {b"kTRC": curve})
    white, red, green, blue = (bright(x, y) for x, y in zip(places[::2], places[1::2], strict=True))
    amounts = _solved(tuple(zip(red, green, blue, strict=True)), white)
    if min(amounts) <= 0:
        raise ValueError("these lights make no white")
    for name, (x, y, z), amount in zip((b"rXYZ", b"gXYZ", b"bXYZ"), (red, green, blue), amounts, strict=True):
        tags[name] = _xyz(adapted((amount * x, amount * y, amount * z), white))
    return _profile(b"RGB ", tags | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve))


def bright(x: float, y: float) -> Triple:
    """XYZ of a light of brightness 1.

    Args:
        x: Of its place (CIE 1931).
        y: Likewise.

    Raises:
        ValueError: There is none.
    """
    if not (y > 0 and x >= 0 and x + y <= _MOST_PLACE):
        raise ValueError("no colour of light")
    return x / y, 1.0, (1 - x - y) / y


def adapted(color: Triple, white: Triple) -> Triple:
    """What a colour under a white light is under D50, both as XYZ (ICC.1:2022, annex E.3)."""
    seen, old, new = (_times(_CONES, one) for one in (color, white, D50))
    one, two, three = (a * after / before for a, after, before in zip(seen, new, old, strict=True))
    return _solved(_CONES, (one, two, three))


def _times(matrix: tuple[Triple, ...], values: Triple) -> Triple:
    one, two, three = (sum(a * b for a, b in zip(row, values, strict=True)) for row in matrix)
    return one, two, three


def _solved(matrix: tuple[Triple, ...], values: Triple) -> Triple:
    """The three numbers that the matrix makes these values of (Cramer's rule)."""
    whole = _determinant(matrix)
    if abs(whole) < _FLAT:
        raise ValueError("these lights span no colours")
    columns = tuple(zip(*matrix, strict=True))
    parts = (_determinant((*columns[:at], values, *columns[at + 1 :])) / whole for at in range(3))
    one, two, three = parts
    return one, two, three


def _determinant(matrix: tuple[Triple, ...]) -> float:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)


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
    head += struct.pack(">6H", 2000, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + _numbers(D50)
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
