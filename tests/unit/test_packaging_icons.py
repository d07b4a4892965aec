"""The program's icon, as systems read it."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from PIL.IcoImagePlugin import IcoImageFile
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from gui.icons import application_icon
from resources.packaging import icons


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def corners(image: Image.Image) -> list[int]:
    last = image.width - 1
    alpha = image.convert("RGBA").getchannel("A")
    return [alpha.tobytes()[x + y * image.width] for x in (0, last) for y in (0, last)]


@pytest.mark.parametrize("size", icons.PNG_SIZES)
def test_png(size: int) -> None:
    image = opened(icons.png(size))
    assert (image.format, image.mode, image.size) == ("PNG", "RGBA", (size, size))
    assert max(corners(image)) < 128
    assert image.getpixel((size // 2, size // 2 - size // 4)) == (255, 255, 255, 255)  # the arrow
    assert len(icons.png(size)) < 24_000


def test_it_is_the_same_each_time() -> None:
    assert icons.png(48) == icons.png(48)
    assert icons.ico() == icons.ico()
    assert icons.icns() == icons.icns()


def test_ico_has_every_size_as_it_is_drawn_for_it() -> None:
    image = opened(icons.ico())
    assert isinstance(image, IcoImageFile)
    assert image.info["sizes"] == {(size, size) for size in icons.ICO_SIZES}
    for size in icons.ICO_SIZES:
        frame = image.ico.getimage((size, size))
        assert ImageChops.difference(frame.convert("RGBA"), opened(icons.png(size))).getbbox() is None


def test_icns_has_every_size_on_apples_grid() -> None:
    image = opened(icons.icns())
    assert image.format == "ICNS"
    edges = {width * scale for width, _, scale in image.info["sizes"]}
    assert edges == set(icons.ICNS_SIZES)
    assert image.size == (1024, 1024)
    assert image.getchannel("A").getbbox() == (100, 100, 924, 924)
    assert corners(image) == [0, 0, 0, 0]


def test_small_ones_have_drawings_of_their_own() -> None:
    names = [icons.drawing(size).stem for size in (16, 20, 24, 31, 32, 256)]
    assert names == ["fetchmill-16", "fetchmill-16", "fetchmill-24", "fetchmill-24", "fetchmill", "fetchmill"]


@pytest.mark.parametrize("size", [16, 24])
def test_small_ones_have_their_edges_on_whole_pixels(size: int) -> None:
    """Beside the arrow's stem there is no grey: the columns go from the ground to white at once."""
    image = opened(icons.png(size)).convert("RGB")
    row = [image.getpixel((x, size // 5)) for x in range(size)]
    white = [x for x, color in enumerate(row) if color == (255, 255, 255)]
    assert white == [size // 2 - 1, size // 2]
    greens = [color[1] for color in row if isinstance(color, tuple) and color != (255, 255, 255)]
    assert max(greens) < 150


def test_the_window_has_the_same(qapp: QApplication) -> None:  # noqa: ARG001 - pixmaps need one
    icon = application_icon()
    for size in (16, 20, 24, 32, 48, 256):
        shown = icon.pixmap(size, size).toImage().convertToFormat(QImage.Format.Format_RGBA8888)
        pixels = Image.frombytes("RGBA", (size, size), bytes(shown.constBits()))
        assert ImageChops.difference(pixels, opened(icons.png(size))).getbbox() is None, size


def test_all_are_written(tmp_path: Path) -> None:
    icons.write(tmp_path / "icons")
    names = {path.name for path in (tmp_path / "icons").iterdir()}
    pngs = {f"fetchmill-{size}.png" for size in icons.PNG_SIZES}
    assert names == {"fetchmill.ico", "fetchmill.icns", *pngs}
    assert (tmp_path / "icons" / "fetchmill.ico").read_bytes() == icons.ico()
