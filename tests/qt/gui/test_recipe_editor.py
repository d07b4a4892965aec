"""The recipe editor as it is used: a real engine makes the previews, real files hold the recipes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton, QWidget

from core.engine import Engine
from core.images.recipe import Flip, Keeping, Output, OutputFormat, Recipe, Resize, ResizeMode, Sharpen
from core.images.recipe_file import find_recipe, parse_recipe, recipe_as_text, recipe_text
from core.places import recipes_folder
from core.settings import Settings
from gui.appearance import Appearance
from gui.main_window import MainWindow
from gui.recipe_draft import EVERYWHERE
from gui.recipe_editor import RecipeEditor
from gui.recipe_files import Opened
from gui.recipe_filing import NEW
from gui.recipe_preview import Sample
from gui.recipe_steps import PartSection
from tests.qt.gui.scripted_engine import ScriptedEngine, snapshot
from tests.support.pictures import jpeg_bytes
from tests.support.waiting import wait_for_signal, wait_until
from tests.support.watching import Expectations

MINE = Recipe(
    "mine",
    "Mine",
    "Small and sharp.",
    (Resize(ResizeMode.FIT, 320, 320), Sharpen()),
    (Output("web", format=OutputFormat.WEBP), Output("thumb", (Resize(ResizeMode.FILL, 64, 64),))),
)


@pytest.fixture
def editor(appearance: Appearance, keep: Callable[[QWidget], None]) -> RecipeEditor:
    editor = RecipeEditor(appearance)
    keep(editor)
    editor.show()
    editor.activateWindow()
    wait_until(editor.isActiveWindow)
    return editor


@pytest.fixture
def photo(tmp_path: Path) -> str:
    path = tmp_path / "photo.jpg"
    path.write_bytes(jpeg_bytes(640, 480))
    return str(path)


def stored(recipe: Recipe) -> Path:
    """The recipe among the user's own."""
    recipes_folder().mkdir(parents=True, exist_ok=True)
    path = recipes_folder() / f"{recipe.name}.toml"
    path.write_text(recipe_as_text(recipe))
    return path


def click(section: PartSection, row: int) -> None:
    lines = section.list
    spot = lines.visualItemRect(lines.item(row)).center()
    QTest.mouseClick(lines.viewport(), Qt.MouseButton.LeftButton, pos=spot)


def saved(editor: RecipeEditor) -> Path:
    (written,) = wait_for_signal(editor.saved, editor.save_button.click)
    return Path(written.path)  # type: ignore[attr-defined]  # it is Written


def join(editor: RecipeEditor, engine: Engine) -> None:
    editor.preview_wanted.connect(engine.preview)
    engine.previewed.connect(editor.preview.take)


def test_a_preview_follows_what_is_changed(editor: RecipeEditor, engine: Engine, photo: str) -> None:
    join(editor, engine)
    editor.show_recipe(Opened(MINE._replace(operations=(Resize(ResizeMode.FIT, 320, 320),)), "x"))
    editor.preview.show_samples([Sample(photo, "photo.jpg")])
    wait_until(editor.preview.is_up_to_date, timeout_s=60)
    assert editor.preview.caption.text().startswith("320 \N{MULTIPLICATION SIGN} 240 WebP, ")
    assert "% of " in editor.preview.caption.text()
    click(editor.parts.steps, 0)
    spin = editor.form.field("width").focusProxy()
    assert spin is not None
    spin.setFocus()
    QTest.keySequence(spin, "Ctrl+A")
    QTest.keyClicks(spin, "160")
    assert not editor.preview.is_up_to_date()
    wait_until(editor.preview.is_up_to_date, timeout_s=60)
    assert editor.preview.caption.text().startswith("160 \N{MULTIPLICATION SIGN} 120 WebP, ")
    click(editor.parts.outputs, 1)
    wait_until(editor.preview.is_up_to_date, timeout_s=60)
    assert editor.preview.caption.text().startswith("64 \N{MULTIPLICATION SIGN} 64 JPEG, ")
    editor.draft.undo()
    editor.draft.reset()
    editor.close()
    wait_until(lambda: not editor.isVisible())


def test_what_goes_wrong_is_told_in_the_window(editor: RecipeEditor, engine: Engine, tmp_path: Path) -> None:
    join(editor, engine)
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"<html>please log in</html>")
    editor.show_recipe(Opened(MINE, "x"))
    editor.preview.show_samples([Sample(str(bad), "bad.jpg")])
    wait_until(lambda: editor.preview.caption.text() == "Not a picture", timeout_s=60)
    assert "web page" in editor.preview.view.accessibleDescription()


def test_a_built_in_recipe_becomes_a_copy(editor: RecipeEditor) -> None:
    before = recipe_text("web-1920")
    wait_for_signal(editor.filing.files.opened, lambda: editor.filing.files.open("web-1920"))
    assert not editor.draft.is_changed
    path = saved(editor)
    assert path.parent == recipes_folder()
    assert recipe_text("web-1920") == before
    again = parse_recipe(path.read_text(), "it")
    built_in = find_recipe("web-1920")
    assert (again.operations, again.outputs) == (built_in.operations, built_in.outputs)
    assert again.name not in (built_in.name, NEW.name)


def test_one_of_the_users_own_is_written_again(editor: RecipeEditor) -> None:
    path = stored(MINE)
    wait_for_signal(editor.filing.files.opened, lambda: editor.filing.files.open("mine"))
    assert editor.draft.recipe == MINE
    assert not editor.save_button.isEnabled(), "there is nothing to save"
    click(editor.parts.steps, 1)
    QTest.keyClick(editor.parts.steps.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    QTest.keySequence(editor.parts.steps.list, "Ctrl+D")
    assert saved(editor) == path
    assert find_recipe("mine", recipes_folder()).operations == (Sharpen(), Sharpen(), MINE.operations[0])
    assert not editor.draft.is_changed
    assert [one.name for one in recipes_folder().iterdir()] == ["mine.toml"]


def test_save_as_leaves_the_first_as_it_was(editor: RecipeEditor) -> None:
    path = stored(MINE)
    wait_for_signal(editor.filing.files.opened, lambda: editor.filing.files.open("mine"))
    wait_for_signal(editor.saved, lambda: editor.filing.save_as_another("Mine, too"))
    assert path.read_text() == recipe_as_text(MINE)
    assert find_recipe("mine-too", recipes_folder()) == MINE._replace(name="mine-too", title="Mine, too")
    wait_for_signal(editor.saved, lambda: editor.filing.save_as_another("Mine, too"))
    assert find_recipe("mine-too-2", recipes_folder()).title == "Mine, too"


def test_export_and_import_bring_back_the_same(editor: RecipeEditor, tmp_path: Path) -> None:
    editor.show_recipe(Opened(MINE, "x"))
    target = str(tmp_path / "shared.toml")
    wait_for_signal(editor.filing.files.written, lambda: editor.filing.files.export(MINE, target))
    assert editor.message.text() == f"Written to {target}."
    wait_for_signal(editor.filing.files.opened, lambda: editor.filing.files.open(target))
    shown = editor.draft.recipe
    assert (shown.operations, shown.outputs) == (MINE.operations, MINE.outputs)


def test_a_file_that_is_no_recipe_is_told(editor: RecipeEditor, tmp_path: Path) -> None:
    editor.show_recipe(Opened(MINE, "x"))
    path = tmp_path / "bad.toml"
    path.write_text("schema = 2\nname = 'a'\ntitle = 'A'\nsummary = 'A'\n[[operations]]\ntype = 'melt'\n")
    wait_for_signal(editor.filing.files.failed, lambda: editor.filing.files.open(str(path)))
    assert "line 6" in editor.message.text()
    assert editor.draft.recipe == MINE


def test_what_cannot_be_written_is_told(editor: RecipeEditor, tmp_path: Path) -> None:
    editor.show_recipe(Opened(MINE, None))
    target = str(tmp_path / "nowhere" / "a.toml")
    wait_for_signal(editor.filing.files.failed, lambda: editor.filing.files.export(MINE, target))
    assert "cannot be written" in editor.message.text()


def test_a_recipe_without_a_title_is_not_saved(editor: RecipeEditor) -> None:
    editor.show_recipe(Opened(MINE, "x"))
    editor.title.selectAll()
    QTest.keyClick(editor.title, Qt.Key.Key_Delete)
    assert editor.message.text() == "The recipe needs a title."
    assert not editor.save_button.isEnabled()
    QTest.keyClicks(editor.title, "Other")
    assert editor.message.text() == ""
    assert editor.save_button.isEnabled()


def test_a_step_is_added_from_the_menu(editor: RecipeEditor, expect: Expectations) -> None:
    expect.qt("does not support grabbing the keyboard")  # the offscreen platform
    editor.show_recipe(Opened(NEW._replace(outputs=()), None))
    QTest.mouseClick(editor.parts.steps.add, Qt.MouseButton.LeftButton)
    menu = editor.parts._menu
    wait_until(menu.isVisible)
    QTest.keyClicks(menu.search, "mirr")
    assert [action.text() for action in menu.shown()] == ["Flip"]
    QTest.keyClick(menu.search, Qt.Key.Key_Return)
    assert editor.draft.recipe.operations == (Flip(),)
    assert editor.draft.recipe.outputs == (Output(),), "steps alone would make nothing"
    assert editor.parts.part() == Flip()


def test_steps_are_moved_by_the_mouse(editor: RecipeEditor) -> None:
    editor.show_recipe(Opened(MINE, "x"))
    click(editor.parts.steps, 1)
    lines = editor.parts.steps.list
    spot = QPointF(lines.visualItemRect(lines.item(0)).center())
    move, buttons, keys = Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    lines.dropEvent(QDropEvent(spot, move, QMimeData(), buttons, keys))
    assert editor.draft.recipe.operations == MINE.operations[::-1]
    assert editor.parts.part() == Sharpen()


def test_several_outputs_get_names_and_steps_of_their_own(editor: RecipeEditor) -> None:
    editor.show_recipe(Opened(NEW, None))
    assert not editor.parts.own.isVisible()
    QTest.mouseClick(editor.parts.outputs.add, Qt.MouseButton.LeftButton)
    names = [output.name for output in editor.draft.recipe.outputs]
    assert names == ["same", "webp"]
    assert editor.parts.own.isVisible()
    assert editor.problem() == ""
    QTest.keyClick(editor.parts.outputs.list, Qt.Key.Key_Delete)
    assert len(editor.draft.recipe.outputs) == 1


def test_a_further_output_tells_no_more_of_the_place(editor: RecipeEditor) -> None:
    editor.show_recipe(Opened(NEW._replace(outputs=(Output(gps=Keeping.STRIP),)), None))
    QTest.mouseClick(editor.parts.outputs.add, Qt.MouseButton.LeftButton)
    assert [one.gps for one in editor.draft.recipe.outputs] == [Keeping.STRIP] * 2


def test_closing_asks_in_the_window_itself(editor: RecipeEditor) -> None:
    editor.show_recipe(Opened(MINE, "x"))
    click(editor.parts.steps, 0)
    QTest.keyClick(editor.parts.steps.list, Qt.Key.Key_Delete)
    editor.close()
    assert editor.isVisible()
    assert "not saved" in editor.message.text()
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert editor.message.text() == ""
    assert editor.isVisible()
    editor.close()
    discard = next(one for one in editor.findChildren(QPushButton) if one.text() == "Discard changes")
    wanted: list[object] = []
    editor.preview_wanted.connect(wanted.append)
    QTest.mouseClick(discard, Qt.MouseButton.LeftButton)
    assert not editor.isVisible()
    assert wanted[-1] is None, "the engine may let its children go"


def test_the_line_between_before_and_after_is_moved(editor: RecipeEditor) -> None:
    view = editor.preview.view
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.share == pytest.approx(0.45)
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view.share == 1
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(view.width() // 4, 40))
    assert view.share == pytest.approx(0.25, abs=0.01)


def test_everything_has_a_name_for_those_who_listen(editor: RecipeEditor) -> None:
    editor.show_recipe(Opened(MINE, "x"))
    for button in editor.findChildren(QToolButton):
        if button.isVisible() and not button.objectName().startswith("qt_"):
            assert button.accessibleName() or button.text(), button
    assert editor.parts.steps.list.accessibleName() == "Steps"


def test_the_keys_go_from_the_left_to_the_right_and_change_nothing(editor: RecipeEditor) -> None:
    editor.show_recipe(Opened(MINE, "x"))
    editor.title.setFocus()
    names: list[str] = []
    while (focused := QApplication.focusWidget()) is not None and focused.accessibleName() not in names:
        names.append(focused.accessibleName())
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    wanted = ["Title", "Summary", "Steps", "Outputs", "How", "Width", "Height", "Before and after"]
    assert [name for name in names if name in wanted] == wanted
    assert editor.parts.part() == MINE.operations[0]
    click(editor.parts.outputs, 1)
    editor.parts.own.list.setFocus()
    QTest.keyClick(editor.parts.own.list, Qt.Key.Key_Tab)
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.accessibleName() == "Output name"


def test_it_fits_on_a_small_screen(editor: RecipeEditor) -> None:
    editor.show_recipe(Opened(MINE, "x"))
    editor.resize(1024, 600)
    QApplication.processEvents()
    assert (editor.width(), editor.height()) == (1024, 600)
    assert editor.preview.view.width() >= 280


# In the window


def test_the_window_opens_it_with_the_chosen_recipe_and_real_samples(
    window: MainWindow, scripted: ScriptedEngine, photo: str
) -> None:
    window.setup.choose_recipe("web-1920")
    scripted.play_added([snapshot(1, original=photo), snapshot(2), snapshot(3, original="/gone/list.txt")])
    window.actions_by_name["edit_recipe"].trigger()
    editor = window.recipe_editing.editor
    assert editor is not None
    wait_for_signal(editor.filing.files.opened)
    assert editor.draft.recipe.operations == find_recipe("web-1920").operations
    assert editor.preview.sample() == photo
    assert editor.preview.samples.count() == 1
    wait_until(lambda: any(name == "preview" for name, *_ in scripted.commands))
    editor.close()
    assert scripted.commands[-1] == ("preview", None)


def test_the_first_picture_that_arrives_is_tried(
    window: MainWindow, scripted: ScriptedEngine, photo: str
) -> None:
    scripted.play_added([snapshot(1)])
    window.actions_by_name["new_recipe"].trigger()
    editor = window.recipe_editing.editor
    assert editor is not None
    assert editor.preview.sample() == ""
    scripted.play_changed([snapshot(1, original=photo)])
    wait_until(lambda: editor.preview.sample() == photo)

    def asked() -> int:
        return sum(name == "preview" for name, *_ in scripted.commands)

    wait_until(lambda: asked() == 1)
    scripted.be_ready()  # another engine, after the first was lost
    wait_until(lambda: asked() == 2)
    editor.close()


def test_a_picture_that_is_dropped_is_tried(editor: RecipeEditor, photo: str) -> None:
    dropped = QMimeData()
    dropped.setUrls([QUrl("https://example.org/a.jpg"), QUrl.fromLocalFile(photo)])
    spot, buttons, keys = QPointF(20, 20), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(spot, Qt.DropAction.CopyAction, dropped, buttons, keys)
    editor.preview.dropEvent(event)
    assert editor.preview.sample() == photo


def test_what_is_saved_is_chosen_in_the_window(window: MainWindow) -> None:
    window.actions_by_name["new_recipe"].trigger()
    editor = window.recipe_editing.editor
    assert editor is not None
    saved(editor)
    assert window.setup.order().recipe == "new-recipe"
    assert window.setup.recipe.currentText() == "New recipe"
    editor.close()


def test_the_window_stays_for_changes_that_are_not_saved(
    window: MainWindow, scripted: ScriptedEngine
) -> None:
    window.actions_by_name["new_recipe"].trigger()
    editor = window.recipe_editing.editor
    assert editor is not None
    QTest.mouseClick(editor.parts.outputs.add, Qt.MouseButton.LeftButton)
    window.close()
    assert window.isVisible()
    assert ("shut_down",) not in scripted.commands
    assert "not saved" in editor.message.text()
    window.actions_by_name["edit_recipe"].trigger()
    assert len(editor.draft.recipe.outputs) == 2, "nor does another recipe take its place"
    wait_for_signal(window.closed, window.leave)  # the end of a login asks nobody
    assert not editor.isVisible()


def test_changes_that_were_not_saved_are_there_the_next_time(
    open_window: Callable[[Settings], MainWindow], scripted: ScriptedEngine
) -> None:
    path = stored(MINE)
    settings = Settings(recipe="mine")
    first = open_window(settings)
    scripted.be_ready()
    first.actions_by_name["edit_recipe"].trigger()
    editor = first.recipe_editing.editor
    assert editor is not None
    wait_until(lambda: editor.draft.recipe == MINE)
    editor.draft.put_operations(EVERYWHERE, (Flip(),))
    wait_for_signal(first.closed, first.leave)
    assert path.read_text() == recipe_as_text(MINE)
    second = open_window(settings)
    scripted.be_ready()
    second.actions_by_name["edit_recipe"].trigger()
    again = second.recipe_editing.editor
    assert again is not None
    wait_until(lambda: again.draft.recipe.operations == (Flip(),))
    again.filing.files.finish()
    QApplication.processEvents()  # the chosen recipe is not shown in its place
    assert again.draft.recipe == MINE._replace(operations=(Flip(),))
    assert again.draft.is_changed
    assert saved(again) == path
    assert find_recipe("mine", recipes_folder()).operations == (Flip(),)
    again.close()
    assert not list(path.parent.parent.glob("recipe-not-saved*"))
