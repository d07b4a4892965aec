"""The product itself, made by its own commands (``python -m resources.packaging``)."""

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from resources.packaging.layout import BUILD, DIST, ROOT, VERSION, program

_SOURCE: Final = ("core", "gui", "resources", "pyproject.toml", "CHANGELOG.md", "README.md")


def made(command: str) -> Path:
    """What that command leaves in ``dist/``: made now, unless it is there and newer than the source.

    All are made together, by whoever asks first: the folder must not be made anew while somebody else tries it.

    Args:
        command: ``app``, for the frozen folder, or ``deb``.
    """
    wanted = ("app", "deb") if shutil.which("dpkg-deb") else ("app",)
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "lock").open("w") as lock:  # several processes run tests: one makes it, the others wait
        fcntl.flock(lock, fcntl.LOCK_EX)
        newest = max(path.stat().st_mtime for path in _source_files())
        if not all((there := _found(each)) and there.stat().st_mtime >= newest for each in wanted):
            subprocess.run([sys.executable, "-m", "resources.packaging", *wanted], cwd=ROOT, check=True)
    found = _found(command)
    assert found is not None, f"{command} has left nothing in {DIST}"
    return found.parent if command == "app" else found


def _found(command: str) -> Path | None:
    pattern = f"fetchmill_{VERSION}*.deb" if command == "deb" else str(program("fetchmill").relative_to(DIST))
    return max(DIST.glob(pattern), key=lambda path: path.stat().st_mtime, default=None)


def _source_files() -> list[Path]:
    places = [ROOT / name for name in _SOURCE]
    below = [path for place in places for path in (place.rglob("*") if place.is_dir() else [place])]
    return [path for path in below if path.is_file() and "__pycache__" not in path.parts]
