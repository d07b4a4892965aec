"""Speed limits by the hour, as people edit them."""

from collections.abc import Callable
from datetime import datetime, time

import pytest
from PySide6.QtCore import Qt, QTime
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QWidget

from core.settings import Settings
from core.speed_schedule import Days, SpeedPeriod
from gui.appearance import Appearance
from gui.named_box import install
from gui.settings_dialog import SettingsDialog
from gui.speed_schedule_editor import SpeedScheduleEditor, now_text
from tests.support.waiting import wait_until

Keep = Callable[[QWidget], None]

OFFICE = SpeedPeriod(Days.WEEKDAYS, time(8), time(18), 500_000)
NIGHT = SpeedPeriod(Days.EVERY_DAY, time(22), time(6), None)
WHOLE_DAY = SpeedPeriod(Days.EVERY_DAY, time(0), time(0), 1_234_567)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        ("2024-01-01 09:00", "Now 500 KB/s, until 18:00"),
        ("2024-01-01 23:00", "Now no limit, until 06:00"),
        ("2024-01-01 19:00", "Now 2.0 MB/s, until 22:00"),
    ],
)
def test_what_holds_now(moment: str, text: str) -> None:
    assert now_text(datetime.fromisoformat(moment), 2_000_000, (OFFICE, NIGHT)) == text


def test_what_holds_for_long() -> None:
    friday = datetime.fromisoformat("2024-01-05 19:00")
    assert now_text(friday, None, (OFFICE,)) == "Now no limit, until Monday 08:00"
    assert now_text(friday, None, (WHOLE_DAY,)) == "Now 1.2 MB/s"
    assert now_text(friday, None, ()) == ""


def editor_of(dialog: SettingsDialog) -> SpeedScheduleEditor:
    editor = dialog.editor("speed_schedule")
    assert isinstance(editor, SpeedScheduleEditor)
    return editor


def button(editor: QWidget, name: str) -> QAbstractButton:
    return next(b for b in editor.findChildren(QAbstractButton) if b.accessibleName() == name)


def test_hours_are_shown_and_come_back_as_they_were(appearance: Appearance, keep: Keep) -> None:  # noqa: ARG001 - dresses the application
    dialog = SettingsDialog(Settings(speed_schedule=(WHOLE_DAY, NIGHT)))
    keep(dialog)
    dialog.show()
    assert dialog.edited() == {}
    editor = editor_of(dialog)
    assert editor.now.text() == "Now 1.2 MB/s"
    editor.rows[1].end.setTime(QTime(7, 30))
    changed = (WHOLE_DAY, NIGHT._replace(end=time(7, 30)))
    assert dialog.edited() == {"speed_schedule": changed}, "the first is shown rounded, and stays"
    assert Settings.from_mapping(dialog.edited()) == (Settings(speed_schedule=changed), ())
    dialog.show_settings(Settings())
    assert editor.rows == []
    assert editor.now.text() == ""


def test_tab_goes_through_the_hours_where_they_stand(appearance: Appearance, keep: Keep) -> None:
    del appearance
    install()
    dialog = SettingsDialog(Settings(speed_schedule=(OFFICE, NIGHT)))
    keep(dialog)
    dialog.show()
    wait_until(dialog.isActiveWindow)
    dialog.editor("limit_rate").findChildren(QAbstractButton)[0].setFocus()
    heard = {}
    for _ in range(16):  # hours and minutes of a time are a stop each
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        spoken = QAccessible.queryAccessibleInterface(dialog.focusWidget())
        heard[spoken.text(QAccessible.Text.Name)] = True
    fields = ("days", "from", "to", "limit", "remove")
    lines = [f"Hours {number}: {field}" for number in (1, 2) for field in fields]
    assert list(heard) == [*lines, "Speed at certain hours: add hours", "Keep free on the disk: automatic"]


def test_hours_are_added_edited_and_removed(appearance: Appearance, keep: Keep) -> None:  # noqa: ARG001 - dresses the application
    dialog = SettingsDialog(Settings())
    keep(dialog)
    dialog.show()
    editor = editor_of(dialog)
    add = button(editor, "Speed at certain hours: add hours")
    add.click()
    add.click()
    assert dialog.edited() == {"speed_schedule": (OFFICE, NIGHT)}
    first, second = editor.rows
    assert first._next_day.isHidden()
    assert not second._next_day.isHidden(), "it ends after midnight"
    first.days.setFocus()
    QTest.keyClick(first.days, Qt.Key.Key_End)
    first.limit.setValue(0)
    assert first.limit.text() == "No limit"
    second.limit.setValue(0.01)
    assert dialog.edited()["speed_schedule"] == (
        OFFICE._replace(days=Days.SUNDAY, limit=None),
        NIGHT._replace(limit=10_000),
    )
    button(first, "Hours 1: remove").click()
    assert dialog.edited() == {"speed_schedule": (NIGHT._replace(limit=10_000),)}
    assert second.days.accessibleName() == "Hours 1: days"


def test_the_usual_limit_is_told_where_no_hours_hold(appearance: Appearance, keep: Keep) -> None:  # noqa: ARG001 - dresses the application
    never_now = (SpeedPeriod(Days.EVERY_DAY, time(0), time(0), 5_000_000),)
    dialog = SettingsDialog(Settings(limit_rate=2_000_000, speed_schedule=never_now))
    keep(dialog)
    editor = editor_of(dialog)
    assert editor.now.text() == "Now 5.0 MB/s"
    editor.rows[0].days.setCurrentIndex((datetime.now().astimezone().weekday() + 2) % 7 + 3)
    assert editor.now.text().startswith("Now 2.0 MB/s, until ")
    dialog.editor("limit_rate").set_value(3_000_000)
    assert editor.now.text().startswith("Now 3.0 MB/s, until ")


def test_days_have_names_for_people(appearance: Appearance, keep: Keep) -> None:  # noqa: ARG001 - dresses the application
    dialog = SettingsDialog(Settings(speed_schedule=(OFFICE,)))
    keep(dialog)
    box = editor_of(dialog).findChild(QComboBox)
    assert box is not None
    names = [box.itemText(row) for row in range(box.count())]
    assert names[:4] == ["Every day", "Monday to Friday", "Saturday, Sunday", "Monday"]
    assert len(names) == len(Days)
