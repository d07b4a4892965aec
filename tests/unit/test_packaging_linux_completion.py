"""Completion is tried in the shells themselves."""

import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from core.images.recipe_file import built_in_recipes
from resources.packaging.linux import completion
from resources.packaging.linux.command_line import commands

RECIPES = {recipe.name for recipe in built_in_recipes()}
BASH = "/bin/bash"
READY = "ready>"
PATH = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
PASTING = "\x1b[?2004h"  # what zsh asks the terminal for behind its prompt


class Shell:
    """A shell on a terminal of its own, in a folder with one folder, ``pictures``, and one file, ``list.txt``."""

    def __init__(self, command: list[str], folder: Path) -> None:
        (folder / "pictures").mkdir()
        (folder / "list.txt").touch()
        self._terminal, inside = pty.openpty()
        environment = {
            "HOME": str(folder),
            "INPUTRC": "/dev/null",
            "PATH": PATH,
            "PS1": READY,
            "TERM": "dumb",
        }
        self._process = subprocess.Popen(
            command,
            stdin=inside,
            stdout=inside,
            stderr=inside,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
        os.close(inside)
        self._read()

    def completed(self, line: str) -> str:
        """The line after Tab; printed by going to its beginning and putting ``echo`` there."""
        rows = self.said(f"{line}\t\x01echo ").rpartition(READY)[0].splitlines()
        return next(row for row in reversed(rows) if row.strip()).strip("\a ")

    def said(self, line: str) -> str:
        """What is on the terminal until the next prompt."""
        os.write(self._terminal, f"{line}\n".encode())
        return self._read()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._terminal)

    def _read(self) -> str:
        text = ""
        with suppress(OSError):  # it has ended
            while not text.removesuffix(PASTING).endswith(READY):
                text += os.read(self._terminal, 4096).decode()
        return text


def started(stack: ExitStack, folder: Path, program: str, *options: str) -> Shell:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    shell = Shell([program, *options], folder)
    stack.callback(shell.close)
    return shell


@pytest.fixture
def bash(tmp_path: Path) -> Iterator[Shell]:
    file = tmp_path / "completion"
    file.write_text(completion.bash())
    with ExitStack() as stack:
        shell = started(stack, tmp_path, "bash", "--noprofile", "--norc", "-i")
        shell.said(f"source {file}; unset HISTFILE")
        yield shell


@pytest.fixture
def zsh(tmp_path: Path) -> Iterator[Shell]:
    (tmp_path / "functions").mkdir()
    (tmp_path / "functions" / "_fetchmill-cli").write_text(completion.zsh())
    with ExitStack() as stack:
        shell = started(
            stack, tmp_path, "zsh", "-f", "-i", "-o", "NO_ALWAYS_LAST_PROMPT", "-o", "NO_PROMPT_SP"
        )
        shell.said(f"fpath=({tmp_path}/functions $fpath); autoload -Uz compinit; compinit -u -D")
        yield shell


def in_bash(*words: str) -> set[str]:
    """What bash offers for the last of the words."""
    quoted = " ".join(f"'{word}'" for word in words)
    script = f"{completion.bash()}\nCOMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _fetchmill_cli; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    done = subprocess.run(
        [BASH, "-c", script], capture_output=True, text=True, check=True, env={**os.environ, "PATH": PATH}
    )
    return set(done.stdout.split())


def in_fish(line: str, folder: Path) -> set[str]:
    """What fish offers for that line."""
    if shutil.which("fish") is None:
        pytest.skip("fish is not installed")
    file = folder / "completion.fish"
    file.write_text(completion.fish())
    environment = {
        "HOME": str(folder),
        "PATH": PATH,
    }
    command = ["fish", "--no-config", "-c", f"source {file}; complete -C '{line}'"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=folder)
    return {row.partition("\t")[0] for row in done.stdout.splitlines()}


def test_all_options_of_the_parser_are_known() -> None:
    program, *named = commands()
    assert [command.name for command in named] == ["run", "plan", "scan", "recipes"]
    assert {"--version", "--help"} <= {name for option in program.options for name in option.names}
    assert all("--help" in in_bash("fetchmill-cli", command.name, "--he") for command in named)


@pytest.mark.parametrize("command", [command.name for command in commands()[1:]])
def test_bash_offers_all_options_of_a_command(command: str) -> None:
    (one,) = (each for each in commands() if each.name == command)
    assert in_bash("fetchmill-cli", command, "-") == {name for option in one.options for name in option.names}


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ((), {"run", "plan", "scan", "recipes", "-h", "--help", "--version"}),
        (("p",), {"plan"}),
        (("--vers",), {"--version"}),
        (("run", "list.txt", "--overwrite", ""), {"ask", "skip", "rename", "replace"}),
        (("run", "--overwrite", "=", "re"), {"rename", "replace"}),
        (("run", "--overwrite", "="), {"ask", "skip", "rename", "replace"}),
        (("plan", "--workers", ""), {"auto"}),
        (("plan", "--proxy", "s"), {"system"}),
        (("run", "--name", "r"), set()),
        (("recipes", "--ref"), {"--reference"}),
        (("recipes", ""), RECIPES),
    ],
)
def test_bash_offers_what_fits(words: tuple[str, ...], offered: set[str]) -> None:
    assert in_bash("fetchmill-cli", *(words or ("",))) == offered


@pytest.mark.parametrize(
    ("typed", "then"),
    [
        ("run --to p", "run --to pictures/"),
        ("run --to l", "run --to l"),
        ("run --to=p", "run --to=pictures/"),
        ("run --cookies l", "run --cookies list.txt"),
        ("run --recipe square", "run --recipe square-1080"),
        ("run --recipe li", "run --recipe list.txt"),
        ("run l", "run list.txt"),
    ],
)
def test_bash_completes_on_a_terminal(bash: Shell, typed: str, then: str) -> None:
    assert bash.completed(f"fetchmill-cli {typed}") == f"fetchmill-cli {then}"


@pytest.mark.parametrize(
    ("typed", "then"),
    [
        ("pl", "plan"),
        ("run --no-orig", "run --no-originals"),
        ("run --to=p", "run --to=pictures"),  # the slash goes when something else than a name is typed
        ("run --overwrite=s", "run --overwrite=skip"),
        ("run --recipe=square", "run --recipe=square-1080"),
        ("run --recipe=li", "run --recipe=list.txt"),
        ("run l", "run list.txt"),
        ("recipes thumb", "recipes thumbnail-256"),
    ],
)
def test_zsh_completes_on_a_terminal(zsh: Shell, typed: str, then: str) -> None:
    assert zsh.completed(f"fetchmill-cli {typed}") == f"fetchmill-cli {then}"


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", {"run", "plan", "scan", "recipes"}),
        ("run --max-f", {"--max-filesize"}),
        ("run --to ", {"pictures/"}),
        ("run --overwrite ", {"ask", "skip", "rename", "replace"}),
        ("recipes ", RECIPES),
        ("run l", {"list.txt"}),
        ("run --recipe=sq", {"--recipe=square-1080"}),
    ],
)
def test_fish_offers_what_fits(tmp_path: Path, typed: str, offered: set[str]) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "list.txt").touch()
    assert in_fish(f"fetchmill-cli {typed}", tmp_path) == offered
