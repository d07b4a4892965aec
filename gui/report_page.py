"""The report on a run, on one page: totals, failures, notes, formats, files."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.report import NoteCount, Summary
from gui import spacing
from gui.appearance import Appearance, scaled_font, tabular
from gui.elided_label import ElidedLabel
from gui.failure_card import FailureCard
from gui.formatting import count_text, size_text
from gui.icons import tinted
from gui.report_text import headline, parts_of, ratio_text, seconds_text
from gui.share_bar import Legend, ShareBar

_EMBLEM: Final = 28
_MOST_NOTES: Final = 50


class ReportPage(QWidget):
    """Shows one ``Summary``.

    Signals:
        retry_wanted: Code and host of the failures that are to be tried again; None for any.
        folder_wanted: Absolute path of a folder that is to be opened.
    """

    retry_wanted = Signal(object, object)
    folder_wanted = Signal(str)

    def __init__(self, summary: Summary, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._summary = summary
        self._appearance = appearance
        self._failures: FailureCard | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(spacing.HUGE, spacing.HUGE, spacing.HUGE, spacing.LARGE)
        self._column.setSpacing(spacing.SMALL)
        self._add_head()
        self._add_tiles()
        self._add_failures()
        self._add_notes()
        self._add_formats()
        self._add_files()
        self._column.addStretch(1)

    def _add_head(self) -> None:
        summary, parts = self._summary, parts_of(self._summary)
        title = QLabel(headline(summary))
        title.setFont(scaled_font(self.font(), 1.5, QFont.Weight.DemiBold))
        head = QHBoxLayout()
        head.setSpacing(spacing.MEDIUM)
        head.addWidget(Emblem("failed" if summary.failed else "done", self._appearance))
        head.addWidget(title, 1)
        self._column.addLayout(head)
        self._column.addSpacing(spacing.TINY)
        self._column.addWidget(ShareBar(parts, self._appearance))
        self._column.addWidget(Legend(parts, self._appearance))
        self._column.addSpacing(spacing.SMALL)

    def _add_tiles(self) -> None:
        summary = self._summary
        pace = (
            summary.all / summary.seconds if summary.seconds >= 1 else 0.0
        )  # else a figure without a meaning
        card, row = _card_row()
        tiles = (
            (size_text(summary.bytes_in), "came in", ""),
            (size_text(summary.bytes_out), "written", ratio_text(summary)),
            (seconds_text(summary), "from start to end", ""),
            (f"{pace:,.1f} jobs/s" if pace else "", "on average", ""),
        )
        for figure, word, aside in tiles:
            if figure:
                row.addWidget(_tile(figure, word, aside), 1)
        self._column.addWidget(card)

    def _add_failures(self) -> None:
        failures = self._summary.failures
        if not failures:
            return
        card = self._failures = FailureCard(failures)
        card.retry_wanted.connect(self.retry_wanted)
        every = QPushButton("Retry all failed")
        every.setProperty("look", "quiet")
        every.setAutoDefault(False)
        every.clicked.connect(lambda: self._retry_all(every))
        self._head_line("What failed", every if len(failures) > 1 else None)
        self._column.addWidget(card)

    def _retry_all(self, button: QPushButton) -> None:
        button.setEnabled(False)
        if self._failures is not None:
            self._failures.note_all_retried()
        self.retry_wanted.emit(None, None)

    def _add_notes(self) -> None:
        if self._summary.notes:
            self._head_line("What was converted, lost or skipped")
            self._column.addWidget(_notes_card(self._summary.notes[:_MOST_NOTES]))

    def _add_formats(self) -> None:
        if not self._summary.formats:
            return
        self._head_line("Formats of the finished pictures")
        card, row = _card_row()
        for name, count in self._summary.formats:
            row.addWidget(_tile(count_text(count), name, factor=1.15))
        row.addStretch(1)
        self._column.addWidget(card)

    def _add_files(self) -> None:
        summary = self._summary
        places = (("Finished files", summary.destination), ("Manifest", summary.manifest or ""))
        if not any(path for _, path in places):
            return
        self._head_line("Where it is")
        card = QFrame()
        card.setObjectName("card")
        grid = QGridLayout(card)
        grid.setContentsMargins(spacing.LARGE, spacing.MEDIUM, spacing.LARGE, spacing.MEDIUM)
        grid.setHorizontalSpacing(spacing.LARGE)
        grid.setColumnStretch(1, 1)
        for row, (word, path) in enumerate(places):
            if path:
                folder = path if path == summary.destination else str(Path(path).parent)
                self._add_place(grid, row, (word, path), folder)
        self._column.addWidget(card)

    def _add_place(self, grid: QGridLayout, row: int, place: tuple[str, str], folder: str) -> None:
        word, path = place
        name, shown = QLabel(word), ElidedLabel()
        name.setProperty("look", "secondary")
        shown.show_text(path)
        button = QPushButton("Open folder" if path == folder else "Show in folder")
        button.setAutoDefault(False)
        button.setAccessibleName(f"{word}: {button.text().lower()}")
        button.clicked.connect(lambda: self.folder_wanted.emit(folder))
        for column, widget in enumerate((name, shown, button)):
            grid.addWidget(widget, row, column)

    def _head_line(self, text: str, button: QPushButton | None = None) -> None:
        heading = QLabel(text)
        heading.setFont(scaled_font(self.font(), 1.1, QFont.Weight.DemiBold))
        row = QHBoxLayout()
        row.addWidget(heading, 1)
        if button is not None:
            row.addWidget(button)
        self._column.addSpacing(spacing.SMALL)
        self._column.addLayout(row)


class Emblem(QWidget):
    """The drawing of a state, in its colour."""

    def __init__(self, name: str, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._appearance = appearance
        self.setFixedSize(QSize(_EMBLEM, _EMBLEM))
        appearance.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """See Qt."""
        del event
        color: str = getattr(self._appearance.colors, self._name)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, tinted(self._name, color, _EMBLEM, self.devicePixelRatioF()))
        painter.end()


def _card_row() -> tuple[QFrame, QHBoxLayout]:
    card = QFrame()
    card.setObjectName("card")
    row = QHBoxLayout(card)
    row.setContentsMargins(spacing.LARGE, spacing.MEDIUM, spacing.LARGE, spacing.MEDIUM)
    row.setSpacing(spacing.HUGE)
    return card, row


def _tile(figure: str, word: str, aside: str = "", *, factor: float = 1.3) -> QWidget:
    tile = QWidget()
    column = QVBoxLayout(tile)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    large, small = QLabel(figure), QLabel(f"{word}, {aside}" if aside else word)
    large.setFont(tabular(scaled_font(large.font(), factor, QFont.Weight.DemiBold)))
    small.setFont(scaled_font(small.font(), 0.92))
    small.setProperty("look", "secondary")
    column.addWidget(large)
    column.addWidget(small)
    return tile


def _notes_card(notes: tuple[NoteCount, ...]) -> QFrame:
    card = QFrame()
    card.setObjectName("card")
    grid = QGridLayout(card)
    grid.setContentsMargins(spacing.LARGE, spacing.MEDIUM, spacing.LARGE, spacing.MEDIUM)
    grid.setHorizontalSpacing(spacing.LARGE)
    grid.setColumnStretch(1, 1)
    for row, (note, count) in enumerate(notes):
        figure, words = QLabel(count_text(count)), QLabel(note)
        figure.setFont(tabular(scaled_font(figure.font(), 1.0, QFont.Weight.DemiBold)))
        figure.setMinimumWidth(28)
        figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        grid.addWidget(figure, row, 0)
        grid.addWidget(words, row, 1)
    return card
