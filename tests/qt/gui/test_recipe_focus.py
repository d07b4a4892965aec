"""Where the keys go in the recipe editor after what was done."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QTableWidget, QWidget

from core.images.recipe import Output, OutputFormat, Recipe, Redact
from gui.appearance import Appearance
from gui.recipe_editor import RecipeEditor
from gui.recipe_files import Opened
from gui.recipe_filing import NEW
from tests.support.waiting import wait_for_signal, wait_until

HIDDEN = Recipe(
    "hidden",
    "Hidden",
    "Two regions.",
    (Redact(((1.0, 1.0, 9.0, 9.0), (50.0, 50.0, 9.0, 9.0))),),
    (Output(format=OutputFormat.WEBP),),
)


@pytest.fixture
def editor(appearance: Appearance, keep: Callable[[QWidget], None]) -> RecipeEditor:
    editor = RecipeEditor(appearance)
    keep(editor)
    editor.show()
    editor.activateWindow()
    wait_until(editor.isActiveWindow)
    return editor


def test_of_a_new_recipe_the_title_is_typed_at_once(editor: RecipeEditor) -> None:
    editor.show_recipe(Opened(NEW, None))
    focused = QApplication.focusWidget()
    assert focused is editor.title
    QTest.keyClicks(focused, "Holiday")
    assert editor.draft.recipe.title == "Holiday"


def test_saving_leads_the_keys_to_no_field(editor: RecipeEditor) -> None:
    editor.show_recipe(Opened(HIDDEN, None))
    editor.save_button.setFocus()
    wait_for_signal(editor.saved, lambda: QTest.keyClick(editor.save_button, Qt.Key.Key_Space))
    wait_until(lambda: not editor.save_button.isEnabled())
    assert QApplication.focusWidget() is editor._save_as


def test_a_region_is_removed_by_a_key_in_its_table(editor: RecipeEditor) -> None:
    editor.show_recipe(Opened(HIDDEN, None))
    table = editor.form.field("regions").findChild(QTableWidget)
    assert isinstance(table, QTableWidget)
    table.setFocus()
    table.setCurrentCell(0, 2)
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert editor.parts.part() == Redact(((50.0, 50.0, 9.0, 9.0),))
    table.setCurrentCell(0, 0)
    table.editItem(table.currentItem())
    number = QApplication.focusWidget()
    assert number is not None
    QTest.keyClick(number, Qt.Key.Key_Delete)
    assert table.rowCount() == 1, "while a number is typed, the key is the number's"


@pytest.mark.parametrize("size", [(860, 520), (960, 540)])
def test_no_form_is_cut_at_the_smallest_width(editor: RecipeEditor, size: tuple[int, int]) -> None:
    editor.show_recipe(Opened(HIDDEN, None))
    editor.resize(*size)
    for choose in (editor.parts.choose_first, lambda: editor.parts._choose_output(0)):
        choose()
        QApplication.processEvents()
        area = editor.form.currentWidget()
        assert isinstance(area, QScrollArea)
        page = area.widget()
        assert page is not None
        assert page.width() <= area.viewport().width()
    assert (editor.width(), editor.height()) == size
    for button in (editor.preview._choose, editor.save_button):
        assert button.width() >= button.sizeHint().width()
