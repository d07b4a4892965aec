"""What a program costs: time, processor and memory, its children included; and what the computer itself lost meanwhile."""

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from tests.support.command_line import environment

# Runs a command and prints what wait4(2) says of it. A process of its own, and a small one: ru_maxrss of a child begins
# with the memory of whoever forked it (getrusage(2), exec keeps it), here the 8 MB of a bare interpreter.
_WATCHER: Final = """
import json, os, sys, time
errors = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
nothing = os.open(os.devnull, os.O_RDWR)
streams = [(os.POSIX_SPAWN_DUP2, nothing, 0), (os.POSIX_SPAWN_DUP2, nothing, 1), (os.POSIX_SPAWN_DUP2, errors, 2)]
begun = time.perf_counter()
pid = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ, file_actions=streams)
_, status, usage = os.wait4(pid, 0)
wall = time.perf_counter() - begun
cost = [wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024]
print(json.dumps([os.waitstatus_to_exitcode(status), *cost]))
"""


class Cost(NamedTuple):
    """What one run took.

    Attributes:
        wall: Seconds from start to end.
        cpu: Seconds, user and system, of the program and the children that it waited for.
        memory: Bytes of RAM at the peak, of the largest of these processes.
        status: How it ended; None where it was ended for taking too long.
        errors: The end of what it said on standard error.
    """

    wall: float
    cpu: float
    memory: int
    status: int | None
    errors: str


def cost_of(command: Sequence[str | Path], folder: Path, limit_s: float | None = None) -> Cost:
    """Run a command to its end.

    Args:
        command: With its arguments.
        folder: For what it says; its working directory, too.
        limit_s: Seconds after which it is ended, with all its children.
    """
    said = folder / "said"
    watcher = [sys.executable, "-I", "-S", "-c", _WATCHER, said, *command]
    # a group of its own, so that what is ended is ended with its children
    with subprocess.Popen(
        [str(word) for word in watcher],
        stdout=subprocess.PIPE,
        cwd=folder,
        env=environment(),
        start_new_session=True,
    ) as process:
        try:
            printed, _ = process.communicate(timeout=limit_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return Cost(limit_s or 0.0, 0.0, 0, None, "")
    status, wall, cpu, memory = json.loads(printed)
    return Cost(wall, cpu, memory, status, said.read_text(errors="replace")[-2000:])


def must_succeed(command: Sequence[str | Path], cost: Cost) -> Cost:
    """The same cost, where the command has ended well; else the end of ours."""
    if cost.status != 0:
        words = shlex.join(str(word) for word in command)
        sys.exit(f"{words[:300]} ended with {cost.status}: {cost.errors}")
    return cost


@contextmanager
def compiled() -> Iterator[None]:
    """Python programs find their bytecode, as they do once they are installed, whatever the environment says."""
    before = {name: os.environ.get(name) for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")}
    with TemporaryDirectory(prefix="fetchmill-bytecode-") as folder:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value


def stolen_seconds() -> float:
    """Seconds that the host has kept all processors from us since the start (proc(5), ``/proc/stat``, steal)."""
    fields = Path("/proc/stat").read_text().split(maxsplit=9)
    return int(fields[8]) / os.sysconf("SC_CLK_TCK")


def first_line(*command: str | Path) -> str:
    """The first line that a program says, of its version for example; or that it is not installed."""
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return f"{command[0]}: not installed"
    return (run.stdout or run.stderr).splitlines()[0][:100]
