"""The menu of all operations, by what they are about, with a field to search in."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget, QWidgetAction

from core.images.recipe import OPERATIONS, Operation
from core.images.relevance import COLOURS, GROUPS, group_of
from gui.recipe_words import operation_tip, operation_title


class OperationMenu(QMenu):
    """All operations.

    Signals:
        chosen: A kind of operation.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Add step", parent)
        self.setToolTipsVisible(True)
        self.search = _SearchLine()
        self.search.textChanged.connect(self._filter)
        self.search.entered.connect(self._choose_first)
        self.search.left_downwards.connect(self._go_down)
        holder = QWidgetAction(self)
        holder.setDefaultWidget(self.search)
        self.addAction(holder)
        self._groups: list[tuple[QAction, list[QAction]]] = []
        for title in (*GROUPS, COLOURS):
            kinds = [kind for kind in OPERATIONS.values() if group_of(kind) == title]
            self._groups.append((self._heading(title), [self._one(kind) for kind in kinds]))

    def showEvent(self, event: QShowEvent) -> None:
        """See Qt."""
        super().showEvent(event)
        self.search.clear()
        self.search.setFocus()

    def shown(self) -> list[QAction]:
        """The operations that the search lets through."""
        return [action for _, actions in self._groups for action in actions if action.isVisible()]

    def _heading(self, title: str) -> QAction:
        heading = QAction(title, self)
        heading.setEnabled(False)
        self.addAction(heading)
        return heading

    def _one(self, kind: type[Operation]) -> QAction:
        action = QAction(operation_title(kind), self)
        action.setToolTip(operation_tip(kind))
        action.triggered.connect(lambda: self.chosen.emit(kind))
        self.addAction(action)
        return action

    def _filter(self, text: str) -> None:
        needle = text.strip().casefold()
        for heading, actions in self._groups:
            for action in actions:
                action.setVisible(needle in f"{action.text()} {action.toolTip()}".casefold())
            heading.setVisible(any(action.isVisible() for action in actions))

    def _choose_first(self) -> None:
        needle = self.search.text().strip().casefold()
        # What is called so comes before what is only described so.
        if found := sorted(self.shown(), key=lambda action: needle not in action.text().casefold()):
            self.close()
            found[0].trigger()

    def _go_down(self) -> None:
        if found := self.shown():
            self.setFocus()
            self.setActiveAction(found[0])


class _SearchLine(QLineEdit):
    """Narrows the menu down.

    Signals:
        entered: nothing; the first that is found is meant.
        left_downwards: nothing; the keys are for the menu from now on.
    """

    entered = Signal()
    left_downwards = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText("Search steps")
        self.setAccessibleName("Search steps")
        self.setMinimumWidth(220)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See Qt."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Down:
            self.left_downwards.emit()
        else:
            super().keyPressEvent(event)
