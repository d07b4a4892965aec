"""The window's processes: which is which, how one is killed, and whether the others notice."""

import os
import random
import signal
import time
from enum import Enum
from typing import Final

from tests.support.processes import ProcessEntry, descendants, marked_with, wait_for_end
from tests.torture.faults import Faults, Kind

LEAVE_S: Final = 5.0  # HOUSE.md: a kill -9 of any leaves no orphan after 5 s
HOME: Final = "FETCHMILL_HOME"
_SPAWNED: Final = "spawn_main"
_MOST_LOSSES: Final = 3  # of an engine, in a minute; the client gives up on the next


class Victim(Enum):
    """Which process is killed."""

    WINDOW = "window"
    ENGINE = "engine"
    CHILD = "child"


_WEIGHTS: Final = {Victim.WINDOW: 5, Victim.ENGINE: 3, Victim.CHILD: 3}


class Killer:
    """Kills processes of one window after the other.

    Args:
        dice: Decides whom.
        faults: Takes what is left behind.

    Attributes:
        kills: How many of each.
    """

    def __init__(self, dice: random.Random, faults: Faults) -> None:
        self.kills = dict.fromkeys(Victim, 0)
        self._dice = dice
        self._faults = faults
        self._engines = 0

    @property
    def total(self) -> int:
        """How many were killed."""
        return sum(self.kills.values())

    def new_window(self) -> None:
        """Another window was started: its engine may be killed again."""
        self._engines = 0

    def kill(self, window: int, home: str) -> Victim:
        """Kill one of the window's processes; which it was. What belonged to it is gone when this returns."""
        wanted = self._dice.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
        pool = _pool_of(window)
        if wanted is Victim.CHILD and pool:
            self._note(Victim.CHILD, self._dice.choice(pool).pid, [])
            return Victim.CHILD
        engine = _engine_of(window)
        if wanted is not Victim.WINDOW and engine is not None and self._engines < _MOST_LOSSES:
            self._engines += 1
            self._note(Victim.ENGINE, engine.pid, descendants(engine.pid))
            return Victim.ENGINE
        self._note(Victim.WINDOW, window, marked_with(HOME, home))
        self.see_off(home)
        return Victim.WINDOW

    def see_off(self, home: str) -> None:
        """Wait until nothing runs for that home; what stays too long is a fault, and is killed."""
        deadline = time.monotonic() + LEAVE_S
        self._wait_for(marked_with(HOME, home), deadline, "the window")
        self._wait_for(marked_with(HOME, home), deadline, "the window")  # born while the others died

    def _note(self, victim: Victim, pid: int, dependants: list[ProcessEntry]) -> None:
        self.kills[victim] += 1
        _kill(pid)
        wait_for_end(pid)
        if victim is Victim.ENGINE:
            self._wait_for(dependants, time.monotonic() + LEAVE_S, "the engine")

    def _wait_for(self, dependants: list[ProcessEntry], deadline: float, of: str) -> None:
        for entry in dependants:
            if not entry.is_zombie and not wait_for_end(entry.pid, max(0.0, deadline - time.monotonic())):
                self._faults.add(Kind.UNTIDY, f"{LEAVE_S:.0f} s after {of} there still is {entry.command}")
                _kill(entry.pid)
                wait_for_end(entry.pid)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _engine_of(window: int) -> ProcessEntry | None:
    spawned = [entry for entry in descendants(window) if _SPAWNED in entry.command]
    return next((entry for entry in spawned if entry.parent == window), None)


def _pool_of(window: int) -> list[ProcessEntry]:
    engine = _engine_of(window)
    if engine is None:
        return []
    return [entry for entry in descendants(engine.pid) if _SPAWNED in entry.command and not entry.is_zombie]
