"""Paints the rows of the table."""

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTableView

from core.job import JobSnapshot, JobState
from gui import spacing
from gui.appearance import Appearance
from gui.columns import TRAITS, Column
from gui.job_model import JobModel
from gui.job_paint import BAR_HEIGHT, RowPaint, state_color
from gui.job_text import (
    cause_text,
    origin_text,
    outcome_text,
    second_line,
    state_icon,
    status_text,
    type_icon,
)

_WITH_BAR: Final = frozenset({JobState.DOWNLOADING, JobState.DOWNLOADED, JobState.PROCESSING})
_TROUBLED: Final = frozenset({"failed", "warning"})
_COLUMNS: Final = tuple(Column)
_ICON: Final = 18

Place = tuple[int, int, int]

# Where things stand in a row, from its top and left.
_HALF: Final = spacing.ROW_HEIGHT // 2
_INSET: Final = spacing.MEDIUM
_TEXT_LEFT: Final = _INSET + _ICON + spacing.MEDIUM
_UPPER: Final = _HALF - 8
_LOWER: Final = _HALF + 8
_ABOVE_BAR: Final = _HALF - 5
_BAR: Final = _HALF + 8


class JobDelegate(QStyledItemDelegate):
    """Reads snapshots straight from the model: one look-up a cell instead of one a role."""

    def __init__(self, view: QTableView, model: JobModel, appearance: Appearance) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self._appearance = appearance
        self._paint = RowPaint(appearance.colors, view.font())
        appearance.changed.connect(self._renew)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """See Qt; the width that a double click on the header's edge gives."""
        del option
        column = _COLUMNS[index.column()]
        width = self._paint.text_width(TRAITS[column].text(self._model.job_at(index.row())))
        icon = _ICON + spacing.MEDIUM if column <= Column.STATUS else 0
        return QSize(width + 2 * spacing.MEDIUM + icon, spacing.ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """See Qt; what lies behind the row is painted by the table."""
        job, column = self._model.job_at(index.row()), _COLUMNS[index.column()]
        rect = option.rect
        left, top, width = rect.left(), rect.top(), rect.width()
        if column is Column.NAME:
            self._name(painter, (left, top, width), job)
        elif column is Column.STATUS:
            self._status(painter, (left, top, width), job)
        elif text := TRAITS[column].text(job):
            spot = (left + _INSET, top + _HALF, width - 2 * _INSET)
            paint = self._paint
            paint.text(painter, spot, text, paint.figures, "secondary", right=TRAITS[column].right)

    def _renew(self) -> None:
        self._paint = RowPaint(self._appearance.colors, self._view.font())
        self._view.viewport().update()

    def _name(self, painter: QPainter, place: Place, job: JobSnapshot) -> None:
        left, top, width = place
        paint = self._paint
        paint.icon(painter, type_icon(job), "secondary", (left + _INSET, top + _HALF - _ICON // 2), _ICON)
        self._two_lines(
            painter,
            (left + _TEXT_LEFT, top, width - _TEXT_LEFT - _INSET),
            (job.name or job.source, "text"),
            (second_line(job), "secondary"),
            prose=second_line(job) != origin_text(job),
        )

    def _two_lines(
        self,
        painter: QPainter,
        place: Place,
        upper: tuple[str, str],
        lower: tuple[str, str],
        *,
        prose: bool = False,
    ) -> None:
        left, top, width = place
        paint = self._paint
        paint.text(painter, (left, top + _UPPER, width), upper[0], paint.font, upper[1])
        paint.text(painter, (left, top + _LOWER, width), lower[0], paint.small, lower[1], prose=prose)

    def _status(self, painter: QPainter, place: Place, job: JobSnapshot) -> None:
        left, top, width = place
        paint, state = self._paint, job.state
        if state in _WITH_BAR:
            room = width - _INSET - spacing.LARGE
            paint.text(
                painter, (left + _INSET, top + _ABOVE_BAR, room), status_text(job), paint.figures, "text"
            )
            paint.bar(painter, QRectF(left + _INSET, top + _BAR, room, BAR_HEIGHT), job)
            return
        color, below = state_color(job), outcome_text(job) or cause_text(job)
        paint.icon(painter, state_icon(job), color, (left + _INSET, top + _HALF - _ICON // 2), _ICON)
        shift = _INSET + _ICON + spacing.SMALL
        words = (left + shift, top, width - shift - _INSET)
        if below:
            upper, lower = (color, color) if color in _TROUBLED else ("text", "secondary")
            self._two_lines(painter, words, (status_text(job), upper), (below, lower), prose=True)
        else:
            spot = (words[0], top + _HALF, words[2])
            paint.text(painter, spot, status_text(job), paint.figures, color)
