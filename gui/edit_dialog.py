"""Another URL for a job, or other headers for several, with what has arrived kept."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFont, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from core.asked import NOTHING, Asked
from core.job import Edit, Edited, JobSnapshot
from gui import spacing
from gui.appearance import scaled_font
from gui.asked_fields import AskedFields, field_label, mark_fault, several_lines
from gui.elided_label import ElidedLabel
from gui.formatting import counted, size_text
from gui.job_text import authority
from gui.room import height_on_screen

_REST: Final = 150
_URL_LINES: Final = 3
_FROM_COMMAND: Final = "The URL and its headers were taken from the curl command."
_MIXED: Final = "They are asked with different headers now; what you save takes the place of all of them."


class EditDialog(QDialog):
    """The URL of one job, and what it is asked with; of several jobs only the latter.

    Signals:
        wanted: ``Edit``: to be looked at while it is typed, to be done with Save. ``show_answer`` takes the answer.
    """

    wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs: tuple[JobSnapshot, ...] = ()
        self._ticket = 0
        self._is_touched = self._is_filling = self._is_saving = False
        self._fault = self._remark = ""
        self._title = QLabel()
        self._about = ElidedLabel()
        self._kept = QLabel()
        self.url = _LinkField()
        self._url_label = field_label("URL", self.url)
        self._url_label.setMinimumHeight(0)  # it stands above the field
        self.fields = AskedFields()
        self.message = QLabel()
        self._buttons = QDialogButtonBox()
        self._save = self._buttons.addButton("Save", QDialogButtonBox.ButtonRole.AcceptRole)
        self._buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        self._column = QVBoxLayout(self)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._rest.timeout.connect(self._look)
        self._build()
        self._wire()

    def show_jobs(self, jobs: Sequence[JobSnapshot]) -> None:
        """Begin with these jobs, one at least."""
        self._jobs, is_one = tuple(jobs), len(jobs) == 1
        title = "Edit URL" if is_one else f"Edit headers of {counted(len(jobs), 'job')}"
        self.setWindowTitle(title)
        self._title.setText(title)
        self._is_filling = True
        self.url.setPlainText(jobs[0].source if is_one else "")
        are_alike = len({_headers(asked) for asked in {job.asked for job in jobs}}) == 1
        self.fields.show_asked(jobs[0].asked if are_alike else None)
        self._is_touched = self._is_filling = False
        for widget in (self.url, self._url_label, self._about, self._kept):
            widget.setVisible(is_one)
        self._about.show_text(jobs[0].name)
        self._kept.setText(_kept_text(jobs[0]))
        self._say("", "" if are_alike else _MIXED)
        first = self.url if is_one else self.fields.fields["referrer"]
        first.setFocus()
        self.url.selectAll()
        self.adjustSize()
        self._refresh()

    def show_answer(self, answer: Edited) -> None:
        """Take the answer to the last edit that was wanted; older ones are left alone."""
        if answer.ticket != self._ticket or not self.isVisible():
            return
        if answer.error is not None:
            self._say(f"{answer.error.message} {answer.error.hint}", "")
            self._mark(answer.error.message)
        elif self._is_saving:
            self._is_touched = False
            self.accept()
        elif answer.asked is not None and answer.source is not None:
            self._is_filling = True
            self.url.setPlainText(answer.source)
            self.fields.show_asked(answer.asked)
            self._is_filling = False
            self._say("", _FROM_COMMAND)
        else:
            mark_fault(self.url, "")
            self._say("", self._going_to(answer.source))

    def save(self) -> None:
        """Have it done; the dialog closes when it is."""
        if self.fields.fault():
            self.fields.focus_fault()
        elif not self._is_touched:
            self.accept()
        else:
            self._want(applies=True)

    # Inside

    def _want(self, *, applies: bool) -> None:
        self._rest.stop()
        self._ticket += 1
        self._is_saving = applies
        text = self.url.toPlainText().strip()
        source = None if len(self._jobs) != 1 or text == self._jobs[0].source else text
        ids = tuple(job.id for job in self._jobs)
        self.wanted.emit(Edit(ids, source, self.fields.asked(), applies, self._ticket))

    def _look(self) -> None:
        if not self.fields.fault():
            self._want(applies=False)

    def _take_change(self) -> None:
        if not self._is_filling:
            self._is_touched = True
            self._say("", "")
            self._rest.start()

    def _mark(self, fault: str) -> None:
        """At the cookie file where it is named, else at the URL."""
        path = self.fields.form().cookies_file.strip()
        mark_fault(self.fields.fields["cookies_file"] if path and path in fault else self.url, fault)

    def _going_to(self, source: str | None) -> str:
        """A word of warning where keys that were meant for one host are going to another."""
        asked = self.fields.asked() or NOTHING
        if source is None or not (asked.has_secrets or asked.cookies_file):
            return ""
        host = authority(self._jobs[0]._replace(source=source))
        return f"Its cookies and keys are going to {host}." if host != authority(self._jobs[0]) else ""

    def _say(self, fault: str, remark: str) -> None:
        self._fault, self._remark = fault, remark
        if not fault:
            mark_fault(self.url, "")
        self._refresh()

    def _refresh(self) -> None:
        fault = self.fields.fault() or self._fault
        words = fault or self._remark or self.fields.remark()
        look = "failed" if fault else "secondary"
        if self.message.property("look") != look:
            self.message.setProperty("look", look)
            self.message.style().unpolish(self.message)
            self.message.style().polish(self.message)
        self.message.setText(words)
        self.message.setAccessibleName(words or "Nothing to remark")
        self._column.activate()
        needed = self._column.totalHeightForWidth(self.width())
        if needed > self.height():  # a long word cuts nothing off above it
            self.resize(self.width(), height_on_screen(self, needed))
        self._save.setEnabled(not fault)

    def _build(self) -> None:
        self._title.setFont(scaled_font(self.font(), 1.3, QFont.Weight.DemiBold))
        for label in (self._about, self._kept, self.message):
            label.setProperty("look", "secondary")
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._kept.setWordWrap(True)
        self.message.setWordWrap(True)
        self.message.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        self.message.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._save.setProperty("look", "primary")
        foot = QHBoxLayout()
        foot.setSpacing(spacing.LARGE)
        foot.addWidget(self.message, 1)
        foot.addWidget(self._buttons, 0, Qt.AlignmentFlag.AlignBottom)
        column = self._column
        column.setContentsMargins(spacing.HUGE, spacing.HUGE, spacing.HUGE, spacing.LARGE)
        column.setSpacing(spacing.SMALL)
        for widget in (self._title, self._about, self._kept, self._url_label, self.url):
            column.addWidget(widget)
        column.addSpacing(spacing.SMALL)
        column.addWidget(self.fields)
        column.addStretch(1)
        column.addSpacing(spacing.SMALL)
        column.addLayout(foot)
        self._save.setDefault(True)  # not before it is the dialog's: Qt would choose a second one
        self.setMinimumWidth(620)

    def _wire(self) -> None:
        self.url.textChanged.connect(self._take_change)
        self.url.entered.connect(self.save)
        self.fields.changed.connect(self._take_change)
        self.fields.changed.connect(self._refresh)
        self._buttons.accepted.connect(self.save)
        self._buttons.rejected.connect(self.reject)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.save)


class _LinkField(QPlainTextEdit):
    """A long link is seen whole; a command that is pasted may have several lines.

    Signals:
        entered: nothing; Return was pressed.
    """

    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setFixedHeight(several_lines(_URL_LINES).height())
        self.setAccessibleName("URL")
        self.setPlaceholderText("https://… or a curl command, as browsers copy it")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See Qt."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        else:
            super().keyPressEvent(event)


def _headers(asked: Asked | None) -> Asked:
    """What of what a job is asked with can be edited."""
    asked = asked or NOTHING
    return Asked(headers=asked.headers, cookies_file=asked.cookies_file)


def _kept_text(job: JobSnapshot) -> str:
    if not job.received:
        return "Nothing of it has arrived yet."
    size = f" of {size_text(job.size)}" if job.size is not None else ""
    return f"{size_text(job.received)}{size} have arrived; they are kept if the new URL has the same file."
