"""The jobs as a table for Qt's views: 100,000 rows, changed ten times a second."""

from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QUrl,
)

from core.job import BatchId, JobId, JobSnapshot, JobState, SourceKind, bounded
from gui.arrangement import Criteria
from gui.columns import TRAITS, Column
from gui.formatting import plain_tip
from gui.job_text import cause_text, second_line

Index = QModelIndex | QPersistentModelIndex

JOB_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1
DRAG_TYPE: Final = "application/x-fetchmill-jobs"

_ROOT: Final = QModelIndex()
_COLUMNS: Final = tuple(Column)
_LONGEST_SOURCE: Final = 500  # characters
_MOST_RANGES: Final = 64
# To take more rows away one range after the other costs Qt more than to show the rest anew.
_MOST_IN_RANGES: Final = 5_000
# Stands in a row whose job is gone, for as long as nobody has to see it.
_GONE: Final = JobSnapshot(JobId(0), BatchId(0), "", SourceKind.FILE, "", "", JobState.CANCELLED, 0.0)
_PLAIN: Final = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
_FINISHED: Final = _PLAIN | Qt.ItemFlag.ItemIsDragEnabled
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class JobModel(QAbstractTableModel):
    """Snapshots by id, and the ids of those shown, in order.

    Attributes:
        jobs: All jobs in the order in which they came.
        in_order: Whether that is the order in which they were added: that of their ids.
        criteria: What the rows were last arranged by; new jobs are let in by it.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.jobs: dict[JobId, JobSnapshot] = {}
        self.criteria = Criteria()
        self.in_order = True
        self._highest = JobId(0)
        self._rows: list[JobId] = []
        self._gone: dict[JobId, JobSnapshot] = {}
        self._visible: tuple[int, int] | None = None

    # What the engine says

    def add(self, snapshots: Sequence[JobSnapshot]) -> bool:
        """Append new jobs; those that are known already are changed.

        Returns:
            Whether they belong at the end; jobs that were removed and come back belong elsewhere.
        """
        jobs = self.jobs
        if self._gone and any(job.id in self._gone for job in snapshots):
            self.sweep()  # a lost engine's jobs come back under their ids
        known = [job for job in snapshots if job.id in jobs]
        fresh = [job for job in snapshots if job.id not in jobs] if known else snapshots
        self.change(known)
        jobs.update((job.id, job) for job in fresh)
        shown = fresh if self.criteria.shows_all_in_order else filter(self.criteria.matches, fresh)
        self._append([job.id for job in shown])
        return self._note_order(fresh)

    def change(self, snapshots: Iterable[JobSnapshot]) -> None:
        """Take over new states; the view hears of the rows that it shows."""
        jobs = self.jobs
        changed = {job.id: job for job in snapshots if job.id in jobs}
        shown = [(row, jobs[i], changed[i]) for row, i in self._visible_rows() if i in changed]
        jobs.update(changed)
        for row, before, after in shown:
            first, last = _columns_that_differ(before, after)
            self.dataChanged.emit(self.index(row, first), self.index(row, last))

    def clear(self) -> dict[JobId, JobSnapshot]:
        """Have no jobs at all, and give away those there were."""
        cleared, self.jobs = self.jobs, {}
        self.in_order, self._highest = True, JobId(0)
        self.replace_rows([])
        return cleared

    def remove(self, ids: Iterable[JobId]) -> None:
        """Forget jobs and take their rows away."""
        self.forget(ids)
        self.sweep()

    def forget(self, ids: Iterable[JobId]) -> None:
        """Forget jobs; their rows stay until ``sweep``, as finding them among 100,000 takes a while."""
        seen = {job_id for _, job_id in self._visible_rows()} if self._visible else set()
        for job_id in ids:
            job = self.jobs.pop(job_id, None)
            if job is not None:
                # To free 100,000 snapshots at once would take a while as well.
                self._gone[job_id] = job if job_id in seen else _GONE

    def sweep(self) -> None:
        """Take the rows of forgotten jobs away."""
        if self._gone:
            self._remove_rows(self._gone)
            self._gone.clear()

    # What the arrangement and the view say

    def replace_rows(self, rows: list[JobId]) -> None:
        """Show these jobs in this order; none of them is forgotten."""
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        self._gone.clear()

    def set_visible_rows(self, first: int, last: int) -> None:
        """Only changes in these rows are told from now on; they cost a repaint each."""
        self._visible = (first, last)

    # Who asks

    @property
    def rows(self) -> Sequence[JobId]:
        """The ids of the jobs shown, in order; some may be forgotten already."""
        return self._rows

    @property
    def needs_sweep(self) -> bool:
        """Whether rows of forgotten jobs may be left."""
        return bool(self._gone)

    def job_at(self, row: int) -> JobSnapshot:
        """The job that the row shows."""
        job_id = self._rows[row]
        return self.jobs.get(job_id) or self._gone[job_id]

    def row_of(self, job_id: JobId) -> int | None:
        """The row that shows the job, if one does."""
        try:
            return self._rows.index(job_id)
        except ValueError:
            return None

    # QAbstractTableModel

    def rowCount(self, parent: Index = _ROOT) -> int:
        """See Qt."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """See Qt."""
        return 0 if parent.isValid() else len(_COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """See Qt; ``JOB_ROLE`` gives the snapshot."""
        if not index.isValid():
            return None
        job, trait = self.job_at(index.row()), TRAITS[_COLUMNS[index.column()]]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return trait.text(job)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if trait.right else _LEFT
            case Qt.ItemDataRole.ToolTipRole:
                cause = cause_text(job)
                source = bounded(job.source, _LONGEST_SOURCE)
                return plain_tip(f"{source}\n{cause}: {second_line(job)}" if cause else source)
            case Qt.ItemDataRole.AccessibleDescriptionRole:
                return second_line(job)
            case _:
                return job if role == JOB_ROLE else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """See Qt."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(_COLUMNS):
            return None
        trait = TRAITS[_COLUMNS[section]]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return trait.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if trait.right else _LEFT
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """See Qt; only finished files can be dragged out."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return _FINISHED if self.job_at(index.row()).state is JobState.DONE else _PLAIN

    def mimeTypes(self) -> list[str]:
        """See Qt."""
        return ["text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The finished files of these rows as file URLs."""
        return self.files_as_mime([self.job_at(row) for row in sorted({index.row() for index in indexes})])

    def files_as_mime(self, jobs: Iterable[JobSnapshot]) -> QMimeData:
        """The finished files of these jobs as file URLs."""
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(file) for job in jobs for file in job.finished])
        mime.setData(DRAG_TYPE, b"")
        return mime

    def supportedDragActions(self) -> Qt.DropAction:
        """See Qt; files are copied, never moved away."""
        return Qt.DropAction.CopyAction

    # Inside

    def _note_order(self, fresh: Sequence[JobSnapshot]) -> bool:
        if not fresh:
            return True
        at_end = fresh[0].id > self._highest
        self.in_order = self.in_order and at_end
        self._highest = max(self._highest, fresh[-1].id)
        return at_end

    def _append(self, ids: list[JobId]) -> None:
        if not ids:
            return
        first = len(self._rows)
        self.beginInsertRows(_ROOT, first, first + len(ids) - 1)
        self._rows += ids
        self.endInsertRows()

    def _remove_rows(self, gone: Collection[JobId]) -> None:
        ranges = self._ranges_of(gone) if len(gone) <= _MOST_IN_RANGES else None
        if ranges is None:
            self.replace_rows([job_id for job_id in self._rows if job_id not in gone])
            return
        for first, last in reversed(ranges):
            self.beginRemoveRows(_ROOT, first, last)
            del self._rows[first : last + 1]
            self.endRemoveRows()

    def _visible_rows(self) -> Iterator[tuple[int, JobId]]:
        first, last = self._visible or (0, len(self._rows) - 1)
        first = max(0, first)
        return enumerate(self._rows[first : last + 1], first)

    def _ranges_of(self, ids: Container[JobId]) -> list[tuple[int, int]] | None:
        """First and last rows; None when the jobs are too scattered for that."""
        ranges: list[tuple[int, int]] = []
        for row, job_id in enumerate(self._rows):
            if job_id not in ids:
                continue
            if ranges and ranges[-1][1] == row - 1:
                ranges[-1] = (ranges[-1][0], row)
            elif len(ranges) < _MOST_RANGES:
                ranges.append((row, row))
            else:
                return None
        return ranges


def _columns_that_differ(before: JobSnapshot, after: JobSnapshot) -> tuple[Column, Column]:
    """The first and last column to paint anew: mere progress leaves names and dates alone."""
    same = before.state is after.state and before.name == after.name and before.error == after.error
    return (Column.STATUS, Column.TIME_LEFT) if same else (Column.NAME, _COLUMNS[-1])
