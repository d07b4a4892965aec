"""The program's icon in the forms that systems want, drawn from its SVG files: PNG, Windows' ICO, macOS' ICNS.

``gui.icons`` picks the drawing by size in the same way.
"""

from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from resources.packaging.layout import BUILD, NAME, ROOT

FOLDER: Final = BUILD / "icons"
ICO: Final = FOLDER / f"{NAME}.ico"
ICNS: Final = FOLDER / f"{NAME}.icns"
DRAWINGS: Final = ROOT / "resources" / "icons"

PNG_SIZES: Final = (16, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES: Final = (16, 20, 24, 32, 40, 48, 64, 96, 128, 256)  # Windows' own, at its scales from 100 to 400 %
ICNS_SIZES: Final = (32, 64, 128, 256, 512, 1024)  # 16 to 512 points at one and two pixels each

# Apple's grid: of 1024 pixels, 100 are free on each side. Our square fills 60 of the drawing's 64 units.
_APPLE_SCALE: Final = 824 / 1024 * 64 / 60


def drawing(size: int) -> Path:
    """The SVG file for an edge of that many pixels: small ones have drawings with edges on whole pixels."""
    name = f"{NAME}-16" if size < 24 else f"{NAME}-24" if size < 32 else NAME
    return DRAWINGS / f"{name}.svg"


def png(size: int) -> bytes:
    """The icon as a PNG file.

    Args:
        size: Edge in pixels.
    """
    return _written(_drawn(size), "PNG", optimize=True)


def ico() -> bytes:
    """The icon as a Windows icon, with all ``ICO_SIZES`` as PNG."""
    return _container([_drawn(size) for size in ICO_SIZES], "ICO", sizes=[(size, size) for size in ICO_SIZES])


def icns() -> bytes:
    """The icon as a macOS icon, with all ``ICNS_SIZES``, placed on Apple's grid."""
    return _container([_drawn_for_apple(size) for size in ICNS_SIZES], "ICNS")


def write(folder: Path = FOLDER) -> Path:
    """Write all of them into that folder, and return it: ``fetchmill.ico``, ``fetchmill.icns``, ``fetchmill-SIZE.png``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ICO.name).write_bytes(ico())
    (folder / ICNS.name).write_bytes(icns())
    for size in PNG_SIZES:
        (folder / f"{NAME}-{size}.png").write_bytes(png(size))
    return folder


def _drawn(size: int) -> Image.Image:
    return _rendered(drawing(size), size, QRectF(0, 0, size, size))


def _drawn_for_apple(size: int) -> Image.Image:
    edge = size * _APPLE_SCALE
    place = (size - edge) / 2
    return _rendered(DRAWINGS / f"{NAME}.svg", size, QRectF(place, place, edge, edge))


def _rendered(path: Path, size: int, place: QRectF) -> Image.Image:
    """The drawing at that place in a transparent square."""
    canvas = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    canvas.fill(Qt.GlobalColor.transparent)
    painter = QPainter(canvas)
    QSvgRenderer(str(path)).render(painter, place)
    painter.end()
    pixels = canvas.convertToFormat(QImage.Format.Format_RGBA8888)
    return Image.frombytes("RGBA", (size, size), bytes(pixels.constBits()))


def _container(images: list[Image.Image], kind: str, **options: object) -> bytes:
    """One file with all the pictures, each as it was drawn for its size."""
    *smaller, largest = images
    return _written(largest, kind, append_images=smaller, **options)


def _written(image: Image.Image, kind: str, **options: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()
