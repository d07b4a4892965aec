"""Files dragged with the real mouse."""

import sys
from pathlib import Path

from tests.support.processes import Program
from tests.support.screen import Screen

ROOT = Path(__file__).parents[2]


def drag(display: Screen, files: list[Path], onto: tuple[int, int]) -> None:
    """Drag files with the real mouse from a window in the corner and drop them there."""
    module = "tests.support.drag_source"
    source = display.start(
        sys.executable, "-m", module, "files", "0", "0", *files, environment={"PYTHONPATH": str(ROOT)}
    )
    source.wait_for_line("shown")
    _pull(display, source)
    for step in range(1, 6):
        x, y = 60 + (onto[0] - 60) * step // 5, 40 + (onto[1] - 40) * step // 5
        display.mouse("mousemove", "--sync", x, y)
    source.wait_for_line("accepted")
    display.mouse("mouseup", 1)
    assert source.wait_for_line("dropped (.*)")[1] == "CopyAction"
    source.wait_for_line("finished")
    source.end()


def _pull(display: Screen, source: Program, tries: int = 3) -> None:
    """Press the button on the source and pull until it says that a drag has begun."""
    display.mouse("mousemove", "--sync", 60, 40, "mousedown", 1)
    for step in range(1, 8):
        display.mouse("mousemove", "--sync", 60 + 5 * step, 40 + 3 * step)
    try:
        source.wait_for_line("dragging", 10.0)
    except AssertionError:  # a window manager under load may still be placing the window
        if tries <= 1:
            raise
        display.mouse("mouseup", 1)
        _pull(display, source, tries - 1)
