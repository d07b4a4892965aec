"""Long work on the UI thread in slices that nobody notices."""

from collections.abc import Generator
from time import perf_counter
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

_BUDGET: Final = 0.002


class SlicedRun(QObject):
    """Drives a generator about 2 ms at a time, whenever the event loop has nothing else to do.

    Signals:
        done: What the generator returned.
    """

    done = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps: Generator[None, None, object] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)

    @property
    def is_running(self) -> bool:
        """Whether there is work left."""
        return self._steps is not None

    def start(self, steps: Generator[None, None, object]) -> None:
        """Begin this work and drop what was left of the last."""
        self.stop()
        self._steps = steps
        self._timer.start()

    def stop(self) -> None:
        """Drop the work; ``done`` is not emitted."""
        self._timer.stop()
        if self._steps is not None:
            self._steps.close()
            self._steps = None

    def _go_on(self) -> None:
        if self._steps is None:
            return
        deadline = perf_counter() + _BUDGET
        try:
            while perf_counter() < deadline:
                next(self._steps)
        except StopIteration as end:
            self._timer.stop()
            self._steps = None
            self.done.emit(end.value)
