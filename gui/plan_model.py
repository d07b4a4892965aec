"""The names that Start would lead to, as rows."""

from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from core.forecast import COLLISIONS, Forecast, PlannedName
from gui.appearance import Appearance
from gui.forecast_text import matter_text, planned_text
from gui.formatting import plain_tip

_ROOT: Final = QModelIndex()
_TITLES: Final = ("Source", "Planned name", "What happens")


class PlanColumn(IntEnum):
    """A column, from the left."""

    SOURCE = 0
    NAME = 1
    MATTER = 2


class PlanModel(QAbstractTableModel):
    """Reads a forecast: nothing is kept a row.

    Args:
        appearance: Gives the colours.
    """

    def __init__(self, appearance: Appearance, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._forecast: Forecast | None = None
        self._names: tuple[PlannedName, ...] = ()

    def show_names(self, forecast: Forecast, *, collisions_only: bool) -> None:
        """Show another forecast, or another part of it."""
        self.beginResetModel()
        self._forecast = forecast
        self._names = forecast.collisions if collisions_only else forecast.names
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        """See Qt."""
        return 0 if parent.isValid() else len(self._names)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        """See Qt."""
        return 0 if parent.isValid() else len(PlanColumn)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """See Qt."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return _TITLES[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """See Qt."""
        if not index.isValid() or self._forecast is None:
            return None
        name, column = self._names[index.row()], PlanColumn(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(name, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            whole = name.path or name.taken if column is PlanColumn.NAME else self._text(name, column)
            return plain_tip(whole)
        if role == Qt.ItemDataRole.ForegroundRole and column is not PlanColumn.NAME:
            collides = column is PlanColumn.MATTER and name.matter in COLLISIONS
            colors = self._appearance.colors
            return QColor(colors.warning if collides else colors.secondary)
        return None

    def _text(self, name: PlannedName, column: PlanColumn) -> str:
        assert self._forecast is not None, "its names are shown"  # noqa: S101  # show_names's own order
        if column is PlanColumn.SOURCE:
            return name.source
        if column is PlanColumn.NAME:
            return planned_text(name, self._forecast)
        return matter_text(name, self._forecast)
