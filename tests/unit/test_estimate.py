"""Bytes of many pictures, told from a few."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.estimate import MOST_SAMPLES, Tried, estimated, spread


@given(st.lists(st.integers(0, 10_000_000), max_size=300))
def test_a_few_speak_for_all_sizes(sizes: list[int]) -> None:
    chosen = spread(sizes)
    assert len(chosen) == len(set(chosen)) == min(MOST_SAMPLES, sum(size > 0 for size in sizes))
    assert all(sizes[at] for at in chosen)
    assert [sizes[at] for at in chosen] == sorted(sizes[at] for at in chosen)


@given(st.lists(st.integers(1, 10_000_000), min_size=1, max_size=300), st.integers(1, 200))
def test_what_grows_with_the_pictures_is_told_exactly(sizes: list[int], percent: int) -> None:
    tried = [Tried(sizes[at] * 100, sizes[at] * percent) for at in spread(sizes)]
    assert estimated([size * 100 for size in sizes], tried) == sum(sizes) * percent


@pytest.mark.parametrize("steepness", [0.0, 0.3, 0.7, 1.0])
def test_thumbnails_are_told_as_well_as_whole_pictures(steepness: float) -> None:
    chance = random.Random(3)
    sizes = [round(chance.lognormvariate(14, 0.9)) for _ in range(500)]
    made = [round(20_000 * (size / 1e6) ** steepness * chance.uniform(0.8, 1.25)) for size in sizes]
    tried = [Tried(sizes[at], made[at]) for at in spread(sizes)]
    assert estimated(sizes, tried) == pytest.approx(sum(made), rel=0.25)


def test_the_order_is_all_the_same() -> None:
    tried = [Tried(100, 10), Tried(10_000, 5_000)]
    assert estimated([100, 999, 1001, 10_000], tried) == 10 + 100 + 500 + 5_000
    assert estimated([100, 999, 1001, 10_000], tried[::-1]) == 10 + 100 + 500 + 5_000
