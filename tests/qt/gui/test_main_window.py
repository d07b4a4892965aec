from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt, QUrl, Slot
from PySide6.QtGui import (
    QDesktopServices,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox, QPushButton, QToolButton, QWidget

from core.job import Drop, JobState, Order, RunState
from core.settings import Settings, Theme
from gui.appearance import Appearance
from gui.columns import Column
from gui.empty_state import Emptiness
from gui.job_model import DRAG_TYPE
from gui.main_window import MainWindow
from gui.state_filter import StateFilter
from tests.qt.gui.scripted_engine import REFUSED, ScriptedEngine, snapshot, varied
from tests.support.waiting import wait_for_signal, wait_until
from tests.support.watching import Expectations

Key, Ctrl, Shift = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
COPY = Qt.DropAction.CopyAction


def button(window: MainWindow, name: str) -> QToolButton:
    return next(b for b in window.findChildren(QToolButton) if b.accessibleName() == name)


def click(window: MainWindow, name: str) -> None:
    QTest.mouseClick(button(window, name), LEFT)


def drag_in(window: MainWindow, mime: QMimeData) -> bool:
    enter = QDragEnterEvent(QPoint(300, 300), COPY, mime, LEFT, NONE)
    enter.ignore()
    QApplication.sendEvent(window, enter)
    move = QDragMoveEvent(QPoint(310, 310), COPY, mime, LEFT, NONE)
    move.ignore()
    QApplication.sendEvent(window, move)
    return enter.isAccepted() and move.isAccepted()


def drop(window: MainWindow, mime: QMimeData) -> bool:
    drag_in(window, mime)
    event = QDropEvent(QPointF(310, 310), COPY, mime, LEFT, NONE)
    event.ignore()
    QApplication.sendEvent(window, event)
    return event.isAccepted()


def files(*paths: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(path) for path in paths])
    return mime


def test_names_on_the_screen(window: MainWindow) -> None:
    assert window.windowTitle() == "Fetchmill"
    names = {b.accessibleName(): b for b in window.findChildren(QToolButton)}
    for name in ("Add", "Start", "Pause", "Cancel", "Retry failed", "Remove", "Clear finished", "Settings"):
        assert names[name].text() == name
    assert window.bar.search.accessibleName() == "Search"


def test_drag_over_and_drop_files(window: MainWindow, scripted: ScriptedEngine) -> None:
    mime = files("/a/list.txt", "/a/photo.jpg")
    assert drag_in(window, mime)
    assert window.overlay.isVisible()
    assert window.overlay.sentence == "Add 2 files"
    assert drop(window, mime)
    assert not window.overlay.isVisible()
    assert scripted.commands == [("add", Drop(sources=("/a/list.txt", "/a/photo.jpg")))]


def test_drag_away(window: MainWindow, scripted: ScriptedEngine) -> None:
    drag_in(window, files("/a/list.txt"))
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not window.overlay.isVisible()
    assert scripted.commands == []


def test_drop_of_text_and_links(window: MainWindow, scripted: ScriptedEngine) -> None:
    text, links = QMimeData(), QMimeData()
    text.setText("https://example.org/a.jpg and more")
    links.setUrls([QUrl("https://example.org/b.jpg")])
    assert drop(window, text)
    assert drop(window, links)
    assert scripted.commands == [
        ("add", Drop(text="https://example.org/a.jpg and more")),
        ("add", Drop(sources=("https://example.org/b.jpg",))),
    ]


def test_own_rows_are_not_taken_back(window: MainWindow, scripted: ScriptedEngine) -> None:
    mime = files("/out/a.jpg")
    mime.setData(DRAG_TYPE, b"")
    assert not drag_in(window, mime)
    assert not drop(window, mime)
    assert scripted.commands == []


def test_drops_before_the_engine_is_ready_wait(
    scripted: ScriptedEngine, appearance: Appearance, keep: Callable[[QWidget], None]
) -> None:
    window = MainWindow(scripted, Settings(), appearance)
    keep(window)
    window.submit(Drop(sources=("a",)))
    window.submit(Drop(text="  "))
    assert scripted.commands == []
    scripted.be_ready()
    window.submit(Drop(sources=("b",)))
    assert scripted.commands == [("add", Drop(sources=("a",))), ("add", Drop(sources=("b",)))]


def test_start_pause_and_the_end(window: MainWindow, scripted: ScriptedEngine) -> None:
    assert not button(window, "Start").isEnabled()
    scripted.play_added([snapshot(1), snapshot(2)])
    click(window, "Start")
    assert scripted.commands == [("start", Order("/tmp/out", "web-1920"))]  # noqa: S108 - never written
    assert not button(window, "Start").isEnabled()
    click(window, "Pause")
    assert button(window, "Start").isEnabled()
    click(window, "Pause")
    assert not button(window, "Start").isEnabled()
    click(window, "Pause")
    click(window, "Start")
    assert scripted.commands[1:] == [("pause",), ("resume",), ("pause",), ("resume",)]
    scripted.play_changed([snapshot(1, JobState.DONE), snapshot(2, JobState.FAILED, error=REFUSED)])
    assert window.footer.status.text().endswith("1 done, 1 failed")


@pytest.mark.parametrize("name", ["Start", "Pause"])
def test_what_was_chosen_during_a_pause_counts(
    window: MainWindow, scripted: ScriptedEngine, name: str
) -> None:
    scripted.play_added([snapshot(1), snapshot(2)])
    click(window, "Start")
    click(window, "Pause")
    window.setup.choose_destination("/tmp/other")  # noqa: S108 - never written
    click(window, name)
    assert scripted.commands[2:] == [("start", Order("/tmp/other", "web-1920"))]  # noqa: S108 - never written
    click(window, "Pause")
    click(window, name)
    assert scripted.commands[3:] == [("pause",), ("resume",)]


def test_start_without_a_destination_asks_for_one(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.play_added([snapshot(1)])
    window.setup.destination.clear()
    click(window, "Start")
    assert scripted.commands == []
    assert window.banner.notice is not None
    assert window.banner.notice.title == "No destination"


def test_cancel_retry_remove_clear(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.play_added(
        [snapshot(1), snapshot(2, JobState.FAILED, error=REFUSED), snapshot(3, JobState.DONE)]
    )
    click(window, "Cancel")
    click(window, "Retry failed")
    window.table.selectRow(0)
    click(window, "Cancel")
    window.table.selectRow(1)
    QTest.keyClick(window.table, Key.Key_R, Ctrl)
    click(window, "Clear finished")
    click(window, "Remove")
    assert scripted.commands == [
        ("cancel", None),
        ("retry", None),
        ("start", Order("/tmp/out", "web-1920")),  # noqa: S108 - never written; nothing was running: what is tried again begins
        ("cancel", (1,)),
        ("retry", (2,)),
        ("clear_finished",),
        ("remove", (2,)),
    ]
    assert window.model.rowCount() == 1


def test_keys_of_the_table(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.play_added([snapshot(n) for n in range(1, 6)])
    table = window.table
    table.setFocus()
    table.selectRow(0)
    QTest.keyClick(table, Key.Key_I, Ctrl)
    assert table.selected_ids() == (2, 3, 4, 5)
    QTest.keyClick(table, Key.Key_A, Ctrl)
    QTest.keyClick(table, Key.Key_C, Ctrl)
    assert len(QGuiApplication.clipboard().text().splitlines()) == 5
    QTest.keyClick(table, Key.Key_Space)
    QTest.keyClick(table, Key.Key_Space)
    QTest.keyClick(table, Key.Key_Delete)
    assert [command[0] for command in scripted.commands] == ["start", "pause", "remove"]
    assert window.empty.reason is Emptiness.NOTHING_YET


class Opener(QObject):
    """Stands in for the programs that the system opens files with."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.opened.append(url.toLocalFile())


@pytest.fixture
def opened() -> Iterator[list[str]]:
    opener = Opener()
    QDesktopServices.setUrlHandler("file", opener, "take")  # type: ignore[arg-type]  # the stubs ask for bytes, which Qt refuses
    yield opener.opened
    QDesktopServices.unsetUrlHandler("file")


def test_opening(window: MainWindow, scripted: ScriptedEngine, opened: list[str]) -> None:
    scripted.play_added([snapshot(1, JobState.DONE, file="/out/a.jpg"), snapshot(2)])
    window.table.setFocus()
    window.table.selectRow(0)
    QTest.keyClick(window.table, Key.Key_Return)
    QTest.keyClick(window.table, Key.Key_Return, Ctrl)
    spot = window.table.visualRect(window.model.index(0, 0)).center()
    for do in (QTest.mouseClick, QTest.mouseDClick, QTest.mouseRelease):
        do(window.table.viewport(), LEFT, NONE, spot)
    assert opened == ["/out/a.jpg", "/out", "/out/a.jpg"]
    window.table.selectRow(1)
    QTest.keyClick(window.table, Key.Key_Return)
    assert len(opened) == 3


def test_clipboard(window: MainWindow, scripted: ScriptedEngine) -> None:
    QGuiApplication.clipboard().setText("https://example.org/a.jpg")
    window.activateWindow()
    QTest.keyClick(window, Key.Key_V, Ctrl)
    assert scripted.commands == [("add", Drop(text="https://example.org/a.jpg"))]
    QGuiApplication.clipboard().clear()
    QTest.keyClick(window, Key.Key_V, Ctrl)
    assert len(scripted.commands) == 1
    assert window.banner.notice is not None


def test_add_dialog_by_key(window: MainWindow, scripted: ScriptedEngine) -> None:
    QTest.keyClick(window, Key.Key_N, Ctrl)
    dialog = next(
        w for w in QApplication.topLevelWidgets() if w.windowTitle() == "Add URLs" and w.isVisible()
    )
    dialog.field.setPlainText("https://example.org/a.jpg")  # type: ignore[attr-defined]  # an AddDialog
    dialog.accept()  # type: ignore[attr-defined]  # an AddDialog
    assert scripted.commands == [("add", Drop(text="https://example.org/a.jpg"))]


def test_filters_and_search(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.play_added(varied(300, ended=True))
    window.filters.choose(StateFilter.FAILED)
    wait_until(lambda: 0 < window.model.rowCount() < 20)
    QTest.keyClick(window, Key.Key_F, Ctrl)
    QTest.keyClicks(window.bar.search, "zebra")
    wait_until(lambda: window.stack.currentWidget() is window.empty)
    assert window.empty.reason is Emptiness.NOT_FOUND
    window.bar.search.clear()
    wait_until(lambda: window.stack.currentWidget() is window.table)
    window.filters.choose(StateFilter.ACTIVE)
    wait_until(lambda: window.empty.reason is Emptiness.NOT_IN_FILTER)


def test_sorting_by_the_header(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.play_added([snapshot(n, name=f"p{9 - n}") for n in range(1, 9)])
    window.table.header.setSortIndicator(Column.NAME, Qt.SortOrder.AscendingOrder)
    wait_until(lambda: window.model.rows[0] == 8)


def test_details_follow_the_row(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.play_added([snapshot(1), snapshot(2, JobState.FAILED, error=REFUSED)])
    assert not window.details.isVisible()
    window.table.selectRow(0)
    assert window.details.isVisible()
    scripted.play_changed([snapshot(1, JobState.DONE, file="/out/a.jpg")])
    assert window.details.job is not None
    assert window.details.job.state is JobState.DONE
    window.details.close_wanted.emit()
    assert not window.details.isVisible()
    window.table.setFocus()
    QTest.keyClick(window, Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    assert window.details.isVisible()
    window.table.clearSelection()
    assert not window.details.isVisible()


def test_row_menu(window: MainWindow, scripted: ScriptedEngine, expect: Expectations) -> None:
    expect.qt("grabbing the keyboard")  # of the offscreen platform
    scripted.play_added([snapshot(1, JobState.FAILED, error=REFUSED)])
    window.table.selectRow(0)
    window.table.menu_wanted.emit(QPoint(10, 10))
    menu = next(menu for menu in window.findChildren(QMenu) if menu.isVisible())
    enabled = [action.text() for action in menu.actions() if action.isEnabled() and action.text()]
    assert enabled == [
        "Retry", "Retry all with this cause", "Retry all from this host", "Copy URL", "Edit URL…", "Select batch",
        "Details", "Remove",
    ]  # fmt: skip
    menu.close()


def test_batches_are_reported(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.play_batch("list.txt", 298, 2, 1)
    assert window.banner.isVisible()
    assert window.banner.notice is not None
    assert window.banner.notice.title == "list.txt: 298 new, 2 duplicates, 1 invalid"


def test_state_is_kept(
    window: MainWindow, scripted: ScriptedEngine, appearance: Appearance, keep: Callable[[QWidget], None]
) -> None:
    window.table.header.setSectionHidden(Column.SPEED, True)
    window.table.header.setSortIndicator(Column.NAME, Qt.SortOrder.DescendingOrder)
    again = MainWindow(scripted, Settings(theme=Theme.LIGHT), appearance, window.state())
    keep(again)
    assert again.table.header.isSectionHidden(Column.SPEED)
    assert again.arranging.criteria.column is Column.NAME
    assert again.arranging.criteria.descending


def test_broken_state_does_no_harm(
    scripted: ScriptedEngine, appearance: Appearance, keep: Callable[[QWidget], None]
) -> None:
    state = {"geometry": "%%", "header": "AAAA", "details": "?"}
    window = MainWindow(scripted, Settings(), appearance, state)
    keep(window)
    assert window.arranging.criteria.column is Column.ADDED


def test_closing_at_rest(window: MainWindow, scripted: ScriptedEngine) -> None:
    wait_for_signal(window.closed, window.close)
    assert not window.isVisible()
    assert scripted.commands == [("shut_down",)]


def test_closing_while_running_asks_once(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.play_added([snapshot(1, JobState.DOWNLOADING)])
    scripted.set_run(RunState.RUNNING)
    window.close()
    window.close()
    boxes = window.findChildren(QMessageBox)
    assert len(boxes) == 1
    assert window.isVisible()
    keep_running, stop = (
        next(b for b in boxes[0].findChildren(QPushButton) if b.text() == text)
        for text in ("Keep running", "Stop and close")
    )
    assert keep_running.isDefault()
    assert "goes on from there at the next start" in boxes[0].informativeText()
    wait_for_signal(window.closed, stop.click)
    assert scripted.commands[-1] == ("shut_down",)


def test_closing_does_not_wait_for_ever(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.closes_at_once = False
    window.leave()
    window.leave()
    assert not window.isVisible()
    wait_for_signal(window.closed, timeout_s=5)
    assert scripted.commands == [("shut_down",)]


def test_narrow_and_dark(window: MainWindow, scripted: ScriptedEngine, appearance: Appearance) -> None:
    scripted.play_added(varied(300))
    window.resize(900, 560)
    QApplication.processEvents()
    assert button(window, "Remove").toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly
    appearance.use(Theme.DARK)
    image = window.grab().toImage()
    assert image.pixelColor(3, 3).lightness() < 60
