"""The foot of the window: three bars and one sentence."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent, QFont
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from core.job import Progress, Totals
from gui import spacing
from gui.appearance import scaled_font, tabular
from gui.formatting import count_text, percent_text
from gui.status_line import bottleneck_text, status_line, unfinished

_PERMILLE = 1000


class Meter(QWidget):
    """A labelled bar: ``Downloads   120 of 300``.

    Args:
        name: Beside the figures, and of the bar for assistive programs.
        in_percent: Whether the figures are per cent, where what is counted would mean nothing to people.
        parent: As Qt has it.
    """

    def __init__(self, name: str, parent: QWidget | None = None, *, in_percent: bool = False) -> None:
        super().__init__(parent)
        self._in_percent = in_percent
        self.bar = QProgressBar()
        self.bar.setObjectName(name.lower())
        self.bar.setAccessibleName(name)
        self.bar.setRange(0, _PERMILLE)
        self.bar.setValue(0)
        self.bar.setTextVisible(False)
        self._name = QLabel(name)
        self._name.setProperty("look", "secondary")
        self._name.setAccessibleName(f"{name}:")  # the bar alone is called by the name
        self._figures = QLabel()
        self._figures.setFont(tabular(self.font()))
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setVerticalSpacing(6)
        layout.addWidget(self._name, 0, 0)
        layout.addWidget(self._figures, 0, 1, Qt.AlignmentFlag.AlignRight)
        layout.addWidget(self.bar, 1, 0, 1, 2)

    @property
    def figures(self) -> str:
        """The text beside the name."""
        return self._figures.text()

    def show_progress(self, progress: Progress) -> None:
        """Fill the bar; empty when there is nothing to do."""
        value = round((progress.share or 0.0) * _PERMILLE)
        text = self._figures_of(progress)
        if value != self.bar.value():
            self.bar.setValue(value)
        if text != self._figures.text():
            self._figures.setText(text)
            self.bar.setAccessibleDescription(text)

    def _figures_of(self, progress: Progress) -> str:
        if progress.share is None:
            return ""
        if self._in_percent:
            return percent_text(progress.share)
        return f"{count_text(progress.done)} of {count_text(progress.all)}"


class StatusText(QLineEdit):
    """The sentence; it can be selected and copied.

    A read-only line rather than a label: assistive programs know it as ``Status`` and read the sentence as its
    text, where a label would have one name for both.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self.setReadOnly(True)
        self.setFrame(False)
        self.setTextMargins(-2, 0, 0, 0)  # as far left as the labels: a line edit sets its text in by two
        self.setAccessibleName("Status")
        self.setAcceptDrops(False)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFont(tabular(scaled_font(self.font(), 1.0, QFont.Weight.Medium)))

    def say(self, sentence: str) -> None:
        """Show another sentence, and tell assistive programs."""
        if sentence == self.text():
            return
        self.setText(sentence)
        self.setCursorPosition(0)
        self.setToolTip(sentence)
        self.setAccessibleDescription(sentence)
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    def announce(self) -> None:
        """Have a screen reader speak the sentence now."""
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.text()))


class Footer(QWidget):
    """Shows ``Totals``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("footer")
        self.downloads = Meter("Downloads")
        self.processing = Meter("Processing")
        self.overall = Meter("Overall", in_percent=True)  # of phases, two a job
        self.status = StatusText()
        self._bottleneck = QLabel()
        self._bottleneck.setProperty("look", "secondary")
        self._was_busy = False
        self._build()
        self.show_beginning()

    def show_totals(self, totals: Totals, unanswered: int = 0) -> None:
        """Take over new numbers; the second is of jobs that wait for an answer."""
        left = unfinished(totals)
        self.downloads.show_progress(totals.downloads)
        self.processing.show_progress(totals.processing)
        self.overall.show_progress(totals.overall)
        self.status.say(status_line(totals, unanswered))
        self._bottleneck.setText(bottleneck_text(totals))
        if self._was_busy and not left:
            self.status.announce()
        self._was_busy = bool(left)

    def show_beginning(self) -> None:
        """The engine is not there yet, or not any more; the bars keep what they last knew."""
        self.status.say("Opening the list…")
        self._bottleneck.setText("")

    def _build(self) -> None:
        bars = QHBoxLayout()
        bars.setSpacing(spacing.HUGE)
        for meter in (self.downloads, self.processing, self.overall):
            bars.addWidget(meter, 1)
        words = QHBoxLayout()
        words.setSpacing(spacing.LARGE)
        words.addWidget(self.status, 1)
        words.addWidget(self._bottleneck)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing.LARGE, spacing.MEDIUM, spacing.LARGE, spacing.MEDIUM)
        column.setSpacing(spacing.SMALL)
        column.addLayout(bars)
        column.addLayout(words)
