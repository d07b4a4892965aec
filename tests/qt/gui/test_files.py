"""Settings and window state on disk, the log, and where they are."""

import gc
import logging
import subprocess
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QtMsgType

from core.places import config_folder, log_to_file, pictures_folder, state_folder
from core.settings import Settings, Theme
from gui.json_file import JsonFile
from gui.logs import extend_logging, pass_on
from gui.memory import tune_collector
from gui.settings_file import SettingsFile
from tests.support.command_line import ROOT
from tests.support.waiting import wait_until
from tests.support.watching import Expectations


def test_places(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert config_folder() == state_folder() == home
    monkeypatch.delenv("FETCHMILL_HOME")
    assert config_folder().name == state_folder().name == "fetchmill"
    assert config_folder() != state_folder()
    assert pictures_folder().is_absolute()


def test_what_is_written_is_read(tmp_path: Path) -> None:
    file = JsonFile(tmp_path / "deep" / "a.json")
    assert file.read() == {}
    for number in range(50):
        file.write_later({"number": number})
    file.finish()
    assert file.read() == {"number": 49}
    assert [path.name for path in file.path.parent.iterdir()] == ["a.json"]


@pytest.mark.parametrize("content", ["[1]", "{", "\0"])
def test_broken_files(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(content)
    with pytest.raises(ValueError):  # noqa: PT011 - JSON's own messages
        JsonFile(path).read()


def test_what_cannot_be_written_is_logged(tmp_path: Path, expect: Expectations) -> None:
    (tmp_path / "file").touch()
    expect.log("could not be written")
    file = JsonFile(tmp_path / "file" / "a.json")
    file.write_later({})
    file.finish()


def test_settings(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "settings.json")
    assert file.load() == (Settings(), None)
    file.save_later(Settings(theme=Theme.DARK, retries=2))
    file.finish()
    assert file.load() == (Settings(theme=Theme.DARK, retries=2), None)


def test_settings_that_make_no_sense(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"retries": "many", "timeout": 5.0}')
    settings, notice = SettingsFile(path).load()
    assert settings == Settings(timeout=5.0)
    assert notice is not None
    assert "further tries" in notice.message
    path.write_text("nonsense")
    settings, notice = SettingsFile(path).load()
    assert settings == Settings()
    assert notice is not None


def test_log(home: Path, expect: Expectations) -> None:
    expect.log("qt: .*a complaint")
    log_to_file("window")
    extend_logging()
    pass_on(QtMsgType.QtWarningMsg, None, "a complaint")  # type: ignore[arg-type]  # Qt may know no context
    logging.shutdown()
    assert "a complaint" in (home / "window.log").read_text()


def test_a_log_that_cannot_be_written_costs_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expect: Expectations
) -> None:
    expect.log("qt: .*a complaint")
    (tmp_path / "file").touch()
    monkeypatch.setenv("FETCHMILL_HOME", str(tmp_path / "file" / "deep"))
    log_to_file("window")
    extend_logging()
    pass_on(QtMsgType.QtWarningMsg, None, "a complaint")  # type: ignore[arg-type]  # Qt may know no context


def test_a_log_rotates_and_each_process_has_its_own(home: Path) -> None:
    script = (
        "import logging, sys; from core.places import log_to_file; log_to_file(sys.argv[1]); "
        "[logging.info('%s %07d %s', sys.argv[1], n, 'x' * 900) for n in range(6000)]; logging.shutdown()"
    )
    names = ("window", "engine", "cli")
    running = [
        subprocess.Popen([sys.executable, "-c", script, name], cwd=ROOT, stderr=subprocess.PIPE)
        for name in names
    ]
    assert [(run.communicate(timeout=60)[1], run.returncode) for run in running] == [(b"", 0)] * 3
    for name in names:
        kept = [home / f"{name}.log{end}" for end in (".3", ".2", ".1", "")]
        assert sorted(home.glob(f"{name}.log*")) == sorted(kept)
        assert all(path.stat().st_size <= 1_000_000 for path in kept)
        lines = [line.split() for path in kept for line in path.read_text().splitlines()]
        assert {line[5] for line in lines} == {name}
        numbers = [int(line[6]) for line in lines]
        assert numbers == list(range(numbers[0], 6000)), "nothing is lost between two files"


@pytest.fixture
def collector() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.disable()  # as all tests have it


class _Knot:
    """Garbage that only the collector finds."""

    def __init__(self) -> None:
        self.itself = self


@pytest.mark.usefixtures("collector", "qapp")
def test_collector() -> None:
    parent = QObject()
    gc.enable()
    tune_collector(parent)
    assert gc.get_freeze_count() > 0
    assert not gc.isenabled()
    knot = weakref.ref(_Knot())
    assert knot() is not None
    wait_until(lambda: knot() is None)
    parent.deleteLater()
