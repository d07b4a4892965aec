"""The recipe editor: steps and outputs on the left, what they are told in the middle, what comes of it on the right."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QFont, QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.images.recipe import Operation
from core.images.regions import Framed
from gui import spacing
from gui.appearance import Appearance, scaled_font
from gui.command_bar import rule
from gui.formatting import plain_tip
from gui.recipe_draft import Draft
from gui.recipe_files import Opened
from gui.recipe_filing import NEW, RecipeFiling
from gui.recipe_form import RecipeForm
from gui.recipe_parts import RecipeParts
from gui.recipe_preview import PreviewPane
from gui.recipe_words import recipe_words
from gui.room import height_on_screen

_SIZE: Final = (1240, 780)
_WIDTHS: Final = (236, 348, 640)  # the second as wide as the widest form and its scroll bar
_QUESTION: Final = "There are changes that are not saved."


class RecipeEditor(QDialog):
    """A window of its own that holds nothing up.

    Signals:
        saved: ``Written``.
        deleted: ``str``: the name of the recipe that is no longer among the user's own.
        preview_wanted: ``PreviewWish``, or None when no more is looked at.
    """

    saved = Signal(object)
    deleted = Signal(str)
    preview_wanted = Signal(object)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._appearance = appearance
        self._fault = self._said = ""
        self._asks = False
        self.draft = Draft(NEW, self)
        self.filing = RecipeFiling(self.draft, self)
        self.title = QLineEdit()
        self.summary = QLineEdit()
        self.parts = RecipeParts(self.draft, appearance)
        self.form = RecipeForm(self.parts.own.list)
        self.preview = PreviewPane(appearance)
        self.message = QLabel()
        self.undo_button, self.redo_button, self._more = QToolButton(), QToolButton(), QToolButton()
        self._discard = QPushButton("Discard changes")
        self._save_as = QPushButton("Save as…")
        self.save_button = QPushButton("Save")
        self._build()
        self._wire()
        width = min(_SIZE[0], self.screen().availableGeometry().width())
        self.resize(width, height_on_screen(self, _SIZE[1]))
        self.setMinimumSize(860, 520)

    # For others

    def show_recipe(self, opened: Opened) -> None:
        """Edit this one; what is not the user's own becomes a copy."""
        self.filing.show_recipe(opened)

    def may_begin_another(self) -> bool:
        """Whether nothing would be lost by that; where something would, it is asked here."""
        if not self.draft.is_changed:
            return True
        self._ask()
        return False

    def save(self) -> None:
        """Write it among the user's own."""
        if not self.problem():
            self.filing.save()

    def problem(self) -> str:
        """Why it cannot be saved, one sentence; empty where it can."""
        return self._fault or self.filing.problem()

    def leave(self) -> None:
        """Close without a question; changes that are not saved are there the next time."""
        self.filing.leave()
        self.draft.begin(self.draft.recipe)
        self.close()

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        """See Qt."""
        super().showEvent(event)
        self.preview.ask()

    def closeEvent(self, event: QCloseEvent) -> None:
        """See Qt; asks, in the window itself, where something would be lost."""
        if self.draft.is_changed:
            event.ignore()
            self._ask()
            return
        self.preview.forget()
        self.preview_wanted.emit(None)
        event.accept()

    def reject(self) -> None:
        """See Qt; Escape."""
        if self._asks:
            self._answer_no()
        else:
            self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See Qt; Return is for the field that has the focus."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    # Keeping in step

    def _refresh(self) -> None:
        recipe, draft = self.draft.recipe, self.draft
        for line, text in ((self.title, recipe.title), (self.summary, recipe.summary)):
            if line.text() != text:
                line.setText(text)
                line.setCursorPosition(0)
        self.summary.setPlaceholderText(recipe_words(recipe))
        self.setWindowTitle(f"{recipe.title or 'Recipe'}{' *' if draft.is_changed else ''}")
        self.undo_button.setEnabled(draft.can_undo)
        self.redo_button.setEnabled(draft.can_redo)
        self._show_part()
        problem = self.problem()
        self._save_as.setEnabled(not problem)
        can_save = not problem and (draft.is_changed or self.filing.is_new)
        if self.save_button.hasFocus() and not can_save:
            self._save_as.setFocus()  # else Qt gives the keys to some field, which the next one would change
        self.save_button.setEnabled(can_save)
        self._say(problem or (_QUESTION if self._asks else self._said), is_fault=bool(problem))
        self._discard.setVisible(self._asks)
        if not problem:
            self._try()

    def _show_part(self) -> None:
        part, frames = self.parts.part(), self.preview.view.frames
        self.form.show_part(part, named=len(self.draft.recipe.outputs) > 1)
        frames.show(part if isinstance(part, Operation) else None)
        self.form.choose_region(frames.current)

    def _try(self) -> None:
        step = self.parts.step() if isinstance(self.parts.part(), Framed) else None
        self.preview.show_recipe(self.draft.recipe, self.parts.output, step)

    def _say(self, words: str, *, is_fault: bool) -> None:
        look = "failed" if is_fault else "secondary"
        if self.message.property("look") != look:
            self.message.setProperty("look", look)
            self.message.style().unpolish(self.message)
            self.message.style().polish(self.message)
        self.message.setText(words)
        self.message.setToolTip(plain_tip(words))
        self.message.setAccessibleName(words or "Nothing to remark")

    def _take_change(self) -> None:
        self._said, self._asks = "", False
        self._refresh()

    def _take_fault(self, fault: str) -> None:
        if fault != self._fault:
            self._fault = fault
            self._refresh()

    def _take_words(self) -> None:
        recipe = self.draft.recipe
        self.draft.put(recipe._replace(title=self.title.text(), summary=self.summary.text()), "words")

    def _take_choice(self) -> None:
        self._show_part()
        if not self.problem():
            self._try()

    def _take_begin(self) -> None:
        self._asks = False
        self.parts.choose_first()
        self._refresh()
        if self.draft.recipe is NEW:  # its title is the first thing to be typed
            self.title.setFocus()
            self.title.selectAll()
        self.preview.ask()

    def _take_words_on_files(self, words: str) -> None:
        self._said, self._asks = words, False
        self._refresh()

    def _take_failure(self, words: str) -> None:
        self._said = words
        self._refresh()
        self._say(words, is_fault=True)

    # Asking

    def _want_title(self) -> None:
        if not self.problem():
            self.filing.ask_for_title()

    def _ask(self) -> None:
        self._asks = True
        self._refresh()
        self.raise_()
        self.activateWindow()
        self.save_button.setFocus()

    def _answer_no(self) -> None:
        self._asks = False
        self._refresh()

    def _discard_changes(self) -> None:
        self.draft.reset()
        self.close()

    def _offer(self) -> None:
        self._export.setEnabled(not self.problem())
        self._reset.setEnabled(self.draft.is_changed)
        self._delete.setEnabled(not self.filing.is_new)

    # Making

    def _build(self) -> None:
        self.title.setAccessibleName("Title")
        self.title.setPlaceholderText("Title")
        self.title.setFont(scaled_font(self.font(), 1.15, QFont.Weight.DemiBold))
        self.title.setFixedWidth(_WIDTHS[0] + 40)
        self.summary.setAccessibleName("Summary")
        for button, text in ((self.undo_button, "Undo"), (self.redo_button, "Redo"), (self._more, "More")):
            button.setAccessibleName(text)
            button.setProperty("look", "plain")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.undo_button.setToolTip("Undo (Ctrl+Z)")
        self.redo_button.setToolTip("Redo (Ctrl+Shift+Z)")
        self._build_more()
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setWordWrap(True)
        self.save_button.setProperty("look", "primary")
        for push in (self._discard, self._save_as, self.save_button):
            push.setAutoDefault(False)
        self._discard.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addWidget(rule())
        column.addWidget(self._body(), 1)
        column.addWidget(rule())
        column.addLayout(self._foot())
        self._appearance.changed.connect(self._dress)
        self._dress()

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(spacing.LARGE, spacing.MEDIUM, spacing.LARGE, spacing.MEDIUM)
        row.setSpacing(spacing.SMALL)
        row.addWidget(self.title)
        row.addWidget(self.summary, 1)
        for button in (self.undo_button, self.redo_button, self._more):
            row.addWidget(button)
        return row

    def _body(self) -> QSplitter:
        body = QSplitter(Qt.Orientation.Horizontal)
        body.setHandleWidth(1)
        body.setChildrenCollapsible(False)
        self.form.setMinimumWidth(_WIDTHS[1])
        for widget in (self.parts, self.form, self.preview):
            body.addWidget(widget)
        body.setSizes(list(_WIDTHS))
        body.setStretchFactor(2, 1)
        body.setStretchFactor(0, 0)
        body.setStretchFactor(1, 0)
        return body

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(spacing.LARGE, spacing.SMALL, spacing.LARGE, spacing.SMALL)
        row.setSpacing(spacing.SMALL)
        row.addWidget(self.message, 1)
        for button in (self._discard, self._save_as, self.save_button):
            row.addWidget(button)
        return row

    def _build_more(self) -> None:
        menu = QMenu(self)
        menu.addAction("Import from file…", self.filing.ask_what_to_import)
        self._export = menu.addAction("Export to file…", self.filing.ask_where_to_export)
        menu.addSeparator()
        self._reset = menu.addAction("Reset to what was saved", self.draft.reset)
        self._delete = menu.addAction("Delete recipe", self.filing.delete)
        menu.aboutToShow.connect(self._offer)
        self._more.setText("More")
        self._more.setProperty("look", None)
        self._more.setToolTip("Import, export, reset, delete")
        self._more.setMenu(menu)
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def _wire(self) -> None:
        self.draft.changed.connect(self._take_change)
        self.parts.chosen.connect(self._take_choice)
        self.form.edited.connect(self.parts.put)
        self.form.fault_changed.connect(self._take_fault)
        self.title.textEdited.connect(self._take_words)
        self.summary.textEdited.connect(self._take_words)
        self.preview.wanted.connect(self.preview_wanted)
        self.preview.view.frames.edited.connect(self.parts.put)
        self.preview.view.frames.chosen.connect(self.form.choose_region)
        self.form.region_chosen.connect(self.preview.view.frames.choose)
        self.filing.saved.connect(self.saved)
        self.filing.deleted.connect(self.deleted)
        self.filing.begun.connect(self._take_begin)
        self.filing.said.connect(self._take_words_on_files)
        self.filing.failed.connect(self._take_failure)
        self.filing.in_the_way.connect(self._ask)
        self.undo_button.clicked.connect(self.draft.undo)
        self.redo_button.clicked.connect(self.draft.redo)
        self._discard.clicked.connect(self._discard_changes)
        self._save_as.clicked.connect(self.filing.ask_for_title)
        self.save_button.clicked.connect(self.save)
        for keys, slot in (
            ("Ctrl+Z", self.draft.undo),
            ("Ctrl+Shift+Z", self.draft.redo),
            ("Ctrl+Y", self.draft.redo),
            ("Ctrl+S", self.save),
            ("Ctrl+Shift+S", self._want_title),
        ):
            QShortcut(QKeySequence(keys), self, slot)

    def _dress(self) -> None:
        self.undo_button.setIcon(self._appearance.icon("undo"))
        self.redo_button.setIcon(self._appearance.icon("redo"))
