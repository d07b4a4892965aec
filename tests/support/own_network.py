"""A network of this thread's own, which can be taken away and brought back (network namespaces; ip(8)). Needs root.

Threads that begin while it is there have it too. There are no name servers in it, and nobody but this computer, under an
address that is not the loopback's as well.
"""

import ctypes
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Final, Self

ADDRESS: Final = "198.51.100.7"  # RFC 5737
_CLONE_NEWNET: Final = 0x40000000


class NoOwnNetworkError(Exception):
    """This computer does not let the test have one; says why."""


class OwnNetwork:
    """A context manager; connected at first."""

    def __enter__(self) -> Self:
        if sys.platform != "linux" or os.geteuid() != 0:
            raise NoOwnNetworkError("only root on Linux can have a network of its own")
        self._before = os.open(f"/proc/self/task/{_thread()}/ns/net", os.O_RDONLY)
        self._libc = ctypes.CDLL(None, use_errno=True)
        if self._libc.unshare(_CLONE_NEWNET) != 0:
            os.close(self._before)
            raise NoOwnNetworkError(os.strerror(ctypes.get_errno()))
        try:
            _ip("link", "set", "lo", "up")
            self.connect()
        except (OSError, subprocess.CalledProcessError) as error:
            self.__exit__(None, None, None)
            raise NoOwnNetworkError(f"no network can be set up: {error}") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._libc.setns(self._before, _CLONE_NEWNET)
        os.close(self._before)

    def connect(self) -> None:
        """Have a network, and a route to everywhere."""
        _ip("address", "add", f"{ADDRESS}/24", "dev", "lo")
        _ip("route", "add", "default", "dev", "lo")

    def disconnect(self) -> None:
        """Have none; connections that are there hear nothing more."""
        self.leave_the_internet()
        _ip("address", "del", f"{ADDRESS}/24", "dev", "lo")

    def leave_the_internet(self) -> None:
        """Have a way to those near by only."""
        _ip("route", "del", "default", "dev", "lo")


def _thread() -> int:
    return int(Path("/proc/thread-self").readlink().name)


def _ip(*words: str) -> None:
    subprocess.run(["/usr/bin/env", "ip", *words], check=True, capture_output=True)
