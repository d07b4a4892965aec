"""Damaged pictures without end: each has an answer, and the children live on."""

import subprocess
import sys
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


def test_what_codecs_print_does_not_reach_the_terminal() -> None:
    program = [sys.executable, "-m", "tests.hostile.pictures", "--count", "200"]
    root = Path(__file__).parents[2]
    found = subprocess.run(program, cwd=root, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (0, "")
    assert "200 answers, 0 wrong" in found.stdout
