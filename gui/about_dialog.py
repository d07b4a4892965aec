"""What program this is, beside the window."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core import __version__
from core.about import licence, parts
from gui import spacing
from gui.appearance import Appearance, scaled_font
from gui.icons import tinted

_ICON: Final = 88
_CARD_WIDTH: Final = 320
_SENTENCE: Final = "Drop lists of URLs or folders, press Start, get finished pictures."


class AboutDialog(QDialog):
    """Icon, name, version, and what it stands on.

    Signals:
        copy_wanted: nothing; the diagnostics are to be copied.
    """

    copy_wanted = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About Fetchmill")
        self._appearance = appearance
        self._icon = QLabel()
        self._close = QPushButton("Close")
        self._build()

    def _build(self) -> None:
        self._icon.setPixmap(tinted("fetchmill", "#000000", _ICON, self.devicePixelRatioF()))
        name = _centred("Fetchmill")
        name.setFont(scaled_font(self.font(), 1.8, QFont.Weight.DemiBold))
        version = _centred(f"Version {__version__}", look="secondary")
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing.HUGE, spacing.HUGE, spacing.HUGE, spacing.LARGE)
        column.setSpacing(0)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        column.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(spacing.MEDIUM)
        column.addWidget(name)
        column.addSpacing(2)
        column.addWidget(version)
        column.addSpacing(spacing.LARGE)
        column.addWidget(_centred(_SENTENCE))
        column.addSpacing(spacing.LARGE)
        column.addWidget(_card())
        column.addSpacing(spacing.MEDIUM)
        column.addWidget(_centred(licence(), look="secondary"))
        column.addSpacing(spacing.HUGE)
        column.addLayout(self._foot())
        self._close.setFocus()

    def _foot(self) -> QHBoxLayout:
        copy = QPushButton("Copy diagnostics")
        copy.setProperty("look", "quiet")
        copy.setAutoDefault(False)
        copy.clicked.connect(self.copy_wanted)
        close = self._close
        close.setDefault(True)
        close.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(close)
        foot.insertStretch(0, 1)
        foot.insertWidget(0, copy)
        return foot


def _centred(text: str, look: str = "") -> QLabel:
    label = QLabel(text)
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if look:
        label.setProperty("look", look)
    return label


def _card() -> QFrame:
    """What it stands on, in short; diagnostics have all of it."""
    card = QFrame()
    card.setObjectName("card")
    card.setMinimumWidth(_CARD_WIDTH)
    words = QLabel("\n".join(parts()))
    words.setProperty("look", "secondary")
    words.setWordWrap(True)
    words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    row = QVBoxLayout(card)
    row.setContentsMargins(spacing.MEDIUM, spacing.SMALL, spacing.MEDIUM, spacing.SMALL)
    row.addWidget(words)
    return card
