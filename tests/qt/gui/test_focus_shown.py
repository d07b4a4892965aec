"""Who goes by the keys alone sees where they are."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QWidget

from core.settings import Theme
from gui.appearance import Appearance
from tests.support.waiting import wait_until


@pytest.mark.parametrize("theme", [Theme.LIGHT, Theme.DARK])
@pytest.mark.parametrize("look", ["", "primary", "quiet", "notice", "swatch", "default"])
def test_a_button_that_has_the_keys_looks_different(
    appearance: Appearance, keep: Callable[[QWidget], None], look: str, theme: Theme
) -> None:
    appearance.use(theme)
    dialog = QDialog()
    keep(dialog)
    row = QHBoxLayout(dialog)
    button, other = QPushButton("Show plan"), QPushButton("Other")
    for one in (button, other):
        one.setAutoDefault(False)
        row.addWidget(one)
    button.setDefault(look == "default")
    button.setProperty("look", look)
    dialog.show()
    dialog.activateWindow()
    wait_until(dialog.isActiveWindow)
    other.setFocus(Qt.FocusReason.TabFocusReason)
    before = button.grab().toImage()
    button.setFocus(Qt.FocusReason.TabFocusReason)
    assert button.hasFocus()
    assert button.grab().toImage() != before
