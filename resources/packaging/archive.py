"""The frozen folder as one compressed file, to be unpacked anywhere and run from there."""

import tarfile
from pathlib import Path
from typing import Final

from resources.packaging.layout import APP, DIST, NAME, VERSION, target
from resources.packaging.moment import moment

_READ: Final = 0o755
_PRESET: Final = 6


def tar(folder: Path = APP) -> Path:
    """Make ``dist/fetchmill-VERSION-SYSTEM.tar.xz``; the same folder gives the same bytes.

    Raises:
        SystemExit: There is no such folder.
    """
    if not folder.is_dir():
        raise SystemExit(f"there is no {folder}: python -m resources.packaging app")
    made = DIST / f"{NAME}-{VERSION}-{target()}.tar.xz"
    dated = int(moment().timestamp())

    def neutral(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = dated, 0, 0, "root", "root"
        entry.mode = _READ if entry.isdir() or entry.mode & 0o100 else _READ & ~0o111
        return entry

    unfinished = made.with_suffix(".unfinished")  # an interrupted one must not look like the whole
    with tarfile.open(unfinished, "w:xz", preset=_PRESET) as archive:
        for path in (folder, *sorted(folder.rglob("*"))):
            name = Path(f"{NAME}-{VERSION}") / path.relative_to(folder)
            archive.add(path, str(name), recursive=False, filter=neutral)
    return unfinished.replace(made)
