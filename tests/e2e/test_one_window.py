"""One window, with the real program: starts at once, and starts after a kill."""

import os
import re
import select
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from core.folder_lock import FolderLock
from gui.instance import LOCK_NAME
from tests.support.processes import END_S, Program, marked_with, wait_for_end
from tests.support.watching import OFFSCREEN_COMPLAINTS

ROOT = Path(__file__).parents[2]
TIMES = 20
PATIENCE_S = 60.0
# The real program; it only says, beside, what its window is given to add.
WINDOW = (
    "import sys\n"
    "if __name__ == '__main__':\n"
    "    import gui.__main__, gui.instance\n"
    "    claim = gui.instance.claim\n"
    "    def claim_and_say(sources):\n"
    "        held = claim(sources)\n"
    "        if held is not None:\n"
    "            from gui.main_window import MainWindow\n"
    "            submit = MainWindow.submit\n"
    "            def submit_and_say(window, drop):\n"
    "                submit(window, drop)\n"
    "                print('adds', *drop.sources, flush=True)\n"
    "            MainWindow.submit = submit_and_say\n"
    "        return held\n"
    "    gui.instance.claim = claim_and_say\n"
    "    sys.exit(gui.__main__.main(sys.argv[1:]))\n"
)

pytestmark = pytest.mark.slow


def start(home: Path, *sources: str) -> Program:
    """The program with its files in that folder."""
    home.mkdir(exist_ok=True)
    script = home / "window.py"
    script.write_text(WINDOW)
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "FETCHMILL_HOME": str(home),
        "PYTHONPATH": str(ROOT),
    }
    return Program([sys.executable, script, *sources], environment, home / "errors.log")


def first_to_end(programs: list[Program]) -> Program:
    """Whichever of them ends first."""
    with ExitStack() as handles:
        poll, by_handle = select.poll(), {}
        for program in programs:
            handle = os.pidfd_open(program.process.pid)
            handles.callback(os.close, handle)
            poll.register(handle, select.POLLIN)
            by_handle[handle] = program
        ended = poll.poll(PATIENCE_S * 1000)
    assert ended, "both stay"
    return by_handle[ended[0][0]]


def said(program: Program) -> str:
    """All that an ended program has printed."""
    assert program.process.stdout is not None
    return program.process.stdout.read().decode()


def processes_of(home: Path) -> list[int]:
    """The window, its engine and their children."""
    return [entry.pid for entry in marked_with("FETCHMILL_HOME", str(home)) if not entry.is_zombie]


def complaints(home: Path) -> list[str]:
    """What was printed to standard error, beside what the offscreen platform says of itself."""
    lines = (home / "errors.log").read_text().splitlines()
    return [line for line in lines if not any(re.search(known, line) for known in OFFSCREEN_COMPLAINTS)]


@pytest.mark.parametrize("time", range(TIMES))
def test_two_starts_at_once(home: Path, time: int) -> None:
    sources = [f"https://a.invalid/{time}-{number}.jpg" for number in range(2)]
    with start(home, sources[0]) as one, start(home, sources[1]) as other:
        second = first_to_end([one, other])
        first = other if second is one else one
        assert second.process.wait(END_S) == 0
        assert said(second) == ""
        added = {first.wait_for_line("adds (.*)", PATIENCE_S)[1] for _ in sources}
        assert added == set(sources)
        assert first.process.poll() is None
        assert FolderLock(home / LOCK_NAME).holder() == first.process.pid
        first.process.send_signal(signal.SIGTERM)
        assert first.process.wait(PATIENCE_S) == 0
    assert complaints(home) == []
    assert FolderLock(home / LOCK_NAME).acquire()


def test_a_start_after_a_kill(home: Path) -> None:
    with start(home, "https://a.invalid/1.jpg") as killed:
        killed.wait_for_line("adds", PATIENCE_S)
        killed.process.kill()
    with start(home, "https://a.invalid/2.jpg") as window:
        assert window.wait_for_line("adds (.*)", PATIENCE_S)[1] == "https://a.invalid/2.jpg"
        with start(home, "https://a.invalid/3.jpg") as second:
            assert second.process.wait(PATIENCE_S) == 0
        assert window.wait_for_line("adds (.*)", PATIENCE_S)[1] == "https://a.invalid/3.jpg"
        window.process.send_signal(signal.SIGTERM)
        assert window.process.wait(PATIENCE_S) == 0
    for pid in processes_of(home):  # of the one that was killed: they notice
        assert wait_for_end(pid, END_S)
