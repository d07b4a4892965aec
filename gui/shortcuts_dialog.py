"""What the keys do, beside the window."""

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from gui import spacing
from gui.actions import ACTIONS, ActionTrait
from gui.appearance import scaled_font
from gui.command_bar import rule

_GAP: Final = 40


class ShortcutsDialog(QDialog):
    """Two columns, made of the table of actions: those of the window, and those of the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        buttons = QDialogButtonBox()
        buttons.addButton("Close", QDialogButtonBox.ButtonRole.RejectRole).setDefault(True)
        buttons.rejected.connect(self.reject)
        foot = QHBoxLayout()
        foot.setContentsMargins(spacing.HUGE, 0, spacing.HUGE, 0)
        foot.addWidget(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, spacing.LARGE)
        column.setSpacing(0)
        column.addLayout(self._columns())
        column.addWidget(rule())
        column.addSpacing(spacing.LARGE)
        column.addLayout(foot)

    def _columns(self) -> QHBoxLayout:
        everywhere = [trait for trait in ACTIONS if trait.keys and not trait.in_table]
        in_list = [trait for trait in ACTIONS if trait.keys and trait.in_table]
        half = (len(everywhere) + len(in_list) + 1) // 2
        columns = QHBoxLayout()
        columns.setContentsMargins(spacing.HUGE, spacing.HUGE, spacing.HUGE, spacing.HUGE)
        columns.setSpacing(_GAP)
        columns.addLayout(self._column(("Everywhere", everywhere[:half])))
        columns.addLayout(self._column(("", everywhere[half:]), ("In the list", in_list)))
        return columns

    def _column(self, *groups: tuple[str, Iterable[ActionTrait]]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(spacing.HUGE)
        grid.setVerticalSpacing(spacing.SMALL)
        row = 0
        for title, traits in groups:
            head = QLabel(title)
            head.setFont(scaled_font(self.font(), 1.1, QFont.Weight.DemiBold))
            head.setContentsMargins(0, spacing.MEDIUM if row else 0, 0, 0)
            grid.addWidget(head, row, 0, 1, 2)
            for trait in traits:
                row += 1
                words = QLabel(trait.text.removesuffix("…"))
                words.setToolTip(trait.tip)
                grid.addWidget(words, row, 0)
                grid.addWidget(_key(trait.keys[0]), row, 1, Qt.AlignmentFlag.AlignRight)
            row += 1
        grid.setRowStretch(row, 1)
        return grid


def _key(portable: str) -> QLabel:
    label = QLabel(QKeySequence(portable).toString(QKeySequence.SequenceFormat.NativeText))
    label.setProperty("look", "key")
    return label
