"""How hard encoders try: as told, unless that takes minutes."""

from typing import Any

import pytest
from PIL import Image

from core.images import notes
from core.images.encoders import ENCODERS, Particulars, is_effort_lowered
from core.images.metadata import Carried
from core.images.recipe import Output
from tests.unit.images.pictures import Bench, recipe, saved


def options(name: str, size: tuple[int, int], effort: int | None, encodes: int = 1) -> dict[str, Any]:
    wanted = Particulars(Output(effort=effort), Carried(), encodes=encodes)
    image = Image.new("L", size)
    found = ENCODERS[name].options(wanted, image)
    step = "speed" if name == "AVIF" else "effort"
    usual = ENCODERS[name].options(Particulars(Output(effort=effort), Carried()), Image.new("L", (1, 1)))
    assert is_effort_lowered(name, wanted, image) == (found[step] != usual[step])
    return found


LARGE, MIDDLE, SMALL = (6000, 4000), (3000, 2000), (800, 600)


@pytest.mark.parametrize(
    ("size", "effort", "speed"),
    [
        (LARGE, None, 8),
        (LARGE, 2, 8),
        (LARGE, 4, 6),
        (LARGE, 5, 6),
        (LARGE, 8, 6),
        (LARGE, 10, 6),
        (LARGE, 0, 10),
        (MIDDLE, 8, 4),
        (SMALL, 8, 2),
        (SMALL, 10, 0),
    ],
)
def test_avif_is_as_slow_as_wanted_where_that_ends(
    size: tuple[int, int], effort: int | None, speed: int
) -> None:
    assert options("AVIF", size, effort)["speed"] == speed


@pytest.mark.parametrize(("size", "effort", "own"), [(LARGE, None, 3), (LARGE, 10, 7), (MIDDLE, 10, 9)])
def test_so_is_jpeg_xl(size: tuple[int, int], effort: int | None, own: int) -> None:
    assert options("JXL", size, effort)["effort"] == own


def test_frames_and_tries_count() -> None:
    assert options("AVIF", SMALL, 10, encodes=60)["speed"] == 6
    assert options("AVIF", LARGE, 10, encodes=60)["speed"] == 8
    assert options("AVIF", LARGE, None, encodes=60)["speed"] == 8


@pytest.mark.parametrize("form", ["avif", pytest.param("jxl", marks=pytest.mark.slow)])
def test_it_is_noted(bench: Bench, form: str) -> None:
    plain = Image.new(
        "L", (1000, 900) if form == "avif" else (4000, 3000), 77
    )  # done in a moment all the same
    for size, effort, is_lowered in ((plain.size, 10, True), (plain.size, None, False), (SMALL, 10, False)):
        content = saved(plain.resize(size), "PNG", compress_level=1)
        told = bench.run(content, recipe(format=form, effort=effort)).notes
        assert (notes.EFFORT in told) == is_lowered
