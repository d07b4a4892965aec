"""A disk of a few megabytes that tests may fill, take away and bring back (tmpfs; mount(8)). Needs the right to mount."""

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_PLUG: Final = "plug"
_BLOCK: Final = 4096


class NoSmallDiskError(Exception):
    """This computer does not let the test mount one; says why."""


class SmallDisk:
    """A file system of its own; a context manager that takes it away again.

    Its files lie in a place of their own; ``folder`` shows them as long as it is plugged in, as a disk would.

    Args:
        place: An empty folder for all that is needed.
        size: Bytes.

    Attributes:
        folder: Where it is plugged in.
    """

    def __init__(self, place: Path, size: int) -> None:
        self.folder = place / "disk"
        self._store = place / "store"
        self._size = size

    def __enter__(self) -> Self:
        if sys.platform != "linux" or os.geteuid() != 0:
            raise NoSmallDiskError("only root on Linux can mount a small disk")
        self._store.mkdir(parents=True)
        self.folder.mkdir()
        try:
            _run("mount", "-t", "tmpfs", "-o", f"size={self._size}", "tmpfs", self._store)
        except (OSError, subprocess.CalledProcessError) as error:
            raise NoSmallDiskError(f"no tmpfs can be mounted: {error}") from error
        self.plug_in()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for folder in (self.folder, self._store):
            with suppress(subprocess.CalledProcessError):
                _run("umount", "--lazy", folder)

    def plug_in(self) -> None:
        """Show its files in the folder."""
        _run("mount", "--bind", self._store, self.folder)

    def pull_out(self) -> None:
        """Take it away, whoever has files open there; below is an empty folder."""
        _run("umount", "--lazy", self.folder)

    def let_write(self, allowed: bool) -> None:
        """Make it writable, or not; nobody may be writing at that moment."""
        _run("mount", "-o", f"remount,bind,{'rw' if allowed else 'ro'}", self.folder)

    @property
    def free(self) -> int:
        """Bytes that are free."""
        return shutil.disk_usage(self._store).free

    def fill(self, leave: int = 0) -> None:
        """Take all room but that many bytes, rounded down to whole blocks."""
        with (self._store / _PLUG).open("ab") as plug:
            while (count := (self.free - leave) // _BLOCK * _BLOCK) > 0:
                with suppress(OSError):  # somebody else took some of it meanwhile: look again
                    os.posix_fallocate(plug.fileno(), plug.tell(), count)
                    plug.seek(0, os.SEEK_END)

    def make_room(self) -> None:
        """Give back what ``fill`` took."""
        (self._store / _PLUG).unlink(missing_ok=True)


def _run(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], check=True, capture_output=True)
