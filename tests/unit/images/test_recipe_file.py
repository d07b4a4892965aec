"""Recipe files: the built-in ones, and every way a file of one's own is wrong."""

from pathlib import Path

import pytest

from core.errors import RecipeError
from core.images.recipe import Fill, Fit, Metadata, Output
from core.images.recipe_file import BUILT_IN, built_in_recipes, find_recipe, parse_recipe, recipe_text

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
    assert recipes["thumbnail-256"].operations == (Fit(256, 256),)
    assert recipes["web-1920"].operations == (Fit(1920, 1920),)
    assert recipes["web-1920"].output == Output("keep-for-web", 85, Metadata.WITHOUT_GPS)
    assert recipes["square-1080"].operations == (Fill(1080, 1080),)
    assert recipes["jpeg"].output == Output("jpeg", 90)
    assert recipes["webp"].output == Output("webp", 80)


def test_only_web_takes_anything_out_of_the_metadata() -> None:
    changed = {
        one.name for one in built_in_recipes() if one.output and one.output.metadata is not Metadata.KEEP
    }
    assert changed == {"web-1920"}


@pytest.mark.parametrize("name", BUILT_IN)
def test_text_of_a_built_in_one_reads_back(name: str) -> None:
    assert parse_recipe(recipe_text(name), name) == find_recipe(name)


def test_all_of_a_file_is_read() -> None:
    recipe = parse_recipe(GOOD, "mine.toml")
    assert recipe.operations == (Fit(10, 20), Fill(5, 5))
    assert recipe.output == Output("png", 70, Metadata.STRIP)


def test_output_has_defaults() -> None:
    recipe = parse_recipe(GOOD.split("[[", maxsplit=1)[0] + "[output]\n", "mine.toml")
    assert recipe.output == Output("keep", 85, Metadata.KEEP)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("schema = 1", "", ("schema", "must be 1", "missing")),
        ("schema = 1", "schema = 2", ("schema", "must be 1", "2")),
        ("schema = 1", "schema = true", ("schema", "must be 1")),
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


def test_depth_is_an_error_not_a_crash() -> None:
    with pytest.raises(RecipeError):
        parse_recipe("a = " + "[" * 100_000, "deep.toml")


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
    for name in ("latin.toml", "huge.toml"):
        with pytest.raises(RecipeError, match=name):
            find_recipe(str(tmp_path / name))


def test_only_built_in_ones_have_a_text() -> None:
    with pytest.raises(RecipeError, match="as-downloaded"):
        recipe_text("../pyproject")
