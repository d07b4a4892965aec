"""The local pictures of the queue, which nothing may overwrite."""

from collections.abc import Iterable
from pathlib import Path


class Originals:
    """Tells them by what they are, not by their names. Disks are asked only once somebody wants to know."""

    def __init__(self) -> None:
        self._found: set[tuple[int, int]] = set()
        self._named: list[str] = []

    def expect(self, paths: Iterable[str]) -> None:
        """These are among them."""
        self._named.extend(paths)

    def include(self, path: str) -> bool:
        """Whether a file is one of them, by whatever name or link it is reached."""
        self._found.update(found for named in self._named if (found := _identity(named)) is not None)
        self._named.clear()
        return _identity(path) in self._found


def _identity(path: str) -> tuple[int, int] | None:
    """Device and number on it; None where there is no file."""
    try:
        found = Path(path).stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino
