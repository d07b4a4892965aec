"""The table of jobs."""

from collections.abc import Iterable
from itertools import islice
from typing import Final

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QContextMenuEvent, QDrag, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from core.job import JobId, JobSnapshot, JobState
from gui import spacing
from gui.appearance import Appearance
from gui.job_delegate import JobDelegate
from gui.job_header import JobHeader
from gui.job_model import JobModel
from gui.kept_selection import KeptSelection, gaps, is_beyond_keeping, select_spans, selected_spans, spans

_MOST_DRAGGED: Final = 5_000
_MOST_LOOKED_AT: Final = 1_000


class JobTable(QTableView):
    """Rows of equal height, selected whole; tells the model which of them it shows.

    Signals:
        menu_wanted: Where, in global coordinates.
        selection_altered: nothing; other rows are selected, or another is current.
    """

    menu_wanted = Signal(QPoint)
    selection_altered = Signal()

    def __init__(self, model: JobModel, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = model
        self._appearance = appearance
        self._hovered_row = -1
        self.setObjectName("jobs")
        self.setAccessibleName("Jobs")
        self.header = JobHeader(self)
        self.setHorizontalHeader(self.header)
        self.setModel(model)
        self.header.set_up()
        self.setItemDelegate(JobDelegate(self, model, appearance))
        KeptSelection(self, model)
        self._set_up_rows()
        self._set_up_behaviour()
        self._watch()

    def selected_ids(self) -> tuple[JobId, ...]:
        """The ids of the selected rows, in their order."""
        rows, jobs = self._jobs.rows, self._jobs.jobs
        return tuple(i for first, last in selected_spans(self) for i in rows[first : last + 1] if i in jobs)

    @property
    def has_several_selected(self) -> bool:
        """Whether more than one row is selected."""
        parts = selected_spans(self)
        return len(parts) > 1 or any(first < last for first, last in parts)

    def selected_states(self, possible: Iterable[JobState]) -> frozenset[JobState]:
        """The states of the selected jobs.

        Args:
            possible: The states that there are. Of very many jobs not all are looked at; the rest may be in
                any of these.
        """
        rows, jobs = self._jobs.rows, self._jobs.jobs
        ids = (rows[row] for first, last in selected_spans(self) for row in range(first, last + 1))
        states = frozenset(jobs[i].state for i in islice(ids, _MOST_LOOKED_AT) if i in jobs)
        return states if next(ids, None) is None else states.union(possible)

    def has_large_selection(self) -> bool:
        """Whether so much, but not all, is selected that moving the rows would cost the selection."""
        parts = selected_spans(self)
        return parts != [(0, len(self._jobs.rows) - 1)] and is_beyond_keeping(parts)

    def current_job(self) -> JobSnapshot | None:
        """The job of the current row where that is selected."""
        index = self.currentIndex()
        if not index.isValid() or not self.selectionModel().isSelected(index):
            return None
        return self._jobs.jobs.get(self._jobs.rows[index.row()])

    def invert_selection(self) -> None:
        """Select what is not selected."""
        select_spans(self, self._jobs, gaps(selected_spans(self), self._jobs.rowCount()))

    def select_batch(self) -> None:
        """Select all that was added together with the current job."""
        current, rows, jobs = self.current_job(), self._jobs.rows, self._jobs.jobs
        if current is not None:
            found = (row for row, i in enumerate(rows) if i in jobs and jobs[i].batch == current.batch)
            select_spans(self, self._jobs, list(spans(found)))

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See Qt."""
        super().resizeEvent(event)
        self._tell_visible_rows()

    def paintEvent(self, event: QPaintEvent) -> None:
        """See Qt; what lies behind the rows is painted here, once a row instead of once a cell."""
        painter = QPainter(self.viewport())
        colors, rect, width = self._appearance.colors, event.rect(), self.viewport().width()
        scrolled, rule = self.verticalScrollBar().value(), QColor(colors.rule)
        first = (rect.top() + scrolled) // spacing.ROW_HEIGHT
        last = min((rect.bottom() + scrolled) // spacing.ROW_HEIGHT, len(self._jobs.rows) - 1)
        for row in range(first, last + 1):
            top = row * spacing.ROW_HEIGHT - scrolled
            if color := self._row_color(row):
                painter.fillRect(0, top, width, spacing.ROW_HEIGHT, QColor(color))
            painter.fillRect(0, top + spacing.ROW_HEIGHT - 1, width, 1, rule)
        if self.hasFocus() and first <= (current := self.currentIndex().row()) <= last:
            top = current * spacing.ROW_HEIGHT - scrolled
            painter.fillRect(0, top, 3, spacing.ROW_HEIGHT - 1, QColor(colors.accent))
        painter.end()
        super().paintEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """See Qt; the keyboard's menu key opens it at the current row."""
        spot = event.globalPos()
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            spot = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).center())
        self.menu_wanted.emit(spot)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """See Qt."""
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def viewportEvent(self, event: QEvent) -> bool:
        """See Qt."""
        if event.type() is QEvent.Type.Leave:
            self._hover(-1)
        return super().viewportEvent(event)

    def startDrag(self, supported: Qt.DropAction) -> None:
        """See Qt; finished files go out as file URLs."""
        ids = self.selected_ids()[:_MOST_DRAGGED]
        jobs = [job for i in ids if (job := self._jobs.jobs[i]).state is JobState.DONE and job.file]
        if not jobs:
            return
        drag = QDrag(self)
        drag.setMimeData(self._jobs.files_as_mime(jobs))
        drag.setPixmap(self._appearance.icon("files").pixmap(24, 24))
        drag.exec(supported, Qt.DropAction.CopyAction)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """See Qt."""
        # While a screen reader listens, Qt makes an index of every cell of both, only to tell the first: 3 s for 100,000 rows.
        super().selectionChanged(_first_cell(selected), _first_cell(deselected))
        self.viewport().update()
        self.selection_altered.emit()

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        """See Qt."""
        super().currentChanged(current, previous)
        self.viewport().update()
        self.selection_altered.emit()

    # Inside

    def _set_up_rows(self) -> None:
        rows = self.verticalHeader()
        rows.setSelectionModel(QItemSelectionModel(self._jobs, self))  # see JobHeader.set_up
        rows.setSectionResizeMode(rows.ResizeMode.Fixed)
        rows.setMinimumSectionSize(spacing.ROW_HEIGHT)
        rows.setDefaultSectionSize(spacing.ROW_HEIGHT)
        rows.hide()
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)

    def _set_up_behaviour(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setDragEnabled(True)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(spacing.ROW_HEIGHT // 2)

    def _watch(self) -> None:
        self.verticalScrollBar().valueChanged.connect(self._tell_visible_rows)
        self._jobs.modelReset.connect(self._tell_visible_rows)
        self._jobs.rowsInserted.connect(self._tell_visible_rows)
        self._jobs.rowsRemoved.connect(self._tell_visible_rows)

    def _tell_visible_rows(self) -> None:
        height = self.viewport().height()
        first = max(0, self.verticalScrollBar().value() // spacing.ROW_HEIGHT)
        self._jobs.set_visible_rows(first, first + height // spacing.ROW_HEIGHT + 1)

    def _row_color(self, row: int) -> str | None:
        if self.selectionModel().isSelected(self._jobs.index(row, 0)):
            return self._appearance.colors.selected
        return self._appearance.colors.window if row == self._hovered_row else None

    def _hover(self, row: int) -> None:
        if row == self._hovered_row:
            return
        for touched in (self._hovered_row, row):
            if touched >= 0:
                top = self.rowViewportPosition(touched)
                self.viewport().update(QRect(0, top, self.viewport().width(), spacing.ROW_HEIGHT))
        self._hovered_row = row


def _first_cell(selection: QItemSelection) -> QItemSelection:
    if selection.isEmpty():
        return selection
    span = selection.first()
    cell = span.model().index(span.top(), span.left())
    return QItemSelection(cell, cell)
