"""Keeps the plan in step with the list: what Start would do is asked for a moment after something has changed."""

from collections.abc import Callable, Iterable
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from core.forecast import Forecast
from core.interface import EngineInterface
from core.job import JobSnapshot, JobState, Order, RunState, Totals
from core.settings import Existing, Settings
from gui.appearance import Appearance
from gui.plan_dialog import PlanDialog
from gui.plan_line import PlanLine
from gui.setup_row import SetupRow

_REST: Final = 400  # milliseconds: a list that is being read comes in many pieces


class Foreseeing(QObject):
    """A slot of ``actions.ACTIONS``.

    Args:
        engine: What plans.
        setup: Has what Start is told.
        settings: Gives those in force.
        appearance: Gives the colours.
        window: The plan opens beside it.

    Attributes:
        line: Says what Start would do.
        forecast: The latest; None where it is not known, or where Start is past.

    Signals:
        changed: nothing; there is a forecast now, or none any more.
    """

    changed = Signal()

    def __init__(
        self,
        engine: EngineInterface,
        setup: SetupRow,
        settings: Callable[[], Settings],
        appearance: Appearance,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._engine = engine
        self._setup = setup
        self._settings = settings
        self._appearance = appearance
        self._window = window
        self._totals = Totals(RunState.IDLE, {})
        self._dialog: PlanDialog | None = None
        self.line = PlanLine(appearance)
        self.forecast: Forecast | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._rest.timeout.connect(self._ask)
        self.line.plan_wanted.connect(self.show_plan)
        self.line.choice_changed.connect(self._choose)
        setup.order_changed.connect(self._take_order)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication), "there is a window"  # noqa: S101  # Qt's own order
        application.applicationStateChanged.connect(self._take_state)
        engine.totals_changed.connect(self._take_totals)
        engine.jobs_changed.connect(self._take_changed)
        engine.forecast_made.connect(self._take)

    @property
    def can_show(self) -> bool:
        """Whether there is a plan."""
        return self.forecast is not None and self.forecast.error is None

    def show_plan(self) -> None:
        """Open the plan; it follows what changes while it is open."""
        if self.forecast is None or not self.can_show:
            return
        if self._dialog is None:
            self._dialog = PlanDialog(self._appearance, self._window)
        self._dialog.show_forecast(self.forecast)
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    def renew(self) -> None:
        """Something has changed that it depends on."""
        if self._is_wanted():
            self._rest.start()
        else:
            self.forget()

    def forget(self) -> None:
        """There is nothing to be foreseen, or nobody who could."""
        self._rest.stop()
        self._show(None)

    def _is_wanted(self) -> bool:
        waiting = self._totals.count(JobState.QUEUED, JobState.PAUSED)
        return self._totals.run is RunState.IDLE and waiting > 0 and bool(self._setup.order().destination)

    def _ask(self) -> None:
        if self._is_wanted():
            self._engine.forecast(self._setup.order())

    def _take(self, forecast: Forecast) -> None:
        if self._is_wanted() and forecast.order == self._setup.order():
            self._show(forecast)

    def _show(self, forecast: Forecast | None) -> None:
        if forecast == self.forecast:
            return
        self.forecast = forecast
        asks = self._settings().existing is Existing.ASK
        self.line.show_forecast(forecast, asks=asks)
        if not (asks and forecast is not None and forecast.exists):
            self._forget_choice()  # what is not seen is not done
        if self._dialog is not None and forecast is not None and forecast.error is None:
            self._dialog.show_forecast(forecast)
        self.changed.emit()

    def _take_state(self, state: Qt.ApplicationState) -> None:
        if state is Qt.ApplicationState.ApplicationActive and self.forecast is not None:
            self.renew()  # files may have come or gone while the user was elsewhere

    def _choose(self, choice: Existing | None) -> None:
        self._setup.choose_existing(choice)
        self.renew()

    def _forget_choice(self) -> None:
        self._setup.choose_existing(None)
        self.line.forget_choice()

    def _take_order(self, order: Order) -> None:
        if order.existing is None:
            self._forget_choice()  # it was said of another destination, or of another recipe
        self.renew()

    def _take_totals(self, totals: Totals) -> None:
        before, self._totals = self._totals, totals
        if totals.run is not RunState.IDLE:
            self._forget_choice()  # it was for the run that has begun
        if (totals.run, totals.counts) != (before.run, before.counts):
            self.renew()

    def _take_changed(self, jobs: Iterable[JobSnapshot]) -> None:
        if self._totals.run is RunState.IDLE and any(job.state is JobState.QUEUED for job in jobs):
            self.renew()
