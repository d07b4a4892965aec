"""Icons: the project's own SVG drawings, tinted in the colours of the scheme and crisp at every scale."""

from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from gui.colors import Colors

# Few: every one is drawn at the start and whenever light turns to dark.
_SCALES: Final = (1.0, 2.0)
_SIZES: Final = (16, 18)
MARGIN: Final = 4
# Edges in pixels and what is drawn there: the small ones have drawings with edges on whole pixels.
_APPLICATION: Final = (
    *((16, "fetchmill-16"), (20, "fetchmill-16"), (24, "fetchmill-24")),
    *((size, "fetchmill") for size in (32, 48, 64, 128, 256)),
)


def icon_path(name: str) -> Path:
    """Where the drawing of that name lies."""
    return Path(str(files("resources") / "icons" / f"{name}.svg"))


@lru_cache(maxsize=128)
def _drawing(name: str) -> str:
    return icon_path(name).read_text(encoding="utf-8")


@lru_cache(maxsize=256)
def _renderer(name: str, color: str) -> QSvgRenderer:
    """The drawing in that colour, for all its sizes: to parse it takes as long as to draw it."""
    return QSvgRenderer(QByteArray(_drawing(name).replace("currentColor", color).encode()))


@lru_cache(maxsize=1024)
def tinted(name: str, color: str, size: int, scale: float) -> QPixmap:
    """A square pixmap of the drawing.

    Args:
        name: Of the drawing.
        color: ``#rrggbb`` that stands in for ``currentColor``.
        size: Edge in device-independent pixels.
        scale: Device pixels for one of those.
    """
    edge = round(size * scale)
    pixmap = QPixmap(edge, edge)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    _renderer(name, color).render(painter, QRectF(0, 0, edge, edge))
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap


@lru_cache(maxsize=256)
def icon(name: str, colors: Colors, *, color: str | None = None, margin: int = MARGIN) -> QIcon:
    """The drawing as an icon with its disabled look; the main text's colour unless told.

    The drawing has a margin on its right: Qt sets text too close to icons.
    """
    made = QIcon()
    looks = ((QIcon.Mode.Normal, color or colors.text), (QIcon.Mode.Disabled, colors.faint))
    for mode, tint in looks:
        for size in _SIZES:
            for scale in _SCALES:
                made.addPixmap(_with_margin(tinted(name, tint, size, scale), scale, margin), mode)
    return made


def _with_margin(drawing: QPixmap, scale: float, margin: int) -> QPixmap:
    if not margin:
        return drawing
    wide = QPixmap(drawing.width() + round(margin * scale), drawing.height())
    wide.fill(Qt.GlobalColor.transparent)
    painter = QPainter(wide)
    painter.drawPixmap(QRectF(drawing.rect()), drawing, QRectF(drawing.rect()))
    painter.end()
    wide.setDevicePixelRatio(scale)
    return wide


def application_icon() -> QIcon:
    """The program's own icon."""
    made = QIcon()
    for size, name in _APPLICATION:
        made.addPixmap(tinted(name, "#000000", size, 1.0))
    return made
