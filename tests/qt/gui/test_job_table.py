from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QWidget

from core.job import JobId, JobState
from gui.appearance import Appearance
from gui.columns import Column
from gui.job_model import JobModel
from gui.job_table import JobTable
from gui.kept_selection import gaps, spans
from gui.main_window import MainWindow
from gui.spacing import MEDIUM, ROW_HEIGHT
from tests.qt.gui.scripted_engine import snapshot, varied
from tests.support.waiting import wait_until

Key = Qt.Key
Ctrl = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def model() -> JobModel:
    return JobModel()


@pytest.fixture
def table(model: JobModel, appearance: Appearance, keep: Callable[[QWidget], None]) -> JobTable:
    table = JobTable(model, appearance)
    keep(table)
    table.resize(1000, 500)
    table.show()
    model.add(varied(300))
    # Qt lays new rows out when the event loop runs: before that nothing can be scrolled to or clicked at.
    wait_until(lambda: table.verticalScrollBar().maximum() > 0)
    return table


def click(table: JobTable, row: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    spot = table.visualRect(table.model().index(row, 0)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, modifier, spot)


def test_names(table: JobTable) -> None:
    assert table.accessibleName() == "Jobs"


def test_spans_and_gaps() -> None:
    assert list(spans([])) == []
    assert list(spans([1, 2, 3, 7, 9, 10])) == [(1, 3), (7, 7), (9, 10)]
    assert gaps([(1, 3), (7, 7)], 10) == [(0, 0), (4, 6), (8, 9)]
    assert gaps([], 3) == [(0, 2)]
    assert gaps([(0, 2)], 3) == []


def test_selecting_with_mouse_and_keys(table: JobTable) -> None:
    click(table, 2)
    click(table, 5, Ctrl)
    assert table.selected_ids() == (3, 6)
    table.invert_selection()
    assert len(table.selected_ids()) == 298
    QTest.keyClick(table, Key.Key_A, Ctrl)
    assert len(table.selected_ids()) == 300


def test_states_of_the_selection(table: JobTable, model: JobModel) -> None:
    model.remove(list(model.jobs))
    model.add([snapshot(n, JobState.DONE) for n in range(1, 1001)])
    model.add([snapshot(n) for n in range(1001, 1101)])
    there = (JobState.DONE, JobState.QUEUED)
    assert table.selected_states(there) == frozenset()
    click(table, 2)
    assert table.selected_states(there) == {JobState.DONE}
    table.selectAll()
    assert table.selected_states(there) == set(there), (
        "beyond those that are looked at, any may be among them"
    )


def test_forgotten_jobs_are_not_selected(table: JobTable, model: JobModel) -> None:
    click(table, 2)
    click(table, 5, Ctrl)
    model.forget([JobId(6)])
    assert table.selected_ids() == (3,)
    assert table.current_job() is None
    assert not table.grab().isNull()
    model.sweep()
    assert table.selected_ids() == (3,)


def test_selection_stays_with_the_jobs(table: JobTable, model: JobModel) -> None:
    click(table, 2)
    click(table, 5, Ctrl)
    model.replace_rows(list(model.rows)[::-1])
    assert set(table.selected_ids()) == {3, 6}
    job = table.current_job()
    assert job is not None
    assert job.id == 6


def test_selecting_all_stays_all(table: JobTable, model: JobModel) -> None:
    table.selectAll()
    model.replace_rows(list(model.rows)[::-1])
    assert len(table.selected_ids()) == 300


def test_a_selection_of_very_many_here_and_there_is_given_up(table: JobTable, model: JobModel) -> None:
    model.add([snapshot(n) for n in range(1000, 12_001)])
    table.selectAll()
    click(table, 2, Ctrl)
    assert table.has_large_selection()
    model.replace_rows(list(model.rows)[::-1])
    assert table.selected_ids() == ()


def test_model_is_told_what_is_visible(table: JobTable, model: JobModel) -> None:
    table.verticalScrollBar().setValue(100 * ROW_HEIGHT)
    spy = QSignalSpy(model.dataChanged)
    model.change([job._replace(state=JobState.DONE) for job in (model.job_at(n) for n in range(300))])
    rows = [spy.at(n)[0].row() for n in range(spy.count())]
    assert rows[0] == 100
    assert 5 < len(rows) < 15


def test_painting_every_state(table: JobTable, model: JobModel) -> None:
    model.remove(list(model.jobs))
    model.add([snapshot(n, state, received=3, size=9) for n, state in enumerate(JobState, 1)])
    table.selectRow(1)
    QTest.mouseMove(table.viewport(), QPoint(50, 3 * ROW_HEIGHT + 5))
    assert not table.grab().isNull()


def test_header_sorts(table: JobTable) -> None:
    spy = QSignalSpy(table.header.sort_wanted)
    spot = QPoint(table.header.sectionViewportPosition(Column.NAME) + 20, 10)
    for _ in range(2):
        QTest.mouseClick(
            table.header.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot
        )
    assert [spy.at(n) for n in range(spy.count())] == [[Column.NAME, False], [Column.NAME, True]]


def test_header_hides_columns_but_never_the_name(table: JobTable) -> None:
    menu = table.header.column_menu()
    titles = {action.text(): action for action in menu.actions()}
    assert not titles["Name"].isEnabled()
    titles["Host"].trigger()
    titles["Size"].trigger()
    assert not table.header.isSectionHidden(Column.HOST)
    assert table.header.isSectionHidden(Column.SIZE)
    menu.deleteLater()


def test_menu_key_opens_at_the_row(table: JobTable) -> None:
    click(table, 1)
    spy = QSignalSpy(table.menu_wanted)
    QTest.mouseClick(
        table.viewport(), Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, QPoint(9, 9)
    )
    from PySide6.QtGui import QContextMenuEvent
    from PySide6.QtWidgets import QApplication

    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), QPoint(0, 0))
    QApplication.sendEvent(table.viewport(), event)
    assert spy.count() >= 1


def test_the_longest_date_is_not_cut(window: MainWindow) -> None:
    room = window.table.header.sectionSize(Column.ADDED) - 2 * MEDIUM
    assert window.table.fontMetrics().horizontalAdvance("Yesterday 20:58") <= room
