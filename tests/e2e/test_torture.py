"""Nothing is lost: the torture command, with a number of kills that fits into a test run."""

import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("FETCHMILL_TORTURE_KILLS", "200"))
LIMIT_S = 1200.0
FIGURES = r"kills=(\d+) restarts=\d+ jobs=\d+ lost=0 duplicated=0 corrupt=0 seed=\d+"


@pytest.mark.slow
def test_nothing_is_lost_under_kills() -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    command = [sys.executable, "-m", "tests.torture", "--kills", str(KILLS), "--seed", str(seed)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    figures = run.stdout.splitlines()[-1] if run.stdout else run.stderr
    print(figures)
    found = re.fullmatch(FIGURES, figures)
    assert found is not None, run.stdout[-4000:] + run.stderr[-2000:]
    assert int(found[1]) == KILLS
    assert run.returncode == 0, run.stdout[-4000:]
