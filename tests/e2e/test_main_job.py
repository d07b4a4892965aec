"""The main job with everything real: photographs, nginx, the window, the mouse, the command line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.dragging import drag
from tests.support.main_job import Site, wrong_thumbnails
from tests.support.processes import Program
from tests.support.screen import Screen

ROOT = Path(__file__).parents[2]
LIMIT_S = 480.0  # seconds; a quiet computer of two cores takes a tenth


def start_window(display: Screen, home: Path, destination: Path) -> Program:
    """Start Fetchmill with that destination and the recipe thumbnail-256 already chosen."""
    settings = {"destination": str(destination), "recipe": "thumbnail-256"}
    (home / "settings.json").write_text(json.dumps(settings))
    return display.start(sys.executable, "-m", "gui", environment={"PYTHONPATH": str(ROOT)})


@pytest.mark.screen
def test_list_dragged_into_the_window(display: Screen, home: Path, site: Site, tmp_path: Path) -> None:
    destination = tmp_path / "out"
    destination.mkdir()
    window = start_window(display, home, destination)
    frame = display.accessible.find("Fetchmill", window)
    drag(display, [site.list_file], frame.centre)
    start = display.accessible.find("Start", window, "push button")
    display.accessible.wait_for_state("Start", "enabled", window)
    display.click(*start.centre)
    display.accessible.wait_for_text("Status", "300 done, 0 failed", window, LIMIT_S)
    display.picture(tmp_path / "done.png")
    assert wrong_thumbnails(destination, site.photographs) == []


@pytest.mark.slow
def test_list_on_the_command_line(site: Site, tmp_path: Path) -> None:
    destination = tmp_path / "out"
    command: list[str | Path] = [
        "run",
        site.list_file,
        "--to",
        destination,
        "--recipe",
        "thumbnail-256",
        "--json",
    ]
    run = subprocess.run(
        [sys.executable, "-m", "core.cli", *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(lines) == len(site.urls)
    assert {line["source"] for line in lines} == set(site.urls)
    assert {(line["state"], line["error"]) for line in lines} == {("done", None)}
    assert wrong_thumbnails(destination, site.photographs) == []
