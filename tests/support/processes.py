"""Programs that tests start, and the processes that are left behind (Linux's /proc; proc(5))."""

import os
import re
import select
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

END_S: Final = 10.0


class ProcessEntry(NamedTuple):
    """One line of the process table.

    Attributes:
        pid: Its number.
        parent: Its parent's number.
        is_zombie: It has ended, and nobody has asked how.
        command: Its command line, as far as it can be read.
    """

    pid: int
    parent: int
    is_zombie: bool
    command: str


def process_table() -> dict[int, ProcessEntry]:
    """All processes at this moment."""
    entries = (_entry(int(folder.name)) for folder in Path("/proc").iterdir() if folder.name.isdigit())
    return {entry.pid: entry for entry in entries if entry is not None}


def descendants(root: int) -> list[ProcessEntry]:
    """Children of that process, their children, and so on."""
    table = process_table()
    found: list[ProcessEntry] = []
    parents = {root}
    while parents:
        generation = [entry for entry in table.values() if entry.parent in parents]
        found += generation
        parents = {entry.pid for entry in generation}
    return found


def marked_with(name: str, value: str) -> list[ProcessEntry]:
    """Processes other than this one that were started with that environment variable, whoever is their parent now."""
    mark = f"{name}={value}".encode()
    return [
        entry
        for entry in process_table().values()
        if entry.pid != os.getpid() and mark in _environment(entry.pid)
    ]


def running_now() -> set[int]:
    """The numbers of all processes, zombies included; far cheaper than the table of what they are."""
    with os.scandir("/proc") as entries:
        return {int(entry.name) for entry in entries if entry.name.isdigit()}


def strangers(root: int, known: set[int], name: str, value: str) -> list[ProcessEntry]:
    """Processes not known that come from ``root`` or were started with that environment variable."""
    mark = f"{name}={value}".encode()
    news = [entry for pid in running_now() - known if (entry := _entry(pid)) is not None]
    return [entry for entry in news if _is_below(root, entry) or mark in _environment(entry.pid)]


def wait_for_end(pid: int, timeout_s: float = END_S) -> bool:
    """Whether that process, child or not, ends in time; a zombie has ended."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        return bool(poll.poll(timeout_s * 1000))
    finally:
        os.close(handle)


def end_process(pid: int, timeout_s: float = END_S) -> None:
    """SIGTERM, and SIGKILL when that does not help in time. For processes that the test started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        if wait_for_end(pid, timeout_s):
            return


class Program:
    """A program that runs beside the test; what it prints is read line by line. A context manager that ends it.

    Attributes:
        process: The running program.
        lines: What it has printed so far, as far as it was read.
    """

    def __init__(
        self,
        arguments: Sequence[str | Path],
        environment: Mapping[str, str] | None = None,
        log: Path | None = None,
    ) -> None:
        with (log or Path(os.devnull)).open("ab") as errors:
            self.process = subprocess.Popen(
                [str(argument) for argument in arguments],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        self.lines: list[str] = []
        self._rest = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def say(self, line: str) -> None:
        """Write a line to its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def wait_for_line(self, pattern: str, timeout_s: float = 30.0) -> re.Match[str]:
        """The next line that the pattern matches from its beginning; AssertionError when none comes in time."""
        for line in self._read_lines(timeout_s):
            self.lines.append(line)
            if found := re.match(pattern, line):
                return found
        status = self.process.poll()
        raise AssertionError(
            f"no line {pattern!r} within {timeout_s} s; exit status {status}; {self.lines[-20:]}"
        )

    def ended_within(self, seconds: float) -> bool:
        """Whether it ends by itself in that time: what a loop that polls waits with."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def end(self) -> None:
        """End it, by its pid, and collect it."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(END_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        self.process.wait(END_S)

    def _read_lines(self, timeout_s: float) -> Iterator[str]:
        assert self.process.stdout is not None
        number = self.process.stdout.fileno()
        deadline = time.monotonic() + timeout_s
        poll = select.poll()
        poll.register(number, select.POLLIN | select.POLLHUP)
        while True:
            while b"\n" in self._rest:
                line, self._rest = self._rest.split(b"\n", 1)
                yield line.decode(errors="replace")
            if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
                return
            more = os.read(number, 65536)
            if not more:
                return
            self._rest += more


def _entry(pid: int) -> ProcessEntry | None:
    stat = _read(pid, "stat").decode(errors="replace")
    if not stat:
        return None
    state, parent = stat.rpartition(")")[2].split()[:2]
    command = _read(pid, "cmdline").replace(b"\0", b" ").decode(errors="replace").strip()
    return ProcessEntry(pid, int(parent), state in "ZX", command or stat)


def _is_below(root: int, entry: ProcessEntry) -> bool:
    """Whether its parent, or that one's parent, and so on, is ``root``."""
    above: ProcessEntry | None = entry
    while above is not None and above.parent != root:
        above = _entry(above.parent)
    return above is not None


def _environment(pid: int) -> list[bytes]:
    return _read(pid, "environ").split(b"\0")


def _read(pid: int, name: str) -> bytes:
    try:
        return Path("/proc", str(pid), name).read_bytes()
    except OSError:
        return b""  # it has ended meanwhile, or is another user's
