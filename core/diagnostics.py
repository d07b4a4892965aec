"""What somebody who helps from afar has to know, as one text without secrets."""

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from core.about import NAME_AND_VERSION, versions_apart
from core.crashes import reports
from core.masked import masked
from core.places import state_folder

LOGS: Final = ("window", "engine", "cli")
_MOST_LINES: Final = 40  # of a log or of a report
_MOST_BYTES: Final = 1 << 16
_ASKED: Final = ("LANG", "LC_ALL", "XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE")
_GB: Final = 1_000_000_000
_LONGEST: Final = 400  # characters of a line


class Section(NamedTuple):
    """Some lines under a title."""

    title: str
    lines: tuple[str, ...]


def diagnostics(sections: Iterable[Section] = ()) -> str:
    """The whole text, masked; takes about half a second, most of it in a process that looks at the codecs.

    Args:
        sections: What the caller knows beside what stands in files.
    """
    every = (
        Section(NAME_AND_VERSION, versions_apart()),
        Section("machine", _machine()),
        *sections,
        Section("crash reports", tuple(path.name for path in reports()) or ("none",)),
        *(_section(path, from_end=False) for path in reports()[:1]),
        *(_section(state_folder() / f"{name}.log", from_end=True) for name in LOGS),
    )
    text = masked("\n\n".join("\n".join((f"## {title}", *lines)) for title, lines in every))
    return "".join(f"{_cut(line)}\n" for line in text.splitlines())


def _machine() -> tuple[str, ...]:
    """What Fetchmill has to work with."""
    words = [f"{name}={value}" for name in _ASKED if (value := os.environ.get(name))]
    lines = [f"language and desktop: {' '.join(words) or 'not set'}", f"processors: {os.cpu_count()}"]
    with suppress(AttributeError, OSError, ValueError):  # not on every system
        lines.append(f"memory: {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / _GB:.1f} GB")
    with suppress(OSError):
        lines.append(f"free where the list is kept: {shutil.disk_usage(state_folder()).free / _GB:.1f} GB")
    return tuple(lines)


def _section(path: Path, *, from_end: bool) -> Section:
    try:
        lines = _lines(path, from_end=from_end)
    except OSError:
        return Section(path.name, ("none",))
    return Section(path.name, lines[-_MOST_LINES:] if from_end else lines[:_MOST_LINES])


def _lines(path: Path, *, from_end: bool) -> tuple[str, ...]:
    """Whole lines only: one that is cut off could begin within a password."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        start = max(0, size - _MOST_BYTES) if from_end else 0
        file.seek(start)
        lines = file.read(_MOST_BYTES).decode("utf-8", "replace").splitlines()
    return tuple(lines[1:] if start else lines)


def _cut(line: str) -> str:
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
