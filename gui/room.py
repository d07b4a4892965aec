"""How much room a screen has for a dialog."""

from typing import Final

from PySide6.QtWidgets import QWidget

_TITLE_BAR: Final = 40


def height_on_screen(dialog: QWidget, wanted: int) -> int:
    """The height that is wanted, or less where the buttons at its foot would be below the screen's edge."""
    return min(wanted, dialog.screen().availableGeometry().height() - _TITLE_BAR)
