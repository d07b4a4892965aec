"""Colours: every mode, and profiles that are and are not what they should be."""

import struct

import pytest
from PIL import Image, ImageCms

from core.images.colour import flattened, is_transparent, resizable, to_srgb

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _xyz(x: float, y: float, z: float) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in (x, y, z)))


def _icc(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    """A version 2 display profile (ICC.1:2001-04, section 6)."""
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + b"\0" * 78,
        b"cprt": b"text\0\0\0\0none\0",
        b"wtpt": _xyz(0.9642, 1, 0.8249),
    } | tags
    table, body = struct.pack(">I", len(tags)), b""
    start = 132 + 12 * len(tags)
    for name, content in tags.items():
        table += name + struct.pack(">II", start + len(body), len(content))
        body += content + b"\0" * (-len(content) % 4)
    head = struct.pack(">I4sI", start + len(body), b"\0\0\0\0", 0x02100000) + b"mntr" + space + b"XYZ "
    head += b"\x07\xd0" + b"\0\x01" * 5 + b"acsp" + b"\0" * 28 + struct.pack(">3i", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + table + body


def _gamma(value: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(value * 256)) + b"\0\0"


# Adobe RGB (1998), adapted to D50: greener than any sRGB green.
WIDE = _icc(
    b"RGB ",
    {
        b"rXYZ": _xyz(0.60974, 0.31111, 0.01947),
        b"gXYZ": _xyz(0.20528, 0.62567, 0.06087),
        b"bXYZ": _xyz(0.14919, 0.06322, 0.74457),
        b"rTRC": _gamma(2.2),
        b"gTRC": _gamma(2.2),
        b"bTRC": _gamma(2.2),
    },
)
LINEAR_GREY = _icc(b"GRAY", {b"kTRC": _gamma(1.0)})


def _pixel(image: Image.Image) -> tuple[int, ...]:
    value = image.getpixel((0, 0))
    assert isinstance(value, tuple)
    return tuple(int(one) for one in value)


def test_wide_colours_come_to_srgb() -> None:
    red, green, blue = _pixel(to_srgb(Image.new("RGB", (4, 4), (128, 200, 128)), WIDE).image)
    assert red < 100
    assert abs(green - 201) <= 3
    assert abs(blue - 125) <= 4
    grey = _pixel(to_srgb(Image.new("RGB", (4, 4), (128, 128, 128)), WIDE).image)
    assert all(abs(value - 128) <= 2 for value in grey)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_srgb_itself_touches_nothing(mode: str) -> None:
    image = Image.new(mode, (4, 4), "orange")
    result = to_srgb(image, SRGB)
    assert result.image is image
    assert result.notes == ()


def test_alpha_goes_round_the_profile() -> None:
    image = Image.new("RGBA", (4, 4), (128, 200, 128, 77))
    image.putpixel((1, 1), (0, 0, 0, 0))
    result = to_srgb(image, WIDE).image
    assert result.mode == "RGBA"
    assert result.getchannel("A").tobytes() == image.getchannel("A").tobytes()
    assert _pixel(result)[:3] == _pixel(to_srgb(image.convert("RGB"), WIDE).image)


@pytest.mark.parametrize("mode", ["L", "LA"])
def test_grey_profiles_on_grey(mode: str) -> None:
    result = to_srgb(Image.new(mode, (4, 4), "#808080"), LINEAR_GREY).image
    assert result.mode == mode
    assert abs(result.tobytes()[0] - 188) <= 2  # half the light is 188 in sRGB


def test_the_profile_of_a_screen_on_grey() -> None:
    image = Image.new("L", (4, 4), 100)
    assert to_srgb(image, SRGB).image is image
    result = to_srgb(image, WIDE)
    assert result.image.mode == "L"
    assert abs(result.image.tobytes()[0] - 100) <= 2


@pytest.mark.parametrize("profile", [b"nonsense", SRGB[:200], b"\0" * 600, LINEAR_GREY])
def test_profiles_that_cannot_be_used_are_noted(profile: bytes) -> None:
    image = Image.new("RGB", (4, 4), "orange")
    result = to_srgb(image, profile)
    assert result.image is image
    assert "profile" in result.notes[0]


@pytest.mark.parametrize("profile", [None, b"", b"nonsense", WIDE])
def test_cmyk_becomes_rgb_whatever_its_profile(profile: bytes | None) -> None:
    result = to_srgb(Image.new("CMYK", (4, 4), (0, 255, 255, 0)), profile)
    assert _pixel(result.image) == (255, 0, 0)
    assert "profile" in result.notes[0]


@pytest.mark.parametrize("order", ["<", ">"])
def test_sixteen_bit_grey_is_scaled_not_clipped(order: str) -> None:
    values = (0, 257, 32768, 65407, 65535)
    image = Image.frombytes("I;16" if order == "<" else "I;16B", (5, 1), struct.pack(f"{order}5H", *values))
    result = resizable(image)
    assert list(result.image.tobytes()) == [0, 1, 128, 255, 255]
    assert "16 bits" in result.notes[0]


@pytest.mark.parametrize(
    ("mode", "values", "expected"),
    [
        ("I", (0, 100, 255), [0, 100, 255]),
        ("I", (0, 32768, 65535), [0, 128, 255]),
        ("I", (-100, 0, 100), [0, 128, 255]),
        ("I", (-7, -7, -7), [0, 0, 0]),
        ("F", (0.0, 0.5, 1.0), [0, 128, 255]),
        ("F", (0.0, 100.0, 255.0), [0, 100, 255]),
        ("F", (-1.0, 0.0, 1.0), [0, 128, 255]),
        ("F", (1e30, 2e30, 3e30), [0, 128, 255]),
    ],
)
def test_numbers_become_greys(mode: str, values: tuple[float, ...], expected: list[int]) -> None:
    image = Image.frombytes(mode, (3, 1), struct.pack("=3f" if mode == "F" else "=3i", *values))
    assert list(resizable(image).image.tobytes()) == expected


def test_numbers_that_are_none_are_no_crash() -> None:
    image = Image.frombytes("F", (3, 1), struct.pack("=3f", float("nan"), float("inf"), 9.0))
    result = resizable(image)
    assert result.image.mode == "L"
    assert result.notes


def test_lab() -> None:
    lab = ImageCms.profileToProfile(
        Image.new("RGB", (4, 4), (200, 60, 30)),
        ImageCms.createProfile("sRGB"),
        ImageCms.createProfile("LAB"),
        outputMode="LAB",
    )
    assert lab is not None
    lab.info["icc_profile"] = b"a Lab profile"
    result = resizable(lab).image
    assert all(abs(a - b) <= 3 for a, b in zip(_pixel(result), (200, 60, 30), strict=True))
    assert "icc_profile" not in result.info


@pytest.mark.parametrize(
    ("mode", "becomes"),
    [
        ("1", "L"), ("L", "L"), ("LA", "LA"), ("P", "RGB"), ("PA", "RGBA"), ("RGB", "RGB"), ("RGBA", "RGBA"),
        ("RGBX", "RGB"), ("RGBa", "RGBA"), ("CMYK", "CMYK"), ("YCbCr", "RGB"), ("HSV", "RGB"),
    ],
)  # fmt: skip
def test_every_mode_can_be_resampled(mode: str, becomes: str) -> None:
    result = resizable(Image.new(mode, (40, 40))).image
    assert result.mode == becomes
    assert result.resize((9, 9), Image.Resampling.LANCZOS, reducing_gap=2.0).size == (9, 9)


@pytest.mark.parametrize(
    ("mode", "key", "becomes"), [("P", 0, "RGBA"), ("L", 0, "LA"), ("1", 0, "LA"), ("RGB", (0, 0, 0), "RGBA")]
)
def test_a_transparent_colour_becomes_alpha(mode: str, key: object, becomes: str) -> None:
    image = Image.new(mode, (2, 1))
    image.putpixel((1, 0), (255, 255, 255) if mode == "RGB" else 1)
    image.info["transparency"] = key
    result = resizable(image).image
    assert result.mode == becomes
    assert list(result.getchannel("A").tobytes()) == [0, 255]


@pytest.mark.parametrize(("mode", "flat"), [("RGBA", "RGB"), ("LA", "L")])
def test_transparent_parts_become_white(mode: str, flat: str) -> None:
    image = Image.new("RGBA", (3, 1), (0, 0, 0, 255))
    image.putpixel((1, 0), (0, 0, 0, 0))
    image.putpixel((2, 0), (0, 0, 0, 128))
    result = flattened(image.convert(mode))
    assert result.image.mode == flat
    assert list(result.image.getchannel(0).tobytes()) == [0, 255, 127]
    assert result.notes == ("Transparent parts were laid on white.",)
    assert is_transparent(image)


def test_an_alpha_that_hides_nothing_is_no_loss() -> None:
    result = flattened(Image.new("RGBA", (2, 2), "red"))
    assert result.notes == ()
    assert flattened(result.image).image is result.image
