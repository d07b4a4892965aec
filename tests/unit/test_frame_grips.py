"""Where frames are drawn and taken hold of, and where a drag leaves them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, Qt

from core.images.regions import Frame
from gui.frame_grips import WHOLE, Grip, Held, dragged, drawn, held_at, in_shape, seen, spot_in, whole_picture

SIZE = (4000, 3000)
PLACE = QRectF(50, 20, 400, 300)

grips = st.builds(Grip, st.booleans(), st.booleans(), st.booleans(), st.booleans())
ways = st.builds(QPointF, st.floats(-9e3, 9e3), st.floats(-9e3, 9e3))


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    width, height = draw(st.floats(1, SIZE[0])), draw(st.floats(1, SIZE[1]))
    left, top = draw(st.floats(0, 1)) * (SIZE[0] - width), draw(st.floats(0, 1)) * (SIZE[1] - height)
    return Frame(left, top, width, height)


@given(frames(), grips, ways)
def test_a_frame_stays_inside_and_no_edge_passes_the_other(frame: Frame, grip: Grip, by: QPointF) -> None:
    there = dragged(frame, grip, by, SIZE, 8.0)
    assert there.left >= 0
    assert there.top >= 0
    assert there.left + there.width <= SIZE[0] + 1e-6
    assert there.top + there.height <= SIZE[1] + 1e-6
    assert there.width >= min(8.0, frame.width) - 1e-6
    assert there.height >= min(8.0, frame.height) - 1e-6


@given(frames(), st.sampled_from([(0, 0), (0, 1), (1, 0), (1, 1)]), ways)
def test_by_a_corner_a_frame_can_keep_its_shape(frame: Frame, corner: tuple[int, int], by: QPointF) -> None:
    grip = Grip(left=not corner[0], right=bool(corner[0]), top=not corner[1], bottom=bool(corner[1]))
    there = in_shape(frame, dragged(frame, grip, by, SIZE, 8.0), grip, SIZE)
    assert there.width * frame.height == pytest.approx(there.height * frame.width)
    assert there.left >= -1e-6
    assert there.top >= -1e-6
    assert there.left + there.width <= SIZE[0] + 1e-6
    assert there.top + there.height <= SIZE[1] + 1e-6
    fixed = (frame.left + frame.width * (1 - corner[0]), frame.top + frame.height * (1 - corner[1]))
    still = (there.left + there.width * (1 - corner[0]), there.top + there.height * (1 - corner[1]))
    assert still == pytest.approx(fixed), "the corner across stays where it is"


def test_by_an_edge_no_shape_is_kept() -> None:
    frame, grip = Frame(10, 10, 100, 100), Grip(right=True)
    wider = dragged(frame, grip, QPointF(50, 0), SIZE, 8.0)
    assert in_shape(frame, wider, grip, SIZE) == wider == Frame(10, 10, 150, 100)
    moved = dragged(frame, WHOLE, QPointF(50, 0), SIZE, 8.0)
    assert in_shape(frame, moved, WHOLE, SIZE) == moved


@given(frames(), ways)
def test_what_is_moved_keeps_its_size(frame: Frame, by: QPointF) -> None:
    there = dragged(frame, WHOLE, by, SIZE, 8.0)
    assert (there.width, there.height) == (frame.width, frame.height)


@given(frames())
def test_a_frame_is_drawn_where_the_mouse_finds_its_pixels(frame: Frame) -> None:
    box = seen(frame, PLACE, SIZE)
    for spot, x, y in (
        (box.topLeft(), frame.left, frame.top),
        (box.bottomRight(), frame.left + frame.width, frame.top + frame.height),
    ):
        there = spot_in(spot, PLACE, SIZE)
        assert (there.x(), there.y()) == pytest.approx((x, y), abs=1e-6)


def test_outside_the_picture_the_mouse_is_at_its_edge() -> None:
    assert spot_in(QPointF(0, 9999), PLACE, SIZE) == QPointF(0, 3000)


def test_of_a_large_picture_only_the_middle_is_drawn() -> None:
    whole = whole_picture(QRectF(0, 0, 640, 480), (1280, 960), (4001, 3000))  # two pixels for one
    assert whole == QRectF(-680, -510, 2000.5, 1500)
    assert whole_picture(PLACE, SIZE, SIZE) == PLACE


def test_the_chosen_frame_is_taken_by_its_edges_and_the_others_as_a_whole() -> None:
    boxes = [QRectF(0, 0, 100, 100), QRectF(50, 50, 100, 100)]
    assert held_at(QPointF(52, 52), boxes, 1) == Held(1, Grip(left=True, top=True))
    assert held_at(QPointF(155, 100), boxes, 1) == Held(1, Grip(right=True)), "a little outside as well"
    assert held_at(QPointF(155, 100), boxes, 0) is None
    assert held_at(QPointF(75, 75), boxes, 0) == Held(0, WHOLE), "the chosen one, though it lies below"
    assert held_at(QPointF(75, 75), boxes, -1) == Held(1, WHOLE)
    assert held_at(QPointF(300, 75), boxes, 0) is None


def test_a_small_frame_can_still_be_moved() -> None:
    assert held_at(QPointF(6, 6), [QRectF(0, 0, 12, 12)], 0) == Held(0, WHOLE)


def test_the_mouse_shows_what_a_grip_does() -> None:
    assert WHOLE.cursor is Qt.CursorShape.SizeAllCursor
    assert Grip(left=True).cursor is Qt.CursorShape.SizeHorCursor
    assert Grip(bottom=True).cursor is Qt.CursorShape.SizeVerCursor
    assert Grip(left=True, top=True).cursor is Qt.CursorShape.SizeFDiagCursor
    assert Grip(left=True, bottom=True).cursor is Qt.CursorShape.SizeBDiagCursor


def test_a_frame_is_drawn_from_any_corner_and_a_click_draws_none() -> None:
    assert drawn(QPointF(300, 200), QPointF(100, 50), 0.1) == Frame(100, 50, 200, 150)
    assert drawn(QPointF(300, 200), QPointF(310, 50), 0.1) is None
