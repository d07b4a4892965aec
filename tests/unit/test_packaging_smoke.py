"""The smoke test of the frozen programs, held against programs that are no good, and against those of the source."""

import sys
from pathlib import Path

import pytest

from resources.packaging import smoke
from resources.packaging.layout import PROGRAMS, VERSION

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its stand-ins are scripts of a shell")
BIN = Path(sys.executable).parent


def programs(folder: Path, **scripts: str) -> Path:
    """A folder with both programs, each a script; those of the source where none is given."""
    for name in PROGRAMS:
        path = folder / name
        script = scripts.get(name.replace("-", "_"), 'exec "$source" "$@"')
        path.write_text(f"#!/bin/sh\nsource='{BIN / name}'\n{script}\n")
        path.chmod(0o755)
    return folder


def complaint(folder: Path) -> str:
    with pytest.raises(SystemExit) as end:
        smoke.smoke(folder)
    assert "\n" not in str(end.value)
    return str(end.value)


def test_nothing_there(tmp_path: Path) -> None:
    assert "is not there" in complaint(tmp_path)


def test_another_version(tmp_path: Path) -> None:
    assert "says 'fetchmill 0.0.1" in complaint(programs(tmp_path, fetchmill_cli="echo fetchmill 0.0.1"))


def test_a_program_that_fails(tmp_path: Path) -> None:
    said = complaint(programs(tmp_path, fetchmill_cli="echo no library >&2; exit 127"))
    assert "status 127: no library" in said


def test_downloads_that_are_said_and_not_there(tmp_path: Path) -> None:
    lies = f"""case "$1" in
        --version) echo fetchmill {VERSION};;
        *) for n in 1 2 3 4 5 6 7 8; do echo '{{"source": "x", "state": "done", "error": null}}'; done;;
        esac"""
    version = f"echo fetchmill {VERSION}"
    assert "0.png is not there" in complaint(programs(tmp_path, fetchmill_cli=lies, fetchmill=version))


def test_a_window_that_ends_at_once(tmp_path: Path, home: Path) -> None:
    trial = smoke.Trial(
        programs(tmp_path, fetchmill="exit 3"), tmp_path, "http://127.0.0.1/", {"FETCHMILL_HOME": str(home)}
    )
    with pytest.raises(SystemExit, match="ended at once, with status 3"):
        smoke.check_window(trial)


@pytest.mark.slow
def test_the_programs_of_the_source(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    smoke.smoke(programs(tmp_path))
    said = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in said] == [
        "check_versions",
        "check_downloads",
        "check_codecs",
        "check_window",
    ]
