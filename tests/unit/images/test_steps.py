"""All operations on all kinds of pictures: none crashes, none changes what it was given, sizes are as promised."""

import dataclasses
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageColor

from core.errors import PictureTooLargeError
from core.images.geometry import resized
from core.images.operations import require_pixels
from core.images.parameters import Kind, Parameter, parameters_of
from core.images.recipe import (
    OPERATIONS,
    Background,
    Border,
    Crop,
    CropRatio,
    Operation,
    PictureWatermark,
    Redact,
    Resize,
    ResizeMode,
    Rotate,
    Sepia,
    Straighten,
    TextWatermark,
    Trim,
    Turn,
)
from core.images.steps import About, step
from tests.unit.images.pictures import Bench, fit, quartered, recipe, saved

MODES = ("L", "LA", "RGB", "RGBA")
ABOUT = About("Ünïcode Жук \udcff\x07", "2024")
# Sides and radii that would only make the test slow; the limits themselves are tried below.
_MOST_DRAWN = 150
_OTHER_SIZE = ("resize", "crop", "crop-ratio", "trim", "rotate", "straighten", "border")


def noise(mode: str, size: tuple[int, int], seed: int = 1) -> Image.Image:
    count = size[0] * size[1] * len(Image.new(mode, (1, 1)).getbands())
    return Image.frombytes(mode, size, random.Random(seed).randbytes(count))


def _values(about: Parameter, picture: str) -> st.SearchStrategy[Any]:
    if about.choice is not None:
        return st.sampled_from(list(about.choice))
    part = st.floats(0.001, 50)
    by_kind: dict[Kind, st.SearchStrategy[Any]] = {
        Kind.FLAG: st.booleans(),
        Kind.COLOR: st.from_regex(r"#([0-9a-f]{6}|[0-9a-f]{8})", fullmatch=True),
        Kind.TEXT: st.sampled_from(["© {year} {name}", "", "a\n\nb", "{{}}", "W" * 300]),
        Kind.FILE: st.just(picture),
        Kind.NUMBER: st.floats(about.least, about.most),
        Kind.BOXES: st.lists(st.tuples(part, part, part, part), max_size=4).map(tuple),
    }
    if about.kind is Kind.WHOLE:
        least, most = int(about.least or 0), int(about.most or 0)
        return st.integers(max(least, -_MOST_DRAWN), min(most, _MOST_DRAWN))
    return by_kind[about.kind]


@st.composite
def _operations(draw: st.DrawFn, picture: str) -> Operation:
    kind = OPERATIONS[draw(st.sampled_from(sorted(OPERATIONS)))]
    values = {
        one.name.replace("-", "_"): draw(_values(one, picture if kind is PictureWatermark else ""))
        for one in parameters_of(kind)
    }
    return kind(**values)


@pytest.fixture(scope="module")
def logo(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("logo") / "logo.png"
    noise("RGBA", (17, 9)).save(path)
    return str(path)


def _check_size(size: tuple[int, int], operation: Operation, result: tuple[int, int]) -> None:
    name = next(name for name, kind in OPERATIONS.items() if type(operation) is kind)
    if name not in _OTHER_SIZE:
        assert result == size
    match operation:
        case Resize():
            assert result == _size_of_resize(size, operation)
        case Crop():
            assert result == (min(size[0], operation.width), min(size[1], operation.height))
        case CropRatio() | Trim():
            assert result[0] <= size[0]
            assert result[1] <= size[1]
        case Rotate():
            assert result == (size if operation.turn is Turn.HALF else size[::-1])
        case Border():
            assert result[0] - size[0] == result[1] - size[1]
        case Straighten():
            diagonal = (size[0] ** 2 + size[1] ** 2) ** 0.5
            assert max(result) <= diagonal + 1


def _size_of_resize(size: tuple[int, int], operation: Resize) -> tuple[int, int]:
    if operation.mode is ResizeMode.PAD:
        inner = resized(size, operation)[1]
        return operation.width or inner[0], operation.height or inner[1]
    _, result = resized(size, operation)
    if not operation.enlarge:
        assert result[0] <= size[0]
        assert result[1] <= size[1]
    return result


@settings(deadline=None, max_examples=300, suppress_health_check=list(HealthCheck))
@given(content=st.data(), mode=st.sampled_from(MODES), width=st.integers(1, 40), height=st.integers(1, 40))
def test_nothing_crashes_and_nothing_is_changed_in_place(
    logo: str, content: st.DataObject, mode: str, width: int, height: int
) -> None:
    operation = content.draw(_operations(logo))
    image = noise(mode, (width, height))
    before = image.tobytes()
    try:
        result = step(image, operation, ABOUT)
    except PictureTooLargeError:  # a pixel made megapixels
        assert isinstance(operation, Resize)
        assert operation.enlarge
        return
    assert (image.mode, image.size, image.tobytes()) == (mode, (width, height), before)
    assert result.mode in MODES
    _check_size(image.size, operation, result.size)


@pytest.mark.parametrize("kind", OPERATIONS.values(), ids=OPERATIONS)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("end", ["least", "most"])
def test_the_ends_of_what_is_allowed(logo: str, kind: type[Operation], mode: str, end: str) -> None:
    values: dict[str, Any] = {
        one.name: int(getattr(one, end)) if one.kind is Kind.WHOLE else getattr(one, end)
        for one in parameters_of(kind)
        if one.kind in (Kind.WHOLE, Kind.NUMBER)
    }
    values |= {"picture": logo} if kind is PictureWatermark else {}
    for size in ((1, 1), (1, 30), (30, 1)):
        assert min(step(noise(mode, size), kind(**values), ABOUT).size) >= 1


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", OPERATIONS.values(), ids=OPERATIONS)
def test_what_is_transparent_stays_so_and_colours_never_darken(
    logo: str, kind: type[Operation], mode: str
) -> None:
    """A white picture, whose hidden colours are black, gets darker nowhere: black is what would shine through."""
    image = Image.new(mode, (60, 60), "white")
    if mode in {"LA", "RGBA"}:
        image.paste(Image.new(mode, (30, 60), 0), (0, 0))
    result = step(image, _striking(kind, logo), ABOUT)
    if mode in {"LA", "RGBA"} and kind not in (Background, Trim):
        assert result.getchannel("A").getextrema() == (0, 255)
    seen = Image.new("RGBA", result.size, "white")
    seen.alpha_composite(result.convert("RGBA"))
    least = min(low for low, _ in seen.convert("RGB").getextrema())  # type: ignore[misc]  # pairs, one a band
    assert least >= (238 if kind is Sepia else 252)


def _striking(kind: type[Operation], logo: str) -> Operation:
    """One that does much, and in white where it has a colour."""
    values: dict[str, Any] = {
        "resize": {"width": 31, "height": 17, "accurate": True},
        "straighten": {"degrees": 17.0},
        "picture-watermark": {"picture": logo, "opacity": 0.0},
        "text-watermark": {"text": "X"},
        "redact": {"color": "#ffffff", "regions": ((10.0, 70.0, 80.0, 20.0),)},
        "sharpen": {"amount": 400.0, "radius": 3.0, "threshold": 0},
        "adjust": {"saturation": 40.0, "contrast": 20.0},
        "sepia": {},
    }
    names = {one: name for name, one in OPERATIONS.items()}
    return kind(**values.get(names[kind], {}))


def test_what_would_get_too_large_is_refused_before_it_takes_memory() -> None:
    image = Image.new("RGB", (20, 10))
    for operation in (
        Resize(ResizeMode.STRETCH, 65_535, 65_535, enlarge=True),
        Resize(ResizeMode.STRETCH, 65_535, 65_535, enlarge=True, accurate=True),
        Resize(ResizeMode.PAD, 65_535, 65_535),
    ):
        with pytest.raises(PictureTooLargeError, match="megapixels"):
            step(image, operation, ABOUT)
    require_pixels((25_000, 10_000))


def test_each_operation_of_a_recipe_has_its_step(logo: str) -> None:
    for kind in OPERATIONS.values():
        assert dataclasses.is_dataclass(kind)
        operation = PictureWatermark(logo) if kind is PictureWatermark else kind()
        assert step(noise("RGB", (8, 8)), operation, ABOUT).mode in MODES


def test_steps_come_after_one_another_from_file_to_file(bench: Bench) -> None:
    steps = (
        fit(200, 200),
        Redact(((0.0, 0.0, 50.0, 50.0),)),
        Rotate(Turn.RIGHT),
        fit(60, 60),
        Border(10.0, "#ff0000"),
    )
    result = bench.picture(saved(quartered(), "PNG"), recipe(*steps))
    assert result.size == (53, 68)  # 45 x 60, and 4 each side
    places = {(2, 2): "red", (10, 10): "blue", (44, 10): "black", (10, 60): "yellow", (44, 60): "lime"}
    assert {at: result.getpixel(at) for at in places} == {
        at: ImageColor.getrgb(name) for at, name in places.items()
    }


def test_a_font_that_cannot_be_used_is_one_failed_picture(bench: Bench) -> None:
    outcome = bench.run(saved(quartered(), "PNG"), recipe(TextWatermark(font="/gone.ttf")))
    assert outcome.error is not None
    assert outcome.error.code == "bad-recipe"
    assert "/gone.ttf" in outcome.error.message
