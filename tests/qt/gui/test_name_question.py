"""Names are taken: asked once for all, and in the row for one."""

from collections.abc import Iterable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from core.job import JobId, JobSnapshot, JobState, RunState
from core.settings import Existing
from gui.job_paint import state_color
from gui.job_text import spoken_status, state_icon, status_text
from gui.main_window import MainWindow
from tests.qt.gui.scripted_engine import TAKEN, ScriptedEngine, snapshot

LEFT = Qt.MouseButton.LeftButton


def taken(*numbers: int) -> Iterable[JobSnapshot]:
    return [snapshot(number, JobState.FAILED, error=TAKEN, received=9) for number in numbers]


def buttons(widget: QWidget) -> dict[str, QPushButton]:
    return {button.text(): button for button in widget.findChildren(QPushButton) if button.isVisible()}


def title(window: MainWindow) -> str | None:
    return window.banner.notice.title if window.banner.notice is not None else None


@pytest.fixture
def running(window: MainWindow, scripted: ScriptedEngine) -> MainWindow:
    """With five jobs."""
    scripted.play_added([snapshot(number) for number in range(1, 6)])
    scripted.set_run(RunState.RUNNING)
    return window


def test_a_row_says_that_it_needs_an_answer() -> None:
    (job,) = taken(1)
    assert status_text(job) == "Needs an answer"
    assert spoken_status(job) == "Needs an answer, File exists already"
    assert (state_icon(job), state_color(job)) == ("warning", "warning")


@pytest.mark.parametrize("choice", [Existing.SKIP, Existing.RENAME, Existing.REPLACE])
def test_one_question_for_all(running: MainWindow, scripted: ScriptedEngine, choice: Existing) -> None:
    scripted.play_changed(taken(1))
    assert title(running) == "1 file exists already"
    scripted.play_changed(taken(2, 3))
    assert title(running) == "3 files exist already"
    scripted.set_run(RunState.IDLE)
    scripted.play_summary()
    assert title(running) == "3 files exist already", "it stays above the summary"
    assert list(buttons(running.banner)) == ["Skip", "Rename", "Replace"]
    QTest.mouseClick(buttons(running.banner)[choice.value.capitalize()], LEFT)
    assert scripted.commands[-2] == ("answer", choice, None)
    assert scripted.commands[-1] == ("start", running.setup.order())
    scripted.play_changed([snapshot(number, JobState.DONE) for number in (1, 2, 3)])
    assert title(running) != "3 files exist already"


def test_in_a_run_the_answer_starts_nothing(running: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.play_changed(taken(1))
    QTest.mouseClick(buttons(running.banner)["Rename"], LEFT)
    assert scripted.commands[-1] == ("answer", Existing.RENAME, None)


def test_put_away_it_is_not_asked_again_in_this_run(running: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.play_changed(taken(1))
    close = running.banner.findChild(QToolButton)
    assert close is not None
    QTest.mouseClick(close, LEFT)
    scripted.play_changed(taken(2))
    assert title(running) is None
    scripted.set_run(RunState.IDLE)
    scripted.set_run(RunState.RUNNING)
    scripted.play_changed(taken(3))
    assert title(running) == "3 files exist already"


def test_what_is_removed_or_lost_asks_no_longer(running: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.play_changed(taken(1, 2))
    scripted.remove((JobId(1),))
    assert title(running) == "1 file exists already"
    running.begin_anew()
    assert title(running) is None
    scripted.play_added(taken(4, 5))
    assert title(running) == "2 files exist already", "the next engine tells its jobs anew"


def test_the_answer_for_one(running: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.play_changed(taken(1, 2))
    running.table.selectRow(1)
    assert running.details.isVisible()
    answers = buttons(running.details)
    QTest.mouseClick(answers["Replace"], LEFT)
    assert scripted.commands[-1] == ("answer", Existing.REPLACE, (JobId(2),))
    running.table.selectRow(3)
    assert "Replace" not in buttons(running.details)
