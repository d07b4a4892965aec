"""Fields that have to be looked at: a colour, a place in the picture, regions of it."""

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeySequence, QPainter, QPixmap, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QColorDialog,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.images.parameters import Box, Parameter
from core.images.recipe import Gravity
from core.images.relevance import MIDDLE
from gui import spacing
from gui.recipe_fields import RecipeField, TextField, is_color
from gui.recipe_words import choice_title

_SWATCH: Final = QSize(34, 22)
_DOT: Final = 26
_WHOLE: Final = 100.0
_COLUMNS: Final = ("Left", "Top", "Width", "Height")
# As they lie in the picture, not as they are declared.
_PLACES: Final = (
    (Gravity.TOP_LEFT, Gravity.TOP, Gravity.TOP_RIGHT),
    (Gravity.LEFT, Gravity.CENTER, Gravity.RIGHT),
    (Gravity.BOTTOM_LEFT, Gravity.BOTTOM, Gravity.BOTTOM_RIGHT),
)


class ColorField(TextField):
    """A colour as text, and to be seen and chosen beside it."""

    def __init__(self, about: Parameter) -> None:
        super().__init__(about)
        self._swatch = QPushButton()
        self._swatch.setFixedWidth(_SWATCH.width() + 2 * spacing.SMALL)
        self._swatch.setProperty("look", "swatch")
        self._swatch.setIconSize(_SWATCH)
        self._swatch.setAccessibleName(f"{about.title}: choose")
        self._swatch.setToolTip("Choose a colour")
        self._swatch.clicked.connect(self._choose)
        self._row.insertWidget(0, self._swatch)
        self._line.setMaxLength(9)
        self._line.setPlaceholderText("#rrggbb")
        self._line.textChanged.connect(self._look)

    def value(self) -> object:
        """See ``RecipeField``."""
        return self._line.text().strip()

    def problem(self) -> str:
        """See ``RecipeField``."""
        return "" if is_color(str(self.value())) else f"{self.about.title}: {self.about.allowed} is wanted."

    def _look(self) -> None:
        self.mark(self.problem())
        if not self.problem():
            self._swatch.setIcon(QIcon(_swatch(_color_of(str(self.value())))))

    def _choose(self) -> None:
        dialog = QColorDialog(_color_of(str(self.value())), self.window())
        dialog.setOption(QColorDialog.ColorDialogOption.ShowAlphaChannel)
        dialog.setWindowTitle(self.about.title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(lambda color: self._line.setText(_text_of(color)))
        dialog.open()


class PlaceField(RecipeField):
    """One of nine places, chosen where it is."""

    def __init__(self, about: Parameter) -> None:
        super().__init__(about)
        self._buttons: dict[Gravity, QToolButton] = {}
        group = QButtonGroup(self)
        frame = QWidget()
        grid = QGridLayout(frame)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(2)
        for row, places in enumerate(_PLACES):
            for column, place in enumerate(places):
                button = _place_button(f"{about.title}: {choice_title(place).lower()}")
                group.addButton(button)
                grid.addWidget(button, row, column)
                self._buttons[place] = button
        self._buttons[Gravity.CENTER].setChecked(True)
        group.buttonToggled.connect(self._take)
        self.setFocusProxy(self._buttons[Gravity.CENTER])
        self._lay_out(frame)

    def value(self) -> object:
        """See ``RecipeField``."""
        return next(place for place, button in self._buttons.items() if button.isChecked())

    def set_value(self, value: object) -> None:
        """See ``RecipeField``."""
        with QSignalBlocker(self):
            self._buttons[Gravity(value)].setChecked(True)

    def _take(self, button: QToolButton, is_on: bool) -> None:  # noqa: FBT001 - a signal's arguments
        if is_on:
            self.setFocusProxy(button)
            self.changed.emit()


class BoxesField(RecipeField):
    """Regions of the picture: a row for each, a number for each side.

    Signals:
        chosen: The number of the row that is chosen, from 0.
    """

    chosen = Signal(int)
    is_wide = True

    def __init__(self, about: Parameter) -> None:
        super().__init__(about)
        self._table = QTableWidget(0, len(_COLUMNS))
        self._table.setHorizontalHeaderLabels(list(_COLUMNS))
        self._table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self._table.horizontalHeader().setMinimumSectionSize(40)
        self._table.verticalHeader().hide()
        self._table.setObjectName("boxes")
        self._table.setAccessibleName(f"{about.title}, in percent of the picture")
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setMinimumHeight(132)
        self._table.setTabKeyNavigation(False)
        self._table.setItemDelegate(_PercentDelegate(self._table))
        self._table.itemChanged.connect(self._keep_inside)
        self._table.currentCellChanged.connect(lambda row, *_: self.chosen.emit(row))
        add, remove = QPushButton("Add region"), QPushButton("Remove region")
        add.clicked.connect(lambda: self._put((*self._boxes(), MIDDLE)))
        remove.clicked.connect(self._remove)
        QShortcut(QKeySequence(Qt.Key.Key_Delete), self._table, self._remove).setContext(
            Qt.ShortcutContext.WidgetShortcut  # not while a number is being typed
        )
        buttons = QHBoxLayout()
        buttons.addWidget(add)
        buttons.addWidget(remove)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing.SMALL)
        column.addWidget(self._table)
        column.addLayout(buttons)
        self.setFocusProxy(self._table)

    def value(self) -> object:
        """See ``RecipeField``."""
        return self._boxes()

    def set_value(self, value: object) -> None:
        """See ``RecipeField``."""
        with QSignalBlocker(self):
            if isinstance(value, tuple) and value != self._boxes():
                self._fill(value)

    def choose(self, at: int) -> None:
        """Choose a row; none for -1. It is told to nobody."""
        with QSignalBlocker(self):
            if at != self._table.currentRow() or not self._table.selectedItems():
                self._table.setCurrentCell(at, max(0, self._table.currentColumn()))

    def _put(self, boxes: tuple[Box, ...]) -> None:
        self._fill(boxes)
        self._table.setCurrentCell(len(boxes) - 1, 0)
        self.changed.emit()

    def _remove(self) -> None:
        row = self._table.currentRow() if self._table.currentRow() >= 0 else self._table.rowCount() - 1
        boxes = self._boxes()
        self._put((*boxes[:row], *boxes[row + 1 :]) if boxes else ())

    def _fill(self, boxes: Iterable[Box]) -> None:
        rows = tuple(boxes)
        with QSignalBlocker(self._table):
            self._table.setRowCount(len(rows))
            for row, box in enumerate(rows):
                for column, side in enumerate(box):
                    item = QTableWidgetItem()
                    item.setData(Qt.ItemDataRole.EditRole, side)
                    item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)  # as what stands above it
                    self._table.setItem(row, column, item)

    def _boxes(self) -> tuple[Box, ...]:
        return tuple(
            (self._side(row, 0), self._side(row, 1), self._side(row, 2), self._side(row, 3))
            for row in range(self._table.rowCount())
        )

    def _side(self, row: int, column: int) -> float:
        return float(self._cell(row, column).data(Qt.ItemDataRole.EditRole))

    def _cell(self, row: int, column: int) -> QTableWidgetItem:
        item = self._table.item(row, column)
        assert item is not None, "all are filled"  # noqa: S101  # _fill's own promise
        return item

    def _keep_inside(self, item: QTableWidgetItem) -> None:
        """A region that would stick out becomes smaller, or begins further left or up where its size was changed."""
        row, column = item.row(), item.column()
        other = (column + 2) % 4
        room = _WHOLE - self._side(row, column)
        with QSignalBlocker(self._table):
            if self._side(row, other) > room:
                self._cell(row, other).setData(Qt.ItemDataRole.EditRole, round(room, 2))
        self.changed.emit()


class _PercentDelegate(QStyledItemDelegate):
    """Edits a side of a region, inside the picture."""

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        """See Qt."""
        del option
        editor = QDoubleSpinBox(parent)
        editor.setDecimals(2)
        is_size = index.column() >= 2  # width and height
        editor.setRange(0.1 if is_size else 0.0, _WHOLE if is_size else _WHOLE - 0.1)
        editor.setFrame(False)
        return editor


def _place_button(name: str) -> QToolButton:
    button = QToolButton()
    button.setCheckable(True)
    button.setAutoExclusive(True)
    button.setProperty("look", "place")
    button.setFixedSize(_DOT, _DOT)
    button.setText("•")
    button.setAccessibleName(name)
    button.setToolTip(name)
    return button


def _color_of(text: str) -> QColor:
    """Recipes have what is opaque at the end, Qt at the beginning."""
    if not is_color(text):
        return QColor()
    color = QColor(text[:7])
    if len(text) == 9:
        color.setAlpha(int(text[7:], 16))
    return color


def _text_of(color: QColor) -> str:
    return color.name() if color.alpha() == 255 else f"{color.name()}{color.alpha():02x}"


def _swatch(color: QColor) -> QPixmap:
    scale = 2
    pixmap = QPixmap(_SWATCH * scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    box = QRectF(pixmap.rect()).adjusted(1, 1, -1, -1)
    painter.setPen(QColor(128, 128, 128, 160))
    painter.setBrush(Qt.BrushStyle.Dense6Pattern)  # seen where the colour is not opaque
    painter.drawRoundedRect(box, 6, 6)
    painter.setBrush(color)
    painter.drawRoundedRect(box, 6, 6)
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap
