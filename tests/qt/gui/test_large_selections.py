import pytest
from PySide6.QtGui import QGuiApplication

from core.job import JobState
from gui.main_window import MainWindow
from tests.qt.gui.scripted_engine import ScriptedEngine, snapshot


def test_cancelling_all_below_many_that_are_done(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.play_added(snapshot(n, JobState.DONE) for n in range(1, 1201))
    scripted.play_added(snapshot(n) for n in range(1201, 1301))
    window.table.selectAll()
    assert window.actions_by_name["cancel"].isEnabled()


def test_very_many_are_copied_in_part(
    window: MainWindow, scripted: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.commands._MOST_COPIED", 3)
    scripted.play_added(snapshot(n) for n in range(1, 6))
    window.table.selectAll()
    window.commands.copy_source()
    assert len(QGuiApplication.clipboard().text().splitlines()) == 3
    assert window.banner.notice is not None
    assert window.banner.notice.title == "The first 3 of 5 were copied"
