"""Thousands of damaged pictures through real children: ``python -m tests.hostile.pictures [--count N] [--seed N]``.

Every one must be answered, by a finished picture or an error of ours; nothing may end a child, take its time or its
memory. ``--only NUMBER --keep FILE`` writes one of them to a file instead.
"""

import argparse
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from core.images.pool import ProcessPool
from core.images.recipe import Output, OutputFormat, Recipe, Resize, ResizeMode
from core.images.recipe_file import find_recipe
from core.images.task import PoolLimits, ProcessOutcome, ProcessTask, Terms
from tests.hostile.mutants import mutant, seeds

LIMITS: Final = PoolLimits(2, seconds=20.0, terms=Terms(most_pixels=20_000_000, memory=512 << 20))
WRONG: Final = frozenset(
    {"worker-died", "processing-timeout", "internal", "unreadable", "destination", "disk-full"}
)
_AT_ONCE: Final = 64
_PATIENCE: Final = 120.0


def _recipes() -> tuple[Recipe, ...]:
    small = (Resize(ResizeMode.FILL, 20, 20),)
    both = (Output("a", format=OutputFormat.PNG), Output("b", small, OutputFormat.GIF))
    many = Recipe("several", "Several", "", (), both)
    tiff = Recipe("tiff", "TIFF", "", small, (Output(format=OutputFormat.TIFF),))
    names = ("as-downloaded", "thumbnail-256", "web-1920", "jpeg", "webp")
    return (*map(find_recipe, names), many, tiff)


@dataclass
class Trial:
    """What came of the pictures.

    Attributes:
        count: How many there were.
        codes: How often each ending, by the kind of picture; a finished one is ``done``.
        wrong: Numbers of those that must not end as they did, and how they did.
        slowest: Seconds that one took, and its number.
        seconds: For all together.
        children: How many there have been.
    """

    count: int
    codes: dict[str, Counter[str]] = field(default_factory=dict)
    wrong: dict[int, str] = field(default_factory=dict)
    slowest: tuple[float, int] = (0.0, -1)
    seconds: float = 0.0
    children: int = 0

    def answered(self) -> int:
        """How many came back."""
        return sum(sum(codes.values()) for codes in self.codes.values())

    def take(self, outcome: ProcessOutcome, kind: str) -> None:
        """Count an answer."""
        code = outcome.error.code if outcome.error is not None else "done"
        self.codes.setdefault(kind, Counter())[code] += 1
        self.slowest = max(self.slowest, (outcome.seconds, outcome.ticket))
        if outcome.error is not None and code in WRONG:
            self.wrong[outcome.ticket] = f"{kind}: {code}: {outcome.error.message}"


def try_pictures(count: int, seed: int, folder: Path) -> Trial:
    """Put so many damaged pictures through a pool."""
    trial, recipes = Trial(count), _recipes()
    news, room = threading.Condition(), threading.Semaphore(_AT_ONCE)
    kinds: dict[int, str] = {}
    seen: set[int] = set()

    def deliver(outcome: ProcessOutcome) -> None:
        for path in folder.glob(f"{outcome.ticket}.*"):
            path.unlink(missing_ok=True)
        with news:
            trial.take(outcome, kinds.pop(outcome.ticket))
            news.notify_all()
        seen.update(pool.pids())
        room.release()

    begun = time.monotonic()
    pool = ProcessPool(LIMITS, deliver)
    try:
        for number in range(count):
            if not room.acquire(timeout=_PATIENCE):
                break
            kinds[number], content = mutant(seed, number)
            (folder / f"{number}.bin").write_bytes(content)
            recipe = _of(recipes, number)
            parts = tuple(str(folder / f"{number}.{place}") for place in range(max(1, len(recipe.outputs))))
            pool.submit(ProcessTask(number, str(folder / f"{number}.bin"), parts, recipe))
        with news:
            news.wait_for(lambda: trial.answered() >= count, _PATIENCE)
    finally:
        pool.close()
    trial.wrong |= {number: f"{kind}: never answered" for number, kind in kinds.items()}
    trial.seconds, trial.children = time.monotonic() - begun, len(seen)
    return trial


def _of(recipes: tuple[Recipe, ...], number: int) -> Recipe:
    return recipes[number // len(seeds()) % len(recipes)]


def main() -> int:
    """Run the trial and print a table; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.pictures")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, metavar="NUMBER", help="this one alone, and what it ends with")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="where to write it")
    options = parser.parse_args()
    if options.only is not None:
        kind, content = mutant(options.seed, options.only)
        if options.keep:
            options.keep.write_bytes(content)
        print(f"{kind}, recipe {_of(_recipes(), options.only).name}, {len(content)} bytes")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        trial = try_pictures(options.count, options.seed, Path(folder))
    codes = sorted({code for found in trial.codes.values() for code in found})
    print(f"{'':18}" + "".join(f"{code:>19}" for code in codes))
    for kind, found in sorted(trial.codes.items()):
        print(f"{kind:18}" + "".join(f"{found[code]:>19}" for code in codes))
    for number, how in sorted(trial.wrong.items()):
        print(f"WRONG --seed {options.seed} --only {number}: {how}")
    print(
        f"{trial.count} pictures, {trial.answered()} answers, {len(trial.wrong)} wrong, {trial.seconds:.0f} s, "
        f"slowest {trial.slowest[0]:.1f} s (number {trial.slowest[1]}), {trial.children} children"
    )
    return 1 if trial.wrong or trial.answered() != trial.count else 0


if __name__ == "__main__":
    sys.exit(main())
