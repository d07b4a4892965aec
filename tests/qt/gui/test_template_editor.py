"""The field for the template that names files."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

from core.settings import Settings
from gui.appearance import Appearance
from gui.settings_dialog import SettingsDialog

Keep = Callable[[QWidget], None]


@pytest.fixture
def dialog(appearance: Appearance, keep: Keep) -> SettingsDialog:  # noqa: ARG001 - dresses the application
    dialog = SettingsDialog(Settings())
    keep(dialog)
    dialog.show()
    return dialog


def field(dialog: SettingsDialog) -> QLineEdit:
    found = dialog.editor("name_template").findChild(QLineEdit)
    assert found is not None
    assert found.accessibleName() == Settings.trait("name_template").title
    return found


def said(dialog: SettingsDialog) -> str:
    label = dialog.editor("name_template").findChild(QLabel)
    assert label is not None
    assert field(dialog).accessibleDescription() == label.text()
    return label.text()


def save(dialog: SettingsDialog) -> QPushButton:
    return next(button for button in dialog.findChildren(QPushButton) if button.text() == "Save")


@pytest.mark.parametrize(
    ("template", "result"),
    [
        ("", "sunset.jpg"),
        ("  ", "sunset.jpg"),
        ("{batch}/{index:04}", "holiday/0001.jpg"),
        (
            "{host}/{column:title} {name}",
            "photos.example/(title) sunset.jpg. Columns are read from lists that are added from now on",
        ),
        ("<b>{{x}}", None),
        ("{nme}", None),
    ],
)
def test_what_becomes_of_a_link_is_said_while_typing(
    dialog: SettingsDialog, template: str, result: str | None
) -> None:
    QTest.keyClicks(field(dialog), template)
    if result is not None:
        assert said(dialog) == f"https://photos.example/sunset.jpg becomes {result}"
    else:
        assert said(dialog).startswith("At character 1: ")
    assert save(dialog).isEnabled() is (result is not None)


def test_what_cannot_be_used_is_not_saved(dialog: SettingsDialog) -> None:
    spy = QSignalSpy(dialog.saved)
    QTest.keyClicks(field(dialog), "{batch}/{name")
    save(dialog).click()
    assert (spy.count(), dialog.isVisible()) == (0, True)
    QTest.keyClicks(field(dialog), "} ")
    save(dialog).click()
    assert spy.at(0)[0] == {"name_template": "{batch}/{name}"}
    assert Settings.from_mapping(spy.at(0)[0])[0].name_template == "{batch}/{name}"


def test_return_in_a_field_saves_or_does_nothing(dialog: SettingsDialog) -> None:
    spy = QSignalSpy(dialog.saved)
    dialog.editor("retries").set_value(7)
    QTest.keyClicks(field(dialog), "{name")
    QTest.keyClick(field(dialog), Qt.Key.Key_Return)
    assert (spy.count(), dialog.isVisible()) == (0, True)
    assert dialog.edited() == {"name_template": "{name", "retries": 7}
    QTest.keyClicks(field(dialog), "}")
    QTest.keyClick(field(dialog), Qt.Key.Key_Return)
    assert spy.at(0)[0] == {"name_template": "{name}", "retries": 7}


def test_why_nothing_can_be_saved_stands_beside_the_button(dialog: SettingsDialog) -> None:
    def reasons() -> list[str]:
        shown = (label.text() for label in dialog.findChildren(QLabel) if label.isVisible())
        return [text for text in shown if text.startswith("Names of files: ")]

    QTest.keyClicks(field(dialog), "{nme}")
    assert reasons() == [f"Names of files: {said(dialog)}"]
    field(dialog).clear()
    assert reasons() == []


def test_the_default_is_restored(dialog: SettingsDialog) -> None:
    dialog.show_settings(Settings(name_template="{host}/{name}"))
    assert dialog.edited() == {}
    field(dialog).setText("{")
    restore = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Restore defaults")
    restore.click()
    assert dialog.edited() == {"name_template": ""}
    assert save(dialog).isEnabled()
