"""A field for links, one or many, with a live count."""

import re
from collections.abc import Generator
from typing import Final, NamedTuple

from PySide6.QtCore import QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QKeySequence, QShortcut
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
from gui import spacing
from gui.appearance import Appearance, scaled_font
from gui.formatting import counted
from gui.more_section import MoreSection
from gui.room import height_on_screen
from gui.slices import SlicedRun

_URL: Final = re.compile(r"\b(?:https?|ftp|data|file):[^\s<>\"']+", re.IGNORECASE)
_STEP: Final = 200
_REST: Final = 120
_LONGEST_LINE: Final = 100_000  # characters; they take a tenth of a second


class LinkCount(NamedTuple):
    """What a text holds.

    Attributes:
        different: URLs, each counted once.
        again: URLs that stand there more than once.
    """

    different: int
    again: int

    def sentence(self) -> str:
        """``12 links, 2 duplicates``."""
        if not self.different:
            return "No links yet"
        links = counted(self.different, "link")
        return f"{links}, {counted(self.again, 'duplicate')}" if self.again else links


def count_links(text: str) -> Generator[None, None, LinkCount]:
    """Count the URLs in a text, a few at a time."""
    seen: set[str] = set()
    total = 0
    for found in _URL.finditer(text):
        seen.add(found.group())
        total += 1
        if total % _STEP == 0:
            yield
    return LinkCount(len(seen), total - len(seen))


class LinkField(QPlainTextEdit):
    """Text with links in it.

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
    """Takes text with links anywhere in it.

    Signals:
        text_added: ``str``, as it was typed or pasted, and the ``Asked`` of all its links, or None.
    """

    text_added = Signal(str, object)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Add links")
        self.resize(620, 420)
        self.field = LinkField()
        self.more = MoreSection(appearance)
        self._field_height = 0
        self.count = QLabel()
        self._run = SlicedRun(self)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._rest.timeout.connect(self._begin_count)
        self._run.done.connect(self._show_count)
        self._buttons = QDialogButtonBox()
        self._add = self._buttons.addButton("Add", QDialogButtonBox.ButtonRole.AcceptRole)
        self._buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        self._build()
        self._show_count(LinkCount(0, 0))

    def accept(self) -> None:
        """See Qt; gives the text away and empties the fields."""
        text, asked = self.field.toPlainText(), self.more.fields.asked()
        if asked is None:
            self.more.unfold()
            self.more.fields.focus_fault()
            return
        super().accept()
        self.field.clear()
        self.more.fields.clear()  # they are no other links' business
        if text.strip():
            self.text_added.emit(text, asked if asked != NOTHING else None)

    def _build(self) -> None:
        title = QLabel("Add links")
        title.setFont(scaled_font(self.font(), 1.3, QFont.Weight.DemiBold))
        advice = QLabel("One or many, in any text. You can also drop lists, files and folders on the window.")
        advice.setProperty("look", "secondary")
        advice.setWordWrap(True)
        self.field.setAccessibleName("Links")
        self.field.setPlaceholderText("https://example.org/photo.jpg")
        self.field.setTabChangesFocus(True)
        self.field.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.field.textChanged.connect(self._rest.start)
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

    def _begin_count(self) -> None:
        self._run.start(count_links(self.field.toPlainText()))

    def _show_count(self, count: LinkCount) -> None:
        fields = self.more.fields
        fault = fields.fault()
        self.count.setText(fault or fields.remark() or count.sentence())
        self.count.setProperty("look", "failed" if fault else "secondary")
        self.count.style().unpolish(self.count)
        self.count.style().polish(self.count)
        self._add.setEnabled(not self.field.document().isEmpty())
