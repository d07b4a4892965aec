"""How the window stands, as text for a file."""

import base64
from collections.abc import Mapping

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QMainWindow

from gui.job_header import JobHeader


def state_of(window: QMainWindow, header: JobHeader, *, details: bool) -> dict[str, str]:
    """What ``restore`` takes.

    Args:
        window: Its size and place.
        header: Order, width and sorting of its columns.
        details: Whether details are wanted.
    """
    return {
        "geometry": _encoded(window.saveGeometry()),
        "header": _encoded(header.saveState()),
        "details": "shown" if details else "hidden",
    }


def restore(window: QMainWindow, header: JobHeader, state: Mapping[str, str]) -> bool:
    """Bring window and header back to how they stood, as far as the state is usable.

    Returns:
        Whether details are wanted.
    """
    window.restoreGeometry(_decoded(state.get("geometry", "")))
    header.restoreState(_decoded(state.get("header", "")))
    return state.get("details") != "hidden"


def _encoded(state: QByteArray) -> str:
    return base64.b64encode(bytes(state.data())).decode()


def _decoded(text: str) -> QByteArray:
    try:
        return QByteArray(base64.b64decode(text, validate=True))
    except ValueError:
        return QByteArray()
