"""Programs that make parts of the product."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from resources.packaging.layout import ROOT


def run(*command: str | Path, environment: Mapping[str, str] | None = None) -> None:
    """Run it to its end, from the root of the source.

    Args:
        command: The program and its arguments.
        environment: In place of ours.

    Raises:
        SystemExit: It failed, or is not there; in one line.
    """
    words = [str(word) for word in command]
    try:
        status = subprocess.run(words, cwd=ROOT, env=environment, check=False).returncode
    except FileNotFoundError as error:
        raise SystemExit(f"{words[0]} is not installed") from error
    if status:
        raise SystemExit(f"{Path(words[0]).name} ended with status {status}")
