"""The fields for what links are asked with: referrer, user agent, cookies, further headers."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from core.asked import Asked
from core.asked_form import EMPTY, AskedForm, faults_in, filled, form_of, ours_in
from gui import spacing
from gui.formatting import listed

_LINES: Final = 3
TITLES: Final = {
    "referrer": "Referrer",
    "user_agent": "User agent",
    "cookie": "Cookie",
    "cookies_file": "Cookie file",
    "headers": "Further headers",
}
_EXAMPLES: Final = {
    "referrer": "https://example.org/gallery",
    "user_agent": "As Fetchmill",
    "cookie": "name=value; name=value",
    "cookies_file": "cookies.txt, in Netscape's format",
    "headers": "Name: value, one a line",
}


class AskedFields(QWidget):
    """A label and a field each.

    Signals:
        changed: nothing; the user or ``show_asked`` changed a field.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, QLineEdit | QPlainTextEdit] = {name: QLineEdit() for name in TITLES}
        self.fields["headers"] = several_lines(_LINES)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(spacing.MEDIUM)
        grid.setVerticalSpacing(spacing.SMALL)
        grid.setColumnStretch(1, 1)
        for row, (name, field) in enumerate(self.fields.items()):
            field.setAccessibleName(TITLES[name])
            field.setPlaceholderText(_EXAMPLES[name])
            field.textChanged.connect(self._take_change)
            grid.addWidget(field_label(TITLES[name], field), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(self._with_browse(field) if name == "cookies_file" else field, row, 1)

    def form(self) -> AskedForm:
        """What stands in them."""
        return AskedForm(**{name: _text(field) for name, field in self.fields.items()})

    def asked(self) -> Asked | None:
        """What it comes to; None where a field cannot be sent."""
        form = self.form()
        return None if faults_in(form) else filled(form)

    def show_asked(self, asked: Asked | None) -> None:
        """Fill the fields."""
        for name, text in form_of(asked)._asdict().items():
            field = self.fields[name]
            if isinstance(field, QPlainTextEdit):
                field.setPlainText(text)
            else:
                field.setText(text)
                field.setCursorPosition(0)

    def fault(self) -> str:
        """What is wrong with the first field that cannot be sent; empty where all can."""
        for name, words in faults_in(self.form()).items():
            return f"{TITLES[name]}: {words}"
        return ""

    def remark(self) -> str:
        """What is worth knowing though nothing is wrong."""
        ours = listed(list(ours_in(self.form())))
        return f"{ours} will be left out: Fetchmill sets that itself." if ours else ""

    def summary(self) -> str:
        """The titles of the fields that are filled: ``referrer, cookie``."""
        filled_in = [name for name, text in self.form()._asdict().items() if text.strip()]
        return ", ".join(TITLES[name].lower() for name in filled_in)

    def focus_fault(self) -> None:
        """Go to the first field that cannot be sent."""
        for name in faults_in(self.form()):
            self.fields[name].setFocus()
            return

    def clear(self) -> None:
        """Empty all fields."""
        if self.form() != EMPTY:
            self.show_asked(None)

    def _take_change(self) -> None:
        faults = faults_in(self.form())
        for name, field in self.fields.items():
            mark_fault(field, faults.get(name, ""))
        self.changed.emit()

    def _with_browse(self, field: QWidget) -> QWidget:
        browse = QPushButton("Browse…")
        browse.setAutoDefault(False)
        browse.setAccessibleName("Choose cookie file")
        browse.clicked.connect(self._browse)
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(spacing.SMALL)
        row.addWidget(field, 1)
        row.addWidget(browse)
        return both

    def _browse(self) -> None:
        dialog = QFileDialog(self.window(), "Choose the cookie file")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(["Cookie files (*.txt)", "All files (*)"])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        field = self.fields["cookies_file"]
        assert isinstance(field, QLineEdit), "it was made so"  # noqa: S101  # __init__'s own choice
        dialog.fileSelected.connect(field.setText)
        dialog.open()


def field_label(text: str, buddy: QWidget) -> QLabel:
    """What stands before a field; it goes to the field where it is clicked."""
    label = QLabel(text)
    label.setProperty("look", "secondary")
    label.setAccessibleName(f"{text}:")  # the field alone is called by the name
    label.setMinimumHeight(32)  # in line with a field of one line
    label.setBuddy(buddy)
    return label


def mark_fault(field: QWidget, fault: str) -> None:
    """Show at a field what is wrong with it, to the eye and to a screen reader; nothing for an empty text."""
    field.setAccessibleDescription(fault)
    if bool(field.property("faulty")) != bool(fault):
        field.setProperty("faulty", bool(fault))
        field.style().unpolish(field)
        field.style().polish(field)


def several_lines(count: int) -> QPlainTextEdit:
    """A field that is so many lines high, and that Tab leaves."""
    field = QPlainTextEdit()
    field.setTabChangesFocus(True)
    margins = 2 * round(field.document().documentMargin()) + 14  # the style sheet's padding and border
    field.setFixedHeight(count * field.fontMetrics().lineSpacing() + margins)
    return field


def _text(field: QLineEdit | QPlainTextEdit) -> str:
    return field.toPlainText() if isinstance(field, QPlainTextEdit) else field.text()
