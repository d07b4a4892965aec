"""What went wrong under torture."""

from collections import Counter
from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    """What kind of harm was done."""

    LOST = "lost"  # a job that is not done, or a file that is not there
    DUPLICATED = "duplicated"  # done, downloaded or there twice
    CORRUPT = "corrupt"  # wrong bytes, under a final name or in the queue file
    UNTIDY = "untidy"  # a process or a part file that was left behind, a run that was forgotten


class Fault(NamedTuple):
    """One thing that must not happen.

    Attributes:
        kind: What it counts as.
        text: What exactly, for people.
    """

    kind: Kind
    text: str


class Faults:
    """All that went wrong; says each as it comes, once."""

    def __init__(self) -> None:
        self._seen: set[Fault] = set()
        self._where = ""

    def now_in(self, where: str) -> None:
        """What comes from now on happens there."""
        self._where = where

    def add(self, kind: Kind, text: str) -> None:
        """Note a fault."""
        fault = Fault(kind, f"{self._where}: {text}")
        if fault not in self._seen:
            self._seen.add(fault)
            print(f"{fault.kind.value}: {fault.text}", flush=True)

    def count(self, kind: Kind) -> int:
        """How many of that kind."""
        return Counter(fault.kind for fault in self._seen)[kind]

    def __len__(self) -> int:
        return len(self._seen)
