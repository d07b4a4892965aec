"""The Debian package of a frozen folder. Needs ``dpkg-deb``, and no network; the same folder gives the same bytes."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from resources.packaging import sbom
from resources.packaging.layout import APP, BUILD, DIST, NAME, PROGRAMS, program
from resources.packaging.linux.debian_control import control
from resources.packaging.linux.debian_documents import documents
from resources.packaging.linux.share import share
from resources.packaging.moment import moment

DOCUMENTS: Final = Path("usr", "share", "doc", NAME)
_MACHINES: Final = {62: "amd64", 183: "arm64"}  # of ELF, as Debian calls them


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


def deb(folder: Path = APP, to: Path = DIST) -> Path:
    """Make the package.

    Args:
        folder: What was frozen.
        to: Where it goes.

    Returns:
        Its path.

    Raises:
        SystemExit: Something is missing; said in one line.
    """
    if shutil.which("dpkg-deb") is None:
        raise SystemExit("dpkg-deb is not installed; it is part of dpkg (Debian, Ubuntu: apt install dpkg)")
    frozen = look_at(folder)
    made = to / f"{NAME}_{frozen.version}_{frozen.architecture}.deb"
    for place in (BUILD, to):
        place.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="deb-", dir=BUILD) as stage:
        dated = int(moment().timestamp())
        _lay_out(frozen, Path(stage), dated)
        _pack(Path(stage), made, dated)
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


def _pack(stage: Path, made: Path, dated: int) -> None:
    # xz, as the dpkg of Debian 11 knows no zstd
    unfinished = made.with_suffix(".unfinished")  # an interrupted one must not look like the whole
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(stage), str(unfinished)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(dated)}
    if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
        raise SystemExit("dpkg-deb has failed")
    unfinished.replace(made)


def _lay_out(frozen: Frozen, stage: Path, dated: int) -> None:
    """Fill the stage with what the package holds."""
    shutil.copytree(frozen.folder, stage / "usr" / "lib" / NAME, symlinks=True)
    (stage / "usr" / "bin").mkdir()
    for name in PROGRAMS:
        (stage / "usr" / "bin" / name).symlink_to(f"../lib/{NAME}/{name}")
    _write(stage / "usr" / "share", {**share(frozen.version), **documents()})
    (stage / "usr" / "lib" / NAME / "licences").rename(stage / DOCUMENTS / "licences")
    sbom.write(frozen.folder, stage / DOCUMENTS / "sbom.cdx.json")
    files = sorted(path for path in stage.rglob("*") if path.is_file() and not path.is_symlink())
    kilobytes = sum(-(-path.stat().st_size // 1024) for path in files)
    facts = {
        "control": control(frozen.version, frozen.architecture, kilobytes).encode(),
        "md5sums": "".join(f"{_digest(path)}  {path.relative_to(stage)}\n" for path in files).encode(),
    }
    _write(stage / "DEBIAN", facts)
    _settle(stage, dated)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for place, content in files.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _settle(stage: Path, dated: int) -> None:
    """Modes and dates that depend neither on the umask nor on the clock."""
    programs = {program(name, stage / "usr" / "lib" / NAME) for name in PROGRAMS}
    for path in (stage, *stage.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path in programs else 0o644)
        os.utime(path, (dated, dated), follow_symlinks=False)
