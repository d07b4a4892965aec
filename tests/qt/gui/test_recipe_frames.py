"""Regions and crops that are drawn on the preview, with a real engine below it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableWidget, QWidget

from core.engine import Engine
from core.images.parameters import Box
from core.images.recipe import (
    Crop,
    CropRatio,
    Gravity,
    Operation,
    Output,
    OutputFormat,
    Recipe,
    Redact,
    Resize,
    ResizeMode,
    Sharpen,
)
from gui.appearance import Appearance
from gui.recipe_editor import RecipeEditor
from gui.recipe_files import Opened
from gui.recipe_preview import Sample
from tests.support.waiting import wait_until

LEFT = Qt.MouseButton.LeftButton
NO_KEY = Qt.KeyboardModifier.NoModifier
SIZE = (480, 640)


@pytest.fixture
def editor(
    appearance: Appearance, engine: Engine, keep: Callable[[QWidget], None], tmp_path: Path
) -> RecipeEditor:
    """It tries recipes on a portrait that is stored lying on its side, 480 x 640 as people see it."""
    editor = RecipeEditor(appearance)
    keep(editor)
    editor.preview_wanted.connect(engine.preview)
    engine.previewed.connect(editor.preview.take)
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "portrait.jpg"
    slope = Image.linear_gradient("L")
    picture = Image.merge("RGB", (slope, slope.rotate(90), Image.new("L", slope.size)))
    picture.resize(SIZE[::-1]).save(path, exif=exif.tobytes(), quality=95)
    editor.show()
    editor.activateWindow()
    wait_until(editor.isActiveWindow)
    editor.preview.show_samples([Sample(str(path), path.name)])
    return editor


def begin(editor: RecipeEditor, *operations: Operation, row: int = 0) -> None:
    """Edit these steps, the one of that row chosen, and see it tried."""
    recipe = Recipe("mine", "Mine", "Mine.", operations, (Output(format=OutputFormat.PNG),))
    editor.show_recipe(Opened(recipe, "x"))
    editor.parts.steps.list.setCurrentRow(row)
    wait_until(lambda: editor.preview.is_up_to_date() and editor.preview.view.frames.is_shown, timeout_s=60)


def drag(editor: RecipeEditor, start: tuple[float, float], end: tuple[float, float]) -> None:
    """From one place in the picture to another, in parts of its width and height."""
    view, whole = editor.preview.view, editor.preview.view._whole()

    def spot(part: tuple[float, float]) -> QPoint:
        return QPointF(whole.x() + part[0] * whole.width(), whole.y() + part[1] * whole.height()).toPoint()

    QTest.mousePress(view, LEFT, NO_KEY, spot(start))
    for step in (0.3, 0.7, 1.0):
        on_the_way = (start[0] + step * (end[0] - start[0]), start[1] + step * (end[1] - start[1]))
        QTest.mouseMove(view, spot(on_the_way))
    QTest.mouseRelease(view, LEFT, NO_KEY, spot(end))


def regions(editor: RecipeEditor) -> tuple[Box, ...]:
    part = editor.parts.part()
    assert isinstance(part, Redact)
    return part.regions


def about(*sides: float) -> object:
    return pytest.approx(sides, abs=0.7)  # percent: a pixel of the screen is no finer


def table(editor: RecipeEditor) -> QTableWidget:
    found = editor.form.field("regions").findChild(QTableWidget)
    assert isinstance(found, QTableWidget)
    return found


def test_a_region_is_drawn_and_hides_what_is_below_it(editor: RecipeEditor) -> None:
    begin(editor, Redact(((10.0, 10.0, 20.0, 20.0),)))
    drag(editor, (0.5, 0.5), (0.9, 0.75))
    assert regions(editor)[0] == (10.0, 10.0, 20.0, 20.0)
    assert regions(editor)[1] == about(50, 50, 40, 25)
    assert table(editor).rowCount() == 2
    assert table(editor).currentRow() == 1, "what is drawn is chosen in the table as well"
    wait_until(editor.preview.is_up_to_date, timeout_s=60)
    after = editor.preview.view._after
    assert after is not None
    for x, y, is_dark in ((0.7, 0.6, True), (0.2, 0.2, True), (0.45, 0.6, False), (0.7, 0.8, False)):
        color = after.pixelColor(round(x * after.width()), round(y * after.height()))
        assert (color.red() + color.green() == 0) == is_dark, (x, y)
    editor.draft.undo()
    assert len(regions(editor)) == 1, "one drag is one step back"
    assert not editor.draft.can_undo


def test_a_region_is_moved_and_resized(editor: RecipeEditor) -> None:
    begin(editor, Redact(((20.0, 20.0, 30.0, 30.0), (60.0, 60.0, 30.0, 30.0))))
    drag(editor, (0.35, 0.35), (0.45, 0.3))
    assert regions(editor)[0] == about(30, 15, 30, 30)
    drag(editor, (0.6, 0.45), (0.7, 0.5))
    assert regions(editor)[0] == about(30, 15, 40, 35)
    drag(editor, (0.75, 0.75), (2.0, 2.0))
    assert regions(editor)[1] == (70.0, 70.0, 30.0, 30.0), "no further than to the corner"
    assert editor.preview.view.frames.current == 1


def test_keys_do_what_the_mouse_does(editor: RecipeEditor) -> None:
    begin(editor, Redact(((20.0, 20.0, 30.0, 30.0), (60.0, 60.0, 30.0, 30.0))))
    view, shift = editor.preview.view, Qt.KeyboardModifier.ShiftModifier
    view.setFocus()
    for _ in range(3):
        QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Up, shift)
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert regions(editor)[0] == (23.0, 20.1, 30.0, 29.0)
    assert "Region 1 of 2: 23 % from the left" in view.accessibleDescription()
    QTest.keyClick(view, Qt.Key.Key_PageDown)
    assert table(editor).currentRow() == 1
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert regions(editor) == ((23.0, 20.1, 30.0, 29.0),)
    QTest.keyClick(view, Qt.Key.Key_Insert)
    assert regions(editor)[1] == (40.0, 40.0, 20.0, 20.0)
    editor.draft.undo()
    editor.draft.undo()
    assert len(regions(editor)) == 2
    editor.draft.undo()
    assert regions(editor)[0] == (20.0, 20.0, 30.0, 30.0), "nudges in a row are one step back"


def test_the_fields_move_the_frames(editor: RecipeEditor) -> None:
    begin(editor, Redact(((20.0, 20.0, 30.0, 30.0), (60.0, 60.0, 30.0, 30.0))))
    view = editor.preview.view
    table(editor).setCurrentCell(1, 0)
    assert view.frames.current == 1
    item = table(editor).item(1, 0)
    assert item is not None
    item.setData(Qt.ItemDataRole.EditRole, 10.0)
    box = view.frames._seen(view._whole())[1]
    assert box.x() == pytest.approx(view._whole().x() + 0.1 * view._whole().width())


def test_a_crop_comes_from_the_picture_as_it_comes_to_it(editor: RecipeEditor) -> None:
    begin(editor, Resize(ResizeMode.FIT, 240, 320), Crop(100, 100), row=1)
    assert editor.preview.view.frames.size == (240, 320)
    drag(editor, (0.5, 0.5), (0.5, 0.25))
    crop = editor.parts.part()
    assert isinstance(crop, Crop)
    assert (crop.width, crop.height, crop.x) == (100, 100, 0)
    assert crop.y == pytest.approx(-80, abs=2)
    wait_until(editor.preview.is_up_to_date, timeout_s=60)
    assert editor.preview.caption.text().startswith("100 \N{MULTIPLICATION SIGN} 100 PNG")
    after, before = editor.preview.view._after, editor.preview.view._before
    assert after is not None
    assert before is not None
    found = after.pixelColor(after.width() // 2, after.height() // 2)
    wanted = before.pixelColor(before.width() // 2, round(before.height() * (160 + crop.y) / 320))
    assert (found.red(), found.green()) == pytest.approx((wanted.red(), wanted.green()), abs=4)


def test_a_step_of_one_output_comes_after_those_of_all(editor: RecipeEditor) -> None:
    begin(editor, Redact(((25.0, 25.0, 50.0, 50.0),)))
    small = Output("small", (Resize(ResizeMode.FIT, 120, 160), CropRatio(1, 1)), OutputFormat.PNG)
    editor.draft.put(editor.draft.recipe._replace(outputs=(Output("large"), small)))
    editor.parts._choose_output(1)
    editor.parts.own.list.setCurrentRow(1)
    frames = editor.preview.view.frames
    wait_until(lambda: frames.size == (120, 160) and editor.preview.is_up_to_date(), timeout_s=60)
    drag(editor, (0.5, 0.5), (0.5, 0.8))
    assert editor.draft.recipe.outputs[1].operations[1] == CropRatio(1, 1, Gravity.BOTTOM)
    editor.parts.steps.list.setCurrentRow(0)
    assert not frames.is_shown, "not before the picture below is the one that comes to it"
    wait_until(lambda: frames.size == SIZE, timeout_s=60)


def test_a_ratio_is_dragged_to_its_places(editor: RecipeEditor) -> None:
    begin(editor, CropRatio(1, 1))
    drag(editor, (0.5, 0.5), (0.5, 0.2))
    assert editor.parts.part() == CropRatio(1, 1, Gravity.TOP)
    editor.preview.view.setFocus()
    QTest.keyClick(editor.preview.view, Qt.Key.Key_Down)
    assert editor.parts.part() == CropRatio(1, 1)
    QTest.keyClick(editor.preview.view, Qt.Key.Key_Delete)
    assert editor.parts.part() == CropRatio(1, 1), "a crop always has its frame"


def test_at_full_size_a_frame_is_on_its_pixels(editor: RecipeEditor) -> None:
    begin(editor, Redact(((25.0, 25.0, 50.0, 50.0),)))
    editor.preview._full_size.click()
    view = editor.preview.view
    wait_until(lambda: editor.preview.is_up_to_date() and view._is_full_size, timeout_s=60)
    (box,) = view.frames._seen(view._whole())
    assert (box.width() * view.devicePixelRatioF(), box.height() * view.devicePixelRatioF()) == (240, 320)
    drag(editor, (0.5, 0.5), (0.55, 0.5))
    assert regions(editor)[0] == about(30, 25, 50, 50)


def test_escape_takes_a_drag_back(editor: RecipeEditor) -> None:
    begin(editor, Redact(((20.0, 20.0, 30.0, 30.0),)))
    view, middle = (
        editor.preview.view,
        editor.preview.view.frames._seen(editor.preview.view._whole())[0].center(),
    )
    QTest.mousePress(view, LEFT, NO_KEY, middle.toPoint())
    QTest.mouseMove(view, (middle + QPointF(30, 30)).toPoint())
    assert regions(editor)[0] != (20.0, 20.0, 30.0, 30.0)
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert regions(editor)[0] == (20.0, 20.0, 30.0, 30.0)
    QTest.mouseRelease(view, LEFT, NO_KEY, middle.toPoint())
    assert view.frames.current == 0
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.frames.current == -1, "the next one chooses no region any more"
    assert editor.isVisible()


def test_without_frames_the_line_is_what_moves(editor: RecipeEditor) -> None:
    begin(editor, Redact(((20.0, 20.0, 30.0, 30.0),)), Sharpen())
    view = editor.preview.view
    QTest.mouseClick(view, LEFT, NO_KEY, (view._whole().bottomLeft() + QPointF(4, -4)).toPoint())
    assert view.frames.current == -1
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.share == pytest.approx(0.57)
    editor.parts.steps.list.setCurrentRow(1)
    assert view.share == 0.5
    assert not view.frames.is_shown
