"""Real processes crash, by real signals: each leaves a report, and one that ends in order leaves nothing."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from core.crashes import MOST_OF_PICTURES, MOST_REPORTS, CrashWatch, keep_picture_report, reports
from core.places import crashes_folder, log_to_file
from tests.support.command_line import begun, cli, environment
from tests.support.pictures import jpeg_bytes
from tests.support.processes import Program, descendants, wait_for_end
from tests.support.server import Answer, Gate, Server, with_gate
from tests.support.waiting import wait_until

_FAULTY = """
import sys
from PySide6.QtCore import QTimer
from gui.instance import claim
from gui import app
begin = app.App.begin
def begin_and_fail(self):
    begin(self)
    QTimer.singleShot(0, self, lambda: 1 / len(self.objectName()))
app.App.begin = begin_and_fail
with claim(()) as instance:
    sys.exit(app.run(instance))
"""
_SIGNALS = (
    "SIGSEGV",
    *(pytest.param(name, marks=pytest.mark.slow) for name in ("SIGABRT", "SIGBUS", "SIGFPE", "SIGILL")),
)


@pytest.fixture
def start(qapp: QApplication, tmp_path: Path) -> Callable[..., Program]:  # noqa: ARG001 - waits in its event loop
    """Starts the window; it is ready when its engine is."""

    def started(*arguments: str) -> Program:
        before = left("engine", ".open")  # of an engine that was ended by force
        program = Program(
            [sys.executable, *(arguments or ("-m", "gui"))], environment(), tmp_path / "window.err"
        )
        wait_until(lambda: set(left("engine", ".open")) - set(before))
        return program

    return started


def left(process: str = "", end: str = "") -> list[Path]:
    return sorted(crashes_folder().glob(f"{process}*{end}"))


def end_in_order(program: Program) -> None:
    program.process.terminate()
    assert program.process.wait(20) == 0
    program.end()


def test_a_window_that_crashes_is_told_of_by_the_next(start: Callable[..., Program]) -> None:
    window = start()
    below = descendants(window.process.pid)
    window.process.send_signal(signal.SIGSEGV)
    assert window.process.wait(20) == -signal.SIGSEGV
    window.end()
    assert all(wait_for_end(entry.pid) for entry in below)

    again = start()
    (report,) = left("window", ".txt")
    text = report.read_text()
    for words in ("Fetchmill 0.", "Python 3.", "Qt 6.", "Segmentation fault", "in run\n"):
        assert words in text
    end_in_order(again)
    assert left() == [report]


@pytest.mark.parametrize("name", _SIGNALS)
def test_a_command_line_that_crashes(name: str, server: Server, tmp_path: Path) -> None:
    gate = Gate()
    url = server.serve("/a.bin", with_gate(Answer(b"file"), gate, 2))
    run = begun("run", url, "--to", tmp_path / "out", "--quiet")
    assert gate.reached.wait(30)
    assert left("cli", ".txt") == []
    run.send_signal(getattr(signal, name))
    run.communicate(timeout=20)
    gate.open()
    # faulthandler reads the frames of threads that still run, and may crash itself when its first words are written.
    assert run.returncode in (-getattr(signal, name), -signal.SIGSEGV)

    again = cli("run", url, "--to", tmp_path / "out", "--quiet")
    assert (again.returncode, again.stderr) == (0, b"")
    (report,) = left()
    assert report.suffix == ".txt"
    assert "Fatal Python error" in report.read_text()


@pytest.mark.slow
def test_runs_that_end_in_order_leave_nothing(start: Callable[..., Program], tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg_bytes())
    made = cli("run", tmp_path / "a.jpg", "--to", tmp_path / "out", "--recipe", "thumbnail-256", "--quiet")
    assert made.returncode == 0
    assert cli("run", tmp_path / "a.jpg", "--to", tmp_path / "out", "--recipe", "none").returncode == 2
    end_in_order(start())
    assert left() == []


@pytest.mark.slow
def test_a_window_that_is_killed_has_not_crashed(start: Callable[..., Program]) -> None:
    window = start()
    below = descendants(window.process.pid)
    window.process.kill()
    assert window.process.wait(20) == -signal.SIGKILL
    window.end()
    assert all(wait_for_end(entry.pid) for entry in below)
    end_in_order(start())
    assert left() == []


def test_an_engine_that_crashes_leaves_a_report_and_another_takes_its_place(
    start: Callable[..., Program],
) -> None:
    window = start()
    (engine,) = left("engine", ".open")
    os.kill(int(engine.stem.split("-")[3]), signal.SIGABRT)
    wait_until(lambda: left("engine", ".txt") and left("engine", ".open"))
    assert "Fatal Python error: Aborted" in left("engine", ".txt")[0].read_text()
    end_in_order(window)
    assert [path.suffix for path in left()] == [".txt"]


def test_an_exception_in_a_slot_leaves_a_report(start: Callable[..., Program]) -> None:
    window = start("-c", _FAULTY)
    wait_until(lambda: b"ZeroDivisionError" in left("window")[0].read_bytes())
    end_in_order(window)
    (report,) = left()
    assert report.suffix == ".txt"
    assert "ZeroDivisionError: division by zero" in report.read_text()


_FAULTS = """
import sys, threading
from core.crashes import CrashWatch
watch = CrashWatch("cli")
watch.begin()
thread = threading.Thread(target=lambda: {}["http://u:s3cret@h.test/?s3cret"], name="some-thread")
thread.start()
thread.join()
class Bad:
    def __del__(self):
        raise ValueError("in a finalizer")
Bad()
"""


@pytest.mark.slow
def test_threads_finalizers_and_the_last_exception(server: Server, tmp_path: Path) -> None:
    def ended(more: str) -> str:
        with Program([sys.executable, "-c", _FAULTS + more], environment()) as program:
            program.process.wait(30)
        (report,) = left()
        return report.read_text()

    text = ended("watch.note(OSError, OSError('word ' * 10**6), None); watch.close()")
    assert len(text) < 110_000
    assert "in some-thread\n" in text
    assert "KeyError: 'http://…@" in text
    assert "s3cret" not in text
    assert "ValueError: in a finalizer" in text
    left()[0].unlink()
    assert "RuntimeError: the end" in ended("raise RuntimeError('the end')")
    assert left(end=".open"), "the next start tells of what an exception has ended"
    assert cli("run", server.serve("/a", b"a"), "--to", tmp_path, "--quiet").returncode == 0
    assert [path.suffix for path in left()] == [".txt"]


def test_reports_are_few(home: Path) -> None:
    crashes_folder().mkdir()
    for number in range(MOST_REPORTS + 3):
        path = crashes_folder() / f"cli-{number:02}.txt"
        path.write_text("x")
        os.utime(path, (number, number))
    for _ in range(MOST_OF_PICTURES + 3):
        keep_picture_report("Fatal Python error: Aborted", str(home / "a.jpg"))
    assert len(left("picture")) == MOST_OF_PICTURES
    assert [path.name for path in left("cli")] == [f"cli-{n:02}.txt" for n in range(3, MOST_REPORTS + 3)]
    assert len(reports()) == MOST_REPORTS + MOST_OF_PICTURES


def test_a_picture_whose_name_is_no_text(home: Path) -> None:
    log_to_file("engine")
    keep_picture_report("Fatal Python error: Aborted", os.fsdecode(b"/pictures/\xff.jpg"))
    (report,) = left("picture")
    assert "Picture: /pictures/?.jpg\n" in report.read_text()
    assert r"/pictures/\udcff.jpg" in (home / "engine.log").read_text()


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="modes")
def test_logs_and_reports_are_the_users_own(
    start: Callable[..., Program], home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FETCHMILL_HOME", str(home / "window"))
    end_in_order(start())
    monkeypatch.setenv("FETCHMILL_HOME", str(home / "line"))
    (tmp_path / "a.jpg").write_bytes(jpeg_bytes())
    assert cli("run", tmp_path / "a.jpg", "--to", tmp_path / "out", "--quiet").returncode == 0
    made = [home / name / below for name in ("window", "line") for below in ("", "crashes")]
    assert [path.stat().st_mode & 0o777 for path in made] == [0o700] * 4


def test_a_folder_that_cannot_be_written_costs_nothing_else(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (home / "file").touch()
    monkeypatch.setenv("FETCHMILL_HOME", str(home / "file" / "deep"))
    (tmp_path / "a.jpg").write_bytes(jpeg_bytes())
    assert cli("run", tmp_path / "a.jpg", "--to", tmp_path / "out", "--quiet").stderr == b""
    assert CrashWatch("cli").fallen == ()
