"""The pictures that the recipe editor offers to try a recipe on."""

from pathlib import Path

from gui.main_window import MainWindow
from tests.qt.gui.scripted_engine import ScriptedEngine, snapshot
from tests.support.pictures import jpeg_bytes


def test_pictures_of_one_name_are_told_apart(
    window: MainWindow, scripted: ScriptedEngine, tmp_path: Path
) -> None:
    names = ("Day 1/a.jpg", "Day 2/a.jpg", "Day 2/b.jpg")
    for number, name in enumerate(names, start=1):
        there = tmp_path / name
        there.parent.mkdir(exist_ok=True)
        there.write_bytes(jpeg_bytes())
        scripted.play_added([snapshot(number, original=str(there), name=there.name)])
    window.actions_by_name["edit_recipe"].trigger()
    editor = window.recipe_editing.editor
    assert editor is not None
    samples = editor.preview.samples
    assert [samples.itemText(row) for row in range(samples.count())] == [
        "Day 1/a.jpg",
        "Day 2/a.jpg",
        "b.jpg",
    ]
    editor.close()
