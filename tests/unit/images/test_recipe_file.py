"""Recipe files: the built-in ones, and every way a file of one's own is wrong."""

import os
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RecipeError
from core.images.parameters import Kind, Parameter, parameters_of
from core.images.recipe import (
    OPERATIONS,
    Keeping,
    Operation,
    Output,
    OutputFormat,
    Recipe,
    Resize,
    ResizeMode,
    Rotate,
)
from core.images.recipe_file import (
    BUILT_IN,
    built_in_recipes,
    find_recipe,
    own_recipes,
    parse_recipe,
    recipe_as_text,
    recipe_text,
)
from tests.support.properties import PROPERTY
from tests.unit.images.pictures import STRIPPED, fill, fit

GOOD = """
schema = 1
name = "mine"
title = "Mine"
summary = "Does it."
[[operations]]
type = "fit"
width = 10
height = 20
[[operations]]
type = "fill"
width = 5
height = 5
[output]
format = "png"
quality = 70
metadata = "strip"
"""


def test_built_in_ones_are_as_promised() -> None:
    recipes = {recipe.name: recipe for recipe in built_in_recipes()}
    assert tuple(recipes) == BUILT_IN
    assert not recipes["as-downloaded"].changes_pictures
    assert recipes["thumbnail-256"].operations == (fit(256, 256),)
    assert recipes["web-1920"].operations == (fit(1920, 1920),)
    assert recipes["web-1920"].outputs == (Output(format=OutputFormat.KEEP_FOR_WEB, gps=Keeping.STRIP),)
    assert recipes["square-1080"].operations == (fill(1080, 1080),)
    assert recipes["jpeg"].outputs == (Output(format=OutputFormat.JPEG, quality=90),)
    assert recipes["webp"].outputs == (Output(format=OutputFormat.WEBP, quality=80),)


def test_only_web_takes_anything_out_of_the_metadata() -> None:
    kinds = ("exif", "xmp", "iptc", "gps", "copyright")
    changed = {
        one.name
        for one in built_in_recipes()
        for output in one.outputs
        if any(getattr(output, kind) is not Keeping.KEEP for kind in kinds)
    }
    assert changed == {"web-1920"}


@pytest.mark.parametrize("name", BUILT_IN)
def test_text_of_a_built_in_one_reads_back(name: str) -> None:
    assert parse_recipe(recipe_text(name), name) == find_recipe(name)


def test_all_of_a_file_is_read() -> None:
    recipe = parse_recipe(GOOD, "mine.toml")
    assert recipe.operations == (fit(10, 20), fill(5, 5))
    assert recipe.outputs == (Output(format=OutputFormat.PNG, quality=70, **STRIPPED),)


def test_output_has_defaults() -> None:
    recipe = parse_recipe(GOOD.split("[[", maxsplit=1)[0] + "[output]\n", "mine.toml")
    assert recipe.outputs == (Output(),)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("schema = 1", "", ("schema", "must be 1 or 2", "missing")),
        ("schema = 1", "schema = 3", ("schema", "must be 1 or 2", "3")),
        ("schema = 1", "schema = true", ("schema", "must be 1 or 2")),
        ("schema = 1", "schema = 1\ncolour = 3", ("colour", "not known", "operations")),
        ('"mine"', '"Mine!"', ("name", "lower-case")),
        ('"mine"', '"-mine"', ("name", "lower-case")),
        ('"mine"', "7", ("name", "a text", "7")),
        ('"Mine"', '" "', ("title", "a text")),
        ('"Does it."', "[]", ("summary", "a text")),
        ('"fit"', '"turn"', ("operations[1].type", "fit, fill", "turn")),
        ('type = "fill"', "", ("operations[2].type", "missing")),
        ("width = 10", "width = 0", ("operations[1].width", "1 to 65535")),
        ("width = 10", "width = 65536", ("operations[1].width", "1 to 65535")),
        ("width = 10", "width = 1.5", ("operations[1].width", "whole number")),
        ("width = 10", "width = true", ("operations[1].width", "whole number")),
        ("height = 20", "", ("operations[1].height", "missing")),
        ("height = 20", "height = 20\ndepth = 1", ("operations[1].depth", "type, width, height")),
        ('"png"', '"eps"', ("output.format", "keep-for-web", "eps")),
        ("quality = 70", "quality = 101", ("output.quality", "1 to 100")),
        ("quality = 70", "quality = 0", ("output.quality", "1 to 100")),
        ("quality = 70", 'quality = "70"', ("output.quality", "whole number")),
        ('"strip"', '"all"', ("output.metadata", "without-gps", "all")),
        ('"strip"', '"strip"\nicc = 1', ("output.icc", "format, quality, metadata")),
        ("schema = 1", "schema = ", ("TOML",)),
    ],
)
def test_mistakes_are_named_with_what_is_allowed(old: str, new: str, words: tuple[str, ...]) -> None:
    with pytest.raises(RecipeError) as caught:
        parse_recipe(GOOD.replace(old, new, 1), "mine.toml")
    assert all(word in caught.value.message for word in ("mine.toml", *words))


@pytest.mark.parametrize("table", ["operations = 3", "operations = [3]", "output = 3"])
def test_tables_must_be_tables(table: str) -> None:
    with pytest.raises(RecipeError, match="must be"):
        parse_recipe(GOOD.split("[[", maxsplit=1)[0] + table, "mine.toml")


def test_operations_without_output_would_do_nothing() -> None:
    with pytest.raises(RecipeError, match="output"):
        parse_recipe(GOOD.split("[output]", maxsplit=1)[0], "mine.toml")


@pytest.mark.parametrize("value", ["[" * 100_000, "1" * 5000, "[[" + "1" * 5000 + "]]"])
def test_depth_and_length_are_errors_and_no_crashes(value: str) -> None:
    with pytest.raises(RecipeError, match="not valid TOML"):
        parse_recipe("a = " + value, "deep.toml")


def test_a_message_does_not_repeat_a_long_value() -> None:
    with pytest.raises(RecipeError) as caught:
        parse_recipe(GOOD.replace('"Mine"', f'"{"x" * 50_000}"'), "mine.toml")
    assert len(caught.value.message) < 200
    with pytest.raises(RecipeError) as caught:
        parse_recipe(GOOD.replace("schema = 1", f"schema = 1\n{'x' * 50_000} = 1"), "mine.toml")
    assert len(caught.value.message) < 300


def test_a_file_is_found_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.TOML"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert find_recipe(str(path)).name == "mine"


def test_what_cannot_be_found_names_the_built_in_ones(tmp_path: Path) -> None:
    for wanted in ("thumbnail-512", str(tmp_path / "none.toml"), str(tmp_path), "\0.toml", ""):
        with pytest.raises(RecipeError, match="thumbnail-256"):
            find_recipe(wanted)


def test_files_that_are_no_recipes_are_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe4"')
    (tmp_path / "huge.toml").write_bytes(b"#" * 100_000)
    os.mkfifo(tmp_path / "pipe.toml")  # nobody ever writes into it
    (tmp_path / "zero.toml").symlink_to("/dev/zero")
    for name in ("latin.toml", "huge.toml", "pipe.toml", "zero.toml"):
        with pytest.raises(RecipeError, match=name):
            find_recipe(str(tmp_path / name))


def test_only_built_in_ones_have_a_text() -> None:
    with pytest.raises(RecipeError, match="as-downloaded"):
        recipe_text("../pyproject")


NEW = """
schema = 2
name = "shop"
title = "Shop"
summary = "Two sizes."

[[operations]]
type = "redact"
regions = [[0, 0, 50, 10.5]]

[[outputs]]
name = "web"
format = "webp"

[[outputs.operations]]
type = "resize"
mode = "long-edge"
edge = 1200

[[outputs.operations]]
type = "text-watermark"
text = "© me"
font = "fonts/a.ttf"

[[outputs]]
name = "thumb"
target-size = 20000
  quality = 70
"""


def test_two_outputs_from_one_picture(tmp_path: Path) -> None:
    recipe = parse_recipe(NEW, "shop.toml", tmp_path)
    web, thumb = recipe.outputs
    assert (web.name, web.format, thumb.name, thumb.target_size, thumb.quality) == (
        "web", OutputFormat.WEBP, "thumb", 20_000, 70,
    )  # fmt: skip
    assert web.operations[0] == Resize(ResizeMode.LONG_EDGE, edge=1200)
    assert getattr(web.operations[1], "font", "") == str(tmp_path / "fonts/a.ttf")
    assert getattr(recipe.operations[0], "regions", ()) == ((0.0, 0.0, 50.0, 10.5),)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("edge = 1200", "edge = 0", ("line 18", "outputs[1].operations[1].edge", "1 to 65535")),
        ("edge = 1200", f"edge = 1{'0' * 400}", ("line 18", "1 to 65535")),
        (
            "edge = 1200",
            "",
            ("line 15", "outputs[1].operations[1].edge", "told for mode long-edge", "missing"),
        ),
        ("edge = 1200", "edges = 1", ("line 18", "edges is not known", "percent")),
        ('"long-edge"', '"longest"', ("line 17", "one of fit, fill", "longest")),
        ("quality = 70", "quality = 101", ("line 28", "outputs[2].quality", "1 to 100")),
        ('"thumb"', '"web"', ("line 26", "another name")),
        ('name = "thumb"', "", ("line 25", "outputs[2].name", "missing")),
        ("50, 10.5", "50, 101", ("line 9", "regions", "inside the picture")),
        ("50, 10.5", '50, "x"', ("line 9", "regions")),
        ("0, 0, 50, 10.5", f"1{'0' * 400}, 0, 50.5, 10", ("line 9", "regions")),
        ("regions = [[0, 0, 50, 10.5]]", "regions = []", ("line 9", "regions", "one region or more")),
        ('"© me"', '"© {author}"', ("line 22", "operations[2].text", "{name}, {year}", "author")),
        (
            '"text-watermark"\ntext = "© me"\nfont = "fonts/a.ttf"',
            '"picture-watermark"',
            ("line 20", "picture"),
        ),
        ('"redact"', '"hide"', ("line 8", "operations[1].type", "redact", "hide")),
        ('"webp"', '"eps"', ("line 13", "outputs[1].format", "jpeg2000", "eps")),
        ('title = "Shop"', "title = 3", ("line 4", "title", "a text")),
        ('title = "Shop"', 'title = "\\u001b[2JShop"', ("line 4", "title", "a text", "not '\\x1b[2J")),
        ('title = "Shop"', 'title = "\\u202eShop"', ("line 4", "title", "a text")),
        ('title = "Shop"', '"\\u001b[2J" = 1', (r"'\x1b[2J' is not known",)),
    ],
)
def test_mistakes_are_named_with_their_line(old: str, new: str, words: tuple[str, ...]) -> None:
    with pytest.raises(RecipeError) as caught:
        parse_recipe(NEW.replace(old, new, 1), "shop.toml")
    assert [word for word in ("shop.toml", *words) if word not in caught.value.message] == []


def values(about: Parameter) -> st.SearchStrategy[object]:
    """Whatever a parameter may be."""
    least, most = about.least or 0, about.most or 0
    match about.kind:
        case Kind.WHOLE:
            found: st.SearchStrategy[object] = st.integers(int(least), int(most))
        case Kind.NUMBER:
            found = st.floats(least, most)
        case Kind.FLAG:
            found = st.booleans()
        case Kind.CHOICE:
            found = st.sampled_from([about.choice(one) for one in about.choices] if about.choice else [])
        case Kind.COLOR:
            found = st.sampled_from(["#000000", "#ff880080"])
        case Kind.BOXES:
            found = st.just(((0.0, 0.5, 99.5, 12.25),))
        case Kind.FILE:
            found = st.just("/fonts/a.ttf")
        case Kind.TEXT if about.name == "names":  # which are checked as templates are
            found = st.sampled_from(["", "{output}/{name}", "{width}×{height} {exif:Model}"])  # noqa: RUF001 - a sign
        case Kind.TEXT:
            found = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
    return found | st.none() if about.is_optional and about.name not in ("width", "height", "edge") else found


def told(declared: type) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({one.name.replace("-", "_"): values(one) for one in parameters_of(declared)})


@PROPERTY
@given(st.data())
def test_what_is_written_reads_back(data: st.DataObject) -> None:
    operations: list[Operation] = []
    for kind in data.draw(st.lists(st.sampled_from(list(OPERATIONS.values())), max_size=4)):
        made: Any = kind  # which mypy would check against all of them at once
        operations.append(made(**data.draw(told(kind))))
    outputs = tuple(
        Output(name, tuple(operations[at:]), **data.draw(told(Output)))  # type: ignore[arg-type]  # by its own names
        for at, name in enumerate(data.draw(st.sampled_from([("",), ("a",), ("a", "b-2")])))
    )
    recipe = Recipe("mine", 'Mine "é" \\', "One\ttwo", tuple(operations), outputs)
    assert parse_recipe(recipe_as_text(recipe), "mine.toml") == recipe


def test_every_parameter_is_declared() -> None:
    for declared in (*OPERATIONS.values(), Output):
        names = {one.name.replace("-", "_") for one in parameters_of(declared)}
        assert names == {one.name for one in fields(declared)} - {"operations", "name"}
        assert all(one.title for one in parameters_of(declared))
        assert declared.__doc__


def test_recipes_of_ones_own(tmp_path: Path) -> None:
    assert own_recipes(tmp_path / "none") == ((), ())
    (tmp_path / "b.toml").write_text(NEW)
    (tmp_path / "a.toml").write_text("schema = 9")
    (tmp_path / "readme.txt").write_text("no recipe")
    (recipe,), (error,) = own_recipes(tmp_path)
    assert recipe.name == "shop"
    assert "a.toml, line 1: schema" in error.message
    assert find_recipe("shop", tmp_path) == recipe
    assert recipe_text("shop", tmp_path) == NEW


def test_a_choice_that_is_a_number_may_be_written_as_one(tmp_path: Path) -> None:
    path = tmp_path / "turned.toml"
    path.write_text(
        'schema = 2\nname = "turned"\ntitle = "T"\nsummary = "S"\n'
        '[[operations]]\ntype = "rotate"\nturn = 270\n[[outputs]]\n'
    )
    (turn,) = find_recipe(str(path)).operations
    assert isinstance(turn, Rotate)
    assert turn.turn.value == "270"
