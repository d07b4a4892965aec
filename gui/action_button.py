"""Buttons that stand for actions."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QPushButton

from gui.appearance import Appearance
from gui.icons import MARGIN


def wear_icon(button: QAbstractButton, action: QAction, appearance: Appearance, size: int) -> None:
    """Give a button with words its action's icon, now and whenever the action changes.

    The icon is not the action's own, which menus show: beside words it needs a margin.
    """
    button.setIconSize(QSize(size + MARGIN, size))

    def dress() -> None:
        color = appearance.colors.on_accent if button.property("look") == "primary" else None
        button.setIcon(appearance.icon_with_text(str(action.property("drawing")), color=color))

    action.changed.connect(dress)
    dress()


def push_button(action: QAction, appearance: Appearance, size: int) -> QPushButton:
    """A button that does what the action does."""
    button = QPushButton(action.text())
    wear_icon(button, action, appearance, size)
    button.setToolTip(action.toolTip())
    button.clicked.connect(action.trigger)
    return button
