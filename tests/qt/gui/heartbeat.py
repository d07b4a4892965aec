"""Measures how late a 10 ms timer of the window is while 100,000 jobs come in, change, are sorted and searched.

``python -m tests.qt.gui.heartbeat``: prints a line for each phase. Not a test: times depend on the computer.
"""

import random
import sys
from collections.abc import Callable
from time import perf_counter

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from core.job import JobSnapshot, JobState, RunState
from core.settings import Settings, Theme
from gui.app import make_application
from gui.appearance import Appearance
from gui.columns import Column
from gui.main_window import MainWindow
from gui.memory import tune_collector
from gui.state_filter import StateFilter
from tests.qt.gui.scripted_engine import ScriptedEngine, snapshot

COUNT = 100_000
CHUNK = 2_000
CHANGES = 500
BEAT = 10


class Heart(QObject):
    """Beats every 10 ms and notes by how much each beat was late, in milliseconds."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[float] = []
        self._due = perf_counter() + BEAT / 1000
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(BEAT)

    def _beat(self) -> None:
        now = perf_counter()
        self.late.append(max(0.0, (now - self._due) * 1000))
        self._due = now + BEAT / 1000

    def take(self) -> str:
        """What was noted since the last time, in words."""
        late, self.late = sorted(self.late), []
        return f"beats {len(late):5}  p50 {late[len(late) // 2]:5.1f}  p99 {late[int(len(late) * 0.99)]:5.1f}  max {late[-1]:5.1f} ms"


class Play(QObject):
    """The phases, one after the other."""

    def __init__(self, window: MainWindow, engine: ScriptedEngine) -> None:
        super().__init__()
        self.window, self.engine = window, engine
        self.heart = Heart()
        self.dice = random.Random(1)
        jobs = [snapshot(n) for n in range(1, COUNT + 1)]
        self.chunks = [jobs[start : start + CHUNK] for start in range(0, COUNT, CHUNK)]
        self.jobs = jobs
        self.adding = QTimer(self, interval=20)
        self.adding.timeout.connect(self.add_chunk)
        self.changing = QTimer(self, interval=100)
        self.changing.timeout.connect(self.change)
        criteria = window.arranging.criteria
        self.phases: list[tuple[str, Callable[[], object], int]] = [
            ("quiet", lambda: None, 1500),
            ("100,000 added in chunks of 2,000", self.adding.start, 4000),
            ("500 changes every 100 ms", self.changing.start, 3000),
            ("... sorted by name", lambda: self.sort(Column.NAME), 4000),
            ("... searched for 77", lambda: window.bar.search.setText("77"), 3000),
            ("... sorted by status, search off", self.sort_by_status, 4000),
            ("... only active", lambda: window.filters.choose(StateFilter.ACTIVE), 3000),
            ("... all, all selected, sorted by size", self.select_all, 4000),
            ("... 20,000 removed, half of them here and there", self.remove, 3000),
        ]
        del criteria

    def next_phase(self) -> None:
        """Begin the next phase, or end."""
        if not self.phases:
            QApplication.quit()
            return
        name, begin, duration = self.phases.pop(0)
        self.heart.take() if self.heart.late else ""
        begin()

        def tell() -> None:
            print(f"{name:50} {self.heart.take()}", flush=True)
            self.next_phase()

        QTimer.singleShot(duration, tell)

    def add_chunk(self) -> None:
        if self.chunks:
            self.engine.jobs_added.emit(tuple(self.chunks.pop(0)))
        else:
            self.adding.stop()
            self.engine.jobs = {job.id: job for job in self.jobs}

    def change(self) -> None:
        first = self.dice.randrange(COUNT - CHANGES)
        near = range(30)
        changed: list[JobSnapshot] = []
        for number in [*near, *range(first, first + CHANGES - 30)]:
            job = self.jobs[number]
            received = self.dice.randrange(1_000_000)
            changed.append(
                job._replace(state=JobState.DOWNLOADING, size=1_000_000, received=received, speed=1e5)
            )
        self.engine.jobs_changed.emit(tuple(changed))

    def sort(self, column: Column) -> None:
        self.window.table.header.setSortIndicator(column, Qt.SortOrder.AscendingOrder)

    def sort_by_status(self) -> None:
        self.window.bar.search.clear()
        self.sort(Column.STATUS)

    def select_all(self) -> None:
        self.window.filters.choose(StateFilter.ALL)
        self.window.table.selectAll()
        self.sort(Column.SIZE)

    def remove(self) -> None:
        self.changing.stop()
        ids = [*range(1, 10_001), *range(20_000, 40_000, 2)]
        self.engine.jobs_removed.emit(tuple(ids))


def main() -> int:
    """Measure."""
    application = make_application()
    engine = ScriptedEngine()
    window = MainWindow(engine, Settings(destination="/tmp/out"), Appearance(application, Theme.LIGHT))  # noqa: S108 - never written
    window.resize(1280, 800)
    window.show()
    engine.be_ready()
    engine.run = RunState.RUNNING
    play = Play(window, engine)
    QTimer.singleShot(500, lambda: tune_collector(application))
    QTimer.singleShot(1000, play.next_phase)
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
