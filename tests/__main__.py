"""All checks in one command: ``python -m tests [--all] [arguments for pytest]``.

Runs ruff (rules, format), mypy --strict over everything, then pytest; stops at the first that is not content.
``--all`` adds the tests marked slow, screen and package.
"""

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PYTHON: Final = (sys.executable, "-m")


def commands(arguments: list[str]) -> list[list[str]]:
    """What is run, in this order."""
    wanted = [argument for argument in arguments if argument != "--all"]
    workers = len(os.sched_getaffinity(0)) + 1  # one more than cores: for a third of their time tests wait
    markers = ["-m", ""] if "--all" in arguments else []
    return [
        [*PYTHON, "ruff", "check", "."],
        [*PYTHON, "ruff", "format", "--check", "."],
        [*PYTHON, "mypy"],
        [*PYTHON, "pytest", "-n", str(workers), *markers, *wanted],
    ]


def environment(folder: str) -> dict[str, str]:
    """Pytest's temporary folders go to one of this run's own: runs at the same time would clear away each other's.

    Bytecode that nobody wants beside the source goes to pytest's cache: without any, each of the hundreds of programs
    that tests start compiles all of it again, for longer than it then runs.
    """
    variables = {**os.environ, "PYTEST_DEBUG_TEMPROOT": folder}
    if variables.pop("PYTHONDONTWRITEBYTECODE", ""):
        variables["PYTHONPYCACHEPREFIX"] = str(ROOT / ".pytest_cache" / "bytecode")
    return variables


def main(arguments: list[str]) -> int:
    """Run all; the exit status of the first that fails, or 0."""
    if Path.cwd() != ROOT:
        os.chdir(ROOT)
    if "--all" not in arguments:
        print("left out: the tests marked slow, screen and package; --all runs them, too", flush=True)
    folder = tempfile.mkdtemp(prefix="fetchmill-tests-")
    Path(folder).chmod(0o755)  # as /tmp is: a test may look at its files as another user
    try:
        for command in commands(arguments):
            print(f"$ {shlex.join(['python', *command[1:]])}", flush=True)
            status = subprocess.run(command, env=environment(folder), check=False).returncode
            if status:
                return status
    finally:
        # not shutil.rmtree, which cannot take down the deep trees that some tests make
        subprocess.run(["/bin/rm", "-rf", "--", folder], check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
