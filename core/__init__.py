"""The engine of Fetchmill: downloads and picture processing, without a window."""

from typing import Final

__version__: Final = "0.2.0"
