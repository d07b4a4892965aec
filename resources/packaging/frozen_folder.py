"""What a frozen folder holds: the modules inside its programs, and the native libraries beside them."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from PyInstaller.archive.readers import CArchiveReader  # type: ignore[import-untyped] # it has no types

from resources.packaging.layout import APP, PROGRAMS, program

# ELF, PE, and Mach-O: of 64 bits, and for several processors.
_MAGICS: Final = (b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")


class Native(NamedTuple):
    """A native library.

    Attributes:
        path: Where it is below what PyInstaller calls the contents, with ``/``.
        sha256: Its digest in hexadecimal.
    """

    path: str
    sha256: str

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2]


def contents(app: Path = APP) -> Path:
    """The folder that the programs share."""
    return app / "_internal"


def modules(app: Path = APP) -> frozenset[str]:
    """The top-level modules inside the programs, as the programs themselves list them.

    Raises:
        FileNotFoundError: Nothing was frozen there.
    """
    return frozenset(
        name.partition(".")[0] for each in PROGRAMS for name in _toc(_archive(program(each, app)))
    )


def _archive(file: Path) -> Path:
    """What a program runs: it stands beside it, or else within it."""
    beside = file.with_suffix(".pkg")
    return beside if beside.is_file() else file


def _toc(file: Path) -> Iterator[str]:
    archive = CArchiveReader(str(file))
    for name, (*_, kind) in archive.toc.items():
        yield name
        if kind == "z":
            yield from archive.open_embedded_archive(name).toc


def natives(app: Path = APP) -> tuple[Native, ...]:
    """All native libraries that the programs share, by path; a link to one is not another."""
    root = contents(app)
    files = sorted(file for file in root.rglob("*") if file.is_file() and not file.is_symlink())
    return tuple(
        Native(file.relative_to(root).as_posix(), digest(file)) for file in files if _begins_as_native(file)
    )


def _begins_as_native(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(4).startswith(_MAGICS)


def digest(file: Path) -> str:
    """The SHA-256 of a file in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
