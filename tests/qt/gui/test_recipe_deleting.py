"""One of the user's own recipes that is deleted in its editor, and brought back from there."""

from pathlib import Path

from PySide6.QtWidgets import QMenu

from core.images.recipe import Flip, Output, Recipe
from core.images.recipe_file import recipe_as_text
from core.job import RecipeTitle
from core.places import recipes_folder
from core.settings import Settings
from gui.main_window import MainWindow
from gui.recipe_editor import RecipeEditor
from tests.qt.gui.scripted_engine import RECIPES, ScriptedEngine
from tests.support.waiting import wait_for_signal, wait_until

MINE = Recipe("mine", "Mine", "Mirrored.", (Flip(),), (Output(),))


def opened(window: MainWindow, scripted: ScriptedEngine) -> tuple[RecipeEditor, Path]:
    """The editor with one of the user's own, which is also the chosen one."""
    recipes_folder().mkdir(parents=True, exist_ok=True)
    path = recipes_folder() / "mine.toml"
    path.write_text(recipe_as_text(MINE))
    scripted.ready.emit((*RECIPES, RecipeTitle("mine", "Mine", "Mirrored.", is_own=True)))
    window.setup.choose_recipe("mine")
    window.actions_by_name["edit_recipe"].trigger()
    editor = window.recipe_editing.editor
    assert editor is not None
    wait_until(lambda: editor.draft.recipe == MINE)
    return editor, path


def titles(window: MainWindow) -> list[str]:
    return [window.setup.recipe.itemText(at) for at in range(window.setup.recipe.count())]


def delete(editor: RecipeEditor) -> None:
    (menu,) = (one for one in editor.findChildren(QMenu) if one is editor._more.menu())
    menu.aboutToShow.emit()
    action = next(one for one in menu.actions() if one.text() == "Delete recipe")
    assert action.isEnabled()
    wait_for_signal(editor.deleted, action.trigger)
    menu.aboutToShow.emit()
    assert not action.isEnabled(), "it is deleted already"


def test_it_goes_and_the_usual_one_takes_its_place(window: MainWindow, scripted: ScriptedEngine) -> None:
    editor, path = opened(window, scripted)
    assert "Mine" in titles(window)
    delete(editor)
    assert not path.exists()
    assert "Mine" not in titles(window)
    assert window.setup.order().recipe == Settings().recipe
    assert "Save brings it back" in editor.message.text()
    editor.close()
    assert not editor.isVisible(), "there is nothing to ask"


def test_as_long_as_the_editor_is_open_it_can_be_saved_again(
    window: MainWindow, scripted: ScriptedEngine
) -> None:
    editor, path = opened(window, scripted)
    delete(editor)
    wait_for_signal(editor.saved, editor.save_button.click)
    assert path.read_text() == recipe_as_text(MINE)
    assert window.setup.order().recipe == "mine"
    editor.close()
