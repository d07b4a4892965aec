"""The table's header: sorts, resizes, moves, hides."""

from typing import Final

from PySide6.QtCore import QItemSelectionModel, QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QAction, QPainter
from PySide6.QtWidgets import QHeaderView, QMenu, QWidget

from gui import spacing
from gui.columns import TRAITS, Column
from gui.icons import tinted

_ARROW: Final = 10


class JobHeader(QHeaderView):
    """Knows the columns by their traits; a right click shows and hides them.

    Signals:
        sort_wanted: ``Column``, and whether descending.
    """

    sort_wanted = Signal(object, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setFirstSectionMovable(False)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(72)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.sortIndicatorChanged.connect(self._tell_sort)

    def set_up(self) -> None:
        """Give the columns their first widths; to be called when the model is set."""
        # With the table's own selection Qt would ask for each of 100,000 rows whether all of a column is selected.
        self.setSelectionModel(QItemSelectionModel(self.model(), self))
        self.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        for column, trait in TRAITS.items():
            if trait.width:
                self.resizeSection(column, trait.width)
            self.setSectionHidden(column, trait.hidden)
        self.setSortIndicatorShown(True)  # the table has switched it off
        self.setSortIndicator(Column.ADDED, Qt.SortOrder.AscendingOrder)

    def column_menu(self) -> QMenu:
        """The menu of columns; the name cannot be hidden."""
        menu = QMenu(self)
        for column, trait in TRAITS.items():
            action = QAction(trait.title, menu)
            action.setCheckable(True)
            action.setChecked(not self.isSectionHidden(column))
            action.setEnabled(column is not Column.NAME)
            action.toggled.connect(lambda shown, column=column: self.setSectionHidden(column, not shown))
            menu.addAction(action)
        return menu

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N803 - Qt's name
        """See Qt; the arrow stands beside the title, where it hides none of it."""
        painter.save()
        super().paintSection(painter, rect, logicalIndex)
        painter.restore()
        if logicalIndex != self.sortIndicatorSection():
            return
        trait = TRAITS[Column(logicalIndex)]
        width = self.fontMetrics().horizontalAdvance(trait.title)
        left = rect.left() + spacing.MEDIUM + width + spacing.TINY
        if trait.right:
            left = rect.right() - spacing.MEDIUM - width - spacing.TINY - _ARROW
        up = self.sortIndicatorOrder() is Qt.SortOrder.AscendingOrder
        arrow = tinted("mark-chevron-up" if up else "mark-chevron-down", "", _ARROW, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(left, rect.center().y() - _ARROW / 2 + 1), arrow)

    def _show_menu(self, spot: QPoint) -> None:
        menu = self.column_menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mapToGlobal(spot))

    def _tell_sort(self, section: int, order: Qt.SortOrder) -> None:
        self.sort_wanted.emit(Column(section), order is Qt.SortOrder.DescendingOrder)
