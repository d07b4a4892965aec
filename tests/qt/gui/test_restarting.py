"""What the window does with jobs that come back."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolButton

from core.job import JobId, JobSnapshot, JobState, RunState
from core.report import Recovery
from core.settings import Restart, Settings, Theme
from gui.banner import Tone
from gui.main_window import MainWindow
from gui.notices import recovered_notice, recovered_title
from tests.qt.gui.scripted_engine import DAMAGED, ScriptedEngine, snapshot
from tests.support.waiting import wait_until

OpenWindow = Callable[[Settings], MainWindow]
RUNNING = Recovery(3, 2, was_running=True)
LEFT = Qt.MouseButton.LeftButton


def jobs() -> list[JobSnapshot]:
    return [snapshot(1, JobState.DONE), snapshot(2), snapshot(3)]


def choice(window: MainWindow, text: str) -> QPushButton:
    return next(b for b in window.banner.findChildren(QPushButton) if b.isVisible() and b.text() == text)


def title(window: MainWindow) -> str | None:
    return window.banner.notice.title if window.banner.notice is not None else None


def body(window: MainWindow) -> str:
    return window.banner.notice.body if window.banner.notice is not None else ""


def names(engine: ScriptedEngine) -> list[object]:
    return [command[0] for command in engine.commands]


def test_titles() -> None:
    assert recovered_title(Recovery(120, 37)) == "120 jobs are back, 37 of them unfinished"
    assert recovered_title(Recovery(2, 2)) == "2 jobs are back, none of them finished"
    assert recovered_title(Recovery(1, 1)) == "1 job is back, unfinished"
    assert recovered_title(Recovery(2, 0)) == "2 jobs are back, with nothing left to do"
    assert recovered_title(Recovery(1, 0)) == "1 job is back, with nothing left to do"


def test_a_first_start_says_nothing(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.come_up([], Recovery(0, 0))
    assert title(window) is None


def test_it_goes_on_after_a_countdown(open_window: OpenWindow, scripted: ScriptedEngine) -> None:
    window = open_window(Settings(theme=Theme.LIGHT, restart_seconds=2))
    scripted.come_up(jobs(), RUNNING)
    assert title(window) == "3 jobs are back, 2 of them unfinished"
    assert body(window).endswith("Going on in 2 s.")
    assert window.footer.status.text() == "Paused · 1 of 3 finished"
    scripted.play_batch("more.txt", 4)
    assert "back" in str(title(window)), "what counts down is not hidden"
    wait_until(lambda: body(window).endswith("Going on in 1 s."))
    assert scripted.commands == []
    wait_until(lambda: scripted.commands == [("resume",)])
    assert title(window) == "3 jobs are back, 2 of them unfinished"
    assert body(window) == "The work goes on."
    window.banner.close_notice()
    assert title(window) == "more.txt: 4 new"


def test_it_goes_on_now(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.come_up(jobs(), RUNNING)
    button = choice(window, "Go on now")
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert scripted.commands == [("resume",)]
    assert not window.restarting.counts_down
    assert body(window) == "The work goes on."


def test_it_stays_paused_when_told(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.come_up(jobs(), RUNNING)
    QTest.mouseClick(choice(window, "Stay paused"), LEFT)
    assert not window.restarting.counts_down
    assert title(window) is None
    start = next(b for b in window.findChildren(QToolButton) if b.accessibleName() == "Start")
    QTest.mouseClick(start, LEFT)
    assert scripted.commands == [("resume",)]


def test_closing_the_message_ends_the_countdown(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.come_up(jobs(), RUNNING)
    window.banner.close_notice()
    assert not window.restarting.counts_down
    assert scripted.commands == []


@pytest.mark.parametrize(
    ("action", "commands"),
    [("start", ["resume"]), ("pause", []), ("start_or_pause", []), ("cancel", ["cancel"])],
)
def test_what_the_user_does_ends_the_countdown(
    window: MainWindow, scripted: ScriptedEngine, action: str, commands: list[str]
) -> None:
    scripted.come_up(jobs(), RUNNING)
    window.actions_by_name[action].trigger()
    assert not window.restarting.counts_down
    assert title(window) is None
    assert names(scripted) == commands


def test_an_engine_that_runs_needs_no_countdown(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.come_up(jobs(), RUNNING)
    scripted.set_run(RunState.RUNNING)
    assert not window.restarting.counts_down
    assert title(window) is None


def test_at_once(open_window: OpenWindow, scripted: ScriptedEngine) -> None:
    window = open_window(Settings(theme=Theme.LIGHT, restart_seconds=0))
    scripted.come_up(jobs(), RUNNING)
    assert scripted.commands == [("resume",)]
    assert body(window) == "The work goes on."


def test_asking(open_window: OpenWindow, scripted: ScriptedEngine) -> None:
    window = open_window(Settings(theme=Theme.LIGHT, restart=Restart.ASK))
    scripted.come_up(jobs(), RUNNING)
    assert not window.restarting.counts_down
    choice(window, "Stay paused")
    QTest.mouseClick(choice(window, "Go on"), LEFT)
    assert scripted.commands == [("resume",)]


def test_staying_paused(open_window: OpenWindow, scripted: ScriptedEngine) -> None:
    window = open_window(Settings(theme=Theme.LIGHT, restart=Restart.STAY_PAUSED))
    scripted.come_up(jobs(), RUNNING)
    assert not window.restarting.counts_down
    assert scripted.commands == []
    QTest.mouseClick(choice(window, "Go on"), LEFT)
    assert scripted.commands == [("resume",)]


def test_what_was_paused_stays_so(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.come_up(jobs(), Recovery(3, 2, was_paused=True))
    assert "stay paused" in body(window)
    assert scripted.commands == []


def test_a_damaged_queue_is_told(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.come_up(jobs(), RUNNING._replace(messages=(DAMAGED, replace(DAMAGED, title="Older"))))
    window.banner.close_notice()
    for expected in ("Older", DAMAGED.title):
        notice = window.banner.notice
        assert notice is not None
        assert (notice.title, notice.tone, notice.seconds) == (expected, Tone.WARNING, None)
        window.banner.close_notice()


def test_that_the_list_is_not_kept_stays_above_what_is_told_later(
    window: MainWindow, scripted: ScriptedEngine
) -> None:
    """As where a list was named at the start, and its "13 new" comes at once."""
    scripted.come_up([], Recovery(0, 0, messages=(DAMAGED,)))
    window.banner.tell(recovered_notice(RUNNING))
    assert title(window) == DAMAGED.title


def test_a_lost_engine_while_running(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.play_added(jobs())
    scripted.set_run(RunState.RUNNING)
    window.table.selectRow(1)
    window.begin_anew()
    assert (window.model.rowCount(), len(window.model.jobs)) == (0, 0)
    assert not window.details.isVisible()
    assert not window.actions_by_name["cancel"].isEnabled()
    scripted.come_up(jobs(), RUNNING)
    assert list(window.model.rows) == [1, 2, 3]
    assert scripted.commands == [("resume",)]
    assert title(window) == "Back at work"
    assert not window.restarting.counts_down


def test_a_lost_engine_at_rest(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.play_added(jobs())
    window.begin_anew()
    scripted.come_up(jobs(), Recovery(3, 2))
    assert scripted.commands == []
    assert body(window) == "The engine was started again, and 3 jobs are back."


def test_an_engine_lost_in_the_countdown(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.come_up(jobs(), RUNNING)
    window.begin_anew()
    assert not window.restarting.counts_down
    scripted.come_up(jobs(), RUNNING)
    assert scripted.commands == [("resume",)]


def test_many_rows_are_forgotten(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.play_added(snapshot(n) for n in range(1, 20_001))
    window.begin_anew()
    scripted.come_up([snapshot(7)], Recovery(1, 1))
    wait_until(lambda: list(window.model.rows) == [JobId(7)])
