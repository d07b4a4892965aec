"""What the first operations of a recipe come to, in numbers and in pixels."""

import pytest
from PIL import Image

from core.images.geometry import Plan, draft_size, folded, scaled, turned
from core.images.operations import carry_out, upright
from core.images.recipe import (
    Axis,
    Blur,
    Crop,
    CropRatio,
    Flip,
    Gravity,
    Operation,
    Resize,
    ResizeMode,
    Rotate,
    Turn,
)
from tests.unit.images.pictures import fill, fit


def plan(size: tuple[int, int], operations: tuple[Operation, ...], orientation: int = 1) -> Plan:
    """All of them in one."""
    found, rest = folded(size, operations, orientation)
    assert rest == ()
    return found


def done(image: Image.Image, *operations: Operation) -> Image.Image:
    """The picture that they make of one that is upright."""
    planned = plan(image.size, operations)
    return upright(carry_out(image, planned), planned.orientation)


SIZES = [(1, 1), (1, 5000), (5000, 1), (300, 200), (4000, 3000), (3000, 4000), (257, 256), (65535, 3)]
BOXES = [(1, 1), (256, 256), (1920, 1080), (1080, 1920), (65535, 65535)]


@pytest.mark.parametrize("box", BOXES)
def test_fit_fits_and_never_enlarges(box: tuple[int, int]) -> None:
    for size in SIZES:
        _check_fit(size, box)


def _check_fit(size: tuple[int, int], box: tuple[int, int]) -> None:
    result = plan(size, (fit(*box),))
    width, height = result.size
    assert 1 <= width <= min(size[0], box[0])
    assert 1 <= height <= min(size[1], box[1])
    assert list(result.box) == [0, 0, *size]
    assert width in {size[0], box[0]} or height in {size[1], box[1]}


@pytest.mark.parametrize("box", BOXES)
def test_fill_crops_within_and_never_enlarges(box: tuple[int, int]) -> None:
    for size in SIZES:
        _check_fill(size, box)


def _check_fill(size: tuple[int, int], box: tuple[int, int]) -> None:
    left, top, right, bottom = plan(size, (fill(*box),)).box
    width, height = plan(size, (fill(*box),)).size
    assert 0 <= left < right <= size[0]
    assert 0 <= top < bottom <= size[1]
    assert 1 <= width <= min(right - left, box[0])
    assert 1 <= height <= min(bottom - top, box[1])
    assert abs((left + right) / 2 - size[0] / 2) <= 0.5
    assert abs((top + bottom) / 2 - size[1] / 2) <= 0.5


@pytest.mark.parametrize(
    ("size", "operations", "box", "result"),
    [
        ((4000, 3000), (fit(256, 256),), (0, 0, 4000, 3000), (256, 192)),
        ((200, 100), (fit(256, 256),), (0, 0, 200, 100), (200, 100)),
        ((4000, 3000), (fill(1080, 1080),), (500, 0, 3500, 3000), (1080, 1080)),
        ((500, 300), (fill(1080, 1080),), (100, 0, 400, 300), (300, 300)),
        ((4000, 3000), (fit(400, 400), fill(100, 100)), (500, 0, 3500, 3000), (100, 100)),
        ((4000, 3000), (fill(1000, 1000), fit(100, 400)), (500, 0, 3500, 3000), (100, 100)),
        ((4000, 3000), (), (0, 0, 4000, 3000), (4000, 3000)),
    ],
)
def test_plans(
    size: tuple[int, int], operations: tuple[Operation, ...], box: tuple[int, ...], result: tuple[int, int]
) -> None:
    assert plan(size, operations) == Plan((box[0], box[1], box[2], box[3]), result)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_box_is_meant_for_the_picture_as_seen(orientation: int) -> None:
    stored = (3000, 4000) if orientation >= 5 else (4000, 3000)
    width, height = plan(stored, (fit(800, 300),), orientation).size
    assert ((height, width) if orientation >= 5 else (width, height)) == (400, 300)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_cropping_before_turning_is_cropping_after(orientation: int) -> None:
    stored = Image.linear_gradient("L").resize((64, 48)).convert("RGB")
    stored.paste("red", (10, 4, 20, 30))
    seen = upright(stored, orientation)
    first = upright(carry_out(stored, plan(stored.size, (fill(20, 30),), orientation)), orientation)
    assert first.size == done(seen, fill(20, 30)).size == (20, 30)
    difference = max(
        abs(a - b) for a, b in zip(first.tobytes(), done(seen, fill(20, 30)).tobytes(), strict=True)
    )
    assert difference <= 12  # at the hard edge, where it matters which way is scaled first


def test_upright_follows_exif() -> None:
    # The stored 2 x 3 picture, and where its first pixel goes (Exif 2.32, figure 11).
    corners = {1: (0, 0), 2: (1, 0), 3: (1, 2), 4: (0, 2), 5: (0, 0), 6: (2, 0), 7: (2, 1), 8: (0, 1)}
    stored = Image.new("L", (2, 3))
    stored.putpixel((0, 0), 255)
    for orientation, corner in corners.items():
        turned = upright(stored, orientation)
        assert turned.size == ((3, 2) if orientation >= 5 else (2, 3))
        assert turned.getpixel(corner) == 255


def test_small_pictures_are_left_alone() -> None:
    image = Image.linear_gradient("L")
    assert done(image, fit(256, 256)) is image
    assert done(image, fill(256, 256)) is image


def test_a_crop_alone_keeps_every_value() -> None:
    image = Image.linear_gradient("L").crop((0, 0, 256, 101))
    result = done(image, fill(500, 500))
    assert result.tobytes() == image.crop((77, 0, 178, 101)).tobytes()


def test_a_draft_is_twice_the_target() -> None:
    assert draft_size((4000, 3000), plan((4000, 3000), (fit(256, 256),))) == (512, 384)
    # Filled: the whole picture, of which three quarters stay across.
    assert draft_size((4000, 3000), plan((4000, 3000), (fill(300, 300),))) == (800, 600)


def test_a_plan_follows_a_smaller_decoding() -> None:
    assert scaled(Plan((500, 0, 3500, 3000), (9, 9)), 0.25, 0.25) == Plan((125, 0, 875, 750), (9, 9))


@pytest.mark.parametrize("first", range(1, 9))
@pytest.mark.parametrize("then", range(1, 9))
def test_one_turn_after_another(first: int, then: int) -> None:
    image = Image.new("L", (2, 3))
    image.putdata(range(6))
    both = upright(image, turned(first, then))
    assert both.tobytes() == upright(upright(image, first), then).tobytes()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("gravity", list(Gravity))
def test_places_mean_the_picture_as_seen(orientation: int, gravity: Gravity) -> None:
    stored = Image.effect_noise((41, 30), 100)
    seen = upright(stored, orientation)
    operations = (
        Rotate(Turn.RIGHT),
        Crop(17, 12, gravity, 1, -1),
        Flip(Axis.VERTICAL),
        CropRatio(1, 2, gravity),
        Rotate(Turn.LEFT),
    )
    planned = plan(stored.size, operations, orientation)
    result = upright(carry_out(stored, planned), planned.orientation)
    one_by_one = seen
    for operation in operations:
        one_by_one = done(one_by_one, operation)
    assert result.size == one_by_one.size == planned.shown
    assert result.tobytes() == one_by_one.tobytes()


@pytest.mark.parametrize(
    ("operation", "shown"),
    [
        (Resize(ResizeMode.LONG_EDGE, edge=200), (200, 150)),
        (Resize(ResizeMode.SHORT_EDGE, edge=150), (200, 150)),
        (Resize(ResizeMode.WIDTH, width=100), (100, 75)),
        (Resize(ResizeMode.HEIGHT, height=30), (40, 30)),
        (Resize(ResizeMode.PERCENT, percent=25), (100, 75)),
        (Resize(ResizeMode.MEGAPIXELS, megapixels=0.03), (200, 150)),
        (Resize(ResizeMode.STRETCH, 100, 100), (100, 100)),
        (Resize(ResizeMode.STRETCH, 1000, 100), (400, 100)),
        (Resize(ResizeMode.LONG_EDGE, edge=800), (400, 300)),
        (Resize(ResizeMode.LONG_EDGE, edge=800, enlarge=True), (800, 600)),
        (Resize(ResizeMode.FILL, 800, 800, enlarge=True), (800, 800)),
        (Resize(ResizeMode.PERCENT, percent=200, enlarge=True), (800, 600)),
    ],
)
def test_sizes(operation: Resize, shown: tuple[int, int]) -> None:
    assert plan((400, 300), (operation,)).shown == shown
    assert plan((300, 400), (operation,), 6).shown == shown


def test_what_takes_the_pixels_is_left_for_later() -> None:
    half, blur = Resize(ResizeMode.PERCENT, percent=50), Blur(2)
    assert folded((400, 300), (half, blur, half)) == (plan((400, 300), (half,)), (blur, half))
    pad = Resize(ResizeMode.PAD, 100, 100)
    planned, rest = folded((400, 300), (pad,))
    assert planned.size == (100, 75)
    assert rest == (pad,)
    accurate = Resize(ResizeMode.FIT, 100, 100, accurate=True)
    assert folded((400, 300), (accurate,))[1] == (accurate,)
