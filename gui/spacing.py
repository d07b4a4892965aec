"""Distances in device-independent pixels; everything keeps to a grid of four."""

from typing import Final

TINY: Final = 4
SMALL: Final = 8
MEDIUM: Final = 12
LARGE: Final = 16
HUGE: Final = 24

RADIUS: Final = 7
ICON: Final = 18
ROW_HEIGHT: Final = 46
PANE_WIDTH: Final = 188
