"""What screen readers see of the programs on a screen, read through AT-SPI as they do.

The reading is done by ``accessible_reader.py`` in Debian's own Python, which has pyatspi.
"""

import json
import subprocess
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.support.processes import Program

_PYTHON: Final = "/usr/bin/python3"
_READER: Final = Path(__file__).with_name("accessible_reader.py")


class Element(NamedTuple):
    """One accessible object.

    Attributes:
        role: AT-SPI's name of the role: ``push button`` ...
        name: Its accessible name.
        text: What it says: its text, else its value, else its description.
        x: Of its left edge on the screen, pixels.
        y: Of its upper edge on the screen, pixels.
        width: Pixels.
        height: Pixels.
        states: AT-SPI's names of the states that are set: ``enabled``, ``showing`` ...
    """

    role: str
    name: str
    text: str
    x: int
    y: int
    width: int
    height: int
    states: tuple[str, ...]

    @property
    def centre(self) -> tuple[int, int]:
        """Where to click."""
        return self.x + self.width // 2, self.y + self.height // 2


class Accessible:
    """The accessible tree of one screen."""

    def __init__(self, environment: Mapping[str, str], log: Path, prefix: Sequence[str] = ()) -> None:
        """Start the reader; ``prefix`` are words that start a command as another user."""
        self._reader = Program([*prefix, _PYTHON, "-u", "-c", _READER.read_text()], environment, log)

    @staticmethod
    @cache
    def is_possible() -> bool:
        """Whether Debian's Python has pyatspi."""
        try:
            run = subprocess.run(
                [_PYTHON, "-c", "import pyatspi"], capture_output=True, check=False, timeout=30
            )
        except FileNotFoundError:
            return False
        return run.returncode == 0

    def all_named(self, name: str) -> list[Element]:
        """All elements of that accessible name, in the order of the tree."""
        return [Element._make([*fields[:-1], tuple(fields[-1])]) for fields in self._ask({"name": name})]

    def tree(self) -> str:
        """Everything there is, a line each, for the report of a failure."""
        return "\n".join(self._ask({"tree": True}))

    def find(self, name: str, program: Program, role: str | None = None, timeout_s: float = 30.0) -> Element:
        """The first element of that name (and role) that shows; AssertionError when it does not come in time."""
        deadline = time.monotonic() + timeout_s
        while True:
            for element in self.all_named(name):
                if "showing" in element.states and role in {None, element.role}:
                    return element
            if program.ended_within(0.1) or time.monotonic() > deadline:
                raise AssertionError(f"no {role or 'element'} {name!r} on the screen:\n{self.tree()}")

    def wait_for_state(self, name: str, state: str, program: Program, timeout_s: float = 30.0) -> None:
        """Until an element of that name has the state; AssertionError when none has in time."""
        deadline = time.monotonic() + timeout_s
        while not any(state in element.states for element in self.all_named(name)):
            if program.ended_within(0.1) or time.monotonic() > deadline:
                raise AssertionError(f"{name!r} did not become {state}:\n{self.tree()}")

    def wait_for_text(self, name: str, end: str, program: Program, timeout_s: float) -> str:
        """The text of the element of that name once it ends so; AssertionError when it does not in time."""
        deadline = time.monotonic() + timeout_s
        while True:
            texts = [element.text for element in self.all_named(name)]
            for text in texts:
                if text.endswith(end):
                    return text
            if program.ended_within(0.2) or time.monotonic() > deadline:
                raise AssertionError(
                    f"{name!r} did not come to end with {end!r}; it says {texts}\n{self.tree()}"
                )

    def end(self) -> None:
        """End the reader."""
        self._reader.end()

    def _ask(self, question: dict[str, Any]) -> list[Any]:
        self._reader.say(json.dumps(question))
        answer: list[Any] = json.loads(self._reader.wait_for_line(r"\[.*\]$")[0])
        return answer
