"""Removing, and taking it back."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from core.job import JobState
from gui.banner import Notice
from gui.columns import Column
from gui.main_window import MainWindow
from gui.state_filter import StateFilter
from tests.qt.gui.scripted_engine import ScriptedEngine, snapshot
from tests.support.waiting import wait_until

CTRL = Qt.KeyboardModifier.ControlModifier


def shown(window: MainWindow) -> Notice:
    assert window.banner.notice is not None
    return window.banner.notice


def add_ten(scripted: ScriptedEngine) -> None:
    scripted.play_added(snapshot(n, JobState.DONE if n % 2 else JobState.QUEUED) for n in range(1, 11))


def test_removed_rows_come_back_to_their_places(window: MainWindow, scripted: ScriptedEngine) -> None:
    add_ten(scripted)
    assert not window.actions_by_name["undo"].isEnabled()
    window.actions_by_name["clear_finished"].trigger()
    notice = shown(window)
    assert (notice.title, notice.seconds) == ("5 jobs removed from the list", 10.0)
    assert window.actions_by_name["undo"].isEnabled()
    button = next(b for b in window.banner.findChildren(QPushButton) if b.isVisible())
    assert button.text() == "Undo"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    wait_until(lambda: list(window.model.rows) == list(range(1, 11)))
    assert window.banner.notice is None
    assert not window.actions_by_name["undo"].isEnabled()
    scripted.play_added([snapshot(11)])
    assert list(window.model.rows) == list(range(1, 12)), "new ones simply go to the end"


def test_undo_by_key(window: MainWindow, scripted: ScriptedEngine) -> None:
    add_ten(scripted)
    window.table.setFocus()
    window.table.selectRow(2)
    QTest.keyClick(window.table, Qt.Key.Key_Delete)
    assert shown(window).title == "1 job removed from the list"
    QTest.keyClick(window.table, Qt.Key.Key_Z, CTRL)
    wait_until(lambda: list(window.model.rows) == list(range(1, 11)))
    assert [command[0] for command in scripted.commands] == ["remove", "undo"]


def test_undo_in_a_field_is_the_fields(window: MainWindow, scripted: ScriptedEngine) -> None:
    add_ten(scripted)
    window.actions_by_name["clear_finished"].trigger()
    window.bar.search.setFocus()
    QTest.keyClicks(window.bar.search, "zebra")
    QTest.keyClick(window.bar.search, Qt.Key.Key_Z, CTRL)
    assert window.bar.search.text() == ""
    assert ("undo",) not in scripted.commands


def test_filtered_and_sorted(window: MainWindow, scripted: ScriptedEngine) -> None:
    add_ten(scripted)
    window.filters.choose(StateFilter.DONE)
    wait_until(lambda: list(window.model.rows) == [1, 3, 5, 7, 9])
    window.actions_by_name["clear_finished"].trigger()
    assert not window.model.rows
    window.actions_by_name["undo"].trigger()
    wait_until(lambda: list(window.model.rows) == [1, 3, 5, 7, 9])
    window.filters.choose(StateFilter.ALL)
    wait_until(lambda: list(window.model.rows) == list(range(1, 11)))
    window.table.header.setSortIndicator(Column.ADDED, Qt.SortOrder.DescendingOrder)
    wait_until(lambda: list(window.model.rows) == list(range(10, 0, -1)))


def test_the_offer_ends_when_there_is_nothing_to_undo(window: MainWindow, scripted: ScriptedEngine) -> None:
    add_ten(scripted)
    window.actions_by_name["clear_finished"].trigger()
    scripted._removed.clear()
    scripted.tell_totals()
    assert window.banner.notice is None


def test_jobs_that_go_by_themselves_offer_nothing(window: MainWindow, scripted: ScriptedEngine) -> None:
    add_ten(scripted)
    scripted.drop_jobs(tuple(scripted.jobs)[:3])
    assert window.banner.notice is None
