"""Carries selection, current row and scroll position over a new arrangement of the rows, by the jobs' ids."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject
from PySide6.QtWidgets import QTableView

from core.job import JobId
from gui.job_model import JobModel

# The window's limit: looking for more of them among 100,000 rows would be felt.
_MOST_ROWS: Final = 5_000
# Qt's effort for rows selected here and there grows with the square of their number.
_MOST_SPANS: Final = 100
_REPLACE_ROWS: Final = (
    QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
)


def spans(rows: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Ascending row numbers as spans of neighbours, first and last included."""
    first = last = None
    for row in rows:
        if first is None or last is None:
            first = last = row
        elif row == last + 1:
            last = row
        else:
            yield first, last
            first = last = row
    if first is not None and last is not None:
        yield first, last


def selected_spans(view: QTableView) -> list[tuple[int, int]]:
    """The selected rows as ascending spans."""
    ranges = sorted((part.top(), part.bottom()) for part in view.selectionModel().selection().toList())
    merged: list[tuple[int, int]] = []
    for top, bottom in ranges:
        if merged and top <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(bottom, merged[-1][1]))
        else:
            merged.append((top, bottom))
    return merged


def selection_of(model: JobModel, parts: Iterable[tuple[int, int]]) -> QItemSelection:
    """Spans of rows as a selection."""
    selection = QItemSelection()
    last_column = model.columnCount() - 1
    for first, last in parts:
        selection.select(model.index(first, 0), model.index(last, last_column))
    return selection


def select_spans(view: QTableView, model: JobModel, parts: Iterable[tuple[int, int]]) -> None:
    """Select exactly these rows."""
    view.selectionModel().select(selection_of(model, parts), _REPLACE_ROWS)


def gaps(parts: list[tuple[int, int]], count: int) -> list[tuple[int, int]]:
    """The spans of rows between these spans, of that many rows."""
    edges = [(-1, -1), *parts, (count, count)]
    return [(before[1] + 1, after[0] - 1) for before, after in pairwise(edges) if before[1] + 1 < after[0]]


def is_beyond_keeping(parts: list[tuple[int, int]]) -> bool:
    """Whether so much is selected that it is given up when the rows are arranged anew."""
    return len(parts) > _MOST_SPANS or sum(last - first + 1 for first, last in parts) > _MOST_ROWS


class KeptSelection(QObject):
    """Watches one view and its model."""

    def __init__(self, view: QTableView, model: JobModel) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self._selected: set[JobId] = set()
        self._all = False
        self._current: tuple[JobId, int] | None = None
        self._scrolled = 0
        model.modelAboutToBeReset.connect(self._keep)
        model.modelReset.connect(self._give_back)

    def _keep(self) -> None:
        rows, parts = self._model.rows, selected_spans(self._view)
        self._all = bool(rows) and parts == [(0, len(rows) - 1)]
        if self._all or is_beyond_keeping(parts):
            self._selected = set()
        else:
            self._selected = {i for first, last in parts for i in rows[first : last + 1]}
        current = self._view.currentIndex()
        self._current = (rows[current.row()], current.column()) if current.isValid() else None
        self._scrolled = self._view.verticalScrollBar().value()

    def _give_back(self) -> None:
        self._restore_current()
        if self._all:
            self._view.selectAll()
        elif self._selected:
            found = [row for row, job_id in enumerate(self._model.rows) if job_id in self._selected]
            parts = list(spans(found))
            if len(parts) <= _MOST_SPANS:
                select_spans(self._view, self._model, parts)
        self._view.verticalScrollBar().setValue(self._scrolled)
        self._selected = set()

    def _restore_current(self) -> None:
        if self._current is None:
            return
        job_id, column = self._current
        row = self._model.row_of(job_id)
        if row is not None:
            flag = QItemSelectionModel.SelectionFlag.NoUpdate
            self._view.selectionModel().setCurrentIndex(self._model.index(row, column), flag)
