"""A field for URLs, one or many, with a live count."""

from typing import Final

from PySide6.QtCore import QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from core.asked import NOTHING
from core.job import BatchId, BatchReport, Drop
from gui import spacing
from gui.appearance import Appearance, scaled_font
from gui.formatting import count_text, counted
from gui.more_section import MoreSection
from gui.room import height_on_screen

_REST: Final = 150  # milliseconds without a change, after which is counted
_SLOW: Final = 400  # milliseconds; an answer that takes longer is announced
_NOTHING: Final = BatchReport(BatchId(0), "", 0, 0, 0, 0)
_LONGEST_LINE: Final = 100_000  # characters; they take a tenth of a second


def counts_text(report: BatchReport) -> str:
    """What would come of a text: ``12 new, 2 duplicates, 1 invalid``."""
    if not report.added + report.duplicates + report.invalid:
        return "No URLs yet"
    duplicates = counted(report.duplicates, "duplicate") if report.duplicates else ""
    invalid = f"{count_text(report.invalid)} invalid" if report.invalid else ""
    return ", ".join(part for part in (f"{count_text(report.added)} new", duplicates, invalid) if part)


class LinkField(QPlainTextEdit):
    """Text with URLs in it.

    Signals:
        too_long: ``str``, what was pasted with a line that would take seconds to lay out: it is not inserted.
    """

    too_long = Signal(str)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """See Qt."""
        text = source.text()
        if len(text) > _LONGEST_LINE and max(map(len, text.splitlines())) > _LONGEST_LINE:
            self.too_long.emit(text)
        else:
            super().insertFromMimeData(source)


class AddDialog(QDialog):
    """Takes text with URLs anywhere in it.

    Signals:
        looked_for: ``Drop``, whoever reads it says to ``show_report`` what would come of it.
        text_added: ``str``, as it was typed or pasted, and the ``Asked`` of all its URLs, or None.
    """

    looked_for = Signal(object)
    text_added = Signal(str, object)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Add URLs")
        self.resize(620, 420)
        self.field = LinkField()
        self.more = MoreSection(appearance)
        self._field_height = 0
        self.count = QLabel()
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self.look)
        self._slow = QTimer(self, singleShot=True, interval=_SLOW)
        self._slow.timeout.connect(lambda: self._say("Counting…"))
        self._ticket = 0
        self._counts = counts_text(_NOTHING)
        self._buttons = QDialogButtonBox()
        self._add = self._buttons.addButton("Add", QDialogButtonBox.ButtonRole.AcceptRole)
        self._buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        self._build()
        self._say(self._counts)

    def showEvent(self, event: QShowEvent) -> None:
        """See Qt; the list may have changed since."""
        super().showEvent(event)
        self._rest.start()

    def look(self) -> None:
        """Have the text counted again: it has changed, or the list has."""
        self._ticket += 1
        text = self.field.toPlainText()
        if text.strip():
            self._say(self._counts)
            self._slow.start()
            self.looked_for.emit(Drop(text, ticket=self._ticket))
        else:
            self.show_report(_NOTHING._replace(ticket=self._ticket))

    def show_report(self, report: BatchReport) -> None:
        """What would come of a text; of one that has changed since, nobody wants to know."""
        if report.ticket == self._ticket:
            self._slow.stop()
            self._counts = counts_text(report)
            self._say(self._counts)

    def accept(self) -> None:
        """See Qt; gives the text away and empties the fields."""
        text, asked = self.field.toPlainText(), self.more.fields.asked()
        if asked is None:
            self.more.unfold()
            self.more.fields.focus_fault()
            return
        super().accept()
        self.field.clear()
        self.more.fields.clear()  # they are no other URLs' business
        if text.strip():
            self.text_added.emit(text, asked if asked != NOTHING else None)

    def _build(self) -> None:
        title = QLabel("Add URLs")
        title.setFont(scaled_font(self.font(), 1.3, QFont.Weight.DemiBold))
        advice = QLabel("One or many, in any text. You can also drop lists, files and folders on the window.")
        advice.setProperty("look", "secondary")
        advice.setWordWrap(True)
        self.field.setAccessibleName("URLs")
        self.field.setPlaceholderText("https://example.org/photo.jpg")
        self.field.setTabChangesFocus(True)
        self.field.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.field.textChanged.connect(self._rest.start)
        self.field.textChanged.connect(lambda: self._add.setDisabled(self.field.document().isEmpty()))
        self.field.too_long.connect(self._add_at_once)
        self.more.fields.changed.connect(self._rest.start)
        self.more.folding.connect(self._make_room)
        self.count.setProperty("look", "secondary")
        self.count.setWordWrap(True)  # a long remark does not widen the dialog
        self._add.setProperty("look", "primary")
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.accept)
        foot = QHBoxLayout()
        foot.setSpacing(spacing.LARGE)
        foot.addWidget(self.count, 1)
        foot.addWidget(self._buttons, 0, Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing.HUGE, spacing.HUGE, spacing.HUGE, spacing.LARGE)
        column.setSpacing(spacing.MEDIUM)
        column.addWidget(title)
        column.addWidget(advice)
        column.addWidget(self.field, 1)
        column.addWidget(self.more)
        column.addLayout(foot)
        self._add.setEnabled(False)
        self._add.setDefault(True)  # not before it is the dialog's: Qt would choose a second one

    def _add_at_once(self, text: str) -> None:
        asked = self.more.fields.asked()
        if asked is None:
            self.more.unfold()
            self.more.fields.focus_fault()
            return
        self.count.setText("Added at once: it is too long to be shown here.")
        self.text_added.emit(text, asked if asked != NOTHING else None)

    def _make_room(self) -> None:
        """What appears below the field takes nothing of the height that it had at first."""

        def grow() -> None:
            missing = max(0, self._field_height - self.field.height())
            self.resize(self.width(), height_on_screen(self, self.height() + missing))

        self._field_height = self._field_height or self.field.height()
        QTimer.singleShot(0, self, grow)  # when the layout has made room

    def _say(self, counts: str) -> None:
        """Show the counts, unless there is more to say of the other fields."""
        fields = self.more.fields
        fault = fields.fault()
        self.count.setText(fault or fields.remark() or counts)
        self.count.setProperty("look", "failed" if fault else "secondary")
        self.count.style().unpolish(self.count)
        self.count.style().polish(self.count)
