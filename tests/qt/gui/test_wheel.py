"""The mouse wheel over the settings: it scrolls, and changes nothing on its way."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QScrollArea, QWidget

from core.settings import Settings
from core.speed_schedule import SpeedPeriod
from gui.appearance import Appearance
from gui.settings_dialog import SettingsDialog
from tests.support.waiting import wait_until

PERIOD = SpeedPeriod.parse("weekdays 08:00-18:00 500000")


def turn_wheel(field: QWidget, *, down: bool) -> None:
    middle = QPointF(field.rect().center())
    no_button, no_key = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    steps, phase, is_inverted = QPoint(0, -120 if down else 120), Qt.ScrollPhase.NoScrollPhase, False
    there = field.mapToGlobal(middle)
    event = QWheelEvent(middle, there, QPoint(), steps, no_button, no_key, phase, is_inverted)
    QApplication.sendEvent(field, event)
    taker = field.parentWidget()
    while not event.isAccepted() and taker is not None:  # Qt passes on what comes from a mouse only
        event.accept()
        QApplication.sendEvent(taker, event)
        taker = taker.parentWidget()


def test_scrolling_past_a_field_leaves_it_as_it_is(
    appearance: Appearance, keep: Callable[[QWidget], None]
) -> None:
    del appearance
    dialog = SettingsDialog(Settings(speed_schedule=(PERIOD,)))
    keep(dialog)
    dialog.show()
    page = dialog.findChild(QScrollArea)
    assert page is not None
    bar = page.verticalScrollBar()
    wait_until(lambda: bar.maximum() > 0)
    fields = (*dialog.findChildren(QAbstractSpinBox), *dialog.findChildren(QComboBox))
    for field in filter(QWidget.isVisible, fields):
        before = bar.value()
        turn_wheel(field, down=before < bar.maximum())
        assert bar.value() != before
    assert dialog.edited() == {}
    bar.setValue(bar.maximum())
    dialog.show_settings(Settings())
    assert bar.value() == 0, "opened again, it begins at its beginning"


def test_the_field_that_is_edited_takes_the_wheel(
    appearance: Appearance, keep: Callable[[QWidget], None]
) -> None:
    del appearance
    dialog = SettingsDialog(Settings())
    keep(dialog)
    dialog.show()
    number = dialog.editor("retries").findChild(QAbstractSpinBox)
    assert number is not None
    number.setFocus()
    wait_until(number.hasFocus)
    turn_wheel(number, down=True)
    assert dialog.edited() == {"retries": 4}
