"""Where the recipe that is being edited comes from and goes to."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFileDialog, QInputDialog, QPushButton, QWidget

from core.images.recipe import Output, Recipe
from gui.recipe_draft import Draft
from gui.recipe_files import Deleted, Left, Opened, RecipeFiles, Written, checked
from gui.recipe_words import name_from, recipe_words

NEW: Final = Recipe("new-recipe", "New recipe", "", (), (Output(),))

_ASKING_WIDTH: Final = 380
_FILTER: Final = "Recipes (*.toml)"
_DELETED: Final = "Deleted. As long as this window is open, Save brings it back."
_LEFT: Final = "These changes were not saved when Fetchmill was closed."


class RecipeFiling(QObject):
    """Opens, saves, exports and imports the draft.

    Args:
        draft: The recipe.
        window: Over which it asks for names.

    Signals:
        begun: nothing; the draft is another recipe now.
        saved: ``Written``: it is among the user's own.
        deleted: ``str``: the name of the one that is no longer among them.
        said: ``str``: how far that is; empty for nothing.
        failed: ``str``: why nothing came of it.
        in_the_way: nothing; there are changes that would be lost.
    """

    begun = Signal()
    saved = Signal(object)
    deleted = Signal(str)
    said = Signal(str)
    failed = Signal(str)
    in_the_way = Signal()

    def __init__(self, draft: Draft, window: QWidget) -> None:
        super().__init__(window)
        self._draft = draft
        self._window = window
        self._path: str | None = None
        self._being_saved = NEW
        self.files = RecipeFiles(self)
        self.files.opened.connect(self._take_opened)
        self.files.brought_back.connect(self._take_left)
        self.files.written.connect(self._take_written)
        self.files.deleted.connect(self._take_deleted)
        self.files.failed.connect(self.failed)

    @property
    def is_new(self) -> bool:
        """Whether it is not among the user's own yet."""
        return self._path is None

    def show_recipe(self, opened: Opened) -> None:
        """Edit this one; what is not the user's own becomes a copy."""
        recipe, self._path = opened
        if self._path is None and recipe is not NEW:
            recipe = recipe._replace(title=f"{recipe.title} (own)", summary="")
        if recipe.summary == recipe_words(recipe):
            recipe = recipe._replace(summary="")  # so that it goes on saying what the recipe does
        self._draft.begin(recipe)
        self.said.emit("")
        self.begun.emit()

    def problem(self) -> str:
        """Why it cannot be saved, one sentence; empty where it can."""
        if not self._draft.recipe.title.strip():
            return "The recipe needs a title."
        return checked(self.finished())

    def finished(self) -> Recipe:
        """The recipe with a summary, and a name to begin with."""
        recipe = self._draft.recipe
        name = recipe.name if self._path is not None else name_from(recipe.title, ())
        summary = recipe.summary.strip() or recipe_words(recipe)
        return recipe._replace(name=name, title=recipe.title.strip(), summary=summary)

    def save(self) -> None:
        """Write it among the user's own."""
        self._being_saved = self._draft.recipe
        self.said.emit("Saving…")
        self.files.save(self.finished(), self._path)

    def save_as_another(self, title: str) -> None:
        """Write it as a new one of that title; the one that it was stays."""
        if title.strip():
            self._path = None
            self._draft.put(self._draft.recipe._replace(title=title.strip()))
            self.save()

    def delete(self) -> None:
        """Take it away from the user's own; what is in the editor stays, and can be saved again."""
        if self._path is not None:
            self.files.delete(self._path)

    def leave(self) -> None:
        """Keep changes that are not saved for the next time; returns when they are on the disk."""
        if self._draft.is_changed and not self.problem():
            self.files.leave(self.finished())
        self.files.finish()

    # Asking

    def ask_for_title(self) -> None:
        """Ask for the title of a new one, and save it so."""
        dialog = QInputDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle("Save recipe as")
        dialog.setLabelText("Title of the new recipe")
        dialog.setTextValue(f"{self._draft.recipe.title.strip()} 2")
        dialog.setOkButtonText("Save")
        dialog.textValueSelected.connect(self.save_as_another)
        dialog.resize(_ASKING_WIDTH, dialog.height())
        dialog.show()
        for button in dialog.findChildren(QPushButton):
            button.setIcon(QIcon())  # Fusion's own, which no other button here has

    def ask_where_to_export(self) -> None:
        """Ask for a file, and write to it."""
        dialog = self._file_dialog("Export recipe", QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("toml")
        dialog.selectFile(f"{self.finished().name}.toml")
        dialog.fileSelected.connect(lambda path: self.files.export(self.finished(), path))
        dialog.open()

    def ask_what_to_import(self) -> None:
        """Ask for a file, and edit a copy of what it holds."""
        if self._draft.is_changed:
            self.in_the_way.emit()
            return
        dialog = self._file_dialog("Import recipe", QFileDialog.AcceptMode.AcceptOpen)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.files.open)
        dialog.open()

    def _file_dialog(self, title: str, mode: QFileDialog.AcceptMode) -> QFileDialog:
        dialog = QFileDialog(self._window, title, str(Path.home()), _FILTER)
        dialog.setAcceptMode(mode)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog

    # Answers

    def _take_opened(self, opened: Opened) -> None:
        if self._draft.is_changed:  # since it was asked for
            self.in_the_way.emit()
        else:
            self.show_recipe(opened)

    def _take_left(self, left: Left) -> None:
        if not self._draft.is_changed:
            self._path = left.path
            self._draft.begin(NEW._replace(name=left.recipe.name))
            self._draft.put(left.recipe)
            self.begun.emit()
            self.said.emit(_LEFT)

    def _take_deleted(self, deleted: Deleted) -> None:
        if deleted.path == self._path:
            self._path = None
            self.said.emit(_DELETED)
            self.deleted.emit(self._draft.recipe.name)

    def _take_written(self, written: Written) -> None:
        if written.is_export:
            self.said.emit(f"Written to {written.path}.")
            return
        self._path = written.path
        self._draft.note_saved(self._being_saved, written.recipe.name)
        self.said.emit("Saved.")
        self.saved.emit(written)
