"""``fetchmill-cli`` as a process, and what it answers."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
_LIMIT_S: Final = 120.0


def environment() -> dict[str, str]:
    """In which it finds this program."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def command(*arguments: str | Path) -> list[str]:
    """The command line as a list of arguments."""
    return [sys.executable, "-m", "core.cli", *map(str, arguments)]


def cli(*arguments: str | Path, timeout_s: float = _LIMIT_S) -> subprocess.CompletedProcess[bytes]:
    """Run it to its end."""
    return subprocess.run(
        command(*arguments), capture_output=True, timeout=timeout_s, env=environment(), check=False
    )


def begun(*arguments: str | Path) -> "subprocess.Popen[bytes]":
    """Let it run beside the test."""
    return subprocess.Popen(
        command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    )


def records(output: bytes) -> dict[str, dict[str, Any]]:
    """The last line about each source that ``--json`` printed."""
    return {found["source"]: found for found in map(json.loads, output.splitlines())}
