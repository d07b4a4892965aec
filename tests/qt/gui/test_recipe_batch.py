"""What the editor says of the whole list, with a real engine that has one."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from core.engine import Engine
from core.images.recipe import Output, OutputFormat, Recipe, Resize
from core.job import Drop
from gui.appearance import Appearance
from gui.recipe_editor import RecipeEditor
from gui.recipe_files import Opened
from gui.recipe_preview import Sample
from tests.support.pictures import jpeg_bytes
from tests.support.waiting import wait_for_signal, wait_until

BOTH = Recipe(
    "both",
    "Both",
    "Two of each.",
    (Resize(width=200, height=200),),
    (Output("web", format=OutputFormat.WEBP), Output("thumb", (Resize(width=64, height=64),))),
)


def test_what_the_whole_list_comes_to_is_told(
    appearance: Appearance, engine: Engine, keep: Callable[[QWidget], None], tmp_path: Path
) -> None:
    for number in range(5):
        (tmp_path / f"{number}.jpg").write_bytes(jpeg_bytes(400, 300))
    wait_for_signal(engine.batch_added, lambda: engine.add(Drop(sources=(str(tmp_path),))))
    editor = RecipeEditor(appearance)
    keep(editor)
    editor.preview_wanted.connect(engine.preview)
    engine.previewed.connect(editor.preview.take)
    editor.show()
    editor.show_recipe(Opened(BOTH, "x"))
    editor.preview.show_samples([Sample(str(tmp_path / "0.jpg"), "0.jpg")])
    wait_until(lambda: bool(editor.preview.batch.text()), timeout_s=60)
    told = editor.preview.batch.text()
    assert told.startswith("About ")
    assert " for all 5 pictures in 2 outputs (now " in told
    assert told.endswith("), judging by 5 of them")
    assert editor.preview.batch.accessibleName() == f"Predicted size of the list: {told}"
    assert "200 " in editor.preview.caption.accessibleName()
    editor.draft.put(BOTH._replace(operations=()))
    wait_until(lambda: editor.preview.batch.text() not in ("", told), timeout_s=60)
