"""Tells what came of a run, in a line and, on demand, on a page."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from core.interface import EngineInterface
from core.job import RunState, Totals
from core.report import Summary
from gui.appearance import Appearance
from gui.banner import Banner, Choice
from gui.commands import Commands
from gui.notices import summary_notice

if TYPE_CHECKING:
    from gui.report_dialog import ReportDialog

_TOPIC: Final = "summary"


class Reporting(QObject):
    """Keeps the last run's ``Summary``.

    Args:
        engine: Whose runs are reported on.
        banner: Where the line is told.
        commands: Tries again and opens folders.
        appearance: Gives the colours.
        window: The report opens beside it.

    Signals:
        there_is_one: nothing; a first report can be shown.
    """

    there_is_one = Signal()

    def __init__(
        self,
        engine: EngineInterface,
        banner: Banner,
        commands: Commands,
        appearance: Appearance,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._banner = banner
        self._commands = commands
        self._appearance = appearance
        self._window = window
        self.summary: Summary | None = None
        self.dialog: ReportDialog | None = None
        self._run = RunState.IDLE
        engine.summarised.connect(self._take)
        engine.totals_changed.connect(self._follow)

    def show(self) -> None:
        """Open the report; one that is open already stays as it is until then: somebody may be reading it."""
        if self.summary is None:
            return
        if self.dialog is None:
            self.dialog = self._made()
        self.dialog.show_summary(self.summary)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def _made(self) -> "ReportDialog":
        from gui.report_dialog import ReportDialog  # noqa: PLC0415  # the window is there sooner without it

        dialog = ReportDialog(self._appearance, self._window)
        dialog.retry_wanted.connect(self._commands.retry_failures)
        dialog.folder_wanted.connect(self._commands.open_folder)
        return dialog

    def _take(self, summary: Summary) -> None:
        self.summary = summary
        self._banner.tell(summary_notice(summary, tuple(self._choices(summary))))
        self.there_is_one.emit()

    def _follow(self, totals: Totals) -> None:
        if totals.run is not self._run and totals.run is RunState.RUNNING:
            self._banner.forget(_TOPIC)  # of the run before; Report still has it
        self._run = totals.run

    def _choices(self, summary: Summary) -> list[Choice]:
        choices = [Choice("Report", self.show)]
        if summary.failed:
            choices.append(Choice("Retry failed", self._commands.retry_failed))
        return choices
