"""The left pane: which jobs are shown, with live counts."""

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import (
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from core.job import JobState
from gui import spacing
from gui.appearance import Appearance, scaled_font, tabular
from gui.formatting import count_text
from gui.icons import tinted
from gui.state_filter import StateFilter

_FILTERS: Final = tuple(StateFilter)
_ROOT: Final = QModelIndex()
_LINE: Final = 36
_ICON: Final = 18
_MIDDLE: Final = int(Qt.AlignmentFlag.AlignVCenter)
_RIGHT: Final = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)


class FilterModel(QAbstractListModel):
    """The six filters and how many jobs each lets through."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._counts = dict.fromkeys(_FILTERS, 0)

    def count(self, chosen: StateFilter) -> int:
        """How many jobs it lets through."""
        return self._counts[chosen]

    def show_counts(self, counts: Mapping[JobState, int]) -> None:
        """Take over the number of jobs in each state."""
        for row, chosen in enumerate(_FILTERS):
            count = sum(number for state, number in counts.items() if chosen.lets_through(state))
            if count != self._counts[chosen]:
                self._counts[chosen] = count
                index = self.index(row)
                self.dataChanged.emit(index, index)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        """See Qt."""
        return 0 if parent.isValid() else len(_FILTERS)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """See Qt."""
        if not index.isValid():
            return None
        chosen = _FILTERS[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return chosen.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{chosen.title}, {count_text(self._counts[chosen])}"
        return None


class FilterDelegate(QStyledItemDelegate):
    """Paints a filter: icon, title, count."""

    def __init__(self, model: FilterModel, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._appearance = appearance

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """See Qt."""
        del option, index
        return QSize(spacing.PANE_WIDTH - 2 * spacing.MEDIUM, _LINE)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """See Qt."""
        chosen = _FILTERS[index.row()]
        colors, state = self._appearance.colors, option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect).adjusted(0, 1, 0, -1)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.selected if selected else colors.hover))
            painter.drawRoundedRect(box, spacing.RADIUS, spacing.RADIUS)
        self._content(painter, box, chosen, option.font, selected=selected)
        painter.restore()

    def _content(
        self, painter: QPainter, box: QRectF, chosen: StateFilter, font: QFont, *, selected: bool
    ) -> None:
        colors, count = self._appearance.colors, self._model.count(chosen)
        tone = self._tone(chosen, count, selected=selected)
        picture = tinted(chosen.icon, tone, _ICON, painter.device().devicePixelRatio())
        painter.drawPixmap(QPointF(box.left() + 10, box.center().y() - _ICON / 2), picture)
        weight = QFont.Weight.DemiBold if selected else QFont.Weight.Normal
        painter.setFont(scaled_font(font, 1.0, weight))
        painter.setPen(QColor(colors.text))
        painter.drawText(box.adjusted(10 + _ICON + 10, 0, 0, 0), _MIDDLE, chosen.title)
        if count:
            painter.setFont(tabular(scaled_font(font, 0.9)))
            painter.setPen(QColor(colors.secondary))
            painter.drawText(box.adjusted(0, 0, -10, 0), _RIGHT, count_text(count))

    def _tone(self, chosen: StateFilter, count: int, *, selected: bool) -> str:
        colors = self._appearance.colors
        if chosen is StateFilter.FAILED and count:
            return colors.failed
        if chosen is StateFilter.DONE and count:
            return colors.done
        return colors.link if selected else colors.secondary


class FilterPane(QListView):
    """The list of filters; one is always chosen.

    Signals:
        chosen: ``StateFilter``.
    """

    chosen = Signal(object)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filters")
        self.setAccessibleName("Filter")
        self.counts = FilterModel(self)
        self.setModel(self.counts)
        self.setItemDelegate(FilterDelegate(self.counts, appearance, self))
        self.setFixedWidth(spacing.PANE_WIDTH)
        self.setContentsMargins(0, 0, 0, 0)
        self.setViewportMargins(spacing.MEDIUM, spacing.MEDIUM, spacing.MEDIUM, spacing.MEDIUM)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setCurrentIndex(self.counts.index(0))
        self.selectionModel().currentChanged.connect(self._tell)

    def choose(self, chosen: StateFilter) -> None:
        """Choose a filter as a click would."""
        self.setCurrentIndex(self.counts.index(_FILTERS.index(chosen)))

    def _tell(self, current: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(_FILTERS[current.row()])
