"""The row of buttons at the top, with the search field."""

from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QMenu, QToolButton, QWidget

from gui import spacing
from gui.action_button import wear_icon
from gui.actions import Actions
from gui.appearance import Appearance

_RUN: Final = ("start", "pause", "cancel")
_TIDY: Final = ("retry_failed", "remove", "clear_finished")
_MENU: Final = ("paste_links", "add_files", "add_folder", "add_clipboard")
_MORE: Final = (
    ("undo", "invert_selection"),
    ("import_list", "export_list", "export_links", "export_failed"),
    ("show_plan", "report"),
)
_HELP: Final = ("shortcuts", "copy_diagnostics", "open_log_folder", "about")
_NARROW: Final = 1160
_SEARCH_WIDTHS: Final = (120, 240)
_REST: Final = 120


class SearchField(QLineEdit):
    """Tells what is searched for a moment after the last key.

    Signals:
        search_changed: The text, without spaces around it.
        left_downwards: nothing; the user wants to go on in the table.
    """

    search_changed = Signal(str)
    left_downwards = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._glass = QAction(self)
        self.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self.setAccessibleName("Search")
        self.setPlaceholderText("Search")
        self.setClearButtonEnabled(True)
        self.setAcceptDrops(False)
        self.setMinimumWidth(_SEARCH_WIDTHS[0])
        self.setMaximumWidth(_SEARCH_WIDTHS[1])
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._rest.timeout.connect(lambda: self.search_changed.emit(self.text().strip()))
        self.textChanged.connect(self._rest.start)
        appearance.changed.connect(self._dress)
        self._dress()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See Qt; Escape empties the field, Down goes to the table."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left_downwards.emit()
        else:
            super().keyPressEvent(event)

    def _dress(self) -> None:
        self._glass.setIcon(self._appearance.icon("search", color=self._appearance.colors.secondary))


class CommandBar(QWidget):
    """Buttons for the actions; where the window is narrow, tidying ones lose their words."""

    def __init__(self, actions: Actions, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.search = SearchField(appearance)
        self._tidy = [_button(actions[name], appearance) for name in _TIDY]
        self._add = _button(actions["add"], appearance)
        self._settings = _button(actions["settings"], appearance, with_words=False)
        self._add_menu = QMenu(self)
        self._more = QToolButton()
        self._build(actions)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See Qt."""
        super().resizeEvent(event)
        narrow = self.width() < _NARROW
        style = Qt.ToolButtonStyle
        for button in self._tidy:
            button.setToolButtonStyle(style.ToolButtonIconOnly if narrow else style.ToolButtonTextBesideIcon)

    def _build(self, actions: Actions) -> None:
        self._add_menu.addActions([actions[name] for name in _MENU])
        self._add.setProperty("look", "outlined")
        self._add.setMenu(self._add_menu)
        self._add.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self._build_more(actions)
        self._settings.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        row = QHBoxLayout(self)
        row.setContentsMargins(spacing.LARGE, spacing.MEDIUM, spacing.LARGE, spacing.MEDIUM)
        row.setSpacing(spacing.TINY)
        row.addWidget(self._add)
        row.addSpacing(spacing.TINY)
        for name in _RUN:
            row.addWidget(_button(actions[name], self._appearance))
        row.addWidget(_divider())
        for button in self._tidy:
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.search, 100)  # as wide as it may be before the gap gets anything
        row.addSpacing(spacing.TINY)
        row.addWidget(self._more)
        row.addWidget(self._settings)

    def _build_more(self, actions: Actions) -> None:
        menu = QMenu(self)
        for group in _MORE:
            if menu.actions():
                menu.addSeparator()
            menu.addActions([actions[name] for name in group])
        menu.addSeparator()
        menu.addMenu("Help").addActions([actions[name] for name in _HELP])
        self._more.setText("More")
        self._more.setAccessibleName("More")
        self._more.setToolTip("Undo, import, export, plan, report, help")
        self._more.setMenu(menu)
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.setFocusPolicy(Qt.FocusPolicy.TabFocus)


def _button(action: QAction, appearance: Appearance, *, with_words: bool = True) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setAccessibleName(action.text())
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setIconSize(QSize(spacing.ICON, spacing.ICON))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if action.objectName() == "start":
        button.setProperty("look", "primary")
    if with_words:
        wear_icon(button, action, appearance, spacing.ICON)
    return button


def _divider() -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(spacing.SMALL, 0, spacing.SMALL, 0)
    line = rule(upright=True)
    line.setFixedHeight(20)
    row.addWidget(line)
    return holder


def rule(*, upright: bool = False) -> QWidget:
    """A hairline in the colour of borders."""
    line = QFrame()
    line.setObjectName("rule")
    if upright:
        line.setFixedWidth(1)
    else:
        line.setFixedHeight(1)
    return line
