"""What a recipe names is looked at before a run, and counts in what it is recognised by."""

import os
import shutil
import struct
from importlib import resources
from pathlib import Path

import pytest
from PIL import Image

from core.errors import RecipeError
from core.images.named_files import named_files
from core.images.recipe import PictureWatermark, Recipe, TextWatermark
from core.images.recipe_file import usable_recipe
from core.images.steps import About, step
from core.ledger import fingerprint
from tests.unit.images.pictures import png, recipe

FONT = str(resources.files("resources") / "fonts" / "DejaVuSans.ttf")
HEAD = 'schema = 2\nname = "mine"\ntitle = "Mine"\nsummary = "A mark."\n'


def written(folder: Path, operations: str = "", of_output: str = "") -> str:
    path = folder / "mine.toml"
    path.write_text(f"{HEAD}{operations}\n[[outputs]]\n{of_output}")
    return str(path)


def broken_png(path: Path) -> None:
    path.write_bytes(png(100, 100, 8, 2, b"")[:-12])


def broken_font(path: Path) -> None:
    """It can be opened, but no letter of it be drawn: its program ends functions that it has not begun."""
    content = bytearray(Path(FONT).read_bytes())
    start, length = struct.unpack_from(">2I", content, content.index(b"prep") + 8)
    content[start : start + length] = b"\x2d" * length
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("key", "type_", "make"),
    [
        ("picture", "picture-watermark", None),
        ("picture", "picture-watermark", lambda path: path.write_bytes(b"<html>")),
        ("picture", "picture-watermark", broken_png),
        ("picture", "picture-watermark", lambda path: path.mkdir()),
        ("font", "text-watermark", None),
        ("font", "text-watermark", lambda path: path.write_bytes(b"no font")),
        ("font", "text-watermark", broken_font),
    ],
)
@pytest.mark.parametrize("in_output", [False, True])
def test_what_cannot_be_used_is_told_with_its_line(
    tmp_path: Path, key: str, type_: str, make: object, in_output: bool
) -> None:
    if callable(make):
        make(tmp_path / "named")
    table = f'type = "{type_}"\n{key} = "named"\n'
    if in_output:
        path = written(tmp_path, "", f"[[outputs.operations]]\n{table}")
        place = f"{path}, line 9: outputs[1].operations[1].{key}: "
    else:
        path = written(tmp_path, f"[[operations]]\n{table}")
        place = f"{path}, line 7: operations[1].{key}: "
    with pytest.raises(RecipeError) as caught:
        usable_recipe(path)
    assert caught.value.message.startswith(place)
    assert str(tmp_path / "named") in caught.value.message
    assert key in caught.value.hint


def test_a_font_without_the_letters_that_are_sure_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, f'[[operations]]\ntype = "text-watermark"\ntext = "\u732b"\nfont = "{FONT}"\n')
    with pytest.raises(RecipeError, match="has no"):
        usable_recipe(path)


def test_what_can_be_used_is_as_it_was_read(tmp_path: Path) -> None:
    Image.new("RGB", (9, 9)).save(tmp_path / "logo.png")
    shutil.copy(FONT, tmp_path / "font.ttf")
    text = '[[operations]]\ntype = "text-watermark"\ntext = "{name} {year}"\nfont = "font.ttf"\n'
    mark = '[[outputs.operations]]\ntype = "picture-watermark"\npicture = "logo.png"\n'
    found = usable_recipe(written(tmp_path, text, mark))
    assert named_files(found) == (str(tmp_path / "font.ttf"), str(tmp_path / "logo.png"))
    assert usable_recipe("jpeg").name == "jpeg"


def marked(folder: Path) -> tuple[Recipe, ...]:
    return recipe(PictureWatermark(str(folder / "mark"))), recipe(TextWatermark("x", str(folder / "mark")))


def test_other_content_is_another_recipe(tmp_path: Path) -> None:
    for one in marked(tmp_path):
        missing = fingerprint(one)
        (tmp_path / "mark").write_bytes(b"one")
        first = fingerprint(one)
        os.utime(tmp_path / "mark", (1, 1))
        assert fingerprint(one) == first != missing  # the date alone is nothing
        (tmp_path / "mark").write_bytes(b"two")
        assert fingerprint(one) != first
        (tmp_path / "mark").unlink()


def test_a_font_that_was_replaced_is_used(tmp_path: Path) -> None:
    path = tmp_path / "font.ttf"
    shutil.copy(FONT, path)
    operation, black = TextWatermark("x", str(path), size=50), Image.new("L", (200, 100))
    assert step(black, operation, About()).getextrema()[1]
    path.write_bytes(b"no font")
    with pytest.raises(RecipeError):
        step(black, operation, About())
