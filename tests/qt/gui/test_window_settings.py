from PySide6.QtTest import QSignalSpy

from core.settings import Settings
from gui.main_window import MainWindow
from tests.qt.gui.scripted_engine import ScriptedEngine


def test_settings_are_passed_on(window: MainWindow, scripted: ScriptedEngine) -> None:
    spy = QSignalSpy(window.settings_changed)
    window.commands.settings()
    dialog = window.settings_dialog
    assert dialog is not None
    dialog.editor("retries").set_value(2)
    dialog.accept()
    assert scripted.commands[-1][0] == "configure"
    assert spy.at(0)[0].retries == 2
    window.setup.choose_destination("/tmp/else")  # noqa: S108 - never written
    assert spy.at(1)[0].destination == "/tmp/else"  # noqa: S108 - never written
    assert spy.at(1)[0].retries == 2
    window.commands.settings()
    dialog.accept()
    assert spy.at(2)[0].destination == "/tmp/else"  # noqa: S108 - never written


def test_settings_stay_open_beside_the_window(window: MainWindow, scripted: ScriptedEngine) -> None:
    window.show_settings()
    dialog = window.settings_dialog
    assert dialog is not None
    dialog.editor("retries").set_value(2)
    window.setup.choose_destination("/tmp/else")  # noqa: S108 - never written
    window.show_settings()  # asked for again: what was typed stays
    dialog.accept()
    settings = scripted.commands[-1][1]
    assert isinstance(settings, Settings)
    assert (settings.retries, settings.destination) == (2, "/tmp/else")  # noqa: S108 - never written
