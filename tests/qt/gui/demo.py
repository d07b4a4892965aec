"""Shows the window with a scripted engine: ``python -m tests.qt.gui.demo SCENE [light|dark] [WxH]``."""

import sys
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QMimeData, QTimer, QUrl
from PySide6.QtWidgets import QApplication

from core.asked import KEYS_LOST, Asked
from core.errors import EngineLostError
from core.job import JobState, RunState
from core.report import Recovery
from core.settings import Existing, Settings, Theme
from gui import spacing
from gui.add_dialog import AddDialog
from gui.app import make_application
from gui.appearance import Appearance
from gui.drop import preview_of
from gui.main_window import MainWindow
from gui.notices import lost_notice
from gui.state_filter import StateFilter
from tests.qt.gui.forecasts import forecast
from tests.qt.gui.scripted_engine import (
    DAMAGED,
    DISK_FULL,
    REFUSED,
    SUMMARY,
    TAKEN,
    ScriptedEngine,
    snapshot,
    varied,
)

Scene = Callable[[MainWindow, ScriptedEngine], None]


def empty(window: MainWindow, engine: ScriptedEngine) -> None:
    """Nothing yet."""
    del window, engine


def waiting(window: MainWindow, engine: ScriptedEngine) -> None:
    """Added, not started."""
    del window
    engine.play_added([snapshot(n) for n in range(1, 301)])
    engine.play_batch("300 photos.txt", 298, 2, 1)


def running(window: MainWindow, engine: ScriptedEngine) -> None:
    """In the middle of 300."""
    engine.play_added(varied(300))
    engine.set_run(RunState.RUNNING)
    engine.tell_totals(8_200_000, 131)
    engine.play_batch("300 photos.txt", 298, 2)
    window.table.verticalScrollBar().setValue(93 * spacing.ROW_HEIGHT)


def lost(window: MainWindow, engine: ScriptedEngine) -> None:
    """The engine has died."""
    running(window, engine)
    message = "The part of Fetchmill that downloads and processes ended unexpectedly; it is started again."
    window.tell(lost_notice(EngineLostError(message).report()))


def done(window: MainWindow, engine: ScriptedEngine) -> None:
    """All ended, a failed one chosen."""
    engine.play_added(varied(300, ended=True))
    window.table.selectRow(8)


def chosen(window: MainWindow, engine: ScriptedEngine) -> None:
    """All ended, a finished one chosen."""
    done(window, engine)
    window.table.selectRow(2)


def failed(window: MainWindow, engine: ScriptedEngine) -> None:
    """Only what failed."""
    engine.play_added(varied(300, ended=True))
    window.filters.choose(StateFilter.FAILED)


def nomatch(window: MainWindow, engine: ScriptedEngine) -> None:
    """A search that finds nothing."""
    engine.play_added(varied(300, ended=True))
    window.bar.search.setText("zebra")


def recovered(window: MainWindow, engine: ScriptedEngine) -> None:
    """Jobs are back, and go on in a moment."""
    del window
    jobs = [snapshot(n, JobState.DONE if n < 84 else JobState.QUEUED) for n in range(1, 121)]
    engine.come_up(jobs, Recovery(120, 37, was_running=True, messages=(DAMAGED,)))


def trouble(window: MainWindow, engine: ScriptedEngine) -> None:
    """The disk is full."""
    running(window, engine)
    engine.set_trouble(DISK_FULL)


def removed(window: MainWindow, engine: ScriptedEngine) -> None:
    """Some are taken off the list."""
    done(window, engine)
    window.tidying.clear_finished()


def ended(window: MainWindow, engine: ScriptedEngine) -> None:
    """The line on a run."""
    done(window, engine)
    engine.play_summary()


def report(window: MainWindow, engine: ScriptedEngine) -> None:
    """The report on a run."""
    ended(window, engine)
    window.reporting.show()


def wellreport(window: MainWindow, engine: ScriptedEngine) -> None:
    """The report on a run in which nothing failed."""
    done(window, engine)
    engine.play_summary(SUMMARY._replace(failed=0, failures=(), all=311, title="3 batches"))
    window.reporting.show()


def overlay(window: MainWindow, engine: ScriptedEngine) -> None:
    """Something is dragged over the window."""
    running(window, engine)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(f"/home/me/list-{n}.txt") for n in range(3)])
    window.overlay.announce(preview_of(mime).sentence())


def settings(window: MainWindow, engine: ScriptedEngine) -> None:
    """The settings."""
    del engine
    window.show_settings()


def add(window: MainWindow, engine: ScriptedEngine) -> None:
    """The field for links."""
    del engine
    window.adding.add()


def menu(window: MainWindow, engine: ScriptedEngine) -> None:
    """The menu of a row."""
    chosen(window, engine)
    QTimer.singleShot(300, lambda: window.table.menu_wanted.emit(window.mapToGlobal(window.rect().center())))


def recipes(window: MainWindow, engine: ScriptedEngine) -> None:
    """The list of recipes."""
    running(window, engine)
    QTimer.singleShot(300, window.setup.recipe.showPopup)


def many(window: MainWindow, engine: ScriptedEngine) -> None:
    """100,000 rows."""
    engine.play_added([snapshot(n, JobState.DONE if n % 7 else JobState.QUEUED) for n in range(1, 100_001)])
    window.table.verticalScrollBar().setValue(50_000 * spacing.ROW_HEIGHT)


def expired(window: MainWindow, engine: ScriptedEngine) -> None:
    """A link that has expired in the middle, chosen."""
    engine.play_added(varied(12))
    asked = Asked(
        headers=(("Referer", "https://shop.example.org/orders/2026-117"), ("Cookie", "session=4f2a9c"))
    )
    source = "https://cdn.example.org/releases/harbour-scans-2026.zip?expires=1794300000&key=" + "Zk3q" * 60
    got = {"received": 734_003_200, "size": 1_288_490_188, "name": "harbour-scans-2026.zip"}
    gone = replace(REFUSED, status=403, message="The server does not allow it (HTTP 403).")
    engine.play_added([snapshot(20, JobState.FAILED, source=source, asked=asked, error=gone, **got)])
    window.table.selectRow(window.model.rowCount() - 1)


def edit(window: MainWindow, engine: ScriptedEngine) -> None:
    """Another URL for it."""
    expired(window, engine)
    window.editing.edit_source()


def editmany(window: MainWindow, engine: ScriptedEngine) -> None:
    """Other headers for several."""
    expired(window, engine)
    window.table.selectAll()
    window.editing.edit_source()


def lostkeys(window: MainWindow, engine: ScriptedEngine) -> None:
    """Keys are missing since a restart."""
    engine.play_added([snapshot(1), snapshot(2, notes=(KEYS_LOST,)), snapshot(3)])
    window.table.selectRow(1)


def more(window: MainWindow, engine: ScriptedEngine) -> None:
    """The field for links, with headers."""
    add(window, engine)
    dialog = window.findChild(AddDialog)
    assert dialog is not None
    dialog.field.setPlainText("https://example.org/a.jpg\nhttps://example.org/b.jpg")
    dialog.more.unfold()
    dialog.more.fields.show_asked(Asked(headers=(("Cookie", "session=4f2a9c"), ("X-Key", "k"))))


def foreseen(window: MainWindow, engine: ScriptedEngine) -> None:
    """Before a start: what it would do, and a question."""
    engine.play_added([snapshot(n) for n in range(1, 301)])
    window.setup.order_changed.emit(window.setup.order())
    QTimer.singleShot(500, lambda: engine.forecast_made.emit(forecast(window.setup.order())))


def plan(window: MainWindow, engine: ScriptedEngine) -> None:
    """The plan."""
    foreseen(window, engine)
    QTimer.singleShot(600, window.foreseeing.show_plan)


def taken(window: MainWindow, engine: ScriptedEngine) -> None:
    """Names are taken: a question for all, and one for one."""
    engine.play_added(varied(300, ended=True))
    engine.play_changed([snapshot(n, JobState.FAILED, error=TAKEN, received=812_000) for n in range(1, 15)])
    engine.play_summary()
    window.table.selectRow(2)


SCENES: dict[str, Scene] = {
    scene.__name__: scene
    for scene in (
        empty, waiting, running, lost, done, chosen, failed, nomatch, overlay, settings, add, menu, recipes, many,
        recovered, trouble, removed, ended, report, wellreport,
        foreseen, plan, taken, expired, edit, editmany, lostkeys, more
    )
}  # fmt: skip


def main(arguments: list[str]) -> int:
    """Show a scene until the window is closed."""
    scene, theme, size = (*arguments, *("empty", "light", "1280x800")[len(arguments) :])
    application = make_application()
    engine = ScriptedEngine()
    asks = Existing.ASK if scene in ("foreseen", "plan", "taken") else Existing.RENAME
    chosen_settings = Settings(theme=Theme(theme), existing=asks, destination="/home/me/Pictures/Harbour")
    window = MainWindow(engine, chosen_settings, Appearance(application, Theme(theme)))
    window.closed.connect(QApplication.quit)
    width, height = map(int, size.split("x"))
    window.setGeometry(0, 0, width, height)
    window.show()
    QTimer.singleShot(0, engine.be_ready)
    QTimer.singleShot(50, lambda: SCENES[scene](window, engine))
    return application.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
