"""One batch under torture: the window is started, killed and started again until all jobs have ended."""

import json
import os
import random
import re
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from tests.support.processes import Program
from tests.torture.faults import Faults, Kind
from tests.torture.victims import HOME, Killer, Victim
from tests.torture.window import START
from tests.torture.witness import Place, Witness

ROOT: Final = Path(__file__).parents[2]
_TOTALS: Final = re.compile(r"(\w+) done=(\d+) failed=(\d+) other=(\d+) left=(\d+)")
_STALLED_S: Final = 60.0  # without any line from the window
_LEAVE_S: Final = 20.0
_SOONEST_S, _LATEST_S = 0.02, 2.5  # after the start or the last kill


def start_window(place: Place, arguments: Sequence[str]) -> Program:
    """The real window with its files in that place."""
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        HOME: str(place.home),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "tests.torture.window", *arguments]
    return Program(command, environment, place.home / "stderr.log")


def prepare(place: Place, recipe: str, urls: Sequence[str]) -> Path:
    """Settings and the list; the list's path."""
    place.home.mkdir(parents=True)
    settings = {
        "destination": str(place.destination),
        "recipe": recipe,
        "restart": "go-on",
        "restart_seconds": 0,
    }
    (place.home / "settings.json").write_text(json.dumps(settings))
    list_file = place.home / "list.txt"
    list_file.write_text("".join(f"{url}\n" for url in urls))
    return list_file


class Batch:
    """Runs one batch to its end.

    Args:
        place: Where.
        list_file: What is to be added.
        jobs: How many there are in it.
        faults: Takes what goes wrong.

    Attributes:
        restarts: How often the window was started after it had been killed.
    """

    def __init__(self, place: Place, list_file: Path, jobs: int, faults: Faults) -> None:
        self.restarts = 0
        self._place = place
        self._list_file = list_file
        self._jobs = jobs
        self._faults = faults
        self._is_added = False
        self._ran = False
        self._has_ended = False

    def run(
        self, killer: Killer | None, witness: Witness | None, dice: random.Random, most_kills: int
    ) -> None:
        """Start the window, kill and start again; returns when all jobs have ended and nothing runs any more."""
        while True:
            with self._start() as window:
                if killer is not None:
                    killer.new_window()
                was_killed = self._live(window, killer, dice, most_kills)
                if not was_killed:
                    self._end(window)
            if killer is not None:
                killer.see_off(str(self._place.home))
            if not was_killed:
                break
            if witness is not None:
                witness.look()
            self.restarts += 1
        if witness is not None:
            witness.look_at_the_end()

    def _start(self) -> Program:
        """With the list until that is added, and Start pressed until that has had an effect; later with nothing."""
        arguments = [] if self._ran else [START]
        if not self._is_added:
            arguments.append(str(self._list_file))
        return start_window(self._place, arguments)

    def _live(self, window: Program, killer: Killer | None, dice: random.Random, most_kills: int) -> bool:
        """Follow one window, killing what belongs to it; whether it was killed itself."""
        while killer is not None and killer.total < most_kills:
            if self._ends_within(window, dice.uniform(_SOONEST_S, _LATEST_S)):
                return False
            if window.process.poll() is not None:
                self._faults.add(Kind.UNTIDY, f"the window ended by itself: {window.process.returncode}")
                return True
            if killer.kill(window.process.pid, str(self._place.home)) is Victim.WINDOW:
                self._hear_the_rest(window)
                return True
        while not self._ends_within(window, _STALLED_S):
            if not self._moved:
                self._faults.add(Kind.LOST, f"nothing moves any more: {window.lines[-3:]}")
                return False
        return False

    def _ends_within(self, window: Program, seconds: float) -> bool:
        """Whether all jobs end in that time."""
        deadline = time.monotonic() + seconds
        self._moved = False
        while not self._has_ended and (line := _next_line(window, deadline - time.monotonic())) is not None:
            self._moved = True
            self._take(line)
        return self._has_ended

    def _hear_the_rest(self, window: Program) -> None:
        """What it said before it was killed."""
        while (line := _next_line(window, 0.0)) is not None:
            self._take(line)

    def _take(self, line: str) -> None:
        if line.startswith("batch "):
            self._is_added = True
        elif line.startswith("trouble "):
            self._faults.add(Kind.CORRUPT, line)
        elif found := re.match(r"recovered .* unfinished=(\d+) running=(\w+)", line):
            if self._ran and int(found[1]) and found[2] != "True":
                self._faults.add(Kind.UNTIDY, f"it was running, and that is forgotten: {line}")
                self._ran = False  # the next window presses Start
        elif found := _TOTALS.match(line):
            self._take_totals(found[1], *(int(found[number]) for number in (2, 3, 4, 5)))

    def _take_totals(self, run: str, done: int, failed: int, other: int, left: int) -> None:
        self._ran = self._ran or run == "running"
        whole = done + failed + other
        self._has_ended = run == "idle" and left == 0 and self._is_added and whole >= self._jobs

    def _end(self, window: Program) -> None:
        """Close the window in order."""
        with suppress(ProcessLookupError):
            window.process.send_signal(signal.SIGTERM)
        if not window.ended_within(_LEAVE_S):
            self._faults.add(Kind.UNTIDY, f"the window does not close within {_LEAVE_S:.0f} s")


def _next_line(window: Program, seconds: float) -> str | None:
    """What the window says next, if it does in that time."""
    try:
        return window.wait_for_line("", max(0.0, seconds)).string
    except AssertionError:
        return None
