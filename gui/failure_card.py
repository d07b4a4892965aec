"""What failed, by cause and host, each with a button that tries just these again."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.report import FailureCount
from gui import spacing
from gui.appearance import scaled_font, tabular
from gui.elided_label import ElidedLabel
from gui.formatting import count_text, counted
from gui.job_text import TAKEN
from gui.report_text import place_text

_MOST: Final = 50


class FailureCard(QFrame):
    """A line for each cause and host.

    Signals:
        retry_wanted: Code and host of what is to be tried again.
    """

    retry_wanted = Signal(object, object)

    def __init__(self, failures: tuple[FailureCount, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._buttons: list[QPushButton] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(spacing.LARGE, spacing.MEDIUM, spacing.LARGE, spacing.MEDIUM)
        grid.setHorizontalSpacing(spacing.LARGE)
        grid.setVerticalSpacing(spacing.MEDIUM)
        grid.setColumnStretch(1, 1)
        for row, failure in enumerate(failures[:_MOST]):
            grid.addWidget(_figure(failure.jobs), row, 0, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(_words(failure), row, 1)
            grid.addWidget(self._button(failure), row, 2)
        if rest := failures[_MOST:]:
            jobs = counted(sum(failure.jobs for failure in rest), "further job")
            more = QLabel(f"{jobs} failed for {counted(len(rest), 'other reason')}; see Failed in the list.")
            more.setProperty("look", "secondary")
            grid.addWidget(more, _MOST, 1, 1, 2)

    def note_all_retried(self) -> None:
        """All of it was queued again."""
        for button in self._buttons:
            _spend(button)

    def _button(self, failure: FailureCount) -> QPushButton:
        words = "Ask about these" if failure.code == TAKEN else "Retry these"
        button = QPushButton(words)
        button.setAutoDefault(False)  # Return is for Close
        button.setAccessibleName(f"{words} {failure.jobs}: {failure.title}, {place_text(failure)}")
        button.clicked.connect(lambda: self._retry(button, failure))
        self._buttons.append(button)
        return button

    def _retry(self, button: QPushButton, failure: FailureCount) -> None:
        _spend(button)
        self.retry_wanted.emit(failure.code, failure.host)


def _spend(button: QPushButton) -> None:
    button.setText("Queued again")
    button.setEnabled(False)


def _figure(count: int) -> QLabel:
    figure = QLabel(count_text(count))
    figure.setFont(tabular(scaled_font(figure.font(), 1.15, QFont.Weight.DemiBold)))
    figure.setProperty("look", "failed")
    figure.setMinimumWidth(28)
    figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return figure


def _words(failure: FailureCount) -> QWidget:
    words = QWidget()
    column = QVBoxLayout(words)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(1)
    title, place = ElidedLabel(), ElidedLabel()
    title.show_text(failure.title)
    place.show_text(place_text(failure))
    place.setFont(scaled_font(place.font(), 0.92))
    place.setProperty("look", "secondary")
    column.addWidget(title)
    column.addWidget(place)
    return words
