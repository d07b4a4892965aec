"""Which parameters of a recipe's parts mean anything, by the parts' other values."""

from dataclasses import replace

import pytest

from core.images.parameters import parameters_of
from core.images.recipe import (
    OPERATIONS,
    IfLarger,
    Operation,
    Output,
    OutputFormat,
    PictureWatermark,
    Recipe,
    Resize,
    ResizeMode,
    Straighten,
    TextWatermark,
)
from core.images.recipe_file import parse_recipe, recipe_as_text
from core.images.relevance import COLOURS, GROUPS, USUAL_SIDE, all_asked, asked_of, begun, completed, group_of


def names(part: Operation | Output) -> set[str]:
    return {one.name for one in asked_of(part)}


@pytest.mark.parametrize("kind", OPERATIONS.values())
def test_every_operation_stands_under_one_title(kind: type[Operation]) -> None:
    assert group_of(kind) in {*GROUPS, COLOURS}
    assert sum(kind in kinds for kinds in GROUPS.values()) <= 1


@pytest.mark.parametrize("mode", ResizeMode)
def test_a_resize_is_asked_for_what_its_mode_needs(mode: ResizeMode) -> None:
    resize = completed(Resize(mode))
    recipe = Recipe("a", "A", "A.", (resize,), (Output(),))
    assert parse_recipe(recipe_as_text(recipe), "a.toml") == recipe
    sides = {"width", "height", "edge"}
    assert {name for name in sides if getattr(resize, name) is not None} == names(resize) & sides
    assert not any(one.is_optional for one in asked_of(resize))


def test_a_new_mode_takes_over_the_size_that_was_there() -> None:
    assert completed(Resize(ResizeMode.LONG_EDGE, 800, 600)).edge == 800
    assert completed(Resize(ResizeMode.FIT)) == Resize(ResizeMode.FIT, USUAL_SIDE, USUAL_SIDE)
    told = Resize(ResizeMode.WIDTH, 500)
    assert completed(told) is not told
    assert completed(told) == told


@pytest.mark.parametrize("kind", OPERATIONS.values())
def test_what_is_begun_can_be_saved(kind: type[Operation]) -> None:
    recipe = Recipe("a", "A", "A.", (begun(kind),), (Output(),))
    if kind is not PictureWatermark:  # nobody can guess which picture
        assert parse_recipe(recipe_as_text(recipe), "a.toml") == recipe


def test_what_another_value_makes_meaningless_is_not_asked() -> None:
    assert "gravity" not in names(TextWatermark(tiled=True))
    assert "gravity" in names(TextWatermark())
    assert "color" not in names(Straighten(cut=True))


@pytest.mark.parametrize(
    ("format_", "wanted", "unwanted"),
    [
        (OutputFormat.JPEG, {"quality", "progressive", "subsampling"}, {"lossless", "animation"}),
        (OutputFormat.PNG, {"effort", "animation"}, {"quality", "lossless", "progressive", "subsampling"}),
        (OutputFormat.WEBP, {"quality", "lossless", "effort", "animation"}, {"progressive", "subsampling"}),
        (OutputFormat.BMP, {"names", "target-size"}, {"quality", "exif", "gps", "animation"}),
        (OutputFormat.KEEP, {"quality", "lossless", "progressive", "animation", "gps"}, {"least-quality"}),
    ],
)
def test_an_output_is_asked_what_its_format_knows(
    format_: OutputFormat, wanted: set[str], unwanted: set[str]
) -> None:
    asked = names(Output(format=format_))
    assert wanted <= asked
    assert not unwanted & asked


def test_an_output_is_asked_for_limits_only_where_there_are_some() -> None:
    assert {"least-quality", "least-saving"}.isdisjoint(names(Output(format=OutputFormat.JPEG)))
    limited = Output(format=OutputFormat.JPEG, target_size=100_000, if_larger=IfLarger.SKIP)
    assert {"least-quality", "least-saving"} <= names(limited)
    webp = Output(format=OutputFormat.WEBP, lossless=True)
    assert "quality" not in names(webp)
    assert "quality" in names(replace(webp, lossless=False))


@pytest.mark.parametrize("kind", [*OPERATIONS.values(), Output])
def test_everything_that_is_declared_is_asked_at_some_time(kind: type[Operation] | type[Output]) -> None:
    assert [one.name for one in all_asked(kind)] == [one.name for one in parameters_of(kind)]
