"""The Debian package of a frozen folder. Needs ``dpkg-deb``, and no network; the same folder gives the same bytes."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Final, NamedTuple

from resources.packaging import changelog
from resources.packaging.layout import APP, BUILD, DIST, NAME, PROGRAMS, program
from resources.packaging.linux.debian_control import control
from resources.packaging.linux.debian_documents import documents
from resources.packaging.linux.share import share

STAGE: Final = BUILD / "deb"
_MACHINES: Final = {62: "amd64", 183: "arm64"}  # of ELF, as Debian calls them
_PROGRAM, _FILE, _FOLDER = 0o755, 0o644, 0o755


class Frozen(NamedTuple):
    """A frozen folder.

    Attributes:
        folder: Where it is.
        version: What its program says.
        architecture: What it runs on, as Debian calls it.
    """

    folder: Path
    version: str
    architecture: str


def deb(folder: Path = APP) -> Path:
    """Make the package.

    Returns:
        Its path, in ``dist/``.

    Raises:
        SystemExit: Something is missing; said in one line.
    """
    if shutil.which("dpkg-deb") is None:
        raise SystemExit("dpkg-deb is not installed; it is part of dpkg (Debian, Ubuntu: apt install dpkg)")
    frozen = look_at(folder)
    moment = _moment(frozen.version)
    _lay_out(frozen, moment)
    made = DIST / f"{NAME}_{frozen.version}_{frozen.architecture}.deb"
    DIST.mkdir(exist_ok=True)
    # xz, as the dpkg of Debian 11 knows no zstd
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(STAGE), str(made)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(moment)}
    if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
        raise SystemExit("dpkg-deb has failed")
    return made


def look_at(folder: Path) -> Frozen:
    """What was frozen there.

    Raises:
        SystemExit: Nothing was, or it does not run here.
    """
    missing = [name for name in PROGRAMS if not program(name, folder).is_file()]
    if missing:
        raise SystemExit(f"{folder} has no {missing[0]}; python -m resources.packaging app makes it")
    line = program(PROGRAMS[1], folder)
    said = subprocess.run([line, "--version"], capture_output=True, text=True, check=False)
    words = said.stdout.split()
    if said.returncode or len(words) < 2:
        raise SystemExit(f"{line} --version ended with status {said.returncode}")
    with line.open("rb") as file:
        head = file.read(20)
    return Frozen(folder, words[1], _MACHINES[int.from_bytes(head[18:20], "little")])


def _moment(version: str) -> int:
    """Seconds since 1970 that files are dated with."""
    if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(epoch)
    return int(datetime.combine(changelog.release(version).day, time(), UTC).timestamp())


def _lay_out(frozen: Frozen, moment: int) -> None:
    """Fill the stage with what the package holds."""
    shutil.rmtree(STAGE, ignore_errors=True)
    shutil.copytree(frozen.folder, STAGE / "usr" / "lib" / NAME, symlinks=True)
    (STAGE / "usr" / "bin").mkdir()
    for name in PROGRAMS:
        (STAGE / "usr" / "bin" / name).symlink_to(f"../lib/{NAME}/{name}")
    _write(STAGE / "usr" / "share", share(frozen.version))
    _write(STAGE / "usr" / "share", documents(frozen.version))
    files = sorted(path for path in STAGE.rglob("*") if path.is_file() and not path.is_symlink())
    kilobytes = sum(-(-path.stat().st_size // 1024) for path in files)
    sums = (
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(STAGE)}\n"
        for path in files
    )
    facts = {
        "control": control(frozen.version, frozen.architecture, kilobytes).encode(),
        "md5sums": "".join(sums).encode(),
    }
    _write(STAGE / "DEBIAN", facts)
    _settle(moment)


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for place, content in files.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _settle(moment: int) -> None:
    """Modes and dates that depend neither on the umask nor on the clock."""
    programs = {program(name, STAGE / "usr" / "lib" / NAME) for name in PROGRAMS}
    for path in (STAGE, *STAGE.rglob("*")):
        if not path.is_symlink():
            path.chmod(_FOLDER if path.is_dir() else _PROGRAM if path in programs else _FILE)
        os.utime(path, (moment, moment), follow_symlinks=False)
