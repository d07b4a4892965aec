"""What there is to know about one job, below the table."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QFont
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.errors import ErrorReport
from core.finished import bytes_written
from core.job import JobSnapshot, JobState, SourceKind, bounded
from core.settings import Existing
from gui import spacing
from gui.action_button import push_button
from gui.answers import ANSWERS
from gui.appearance import Appearance, scaled_font
from gui.elided_label import ElidedLabel
from gui.formatting import duration_text, size_text
from gui.icons import tinted
from gui.job_paint import state_color
from gui.job_text import lost_keys, outcome_text, state_icon, status_text, waits_for_answer, wants_edit

_ICON: Final = 20
_LONGEST_SOURCE: Final = 200
_KEPT: Final = {
    SourceKind.URL: "It was left as it is, and the download is kept.",
    SourceKind.FILE: "It was left as it is.",
}


def facts_of(job: JobSnapshot) -> tuple[tuple[str, str], ...]:
    """What is known of a job, as pairs of word and value."""
    source = "URL" if job.kind is SourceKind.URL else "Original"
    sizes = " → ".join(
        text
        for text in (size_text(job.received or job.size), size_text(bytes_written(job.files, job.bytes_out)))
        if text
    )
    tries = f"{job.attempts} tries" if job.attempts > 1 else ""
    times = ", ".join(
        f"{duration_text(seconds)} {word}"
        for seconds, word in ((job.seconds_download, "download"), (job.seconds_process, "processing"))
        if seconds is not None and seconds >= 1
    )
    result = " · ".join(part for part in (outcome_text(job), sizes, times, tries) if part)
    told = "" if job.error is not None else lost_keys(job)  # by the card below
    notes = " ".join(note for note in job.notes if note != told)
    pairs = (
        (source, bounded(job.source, _LONGEST_SOURCE)),
        ("Files" if len(job.finished) > 1 else "File", " · ".join(job.finished)),
        ("Result" if job.state.is_final else "So far", result),
        ("Note", notes),
    )
    return tuple((word, value) for word, value in pairs if value)


class ErrorCard(QFrame):
    """What went wrong with a job, and what to do next.

    Args:
        edit: Gives the job another URL or other headers; offered where that helps.
        appearance: Gives the icon.

    Signals:
        answered: ``Existing``: what is to happen as the job's name is taken.
    """

    answered = Signal(object)

    def __init__(self, edit: QAction, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("errorCard")
        self._title = QLabel()
        self._message = QLabel()
        self._hint = QLabel()
        self._hint.setProperty("look", "secondary")
        self._title.setStyleSheet("font-weight: 600")
        words = QVBoxLayout()
        words.setSpacing(2)
        for label in (self._title, self._message, self._hint):
            label.setTextFormat(Qt.TextFormat.PlainText)  # it quotes what servers say
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(spacing.MEDIUM, spacing.SMALL, spacing.MEDIUM, spacing.SMALL)
        row.setSpacing(spacing.MEDIUM)
        row.addLayout(words, 1)
        self.edit = push_button(edit, appearance, 16)
        edit.changed.connect(lambda: self.edit.setText(edit.text()))
        row.addWidget(self.edit, 0, Qt.AlignmentFlag.AlignVCenter)
        self._answers = [self._answer(choice, words) for choice, words in ANSWERS]
        for button in self._answers:
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_error(self, job: JobSnapshot) -> None:
        """Show the job's error, or what it lacks since a restart, if there is either."""
        error = job.error if job.state in (JobState.FAILED, JobState.RETRYING) else None
        if error is None and (lost := lost_keys(job)):
            error = ErrorReport("", "Something is missing since the restart", lost, "")
        self.edit.setVisible(wants_edit(job))
        asks = waits_for_answer(job)
        for button in self._answers:
            button.setVisible(asks)
        self.setVisible(error is not None)
        if error is None:
            return
        hint = _KEPT[job.kind] if asks else error.hint
        if self.property("asks") != asks:
            self.setProperty("asks", asks)
            self.style().polish(self)
        self._title.setText(error.title)
        self._message.setText(error.message)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.setAccessibleName(f"{error.title}. {error.message} {hint}")

    def _answer(self, choice: Existing, words: str) -> QPushButton:
        button = QPushButton(words)
        button.setProperty("look", "notice")
        button.setToolTip("For this job only")
        button.clicked.connect(lambda: self.answered.emit(choice))
        return button


class Details(QFrame):
    """The current job.

    Signals:
        close_wanted: nothing; the user does not want to see it.
        answered: ``Existing``, and the number of the job whose name is taken.
    """

    close_wanted = Signal()
    answered = Signal(object, object)

    def __init__(
        self,
        appearance: Appearance,
        actions: list[QAction],
        edit: QAction,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("details")
        self.setAccessibleName("Details")
        self._appearance = appearance
        self._job: JobSnapshot | None = None
        self._icon = QLabel()
        self._name = ElidedLabel()
        self._state = QLabel()
        self._facts = QGridLayout()
        self._rows: list[tuple[QLabel, ElidedLabel]] = []
        self._error = ErrorCard(edit, appearance)
        self._error.answered.connect(self._answer)
        self._close = QToolButton()
        self._actions = actions
        self._build()
        appearance.changed.connect(self._refresh)

    @property
    def job(self) -> JobSnapshot | None:
        """The job that is shown."""
        return self._job

    def show_job(self, job: JobSnapshot) -> None:
        """Show another job, or the same in another state."""
        if job != self._job:
            self._job = job
            self._refresh()

    def _answer(self, choice: Existing) -> None:
        if self._job is not None:
            self.answered.emit(choice, self._job.id)

    def _refresh(self) -> None:
        job, colors = self._job, self._appearance.colors
        self._close.setIcon(self._appearance.icon("close", color=colors.secondary))
        if job is None:
            return
        color = getattr(colors, state_color(job))
        self._icon.setPixmap(tinted(state_icon(job), color, _ICON, self.devicePixelRatioF()))
        self._name.show_text(job.name or job.source)
        self._state.setText(status_text(job))
        self._error.show_error(job)
        facts = facts_of(job)
        for row, (word, value) in enumerate(self._rows):
            shown = row < len(facts)
            word.setVisible(shown)
            value.setVisible(shown)
            if shown:
                word.setText(facts[row][0])
                value.show_text(facts[row][1])

    def _build(self) -> None:
        self._name.setFont(scaled_font(self.font(), 1.08, QFont.Weight.DemiBold))
        self._state.setProperty("look", "secondary")
        self._state.setTextFormat(Qt.TextFormat.PlainText)
        self._facts.setHorizontalSpacing(spacing.LARGE)
        self._facts.setVerticalSpacing(spacing.TINY)
        self._facts.setColumnStretch(1, 1)
        self._facts.setColumnMinimumWidth(0, 56)
        for row in range(4):
            self._add_fact(row)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing.LARGE, spacing.MEDIUM, spacing.MEDIUM, spacing.MEDIUM)
        column.setSpacing(spacing.SMALL)
        column.addLayout(self._head())
        column.addWidget(self._error)
        column.addLayout(self._facts)

    def _add_fact(self, row: int) -> None:
        word, value = QLabel(), ElidedLabel()
        word.setProperty("look", "secondary")
        self._facts.addWidget(word, row, 0)
        self._facts.addWidget(value, row, 1)
        self._rows.append((word, value))

    def _head(self) -> QHBoxLayout:
        self._close.setProperty("look", "small")
        self._close.setToolTip("Hide the details")
        self._close.setAccessibleName("Hide details")
        self._close.clicked.connect(self.close_wanted)
        head = QHBoxLayout()
        head.setSpacing(spacing.SMALL)
        head.addWidget(self._icon)
        head.addWidget(self._name, 1)
        head.addWidget(self._state)
        head.addSpacing(spacing.SMALL)
        self._add_buttons(head)
        head.addWidget(self._close)
        return head

    def _add_buttons(self, head: QHBoxLayout) -> None:
        for action in self._actions:
            button = push_button(action, self._appearance, 16)
            _follow(button, action)
            head.addWidget(button)


def _follow(button: QPushButton, action: QAction) -> None:
    def take_over() -> None:
        button.setText(action.text())
        button.setEnabled(action.isEnabled())
        button.setVisible(action.isEnabled())
        button.setToolTip(action.toolTip())

    action.changed.connect(take_over)
    take_over()
