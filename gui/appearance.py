"""How the window looks: Fusion, our colours, the system's font; it follows the system between light and dark."""

from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from core.settings import Theme
from gui.colors import DARK, LIGHT, Colors
from gui.icons import icon
from gui.style_sheet import style_sheet

_SCHEMES: Final = {
    Theme.SYSTEM: Qt.ColorScheme.Unknown,
    Theme.LIGHT: Qt.ColorScheme.Light,
    Theme.DARK: Qt.ColorScheme.Dark,
}
_SMALLEST_POINTS: Final = 10.0


def palette_of(colors: Colors) -> QPalette:
    """The colours as Qt's widgets know them."""
    role = QPalette.ColorRole
    palette = QPalette()
    for target, color in (
        (role.Window, colors.window),
        (role.WindowText, colors.text),
        (role.Base, colors.surface),
        (role.AlternateBase, colors.window),
        (role.Text, colors.text),
        (role.PlaceholderText, colors.secondary),
        (role.Button, colors.raised),
        (role.ButtonText, colors.text),
        (role.ToolTipBase, colors.raised),
        (role.ToolTipText, colors.text),
        (role.Highlight, colors.accent),
        (role.HighlightedText, colors.on_accent),
        (role.Accent, colors.accent),
        (role.Link, colors.link),
        (role.Mid, colors.border),
    ):
        palette.setColor(target, QColor(color))
    for target in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, target, QColor(colors.faint))
    return palette


def base_font() -> QFont:
    """The system's font, not smaller than is comfortable."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    if 0 < font.pointSizeF() < _SMALLEST_POINTS:
        font.setPointSizeF(_SMALLEST_POINTS)
    return font


def scaled_font(font: QFont, factor: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """A copy in another size and weight."""
    copy = QFont(font)
    if font.pointSizeF() > 0:
        copy.setPointSizeF(font.pointSizeF() * factor)
    else:
        copy.setPixelSize(round(font.pixelSize() * factor))
    copy.setWeight(weight)
    return copy


def tabular(font: QFont) -> QFont:
    """A copy whose figures are all of one width, so that numbers in columns stand still."""
    copy = QFont(font)
    copy.setFeature(QFont.Tag("tnum"), 1)
    return copy


class Appearance(QObject):
    """The scheme in force.

    Attributes:
        colors: Of the scheme in force.

    Signals:
        changed: nothing; the colours are others now.
    """

    changed = Signal()

    def __init__(self, application: QApplication, theme: Theme = Theme.SYSTEM) -> None:
        super().__init__(application)
        self._application = application
        self._theme = theme
        self.colors = LIGHT
        application.setStyle("Fusion")
        application.setFont(base_font())
        application.styleHints().colorSchemeChanged.connect(self.follow_system)
        self.use(theme)

    def use(self, theme: Theme) -> None:
        """Follow the system, or keep to light or dark."""
        self._theme = theme
        self._application.styleHints().setColorScheme(_SCHEMES[theme])
        self._apply()

    def follow_system(self) -> None:
        """The system turned from light to dark or back."""
        if self._theme is Theme.SYSTEM:
            self._apply()

    def icon(self, name: str, *, color: str | None = None) -> QIcon:
        """The drawing of that name in the scheme's colours, for where it stands alone."""
        return icon(name, self.colors, color=color, margin=0)

    def icon_with_text(self, name: str, *, color: str | None = None) -> QIcon:
        """The same, for where words follow it."""
        return icon(name, self.colors, color=color)

    @property
    def is_dark(self) -> bool:
        """Whether the scheme in force is the dark one."""
        return self.colors is DARK

    def _apply(self) -> None:
        colors = DARK if self._wants_dark() else LIGHT
        self.colors = colors
        self._application.setPalette(palette_of(colors))
        self._application.setStyleSheet(style_sheet(colors))
        self.changed.emit()

    def _wants_dark(self) -> bool:
        if self._theme is Theme.SYSTEM:
            return self._application.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return self._theme is Theme.DARK
