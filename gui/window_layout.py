"""How the parts of the window are laid out."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gui.command_bar import rule

_LEAST_OF_TABLE: Final = 90  # the header and a row


def page_of(rows: Sequence[QWidget], pane: QWidget, workspace: QWidget, footer: QWidget) -> QWidget:
    """The whole: rows at the top, a pane on the left, what is worked on beside it, the footer."""
    middle = QHBoxLayout()
    middle.setSpacing(0)
    middle.addWidget(pane)
    middle.addWidget(rule(upright=True))
    middle.addWidget(workspace, 1)
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for widget in (*rows, rule()):
        column.addWidget(widget)
    column.addLayout(middle, 1)
    column.addWidget(rule())
    column.addWidget(footer)
    return page


def workspace_of(banner: QWidget, stack: QWidget, details: QWidget) -> QWidget:
    """Messages, the table or what stands in its place, details."""
    workspace = QFrame()
    workspace.setObjectName("workspace")
    column = QVBoxLayout(workspace)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(banner)
    stack.setMinimumHeight(
        _LEAST_OF_TABLE
    )  # else what stands in its place, and is tall, would be the measure
    column.addWidget(stack, 1)
    column.addWidget(details)
    return workspace
