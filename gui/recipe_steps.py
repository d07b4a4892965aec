"""A list of the steps, or of the outputs, of a recipe: chosen, moved, added, doubled, taken away."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QDropEvent, QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui import spacing
from gui.appearance import Appearance, scaled_font
from gui.formatting import plain_tip

_WORDS: Final = int(Qt.ItemDataRole.UserRole) + 1
_HEIGHT: Final = 46
_ICON: Final = 16


class Row(NamedTuple):
    """One line of the list.

    Attributes:
        title: What it is.
        words: What it is told.
    """

    title: str
    words: str


class RowDelegate(QStyledItemDelegate):
    """Paints a title and, below, what it is told."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """See Qt."""
        del option, index
        return QSize(80, _HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """See Qt."""
        colors, box = self._appearance.colors, QRectF(option.rect).adjusted(2, 1, -2, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        has_focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
            painter.setPen(QColor(colors.accent) if has_focus and is_chosen else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.selected if is_chosen else colors.hover))
            painter.drawRoundedRect(box, 7, 7)
        lines = (
            (str(index.data() or ""), colors.text, 1.0, 19),
            (str(index.data(_WORDS) or ""), colors.secondary, 0.9, 36),
        )
        for text, color, factor, down in lines:
            painter.setFont(scaled_font(option.font, factor, QFont.Weight.Normal))
            painter.setPen(QColor(color))
            room = int(box.width()) - 2 * spacing.SMALL
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
            painter.drawText(box.topLeft() + QPointF(spacing.SMALL, down), shown)
        painter.restore()


class PartList(QListWidget):
    """The lines.

    Signals:
        picked: The row that was chosen.
        moved: A row, and the row that it is to be.
        remove_wanted: nothing; the chosen one is to go.
        double_wanted: nothing; there is to be another like the chosen one.
    """

    picked = Signal(int)
    moved = Signal(int, int)
    remove_wanted = Signal()
    double_wanted = Signal()

    def __init__(self, appearance: Appearance, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setItemDelegate(RowDelegate(appearance, self))
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setObjectName("parts")
        # Not the current row: a list has one as soon as the keys come to it on their way.
        self.itemSelectionChanged.connect(self._tell)
        self.itemClicked.connect(self._tell)

    def show_rows(self, rows: Sequence[Row], chosen: int) -> None:
        """Show these; the chosen one is told to nobody."""
        with QSignalBlocker(self):
            while self.count() > len(rows):
                self.takeItem(self.count() - 1)
            while self.count() < len(rows):
                self.addItem(QListWidgetItem())
            for at, row in enumerate(rows):
                item = self.item(at)
                item.setText(row.title)
                item.setData(_WORDS, row.words)
                item.setToolTip(plain_tip(row.words))
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{at + 1}. {row.title}: {row.words}")
            self.setCurrentRow(chosen)
            if chosen < 0:
                self.clearSelection()

    def _tell(self) -> None:
        if self.selectedItems():
            self.picked.emit(self.currentRow())

    def sizeHint(self) -> QSize:
        """See Qt; as high as its lines."""
        return QSize(200, max(1, self.count()) * _HEIGHT + 4)

    def minimumSizeHint(self) -> QSize:
        """See Qt."""
        return QSize(120, min(2, max(1, self.count())) * _HEIGHT + 4)

    def dropEvent(self, event: QDropEvent) -> None:
        """See Qt; the recipe is changed, and the list follows it."""
        source, index = self.currentRow(), self.indexAt(event.position().toPoint())
        below = QAbstractItemView.DropIndicatorPosition.BelowItem
        target = index.row() if index.isValid() else self.count()
        if index.isValid() and self.dropIndicatorPosition() == below:
            target += 1
        event.setDropAction(Qt.DropAction.IgnoreAction)  # nothing is taken away here
        event.accept()
        target -= 1 if target > source else 0
        if source >= 0 and target != source:
            self.moved.emit(source, target)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See Qt; Alt with an arrow moves, Delete takes away, Ctrl+D doubles."""
        alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        row = self.currentRow()
        if alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            target = row + (1 if event.key() == Qt.Key.Key_Down else -1)
            if 0 <= target < self.count() and row >= 0:
                self.moved.emit(row, target)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_wanted.emit()
        elif event.key() == Qt.Key.Key_D and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.double_wanted.emit()
        else:
            super().keyPressEvent(event)


class PartSection(QWidget):
    """A heading with its buttons, and the list below it.

    Signals:
        add_wanted: nothing; there is to be another one.
    """

    add_wanted = Signal()

    def __init__(self, appearance: Appearance, title: str, one: str) -> None:
        super().__init__()
        self._appearance = appearance
        self._title = QLabel(title)
        self._title.setFont(scaled_font(self.font(), 1.0, QFont.Weight.DemiBold))
        self._title.setMinimumWidth(1)  # a long one is cut rather than making the pane wider
        self.list = PartList(appearance, title)
        self.add = _button(f"Add {one}", f"Add {one}")
        self._double = _button(f"Duplicate {one}", f"Another {one} like the chosen one (Ctrl+D)")
        self._remove = _button(f"Remove {one}", f"Take the chosen {one} away (Del)")
        self._empty = QLabel()
        self._empty.setProperty("look", "secondary")
        self._empty.setWordWrap(True)
        self._empty.setContentsMargins(spacing.SMALL, 0, spacing.SMALL, 0)
        head = QHBoxLayout()
        head.setContentsMargins(spacing.SMALL, 0, 0, 0)
        head.setSpacing(2)
        head.addWidget(self._title, 1)
        for button in (self._double, self._remove, self.add):
            head.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing.TINY)
        column.addLayout(head)
        column.addWidget(self._empty)
        column.addWidget(self.list)
        self.add.clicked.connect(self.add_wanted)
        self._double.clicked.connect(self.list.double_wanted)
        self._remove.clicked.connect(self.list.remove_wanted)
        appearance.changed.connect(self._dress)
        self._dress()

    def show_title(self, title: str) -> None:
        """Call it otherwise."""
        self._title.setText(title)
        self.list.setAccessibleName(title)

    def show_rows(self, rows: Sequence[Row], chosen: int, empty: str = "") -> None:
        """Show these; where there are none, these words."""
        self.list.show_rows(rows, chosen)
        self.list.setVisible(bool(rows))
        self.list.setMaximumHeight(self.list.sizeHint().height())
        self.list.updateGeometry()
        self._empty.setText(empty)
        self._empty.setVisible(not rows)
        for button in (self._double, self._remove):
            button.setEnabled(chosen >= 0)

    def _dress(self) -> None:
        for button, name in ((self.add, "add"), (self._double, "copy"), (self._remove, "remove")):
            button.setIcon(self._appearance.icon(name))


def _button(name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setProperty("look", "small")
    button.setIconSize(QSize(_ICON, _ICON))
    button.setAccessibleName(name)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
