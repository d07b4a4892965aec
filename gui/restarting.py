"""Goes on with what was running when the program, or its engine, last ended."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer

from core.interface import EngineInterface
from core.job import RunState, Totals
from core.report import Recovery
from core.settings import Restart, Settings
from gui.banner import Banner, Choice, Notice
from gui.notices import (
    asking_notice,
    countdown_notice,
    going_on_notice,
    queue_file_notice,
    recovered_notice,
    restarted_notice,
)

_SECOND: Final = 1000
_TOPIC: Final = "restart"


class Restarting(QObject):
    """Tells what was recovered, and resumes at once, after a countdown or when told, as the settings say.

    Args:
        engine: What it resumes.
        banner: Where it tells and asks.
        settings: Gives those in force.
        parent: As Qt has it.
    """

    def __init__(
        self,
        engine: EngineInterface,
        banner: Banner,
        settings: Callable[[], Settings],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._banner = banner
        self._settings = settings
        self._recovery = Recovery(0, 0)
        self._left = 0
        self._engine_was_lost = False
        self._second = QTimer(self)
        self._second.setInterval(_SECOND)
        self._second.timeout.connect(self._count)
        engine.recovered.connect(self._take)
        engine.totals_changed.connect(self._follow)
        banner.closed.connect(self._take_closed)

    @property
    def counts_down(self) -> bool:
        """Whether the work goes on in a moment."""
        return self._second.isActive()

    def note_lost_engine(self) -> None:
        """A new engine is there while the window lived on: what ran goes on without a question."""
        self.stop()
        self._engine_was_lost = True

    def stop(self) -> None:
        """The user has taken over: no countdown, no question any more."""
        self._second.stop()
        self._banner.forget(_TOPIC)

    def _take(self, recovery: Recovery) -> None:
        self._recovery = recovery
        for message in recovery.messages:
            self._banner.tell(queue_file_notice(message))
        if self._engine_was_lost:
            self._engine_was_lost = False
            self._go_back_to_work()
        elif recovery.jobs:
            self._welcome()

    def _go_back_to_work(self) -> None:
        if self._recovery.was_running:
            self._engine.resume()
        self._banner.tell(restarted_notice(self._recovery))

    def _welcome(self) -> None:
        recovery, settings = self._recovery, self._settings()
        if not recovery.was_running:
            self._banner.tell(recovered_notice(recovery))
        elif settings.restart is Restart.ASK:
            self._banner.tell(asking_notice(recovery, (self._go, self._stay)))
        elif settings.restart is Restart.STAY_PAUSED:
            self._banner.tell(asking_notice(recovery, (self._go,)))
        elif settings.restart_seconds:
            self._begin_countdown(settings.restart_seconds)
        else:
            self._go_on()

    def _begin_countdown(self, seconds: int) -> None:
        self._left = seconds
        self._banner.tell(self._countdown())
        self._second.start()

    def _count(self) -> None:
        self._left -= 1
        if self._left > 0:
            self._banner.renew(self._countdown())
        else:
            self._go_on()

    def _countdown(self) -> Notice:
        go_now = Choice("Go on now", self._go_on)
        return countdown_notice(self._recovery, self._left, (go_now, self._stay))

    @property
    def _go(self) -> Choice:
        return Choice("Go on", self._go_on)

    @property
    def _stay(self) -> Choice:
        return Choice("Stay paused", self.stop)

    def _go_on(self) -> None:
        self._second.stop()
        self._banner.tell(going_on_notice(self._recovery))
        self._engine.resume()

    def _follow(self, totals: Totals) -> None:
        notice = self._banner.notice_of(_TOPIC)
        if totals.run is RunState.RUNNING and notice is not None and notice.choices:
            self.stop()

    def _take_closed(self, notice: Notice) -> None:
        if notice.topic == _TOPIC:
            self._second.stop()
