"""The report on the last run, beside the window."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QScrollArea, QVBoxLayout, QWidget

from core.report import Summary
from gui import spacing
from gui.appearance import Appearance
from gui.command_bar import rule
from gui.report_page import ReportPage
from gui.report_text import report_as_text


class ReportDialog(QDialog):
    """A page that scrolls, and buttons below it.

    Signals:
        retry_wanted: Code and host of the failures that are to be tried again; None for any.
        folder_wanted: Absolute path of a folder that is to be opened.
    """

    retry_wanted = Signal(object, object)
    folder_wanted = Signal(str)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Report")
        self._appearance = appearance
        self._summary: Summary | None = None
        self._area = QScrollArea()
        self._buttons = QDialogButtonBox()
        self._build()
        self.resize(700, 720)

    def show_summary(self, summary: Summary) -> None:
        """Show another run's report."""
        if summary is self._summary:
            return
        self._summary = summary
        self.setWindowTitle(f"Report: {summary.title}" if summary.title else "Report")
        page = ReportPage(summary, self._appearance)
        page.retry_wanted.connect(self.retry_wanted)
        page.folder_wanted.connect(self.folder_wanted)
        self._area.setWidget(page)  # which destroys the one before

    def _build(self) -> None:
        roles = QDialogButtonBox.ButtonRole
        close = self._buttons.addButton("Close", roles.RejectRole)
        close.setDefault(True)
        close.setFocus()
        copy = self._buttons.addButton("Copy report", roles.ResetRole)
        copy.setProperty("look", "quiet")
        copy.setAutoDefault(False)
        copy.clicked.connect(self._copy)
        self._buttons.rejected.connect(self.reject)
        self._area.setAccessibleName("Report")
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        foot = QVBoxLayout()
        foot.setContentsMargins(spacing.HUGE, 0, spacing.HUGE, 0)
        foot.addWidget(self._buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, spacing.LARGE)
        column.setSpacing(0)
        column.addWidget(self._area, 1)
        column.addWidget(rule())
        column.addSpacing(spacing.LARGE)
        column.addLayout(foot)

    def _copy(self) -> None:
        if self._summary is not None:
            QGuiApplication.clipboard().setText(report_as_text(self._summary))
