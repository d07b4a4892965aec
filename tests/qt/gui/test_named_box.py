"""A combo box that screen readers know by its name."""

from collections.abc import Callable

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

from gui.named_box import NamedBox, install


def test_its_name_is_its_name_and_the_choice_its_value(keep: Callable[[QWidget], None]) -> None:
    install()
    box = NamedBox()
    keep(box)
    box.addItems(["One", "Two"])
    box.setAccessibleName("Recipe")
    heard = QAccessible.queryAccessibleInterface(box)
    assert heard.role() is QAccessible.Role.ComboBox
    assert heard.text(QAccessible.Text.Name) == "Recipe"
    box.setCurrentIndex(1)
    assert heard.text(QAccessible.Text.Value) == "Two"
    assert QAccessible.queryAccessibleInterface(box) is heard
