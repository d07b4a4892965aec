"""What benchmarks say of a program is what it took."""

import sys
from pathlib import Path

from tests.support.costs import cost_of, first_line

FIFTY_MB = 50_000_000


def test_children_and_memory_are_counted(tmp_path: Path) -> None:
    child = f"x = bytes(range(256)) * ({FIFTY_MB} // 256); [sum(x[:1000000]) for _ in range(5)]"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    cost = cost_of([sys.executable, "-c", parent], tmp_path)
    assert cost.status == 0
    assert cost.memory > FIFTY_MB
    assert cost.cpu > 0


def test_a_small_program_is_not_charged_with_the_memory_of_who_measures_it(tmp_path: Path) -> None:
    ballast = bytes(range(256)) * (FIFTY_MB // 256)
    cost = cost_of(["/bin/true"], tmp_path)
    assert cost.memory < len(ballast)


def test_how_it_failed_is_told(tmp_path: Path) -> None:
    cost = cost_of([sys.executable, "-c", "raise SystemExit('no luck')"], tmp_path)
    assert (cost.status, cost.errors) == (1, "no luck\n")


def test_what_takes_too_long_is_ended_with_its_children(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import subprocess; subprocess.run(['sleep', '1000'])"]
    assert cost_of(command, tmp_path, limit_s=0.5).status is None


def test_a_program_that_is_not_there_is_told() -> None:
    assert first_line("no-such-program", "--version") == "no-such-program: not installed"
