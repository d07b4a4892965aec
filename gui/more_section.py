"""Fields that most people never need, folded away until they are wanted."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from gui import spacing
from gui.appearance import Appearance
from gui.asked_fields import AskedFields


class MoreSection(QWidget):
    """``More``, and below it what links are asked with.

    Attributes:
        fields: The fields.

    Signals:
        folding: nothing; the fields are about to appear, or to go.
    """

    folding = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.fields = AskedFields()
        self._fold = QToolButton()
        self._fold.setCheckable(True)
        self._fold.setProperty("look", "fold")
        self._fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._fold.setAccessibleName("More")
        self._fold.toggled.connect(self.folding)
        self._fold.toggled.connect(self._refresh)
        self.fields.changed.connect(self._refresh)
        appearance.changed.connect(self._refresh)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing.SMALL)
        column.addWidget(self._fold, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.fields)
        self._refresh()

    def unfold(self) -> None:
        """Show the fields."""
        self._fold.setChecked(True)

    def _refresh(self) -> None:
        is_open, summary = self._fold.isChecked(), self.fields.summary()
        self.fields.setVisible(is_open)
        words = "Headers and cookies for these URLs"
        self._fold.setText(f"More · {summary}" if summary and not is_open else "More")
        self._fold.setToolTip(words)
        self._fold.setAccessibleDescription(f"{words}: {summary or 'none'}")
        drawing = "mark-chevron-up" if is_open else "mark-chevron-down"
        self._fold.setIcon(self._appearance.icon_with_text(drawing))
