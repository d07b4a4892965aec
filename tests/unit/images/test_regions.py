"""Frames that are dragged, and the operations that have them there: both ways, and as the pixels say it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.images.parameters import Box
from core.images.recipe import Crop, CropRatio, Gravity, Output, Recipe, Redact, Sharpen
from core.images.recipe_file import parse_recipe, recipe_as_text
from core.images.regions import Frame, Framed, frames, nudged, with_frame, without_frame
from core.images.steps import About, step
from core.images.steps_redact import pixels_of

sizes = st.tuples(st.integers(10, 9000), st.integers(10, 9000))
gravities = st.sampled_from(Gravity)
parts = st.tuples(*[st.floats(0, 1)] * 4)


def inside(size: tuple[int, int], part: tuple[float, ...]) -> Frame:
    """Any frame inside a picture, of a pixel at least."""
    width, height = 1 + part[2] * (size[0] - 1), 1 + part[3] * (size[1] - 1)
    return Frame(part[0] * (size[0] - width), part[1] * (size[1] - height), width, height)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    width, height = draw(st.integers(10, 10_000)), draw(st.integers(10, 10_000))
    left, top = draw(st.integers(0, 10_000 - width)), draw(st.integers(0, 10_000 - height))
    return left / 100, top / 100, width / 100, height / 100


crops = st.builds(
    Crop,
    st.integers(1, 9999),
    st.integers(1, 9999),
    gravities,
    st.integers(-999, 999),
    st.integers(-999, 999),
)
ratios = st.builds(CropRatio, st.floats(0.01, 1000), st.floats(0.01, 1000), gravities)
redactions = st.builds(Redact, st.lists(boxes(), min_size=1, max_size=4).map(tuple))


@given(st.one_of(crops, ratios, redactions), sizes)
def test_a_frame_that_is_left_where_it_is_changes_nothing(operation: Framed, size: tuple[int, int]) -> None:
    for at, frame in enumerate(frames(operation, size)):
        assert with_frame(operation, size, at, frame) == operation


@given(crops, sizes, parts)
def test_a_crop_is_where_it_was_dragged_to(
    operation: Crop, size: tuple[int, int], part: tuple[float, ...]
) -> None:
    frame = Frame(*map(round, inside(size, part)))
    frame = frame._replace(
        width=min(frame.width, size[0] - frame.left), height=min(frame.height, size[1] - frame.top)
    )
    assert frames(with_frame(operation, size, 0, frame), size) == (frame,)


@given(redactions, sizes, parts)
def test_a_region_is_where_it_was_dragged_to(
    operation: Redact, size: tuple[int, int], part: tuple[float, ...]
) -> None:
    frame = inside(size, part)
    for at in (0, len(operation.regions)):
        there = with_frame(operation, size, at, frame)
        assert isinstance(there, Redact)
        least = [max(side, 0.001 * whole) for side, whole in zip(frame[2:], size, strict=True)]
        for found, wanted, whole in zip(frames(there, size)[at][2:], least, size, strict=True):
            assert found == pytest.approx(wanted, abs=whole * 0.000051), "to the hundredth of a percent"
        for found, wanted, whole in zip(frames(there, size)[at][:2], frame[:2], size, strict=True):
            assert found == pytest.approx(wanted, abs=whole * 0.00111)
        recipe = Recipe("a", "A", "A.", (there,), (Output(),))
        assert parse_recipe(recipe_as_text(recipe), "it").operations == (there,), "the file takes it"


@given(ratios, sizes, parts)
def test_a_ratio_is_one_that_the_file_takes(
    operation: CropRatio, size: tuple[int, int], part: tuple[float, ...]
) -> None:
    there = with_frame(operation, size, 0, inside(size, part))
    recipe = Recipe("a", "A", "A.", (there,), (Output(),))
    assert parse_recipe(recipe_as_text(recipe), "it").operations == (there,)


@given(st.one_of(crops, ratios, redactions), sizes, st.sampled_from([-0.01, 0.01]), st.booleans())
def test_keys_keep_a_frame_inside(operation: Framed, size: tuple[int, int], way: float, grows: bool) -> None:
    for by in ((way, 0.0), (0.0, way)):
        frame = frames(nudged(operation, size, 0, by, grows=grows), size)[0]
        assert frame.left >= 0
        assert frame.top >= 0
        assert frame.left + frame.width <= size[0] + 1e-6
        assert frame.top + frame.height <= size[1] + 1e-6


def test_the_frame_of_a_crop_is_what_the_step_leaves() -> None:
    picture = Image.linear_gradient("L").resize((640, 480)).rotate(45)
    crop = with_frame(Crop(100, 100, Gravity.BOTTOM_RIGHT), picture.size, 0, Frame(37, 41, 211, 103))
    assert crop == Crop(211, 103, Gravity.BOTTOM_RIGHT, 37 - (640 - 211), 41 - (480 - 103))
    assert step(picture, crop, About()).tobytes() == picture.crop((37, 41, 37 + 211, 41 + 103)).tobytes()


def test_the_frame_of_a_region_is_what_is_made_unreadable() -> None:
    size = (640, 480)
    there = with_frame(Redact(), size, 0, Frame(64, 48, 320, 240))
    assert there == Redact(((10.0, 10.0, 50.0, 50.0),))
    assert pixels_of(there.regions[0], size) == (64, 48, 384, 288)
    assert frames(there, size) == (Frame(64, 48, 320, 240),)


def test_what_is_wider_than_the_picture_stays_so_where_only_its_height_is_dragged() -> None:
    wide = Crop(4000, 200)
    assert frames(wide, (640, 480)) == (Frame(0, 140, 640, 200),)
    assert with_frame(wide, (640, 480), 0, Frame(0, 140, 640, 100)) == Crop(4000, 100, y=-50)


def test_a_region_that_is_only_moved_keeps_its_size() -> None:
    thirds = Redact(((10.0, 10.0, 33.333, 33.333),))
    (frame,) = frames(thirds, (640, 480))
    there = with_frame(thirds, (640, 480), 0, frame._replace(left=128.0))
    assert there == Redact(((20.0, 10.0, 33.333, 33.333),))


def test_a_ratio_goes_to_the_nearest_place_and_grows_at_both_ends_about_the_middle() -> None:
    square, size = CropRatio(1, 1), (640, 480)
    assert frames(square, size) == (Frame(80, 0, 480, 480),)
    assert with_frame(square, size, 0, Frame(150, 0, 480, 480)) == CropRatio(1, 1, Gravity.RIGHT)
    assert with_frame(square, size, 0, Frame(70, 0, 480, 480)) == square
    wider = with_frame(square, size, 0, Frame(80, 0, 540, 480))
    assert wider == CropRatio(1.25, 1)
    assert frames(wider, size) == (Frame(20, 0, 600, 480),), "its right side is where the mouse is"
    assert nudged(square, size, 0, (0.01, 0)) == CropRatio(1, 1, Gravity.RIGHT)
    assert nudged(square, size, 0, (-0.01, 0)) == CropRatio(1, 1, Gravity.LEFT)


def test_keys_move_by_a_share_of_the_picture() -> None:
    one = Redact(((10.0, 10.0, 20.0, 20.0),))
    assert nudged(one, (640, 480), 0, (0.01, 0)) == Redact(((11.0, 10.0, 20.0, 20.0),))
    assert nudged(one, (640, 480), 0, (0, -0.01), grows=True) == Redact(((10.0, 10.0, 20.0, 19.0),))
    assert nudged(Crop(100, 100), (50, 200), 0, (0, 0.001)) == Crop(100, 100, y=1), "a pixel at least"


def test_regions_go_and_a_crop_stays() -> None:
    two = Redact(((0.0, 0.0, 10.0, 10.0), (50.0, 50.0, 10.0, 10.0)))
    assert without_frame(two, 0) == Redact(two.regions[1:])
    assert without_frame(Crop(9, 9), 0) == Crop(9, 9)
    assert frames(Sharpen(), (10, 10)) == ()
