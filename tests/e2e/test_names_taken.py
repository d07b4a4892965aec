"""Files that exist already, with the real window and mouse: the plan before the start, the question after it."""

import json
import sys
from pathlib import Path

import pytest

from tests.support.processes import Program
from tests.support.screen import Screen
from tests.support.server import Server

ROOT = Path(__file__).parents[2]
LIMIT_S = 60.0
MINE = b"what was there before"


def press(display: Screen, name: str, window: Program) -> None:
    """Click that button once it can be clicked."""
    display.accessible.wait_for_state(name, "enabled", window)
    display.click(*display.accessible.find(name, window, "push button").centre)


@pytest.mark.screen
def test_planned_asked_and_replaced(display: Screen, home: Path, server: Server, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "a.zip").write_bytes(MINE)
    urls = [server.serve(f"/{name}", name.encode() * 99) for name in ("a.zip", "b.zip")]
    (tmp_path / "list.txt").write_text("\n".join(urls))
    settings = {"destination": str(out), "recipe": "as-downloaded", "existing": "ask"}
    (home / "settings.json").write_text(json.dumps(settings))
    window = display.start(
        sys.executable, "-m", "gui", tmp_path / "list.txt", environment={"PYTHONPATH": str(ROOT)}
    )
    display.accessible.wait_for_text("Status", "2 waiting · press Start", window, LIMIT_S)
    press(display, "Show plan", window)
    assert display.accessible.find("Plan", window, "table") is not None
    display.mouse("key", "Escape")
    press(display, "Start", window)
    display.accessible.wait_for_text("Status", "1 done, 1 failed", window, LIMIT_S)
    assert display.accessible.find("Message", window).text.startswith("1 file exists already.")
    press(display, "Replace", window)
    display.accessible.wait_for_text("Status", "2 done, 0 failed", window, LIMIT_S)
    assert (out / "a.zip").read_bytes() == b"a.zip" * 99
    assert server.requests("/a.zip") == 1
