"""Damaged pictures without end: each has an answer, and the children live on."""

from pathlib import Path

import pytest

from tests.hostile.mutants import mutant, seeds
from tests.hostile.pictures import try_pictures


@pytest.mark.parametrize(("count", "seed"), [(300, 1), pytest.param(10_000, 0, marks=pytest.mark.slow)])
def test_damaged_pictures_are_answered_and_end_no_child(count: int, seed: int, tmp_path: Path) -> None:
    trial = try_pictures(count, seed, tmp_path)
    assert not trial.wrong
    assert trial.answered() == count
    assert not list(tmp_path.iterdir()), "parts of what failed"


def test_each_follows_from_seed_and_number() -> None:
    assert mutant(3, 5) == mutant(3, 5)
    assert mutant(3, 5) != mutant(4, 5)
    assert len(seeds()) > 35
