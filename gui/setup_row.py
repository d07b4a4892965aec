"""Where the pictures go and what is made of them: what Start is told."""

import os
from pathlib import Path

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QColor, QPainter
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QWidget,
)

from core.job import Order, RecipeTitle
from core.settings import Existing
from gui import spacing
from gui.appearance import Appearance, scaled_font
from gui.formatting import plain_tip
from gui.named_box import NamedBox

_SUMMARY_ROLE = int(Qt.ItemDataRole.UserRole) + 1


class RecipeDelegate(QStyledItemDelegate):
    """Paints a recipe in the open list: its title and, below, what it does."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._font = parent.font()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """See Qt."""
        if _is_separator(index):
            return QSize(0, spacing.SMALL)
        width = option.fontMetrics.horizontalAdvance(str(index.data(_SUMMARY_ROLE) or ""))
        return QSize(min(480, width + 2 * spacing.MEDIUM), 48)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """See Qt."""
        colors, box = self._appearance.colors, QRectF(option.rect)
        painter.save()
        if _is_separator(index):
            middle = box.center().y()
            painter.setPen(QColor(colors.secondary))
            painter.drawLine(QPointF(box.left() + 10, middle), QPointF(box.right() - 10, middle))
            painter.restore()
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.selected))
            painter.drawRoundedRect(box.adjusted(0, 1, 0, -1), 6, 6)
        self._line(painter, box.topLeft() + QPointF(10, 20), str(index.data() or ""), colors.text, 1.0)
        summary = str(index.data(_SUMMARY_ROLE) or "")
        self._line(painter, box.topLeft() + QPointF(10, 38), summary, colors.secondary, 0.9)
        painter.restore()

    def _line(self, painter: QPainter, spot: QPointF, text: str, color: str, factor: float) -> None:
        painter.setFont(scaled_font(self._font, factor))
        painter.setPen(QColor(color))
        painter.drawText(spot, text)


class RecipeBox(NamedBox):
    """Its list may be wider than itself, and then hangs from its right edge."""

    def showPopup(self) -> None:
        """See Qt."""
        super().showPopup()
        popup = self.view().window()
        right = self.mapToGlobal(self.rect().topRight()).x()
        popup.move(right - popup.width() + 1, popup.y())


class SetupRow(QWidget):
    """``Destination`` and ``Recipe``.

    Signals:
        order_changed: ``Order``; the user chose otherwise.
    """

    order_changed = Signal(object)

    def __init__(self, order: Order, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._recipe = order.recipe
        self._answered: Order | None = None
        self.destination = QLineEdit(order.destination)
        self.recipe = RecipeBox()
        self._folder = QAction(self)
        self._browse = QPushButton("Browse…")
        self._row = QHBoxLayout(self)
        self._build()
        self._dress()
        self.show_recipes((RecipeTitle(order.recipe, _first_title(order.recipe), ""),))
        self.destination.editingFinished.connect(self._tell)
        self.recipe.activated.connect(self._choose_recipe)
        appearance.changed.connect(self._dress)

    def order(self) -> Order:
        """What Start is to be told; the destination is absolute, or empty when none is given."""
        text = self.destination.text().strip()
        # No Path.resolve(): it asks the disk, which may be a sleeping network share.
        folder = os.path.abspath(os.path.expanduser(text)) if text else ""  # noqa: PTH100, PTH111 - see above
        order, answered = Order(folder, self._recipe), self._answered
        return answered if answered is not None and answered._replace(existing=None) == order else order

    def choose_existing(self, choice: Existing | None) -> None:
        """What the next run is to do with names that are taken; None for what the settings say.

        It is said of the destination and the recipe as they are now, and not of others.
        """
        self._answered = self.order()._replace(existing=choice)

    def show_recipes(self, recipes: tuple[RecipeTitle, ...]) -> None:
        """Offer these; the chosen one stays, even where it is not among them."""
        self.recipe.clear()
        if self._recipe not in {recipe.name for recipe in recipes}:
            recipes = (*recipes, RecipeTitle(self._recipe, Path(self._recipe).name, "From a file."))
        for recipe in recipes:
            row = self.recipe.count()
            if recipe.is_own and not any(other.is_own for other in recipes[:row]):
                self.recipe.insertSeparator(row)
                row += 1
            self.recipe.addItem(recipe.title, recipe.name)
            self.recipe.setItemData(row, recipe.summary, _SUMMARY_ROLE)
            self.recipe.setItemData(row, recipe.summary, Qt.ItemDataRole.ToolTipRole)
            self.recipe.setItemData(
                row, f"{recipe.title}. {recipe.summary}", Qt.ItemDataRole.AccessibleTextRole
            )
        # As wide as its widest line: the sentences are what people choose by.
        self.recipe.view().setMinimumWidth(self.recipe.view().sizeHintForColumn(0) + spacing.LARGE)
        self.recipe.setCurrentIndex(self.recipe.findData(self._recipe))
        self._explain()

    def choose_recipe(self, name: str) -> None:
        """Take over a recipe that is offered as if it had been chosen."""
        self.recipe.setCurrentIndex(self.recipe.findData(name))
        self._choose_recipe(self.recipe.currentIndex())

    def offer_editing(self, edit: QAction, new: QAction) -> None:
        """A button for the first, with both in its menu."""
        menu = QMenu(self)
        menu.addActions([edit, new])
        button = QToolButton()
        button.setDefaultAction(edit)
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setAccessibleName("Edit recipe")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._row.addWidget(button)

    def browse(self) -> None:
        """Ask for the destination in the system's own dialog."""
        dialog = QFileDialog(self.window(), "Choose the destination", self.destination.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.choose_destination)
        dialog.open()

    def choose_destination(self, folder: str) -> None:
        """Take over a folder as if it had been typed."""
        self.destination.setText(folder)
        self._tell()

    def _choose_recipe(self, row: int) -> None:
        self._recipe = str(self.recipe.itemData(row))
        self._explain()
        self._tell()

    def _tell(self) -> None:
        self.order_changed.emit(self.order())

    def _explain(self) -> None:
        summary = str(self.recipe.currentData(_SUMMARY_ROLE) or "")
        self.recipe.setToolTip(plain_tip(summary))
        self.recipe.setAccessibleDescription(f"{self.recipe.currentText()}. {summary}")

    def _dress(self) -> None:
        colors = self._appearance.colors
        self._folder.setIcon(self._appearance.icon("folder", color=colors.secondary))

    def _build(self) -> None:
        self.destination.setAccessibleName("Destination")
        self.destination.setPlaceholderText("Folder for finished files")
        self.destination.setAcceptDrops(False)
        self.destination.addAction(self._folder, QLineEdit.ActionPosition.LeadingPosition)
        self.recipe.setAccessibleName("Recipe")
        self.recipe.setMinimumWidth(220)
        self.recipe.setItemDelegate(RecipeDelegate(self._appearance, self.recipe))
        self._browse.setToolTip("Choose the destination folder")
        self._browse.setAccessibleName("Choose destination")
        self._browse.clicked.connect(self.browse)
        row = self._row
        row.setContentsMargins(spacing.LARGE, 0, spacing.LARGE, spacing.MEDIUM)
        row.setSpacing(spacing.SMALL)
        row.addWidget(_label("Destination", self.destination))
        row.addWidget(self.destination, 1)
        row.addWidget(self._browse)
        row.addSpacing(spacing.MEDIUM)
        row.addWidget(_label("Recipe", self.recipe))
        row.addWidget(self.recipe)


def _is_separator(index: QModelIndex | QPersistentModelIndex) -> bool:
    return bool(index.data(Qt.ItemDataRole.AccessibleDescriptionRole) == "separator")  # as QComboBox marks it


def _first_title(recipe: str) -> str:
    """What a recipe is called until the engine has told its title: ``Thumbnail 256``, ``mine.toml``."""
    name = Path(recipe).name
    return name if Path(name).suffix else name.replace("-", " ").capitalize()


def _label(text: str, buddy: QWidget) -> QLabel:
    label = QLabel(text)
    label.setProperty("look", "secondary")
    label.setAccessibleName(f"{text}:")  # the field alone is called by the name
    label.setBuddy(buddy)
    return label
