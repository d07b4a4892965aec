"""Names are taken: asked once for all, and in the row for one."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from core.job import JobId, JobSnapshot, JobState, RunState, SourceKind
from core.settings import Existing
from gui.details import ErrorCard
from gui.job_paint import state_color
from gui.job_text import spoken_status, state_icon, status_text
from gui.main_window import MainWindow
from gui.row_menu import row_menu
from tests.qt.gui.scripted_engine import TAKEN, ScriptedEngine, snapshot

LEFT = Qt.MouseButton.LeftButton


def taken(*numbers: int) -> list[JobSnapshot]:
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


def test_the_status_says_how_many_wait(running: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.play_changed([*taken(1, 2), *(snapshot(number, JobState.DONE) for number in (3, 4, 5))])
    scripted.set_run(RunState.IDLE)
    assert running.footer.status.text() == "2 need an answer · 3 done, 2 failed"


def test_the_question_says_for_what_the_answer_is(running: MainWindow, scripted: ScriptedEngine) -> None:
    def body() -> str:
        assert running.banner.notice is not None
        return running.banner.notice.body

    scripted.play_changed(taken(1, 2))
    assert body().endswith("for all of them, and for those that still come in this run.")
    scripted.set_run(RunState.IDLE)
    assert body() == "They were left as they are. The answer is for all of them."


@pytest.mark.parametrize(
    ("name", "choice"),
    [
        ("skip_taken", Existing.SKIP),
        ("rename_taken", Existing.RENAME),
        ("replace_taken", Existing.REPLACE),
    ],
)
def test_one_answer_for_the_selected_rows(
    running: MainWindow, scripted: ScriptedEngine, name: str, choice: Existing
) -> None:
    actions = running.actions_by_name
    scripted.play_changed(taken(1, 2, 3))
    assert not actions[name].isEnabled()
    running.table.selectRow(3)
    assert actions[name] not in row_menu(actions, running).actions(), "it has no question"
    running.table.selectRow(0)
    QTest.keyClick(running.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert actions[name] in row_menu(actions, running).actions()
    actions[name].trigger()
    assert scripted.commands[-1] == ("answer", choice, (JobId(1), JobId(2)))


@pytest.mark.parametrize("place", ["banner", "details"])
def test_the_list_has_the_keys_after_an_answer(
    running: MainWindow, scripted: ScriptedEngine, place: str
) -> None:
    scripted.play_changed(taken(1, 2))
    running.table.selectRow(0)
    QTest.mouseClick(buttons(getattr(running, place))["Skip"], LEFT)
    scripted.play_changed([snapshot(number, JobState.SKIPPED) for number in (1, 2)])
    assert running.focusWidget() is running.table


def test_of_a_local_picture_no_download_is_kept(running: MainWindow, scripted: ScriptedEngine) -> None:
    def said() -> str:
        running.table.selectRow(0)
        return running.details.findChildren(ErrorCard)[0].accessibleName()

    scripted.play_changed(taken(1))
    assert said().endswith("It was left as it is, and the download is kept.")
    scripted.play_changed([taken(1)[0]._replace(kind=SourceKind.FILE, source="/pictures/a.jpg")])
    assert said().endswith("It was left as it is.")
