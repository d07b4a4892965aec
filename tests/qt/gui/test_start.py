"""From the command line to the window."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core import __version__
from core.crashes import CrashWatch
from gui import system_check
from gui.__main__ import arguments, main
from gui.system_check import complaint, has_display, in_one_line, will_use_xcb

ROOT = Path(__file__).parents[3]


def test_arguments() -> None:
    assert arguments([]).sources == []
    assert arguments(["list.txt", "-"]).sources == ["list.txt", "-"]


def test_wrong_arguments_are_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        arguments(["--nonsense"])
    assert capsys.readouterr().err == "fetchmill: unrecognized arguments: --nonsense (see fetchmill --help)\n"


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out.splitlines()[0] == f"fetchmill {__version__}"


def test_no_display(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main([]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "no display" in said


def test_no_display_and_nowhere_to_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows, where a program with a window has no standard streams."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr(sys, "stdout", None)
    assert main([]) == 1
    for words, status in (["--version"], 0), (["--help"], 0), (["--wrong"], 2):
        with pytest.raises(SystemExit) as end:
            main(words)
        assert end.value.code == status


@pytest.mark.parametrize(
    "variables",
    [
        {"QT_QPA_PLATFORM": "nonsense"},
        pytest.param(
            {"WAYLAND_DISPLAY": "nobody-serves-it"},
            marks=pytest.mark.skipif(sys.platform != "linux", reason="Wayland is Linux'"),
        ),
    ],
)
def test_no_way_to_a_screen(home: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    """Qt would abort, and the next start would tell of a crash."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    environment = {**os.environ, "FETCHMILL_HOME": str(home), "PYTHONPATH": str(ROOT), **variables}
    environment["XDG_RUNTIME_DIR"] = str(home)  # libwayland says where there is none
    ended = subprocess.run(
        [sys.executable, "-m", "gui"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "{}={}".format(*next(iter(variables.items()))) in ended.stderr
    watch = CrashWatch("window")
    watch.begin()
    watch.close()
    assert watch.fallen == ()


def test_a_system_without_fonts(home: Path) -> None:
    """The window would show boxes for letters."""
    (home / "fonts.conf").write_text("<fontconfig/>")
    script = (
        "from PySide6.QtGui import QFont, QFontInfo\n"
        "from gui.app import make_application\n"
        "application = make_application()\n"
        "print(QFontInfo(QFont()).family())\n"
    )
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "FONTCONFIG_FILE": str(home / "fonts.conf"),
        "PYTHONPATH": str(ROOT),
    }
    said = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert said.stdout == "DejaVu Sans\n"


def test_which_platform() -> None:
    assert will_use_xcb({"DISPLAY": ":0"})
    assert will_use_xcb({"QT_QPA_PLATFORM": "xcb:x"})
    assert not will_use_xcb({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"})
    assert not will_use_xcb({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"})
    assert not has_display({"DISPLAY": ""})


def test_all_is_there() -> None:
    assert complaint({"QT_QPA_PLATFORM": "offscreen"}) is None


def test_missing_library_of_qt(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> None:
        raise ImportError(f"libEGL.so.1: cannot open shared object file: No such file or directory ({name})")

    monkeypatch.setattr("importlib.import_module", fail)
    said = complaint({"DISPLAY": ":0"})
    assert said is not None
    assert "libEGL.so.1 (Debian package libegl1)" in said
    assert "libxcb-cursor0" in said
    assert "\n" not in said


def test_missing_library_of_the_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = tmp_path / "libqxcb.so"
    plugin.write_bytes(b"no library")
    monkeypatch.setattr(system_check, "_xcb_plugin", lambda: plugin)
    said = complaint({"DISPLAY": ":0"})
    assert said is not None
    assert "cannot be loaded" in said
    assert "\n" not in said


def test_a_display_that_nobody_serves() -> None:
    said = complaint({"DISPLAY": ":3999", "QT_QPA_PLATFORM": "xcb"}) if sys.platform == "linux" else ":3999"
    assert said is not None
    assert ":3999" in said


@pytest.mark.parametrize(
    ("error", "part"),
    [
        ("libxcb-cursor.so.0: cannot open shared object file: No such file", "package libxcb-cursor0"),
        ("libstrange.so.7: cannot open shared object file: No such file", "missing: libstrange.so.7;"),
        ("undefined symbol:\n x", "cannot be loaded: undefined symbol: x"),
    ],
)
def test_in_one_line(error: str, part: str) -> None:
    assert part in in_one_line(OSError(error))


@pytest.mark.parametrize(
    ("number", "source"),
    [(signal.SIGTERM, "https://example.invalid/a.jpg"), (signal.SIGINT, "-")],
    ids=["a link", "standard input that stays open"],
)
def test_the_program_starts_and_ends_in_order(home: Path, number: signal.Signals, source: str) -> None:
    """The real program, the real engine process; it says that it is there by writing its log's folder."""
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "FETCHMILL_HOME": str(home),
        "PYTHONPATH": str(ROOT),
    }
    script = (
        "import sys\n"
        "from PySide6.QtCore import QTimer\n"
        "import gui.app\n"
        "begin = gui.app.App.begin\n"
        "def told(app):\n"
        "    begin(app)\n"
        "    app._client.ready.connect(lambda _: print('ready', flush=True))\n"
        "gui.app.App.begin = told\n"
        "if __name__ == '__main__':\n"
        "    from gui.__main__ import main\n"
        "    sys.exit(main(sys.argv[1:]))\n"
    )
    path = home / "start.py"
    path.write_text(script)
    with subprocess.Popen(
        [sys.executable, path, source],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
        program.send_signal(number)
        assert program.wait(timeout=20) == 0  # with standard input still open
        _, errors = program.communicate(timeout=20)
    assert program.returncode == 0, errors
    assert "Traceback" not in errors
    assert (home / "window.json").exists()
