"""A combo box that screen readers know by its name.

Qt tells AT-SPI the chosen text as a combo box's name and leaves the name to a label's relation, which scripts and
many tools do not follow. Here the name is the name, and what is chosen is the value.
"""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QComboBox, QWidget


class NamedBox(QComboBox):
    """A combo box whose accessible name is what ``setAccessibleName`` says, once ``install`` was called."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.interface: QAccessibleInterface | None = (
            None  # Qt uses it as long as the box lives, and so must we
        )


class _BoxInterface(QAccessibleWidget):
    def __init__(self, box: NamedBox) -> None:
        super().__init__(box, QAccessible.Role.ComboBox, box.accessibleName())
        self._box = box

    def text(self, kind: QAccessible.Text) -> str:
        """See Qt."""
        if kind is QAccessible.Text.Name:
            return self._box.accessibleName()
        if kind is QAccessible.Text.Value:
            return self._box.currentText()
        return super().text(kind)


def _interface(_kind: str, thing: QObject) -> QAccessibleInterface | None:
    if not isinstance(thing, NamedBox):
        return None
    thing.interface = thing.interface or _BoxInterface(thing)
    return thing.interface


def install() -> None:
    """Have Qt ask here first; once a program."""
    QAccessible.installFactory(_interface)
