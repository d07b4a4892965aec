"""Kills Fetchmill at random instants, and shows that nothing is lost: ``python -m tests.torture --minutes N --seed S``.

The real window works on batches of pictures while it, its engine and their children are killed; the queue on disk
has to bring everything back. The last line gives the figures; the exit status is 0 only where nothing went wrong.
The seed decides what is killed when; the computer's load has its own part in it, so that a run is never quite the same.
"""

import argparse
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.support.server import Server
from tests.torture.batch import Batch, prepare
from tests.torture.contents import SLOWLY, contents, serve
from tests.torture.faults import Faults, Kind
from tests.torture.victims import Killer
from tests.torture.witness import Place, Witness, files_in, sha256_of

_RECIPES: Final = ("thumbnail-256", "thumbnail-256", "as-downloaded")
_PROXIES: Final = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_BAD_LINE: Final = r" (ERROR|WARNING|CRITICAL) |^Traceback|^Fatal|^\w*Error"
_GOOD_LINE: Final = (
    r"engine lost|This plugin does not support"  # engines that were killed; the offscreen platform
)
_LOG_TAIL: Final = 3  # faults in the logs that are shown


class Torture:
    """All batches of one call.

    Args:
        folder: For everything that is written.
        server: Serves the batches.
        files: What is served.
        seed: Of the dice.
    """

    def __init__(self, folder: Path, server: Server, files: Mapping[str, bytes], seed: int) -> None:
        self.faults = Faults()
        self.jobs = self.restarts = 0
        self._folder = folder
        self._server = server
        self._files = files
        self._dice = random.Random(seed)
        self.killer = Killer(self._dice, self.faults)
        self._references: dict[str, dict[str, str]] = {}

    def batch(self, number: int, most_kills: int) -> None:
        """One batch to its end, killed on the way as long as fewer than that were."""
        recipe = _RECIPES[number % len(_RECIPES)]
        reference = self._reference(recipe)
        self.faults.now_in(f"batch {number} ({recipe})")
        faults_before, kills_before = len(self.faults), self.killer.total
        place = self._place(f"{number}")
        urls = tuple(serve(self._server, self._files, f"{number}", SLOWLY))
        batch = Batch(place, prepare(place, recipe, urls), len(urls), self.faults)
        batch.run(
            self.killer, Witness(place, urls, reference, self._server, self.faults), self._dice, most_kills
        )
        self.jobs += len(urls)
        self.restarts += batch.restarts
        print(f"batch {number}: {recipe}, {self.killer.total - kills_before} kills", flush=True)
        self._tell_logs(place)
        if len(self.faults) == faults_before:
            shutil.rmtree(place.home.parent)
        else:
            print(f"kept: {place.home.parent}", flush=True)

    def figures(self, seed: int) -> str:
        """The last line."""
        counts = " ".join(
            f"{kind.value}={self.faults.count(kind)}" for kind in (Kind.LOST, Kind.DUPLICATED, Kind.CORRUPT)
        )
        return f"kills={self.killer.total} restarts={self.restarts} jobs={self.jobs} {counts} seed={seed}"

    def _reference(self, recipe: str) -> dict[str, str]:
        """What a run makes that nobody disturbs."""
        if recipe not in self._references:
            self.faults.now_in(f"reference ({recipe})")
            place = self._place(f"reference-{recipe}")
            urls = tuple(serve(self._server, self._files, f"reference-{recipe}", None))
            batch = Batch(place, prepare(place, recipe, urls), len(urls), self.faults)
            batch.run(None, None, self._dice, 0)
            made = {path: sha256_of(place.destination / path) for path in files_in(place.destination)}
            missing = [name for name in self._files if name not in made]
            if missing:
                raise SystemExit(f"even without a kill there is no {missing[0]} ({len(missing)} in all)")
            shutil.rmtree(place.home.parent)
            self._references[recipe] = made
        return self._references[recipe]

    def _place(self, name: str) -> Place:
        return Place(self._folder / name / "home", self._folder / name / "out")

    def _tell_logs(self, place: Place) -> None:
        """Faults of our own that the logs speak of; they need not have done harm."""
        for path in sorted(place.home.glob("*.log")):
            lines = path.read_text(errors="replace").splitlines()
            found = [line for line in lines if re.search(_BAD_LINE, line) and not re.search(_GOOD_LINE, line)]
            for line in dict.fromkeys(found[-_LOG_TAIL:]):
                print(f"log: {path.name}: {line:.300}", flush=True)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="begin no further batch after that time")
    parser.add_argument("--seed", type=int, default=None, help="by default another one each time")
    parser.add_argument("--kills", type=int, default=200, help="how many processes to kill in all")
    parser.add_argument("--jobs", type=int, default=200, help="jobs a batch")
    return parser.parse_args()


def main() -> int:
    """Torture; the exit status."""
    chosen = arguments()
    seed = chosen.seed if chosen.seed is not None else random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}", flush=True)
    for name in _PROXIES:
        os.environ.pop(name, None)
    end = time.monotonic() + chosen.minutes * 60
    folder = Path(tempfile.mkdtemp(prefix="torture-"))
    with Server() as server:
        torture = Torture(folder, server, contents(chosen.jobs, seed), seed)
        number = 0
        while time.monotonic() < end and torture.killer.total < chosen.kills:
            torture.batch(number, chosen.kills)
            number += 1
    if not torture.faults:
        shutil.rmtree(folder)
    print(", ".join(f"{count} of {victim.value}" for victim, count in torture.killer.kills.items()))
    print(torture.figures(seed))
    return 1 if torture.faults else 0


if __name__ == "__main__":
    sys.exit(main())
