"""The window is killed in mid-run and started again, with the real window and mouse: the list is back, the work goes on."""

import json
import sys
from pathlib import Path

import pytest

from tests.support.pictures import jpeg_bytes
from tests.support.processes import Program, descendants, wait_for_end
from tests.support.screen import Screen
from tests.support.server import Answer, Gate, Server, with_gate

ROOT = Path(__file__).parents[2]
COUNT = 24
HELD = 12  # these are held in mid-body until the window has been killed
LIMIT_S = 60.0
COUNTDOWN_S = 3


def serve(server: Server, folder: Path, gate: Gate) -> Path:
    """A list of pictures, some of which the gate holds."""
    urls = []
    for number in range(COUNT):
        picture = Answer(jpeg_bytes(seed=number))
        held = number >= COUNT - HELD
        urls.append(server.serve(f"/{number:02}.jpg", with_gate(picture, gate, 4096) if held else picture))
    list_file = folder / "pictures.txt"
    list_file.write_text("".join(f"{url}\n" for url in urls))
    return list_file


def start_window(display: Screen, *sources: Path) -> Program:
    """Start Fetchmill as a user does."""
    return display.start(sys.executable, "-m", "gui", *sources, environment={"PYTHONPATH": str(ROOT)})


def press(display: Screen, name: str, window: Program) -> None:
    """Click that button once it can be clicked."""
    display.accessible.wait_for_state(name, "enabled", window)
    display.click(*display.accessible.find(name, window, "push button").centre)


def status_becomes(display: Screen, window: Program, end: str) -> None:
    """Wait until the status ends so."""
    display.accessible.wait_for_text("Status", end, window, LIMIT_S)


@pytest.mark.screen
def test_killed_in_mid_run(display: Screen, home: Path, server: Server, tmp_path: Path) -> None:
    gate, destination = Gate(), tmp_path / "out"
    settings = {
        "destination": str(destination),
        "recipe": "thumbnail-256",
        "restart_seconds": COUNTDOWN_S,
        "connections": HELD,
        "per_host": HELD,
    }
    (home / "settings.json").write_text(json.dumps(settings))

    window = start_window(display, serve(server, tmp_path, gate))
    status_becomes(display, window, f"{COUNT} waiting · press Start")
    press(display, "Start", window)
    assert gate.reached.wait(LIMIT_S)
    display.accessible.wait_for_state("Pause", "enabled", window)
    below = descendants(window.process.pid)
    window.process.kill()
    assert all(wait_for_end(entry.pid) for entry in below), "the engine and its children notice"

    window = start_window(display)
    display.accessible.find("Go on now", window, "push button")
    told = display.accessible.find("Message", window).text
    assert told.startswith(f"{COUNT} jobs are back, "), told
    gate.open()
    status_becomes(display, window, f"{COUNT} done, 0 failed")
    assert sorted(path.name for path in destination.glob("*.jpg")) == [f"{n:02}.jpg" for n in range(COUNT)]
    assert list((destination / ".fetchmill").rglob("*.part")) == []

    press(display, "Clear finished", window)
    status_becomes(display, window, "Ready")
    press(display, "Undo", window)
    status_becomes(display, window, f"{COUNT} done, 0 failed")
